package showcase_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board/boardtest"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/policy"
	"transformateur/internal/privacy/statement"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/showcase"
	pages "transformateur/internal/web/showcase"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

// world has a project of Ana's, which Bob writes, and the lead of its edition.
type world struct {
	*gatheringtest.World
	showcase *showcase.Service
	handler  *pages.Handler
	id       project.ID
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d)}
	w.showcase = showcase.New(showcase.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Blobs: w.Blobs, Inspector: boardtest.Inspector{}, Jobs: w.Jobs, Bus: w.Bus, Programmes: programme.New(d, w.Clock, w.Policy, w.Bus)})
	w.handler = &pages.Handler{Showcase: w.showcase, Statements: statement.New(d, w.Clock, w.Policy), Clock: w.Clock, BaseURL: "https://vitrine.example", Name: "Vitrine", Contact: "equipe@agence.example"}
	w.id = w.Project("Campus", w.Ana, w.Bob)
	return w
}

func (w *world) as(by account.User, lang i18n.Lang) pagetest.Site {
	return pagetest.Site{Routes: w.handler.Routes(), By: by, Lang: lang}
}

// visits asks as a browser without a cookie, and gives the answer with its headers.
func (w *world) visits(path, etag string) *httptest.ResponseRecorder {
	return w.asks(account.User{}, path, etag)
}

func (w *world) asks(by account.User, path, etag string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	for _, route := range w.handler.Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r = r.WithContext(account.With(i18n.With(r.Context(), i18n.FR), by))
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, r)
	return rec
}

func (w *world) sends(by account.User, path string, form url.Values) {
	w.T.Helper()
	d, err := w.showcase.Read(ctx, by, w.id)
	w.Must(err)
	form.Set("version", strconv.FormatInt(d.Version, 10))
	if a := w.as(by, i18n.FR).Post(w.T, "/projects/"+string(w.id)+path, form); a.Status != http.StatusSeeOther {
		w.T.Fatalf("%s answers %d: %s", path, a.Status, a.Body)
	}
}

// publishes takes the sheet to visitors by the pages, and gives its address.
func (w *world) publishes() string {
	w.T.Helper()
	w.sends(w.Ana, "/sheet", url.Values{"title": {"Campus connecté"}, "sentence": {"Près de chez soi."}, "story": {"Une histoire secrète."}, "contact": {"ana@labo.example"}, "themes": {"Écoute"}, "region": {"28"},
		"owns": {"yes"}, "agree_title": {"yes"}, "agree_sentence": {"yes"}, "agree_themes": {"yes"}, "agree_region": {"yes"}, "agree_reuse": {"yes"}, "agree_contact": {"yes"}})
	w.sends(w.Bob, "/sheet/propose", url.Values{})
	w.sends(w.Lead, "/sheet/clear", url.Values{})
	w.sends(w.Lead, "/sheet/publish", url.Values{})
	d, err := w.showcase.Read(ctx, w.Ana, w.id)
	w.Must(err)
	return "/showcase/projects/" + d.Slug
}

func (w *world) opens(at time.Time) {
	w.T.Helper()
	b, err := w.showcase.Backstage(ctx, w.Lead, gatheringtest.Edition)
	w.Must(err)
	w.Must(w.showcase.Dates(ctx, w.Lead, gatheringtest.Edition, showcase.Opening{At: at, Version: b.Version}))
}

// everywhere are the addresses at which a visitor could learn of a project.
var everywhere = []string{"/showcase", "/showcase/projects", "/showcase/projects?theme=ecoute", "/showcase/search?q=campus", "/showcase/editions/edition", "/showcase/feed.atom", "/showcase/sitemap.xml", "/showcase/data/projects.csv", "/showcase/data/projects.json", "/showcase/data/editions.json"}

