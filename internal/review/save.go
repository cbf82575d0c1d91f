package review

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
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
	edits, refused := sift(w, read(w))
	saved.Refused = refused
	if len(edits) == 0 {
		saved.State = w.State
		return saved, w, nil
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.touch(ctx, tx, by, &w, now); err != nil {
			return err
		}
		if w.Answers, err = listAnswers(ctx, tx, w.Review.ID); err != nil {
			return err
		}
		return s.write(ctx, tx, &w, edits, &saved)
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

// sift sets apart the edits of questions that do not exist.
func sift(w Work, edits []application.Edit) (kept []application.Edit, refused []errs.Field) {
	seen := map[string]bool{}
	for _, e := range edits {
		switch {
		case w.Grid.Rubric.Rubric.Form.Field(e.Field) == nil:
			refused = append(refused, errs.Field{Path: e.Field, Key: "application.field_unknown"})
		case seen[e.Field]:
			refused = append(refused, errs.Field{Path: e.Field, Key: "application.field_twice"})
		default:
			seen[e.Field] = true
			kept = append(kept, e)
		}
	}
	return kept, refused
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

// write keeps the edits that may be kept, and the texts of the others beside.
func (s *Service) write(ctx context.Context, tx *db.Tx, w *Work, edits []application.Edit, saved *application.Saved) error {
	var fresh []application.Edit
	for _, e := range edits {
		now := w.Answers[e.Field]
		switch {
		case form.Digest(now.Value) == form.Digest(e.Value) && (now.Version > 0 || e.Value == nil):
			saved.Versions[e.Field] = now.Version // already there: a text sent twice
		case now.Version != e.Base:
			if err := keepVariant(ctx, tx, w.Review.ID, e, now, saved); err != nil {
				return err
			}
		default:
			fresh = append(fresh, e)
		}
	}
	for _, e := range fresh {
		version, err := saveAnswer(ctx, tx, w.Review.ID, e, saved.At)
		if err != nil {
			return err
		}
		saved.Versions[e.Field] = version
		w.Answers[e.Field] = application.Answer{Field: e.Field, Value: e.Value, Version: version, SavedAt: saved.At}
	}
	return nil
}

// saveAnswer writes one answer whose base is still the current version. Error: Conflict
// "application.field_changed".
func saveAnswer(ctx context.Context, tx *db.Tx, id ID, e application.Edit, at time.Time) (int64, error) {
	n, err := tx.Exec(ctx, `
		insert into review_answers (review_id, field, value, version, saved_at) values ($1, $2, $3, $4, $5)
		on conflict (review_id, field) do update set value = excluded.value, version = excluded.version, saved_at = excluded.saved_at
		where review_answers.version = excluded.version - 1`, string(id), e.Field, string(form.Canonical(e.Value)), e.Base+1, at)
	if err != nil {
		return 0, fmt.Errorf("save an answer of review %s: %w", id, err)
	}
	if n == 0 {
		return 0, errs.New(errs.Conflict, "application.field_changed")
	}
	return e.Base + 1, nil
}

// Variant is a text of one's own kept beside the current one: it came from another page,
// or from a device that was offline meanwhile.
type Variant struct {
	ID     string
	Field  string
	Value  any
	KeptAt time.Time
}

func listVariants(ctx context.Context, r db.Reader, id ID) ([]Variant, error) {
	if id == "" {
		return nil, nil
	}
	return db.List(ctx, r, func(sc db.Scanner) (v Variant, err error) {
		var value string
		if err = sc.Scan(&v.ID, &v.Field, &value, &v.KeptAt); err != nil {
			return v, err
		}
		v.Value, err = form.ParseValue([]byte(value))
		return v, err
	}, `select id, field, value, kept_at from review_variants where review_id = $1 and settled_at is null order by kept_at, id`, string(id))
}

func keepVariant(ctx context.Context, tx *db.Tx, id ID, e application.Edit, theirs application.Answer, saved *application.Saved) error {
	value := string(form.Canonical(e.Value))
	variant, err := db.Get(ctx, tx, db.Value[string], `select id from review_variants where review_id = $1 and field = $2 and value = $3 and settled_at is null`, string(id), e.Field, value)
	if errs.Is(err, errs.NotFound) {
		variant = db.NewID()
		_, err = tx.Exec(ctx, `insert into review_variants (id, review_id, field, value, base, kept_at, outcome) values ($1, $2, $3, $4, $5, $6, '')`,
			variant, string(id), e.Field, value, e.Base, saved.At)
	}
	if err != nil {
		return fmt.Errorf("keep a variant of review %s: %w", id, err)
	}
	theirs.Field = e.Field
	saved.Conflicts = append(saved.Conflicts, application.Conflict{Variant: variant, Field: e.Field, Mine: e.Value, Theirs: theirs})
	return nil
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
		var field, value string
		if err := tx.QueryRow(ctx, `select field, value from review_variants where id = $1 and review_id = $2 and settled_at is null`, variant, string(w.Review.ID)).Scan(&field, &value); err != nil {
			return err
		}
		chosen := merged
		switch choice {
		case application.KeepTheirs:
		case application.KeepMine:
			if chosen, err = form.ParseValue([]byte(value)); err != nil {
				return err
			}
		case application.KeepBoth:
		default:
			return errs.New(errs.Invalid, "application.choice_unknown")
		}
		if choice != application.KeepTheirs {
			if _, err := saveAnswer(ctx, tx, w.Review.ID, application.Edit{Field: field, Base: base, Value: chosen}, now); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `update review_variants set settled_at = $2, outcome = $3 where id = $1`, variant, now, choice); err != nil {
			return fmt.Errorf("settle a variant of review %s: %w", w.Review.ID, err)
		}
		return nil
	})
}
