package house_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
)

var ctx = context.Background()

type world struct {
	*gatheringtest.World
	house *house.Service
	jobs  *job.Queue
	id    gathering.ID
}

// on makes a world with a planned gathering of two days in which Ana's project has a seat.
func on(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{World: gatheringtest.New(t, d)}
		w.jobs = job.NewQueue(d, w.Clock)
		w.house = house.New(d, w.Clock, w.Policy, w.jobs)
		w.seated()
		test(t, w)
	})
}

// seated seats Ana's team in a planned gathering.
func (w *world) seated() {
	w.Project("Campus", w.Ana)
	w.id = w.Planned()
	_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
	w.Must(err)
}

func (w *world) seat(by account.User) string {
	w.T.Helper()
	id, err := db.Get(ctx, w.DB.Reader(), db.Value[string], `select id from participants where gathering_id = $1 and person_id = $2`, string(w.id), string(by.ID))
	w.Must(err)
	return id
}

func (w *world) agenda(by account.User) house.View {
	w.T.Helper()
	v, err := w.house.Agenda(ctx, by, w.id)
	w.Must(err)
	return v
}

// journaled counts the lines of the journal about an act.
func (w *world) journaled(act string) int {
	w.T.Helper()
	n, err := db.Get(ctx, w.DB.Reader(), db.Value[int], `select count(*) from journal where act = $1`, act)
	w.Must(err)
	return n
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Fatalf("%v, want %s %s", err, kind, key)
	}
}

// wrong wants a field to be refused, and why.
func wrong(t *testing.T, err error, path, key string) {
	t.Helper()
	for _, f := range fieldsOf(err) {
		if f.Path == path && f.Key == key {
			return
		}
	}
	t.Errorf("%v: %+v, want %s on %s", err, fieldsOf(err), key, path)
}

func fieldsOf(err error) []errs.Field {
	if e, is := errors.AsType[*errs.Error](err); is {
		return e.Fields
	}
	return nil
}

func TestRooms(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		add := func(name string) (string, error) {
			return w.house.AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Name: name, Capacity: 20, Access: []string{"quiet", "step_free", "gold"}})
		}
		satie, err := add(" Erik  Satie ")
		w.Must(err)
		boudin, err := add("Boudin")
		w.Must(err)
		_, err = add("erik satie")
		wrong(t, err, "name", "agenda.room_twice")
		_, err = w.house.AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Capacity: -1, Link: "javascript:x"})
		for path, key := range map[string]string{"name": "agenda.room_name_missing", "capacity": "agenda.room_capacity", "link": "agenda.room_link"} {
			wrong(t, err, path, key)
		}
		_, err = w.house.AddRoom(ctx, w.Ana, w.id, house.RoomSheet{Name: "Chez Ana"})
		wants(t, err, errs.Forbidden, "")
		_, _, err = w.house.Rooms(ctx, w.Bob, w.id)
		wants(t, err, errs.NotFound, "")

		w.Must(w.house.MoveRoom(ctx, w.Lead, w.id, boudin, true))
		w.Must(w.house.MoveRoom(ctx, w.Lead, w.id, boudin, true)) // it is the first already
		_, list, err := w.house.Rooms(ctx, w.Lead, w.id)
		w.Must(err)
		if len(list) != 2 || list[0].ID != boudin || list[1].Name != "Erik Satie" || !slices.Equal(list[1].Access, []string{"step_free", "quiet"}) {
			t.Fatalf("the rooms are %+v", list)
		}
		sheet := list[1].RoomSheet
		sheet.Capacity = 45
		w.Must(w.house.EditRoom(ctx, w.Lead, w.id, satie, sheet))
		wants(t, w.house.EditRoom(ctx, w.Lead, w.id, satie, sheet), errs.Conflict, "agenda.meanwhile")

		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		a := w.agenda(w.Lead).Order.Activities[1]
		a.Room = satie
		_, err = w.house.PutActivity(ctx, w.Lead, w.id, 1, house.Put{Activity: a})
		w.Must(err)
		wants(t, w.house.RemoveRoom(ctx, w.Lead, w.id, satie), errs.Conflict, "agenda.room_used")
		w.Must(w.house.RemoveRoom(ctx, w.Lead, w.id, boudin))
		wants(t, w.house.RemoveRoom(ctx, w.Lead, w.id, boudin), errs.NotFound, "")
		for act, want := range map[string]int{"agenda.room_added": 2, "agenda.room_moved": 1, "agenda.room_edited": 1, "agenda.room_removed": 1} {
			if n := w.journaled(act); n != want {
				t.Errorf("%s is %d times in the journal, want %d", act, n, want)
			}
		}
	})
}

