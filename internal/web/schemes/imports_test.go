package schemes_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/scheme"
	"transformateur/internal/web/ui/pagetest"
)

// importing is the site of Head, at the catalogue of her agency.
func (w *world) importing(t *testing.T, by account.User, lang i18n.Lang) (pagetest.Site, programme.AgencyID) {
	t.Helper()
	w.handler.Programmes = programme.New(w.DB, w.Clock, w.Policy, w.Bus)
	p, err := project.Load(ctx, w.DB.Reader(), w.campus)
	w.Must(err)
	var agency programme.AgencyID
	for _, ref := range p.Object().Within {
		if ref.Kind == "agency" {
			agency = programme.AgencyID(ref.ID)
		}
	}
	return pagetest.Site{Routes: append(w.handler.Routes(), w.handler.HarvestRoutes()...), By: by, Lang: lang}, agency
}

func TestAListIsReadThenTaken(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := newWorld(t)
			head, agency := w.importing(t, w.head, lang)
			home := "/agencies/" + string(agency) + "/schemes/imports"
			head.Page(t, home)
			id, err := w.schemes.StartImport(ctx, w.head, agency, scheme.Upload{Name: "liste.csv", List: "Ailleurs", Content: strings.NewReader("id;nom;x\n1;Aide au vélo;12\n2;Aide au train;\n;Sans numéro;\n")})
			w.Must(err)
			one := home + "/" + id
			holds(t, head.Page(t, one), "Aide au vélo", i18n.Say(lang, "scheme.row_number_missing"))
			ana, _ := w.importing(t, w.Ana, lang)
			wants(t, ana.Get(t, one), http.StatusForbidden)
			wants(t, head.Post(t, one, url.Values{"c.0": {"number"}, "c.1": {"state"}, "version": {"1"}}), http.StatusUnprocessableEntity)
			wants(t, head.Post(t, one, url.Values{"c.0": {"number"}, "c.1": {"name"}, "c.2": {"rate"}, "version": {"1"}}), http.StatusSeeOther)
			wants(t, head.Post(t, one+"/rows", url.Values{"shown": {"2", "3"}, "picked": {"2"}, "version": {"1"}}), http.StatusConflict)
			wants(t, head.Post(t, one+"/rows", url.Values{"shown": {"2", "3"}, "picked": {"2"}, "version": {"2"}}), http.StatusSeeOther)
			wants(t, head.Post(t, one+"/apply", url.Values{"shown": {"2", "3"}, "picked": {"2"}, "version": {"1"}}), http.StatusConflict)
			wants(t, head.Post(t, one+"/apply", url.Values{"shown": {"2", "3"}, "picked": {"2"}, "version": {"2"}}), http.StatusSeeOther)
			wants(t, head.Post(t, one+"/apply", url.Values{"version": {"2"}}), http.StatusConflict)
			catalogue := head.Page(t, "/agencies/"+string(agency)+"/schemes")
			if holds(t, catalogue, "Aide au vélo"); strings.Contains(catalogue, "Aide au train") || strings.Contains(catalogue, i18n.Say(lang, "schemes.shipped_start")) {
				t.Error("what was left out is there, or a shipped catalogue with nothing left is offered")
			}
			holds(t, head.Page(t, one), i18n.Say(lang, "schemes.outcome_left_out"))
		})
	}
}
