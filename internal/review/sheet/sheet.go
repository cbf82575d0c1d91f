// Package sheet is what somebody is writing, answer by answer: each answer has its version, and a text that started from an older one never overwrites.
package sheet

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Store is where the sheets of one kind are kept: a table of answers, a table of texts
// kept beside, and the column of both that names the sheet.
type Store struct{ answers, variants, owner string }

// The stores.
var (
	Reviews  = Store{"review_answers", "review_variants", "review_id"}
	Opinions = Store{"opinion_answers", "opinion_variants", "opinion_id"}
	Notes    = Store{"coaching_answers", "coaching_variants", "note_id"}
)

// Variant is a text kept beside the current one: it came from another page, or from a
// device that was offline meanwhile.
type Variant struct {
	ID     string
	Field  string
	Value  any
	KeptAt time.Time
}

// Values are answers alone, as the form engine takes them.
func Values(answers map[string]application.Answer) form.Answers {
	out := make(form.Answers, len(answers))
	for field, a := range answers {
		if a.Value != nil {
			out[field] = a.Value
		}
	}
	return out
}

// Answers reads a sheet; one that has no identifier yet is empty.
func (s Store) Answers(ctx context.Context, r db.Reader, id string) (map[string]application.Answer, error) {
	out := map[string]application.Answer{}
	if id == "" {
		return out, nil
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (a application.Answer, err error) {
		var value string
		if err = sc.Scan(&a.Field, &value, &a.Version, &a.SavedAt); err != nil {
			return a, err
		}
		a.Value, err = form.ParseValue([]byte(value))
		return a, err
	}, `select field, value, version, saved_at from `+s.answers+` where `+s.owner+` = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("list the %s of %s: %w", s.answers, id, err)
	}
	for _, a := range list {
		out[a.Field] = a
	}
	return out, nil
}

// Variants lists the texts of a sheet that nobody chose yet, in the order they came.
func (s Store) Variants(ctx context.Context, r db.Reader, id string) ([]Variant, error) {
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
	}, `select id, field, value, kept_at from `+s.variants+` where `+s.owner+` = $1 and settled_at is null order by kept_at, id`, id)
}

// Sift sets apart the edits of questions that a form does not ask.
func Sift(f *form.Form, edits []application.Edit) (kept []application.Edit, refused []errs.Field) {
	seen := map[string]bool{}
	for _, e := range edits {
		switch {
		case f.Field(e.Field) == nil:
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

// Write keeps the edits that may be kept, and the texts of the others beside; answers are
// those that stand, and become those that stand after.
func (s Store) Write(ctx context.Context, tx *db.Tx, id string, answers map[string]application.Answer, edits []application.Edit, saved *application.Saved) error {
	var fresh []application.Edit
	for _, e := range edits {
		now := answers[e.Field]
		switch {
		case form.Digest(now.Value) == form.Digest(e.Value) && (now.Version > 0 || e.Value == nil):
			saved.Versions[e.Field] = now.Version // already there: a text sent twice
		case now.Version != e.Base:
			if err := s.keep(ctx, tx, id, e, now, saved); err != nil {
				return err
			}
		default:
			fresh = append(fresh, e)
		}
	}
	for _, e := range fresh {
		version, err := s.save(ctx, tx, id, e, saved.At)
		if err != nil {
			return err
		}
		saved.Versions[e.Field] = version
		answers[e.Field] = application.Answer{Field: e.Field, Value: e.Value, Version: version, SavedAt: saved.At}
	}
	return nil
}

// save writes one answer whose base is still the current version. Error: Conflict
// "application.field_changed".
func (s Store) save(ctx context.Context, tx *db.Tx, id string, e application.Edit, at time.Time) (int64, error) {
	n, err := tx.Exec(ctx, `
		insert into `+s.answers+` (`+s.owner+`, field, value, version, saved_at) values ($1, $2, $3, $4, $5)
		on conflict (`+s.owner+`, field) do update set value = excluded.value, version = excluded.version, saved_at = excluded.saved_at
		where `+s.answers+`.version = excluded.version - 1`, id, e.Field, string(form.Canonical(e.Value)), e.Base+1, at)
	if err != nil {
		return 0, fmt.Errorf("save one of the %s of %s: %w", s.answers, id, err)
	}
	if n == 0 {
		return 0, errs.New(errs.Conflict, "application.field_changed")
	}
	return e.Base + 1, nil
}

func (s Store) keep(ctx context.Context, tx *db.Tx, id string, e application.Edit, theirs application.Answer, saved *application.Saved) error {
	value := string(form.Canonical(e.Value))
	variant, err := db.Get(ctx, tx, db.Value[string], `select id from `+s.variants+` where `+s.owner+` = $1 and field = $2 and value = $3 and settled_at is null`, id, e.Field, value)
	if errs.Is(err, errs.NotFound) {
		variant = db.NewID()
		_, err = tx.Exec(ctx, `insert into `+s.variants+` (id, `+s.owner+`, field, value, base, kept_at, outcome) values ($1, $2, $3, $4, $5, $6, '')`,
			variant, id, e.Field, value, e.Base, saved.At)
	}
	if err != nil {
		return fmt.Errorf("keep one of the %s of %s: %w", s.variants, id, err)
	}
	theirs.Field = e.Field
	saved.Conflicts = append(saved.Conflicts, application.Conflict{Variant: variant, Field: e.Field, Mine: e.Value, Theirs: theirs})
	return nil
}

// Choice is what somebody chose between two texts, as application.Settle takes it. Merged
// is the text of both, and Base the version of the current one that she saw.
type Choice struct {
	Variant string
	Keep    string // application.KeepTheirs, KeepMine or KeepBoth
	Merged  any
	Base    int64
}

// Settle does what somebody chose. Errors: NotFound, Invalid "application.choice_unknown",
// Conflict "application.field_changed".
func (s Store) Settle(ctx context.Context, tx *db.Tx, id string, c Choice, now time.Time) error {
	var field, value string
	err := tx.QueryRow(ctx, `select field, value from `+s.variants+` where id = $1 and `+s.owner+` = $2 and settled_at is null`, c.Variant, id).Scan(&field, &value)
	if err != nil {
		return err
	}
	chosen := c.Merged
	switch c.Keep {
	case application.KeepTheirs, application.KeepBoth:
	case application.KeepMine:
		if chosen, err = form.ParseValue([]byte(value)); err != nil {
			return err
		}
	default:
		return errs.New(errs.Invalid, "application.choice_unknown")
	}
	if c.Keep != application.KeepTheirs {
		if _, err := s.save(ctx, tx, id, application.Edit{Field: field, Base: c.Base, Value: chosen}, now); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `update `+s.variants+` set settled_at = $2, outcome = $3 where id = $1`, c.Variant, now, c.Keep); err != nil {
		return fmt.Errorf("settle one of the %s of %s: %w", s.variants, id, err)
	}
	return nil
}
