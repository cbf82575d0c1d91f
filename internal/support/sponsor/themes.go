package sponsor

import (
	"context"
	"fmt"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// themes reads what a project is about: its words, and what its file chose among the answers
// of its call.
func (s *Service) themes(ctx context.Context, r db.Reader, w *Wanting) error {
	w.Said = w.Title + " " + w.Summary
	if w.Application == "" || s.calls == nil {
		return nil
	}
	file, err := application.Load(ctx, r, application.ID(w.Application))
	if err != nil {
		return err
	}
	f, err := s.calls.Form(ctx, r, file.CallID, file.Revision)
	if errs.Is(err, errs.NotFound) {
		return nil // an imported file: it was written with no form
	}
	if err != nil {
		return err
	}
	type answer struct{ field, value string }
	chosen, err := db.List(ctx, r, func(sc db.Scanner) (a answer, err error) { return a, sc.Scan(&a.field, &a.value) },
		`select field, value from application_facets where application_id = $1 order by field, value`, w.Application)
	if err != nil {
		return fmt.Errorf("read the themes of project %s: %w", w.ID, err)
	}
	var collect func(a answer, options []form.Option)
	collect = func(a answer, options []form.Option) {
		for _, o := range options {
			if o.ID == a.value {
				w.Themes, w.Said = append(w.Themes, o.Label["fr"]), w.Said+" "+o.Label["fr"]+" "+o.Label["en"]
			}
			collect(a, o.Options)
		}
	}
	for _, a := range chosen {
		for _, field := range f.Form.Fields() {
			if field.ID == a.field {
				collect(a, field.Settings.Options)
			}
		}
	}
	return nil
}
