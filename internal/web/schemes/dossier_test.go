package schemes_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/i18n"
)

func TestADossierHoldsWhatIsTicked(t *testing.T) {
	w := newWorld(t)
	ana, _ := w.importing(t, w.Ana, "fr")
	home := "/projects/" + string(w.campus) + "/orientation/"
	wants(t, ana.Post(t, "/projects/"+string(w.campus)+"/orientation/facts", url.Values{"form": {"facts"}, "asked": {"headcount", "turnover"}, "facts.headcount": {"42"}, "facts.turnover": {"120000"}}), http.StatusSeeOther)
	one := home + string(w.fact) + "/dossier"
	page := ana.Page(t, one)
	holds(t, page, "Campus", ">42<", i18n.Say("fr", "schemes.fact_headcount"), "chosen=yes")
	if strings.Contains(page, ",00") {
		t.Error("a round amount has cents")
	}
	holds(t, ana.Get(t, one+".csv").Body, "Campus", "42")
	some := ana.Get(t, one+".json?chosen=yes&keep=headcount").Body
	if holds(t, some, `"headcount"`, `"42"`); strings.Contains(some, "Campus") || strings.Contains(some, "120") {
		t.Errorf("what was unticked leaves: %s", some)
	}
	bob, _ := w.importing(t, w.Bob, "fr")
	for _, path := range []string{one, one + ".csv", one + ".json"} {
		wants(t, bob.Get(t, path), http.StatusNotFound)
	}
}
