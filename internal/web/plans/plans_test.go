package plans_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/zone"
	"transformateur/internal/project"
	"transformateur/internal/web/plans"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

type world struct {
	*gatheringtest.World
	house    *house.Service
	schedule *schedule.Service
	planner  *planner.Service
	id       gathering.ID
	home     string
	lang     i18n.Lang
}

type comers struct{}

func (comers) House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error) {
	_, h, _, err := house.Load(ctx, r, id)
	return h, err
}

// inBoth tries the pages of a gathering of two teams with their sponsors, in each language.
func inBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := &world{World: gatheringtest.New(t, dbtest.SQLite(t)), lang: lang}
			w.house = house.New(w.DB, w.Clock, w.Policy, w.Jobs)
			w.schedule = schedule.New(schedule.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: comers{}, Pulse: pulse.New(w.DB, w.Policy)})
			w.planner = planner.New(planner.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, House: w.house, Schedule: w.schedule})
			sheet := gatheringtest.Sheet()
			sheet.StartsOn, sheet.EndsOn = "2027-03-10", "2027-03-11"
			id, err := w.Gatherings.Create(ctx, w.Lead, gatheringtest.Edition, sheet)
			w.Must(err)
			w.id, w.home = id, "/gatherings/"+string(id)
			test(t, w)
		})
	}
}

func (w *world) site(by account.User) pagetest.Site {
	return pagetest.Site{Routes: (&plans.Handler{House: w.house, Planner: w.planner, Schedule: w.schedule, Clock: w.Clock}).Routes(), By: by, Lang: w.lang}
}

func (w *world) say(key string, args ...any) string { return i18n.Say(w.lang, key, args...) }

// written is a gathering with its running order, its people and its rooms.
func (w *world) written() {
	w.T.Helper()
	for i, title := range []string{"Campus", "Delibia"} {
		p := w.Project(title, w.Signed(fmt.Sprintf("porteur%d@projet.example", i), "Porteur "+title))
		w.Must(w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: fmt.Sprintf("parrain%d@labo.example", i), Name: "Parrain " + title, Role: gathering.Coach, Project: project.ID(p), Lang: "fr"}))
	}
	_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
	w.Must(err)
	for _, name := range []string{"Grande salle", "Atelier"} {
		_, err := w.house.AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Name: name})
		w.Must(err)
	}
	w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
}

// made is a plan of it that is followed.
func (w *world) made() schedule.Version {
	w.T.Helper()
	w.written()
	v, err := w.planner.Compose(ctx, w.Lead, w.id)
	w.Must(err)
	w.Must(w.schedule.Publish(ctx, w.Lead, w.id, v.ID))
	return v
}

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestAPlanIsMadeAndPublished(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead := w.site(w.Lead)
		holds(t, lead.Page(t, w.home+"/plans"), w.say("plans.unwritten"), `href="`+w.home+`/agenda"`)
		if a := lead.Post(t, w.home+"/plans", url.Values{}); a.Status != http.StatusConflict || !strings.Contains(a.Body, w.say("planner.nothing")) {
			t.Errorf("without a running order: %d", a.Status)
		}
		w.written()
		holds(t, lead.Page(t, w.home+"/plans"), w.say("plans.compose"))
		a := lead.Post(t, w.home+"/plans", url.Values{})
		where, _, _ := strings.Cut(a.Location, "?")
		if a.Status != http.StatusSeeOther || !strings.HasPrefix(where, w.home+"/plans/") {
			t.Fatalf("%d to %s", a.Status, a.Location)
		}
		holds(t, lead.Page(t, where), w.say("plans.publish"), w.say("plans.figure_meetings"), "Campus", "Parrain Delibia")
		holds(t, lead.Page(t, where+"?view=rooms"), "Grande salle", `data-sitting="`+where+`/sittings/`, w.say("plans.drag_help"))
		holds(t, lead.Page(t, where+"?view=people"), "Parrain Campus", w.say("plans.only_everybody"))
		holds(t, lead.Page(t, where+"/compare"), w.say("plans.everybody"))
		if a := lead.Post(t, where+"/publish", url.Values{}); a.Status != http.StatusSeeOther {
			t.Errorf("published: %d", a.Status)
		}
		if a := lead.Post(t, where+"/publish", url.Values{}); a.Status != http.StatusConflict || !strings.Contains(a.Body, w.say("schedule.published")) {
			t.Errorf("twice: %d", a.Status)
		}
		holds(t, lead.Page(t, w.home+"/plans"), w.say("plans.followed"), w.say("plans.state_published"))
		holds(t, lead.Page(t, w.home+"/repair"), w.say("plans.event_absent"))
		if strings.Contains(lead.Page(t, where+"?view=rooms"), "data-sitting") {
			t.Error("what is followed can be dragged")
		}
		for _, path := range []string{"/plans", "/repair"} {
			if a := w.site(w.Ana).Get(t, w.home+path); a.Status == http.StatusOK {
				t.Errorf("a stranger reads %s", path)
			}
		}
	})
}

var fieldValue = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)"`)