func TestFromTheTeamToVisitors(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	before := map[string]string{}
	for _, path := range everywhere {
		before[path] = w.visits(path, "").Body.String()
	}
	address := w.publishes()
	for _, path := range append(everywhere, address) {
		if got := w.visits(path, "").Body.String(); path != address && got != before[path] || strings.Contains(got, "connecté") {
			t.Errorf("under the embargo %s tells of the project", path)
		}
	}
	if a, b := w.visits(address, ""), w.visits("/showcase/projects/nothing", ""); a.Code != http.StatusNotFound || a.Body.String() != b.Body.String() {
		t.Errorf("what is under embargo and what is not differ: %d, %d", a.Code, b.Code)
	}
	w.opens(w.Clock.Now())
	for _, path := range append(everywhere, address) {
		got := w.visits(path, "")
		if said := strings.Contains(got.Body.String(), "ampus"); got.Code != http.StatusOK || !said && path != "/showcase/data/editions.json" {
			t.Errorf("%s answers %d and says nothing of the project", path, got.Code)
		}
		if strings.Contains(got.Body.String(), "secrète") {
			t.Errorf("%s tells what nobody agreed to", path)
		}
		if strings.Contains(path, "/data/") && strings.Contains(got.Body.String(), "labo.example") {
			t.Errorf("%s gives the contact", path)
		}
	}
	for _, lang := range i18n.Langs {
		for _, path := range []string{"/showcase", "/showcase/projects", "/showcase/search?q=campus", address, "/showcase/editions/edition", "/showcase/resources", "/showcase/data"} {
			w.as(account.User{}, lang).Page(t, path)
		}
		for path, by := range map[string]account.User{"/projects/" + string(w.id) + "/sheet": w.Ana, "/projects/" + string(w.id) + "/sheet/preview": w.Bob, "/editions/edition/showcase": w.Lead, "/editions/edition/showcase/preview": w.Lead} {
			w.as(by, lang).Page(t, path)
		}
		w.as(w.Lead, lang).Page(t, "/projects/"+string(w.id)+"/sheet")
	}
}

func TestKeptUntilSomethingChanges(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	address := w.publishes()
	w.opens(w.Clock.Now())
	first := w.visits(address, "")
	etag := first.Header().Get("ETag")
	if again := w.visits(address, etag); etag == "" || again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("asked again it answers %d, %d bytes", again.Code, again.Body.Len())
	}
	if rule := first.Header().Get("Cache-Control"); rule != "public, no-cache" {
		t.Errorf("caches are told %q", rule)
	}
	if signed := w.asks(w.Ana, address, "").Header(); signed.Get("Cache-Control") != "no-store" || signed.Get("ETag") != "" {
		t.Error("the page of who signed in may be kept")
	}
	if asked := w.visits(address+"?done=showcase.withdrawn_done&x=%22", "").Body.String(); asked != first.Body.String() {
		t.Error("a query changes what others are shown")
	}
	w.sends(w.Bob, "/sheet/withdraw", url.Values{})
	gone := w.visits(address, etag)
	if gone.Code != http.StatusGone || strings.Contains(gone.Body.String(), "ampus") {
		t.Errorf("withdrawn, it answers %d", gone.Code)
	}
	for _, path := range everywhere {
		if strings.Contains(w.visits(path, "").Body.String(), "connecté") {
			t.Errorf("%s still tells of it", path)
		}
	}
}

func TestPageOpensOnTheHour(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	address := w.publishes()
	w.opens(w.Clock.Now().Add(10 * time.Second))
	if got := w.visits("/showcase", ""); strings.Contains(got.Body.String(), "connecté") {
		t.Fatal("before the hour")
	}
	w.Clock.Advance(10 * time.Second)
	for _, path := range []string{"/showcase", address} {
		if got := w.visits(path, ""); !strings.Contains(got.Body.String(), "connecté") {
			t.Errorf("%s still stands as it was before the hour", path)
		}
	}
}

func TestCardMayBeFramedAndNothingElse(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	address := w.publishes()
	w.opens(w.Clock.Now())
	if csp := w.visits(address+"/card", "").Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors *") || strings.Contains(csp, "script") {
		t.Errorf("the card says %q", csp)
	}
	if csp := w.visits(address, "").Header().Get("Content-Security-Policy"); csp != "" {
		t.Errorf("the page changes the policy of every page: %q", csp)
	}
	if csp := w.visits("/showcase/projects/nothing/card", "").Header().Get("Content-Security-Policy"); strings.Contains(csp, "*") {
		t.Errorf("a card that is not there says %q", csp)
	}
}

