package opinion

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/review/sheet"
)

// Sheet is an opinion that is being written, and the file it is about.
type Sheet struct {
	Work
	May      bool // she may write now, and read the file
	Deposit  application.Deposit
	Answers  map[string]application.Answer
	Variants []sheet.Variant
	State    *form.State
}

// Open shows a person what she is asked: the request alone before she accepted and once
// her time is over, the file and her answers while she writes, what she handed in after.
func (s *Service) Open(ctx context.Context, by account.User, id ID, lang string) (d Sheet, err error) {
	r := s.db.Reader()
	if d.Work, err = s.offered(ctx, r, by, id, lang); err != nil {
		return d, err
	}
	switch d.Now {
	case Given:
		d.State = d.Opinion.State(d.Content)
	case Writing:
		if err = s.mayWrite(ctx, r, by, d.Work); err != nil {
			return d, err
		}
		d.May = true
		if d.Deposit, err = s.files.Deposited(ctx, by, d.File); err != nil {
			return d, err
		}
		if err = s.fill(ctx, r, &d); err != nil {
			return d, err
		}
		d.Variants, err = sheet.Opinions.Variants(ctx, r, string(id))
	}
	return d, err
}

// mayWrite asks the policy about the file: a conflict, a seal or the end of the
// deliberation close it whatever she was told.
func (s *Service) mayWrite(ctx context.Context, r db.Reader, by account.User, w Work) error {
	a, err := application.Load(ctx, r, w.File)
	if err != nil {
		return err
	}
	_, err = s.policy.Require(ctx, r, by, "application.opinion", a.Object(w.Of.Call, s.clock.Now()))
	return err
}

func (s *Service) fill(ctx context.Context, r db.Reader, d *Sheet) (err error) {
	if d.Answers, err = sheet.Opinions.Answers(ctx, r, string(d.ID)); err != nil {
		return err
	}
	d.State = d.Opinion.State(sheet.Values(d.Answers))
	return nil
}

// writing is an opinion that by may write now. Error: Conflict "opinion.not_writing"
// before she accepted and after she handed in, "opinion.over" once it is due.
func (s *Service) writing(ctx context.Context, by account.User, id ID) (d Sheet, err error) {
	r := s.db.Reader()
	if d.Work, err = s.offered(ctx, r, by, id, "fr"); err != nil {
		return d, err
	}
	switch d.Now {
	case Writing:
	case Asked, Given:
		return d, errs.New(errs.Conflict, "opinion.not_writing")
	default:
		return d, errs.New(errs.Conflict, "opinion.over")
	}
	if err = s.mayWrite(ctx, r, by, d.Work); err != nil {
		return d, err
	}
	d.May = true
	return d, s.fill(ctx, r, &d)
}

// touch says that the opinion is being written; the where clause refuses one that was
// handed in, revoked or due meanwhile.
func (s *Service) touch(ctx context.Context, tx *db.Tx, id ID) error {
	n, err := tx.Exec(ctx, `update opinions set version = version + 1 where id = $1 and status = 'writing' and due_at > $2`, string(id), s.clock.Now())
	if err != nil {
		return fmt.Errorf("touch opinion %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "opinion.over")
	}
	return nil
}

// Save writes some answers, as a review keeps them: an edit that started from an older
// version never overwrites. read gets the opinion as it is.
func (s *Service) Save(ctx context.Context, by account.User, id ID, read func(Sheet) []application.Edit) (application.Saved, Sheet, error) {
	saved := application.Saved{Versions: map[string]int64{}, At: s.clock.Now()}
	d, err := s.writing(ctx, by, id)
	if err != nil {
		return saved, d, err
	}
	edits, refused := sheet.Sift(d.Form.Form, read(d))
	saved.Refused, saved.State = refused, d.State
	if len(edits) == 0 {
		return saved, d, nil
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.touch(ctx, tx, id); err != nil {
			return err
		}
		if d.Answers, err = sheet.Opinions.Answers(ctx, tx, string(id)); err != nil {
			return err
		}
		return sheet.Opinions.Write(ctx, tx, string(id), d.Answers, edits, &saved)
	})
	if err != nil {
		return saved, d, err
	}
	d.State = d.Opinion.State(sheet.Values(d.Answers))
	saved.State = d.State
	return saved, d, nil
}

// Settle chooses between the current answer and a kept one.
func (s *Service) Settle(ctx context.Context, by account.User, id ID, c sheet.Choice) error {
	if _, err := s.writing(ctx, by, id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.touch(ctx, tx, id); err != nil {
			return err
		}
		return sheet.Opinions.Settle(ctx, tx, string(id), c, s.clock.Now())
	})
}

// Submit hands the opinion in, for good: what stands in it is frozen, and the file
// closes, since nothing is left to do with it. Errors: Invalid "review.incomplete" with
// every question that lacks its answer; Conflict "opinion.over", "opinion.conflict_found".
func (s *Service) Submit(ctx context.Context, by account.User, id ID) error {
	d, err := s.writing(ctx, by, id)
	if err != nil {
		return err
	}
	ties, err := s.committees.Ties(ctx, s.db.Reader(), d.Of, d.File, d.guest())
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.touch(ctx, tx, id); err != nil {
			return err
		}
		if len(ties) > 0 {
			return s.end(ctx, tx, account.System, d.Opinion, ending{Declined, found, "opinion.declined"})
		}
		if err := s.fill(ctx, tx, &d); err != nil { // what another page wrote meanwhile counts too
			return err
		}
		if err := errs.NewInvalid("review.incomplete", d.State.Missing()); err != nil {
			return err
		}
		content := d.State.Deposited(sheet.Values(d.Answers))
		if _, err := tx.Exec(ctx, `update opinions set status = 'given', content = $2, submitted_at = $3 where id = $1 and status = 'writing'`, string(id), string(form.Canonical(map[string]any(content))), s.clock.Now()); err != nil {
			return fmt.Errorf("hand in opinion %s: %w", id, err)
		}
		if err := s.policy.EndFor(ctx, tx, by, policy.Ref{Kind: "application", ID: string(d.File)}, d.held()); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "opinion.submitted", d.Opinion, true)
	})
	if err == nil && len(ties) > 0 {
		err = errs.New(errs.Conflict, "opinion.conflict_found")
	}
	return err
}
