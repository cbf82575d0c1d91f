package papers_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"

	"transformateur/internal/account"
	"transformateur/internal/agenda/entrance"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/papers"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	pages "transformateur/internal/web/papers"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

type world struct {
	*gatheringtest.World
	handler  *pages.Handler
	schedule *schedule.Service
	id       gathering.ID
	room     string
	home     string
	lang     i18n.Lang
}

type comers struct{}

func (comers) House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error) {
	_, h, _, err := house.Load(ctx, r, id)
	return h, err
}

func inBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := &world{World: gatheringtest.New(t, dbtest.SQLite(t)), lang: lang}
			beats := pulse.New(w.DB, w.Policy)
			w.schedule = schedule.New(schedule.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: comers{}, Pulse: beats})
			w.handler = &pages.Handler{BaseURL: "https://appels.example.org", Entrance: entrance.New(w.DB, w.Clock, w.Policy, beats),
				Papers: papers.New(papers.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Schedule: w.schedule})}
			w.Project("Campus", w.Ana)
			w.Project("Atelier", w.Bob)
			w.id = w.Planned()
			_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
			w.Must(err)
			w.room, err = house.New(w.DB, w.Clock, w.Policy, w.Jobs).AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Name: "Erik Satie"})
			w.Must(err)
			w.home = "/gatherings/" + string(w.id)
			test(t, w)
		})
	}
}

func (w *world) site(by account.User) pagetest.Site {
	return pagetest.Site{Routes: w.handler.Routes(), By: by, Lang: w.lang}
}

func (w *world) say(key string, args ...any) string { return i18n.Say(w.lang, key, args...) }

func (w *world) seat(who account.User) gathering.Participant {
	w.T.Helper()
	p, err := gathering.Comes(ctx, w.DB.Reader(), w.id, who.ID)
	w.Must(err)
	return p
}

// publish has Ana and Bob meet at a table.
func (w *world) publish(base schedule.ID, from order.Minute) schedule.ID {
	w.T.Helper()
	ana, bob := w.seat(w.Ana), w.seat(w.Bob)
	running := order.Order{Version: 1, Days: []string{"2027-03-05", "2027-03-06"}, Activities: []order.Activity{{ID: "open", Kind: order.Plenary, From: 540, To: 570}, {ID: "mix", Kind: order.Mix, From: 570, To: 720, Kit: "grandmix"}}}
	v, err := w.schedule.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, BasedOn: base, Plan: plan.Plan{Version: 1, Sittings: []plan.Sitting{
		{ID: "open", Activity: "open", From: 540, To: 570, All: true}, {ID: "m", Activity: "mix", From: from, To: from + 30, Room: w.room, Table: 2, Project: string(ana.Project), People: []string{ana.ID, bob.ID}}}}})
	w.Must(err)
	w.Must(w.schedule.Publish(ctx, w.Lead, w.id, v.ID))
	return v.ID
}

func wants(t *testing.T, a pagetest.Answer, status int) string {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
	}
	return a.Body
}

func TestWhatIsPrinted(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead, ana := w.site(w.Lead), w.site(w.Ana)
		papers := w.home + "/papers"
		for _, file := range []string{"programme.pdf", "mine.pdf", "calendar.ics", "rooms/" + w.room + "/calendar.ics"} {
			wants(t, ana.Get(t, papers+"/"+file), http.StatusConflict)
		}
		if page := ana.Page(t, papers); !strings.Contains(page, w.say("papers.no_plan")) || strings.Contains(page, w.say("papers.to_print")) {
			t.Error("before a plan is published, the page says so, and prints nothing to who takes part")
		}
		w.publish("", 570)
		for _, file := range []string{"doors.pdf", "tables.pdf", "sheets.pdf", "signing.pdf"} {
			if !strings.HasPrefix(wants(t, lead.Get(t, papers+"/"+file), http.StatusOK), "%PDF-") {
				t.Errorf("%s is no PDF", file)
			}
			wants(t, ana.Get(t, papers+"/"+file), http.StatusForbidden)
		}
		for _, file := range []string{"programme.pdf", "mine.pdf"} {
			a := ana.Get(t, papers+"/"+file)
			if !strings.HasPrefix(wants(t, a, http.StatusOK), "%PDF-") || a.Type != "application/pdf" {
				t.Errorf("%s: %.20q, %s", file, a.Body, a.Type)
			}
		}
		wants(t, ana.Post(t, papers+"/badges", nil), http.StatusForbidden)
		if !strings.HasPrefix(wants(t, lead.Post(t, papers+"/badges", nil), http.StatusOK), "%PDF-") {
			t.Error("badges are no PDF")
		}
		if page := ana.Page(t, papers); !strings.Contains(page, w.say("papers.badge_text")) || strings.Contains(page, w.say("papers.to_print")) {
			t.Error("Ana has her badge on her phone, and prints nobody else's")
		}
	})
}

