// Package i18n holds the catalogue: every sentence the program says, in French and in English, by message key.
package i18n

import (
	"context"
	"embed"
	"fmt"
	"sort"
	"strings"

	"github.com/leonelquinteros/gotext"
)

//go:embed fr/*.po en/*.po
var files embed.FS

// Lang is an interface language.
type Lang string

// The two languages; both catalogues are complete (a test compares them).
const (
	FR Lang = "fr"
	EN Lang = "en"
)

// Langs lists the languages, the default one first.
var Langs = []Lang{FR, EN}

type entry struct {
	one, many string
}

var catalogues = mustLoad()

func mustLoad() map[Lang]map[string]entry {
	all := map[Lang]map[string]entry{}
	for _, lang := range Langs {
		cat, err := load(lang)
		if err != nil {
			panic(err) // the catalogues are embedded: only a broken build gets here
		}
		all[lang] = cat
	}
	return all
}

func load(lang Lang) (map[string]entry, error) {
	names, err := files.ReadDir(string(lang))
	if err != nil {
		return nil, fmt.Errorf("read catalogue %s: %w", lang, err)
	}
	cat := map[string]entry{}
	for _, name := range names {
		text, err := files.ReadFile(string(lang) + "/" + name.Name())
		if err != nil {
			return nil, fmt.Errorf("read catalogue %s/%s: %w", lang, name.Name(), err)
		}
		po := gotext.NewPo()
		po.Parse(text)
		for key, tr := range po.GetDomain().GetTranslations() {
			if key == "" {
				continue
			}
			if _, twice := cat[key]; twice {
				return nil, fmt.Errorf("catalogue %s/%s: %s is already defined elsewhere", lang, name.Name(), key)
			}
			e := entry{one: tr.Trs[0], many: tr.Trs[1]}
			if e.many == "" {
				e.many = e.one
			}
			cat[key] = e
		}
	}
	return cat, nil
}

// ParseAccepted gives the first language of an Accept-Language header (RFC 9110,
// 12.5.4) that we write, else French. Browsers list the one they prefer first.
func ParseAccepted(header string) Lang {
	for tag := range strings.SplitSeq(header, ",") {
		switch tag = strings.ToLower(strings.TrimSpace(tag)); {
		case strings.HasPrefix(tag, "fr"):
			return FR
		case strings.HasPrefix(tag, "en"):
			return EN
		}
	}
	return FR
}

// Parse reads a language tag ("fr", "en-GB"); anything unknown is French.
func Parse(tag string) Lang {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(tag)), "en") {
		return EN
	}
	return FR
}

type langKey struct{}

// With puts the reader's language in ctx.
func With(ctx context.Context, lang Lang) context.Context {
	return context.WithValue(ctx, langKey{}, lang)
}

// From is the reader's language, French when none was chosen.
func From(ctx context.Context) Lang {
	if lang, ok := ctx.Value(langKey{}).(Lang); ok {
		return lang
	}
	return FR
}

// T says the message key in the reader's language.
func T(ctx context.Context, key string, args ...any) string {
	return Say(From(ctx), key, args...)
}

// N says a message that counts: the singular for 0 and 1 in French and for 1 in
// English. The count is the first argument of the sentence, before args.
func N(ctx context.Context, key string, count int, args ...any) string {
	return SayN(From(ctx), key, count, args...)
}

// Say says the message key in a language. An unknown key is returned between
// angle quotes so that a page shows the fault instead of hiding it.
func Say(lang Lang, key string, args ...any) string {
	e, ok := catalogues[lang][key]
	if !ok {
		return "‹" + key + "›"
	}
	return format(lang, e.one, args)
}

// SayN is N for a given language.
func SayN(lang Lang, key string, count int, args ...any) string {
	e, ok := catalogues[lang][key]
	if !ok {
		return "‹" + key + "›"
	}
	text := e.many
	if count == 1 || (lang == FR && (count == 0 || count == -1)) {
		text = e.one
	}
	return format(lang, text, append([]any{count}, args...))
}

// Has says whether a key exists, for keys built from data.
func Has(key string) bool {
	_, ok := catalogues[FR][key]
	return ok
}

// Keys lists the message keys of a language, sorted, for the guards.
func Keys(lang Lang) []string {
	keys := make([]string, 0, len(catalogues[lang]))
	for key := range catalogues[lang] {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// Message gives both forms of a key, for the guards.
func Message(lang Lang, key string) (one, many string) {
	e := catalogues[lang][key]
	return e.one, e.many
}
