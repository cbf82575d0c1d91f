package assemblies_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/assembly"
	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/partner"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/project"
	"transformateur/internal/web/assemblies"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

// world is an edition whose project Campus shares a line with all its partners, Eva and Leo,
// and another one with Eva alone.
type world struct {
	*gatheringtest.World
	partners    *partner.Service
	sheets      *synthesis.Service
	routes      []ui.Route
	campus      project.ID
	eva, leo    account.User
	byEva       partner.ID
	all, herOwn string
	lang        i18n.Lang
}

func newWorld(t *testing.T, lang i18n.Lang) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, dbtest.SQLite(t)), lang: lang}
	w.partners = partner.New(partner.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts})
	w.sheets = synthesis.New(synthesis.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy})
	promises := commitment.New(commitment.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Sheets: w.sheets})
	offers := proposal.New(proposal.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Sheets: w.sheets, Commitments: promises})
	meetings := assembly.New(assembly.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Sheets: w.sheets, Offers: offers, Commitments: promises})
	w.routes = (&assemblies.Handler{Meetings: meetings, Alive: func(*http.Request) bool { return true }}).Routes()
	w.campus = w.Project("Campus", w.Ana)
	w.eva, w.byEva = w.partner("eva@fonds.example", "Fonds régional")
	w.leo, _ = w.partner("leo@sante.example", "Santé au travail")
	for to, body := range map[*string]string{&w.all: "Un conseil", &w.herOwn: "Un local"} {
		line, err := w.sheets.Add(ctx, w.Ana, w.campus, synthesis.Words{Part: synthesis.Help, Body: body})
		w.Must(err)
		*to = line
	}
	w.Must(w.sheets.Turn(ctx, w.Ana, w.campus, synthesis.Ready, 2))
	w.shares(map[string][]string{w.all: {synthesis.All}, w.herOwn: {string(w.byEva)}})
	return w
}

func (w *world) partner(email, organisation string) (account.User, partner.ID) {
	w.T.Helper()
	by := w.Signed(email, email)
	w.Must(w.partners.Invite(ctx, w.Lead, gatheringtest.Edition, partner.Asked{Email: email, Organisation: organisation, Lang: "fr"}))
	_, err := w.Accounts.AcceptInvitation(ctx, by, strings.TrimPrefix(w.Box.Last(w.T, email, account.MailInvitation).Args["Link"], "/invitations/"), account.Acceptance{})
	w.Must(err)
	_, err = w.Bus.Deliver(ctx)
	w.Must(err)
	p, err := partner.As(ctx, w.DB.Reader(), gatheringtest.Edition, by.ID)
	w.Must(err)
	return by, p.ID
}

func (w *world) shares(given map[string][]string) {
	w.T.Helper()
	v, err := w.sheets.Read(ctx, w.Ana, w.campus)
	w.Must(err)
	w.Must(w.sheets.Share(ctx, w.Ana, w.campus, synthesis.Choice{Version: v.Version, Recipients: []string{synthesis.All, string(w.byEva)}, Given: given}))
}

func (w *world) as(by account.User) pagetest.Site {
	return pagetest.Site{Routes: w.routes, By: by, Lang: w.lang}
}

