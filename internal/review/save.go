package review

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/sheet"
)

// Save writes some answers of by's own review of a file, as application.Save does for a
// file: an edit that started from an older version never overwrites, its text is kept
// beside, and sending the same edit twice is harmless. read gets the review as it is, to
// read what a page sent with the grid's own questions.
//
// Errors: NotFound unless she may know of the file; Conflict "review.closed" once it may
// not be written any more, "review.handed_in" while it is not taken up again.
func (s *Service) Save(ctx context.Context, by account.User, id application.ID, read func(Work) []application.Edit) (application.Saved, Work, error) {
	now := s.clock.Now()
	saved := application.Saved{Versions: map[string]int64{}, At: now}
	w, err := s.writing(ctx, s.db.Reader(), by, id)
	if err != nil {
		return saved, w, err
	}
	edits, refused := sheet.Sift(w.Grid.Rubric.Rubric.Form, read(w))
	saved.Refused = refused
	if len(edits) == 0 {
		saved.State = w.State
		return saved, w, nil
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.touch(ctx, tx, by, &w, now); err != nil {
			return err
		}
		if w.Answers, err = sheet.Reviews.Answers(ctx, tx, string(w.Review.ID)); err != nil {
			return err
		}
		return sheet.Reviews.Write(ctx, tx, string(w.Review.ID), w.Answers, edits, &saved)
	})
	if err != nil {
		return saved, w, err
	}
	w.State = w.Grid.Rubric.Form.Evaluate(w.Values(), s.env(w.Selection))
	saved.State = w.State
	return saved, w, nil
}

// writing is a review in hand that by may write now.
func (s *Service) writing(ctx context.Context, r db.Reader, by account.User, id application.ID) (Work, error) {
	w, err := s.work(ctx, r, by, "application.review", id)
	switch {
	case err != nil:
		return w, err
	case w.Seat.ID == "":
		return w, errs.New(errs.Conflict, "review.no_seat")
	case w.Review.Status == Submitted:
		return w, errs.New(errs.Conflict, "review.handed_in")
	case !w.May:
		return w, errs.New(errs.Conflict, "review.closed")
	}
	return w, nil
}

// touch begins the review, or says that it is being written; the where clause refuses one
// that was handed in meanwhile.
func (s *Service) touch(ctx context.Context, tx *db.Tx, by account.User, w *Work, at time.Time) error {
	if w.Review.ID == "" {
		if err := s.begin(ctx, tx, by, w, at); err != nil {
			return err
		}
	}
	n, err := tx.Exec(ctx, `update reviews set updated_at = $2, revision = $3, version = version + 1 where id = $1 and status in ('draft', 'reopened')`, string(w.Review.ID), at, w.Grid.Revision)
	if err != nil {
		return fmt.Errorf("touch review %s: %w", w.Review.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "review.handed_in")
	}
	return nil
}

// begin makes the row of a review. Two pages may begin the same one: the second finds it.
func (s *Service) begin(ctx context.Context, tx *db.Tx, by account.User, w *Work, at time.Time) error {
	v := Review{ID: ID(db.NewID()), Selection: w.Selection.ID, File: w.File.ID, Member: w.Seat.ID, Status: Draft, Revision: w.Grid.Revision, StartedAt: at, UpdatedAt: at, Version: 1}
	taken, err := db.List(ctx, tx, db.Value[string], `select alias from reviews where application_id = $1`, string(v.File))
	if err != nil {
		return fmt.Errorf("list the aliases of %s: %w", v.File, err)
	}
	v.Alias = alias(v.ID, taken)
	n, err := tx.Exec(ctx, `
		insert into reviews (id, selection_id, application_id, member_id, alias, status, revision, started_at, updated_at, return_reason, version)
		values ($1, $2, $3, $4, $5, 'draft', $6, $7, $7, '', 1) on conflict (member_id, application_id) do nothing`,
		string(v.ID), string(v.Selection), string(v.File), string(v.Member), v.Alias, v.Revision, at)
	if err != nil {
		return fmt.Errorf("begin the review of %s: %w", v.File, err)
	}
	if n == 0 {
		w.Review, err = reviewOf(ctx, tx, w.Seat.ID, w.File.ID)
		return err
	}
	w.Review = v
	return s.record(ctx, tx, at, by, "review.begun", v.Selection, map[string]any{"file": string(v.File)})
}

// alias names a review by two letters that no other review of the file bears. They come
// from its identifier, which is random: they tell neither who wrote nor in which order.
func alias(id ID, taken []string) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ" // neither I nor O, which look like figures
	used := " " + strings.Join(taken, " ") + " "
	for i := 0; ; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", id, i))
		name := string(letters[int(sum[0])%len(letters)]) + string(letters[int(sum[1])%len(letters)])
		if !strings.Contains(used, " "+name+" ") {
			return name
		}
	}
}

// Settle chooses between the current answer and a kept one, as application.Settle does.
func (s *Service) Settle(ctx context.Context, by account.User, id application.ID, variant, choice string, merged any, base int64) error {
	now := s.clock.Now()
	w, err := s.writing(ctx, s.db.Reader(), by, id)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.touch(ctx, tx, by, &w, now); err != nil {
			return err
		}
		return sheet.Reviews.Settle(ctx, tx, string(w.Review.ID), sheet.Choice{Variant: variant, Keep: choice, Merged: merged, Base: base}, now)
	})
}
