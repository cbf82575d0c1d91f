package agendas_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/agendas"
	"transformateur/internal/web/ui/pagetest"
)

type world struct {
	*gatheringtest.World
	house *house.Service
	home  string
	lang  i18n.Lang
}

// inBoth tries the pages of a planned gathering, in which Ana has a seat, in each language.
func inBoth(t *testing.T, test func(t *testing.T, w *world)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := &world{World: gatheringtest.New(t, dbtest.SQLite(t)), lang: lang}
			w.house = house.New(w.DB, w.Clock, w.Policy, w.Jobs)
			w.Project("Campus", w.Ana)
			id := w.Planned()
			_, err := w.Gatherings.AddTeams(context.Background(), w.Lead, id)
			w.Must(err)
			w.home = "/gatherings/" + string(id)
			test(t, w)
		})
	}
}

func (w *world) site(by account.User) pagetest.Site {
	return pagetest.Site{Routes: (&agendas.Handler{House: w.house}).Routes(), By: by, Lang: w.lang}
}

func (w *world) say(key string, args ...any) string { return i18n.Say(w.lang, key, args...) }

// holds says which of some texts a page lacks.
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

func TestTheRunningOrderWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead, ana := w.site(w.Lead), w.site(w.Ana)
		agenda := w.home + "/agenda"
		holds(t, lead.Page(t, agenda), w.say("agendas.begin"), agenda+"/propose")
		holds(t, ana.Page(t, agenda), w.say("agendas.hidden"))
		wants(t, lead.Post(t, agenda+"/propose", url.Values{"version": {"0"}}), http.StatusSeeOther)
		wants(t, lead.Post(t, agenda+"/propose", url.Values{"version": {"0"}}), http.StatusConflict)
		page := lead.Page(t, agenda)
		holds(t, page, "2027", "09:00", w.say("agendas.kind_round_table"), w.say("agendas.draft"), `id="day-2"`, `id="activity-a1"`)
		holds(t, ana.Page(t, agenda), w.say("agendas.hidden"))

		add := agenda + "/activities"
		holds(t, lead.Page(t, add+"?day=2"), `name="kind"`, `name="from"`, `<option value="2" selected`)
		form := url.Values{"version": {"1"}, "kind": {"plenary"}, "title": {"Ouverture"}, "day": {"1"}, "from": {"09:00"}, "to": {"08:30"}}
		holds(t, wants(t, lead.Post(t, add, form), http.StatusUnprocessableEntity), w.say("agenda.ends_before"), `value="Ouverture"`, `value="08:30"`)
		form.Set("to", "midi")
		holds(t, wants(t, lead.Post(t, add, form), http.StatusUnprocessableEntity), w.say("agenda.ends_before"))
		form.Set("to", "09:10")
		form.Set("from", "09:02")
		holds(t, wants(t, lead.Post(t, add, form), http.StatusUnprocessableEntity), w.say("agendas.kind_free"))
		form.Set("from", "09:00")
		form.Set("push", "yes")
		if at := lead.Post(t, add, form).Location; !strings.Contains(at, "#activity-") {
			t.Errorf("what was added leads to %q", at)
		}
		page = lead.Page(t, agenda)
		holds(t, page, "Ouverture", "09:10")
		one := regexp.MustCompile(agenda + `/activities/a[0-9]+`).FindString(page)
		holds(t, lead.Page(t, one), one+"/remove", `value="09:00"`)
		wants(t, lead.Post(t, one+"/move", url.Values{"version": {"2"}, "way": {"later"}}), http.StatusSeeOther)
		holds(t, wants(t, lead.Post(t, one+"/move", url.Values{"version": {"2"}, "way": {"later"}}), http.StatusConflict), w.say("agenda.meanwhile"))
		wants(t, lead.Post(t, one+"/remove", url.Values{"version": {"3"}}), http.StatusSeeOther)
		wants(t, lead.Get(t, agenda+"/activities/lost"), http.StatusNotFound)
		wants(t, lead.Post(t, agenda+"/days", url.Values{"version": {"4"}, "from_day": {"1"}, "to_day": {"1"}}), http.StatusConflict)
		wants(t, lead.Post(t, agenda+"/days", url.Values{"version": {"4"}, "from_day": {"1"}, "to_day": {"2"}}), http.StatusSeeOther)

		wants(t, lead.Post(t, agenda+"/publish", nil), http.StatusSeeOther)
		wants(t, lead.Post(t, agenda+"/publish", nil), http.StatusConflict)
		read := ana.Page(t, agenda)
		holds(t, read, w.say("agendas.kind_pitch"))
		lacks(t, read, agenda+"/activities", w.say("agenda.no_meal", 1), w.say("agendas.publish")+"<")
		wants(t, ana.Get(t, one), http.StatusForbidden)
		wants(t, lead.Post(t, agenda+"/withdraw", nil), http.StatusSeeOther)
		holds(t, ana.Page(t, agenda), w.say("agendas.hidden"))
	})
}

