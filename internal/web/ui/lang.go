package ui

import (
	"context"
	"strings"

	"transformateur/internal/i18n"
)

// otherLang is the language that the reader is not using.
func otherLang(ctx context.Context) i18n.Lang {
	if i18n.From(ctx) == i18n.FR {
		return i18n.EN
	}
	return i18n.FR
}

// langName is a language in its own words, as WCAG 3.1.2 wants it marked.
func langName(lang i18n.Lang) string { return i18n.Say(lang, "ui.lang_name") }

func langShort(lang i18n.Lang) string { return i18n.Say(lang, "ui.lang_short") }

func langURL(url string, lang i18n.Lang) string {
	if url != "" {
		return url
	}
	return "?lang=" + string(lang)
}

// OtherLang is the address of a page in the language that its reader is not using, from
// the addresses of its forms too.
func OtherLang(ctx context.Context, path string) string {
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	return path + sign + "lang=" + string(otherLang(ctx))
}
