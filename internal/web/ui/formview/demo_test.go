package formview

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"transformateur/internal/web/ui"
)

// demo is a draft as the page of an applicant shows it: the outline, then one step.
func demo(frame Frame, v View, show string) templ.Component {
	content := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		switch show {
		case "answers":
			return ReadOnly(v).Render(ctx, w)
		case "outline":
			return Outline(v).Render(ctx, w)
		}
		return Draft(frame).Render(templ.WithChildren(ctx, Step(v)), w)
	})
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		page := ui.Page{Title: "Dossier de démonstration", Person: "Ada Lovelace", Scripts: []string{"deposit.js"}}
		return ui.Layout(page).Render(templ.WithChildren(ctx, content), w)
	})
}
