package deliberations_test

import (
	"net/http"
	"strings"
	"testing"

	"transformateur/internal/i18n"
)

// The third order stands beside the two others once members compared, and leads to it.
func TestComparedResults(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, as := house(t, lang)
			w.Open()
			leads := "/comparisons/" + string(selection) + "/results"
			if page := as(w.Chair).Page(t, room+"/results"); strings.Contains(page, leads) || strings.Contains(page, i18n.Say(lang, "deliberations.col_preferred")) {
				t.Error("a third order before any comparison")
			}
			w.Prefer(w.Mia, w.Files[1], w.Files[0], 2)
			w.Prefer(w.Noe, w.Files[1], w.Files[2], 2)
			has(t, as(w.Chair).Page(t, room+"/results"), leads, i18n.SayN(lang, "deliberations.compared", 4), i18n.Say(lang, "deliberations.preferred_rank", 1), i18n.Say(lang, "deliberations.col_moved"))
			csv := as(w.Chair).Get(t, room+"/results.csv")
			if csv.Status != http.StatusOK || !strings.Contains(csv.Body, i18n.Say(lang, "deliberations.col_preferred")) {
				t.Errorf("the table: %d %s", csv.Status, csv.Body)
			}
		})
	}
}