func TestRoomsAreBounded(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		for n := range house.MaxRooms {
			_, err := w.house.AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Name: fmt.Sprint("Salle ", n)})
			w.Must(err)
		}
		_, err := w.house.AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Name: "Une de plus"})
		wants(t, err, errs.Conflict, "agenda.rooms_full")
	})
}

func TestAbsencesBecomeTimesAway(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		ana := w.seat(w.Ana)
		late := house.AbsenceSheet{Day: "2027-03-06", Part: house.Hours, To: 11 * 60}
		w.Must(w.house.NoteAbsence(ctx, w.Ana, w.id, "", late))
		wants(t, w.house.NoteAbsence(ctx, w.Ana, w.id, "", late), errs.Conflict, "agenda.absence_known")
		w.Must(w.house.NoteAbsence(ctx, w.Lead, w.id, ana, house.AbsenceSheet{Day: "2027-03-05", Part: house.Evening}))
		for name, c := range map[string]struct {
			sheet     house.AbsenceSheet
			path, key string
		}{
			"a day that is not of it": {house.AbsenceSheet{Day: "2027-03-07", Part: house.Morning}, "day", "agenda.absence_day"},
			"no part of the day":      {house.AbsenceSheet{Day: "2027-03-05", Part: "tea"}, "part", "agenda.absence_part"},
			"hours backwards":         {house.AbsenceSheet{Day: "2027-03-05", Part: house.Hours, From: 600, To: 540}, "to", "agenda.absence_hours"},
		} {
			t.Run(name, func(t *testing.T) { wrong(t, w.house.NoteAbsence(ctx, w.Ana, w.id, "", c.sheet), c.path, c.key) })
		}
		wants(t, w.house.NoteAbsence(ctx, w.Ana, w.id, w.seat(w.Lead), late), errs.Forbidden, "")
		wants(t, w.house.NoteAbsence(ctx, w.Bob, w.id, "", late), errs.NotFound, "")

		_, h, _, err := house.Load(ctx, w.DB.Reader(), w.id)
		w.Must(err)
		i := slices.IndexFunc(h.Guests, func(g plan.Guest) bool { return g.ID == ana })
		if want := []plan.Span{{Day: 0, From: 18*60 + 30, To: order.Latest}, {Day: 1, From: 0, To: 11 * 60}}; i < 0 || !slices.Equal(h.Guests[i].Away, want) {
			t.Fatalf("the guests are %+v", h.Guests)
		}
		v, err := w.house.Absences(ctx, w.Lead, w.id, ana)
		w.Must(err)
		if len(v.Absences) != 2 || v.Absences[0].Part() != house.Evening || v.Absences[1].Part() != house.Hours {
			t.Fatalf("her absences are %+v", v.Absences)
		}
		_, err = w.house.Absences(ctx, w.Ana, w.id, ana)
		wants(t, err, errs.Forbidden, "")
		wants(t, w.house.RemoveAbsence(ctx, w.Lead, w.id, w.seat(w.Lead), v.Absences[0].ID), errs.NotFound, "")
		w.Must(w.house.RemoveAbsence(ctx, w.Ana, w.id, "", v.Absences[0].ID))
		all, err := w.house.AllAbsences(ctx, w.Lead, w.id)
		w.Must(err)
		if len(all[ana]) != 1 {
			t.Errorf("there are %+v", all)
		}
		if none, err := w.house.AllAbsences(ctx, w.Ana, w.id); err != nil || none != nil {
			t.Errorf("Ana reads %+v, %v", none, err)
		}
	})
}

