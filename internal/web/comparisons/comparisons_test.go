package comparisons_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/review/comparison/comparisontest"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/web/comparisons"
	"transformateur/internal/web/ui/pagetest"
)

const here = "/comparisons/selection"

func house(t *testing.T, lang i18n.Lang) (*comparisontest.World, func(account.User) pagetest.Site) {
	w := comparisontest.New(t, dbtest.SQLite(t), reviewtest.Options{Number: 4})
	h := &comparisons.Handler{Comparisons: w.Comparisons}
	return w, func(by account.User) pagetest.Site { return pagetest.Site{Routes: h.Routes(), By: by, Lang: lang} }
}

func has(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, one := range words {
		if !strings.Contains(page, one) {
			t.Errorf("the page does not say %q", one)
		}
	}
}

var hidden = regexp.MustCompile(`name="(round|turn)" value="(\d+)"`)

// form is what the first form of a page sends with a choice.
func form(page, choice string) url.Values {
	v := url.Values{"choice": {choice}}
	for _, m := range hidden.FindAllStringSubmatch(page, 2) {
		v.Set(m[1], m[2])
	}
	return v
}

func TestComparing(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, as := house(t, lang)
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			has(t, as(w.Mia).Page(t, here), say("comparisons.closed"))
			has(t, as(w.Chair).Page(t, here+"/results"), say("comparisons.no_results"))
			has(t, as(w.Lead).Page(t, here+"/round"), say("comparisons.start"), `value="12"`)
			bad := as(w.Lead).Post(t, here+"/round", url.Values{"advised": {"beaucoup"}, "after": {"0"}})
			if bad.Status != http.StatusUnprocessableEntity || !strings.Contains(bad.Body, `value="beaucoup"`) {
				t.Errorf("a number in words: %d", bad.Status)
			}
			opened := as(w.Lead).Post(t, here+"/round", url.Values{"fields": {"summary"}, "advised": {"2"}, "after": {"0"}})
			if opened.Status != http.StatusSeeOther || !strings.HasPrefix(opened.Location, here+"/round") {
				t.Fatalf("opening: %d %s", opened.Status, opened.Location)
			}
			page := as(w.Mia).Page(t, here)
			has(t, page, "Un campus numérique porté par Acme", `value="left"`, `value="right"`, `value="equal"`, `value="unsure"`)
			if strings.Contains(page, "/undo") {
				t.Error("there is something to take back before any answer")
			}
			first := form(page, "left")
			first.Set("note", "Plus mûr.")
			for range 2 { // a double tap
				if a := as(w.Mia).Post(t, here, first); a.Status != http.StatusSeeOther || a.Location != here+"#pair" {
					t.Fatalf("an answer: %d %s", a.Status, a.Location)
				}
			}
			other := form(page, "right")
			if a := as(w.Mia).Post(t, here, other); a.Status != http.StatusConflict || !strings.Contains(a.Body, i18n.Say(lang, "comparison.stale")) {
				t.Errorf("the other answer to the same pair: %d", a.Status)
			}
			page = as(w.Mia).Page(t, here)
			has(t, page, "Plus mûr.", say("comparisons.answered_of", 1, 2))
			if as(w.Noe).Page(t, here); strings.Contains(as(w.Noe).Page(t, here), "Plus mûr.") {
				t.Error("a private note is told to another member")
			}
			if a := as(w.Mia).Post(t, here, url.Values{"round": {"1"}, "turn": {"2"}}); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("no choice: %d", a.Status)
			}
			if a := as(w.Mia).Post(t, here+"/undo", url.Values{"round": {"1"}, "turn": {"1"}}); a.Status != http.StatusSeeOther {
				t.Errorf("taking back: %d", a.Status)
			}
			as(w.Mia).Post(t, here, form(as(w.Mia).Page(t, here), "equal"))
			as(w.Mia).Post(t, here, form(as(w.Mia).Page(t, here), "unsure"))
			has(t, as(w.Mia).Page(t, here), say("comparisons.enough"))
			w.Prefers(w.Noe, 100)
			has(t, as(w.Noe).Page(t, here), say("comparisons.nothing"))
			closing(t, w, as)
		})
	}
}

// closing ends the round and reads its order.
func closing(t *testing.T, w *comparisontest.World, as func(account.User) pagetest.Site) {
	has(t, as(w.Chair).Page(t, here+"/round"), "mia", "noe", `action="`+here+`/round/close"`)
	if a := as(w.Chair).Post(t, here+"/round/close", url.Values{"round": {"1"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("closing: %d", a.Status)
	}
	if a := as(w.Chair).Post(t, here+"/round/close", url.Values{"round": {"1"}}); a.Status != http.StatusConflict {
		t.Errorf("closing twice: %d", a.Status)
	}
	has(t, as(w.Chair).Page(t, here+"/results"), "plot-row", "noe", "results.csv?round=1")
	if a := as(w.Chair).Get(t, here+"/results?round=2"); a.Status != http.StatusNotFound {
		t.Errorf("a round that never was: %d", a.Status)
	}
	table := as(w.Lead).Get(t, here+"/results.csv?round=1")
	if lines := strings.Count(table.Body, "\n"); table.Status != http.StatusOK || lines != 5 {
		t.Errorf("the table: %d, %d lines:\n%s", table.Status, lines, table.Body)
	}
	if a := as(w.Mia).Get(t, here+"/results"); a.Status != http.StatusForbidden {
		t.Errorf("a member reads the order before the deliberation: %d", a.Status)
	}
}
