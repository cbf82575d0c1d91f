package calls

import (
	"context"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
)

// changes says what changed between two revisions, one sentence a change.
func changes(ctx context.Context, list []form.Change) []string {
	out := make([]string, 0, len(list))
	for _, c := range list {
		out = append(out, changeWords(ctx, c))
	}
	return out
}

func changeWords(ctx context.Context, c form.Change) string {
	args := make([]any, len(c.Args))
	for i, a := range c.Args {
		switch a := a.(type) {
		case form.Localised:
			args[i] = in(ctx, a)
			if args[i] == "" {
				args[i] = i18n.T(ctx, "calls.no_label")
			}
		case string:
			args[i] = a
			if strings.HasPrefix(a, "form.set_") {
				args[i] = i18n.T(ctx, a)
			} else if c.Key == "form.change_type" {
				args[i] = i18n.T(ctx, "form.type_"+a)
			}
		default:
			args[i] = a
		}
	}
	return i18n.T(ctx, c.Key, args...)
}

// firstChange says in one sentence what an act did.
func firstChange(ctx context.Context, before, after *form.Form) string {
	list := form.Diff(before, after)
	switch {
	case len(list) == 0:
		return i18n.T(ctx, "calls.did_saved")
	case len(list) == 1:
		return changeWords(ctx, list[0])
	}
	return i18n.N(ctx, "calls.did_more", len(list)-1, changeWords(ctx, list[0]))
}

// settingName is what a setting is called where it is typed, in the units that people type.
func settingName(ctx context.Context, key string) string {
	if name := "calls.set_" + key; i18n.Has(name) {
		return i18n.T(ctx, name)
	}
	return capital(i18n.T(ctx, "form.set_"+key))
}

func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
