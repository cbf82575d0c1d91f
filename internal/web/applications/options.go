package applications

import (
	"context"

	"transformateur/internal/application"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// roleOptions are the roles one may give: to who is invited when current is empty,
// else to a member who has current, whom one may also hand the file to or remove. A
// helper comes with a mandate, by invitation only.
func roleOptions(ctx context.Context, current string) []ui.Option {
	var out []ui.Option
	for _, role := range application.Roles {
		switch {
		case current == "" && role == "owner", current != "" && role == "helper" && current != "helper":
			continue
		}
		o := ui.Option{Value: role, Label: i18n.T(ctx, "applications.role_"+role)}
		if current == "" {
			o.Hint = i18n.T(ctx, "applications.role_"+role+"_hint")
		}
		out = append(out, o)
	}
	if current != "" {
		out = append(out, ui.Option{Value: "none", Label: i18n.T(ctx, "applications.role_none")})
	}
	return out
}

// fieldOptions are the questions that a remark can be about.
func fieldOptions(ctx context.Context, f application.File) []ui.Option {
	var out []ui.Option
	for _, field := range f.Form.Form.Fields() {
		if st, ok := f.State.Field(field.ID); ok && st.Visible && field.Type != "heading" && field.Type != "explanation" {
			out = append(out, ui.Option{Value: field.ID, Label: field.Label.In(string(i18n.From(ctx)))})
		}
	}
	return out
}
