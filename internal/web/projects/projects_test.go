package projects_test

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
	"transformateur/internal/platform/event"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/web/projects"
	"transformateur/internal/web/ui/pagetest"
)

func site(w *gatheringtest.World, by account.User, lang i18n.Lang) pagetest.Site {
	h := &projects.Handler{Projects: w.Projects, Programmes: programme.New(w.DB, w.Clock, w.Policy, event.NewBus(w.DB, w.Clock))}
	return pagetest.Site{Routes: h.Routes(), By: by, Lang: lang}
}

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func wants(t *testing.T, a pagetest.Answer, status int) pagetest.Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

func TestAProjectWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			lead, ana, bob := site(w, w.Lead, lang), site(w, w.Ana, lang), site(w, w.Bob, lang)
			list := "/editions/" + gatheringtest.Edition + "/projects"
			holds(t, lead.Page(t, list), say("projects.none"), list+"/new")
			wants(t, bob.Get(t, list), http.StatusForbidden)
			holds(t, lead.Page(t, list+"/new"), `name="people"`)
			holds(t, wants(t, lead.Post(t, list+"/new", url.Values{"people": {"personne"}}), http.StatusUnprocessableEntity).Body, say("project.title_missing"), say("project.people_wrong", "personne"))
			typed := url.Values{"title": {"Atelier"}, "summary": {"Réparer ensemble"}, "people": {"zoe@labo.example\r\n"}, "lang": {string(lang)}}
			sheet, _, _ := strings.Cut(wants(t, lead.Post(t, list+"/new", typed), http.StatusSeeOther).Location, "?")
			holds(t, lead.Page(t, sheet), "Atelier", "Réparer ensemble", "zoe@labo.example", say("projects.empty"))
			holds(t, lead.Page(t, list), sheet)
			wants(t, bob.Get(t, sheet), http.StatusNotFound)

			cents := int64(120050)
			id := w.Project("Campus", w.Ana)
			w.Must(w.DB.Write(context.Background(), func(tx *db.Tx) error {
				return w.Projects.Land(context.Background(), tx, account.System, id, "b1", []project.Item{
					{Kind: "lock", Card: "c1", Title: "Pas de <temps>", LevelLabel: "Fort", Level: 3},
					{Kind: "action", Card: "c2", Title: "Former", Detail: "Deux jours", Owner: "Bob", Due: "2027-04-01", Amount: &cents}})
			}))
			mine := "/projects/" + string(id)
			holds(t, ana.Page(t, mine), "Pas de &lt;temps&gt;", "Fort", "Deux jours", say("projects.owner", "Bob"), "2027", `/boards/b1#card-c1`, `/boards/b1#card-c2`, mine+"/edit")
			wants(t, ana.Post(t, mine+"/team", url.Values{"email": {"leo@labo.example"}}), http.StatusForbidden)
			holds(t, wants(t, lead.Post(t, mine+"/team", url.Values{"email": {"leo"}}), http.StatusUnprocessableEntity).Body, `value="leo"`)
			wants(t, lead.Post(t, mine+"/team", url.Values{"email": {"leo@labo.example"}, "lang": {string(lang)}}), http.StatusSeeOther)
			holds(t, ana.Page(t, mine+"/edit"), `value="Campus"`)
			holds(t, wants(t, ana.Post(t, mine+"/edit", url.Values{"title": {"Campus 2"}, "version": {"7"}}), http.StatusConflict).Body, say("project.meanwhile"), "Campus 2")
			wants(t, ana.Post(t, mine+"/edit", url.Values{"title": {"Campus 2"}, "version": {"1"}}), http.StatusSeeOther)
			holds(t, ana.Page(t, mine), "Campus 2")
		})
	}
}

// The page of a project whose time is over says so, and when.
func TestAProjectThatWasEmptied(t *testing.T) {
	w := gatheringtest.New(t, dbtest.SQLite(t))
	id := w.Project("Campus", w.Ana)
	lead := site(w, w.Lead, i18n.FR)
	if strings.Contains(lead.Page(t, "/projects/"+string(id)), i18n.Say(i18n.FR, "projects.purged")) {
		t.Error("a project that is kept is said to be erased")
	}
	w.Must(w.DB.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), `update projects set purged_at = $2 where id = $1`, string(id), w.Clock.Now())
		return err
	}))
	holds(t, lead.Page(t, "/projects/"+string(id)), i18n.Say(i18n.FR, "projects.purged"), "effacé")
}

// A project that stopped says so on its own page, and leads to what was decided.
func TestAProjectThatStopped(t *testing.T) {
	w := gatheringtest.New(t, dbtest.SQLite(t))
	id := w.Project("Campus", w.Ana)
	h := &projects.Handler{Projects: w.Projects, Programmes: programme.New(w.DB, w.Clock, w.Policy, event.NewBus(w.DB, w.Clock))}
	page := func() string {
		return pagetest.Site{Routes: h.Routes(), By: w.Ana, Lang: i18n.FR}.Page(t, "/projects/"+string(id))
	}
	if strings.Contains(page(), i18n.Say(i18n.FR, "projects.ended")) {
		t.Error("a project that goes on is said to have ended")
	}
	h.Ended = func(context.Context, account.User, project.ID) (string, string, error) {
		return "/projects/x/gates/y", "Prototype <b>", nil
	}
	holds(t, page(), i18n.Say(i18n.FR, "projects.ended"), `href="/projects/x/gates/y"`, "Prototype &lt;b&gt;")
}
