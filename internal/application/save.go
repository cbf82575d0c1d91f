package application

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/presence"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Edit is one field as somebody wants it, and the version she started from.
type Edit struct {
	Field string
	Base  int64
	Value any // canonical; nil empties the field
}

// Conflict is a field that changed since the version an edit started from. Both
// texts are kept until somebody chooses.
type Conflict struct {
	Variant string // identifier of the text that was not written
	Field   string
	Mine    any
	Theirs  Answer
}

// Saved says what became of each edit.
type Saved struct {
	Versions  map[string]int64 // fields now written, with their version
	Conflicts []Conflict
	Refused   []errs.Field // fields that may not be written
	State     *form.State  // of the whole file, after the save
	At        time.Time
}

// Save writes some fields of a file. An edit that started from an older version
// never overwrites: its text is kept beside, and both are returned. Sending the
// same edit twice is harmless.
//
// Errors: Conflict "application.not_draft" when the file was deposited meanwhile.
func (s *Service) Save(ctx context.Context, by account.User, id ID, edits []Edit) (Saved, error) {
	saved, _, err := s.SaveRead(ctx, by, id, func(File) []Edit { return edits })
	return saved, err
}

// SaveRead is Save for what must first be read with the file's own form: read gets
// the file as it is, without its answers, which are fetched once, with the save. It
// returns the file as it became.
func (s *Service) SaveRead(ctx context.Context, by account.User, id ID, read func(File) []Edit) (Saved, File, error) {
	f, err := s.allowed(ctx, s.db.Reader(), by, "application.edit", id)
	switch {
	case err == nil:
	case f.May != nil && !f.May["application.comment"].Allowed: // as Open: she only has the programme's side
		return Saved{}, f, errs.New(errs.NotFound, "errs.not_found").Because(err)
	case errs.KeyOf(err) == "application.not_now":
		return Saved{}, f, errs.New(errs.Conflict, "application.not_draft")
	default:
		return Saved{}, f, err
	}
	now := s.clock.Now()
	saved := Saved{Versions: map[string]int64{}, At: now}
	if f.Files, err = listAttachments(ctx, s.db.Reader(), id); err != nil {
		return Saved{}, f, err
	}
	edits, refused := f.sift(read(f), now)
	saved.Refused = refused
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := touch(ctx, tx, id, now); err != nil {
			return err
		}
		current, err := listAnswers(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.write(ctx, tx, by, &f, current, edits, &saved)
	})
	if err != nil {
		return Saved{}, f, err
	}
	saved.State = s.evaluate(f)
	f.State = saved.State
	s.live.Tell(string(id), presence.Told{Kind: "saved", Fields: saved.Versions, By: by.Name, Login: by.LoginID})
	return saved, f, nil
}

// sift sets apart the edits of fields that do not exist or may not be written.
func (f File) sift(edits []Edit, now time.Time) (kept []Edit, refused []errs.Field) {
	seen := map[string]bool{}
	for _, e := range edits {
		switch field := f.Form.Form.Field(e.Field); {
		case field == nil:
			refused = append(refused, errs.Field{Path: e.Field, Key: "application.field_unknown"})
		case !f.mayEdit(f.Correction, e.Field, now):
			refused = append(refused, errs.Field{Path: e.Field, Key: "application.field_closed"})
		case seen[e.Field]:
			refused = append(refused, errs.Field{Path: e.Field, Key: "application.field_twice"})
		default:
			seen[e.Field] = true
			kept = append(kept, e)
		}
	}
	return kept, refused
}

// write keeps the edits that may be kept, and the texts of the others beside.
func (s *Service) write(ctx context.Context, tx *db.Tx, by account.User, f *File, current map[string]Answer, edits []Edit, saved *Saved) error {
	f.Answers = current
	var fresh []Edit
	for _, e := range edits {
		now := current[e.Field]
		switch {
		case form.Digest(now.Value) == form.Digest(e.Value) && (now.Version > 0 || e.Value == nil):
			saved.Versions[e.Field] = now.Version // already there: a text sent twice
		case now.Version != e.Base:
			if err := s.keepVariant(ctx, tx, by, f.ID, e, now, saved); err != nil {
				return err
			}
		default:
			fresh = append(fresh, e)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	written, err := saveAnswers(ctx, tx, f.ID, by.Actor(), saved.At, fresh)
	if err != nil {
		return err
	}
	fields := map[string]int64{}
	for _, e := range fresh {
		version, ok := written[e.Field]
		if !ok { // another node wrote it between our reading and our writing
			theirs, err := getAnswer(ctx, tx, f.ID, e.Field)
			if err != nil {
				return err
			}
			if err := s.keepVariant(ctx, tx, by, f.ID, e, theirs, saved); err != nil {
				return err
			}
			continue
		}
		saved.Versions[e.Field], fields[e.Field] = version, version
		f.Answers[e.Field] = Answer{Field: e.Field, Value: e.Value, Version: version, Author: by.Actor(), SavedAt: saved.At}
	}
	return s.record(ctx, tx, saved.At, by, "application.saved", f.ID, map[string]any{"fields": fields})
}

func getAnswer(ctx context.Context, r db.Reader, id ID, field string) (Answer, error) {
	return db.Get(ctx, r, scanAnswer, `select field, value, version, author, saved_at from answers where application_id = $1 and field = $2`, string(id), field)
}

// keepVariant keeps the text that was not written, so that closing the page loses nothing.
func (s *Service) keepVariant(ctx context.Context, tx *db.Tx, by account.User, id ID, e Edit, theirs Answer, saved *Saved) error {
	value := string(form.Canonical(e.Value))
	variant, err := db.Get(ctx, tx, db.Value[string], `
		select id from answer_variants where application_id = $1 and field = $2 and author = $3 and value = $4 and settled_at is null`,
		string(id), e.Field, by.Actor(), value)
	if errs.Is(err, errs.NotFound) {
		variant = db.NewID()
		_, err = tx.Exec(ctx, `
			insert into answer_variants (id, application_id, field, value, base, author, kept_at, settled_by, outcome)
			values ($1, $2, $3, $4, $5, $6, $7, '', '')`, variant, string(id), e.Field, value, e.Base, by.Actor(), saved.At)
		if err == nil {
			err = s.record(ctx, tx, saved.At, by, "application.variant_kept", id, map[string]any{"field": e.Field, "base": e.Base, "current": theirs.Version})
		}
	}
	if err != nil {
		return fmt.Errorf("keep a variant of %s: %w", e.Field, err)
	}
	theirs.Field = e.Field
	saved.Conflicts = append(saved.Conflicts, Conflict{Variant: variant, Field: e.Field, Mine: e.Value, Theirs: theirs})
	return nil
}
