package formview

import (
	"context"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// Choices of a conflict, the values of the control c.<field>.
const (
	KeepMine   = "mine"
	KeepTheirs = "theirs"
	WriteThird = "merged" // the text of c.<field>.text, for a type that Written allows
)

// Written says whether the answer of a type is a text, so that a conflict can
// be settled by writing a third one.
func Written(f *form.Field) bool {
	switch f.Type {
	case "text", "longtext", "email", "phone", "link", "iban", "reference", "number", "money", "percent":
		return true
	}
	return false
}

// spans compares the text that is there with the one that was set aside.
func (c Conflict) spans() []text.Span { return text.Diff(c.Theirs, c.Mine) }

// with are the texts of one side: those in both and those of that side alone.
func with(spans []text.Span, side text.Change) []text.Span {
	out := make([]text.Span, 0, len(spans))
	for _, s := range spans {
		if s.Change == text.Same || s.Change == side {
			out = append(out, s)
		}
	}
	return out
}

func conflictChoices(ctx context.Context, q question) ui.Choice {
	options := []ui.Option{
		{Value: KeepMine, Label: i18n.T(ctx, "formview.conflict_mine")},
		{Value: KeepTheirs, Label: i18n.T(ctx, "formview.conflict_theirs")},
	}
	if Written(q.field) {
		options = append(options, ui.Option{Value: WriteThird, Label: i18n.T(ctx, "formview.conflict_third")})
	}
	return ui.Choice{Options: options}
}
