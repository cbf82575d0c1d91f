package notify

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Batch is mails that were made by one act and are read together.
type Batch struct {
	ID       string
	Template string
	Lang     string
	Counts   map[Status]int
	Discreet bool
	place    place
}

// Waiting is how many mails of the batch wait to be released.
func (b Batch) Waiting() int { return b.Counts[Held] }

// Scope is the narrowest scope of the batch.
func (b Batch) Scope() policy.Ref {
	for _, ref := range b.place.refs() {
		return ref
	}
	return policy.Ref{}
}

// Batch counts the mails of a batch that by may read, by state.
func (s *Service) Batch(ctx context.Context, by account.User, id string) (Batch, error) {
	return s.batch(ctx, s.db.Reader(), by, "outbox.read", id)
}

func (s *Service) batch(ctx context.Context, r db.Reader, by account.User, action policy.Action, id string) (Batch, error) {
	b := Batch{ID: id, Counts: map[Status]int{}}
	if id == "" {
		return b, errs.New(errs.NotFound, "errs.not_found")
	}
	where, args := s.policy.Where(ctx, by, action, seen, []any{id})
	type row struct {
		status Status
		n      int
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.status, &x.n, &b.Template, &b.Lang, &b.Discreet, &b.place.call, &b.place.edition, &b.place.programme, &b.place.agency)
		return x, err
	}, `select m.status, count(*), min(m.template), min(m.lang), count(*) filter (where m.discreet) > 0,
		coalesce(min(m.call_id), ''), coalesce(min(m.edition_id), ''), coalesce(min(m.programme_id), ''), coalesce(min(m.agency_id), '')
		from mails m where m.batch_id = $1 and not m.secret and `+where+` group by m.status`, args...)
	if err != nil {
		return b, fmt.Errorf("count the mails of a batch: %w", err)
	}
	if len(rows) == 0 {
		return b, errs.New(errs.NotFound, "errs.not_found")
	}
	for _, x := range rows {
		b.Counts[x.status] = x.n
	}
	_, err = s.policy.Require(ctx, r, by, action, policy.Object{Ref: policy.Ref{Kind: "batch", ID: id}, Within: b.place.refs()})
	return b, err
}

// ReleaseBatch lets every waiting mail of a batch leave. expected is the number of
// recipients that was shown: when it changed meanwhile the answer is Conflict and
// nothing leaves.
func (s *Service) ReleaseBatch(ctx context.Context, by account.User, id string, expected int) error {
	return s.wholeBatch(ctx, by, id, "batch.released", expected, `status = 'ready', due_at = $2, since_at = $2, version = version + 1`)
}

// CancelBatch stops every waiting mail of a batch, under the same condition.
func (s *Service) CancelBatch(ctx context.Context, by account.User, id string, expected int) error {
	return s.wholeBatch(ctx, by, id, "batch.cancelled", expected, `status = 'cancelled', edited_at = $2, due_at = null, version = version + 1`)
}

func (s *Service) wholeBatch(ctx context.Context, by account.User, id, act string, expected int, set string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		b, err := s.batch(ctx, tx, by, "outbox.edit", id)
		if err != nil {
			return err
		}
		if err := (Letter{Status: Held, Batch: id}).bound(); err != nil && act == "batch.released" {
			return err
		}
		now := s.clock.Now()
		where, args := s.policy.Where(ctx, by, "outbox.edit", seen, []any{id, now})
		n, err := tx.Exec(ctx, `update mails set `+set+` where id in (
			select m.id from mails m where m.batch_id = $1 and not m.secret and m.status = 'held' and `+where+`) and status = 'held'`, args...)
		switch {
		case err != nil:
			return fmt.Errorf("%s %s: %w", act, id, err)
		case n != expected || n == 0:
			return errs.New(errs.Conflict, "notify.batch_changed", b.Waiting())
		}
		if err := s.jobs.Enqueue(ctx, tx, "send_mail", "", nil, now); err != nil {
			return err
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: act, Kind: "batch", ID: id,
			Detail: map[string]any{"template": b.Template, "mails": n}})
	})
}

// Mailbox lists the latest mails of the whole install, secrets included. It is for
// development and demonstration; the page that shows it exists in those modes only.
func (s *Service) Mailbox(ctx context.Context, by account.User, limit int) ([]Letter, error) {
	return db.List(ctx, s.db.Reader(), scanLetter, `select `+columns+` from mails m order by m.created_at desc, m.id limit $1`, limit)
}

// InMailbox gives one mail of the mailbox.
func (s *Service) InMailbox(ctx context.Context, by account.User, id string) (Letter, error) {
	return db.Get(ctx, s.db.Reader(), scanLetter, `select `+columns+` from mails m where m.id = $1`, id)
}
