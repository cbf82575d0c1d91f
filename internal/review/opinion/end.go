package opinion

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// ending is how a request ends without an opinion.
type ending struct {
	status Status
	reason string
	act    string // of the journal, and the event
}

// end closes a request and all that it opened, in the transaction of the act that causes
// it. Error: Conflict "opinion.over" when it ended meanwhile.
func (s *Service) end(ctx context.Context, tx *db.Tx, by account.User, o Opinion, e ending) error {
	n, err := tx.Exec(ctx, `update opinions set status = $2, ended_at = $3, reason = $4, version = version + 1 where id = $1 and status in ('asked', 'writing') or id = $1 and status = 'given' and $2 = 'revoked'`,
		string(o.ID), string(e.status), s.clock.Now(), e.reason)
	if err != nil {
		return fmt.Errorf("end opinion %s: %w", o.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "opinion.over")
	}
	if err := s.policy.EndFor(ctx, tx, by, policy.Ref{Kind: "application", ID: string(o.File)}, o.held()); err != nil {
		return err
	}
	if e.status != Expired {
		if err := s.policy.EndFor(ctx, tx, by, o.Object().Ref, "invitation:"+o.invitation); err != nil {
			return err
		}
	}
	return s.note(ctx, tx, by, e.act, o, o.Status == Writing || o.Status == Given)
}

// one finds an opinion of a selection about a file that by reads. Error: NotFound.
func (s *Service) one(ctx context.Context, r db.Reader, by account.User, sel committee.Selection, id ID) (Opinion, error) {
	o, err := load(ctx, r, id)
	if err != nil {
		return o, err
	}
	if o.Selection != sel.ID {
		return o, errs.New(errs.NotFound, "errs.not_found")
	}
	_, err = s.file(ctx, r, by, sel, o.File)
	return o, err
}

// Revoke takes a request back, or sets aside an opinion that was given: whatever was open
// to the expert closes at once, and what she handed in is shown to nobody any more.
// Errors: Invalid on "reason"; Conflict "opinion.over".
func (s *Service) Revoke(ctx context.Context, by account.User, id committee.SelectionID, opinion ID, why string) error {
	sel, err := s.asking(ctx, s.db.Reader(), by, id)
	if err != nil {
		return err
	}
	why = strings.TrimSpace(text.Clean(why))
	if n := len([]rune(why)); n == 0 || n > maxReason {
		return errs.NewInvalid("opinion.invalid", []errs.Field{{Path: "reason", Key: "review.words_missing", Args: []any{maxReason}}})
	}
	var o Opinion
	err = s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if o, err = s.one(ctx, tx, by, sel, opinion); err != nil {
			return err
		}
		if o.Status != Given && o.Over(s.clock.Now()) {
			return errs.New(errs.Conflict, "opinion.over")
		}
		return s.end(ctx, tx, by, o, ending{Revoked, why, "opinion.revoked"})
	})
	if err != nil || o.Status != Asked {
		return err
	}
	err = s.people.RevokeInvitation(ctx, by, account.Ref(o.Object().Ref), o.invitation)
	if errs.Is(err, errs.NotFound) { // it was taken up, and not yet accepted
		return nil
	}
	return err
}

// Remind sends the invitation again to who has not answered. Error: Conflict "opinion.answered".
func (s *Service) Remind(ctx context.Context, by account.User, id committee.SelectionID, opinion ID) error {
	r := s.db.Reader()
	sel, err := s.asking(ctx, r, by, id)
	if err != nil {
		return err
	}
	o, err := s.one(ctx, r, by, sel, opinion)
	if err != nil {
		return err
	}
	if o.StatusAt(s.clock.Now()) != Asked {
		return errs.New(errs.Conflict, "opinion.answered")
	}
	err = s.people.ResendInvitation(ctx, by, account.Ref(o.Object().Ref), o.invitation)
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.Conflict, "opinion.answered")
	}
	return err
}

// expire notes the requests whose time is over, and has those who asked told.
func (s *Service) expire(ctx context.Context) error {
	due, err := db.List(ctx, s.db.Reader(), scan, `select `+columns+` from `+tables+` where o.status in ('asked', 'writing') and o.due_at <= $1 order by o.id`, s.clock.Now())
	if err != nil {
		return fmt.Errorf("list the opinions that are due: %w", err)
	}
	for _, o := range due {
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			return s.end(ctx, tx, account.System, o, ending{Expired, "", "opinion.expired"})
		})
		if err != nil && !errs.Is(err, errs.Conflict) { // handed in at the last second
			return err
		}
	}
	return nil
}

const tiesJob = "opinion_ties"

// onChange follows files, teams, organisations and addresses: something may tie an expert
// to her file that did not when she was asked. The search is done aside.
func (s *Service) onChange(ctx context.Context, tx *db.Tx, _ event.Event) error {
	var n int
	if err := tx.QueryRow(ctx, `select count(*) from opinions where status = 'writing' and due_at > $1`, s.clock.Now()).Scan(&n); err != nil || n == 0 {
		return err
	}
	return s.jobs.Enqueue(ctx, tx, tiesJob, "", nil, s.clock.Now())
}

// untie ends the requests whose expert turns out to be tied to her file. What it compares
// is read before the write.
func (s *Service) untie(ctx context.Context, _ job.Job) error {
	r := s.db.Reader()
	open, err := db.List(ctx, r, scan, `select `+columns+` from `+tables+` where o.status = 'writing' and o.due_at > $1 order by o.id`, s.clock.Now())
	if err != nil {
		return fmt.Errorf("list the opinions being written: %w", err)
	}
	for _, o := range open {
		sel, err := committee.Load(ctx, r, o.Selection)
		if err != nil {
			return err
		}
		ties, err := s.committees.Ties(ctx, r, sel, o.File, o.guest())
		if err != nil {
			return err
		}
		if len(ties) == 0 {
			continue
		}
		err = s.db.Write(ctx, func(tx *db.Tx) error {
			return s.end(ctx, tx, account.System, o, ending{Declined, found, "opinion.declined"})
		})
		if err != nil && !errs.Is(err, errs.Conflict) {
			return err
		}
	}
	return nil
}
