package rubrics_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/review/rubric"
	"transformateur/internal/web/rubrics"
	"transformateur/internal/web/ui/pagetest"
)

func TestRubricIsEditedWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := reviewtest.New(t, dbtest.SQLite(t), reviewtest.Options{})
			lead := pagetest.Site{Routes: (&rubrics.Handler{Reviews: w.Reviews}).Routes(), By: w.Lead, Lang: lang}
			at := "/rubrics/" + string(reviewtest.Selection)
			page := lead.Page(t, at)
			for _, want := range []string{`name="weight.need"`, `name="anchor.need.weak.fr"`, i18n.Say(lang, "rubrics.frozen_title"), `value="five_criteria"`} {
				if !strings.Contains(page, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
			change := url.Values{"version": {"1"}, "weight.need": {"3"}, "label.need.fr": {"Besoin"}, "shown.eliminates.need": {"yes"}, "eliminates.need": {"weak"}, "shown.comments": {"yes"}, "shareable": {"strengths"}}
			if a := lead.Post(t, at, change); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `value="Besoin"`) {
				t.Errorf("a change without a note while files are read: %d", a.Status)
			}
			change.Set("note", "Le besoin compte trois fois.")
			change.Set("weight.need", "many")
			if a := lead.Post(t, at, change); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("a weight in words: %d", a.Status)
			}
			change.Set("weight.need", "3")
			if a := lead.Post(t, at, change); a.Status != http.StatusSeeOther {
				t.Fatalf("saving: %d %s", a.Status, a.Body)
			}
			if a := lead.Post(t, at, change); a.Status != http.StatusConflict {
				t.Errorf("a stale page: %d", a.Status)
			}
			taken := lead.Get(t, at+"/export")
			r, err := rubric.Parse([]byte(taken.Body))
			if err != nil {
				t.Fatal(err)
			}
			if r.Criteria[0].Weight != 3 || len(r.Gates) != 2 || strings.Join(r.Gates[1].Of[0].Accept, " ") != "partial good strong" || strings.Join(r.Shareable, " ") != "strengths" {
				t.Errorf("kept as %+v", r)
			}
			if a := lead.Post(t, at+"/import", url.Values{"version": {"2"}, "note": {"Un fichier."}, "content": {`{"version":1}`}}); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("a file that is no rubric: %d", a.Status)
			}
			if a := lead.Post(t, at+"/start", url.Values{"version": {"2"}, "note": {"Six dimensions."}, "name": {"six_dimensions"}}); a.Status != http.StatusSeeOther {
				t.Errorf("another starting point: %d", a.Status)
			}
			lead.Page(t, at)
			mia := lead
			mia.By = w.Mia
			if a := mia.Get(t, at); a.Status != http.StatusForbidden {
				t.Errorf("a member edits the rubric: %d", a.Status)
			}
		})
	}
}
