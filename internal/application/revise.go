package application

import (
	"context"
	"fmt"
	"sort"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Revision is what moving a file to the published form would change.
type Revision struct {
	From, To int
	Notes    []form.Localised // what the programme says of it, the oldest first
	Changes  []form.Change
	Orphans  []form.Orphan // answers with no place in the new form; they are kept beside
}

// Revision shows the author what changed in the form since the file was begun;
// nil when it is up to date.
func (s *Service) Revision(ctx context.Context, by account.User, id ID) (*Revision, error) {
	f, err := s.Open(ctx, by, id)
	if err != nil || f.Application.Revision == f.Call.Revision {
		return nil, err
	}
	next, err := s.calls.Form(ctx, s.db.Reader(), f.CallID, f.Call.Revision)
	if err != nil {
		return nil, err
	}
	notes, err := s.calls.Notes(ctx, s.db.Reader(), f.CallID, f.Application.Revision)
	if err != nil {
		return nil, err
	}
	_, orphans := form.Carry(f.Form.Form, next.Form, f.Values())
	return &Revision{From: f.Application.Revision, To: f.Call.Revision, Notes: notes, Changes: form.Diff(f.Form.Form, next.Form), Orphans: orphans}, nil
}

// Accept moves a file to the published form. Answers that fit are carried over;
// the others stay in the file as texts kept beside, so that nothing is lost. seen
// is the revision that the author was shown.
func (s *Service) Accept(ctx context.Context, by account.User, id ID, seen int) error {
	f, err := s.allowed(ctx, s.db.Reader(), by, "application.edit", id)
	if err != nil {
		return err
	}
	if f.Call.Revision != seen {
		return errs.New(errs.Conflict, "application.form_changed")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		beside, err := s.Carry(ctx, tx, by, f.Application, seen)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, s.clock.Now(), by, "application.form_accepted", id, map[string]any{"from": f.Application.Revision, "to": seen, "kept_beside": beside})
	})
}

// Carry moves a file that may be written to a published form, for who was allowed it, and
// counts the answers that are kept beside. Error: Conflict when the file changed meanwhile.
func (s *Service) Carry(ctx context.Context, tx *db.Tx, by account.User, a Application, revision int) (beside int, err error) {
	from, err := s.calls.Form(ctx, tx, a.CallID, a.Revision)
	if err != nil {
		return 0, err
	}
	next, err := s.calls.Form(ctx, tx, a.CallID, revision)
	if err != nil {
		return 0, err
	}
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `
		update applications set form_revision = $3, updated_at = $4
		where id = $1 and form_revision = $2 and status in ('draft', 'reopened')`, string(a.ID), a.Revision, revision, now)
	if err != nil {
		return 0, fmt.Errorf("carry file %s to form %d: %w", a.ID, revision, err)
	}
	if n == 0 {
		return 0, errs.New(errs.Conflict, "application.changed_meanwhile")
	}
	current, err := listAnswers(ctx, tx, a.ID)
	if err != nil {
		return 0, err
	}
	before := values(current)
	kept, orphans := form.Carry(from.Form, next.Form, before)
	var edits []Edit
	for field, value := range kept {
		if form.Digest(value) != form.Digest(before[field]) {
			edits = append(edits, Edit{Field: field, Base: current[field].Version, Value: value})
		}
	}
	sort.Slice(edits, func(i, j int) bool { return edits[i].Field < edits[j].Field })
	if len(edits) > 0 {
		if _, err := saveAnswers(ctx, tx, a.ID, by.Actor(), now, edits); err != nil {
			return 0, err
		}
	}
	for _, o := range orphans {
		saved := Saved{At: now}
		if err := s.keepVariant(ctx, tx, by, a.ID, Edit{Field: o.Field.ID, Base: current[o.Field.ID].Version, Value: o.Value}, current[o.Field.ID], &saved); err != nil {
			return 0, err
		}
	}
	return len(orphans), nil
}