func TestNeedsAreSeenByFewAndErased(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		secret := house.Needs{Access: []string{"step_free"}, Diets: []string{"vegan", "no_nuts"}, Note: "Allergie aux noix", Pictures: house.PicturesNo}
		w.Must(w.house.TellNeeds(ctx, w.Ana, w.id, house.Needs{Pictures: house.PicturesYes}))
		w.Must(w.house.TellNeeds(ctx, w.Ana, w.id, secret))
		wrong(t, w.house.TellNeeds(ctx, w.Ana, w.id, house.Needs{Note: strings.Repeat("a", house.MaxNote+1)}), "note", "agenda.note_long")
		wants(t, w.house.TellNeeds(ctx, w.Bob, w.id, secret), errs.NotFound, "")
		w.Must(w.Gatherings.Open(ctx, w.Lead, w.id))
		zoe, _ := w.Guest(w.id, "Zoé")

		lead, err := w.house.Needs(ctx, w.Lead, w.id)
		w.Must(err)
		if lead.Answered != 1 || len(lead.List) != 1 || lead.List[0].Note != secret.Note || !slices.Equal(lead.Diets, []house.Count{{Word: "vegan", N: 1}, {Word: "no_nuts", N: 1}}) {
			t.Fatalf("who runs it reads %+v", lead)
		}
		mine, err := w.house.Needs(ctx, w.Ana, w.id)
		w.Must(err)
		if mine.Mine.Note != secret.Note || mine.List != nil || mine.Diets != nil || mine.Answered != 0 {
			t.Fatalf("she reads %+v", mine)
		}
		hers, err := w.house.Needs(ctx, zoe, w.id)
		w.Must(err)
		if said := fmt.Sprintf("%+v", hers); strings.Contains(said, "noix") || strings.Contains(said, "vegan") {
			t.Fatalf("somebody else reads %s", said)
		}
		list, err := db.List(ctx, w.DB.Reader(), db.Value[string], `select detail from journal where act = 'agenda.needs_told'`)
		w.Must(err)
		if len(list) != 2 || strings.Contains(strings.Join(list, ""), "noix") {
			t.Errorf("the journal says %q", list)
		}

		w.Must(w.house.TellNeeds(ctx, zoe, w.id, house.Needs{Diets: []string{"vegetarian"}}))
		w.Must(w.house.NoteAbsence(ctx, w.Ana, w.id, "", house.AbsenceSheet{Day: "2027-03-05", Part: house.Morning}))
		w.Must(w.Gatherings.Close(ctx, w.Lead, w.id))
		w.tick()
		if n := w.count(); n != 2 { // the guest left with the gathering, and hers went
			t.Errorf("%d rows are left, want Ana's 2", n)
		}
		wants(t, w.house.TellNeeds(ctx, w.Ana, w.id, secret), errs.Forbidden, "")
		w.Clock.Advance(house.KeptDays*24*time.Hour - 6*time.Hour)
		w.tick()
		if n := w.count(); n != 2 {
			t.Errorf("%d rows are left before the month is over", n)
		}
		w.Clock.Advance(2 * time.Hour)
		w.tick()
		if n := w.count(); n != 0 {
			t.Errorf("%d rows are left after the month", n)
		}
		if n := w.journaled("agenda.needs_erased"); n != 2 {
			t.Errorf("erasures are %d times in the journal", n)
		}
	})
}

// tick has the jobs that are due done.
func (w *world) tick() {
	w.T.Helper()
	w.Clock.Advance(2 * time.Hour)
	w.Must(w.jobs.Work(ctx))
}

func (w *world) count() int {
	w.T.Helper()
	n, err := db.Get(ctx, w.DB.Reader(), db.Value[int], `select (select count(*) from agenda_needs) + (select count(*) from agenda_absences)`)
	w.Must(err)
	return n
}

func TestSayingNothingTakesNeedsBack(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.Must(w.house.TellNeeds(ctx, w.Ana, w.id, house.Needs{Diets: []string{"vegan"}}))
		w.Must(w.house.TellNeeds(ctx, w.Ana, w.id, house.Needs{Diets: []string{"unknown"}}))
		if n := w.count(); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

// move changes the days of the gathering.
func (w *world) move(g gathering.Gathering) {
	w.T.Helper()
	w.Must(w.Gatherings.Edit(ctx, w.Lead, g.ID, gathering.Sheet{Title: g.Title, About: g.About, Place: g.Place, Zone: g.Zone, StartsOn: g.StartsOn, EndsOn: g.EndsOn, Version: g.Version}))
}
