package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// Submit hands a review in: what stands in it is frozen and counts.
//
// Errors: Invalid "review.incomplete" with every question that lacks its answer; Conflict
// "review.handed_in", "review.closed".
func (s *Service) Submit(ctx context.Context, by account.User, id application.ID) (Work, error) {
	now := s.clock.Now()
	w, err := s.writing(ctx, s.db.Reader(), by, id)
	if err != nil {
		return w, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.touch(ctx, tx, by, &w, now); err != nil {
			return err
		}
		if err := s.fill(ctx, tx, &w); err != nil { // what another page wrote meanwhile counts too
			return err
		}
		if err := errs.NewInvalid("review.incomplete", w.State.Missing()); err != nil {
			return err
		}
		content := w.State.Deposited(w.Values())
		n, err := tx.Exec(ctx, `update reviews set status = 'submitted', content = $2, revision = $3, submitted_at = $4, version = version + 1 where id = $1 and status in ('draft', 'reopened')`,
			string(w.Review.ID), string(form.Canonical(map[string]any(content))), w.Grid.Revision, now)
		if err != nil {
			return fmt.Errorf("hand in review %s: %w", w.Review.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "review.handed_in")
		}
		w.Review.Status, w.Review.Content, w.Review.SubmittedAt = Submitted, content, now
		if err := s.record(ctx, tx, now, by, "review.submitted", w.Selection.ID, map[string]any{"file": string(id), "revision": w.Grid.Revision}); err != nil {
			return err
		}
		return s.publish(ctx, tx, "review.submitted", Event{Selection: string(w.Selection.ID), File: string(id), Member: string(w.Seat.ID)})
	})
	return w, err
}

// Reopen takes up again a review that was handed in: what it said counts until it is
// handed in anew. Errors: Conflict "review.final" where the grid says so,
// "review.closed" once the committee deliberates.
func (s *Service) Reopen(ctx context.Context, by account.User, id application.ID) error {
	w, err := s.work(ctx, s.db.Reader(), by, "application.review", id)
	switch {
	case err != nil:
		return err
	case w.Seat.ID == "":
		return errs.New(errs.Conflict, "review.no_seat")
	case w.Review.Status != Submitted:
		return errs.New(errs.Conflict, "review.not_handed_in")
	case w.Grid.Rubric.Rubric.Final:
		return errs.New(errs.Conflict, "review.final")
	case w.Selection.Stage() >= policy.Deliberation:
		return errs.New(errs.Conflict, "review.closed")
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update reviews set status = 'reopened', updated_at = $2, version = version + 1 where id = $1 and status = 'submitted'`, string(w.Review.ID), now)
		if err != nil {
			return fmt.Errorf("reopen review %s: %w", w.Review.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "review.not_handed_in")
		}
		return s.record(ctx, tx, now, by, "review.reopened", w.Selection.ID, map[string]any{"file": string(id)})
	})
}

// Reasons are why a member hands a file back: she lacks the competence, or the time, or
// something else that she says. A conflict is declared to the committee instead.
var Reasons = []string{"competence", "time", "other"}

// maxReason bounds what is said with it, in characters.
const maxReason = 1000

// Return hands a file back unread: it leaves the member's list at once, and those who
// assign are told. Errors: Invalid on an unknown reason, or "other" without words;
// Conflict "review.handed_in" once the review was.
func (s *Service) Return(ctx context.Context, by account.User, id application.ID, reason, words string) error {
	words = strings.TrimSpace(text.Clean(words))
	var bad []errs.Field
	if !slices.Contains(Reasons, reason) {
		bad = append(bad, errs.Field{Path: "reason", Key: "review.reason_missing"})
	}
	if len([]rune(words)) > maxReason || reason == "other" && words == "" {
		bad = append(bad, errs.Field{Path: "words", Key: "review.words_missing", Args: []any{maxReason}})
	}
	if err := errs.NewInvalid("review.return_invalid", bad); err != nil {
		return err
	}
	now := s.clock.Now()
	w, err := s.writing(ctx, s.db.Reader(), by, id)
	if err != nil {
		return err
	}
	if w.Review.Given() {
		return errs.New(errs.Conflict, "review.handed_in")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.touch(ctx, tx, by, &w, now); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update reviews set status = 'returned', returned_at = $2, return_reason = $3, version = version + 1 where id = $1 and status = 'draft'`,
			string(w.Review.ID), now, strings.TrimSpace(reason+" "+words))
		if err != nil {
			return fmt.Errorf("return review %s: %w", w.Review.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "review.handed_in")
		}
		if err := committee.TakeBack(ctx, tx, s.policy, by, w.Seat, id, reason, s.clock); err != nil {
			return err
		}
		if err := s.record(ctx, tx, now, by, "review.returned", w.Selection.ID, map[string]any{"file": string(id), "reason": reason}); err != nil {
			return err
		}
		return s.publish(ctx, tx, "review.returned", Event{Selection: string(w.Selection.ID), File: string(id), Member: string(w.Seat.ID), Reason: strings.TrimSpace(words)})
	})
}