// sends a file to be read as a running order.
func (w *world) sends(t *testing.T, version, content string) pagetest.Answer {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	w.Must(m.WriteField("version", version))
	part, err := m.CreateFormFile("file", "deroule.json")
	w.Must(err)
	_, err = part.Write([]byte(content))
	w.Must(err)
	w.Must(m.Close())
	return w.site(w.Lead).Send(t, w.home+"/agenda/file", m.FormDataContentType(), &body)
}

func TestTheRunningOrderAsAFile(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead := w.site(w.Lead)
		wants(t, lead.Get(t, w.home+"/agenda/file"), http.StatusNotFound)
		holds(t, wants(t, w.sends(t, "0", "bonjour"), http.StatusUnprocessableEntity), w.say("agenda.file_unreadable"))
		holds(t, wants(t, w.sends(t, "0", strings.Repeat(" ", 3<<20)), http.StatusUnprocessableEntity), w.say("agenda.file_large"))
		wants(t, w.sends(t, "0", string(order.Propose([]string{"2027-01-01"}, 3).Encode())), http.StatusSeeOther)
		page := lead.Page(t, w.home+"/agenda")
		holds(t, page, w.say("agendas.kind_pitch"), w.say("agenda.day_empty"))
		file := lead.Get(t, w.home+"/agenda/file")
		if o, err := order.Parse([]byte(wants(t, file, http.StatusOK))); err != nil || len(o.Activities) != 9 {
			t.Errorf("the file has %d activities, %v", len(o.Activities), err)
		}
	})
}

func TestRoomsWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead, rooms := w.site(w.Lead), w.home+"/rooms"
		holds(t, lead.Page(t, rooms), w.say("agendas.rooms_none"))
		holds(t, wants(t, lead.Post(t, rooms, url.Values{"capacity": {"beaucoup"}, "link": {"ici"}}), http.StatusUnprocessableEntity),
			w.say("agenda.room_name_missing"), w.say("agenda.room_capacity", house.MaxCapacity), w.say("agenda.room_link"))
		wants(t, lead.Post(t, rooms, url.Values{"name": {"Erik Satie"}, "capacity": {"20"}, "access": {"step_free"}, "equipment": {"sound"}, "link": {"https://visio.example/satie"}}), http.StatusSeeOther)
		wants(t, lead.Post(t, rooms, url.Values{"name": {"Boudin"}}), http.StatusSeeOther)
		page := lead.Page(t, rooms)
		holds(t, page, "Erik Satie", w.say("agendas.access_step_free"), w.say("agendas.equipment_sound"), "https://visio.example/satie")
		one := regexp.MustCompile(rooms + `/[a-z0-9]{20}`).FindString(page)
		wants(t, lead.Post(t, one+"/move", url.Values{"way": {"later"}}), http.StatusSeeOther)
		if page = lead.Page(t, rooms); strings.Index(page, "Boudin") > strings.Index(page, "Erik Satie") {
			t.Error("the room has not moved")
		}
		holds(t, lead.Page(t, one), `value="Erik Satie"`, `value="20"`)
		wants(t, lead.Post(t, one, url.Values{"version": {"1"}, "name": {"Satie"}}), http.StatusSeeOther)
		holds(t, wants(t, lead.Post(t, one, url.Values{"version": {"1"}, "name": {"Trop tard"}}), http.StatusConflict), w.say("agenda.meanwhile"), "Trop tard", `name="version" value="2"`)
		wants(t, lead.Post(t, one+"/remove", nil), http.StatusSeeOther)
		wants(t, lead.Get(t, one), http.StatusNotFound)
		wants(t, w.site(w.Ana).Get(t, rooms), http.StatusForbidden)
	})
}

