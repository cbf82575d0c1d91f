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

// typeIcons draw each type of question on a square of 24, in the manner of ui.Icon.
var typeIcons = map[string]string{
	"text":         "M4 9h16v6H4zM7 12h5",
	"longtext":     "M4 5h16v14H4zM7 9h10M7 12h10M7 15h6",
	"number":       "M5 17V8L3.5 9M9.5 9.5a2.5 2 0 1 1 4.5 1.2L9.5 17H14M17 8h3.5l-2 3.5a2.6 2.6 0 1 1-2 4.3",
	"money":        "M17 6.5a7 7 0 1 0 0 11M4 10.5h9M4 13.5h9",
	"percent":      "M18 6L6 18M7.5 5.5a2 2 0 1 0 0 4a2 2 0 1 0 0-4M16.5 14.5a2 2 0 1 0 0 4a2 2 0 1 0 0-4",
	"date":         "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M12 13v4M10 15h4",
	"period":       "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M7 15h10M15 13l2 2l-2 2",
	"yesno":        "M3.5 12.5l3 3L11 9M14.5 9.5l5 6M19.5 9.5l-5 6",
	"choice":       "M6 4a3 3 0 1 0 0 6a3 3 0 1 0 0-6M6 7h.01M12 7h8M6 14a3 3 0 1 0 0 6a3 3 0 1 0 0-6M12 17h8",
	"choices":      "M3.5 4.5h5v5h-5zM4.5 7l1.2 1.2L7.8 6M12 7h8M3.5 14.5h5v5h-5zM12 17h8",
	"linked":       "M3 5h7v5H3zM14 14h7v5h-7zM6.5 10v6.5H14",
	"ranking":      "M4 7h1.5v4M11 7h9M11 12h7M11 17h5M4 15h2.5l-2.5 3.5H7",
	"scale":        "M3 12h18M5 9v6M10 9v6M15 9v6M20 9v6M15 5.5l0 .01",
	"matrix":       "M3 5h18v14H3zM3 10h18M3 14.5h18M9 5v14M15 5v14",
	"shares":       "M12 3a9 9 0 1 0 9 9h-9zM15 3.5a8 8 0 0 1 5.5 5.5H15z",
	"assessment":   "M12 3l8 5v8l-8 5l-8-5V8zM12 8l4 2.5v4L12 17l-4-3v-3z",
	"repeat":       "M4 4h16v5H4zM4 12h16v5H4zM12 19v3M10.5 20.5h3",
	"team":         "M9 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6M3 19c.5-4 3-5 6-5s5.500 1 6 5M16 6a2.500 2.500 0 1 1 0 5M17 14c2.500.3 3.700 1.600 4 4",
	"milestones":   "M4 12h16M7 9v6M12 7v10M17 9v6",
	"indicators":   "M4 19V5M4 19h16M7.500 15l3.500-4l3 2.500L19 8",
	"budget":       "M4 4h16v16H4zM4 9h16M12 9v11M6.500 13h3M14.500 13h3M6.500 16.500h3M14.500 16.500h3",
	"organisation": "M4 21V5h9v16M13 10h7v11M2.500 21h19M7.500 9h2M7.500 13h2M7.500 17h2",
	"contact":      "M3 5h18v14H3zM8.500 8.500a2 2 0 1 0 0 4a2 2 0 1 0 0-4M5.500 16.500c.3-2 1.500-2.500 3-2.500s2.700.5 3 2.500M14.500 10h4M14.500 14h4",
	"email":        "M3 6h18v13H3zM3.500 7l8.500 6.500L20.500 7",
	"phone":        "M6 3h3.500l1.500 5l-2 1.500a11 11 0 0 0 5.500 5.500l1.500-2l5 1.500V18a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z",
	"iban":         "M3 9.500L12 4l9 5.500zM5.500 10v7M10 10v7M14 10v7M18.500 10v7M3 20h18",
	"address":      "M4 11l8-7l8 7M6 10v10h12V10M10 20v-5h4v5",
	"territory":    "M12 21c-4-5-6.500-8-6.500-11.500a6.500 6.500 0 1 1 13 0C18.500 13 16 16 12 21zM12 7.500a2 2 0 1 0 0 4a2 2 0 1 0 0-4",
	"file":         "M6 3h8l4.500 4.500V21H6zM14 3v5h4.500",
	"link":         "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.300 1.300M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.300-1.300",
	"reference":    "M4 5h11v15H4zM9 2.500h11V17M7 10h5M7 14h5",
	"commitments":  "M4 4h16v16H4zM7 9l1.500 1.500L11 8M13.500 9.500H17M7 15l1.500 1.500L11 14M13.500 15.500H17",
	"consent":      "M4 4h16v16H4zM7.500 12l3.500 3.500l6-7",
	"heading":      "M5 5v14M15 5v14M5 12h10M19 13v6M17.500 14l1.500-1",
	"explanation":  "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 11v5M12 7.500v.5",
}

// settingNames keeps what a control is called in the words of its page: units that
// people type, not those in which the form is kept.
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
