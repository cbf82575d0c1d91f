package credential

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
)

// Factors is what a person has besides her mail.
type Factors struct {
	Keys     int       // passkeys
	Codes    bool      // one-time codes, confirmed
	CodesAt  time.Time // since when
	Recovery int       // codes on paper that still serve
	Decides  bool      // she holds a role of the programme
	Asked    bool      // the install asks those who decide for a second factor
}

// Any says whether she has a second factor.
func (f Factors) Any() bool { return f.Keys > 0 || f.Codes }

// Missing says that her roles wait for a second factor which she does not have.
func (f Factors) Missing() bool { return f.Asked && f.Decides && !f.Any() }

// Factors says what the person has.
func (s *Service) Factors(ctx context.Context, by account.User) (Factors, error) {
	if err := signedIn(by); err != nil {
		return Factors{}, err
	}
	r := s.db.Reader()
	f, err := s.factorsOf(ctx, r, by.ID)
	if err != nil {
		return f, err
	}
	f.Asked = s.opt.Asked
	if s.opt.Decides != nil {
		f.Decides, err = s.opt.Decides(ctx, r, by.ID)
	}
	return f, err
}

func (s *Service) factorsOf(ctx context.Context, r db.Reader, person account.PersonID) (f Factors, err error) {
	err = r.QueryRow(ctx, `
		select (select count(*) from passkeys where person_id = $1),
			(select count(*) from recovery_codes where person_id = $1 and used_at is null),
			(select max(confirmed_at) from one_time_codes where person_id = $1)`, string(person)).Scan(&f.Keys, &f.Recovery, &f.CodesAt)
	if err != nil {
		return f, fmt.Errorf("read the factors of %s: %w", person, err)
	}
	f.Codes = !f.CodesAt.IsZero()
	return f, nil
}

// markFactor keeps on the account whether anything is left.
func (s *Service) markFactor(ctx context.Context, tx *db.Tx, person account.PersonID) error {
	f, err := s.factorsOf(ctx, tx, person)
	if err != nil {
		return err
	}
	return s.opt.Accounts.MarkSecondFactor(ctx, tx, person, f.Any())
}

// mayChange asks who has a second factor to have used it before she changes what she
// signs in with: who only reads her mail changes nothing.
// Errors: Unauthenticated, Forbidden credential.prove_first.
func (s *Service) mayChange(ctx context.Context, by account.User) error {
	if err := signedIn(by); err != nil {
		return err
	}
	f, err := s.factorsOf(ctx, s.db.Reader(), by.ID)
	if err != nil {
		return err
	}
	if f.Any() && by.Weak {
		return errs.New(errs.Forbidden, "credential.prove_first")
	}
	return nil
}

// maxReason is the longest reason of a reset, in characters.
const maxReason = 500

// MayReset says whether the person may take somebody's second factor away.
func (s *Service) MayReset(ctx context.Context, by account.User) error {
	return s.opt.Rights.Require(ctx, s.db.Reader(), by, "platform.administer", account.Ref{Kind: "platform", ID: "platform"})
}

// Reset takes somebody's second factor away, passkeys and codes, when she lost it: all
// her sign-ins end, she comes back by mail and sets up another one. She is told by
// whom, and why. It asks for the right platform.administer.
// Errors: NotFound, Forbidden, Invalid on "email" and "reason", Conflict credential.reset_nothing.
func (s *Service) Reset(ctx context.Context, by account.User, email, reason string) error {
	reason = strings.TrimSpace(text.Clean(reason))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.opt.Rights.Require(ctx, tx, by, "platform.administer", account.Ref{Kind: "platform", ID: "platform"}); err != nil {
			return err
		}
		switch {
		case reason == "":
			return invalid("reason", "credential.reason_missing")
		case utf8.RuneCountInString(reason) > maxReason:
			return invalid("reason", "credential.reason_long", maxReason)
		}
		person, err := s.opt.Accounts.FindPerson(ctx, tx, email)
		if errs.Is(err, errs.NotFound) {
			return invalid("email", "credential.reset_unknown")
		}
		if err != nil {
			return err
		}
		if person.ID == by.ID {
			return invalid("email", "credential.reset_own")
		}
		return s.reset(ctx, tx, by, person.ID, reason)
	})
}

func (s *Service) reset(ctx context.Context, tx *db.Tx, by account.User, person account.PersonID, reason string) error {
	f, err := s.factorsOf(ctx, tx, person)
	if err != nil {
		return err
	}
	if !f.Any() {
		return invalid("email", "credential.reset_nothing")
	}
	if err := s.forget(ctx, tx, person, "passkeys", "one_time_codes", "recovery_codes"); err != nil {
		return err
	}
	if err := s.opt.Accounts.MarkSecondFactor(ctx, tx, person, false); err != nil {
		return err
	}
	if err := s.opt.Accounts.EndLogins(ctx, tx, by, person); err != nil {
		return err
	}
	id := db.NewID()
	_, err = tx.Exec(ctx, `insert into factor_resets (id, person_id, reset_by, reason, reset_at) values ($1, $2, $3, $4, $5)`, id, string(person), by.Actor(), reason, s.clock.Now())
	if err != nil {
		return fmt.Errorf("keep the reason of a reset: %w", err)
	}
	return s.record(ctx, tx, by, act{name: "factor.reset", person: person, told: ToldFactorReset, message: reason,
		detail: map[string]any{"reset": id, "passkeys": f.Keys, "codes": f.Codes}})
}

// forget deletes what tables hold of a person.
func (s *Service) forget(ctx context.Context, tx *db.Tx, person account.PersonID, tables ...string) error {
	for _, table := range tables {
		if _, err := tx.Exec(ctx, `delete from `+table+` where person_id = $1`, string(person)); err != nil {
			return fmt.Errorf("forget the %s of %s: %w", table, person, err)
		}
	}
	return nil
}

// follow moves what an account had when it becomes part of another: it had no second
// factor, else it would not have. Handled twice, it changes nothing more.
func (s *Service) follow(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := json.Unmarshal([]byte(e.Payload), &m); err != nil {
		return fmt.Errorf("read the event %s: %w", e.Kind, err)
	}
	if err := s.forget(ctx, tx, m.From, "one_time_codes", "recovery_codes"); err != nil {
		return err
	}
	for _, table := range []string{"identities", "factor_resets"} {
		if _, err := tx.Exec(ctx, `update `+table+` set person_id = $2 where person_id = $1`, string(m.From), string(m.To)); err != nil {
			return fmt.Errorf("move the %s of %s: %w", table, m.From, err)
		}
	}
	return nil
}
