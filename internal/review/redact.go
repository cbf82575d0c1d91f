package review

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/veil"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// Veil is what was hidden by hand from the readers of a selection.
type Veil struct {
	Selection  committee.Selection
	Form       *form.Compiled // of the call, for the names of questions
	Files      []application.Application
	Redactions []veil.Redaction
}

// The bounds of words that are hidden, in characters: shorter ones would black out half of every text.
const (
	leastPassage = 3
	mostPassage  = 200
)

// Veil lists what is hidden in a selection, for those who hide it. Files that by may not
// read are left out.
func (s *Service) Veil(ctx context.Context, by account.User, id committee.SelectionID) (Veil, error) {
	sel, err := s.selectionFor(ctx, by, "selection.veil", id)
	v := Veil{Selection: sel}
	if err != nil {
		return v, err
	}
	r := s.db.Reader()
	if v.Form, err = s.calls.Form(ctx, r, sel.Call.ID, sel.Call.Revision); err != nil {
		return v, err
	}
	if v.Redactions, err = veil.Redactions(ctx, r, string(id)); err != nil {
		return v, err
	}
	files, err := committee.Files(ctx, r, id)
	if err != nil {
		return v, err
	}
	for _, f := range files {
		may, err := s.policy.Decide(ctx, r, by, "application.read", f.Object(sel.Call, s.clock.Now()))
		if err != nil {
			return v, err
		}
		if may.Allowed {
			v.Files = append(v.Files, f)
		}
	}
	known := func(x veil.Redaction) bool {
		return x.File == "" || slices.ContainsFunc(v.Files, func(f application.Application) bool { return string(f.ID) == x.File })
	}
	v.Redactions = slices.DeleteFunc(v.Redactions, func(x veil.Redaction) bool { return !known(x) })
	return v, nil
}

// Redact hides something from the readers of a selection who may not know who bears
// projects. Error: Invalid with every fault.
func (s *Service) Redact(ctx context.Context, by account.User, id committee.SelectionID, x veil.Redaction) error {
	v, err := s.Veil(ctx, by, id)
	if err != nil {
		return err
	}
	x.ID, x.Passage = db.NewID(), strings.Join(strings.Fields(text.Clean(x.Passage)), " ")
	var bad []errs.Field
	n := utf8.RuneCountInString(x.Passage)
	switch {
	case x.Passage == "" && x.Field == "":
		bad = append(bad, errs.Field{Path: "passage", Key: "review.redaction_nothing"})
	case x.Passage != "" && (n < leastPassage || n > mostPassage):
		bad = append(bad, errs.Field{Path: "passage", Key: "review.passage_bounds", Args: []any{leastPassage, mostPassage}})
	case x.Passage != "":
		x.Field = ""
	case v.Form.Form.Field(x.Field) == nil:
		bad = append(bad, errs.Field{Path: "field", Key: "review.question_unknown", Args: []any{x.Field}})
	}
	if x.File != "" && !slices.ContainsFunc(v.Files, func(f application.Application) bool { return string(f.ID) == x.File }) {
		bad = append(bad, errs.Field{Path: "file", Key: "review.file_unknown"})
	}
	if err := errs.NewInvalid("review.redaction_invalid", bad); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var file *string
		if x.File != "" {
			file = &x.File
		}
		if _, err := tx.Exec(ctx, `insert into redactions (id, selection_id, application_id, field, passage, added_by, added_at, lifted_by) values ($1, $2, $3, $4, $5, $6, $7, '')`,
			x.ID, string(id), file, x.Field, x.Passage, by.Actor(), now); err != nil {
			return fmt.Errorf("hide something of %s: %w", id, err)
		}
		return s.record(ctx, tx, now, by, "review.redacted", id, map[string]any{"redaction": x.ID, "file": x.File, "field": x.Field})
	})
}

// Lift shows again what was hidden. Error: NotFound.
func (s *Service) Lift(ctx context.Context, by account.User, id committee.SelectionID, redaction string) error {
	if _, err := s.selectionFor(ctx, by, "selection.veil", id); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update redactions set lifted_by = $3, lifted_at = $4 where id = $1 and selection_id = $2 and lifted_at is null`, redaction, string(id), by.Actor(), now)
		if err != nil {
			return fmt.Errorf("show again what was hidden of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.record(ctx, tx, now, by, "review.redaction_lifted", id, map[string]any{"redaction": redaction})
	})
}