func (w *world) say(key string, args ...any) string { return i18n.Say(w.lang, key, args...) }

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, unwanted := range texts {
		if strings.Contains(page, unwanted) {
			t.Errorf("the page says %q", unwanted)
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

const home = "/editions/" + gatheringtest.Edition + "/assemblies"

// plans has the lead plan a meeting with both partners, as the page proposes, and gives its address.
func (w *world) plans(t *testing.T) string {
	t.Helper()
	page := w.as(w.Lead).Page(t, home)
	all, err := partner.Of(ctx, w.DB.Reader(), gatheringtest.Edition)
	w.Must(err)
	form := url.Values{"title": {"Réunion de mai"}, "day": {"2027-05-05"}, "project": {string(w.campus)}, "rank." + string(w.campus): {"1"}, "minutes." + string(w.campus): {"8"}}
	for _, p := range all {
		holds(t, page, string(p.ID))
		form.Add("partners", string(p.ID))
	}
	done := w.as(w.Lead).Post(t, home, form)
	wants(t, done, http.StatusSeeOther)
	where, _, _ := strings.Cut(done.Location, "?")
	return where
}

func (w *world) act(t *testing.T, where, act string) {
	t.Helper()
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(w.as(w.Lead).Page(t, where))[1]
	wants(t, w.as(w.Lead).Post(t, where+"/run", url.Values{"act": {act}, "version": {version}}), http.StatusSeeOther)
}

func TestAMeetingWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := newWorld(t, lang)
			holds(t, w.as(w.eva).Page(t, home), w.say("assemblies.none"))
			holds(t, wants(t, w.as(w.Lead).Post(t, home, url.Values{"project": {string(w.campus)}, "rank." + string(w.campus): {"1"}, "minutes." + string(w.campus): {"huit"}}), http.StatusUnprocessableEntity),
				w.say("assembly.title_missing"), w.say("assembly.day_wrong"), w.say("assembly.minutes_wrong", assembly.MaxMinutes))
			where := w.plans(t)
			garden := w.Project("Jardin", w.Bob)
			holds(t, w.as(w.Ana).Page(t, "/projects/"+string(w.campus)+"/assemblies"), "Réunion de mai", w.say("assemblies.heard_planned"))
			holds(t, w.as(w.eva).Page(t, home), "Réunion de mai", w.say("assemblies.state_planned"))
			holds(t, w.as(w.eva).Page(t, where), w.say("assemblies.not_yet"))
			wants(t, w.as(w.eva).Get(t, where+"/wall"), http.StatusForbidden)
			w.act(t, where, "start")
			w.Clock.Advance(time.Minute)
			eva, leo, wall := w.as(w.eva).Page(t, where), w.as(w.leo).Page(t, where), w.as(w.Lead).Page(t, where+"/wall")
			holds(t, eva, "Campus", "Un local", "Un conseil", `data-left="420000"`, "data-running", w.say("assemblies.say"))
			holds(t, leo, "Campus", "Un conseil")
			lacks(t, leo, "Un local", where+"/run")
			holds(t, wall, "Campus", "Un conseil", "stage-wall", w.say("assemblies.act_end"))
			lacks(t, wall, "Un local", `name="body"`)
			lacks(t, w.as(w.Lead).Page(t, where), `class="question-body"><p>Un local`)

			holds(t, wants(t, w.as(w.eva).Post(t, where+"/say", url.Values{"project": {string(w.campus)}, "kind": {"place"}, "day": {"demain"}}), http.StatusUnprocessableEntity), w.say("proposal.body_missing"), w.say("proposal.until_wrong"))
			wants(t, w.as(w.eva).Post(t, where+"/say", url.Values{"project": {string(w.campus)}, "line": {w.herOwn}, "kind": {"place"}, "body": {"Un atelier à Caen"}}), http.StatusSeeOther)
			wants(t, w.as(w.leo).Post(t, where+"/say", url.Values{"project": {string(w.campus)}, "line": {w.all}, "kind": {"commitment"}, "body": {"Deux visites"}, "day": {"2027-06-01"}}), http.StatusSeeOther)
			wall = w.as(w.Lead).Page(t, where+"/wall")
			holds(t, wall, "Fonds régional", w.say("proposals.kind_place"), "Santé au travail", "Deux visites")
			lacks(t, wall, "Un atelier à Caen")
			lacks(t, w.as(w.leo).Page(t, where), "Un atelier à Caen")
			holds(t, w.as(w.eva).Page(t, where), "Un atelier à Caen", "Deux visites")

			around := "/projects/" + string(w.campus) + "/assemblies"
			holds(t, w.as(w.Ana).Page(t, around), "Réunion de mai", w.say("assemblies.heard_now"), "Un atelier à Caen", "Un local", "Deux visites", "Fonds régional", w.say("proposals.state_offered"), w.say("commitments.state_promised"))
			lacks(t, w.as(w.Bob).Page(t, "/projects/"+string(garden)+"/assemblies"), "Réunion de mai", "Campus")
			wants(t, w.as(w.Bob).Get(t, around), http.StatusNotFound)
			wants(t, w.as(w.eva).Get(t, around), http.StatusNotFound)
			w.act(t, where, "end")
			lacks(t, w.as(w.Ana).Page(t, around), w.say("assemblies.heard_now"), w.say("assemblies.refresh"))
			holds(t, w.as(w.eva).Page(t, where), w.say("assemblies.over"))
			holds(t, w.as(w.Lead).Page(t, where+"/account"), "Campus", "Un atelier à Caen", "Deux visites")
			lacks(t, w.as(w.leo).Page(t, where+"/account"), "Un atelier à Caen")
			holds(t, wants(t, w.as(w.leo).Get(t, where+"/account.csv"), http.StatusOK), "Deux visites", "Fonds régional")
			holds(t, w.as(w.Lead).Page(t, where+"/plan"), "Réunion de mai", `value="8"`)
		})
	}
}

// Two people look at the same meeting: what one does calls the other's page.
func TestAnOpenPageIsCalled(t *testing.T) {
	w := newWorld(t, i18n.FR)
	where := w.plans(t)
	mux := http.NewServeMux()
	for _, route := range w.routes {
		if strings.HasSuffix(route.Pattern, "/stream") {
			mux.HandleFunc(route.Pattern, func(rw http.ResponseWriter, r *http.Request) {
				route.Handle(rw, r.WithContext(account.With(r.Context(), w.leo)))
			})
		}
	}
	server := httptest.NewServer(mux)
	defer server.Close()
	stream := regexp.MustCompile(`data-stream="([^"]+)"`).FindStringSubmatch(w.as(w.leo).Page(t, where))[1]
	answer, err := http.Get(server.URL + stream)
	w.Must(err)
	defer answer.Body.Close()
	events := make(chan string, 16)
	go func() {
		defer close(events)
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				events <- name
			}
		}
	}()
	next := func(want string) {
		t.Helper()
		select {
		case got := <-events:
			if got != want {
				t.Fatalf("called %q, want %q", got, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("nobody calls %q", want)
		}
	}
	next("listening")
	w.act(t, where, "start")
	next("changed")
	holds(t, w.as(w.leo).Page(t, where), "Un conseil")
	wants(t, w.as(w.eva).Post(t, where+"/say", url.Values{"project": {string(w.campus)}, "line": {w.all}, "kind": {"advice"}, "body": {"Une journée"}}), http.StatusSeeOther)
	next("changed")
	holds(t, w.as(w.leo).Page(t, where), "Une journée")
	w.shares(map[string][]string{w.herOwn: {string(w.byEva)}})
	next("changed")
	lacks(t, w.as(w.leo).Page(t, where), "Un conseil", "Campus", "Une journée")
	all, err := partner.Of(ctx, w.DB.Reader(), gatheringtest.Edition)
	w.Must(err)
	for _, p := range all {
		if p.Person == w.leo.ID {
			w.Must(w.partners.Remove(ctx, w.Lead, gatheringtest.Edition, p.ID))
		}
	}
	next("ended")
}