func TestCatalogueHasWhatDCATAPAsks(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	var c map[string]any
	if err := json.Unmarshal(w.visits("/showcase/data/catalogue.jsonld", "").Body.Bytes(), &c); err != nil {
		t.Fatal(err)
	}
	has := func(what string, of map[string]any, names ...string) {
		t.Helper()
		for _, name := range names {
			if of[name] == nil {
				t.Errorf("%s has no %s", what, name)
			}
		}
	}
	has("the catalogue", c, "dct:title", "dct:description", "dct:publisher", "dcat:dataset")
	for _, one := range c["dcat:dataset"].([]any) {
		set := one.(map[string]any)
		has("a set", set, "dct:title", "dct:description", "dcat:distribution")
		for _, two := range set["dcat:distribution"].([]any) {
			has("a distribution", two.(map[string]any), "dcat:accessURL", "dct:format", "dct:license")
		}
	}
}

// What a visitor waits for: a page that is kept, and one that is drawn again.
func BenchmarkPage(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b))
	address := w.publishes()
	w.opens(w.Clock.Now())
	mux := http.NewServeMux()
	for _, route := range w.handler.Routes() {
		mux.Handle(route.Pattern, ui.Handle(route.Handle))
	}
	for name, path := range map[string]string{"project": address, "home": "/showcase", "edition": "/showcase/editions/edition"} {
		for _, kept := range []bool{true, false} {
			b.Run(name+map[bool]string{true: "/kept", false: "/drawn"}[kept], func(b *testing.B) {
				size := 0
				for b.Loop() {
					if !kept {
						w.Clock.Advance(2 * time.Minute)
					}
					rec := httptest.NewRecorder()
					mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
					size = rec.Body.Len()
				}
				b.ReportMetric(float64(size)/1000, "kB/page")
			})
		}
	}
}

// What a programme gives to everybody is kept on its page and, once published, had by visitors.
func TestResourcesPage(t *testing.T) {
	for _, lang := range i18n.Langs {
		w := newWorld(t, dbtest.SQLite(t))
		e, err := programme.FindEdition(ctx, w.DB.Reader(), gatheringtest.Edition)
		w.Must(err)
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.Lead.ID), Relation: "lead", Object: policy.Ref{Kind: "programme", ID: string(e.Programme)}})
		}))
		say := func(key string) string { return i18n.Say(lang, key) }
		lead, visitor, home := w.as(w.Lead, lang), w.as(account.User{}, lang), "/programmes/"+string(e.Programme)+"/resources"
		if page := lead.Page(t, home); strings.Contains(page, "‹") || !strings.Contains(page, say("showcase.resource_new")) {
			t.Errorf("the shelf does not lead to a new resource: %s", page)
		}
		lead.Page(t, home+"/new")
		form := url.Values{"kind": {showcase.ResourceKinds[0]}, "title": {"Guide de l'atelier"}, "about": {"Une **méthode**."}, "author": {"Zoé Martin"}, "language": {"fr"}, "licence": {showcase.Licences[0]}, "link": {"pas une adresse"}}
		a := lead.Post(t, home+"/new", form)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Guide de l") {
			t.Fatalf("a wrong link answers %d", a.Status)
		}
		pagetest.Check(t, a.Body)
		form.Set("link", "https://guide.example/atelier")
		if a = lead.Post(t, home+"/new", form); a.Status != http.StatusSeeOther {
			t.Fatalf("answers %d: %s", a.Status, a.Body)
		}
		one, _, _ := strings.Cut(a.Location, "?")
		lead.Page(t, one)
		sees := func(when string, want bool) {
			t.Helper()
			for _, path := range []string{"/showcase/resources", "/showcase/resources?q=atelier"} {
				if got := strings.Contains(visitor.Page(t, path), "https://guide.example/atelier"); got != want {
					t.Errorf("%s, a visitor of %s sees the resource: %t", when, path, got)
				}
			}
		}
		sees("before it is published", false)
		if a := lead.Post(t, one+"/move", url.Values{"to": {"published"}}); a.Status != http.StatusSeeOther {
			t.Fatalf("answers %d", a.Status)
		}
		sees("published", true)
		if page := visitor.Page(t, "/showcase/resources?q=rien"); strings.Contains(page, "guide.example") {
			t.Error("a search that finds nothing gives the resource")
		}
		if a := lead.Post(t, one+"/move", url.Values{"to": {"withdrawn"}}); a.Status != http.StatusSeeOther {
			t.Fatalf("answers %d", a.Status)
		}
		sees("withdrawn", false)
		if a := w.as(w.Ana, lang).Get(t, home); a.Status == http.StatusOK {
			t.Error("a team keeps the resources of a programme")
		}
	}
}