func events(t *testing.T, text string) []*ics.VEvent {
	t.Helper()
	cal, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return cal.Events()
}

func said(e *ics.VEvent, p ics.ComponentProperty) string {
	if v := e.GetProperty(p); v != nil {
		return v.Value
	}
	return ""
}

func TestCalendars(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		ana := w.site(w.Ana)
		papers := w.home + "/papers"
		first := w.publish("", 570)
		page := wants(t, ana.Post(t, papers+"/subscription", nil), http.StatusOK)
		address := regexp.MustCompile(`https://appels\.example\.org(/calendar/[a-z0-9]+)`).FindStringSubmatch(page)
		if address == nil {
			t.Fatal("the address is not shown")
		}
		if again := ana.Page(t, papers); strings.Contains(again, address[1]) {
			t.Error("the address is shown twice")
		}
		visitor := pagetest.Site{Routes: w.handler.Routes(), Lang: w.lang}
		before := events(t, wants(t, visitor.Get(t, address[1]), http.StatusOK))
		if len(before) != 2 {
			t.Fatalf("%d events", len(before))
		}
		meet := before[1]
		if title, where, what := said(meet, ics.ComponentPropertySummary), said(meet, ics.ComponentPropertyLocation), said(meet, ics.ComponentPropertyDescription); !strings.Contains(title, "Mix") || !strings.Contains(where, "Erik Satie") || !strings.Contains(where, "Table 2") || strings.Contains(what, w.seat(w.Bob).Name) || !strings.Contains(what, i18n.N(i18n.With(ctx, i18n.FR), "papers.with_count", 1)) || !strings.Contains(what, w.home+"/now") {
			t.Errorf("%q at %q: %q", title, where, what)
		}
		w.Must(w.Gatherings.Open(ctx, w.Lead, w.id))
		if what := said(events(t, visitor.Get(t, address[1]).Body)[1], ics.ComponentPropertyDescription); !strings.Contains(what, w.seat(w.Bob).Name) {
			t.Errorf("once it is open, people know whom they meet: %q", what)
		}
		w.publish(first, 600)
		after := events(t, visitor.Get(t, address[1]).Body)
		if after[1].Id() != meet.Id() || said(after[1], ics.ComponentPropertySequence) != "1" || said(after[1], ics.ComponentPropertyDtStart) != "20270305T090000Z" {
			t.Errorf("%s is now %s, sequence %s at %s", meet.Id(), after[1].Id(), said(after[1], ics.ComponentPropertySequence), said(after[1], ics.ComponentPropertyDtStart))
		}
		room := events(t, wants(t, ana.Get(t, papers+"/rooms/"+w.room+"/calendar.ics"), http.StatusOK))
		if len(room) != 1 || strings.Contains(said(room[0], ics.ComponentPropertyDescription), w.seat(w.Bob).Name) || room[0].Id() == meet.Id() {
			t.Errorf("the calendar of a room names nobody: %d events", len(room))
		}
		wants(t, ana.Get(t, papers+"/calendar.ics"), http.StatusOK)
		wants(t, ana.Post(t, papers+"/subscription/revoke", nil), http.StatusSeeOther)
		wants(t, visitor.Get(t, address[1]), http.StatusNotFound)
		wants(t, w.site(w.Lead).Get(t, papers+"/rooms/nowhere/calendar.ics"), http.StatusNotFound)
	})
}
