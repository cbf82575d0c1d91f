package scheme

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/scheme/eligible"
)

// The bounds of a sheet, in characters.
const (
	MaxName = 200
	MaxLine = 500
	MaxText = 6000
	MaxTags = 30
)

// oneLine tidies a text of one line.
func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

// check tidies the sheet, and tells what is wrong with it.
func (w *Sheet) check() (bad []errs.Field) {
	wrong := func(path, key string, args ...any) {
		bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
	}
	bound := func(path string, value *string, most int) {
		if utf8.RuneCountInString(*value) > most {
			wrong(path, "scheme.text_long", most)
		}
	}
	for path, one := range map[string]*string{"provider": &w.Provider, "territory": &w.Territory, "source": &w.Source} {
		*one = oneLine(*one)
		bound(path, one, MaxLine)
	}
	if w.Name = oneLine(w.Name); w.Name == "" {
		wrong("name", "scheme.name_missing")
	}
	bound("name", &w.Name, MaxName)
	for path, one := range map[string]*string{"purpose": &w.Purpose, "amounts": &w.Amounts, "audience": &w.Audience, "expenses": &w.Expenses, "conditions": &w.Conditions, "calendar": &w.Calendar} {
		*one = strings.TrimSpace(text.Clean(*one))
		bound(path, one, MaxText)
	}
	for path, one := range map[string]*string{"link": &w.Link, "source_url": &w.SourceURL} {
		if *one = strings.TrimSpace(*one); !address(*one) {
			wrong(path, "scheme.link_wrong")
		}
	}
	for path, day := range map[string]string{"valid_from": w.ValidFrom, "valid_to": w.ValidTo, "source_on": w.SourceOn} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			wrong(path, "scheme.day_wrong")
		}
	}
	if w.ValidFrom != "" && w.ValidTo != "" && w.ValidTo < w.ValidFrom {
		wrong("valid_to", "scheme.days_order")
	}
	if w.MaxAmount < 0 || w.MaxAmount > maxCents {
		wrong("max_amount", "scheme.amount_wrong")
	}
	if w.Rate < 0 || w.Rate > 100 {
		wrong("rate", "scheme.rate_wrong")
	}
	slices.SortFunc(bad, func(a, b errs.Field) int { return strings.Compare(a.Path, b.Path) })
	return append(bad, w.checkLists()...)
}

func (w *Sheet) checkLists() (bad []errs.Field) {
	for _, one := range w.Instruments {
		if !slices.Contains(Instruments, one) {
			bad = append(bad, errs.Field{Path: "instruments", Key: "scheme.instrument_unknown"})
		}
	}
	var tags []string
	for _, one := range w.Tags {
		if one = oneLine(one); one != "" && !slices.Contains(tags, one) {
			tags = append(tags, one)
		}
	}
	if w.Tags = tags; len(tags) > MaxTags || slices.ContainsFunc(tags, func(one string) bool { return utf8.RuneCountInString(one) > 60 }) {
		bad = append(bad, errs.Field{Path: "tags", Key: "scheme.tags_many", Args: []any{MaxTags}})
	}
	if _, err := eligible.Compile(w.Criteria); err != nil {
		bad = append(bad, errs.Field{Path: "criteria", Key: "scheme.rules_unreadable"})
	}
	return bad
}

// address says whether a link may be shown: nothing, or a page of the web.
func address(s string) bool {
	if s == "" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(s) <= 2000
}