func TestNeedsWithoutScript(t *testing.T) {
	inBoth(t, func(t *testing.T, w *world) {
		lead, ana, needs := w.site(w.Lead), w.site(w.Ana), w.home+"/needs"
		holds(t, ana.Page(t, needs), w.say("agendas.needs_mine"), w.say("agendas.absence_mine"))
		holds(t, wants(t, ana.Post(t, needs, url.Values{"note": {strings.Repeat("a", house.MaxNote+1)}, "diet": {"vegan"}}), http.StatusUnprocessableEntity), w.say("agenda.note_long", house.MaxNote), `value="vegan" checked`)
		wants(t, ana.Post(t, needs, url.Values{"note": {"Allergie aux noix"}, "diet": {"vegan"}, "access": {"quiet"}, "pictures": {"no"}}), http.StatusSeeOther)
		holds(t, ana.Page(t, needs), "Allergie aux noix", `value="vegan" checked`)
		all := lead.Page(t, needs)
		holds(t, all, "Allergie aux noix", w.say("agendas.count", w.say("agendas.diet_vegan"), 1), w.say("agendas.says_no_pictures"))
		lacks(t, ana.Page(t, needs), w.say("agendas.needs_all"))
		wants(t, w.site(w.Bob).Get(t, needs), http.StatusNotFound)

		holds(t, wants(t, ana.Post(t, w.home+"/absences", url.Values{"day": {"2027-03-06"}, "part": {"hours"}}), http.StatusUnprocessableEntity), w.say("agenda.absence_hours"))
		wants(t, ana.Post(t, w.home+"/absences", url.Values{"day": {"2027-03-06"}, "part": {"hours"}, "to": {"11:00"}}), http.StatusSeeOther)
		mine := ana.Page(t, needs)
		holds(t, mine, w.say("agendas.absence_until", "11:00"))
		one := regexp.MustCompile(w.home + `/absences/[a-z0-9]{20}/remove`).FindString(mine)

		seats, err := house.Guests(context.Background(), w.DB.Reader(), w.id())
		w.Must(err)
		hers := ""
		for _, g := range seats {
			if g.Person == w.Ana.ID {
				hers = w.home + "/people/" + g.ID + "/absences"
			}
		}
		holds(t, lead.Page(t, hers), w.say("agendas.absence_until", "11:00"), "ana")
		wants(t, lead.Post(t, hers, url.Values{"day": {"2027-03-05"}, "part": {"evening"}}), http.StatusSeeOther)
		holds(t, wants(t, lead.Post(t, hers, url.Values{"day": {"2027-03-05"}, "part": {"evening"}}), http.StatusConflict), w.say("agenda.absence_known"))
		wants(t, ana.Get(t, hers), http.StatusForbidden)
		wants(t, ana.Post(t, one, nil), http.StatusSeeOther)
		wants(t, ana.Post(t, one, nil), http.StatusNotFound)
		holds(t, lead.Page(t, hers), w.say("agendas.part_evening"))
	})
}

func (w *world) id() gathering.ID { return gathering.ID(strings.TrimPrefix(w.home, "/gatherings/")) }
