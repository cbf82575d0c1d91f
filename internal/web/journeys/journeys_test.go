package journeys_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/programme"
	"transformateur/internal/programme/programmetest"
	"transformateur/internal/web/journeys"
	"transformateur/internal/web/ui/pagetest"
)

func open(t *testing.T) (*programmetest.World, *journeys.Handler) {
	t.Helper()
	w := programmetest.New(t, dbtest.SQLite(t))
	return w, &journeys.Handler{Programmes: w.Service, Clock: w.Clock}
}

func TestModelsArePublic(t *testing.T) {
	_, h := open(t)
	for _, lang := range i18n.Langs {
		s := pagetest.Site{Routes: h.Routes(), Lang: lang}
		list := s.Page(t, "/journeys")
		for _, j := range programme.Shipped() {
			if !strings.Contains(list, html.EscapeString(j.Name.In(string(lang)))) {
				t.Errorf("%s: no %s", lang, j.Key)
			}
			if text := s.Page(t, "/journeys/models/"+j.Key); strings.Contains(text, `action="/journeys"`) {
				t.Errorf("%s: a visitor may clone %s", lang, j.Key)
			}
		}
	}
	if a := (pagetest.Site{Routes: h.Routes()}).Get(t, "/journeys/models/nothing"); a.Status != http.StatusNotFound {
		t.Errorf("a model that does not exist: %d", a.Status)
	}
}

// form gives back every control of a page, as a browser does.
func form(t *testing.T, text string) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	attr := func(n *html.Node, key string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == key {
				return a.Val, true
			}
		}
		return "", false
	}
	values := url.Values{}
	for n := range root.Descendants() {
		name, named := attr(n, "name")
		if n.Type != html.ElementNode || !named || strings.Contains(name, "__i__") {
			continue
		}
		switch n.Data {
		case "input":
			value, _ := attr(n, "value")
			values.Set(name, value)
		case "textarea":
			values.Set(name, pagetest.Words(n))
		case "select":
			for o := range n.Descendants() {
				if _, chosen := attr(o, "selected"); chosen {
					value, _ := attr(o, "value")
					values.Set(name, value)
				}
			}
		}
	}
	values.Del("viewport")
	return values
}

func TestAnAgencyMakesAJourneyItsOwn(t *testing.T) {
	w, h := open(t)
	s := pagetest.Site{Routes: h.Routes(), By: w.Lead, Lang: i18n.FR}
	if text := s.Page(t, "/journeys/models/factory"); !strings.Contains(text, `action="/journeys"`) {
		t.Error("the lead of an agency is not offered to clone")
	}
	a := s.Post(t, "/journeys", url.Values{"agency": {string(w.Agency.ID)}, "from": {"factory"}})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("clone: %d", a.Status)
	}
	address, _, _ := strings.Cut(a.Location, "?")
	page := s.Page(t, a.Location)
	pagetest.Site{Routes: h.Routes(), By: w.Lead, Lang: i18n.EN}.Page(t, address)
	if !strings.Contains(page, "Étape 5") || strings.Contains(page, "Étape 6") {
		t.Error("the five stages are not numbered")
	}

	values := form(t, page)
	values.Set("_rows", "add:stages")
	a = s.Post(t, address, values)
	pagetest.Check(t, a.Body)
	values = form(t, a.Body)
	if a.Status != http.StatusOK || values.Get("stages.5.after") != "83" || values.Get("stages.5.kind") != "call" {
		t.Fatalf("add a stage: %d, %q", a.Status, values.Get("stages.5.after"))
	}
	values.Set("_rows", "remove:stages.2")
	values = form(t, s.Post(t, address, values).Body)
	if values.Get("stages.2.key") != "week" || values.Has("stages.5.kind") {
		t.Errorf("remove a stage: %v", values)
	}
	values.Set("_rows", "up:stages.1")
	if values = form(t, s.Post(t, address, values).Body); values.Get("stages.0.key") != "framing" {
		t.Errorf("move a stage: %v", values)
	}
	values.Set("_rows", "down:stages.0")
	values = form(t, s.Post(t, address, values).Body)
	values.Del("_rows")

	values.Set("stages.1.days", "vingt")
	a = s.Post(t, address, values)
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `href="#f-stages-1-days"`) || !strings.Contains(a.Body, `href="#f-stages-4-name_fr"`) {
		t.Errorf("days in words and a stage without a name: %d", a.Status)
	}
	values.Set("stages.1.days", "20")
	values.Set("stages.4.name_fr", "Transmission")
	if a = s.Post(t, address, values); a.Location != address+"?done=saved" {
		t.Fatalf("save: %d", a.Status)
	}
	saved, err := w.Journey(t.Context(), w.Lead, programme.JourneyID(strings.TrimPrefix(address, "/journeys/")))
	if err != nil || len(saved.Stages) != 5 || saved.Stages[1].Days != 20 || saved.Stages[4].Name.FR != "Transmission" || len(saved.Stages[2].Agenda) != 3 {
		t.Errorf("saved %+v %v", saved, err)
	}
	values.Set("stages.1.days", "15")
	a = s.Post(t, address, values) // the version of before
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "a été modifiée par quelqu’un d’autre entre-temps") {
		t.Errorf("a stale save: %d", a.Status)
	}
	pagetest.Check(t, a.Body)
	if a := (pagetest.Site{Routes: h.Routes(), By: w.Stranger}).Get(t, address); a.Status != http.StatusNotFound {
		t.Errorf("a stranger: %d", a.Status)
	}
	if a := (pagetest.Site{Routes: h.Routes(), By: account.User{}}).Post(t, address, values); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, "/signin") {
		t.Errorf("a visitor: %d", a.Status)
	}
	if a := s.Post(t, address+"/remove", nil); a.Location != "/journeys?done=removed" {
		t.Errorf("remove: %d", a.Status)
	}
}
