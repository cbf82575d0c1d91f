package schemes_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/scheme"
	"transformateur/internal/web/schemes"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

// world has an agency with the shipped catalogue, which Head keeps, and a project of Ana's.
type world struct {
	*gatheringtest.World
	schemes *scheme.Service
	head    account.User
	campus  project.ID
	fact    scheme.ID
	handler *schemes.Handler
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, dbtest.SQLite(t))}
	w.schemes = scheme.New(w.DB, w.Clock, w.Policy)
	w.handler = &schemes.Handler{Schemes: w.schemes}
	w.campus, w.head = w.Project("Campus", w.Ana), w.Signed("head@agence.example", "Head")
	p, err := project.Load(ctx, w.DB.Reader(), w.campus)
	w.Must(err)
	var agency programme.AgencyID
	for _, ref := range p.Object().Within {
		if ref.Kind == "agency" {
			agency = programme.AgencyID(ref.ID)
		}
	}
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.head.ID), Relation: "lead", Object: policy.Ref{Kind: "agency", ID: string(agency)}})
	}))
	_, err = w.schemes.Start(ctx, w.head, agency)
	w.Must(err)
	list, err := w.schemes.List(ctx, w.head, agency, scheme.Filter{})
	w.Must(err)
	for _, one := range list {
		if one.Origin == "shipped:fact" {
			w.fact = one.ID
		}
	}
	return w
}

func (w *world) as(by account.User, lang i18n.Lang) pagetest.Site {
	return pagetest.Site{Routes: w.handler.Routes(), By: by, Lang: lang}
}

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func wants(t *testing.T, a pagetest.Answer, status int) string {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
	}
	return a.Body
}

func TestOrientationAndItsSteps(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := newWorld(t)
			ana, home := w.as(w.Ana, lang), "/projects/"+string(w.campus)+"/orientation"
			one := home + "/" + string(w.fact)
			holds(t, ana.Page(t, home), "FACT", one)
			wants(t, w.as(w.Bob, lang).Get(t, home), http.StatusNotFound)
			wants(t, ana.Post(t, home+"/facts", url.Values{"form": {"facts"}, "asked": {"headcount"}, "facts.headcount": {"beaucoup"}}), http.StatusUnprocessableEntity)
			wants(t, ana.Post(t, home+"/facts", url.Values{"form": {"facts"}, "asked": {"headcount"}, "facts.headcount": {"42"}}), http.StatusSeeOther)
			holds(t, ana.Page(t, home+"/facts"), `value="42"`)

			early := ana.Post(t, one, url.Values{"to": {"paid"}, "amount": {"1 200"}, "version": {"0"}})
			holds(t, wants(t, early, http.StatusConflict), i18n.Say(lang, "scheme.step_order"))
			wants(t, ana.Post(t, one, url.Values{"to": {"rejected"}, "version": {"0"}}), http.StatusUnprocessableEntity)
			wants(t, ana.Post(t, one, url.Values{"to": {"rejected"}, "why": {"Trop tard pour nous"}, "version": {"0"}}), http.StatusSeeOther)
			holds(t, ana.Page(t, one), "Trop tard pour nous")
		})
	}
}

func TestEditOverAnOldVersion(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := newWorld(t)
			edit := "/schemes/" + string(w.fact) + "/edit"
			head := w.as(w.head, lang)
			head.Page(t, "/schemes/"+string(w.fact))
			head.Page(t, edit)
			wants(t, w.as(w.Ana, lang).Get(t, edit), http.StatusForbidden)
			wants(t, head.Post(t, edit, url.Values{"name": {"Fonds révisé"}, "version": {"1"}}), http.StatusSeeOther)
			page := wants(t, head.Post(t, edit, url.Values{"name": {"Fonds d’une autre main"}, "version": {"1"}}), http.StatusConflict)
			holds(t, page, i18n.Say(lang, "scheme.stale"), "Fonds d’une autre main")
			holds(t, head.Page(t, "/schemes/"+string(w.fact)), "Fonds révisé")
		})
	}
}
