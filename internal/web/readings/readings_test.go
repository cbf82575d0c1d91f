package readings_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/review/reviewtest"
	"transformateur/internal/web/readings"
	"transformateur/internal/web/ui/pagetest"
)

func TestProgressTellsNoValue(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := reviewtest.New(t, dbtest.SQLite(t), reviewtest.Options{Blind: committee.Veiled})
			as := func(by account.User) pagetest.Site {
				return pagetest.Site{Routes: (&readings.Handler{Reviews: w.Reviews, Clock: w.Clock}).Routes(), By: by, Lang: lang}
			}
			at := "/readings/" + string(reviewtest.Selection)
			w.Give(w.Mia, w.Files...)
			w.Give(w.Noe, w.Files[0])
			w.Hand(w.Noe, w.Files[0], "weak")
			page := as(w.Chair).Page(t, at)
			if !strings.Contains(page, "mia") || !strings.Contains(page, at+"/remind") || strings.Contains(page, "sur 100") || strings.Contains(page, "budget") {
				t.Error("progress lacks somebody, or tells a value")
			}
			if a := as(w.Chair).Post(t, at+"/remind", nil); a.Status != http.StatusSeeOther || !strings.Contains(a.Location, "reminded_done") {
				t.Errorf("reminding: %d %s", a.Status, a.Location)
			}
			if a := as(w.Chair).Post(t, at+"/remind", nil); !strings.Contains(a.Location, "nobody_done") {
				t.Errorf("reminding twice: %s", a.Location)
			}
			if a := as(w.Mia).Get(t, at); a.Status != http.StatusForbidden {
				t.Errorf("a member follows the others: %d", a.Status)
			}
			hide := url.Values{"passage": {"Acme"}}
			if a := as(w.Lead).Post(t, at+"/veil", url.Values{}); a.Status != http.StatusUnprocessableEntity {
				t.Errorf("hiding nothing: %d", a.Status)
			}
			if a := as(w.Lead).Post(t, at+"/veil", hide); a.Status != http.StatusSeeOther {
				t.Errorf("hiding: %d", a.Status)
			}
			listed := as(w.Lead).Page(t, at+"/veil")
			lift := regexp.MustCompile(`action="([^"]+/lift)"`).FindStringSubmatch(listed)
			if lift == nil {
				t.Fatal("what is hidden is not listed")
			}
			if a := as(w.Lead).Post(t, lift[1], nil); a.Status != http.StatusSeeOther {
				t.Errorf("showing again: %d", a.Status)
			}
		})
	}
}
