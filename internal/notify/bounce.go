package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/mail"
)

// reportable is how long after a mail left a report on it is believed. Servers give
// up after some days (RFC 5321, 4.5.4.1); an old report may be a forged one.
const reportable = 30 * 24 * time.Hour

// returnPath is where reports on a mail go: the address set for them, with the
// mail's identifier, so that a report that gives nothing back still says which mail
// (variable envelope return path). "" leaves them to the sender's address.
func (s *Service) returnPath(id string) string {
	local, domain, ok := strings.Cut(s.opt.Bounces, "@")
	if !ok {
		return ""
	}
	return local + "+" + id + "@" + domain
}

// Bounced reads a report of a mail system and records what it says of our mails: how
// many that is. An address that is refused for good gets nothing more but the links
// she asks for to sign in; the mail shows in the outbox as failed. The same report
// twice counts once. A message that is no report is Invalid "notify.no_bounce"; one
// about no mail of ours is NotFound.
func (s *Service) Bounced(ctx context.Context, by account.User, report io.Reader) (int, error) {
	list, err := mail.ParseBounce(report)
	if errors.Is(err, mail.ErrNoBounce) {
		return 0, errs.New(errs.Invalid, "notify.no_bounce").Because(err)
	}
	if err != nil {
		return 0, fmt.Errorf("read a report: %w", err)
	}
	known := 0
	for _, b := range list {
		if !b.Failed() {
			known++
			continue
		}
		err := s.bounced(ctx, by, b)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return known, err
		}
		if err == nil {
			known++
		}
	}
	if known == 0 {
		return 0, errs.New(errs.NotFound, "errs.not_found")
	}
	return known, nil
}

func (s *Service) bounced(ctx context.Context, by account.User, b mail.Bounce) error {
	now := s.clock.Now()
	returned := ""
	if local, _, ok := strings.Cut(b.Returned, "@"); ok {
		_, returned, _ = strings.Cut(local, "+")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		l, err := db.Get(ctx, tx, scanLetter, `
			select `+columns+` from mails m
			where (m.message_id = $1 and $1 <> '' or m.id = $2 and $2 <> '') and m.status in ('sent', 'failed') and m.sent_at > $3`,
			b.MessageID, returned, now.Add(-reportable))
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `
			insert into bounces (id, mail_id, email, permanent, status, reason, received_at) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (mail_id, status) do nothing`, db.NewID(), l.ID, strings.ToLower(l.To), b.Dead(), b.Status, b.Reason, now)
		if err != nil {
			return fmt.Errorf("record a report on %s: %w", l.ID, err)
		}
		if n == 0 {
			return nil
		}
		if b.Action == "failed" {
			if _, err := tx.Exec(ctx, `update mails set status = 'failed', problem = $2, version = version + 1 where id = $1 and status = 'sent'`, l.ID, reasonOf(b.Reason)); err != nil {
				return fmt.Errorf("mark mail %s as returned: %w", l.ID, err)
			}
		}
		if err := s.trouble(ctx, tx, l.To, reasonOf(b.Reason), b.Dead(), now); err != nil {
			return err
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "mail.returned", Kind: "mail", ID: l.ID,
			Detail: map[string]any{"status": b.Status, "permanent": b.Dead()}})
	})
}

func reasonOf(said string) string {
	if said == "" {
		return "notify.problem_returned"
	}
	return said
}

// trouble notes what an address did with a mail; dead pauses it.
func (s *Service) trouble(ctx context.Context, tx *db.Tx, email, reason string, dead bool, now time.Time) error {
	var paused any
	temporary := 1
	if dead {
		paused, temporary = now, 0
	}
	if _, err := tx.Exec(ctx, `
		insert into bad_addresses (email, temporary, paused_at, reason, last_at) values ($1, $2, $3, $4, $5)
		on conflict (email) do update set temporary = bad_addresses.temporary + excluded.temporary,
		  paused_at = coalesce(bad_addresses.paused_at, excluded.paused_at), reason = excluded.reason, last_at = excluded.last_at`,
		strings.ToLower(email), temporary, paused, reason, now); err != nil {
		return fmt.Errorf("note the trouble of an address: %w", err)
	}
	return nil
}

// Trouble is an address that sends mail back. PausedAt is zero while it only did so
// for a time; Temporary counts those times.
type Trouble struct {
	Email     string
	Temporary int
	PausedAt  time.Time
	Reason    string // what the other server said, or a message key
	LastAt    time.Time
}

func scanTrouble(sc db.Scanner) (t Trouble, err error) {
	err = sc.Scan(&t.Email, &t.Temporary, &t.PausedAt, &t.Reason, &t.LastAt)
	return t, err
}

// Troubles lists the troubles of by's own addresses.
func (s *Service) Troubles(ctx context.Context, by account.User) ([]Trouble, error) {
	list, err := db.List(ctx, s.db.Reader(), scanTrouble, `
		select b.email, b.temporary, b.paused_at, b.reason, b.last_at from bad_addresses b
		join addresses a on lower(a.email) = b.email where a.person_id = $1 order by b.email`, string(by.ID))
	if err != nil {
		return nil, fmt.Errorf("list the troubles of addresses: %w", err)
	}
	return list, nil
}

// TroubleOf gives the trouble of the address of a mail that by may read, or none.
func (s *Service) TroubleOf(ctx context.Context, by account.User, mailID string) (Trouble, error) {
	l, err := s.Get(ctx, by, mailID)
	if err != nil {
		return Trouble{}, err
	}
	t, err := s.troubleAt(ctx, s.db.Reader(), l.To)
	if errs.Is(err, errs.NotFound) {
		return Trouble{}, nil
	}
	return t, err
}

func (s *Service) troubleAt(ctx context.Context, r db.Reader, email string) (Trouble, error) {
	return db.Get(ctx, r, scanTrouble, `select email, temporary, paused_at, reason, last_at from bad_addresses where email = $1`, strings.ToLower(email))
}

// Resume lets mail go again to an address of by's own: she has mended her mailbox.
// One that is not hers, or has no trouble, is NotFound.
func (s *Service) Resume(ctx context.Context, by account.User, email string) error {
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			delete from bad_addresses where email = $1
			  and exists (select 1 from addresses a where lower(a.email) = $1 and a.person_id = $2)`, strings.ToLower(strings.TrimSpace(email)), string(by.ID))
		if err != nil {
			return fmt.Errorf("resume an address: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "mail.resumed", Kind: "person", ID: string(by.ID)})
	})
}

// paused says why nothing is sent to the address of a mail, or nil. What she waits
// for in front of her screen is tried all the same: it may work again.
func (s *Service) paused(ctx context.Context, l Letter) error {
	if l.Urgent {
		return nil
	}
	t, err := s.troubleAt(ctx, s.db.Reader(), l.To)
	switch {
	case errs.Is(err, errs.NotFound), err == nil && t.PausedAt.IsZero():
		return nil
	case err != nil:
		return fmt.Errorf("look at an address: %w", err)
	}
	return &mail.Failure{Permanent: true, Reason: "notify.problem_paused"}
}