func TestSomethingComesUp(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead := w.site(w.Lead)
		holds(t, lead.Page(t, w.home+"/repair"), w.say("plans.repair_none"))
		w.made()
		w.Clock.Set(time.Date(2027, 3, 10, 9, 40, 0, 0, zone.Location("Europe/Paris")))
		world, err := w.planner.World(ctx, w.Lead, w.id)
		w.Must(err)
		i := slices.IndexFunc(world.Seats, func(g house.Guest) bool { return g.Name == "Parrain Campus" })
		gone := world.Seats[i].ID
		holds(t, lead.Page(t, w.home+"/plans"), w.say("plans.begun"))
		if a := lead.Post(t, w.home+"/plans", url.Values{}); a.Status != http.StatusConflict || !strings.Contains(a.Body, w.say("planner.begun")) {
			t.Errorf("composed on the day: %d", a.Status)
		}
		for query, key := range map[string]string{"kind=absent": "planner.whom", "kind=overrun&activity=a3&minutes=abc": "planner.minutes", "kind=late&person=" + gone: "planner.time", "kind=room_lost": "planner.where", "kind=storm": "planner.what", "kind=activity_lost": "planner.which", "kind=absent&from=noon&person=" + gone: "planner.time"} {
			if a := lead.Get(t, w.home+"/repair?look=1&"+query); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, w.say(key)) {
				t.Errorf("%s: %d, want %q", query, a.Status, w.say(key))
			}
		}
		page := lead.Page(t, w.home+"/repair?look=1&kind=absent&person="+gone)
		holds(t, page, w.say("plans.choice_first"), w.say("plans.accept"), "Porteur Campus")
		form := url.Values{}
		_, act, _ := strings.Cut(page, `action="`+w.home+`/repair">`)
		act, _, _ = strings.Cut(act, "</form>")
		for _, m := range fieldValue.FindAllStringSubmatch(act, -1) {
			form.Set(m[1], m[2])
		}
		stale := url.Values{}
		for k := range form {
			stale.Set(k, form.Get(k))
		}
		stale.Set("base", "another")
		if a := lead.Post(t, w.home+"/repair", stale); a.Status != http.StatusConflict || !strings.Contains(a.Body, w.say("schedule.meanwhile")) {
			t.Errorf("another plan: %d", a.Status)
		}
		if a := lead.Post(t, w.home+"/repair", form); a.Status != http.StatusSeeOther {
			t.Fatalf("accepted: %d %s", a.Status, a.Body)
		}
		holds(t, lead.Page(t, w.home+"/plans"), w.say("plans.because", w.say("plans.event_absent"), "Parrain Campus"))
	})
}

func TestAMeetingIsPlacedByHand(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		v := w.made()
		lead := w.site(w.Lead)
		i := slices.IndexFunc(v.Plan.Sittings, func(s plan.Sitting) bool { return !s.All && s.Project != "" && len(s.People) == 2 })
		s := v.Plan.Sittings[i]
		here := w.home + "/plans/" + string(v.ID) + "/sittings/" + s.ID
		holds(t, lead.Page(t, here), w.say("plans.keep"), s.From.Clock())
		form := url.Values{"act": {"try"}, "edits": {"1"}, "listed": {"yes"}, "people": s.People[:1], "from": {s.From.Clock()}, "to": {s.To.Clock()}, "room": {s.Room}}
		if a := lead.Post(t, here, form); a.Status != http.StatusOK || !strings.Contains(a.Body, w.say("agenda.clash_alone")) {
			t.Errorf("tried alone: %d", a.Status)
		}
		if a := lead.Get(t, here+"/verdict?room="+s.Room+"&from="+s.From.Clock()+"&to="+s.To.Clock()); a.Status != http.StatusOK || !strings.Contains(a.Body, `"ok":true`) {
			t.Errorf("where it is: %d %s", a.Status, a.Body)
		}
		if a := lead.Get(t, here+"/verdict?room=none&from="+s.From.Clock()+"&to="+s.To.Clock()); a.Status != http.StatusOK || !strings.Contains(a.Body, `"ok":false`) {
			t.Errorf("nowhere: %d %s", a.Status, a.Body)
		}
		form.Set("act", "keep")
		form["people"] = s.People
		form.Set("room", "remote")
		a := lead.Post(t, here, form)
		where, _, _ := strings.Cut(a.Location, "?")
		if a.Status != http.StatusSeeOther || where == w.home+"/plans/"+string(v.ID) {
			t.Fatalf("kept: %d to %s", a.Status, a.Location)
		}
		holds(t, lead.Page(t, where), w.say("plans.pinned"), w.say("plans.remote"))
		form.Set("to", "midi")
		if a := lead.Post(t, where+"/sittings/"+s.ID, form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, w.say("planner.ends")) {
			t.Errorf("without an end: %d", a.Status)
		}
		holds(t, lead.Page(t, where+"/new"), w.say("plans.add_lead"))
		if a := lead.Post(t, where+"/new", url.Values{"act": {"keep"}, "edits": {"1"}, "activity": {"none"}, "from": {"10:00"}, "to": {"10:30"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("of no activity: %d", a.Status)
		}
		if a := lead.Get(t, where+"/sittings/none"); a.Status != http.StatusNotFound {
			t.Errorf("none: %d", a.Status)
		}
		if a := lead.Post(t, where+"/sittings/"+s.ID, url.Values{"act": {"remove"}, "edits": {"1"}}); a.Status != http.StatusSeeOther {
			t.Errorf("taken out: %d %s", a.Status, a.Body)
		}
	})
}
