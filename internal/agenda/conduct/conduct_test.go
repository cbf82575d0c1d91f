package conduct_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/conduct"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/board/placing"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/project"
)

var ctx = context.Background()

type comers struct{}

func (comers) House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error) {
	_, h, _, err := house.Load(ctx, r, id)
	return h, err
}

// came is who was checked in, as a test says it.
type came map[string]time.Time

func (c came) Present(context.Context, db.Reader, gathering.ID) (map[string]time.Time, error) {
	return c, nil
}

// world is an open gathering of two days with the teams of two projects, Ana's and Zoé's.
type world struct {
	*gatheringtest.World
	days      *conduct.Service
	plans     *schedule.Service
	rooms     *room.Service
	came      came
	id        gathering.ID
	campus    project.ID
	zoe       account.User
	ana, hers string // seats
	lead      string
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d), came: came{}}
	beats := pulse.New(d, w.Policy)
	w.plans = schedule.New(schedule.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: comers{}, Pulse: beats})
	w.rooms = room.New(room.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Seats: room.NewGatherings(w.Clock), Projects: w.Projects})
	t.Cleanup(w.rooms.Close)
	w.days = conduct.New(conduct.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Plans: w.plans, Pulse: beats, Rooms: w.rooms, Present: w.came,
		Placing: placing.New(placing.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Rooms: w.rooms})})
	w.zoe = w.Signed("zoe@projet.example", "Zoé")
	w.campus = w.Project("Campus", w.Ana)
	w.Project("Marché", w.zoe)
	w.id = w.Open()
	_, err := w.Gatherings.AddTeams(ctx, w.Lead, w.id)
	w.Must(err)
	w.exec(`update gatherings set starts_on = $2, ends_on = $3 where id = $1`, string(w.id), days[0], days[1])
	w.ana, w.hers, w.lead = w.seat(w.Ana), w.seat(w.zoe), w.seat(w.Lead)
	return w
}

func (w *world) seat(who account.User) string {
	w.T.Helper()
	p, err := gathering.Comes(ctx, w.DB.Reader(), w.id, who.ID)
	w.Must(err)
	return p.ID
}

// at moves the clock to a time of the wall.
func (w *world) at(when string) {
	w.T.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", when, zone.Location("Europe/Paris"))
	w.Must(err)
	w.Clock.Set(at.UTC())
}

var days = []string{"2027-03-08", "2027-03-09"}

var running = order.Order{Version: 1, Days: days, Activities: []order.Activity{
	{ID: "open", Kind: order.Plenary, From: 540, To: 570},
	{ID: "coach", Kind: order.Coaching, Kit: "adn", From: 570, To: 660},
	{ID: "rest", Kind: order.Free, From: 660, To: 680},
	{ID: "mix", Kind: order.Mix, Kit: "grandmix", From: 680, To: 740},
	{ID: "end", Kind: order.Plenary, Day: 1, From: 540, To: 570},
}}

// drawn is a plan: Ana is coached at a time, then both meet about her project.
func (w *world) drawn(from order.Minute) plan.Plan {
	return plan.Plan{Version: 1, Sittings: []plan.Sitting{
		{ID: "open", Activity: "open", From: 540, To: 570, All: true},
		{ID: "c1", Activity: "coach", From: from, To: from + 30, Project: string(w.campus), People: []string{w.ana, w.lead}},
		{ID: "m1", Activity: "mix", From: 680, To: 740, Table: 1, Project: string(w.campus), People: []string{w.ana, w.hers}},
		{ID: "end", Activity: "end", Day: 1, From: 540, To: 570, All: true},
	}}
}

// publish has everybody follow a plan.
func (w *world) publish(p plan.Plan, on schedule.ID) schedule.ID {
	w.T.Helper()
	v, err := w.plans.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, Plan: p, BasedOn: on})
	w.Must(err)
	w.Must(w.plans.Publish(ctx, w.Lead, w.id, v.ID))
	return v.ID
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || errs.KeyOf(err) != key {
		t.Errorf("error %v, want %s %s", err, kind, key)
	}
}

func TestWhereSomebodyIs(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.at("2027-03-07 18:00")
		m, err := w.days.Mine(ctx, w.Ana, w.id)
		if err != nil || m.Stands() != conduct.Unpublished || m.Seat == nil {
			t.Errorf("nothing published: %s, %v", m.Stands(), err)
		}
		w.publish(w.drawn(570), "")
		id := func(s *plan.Sitting) string {
			if s == nil {
				return "-"
			}
			return s.ID
		}
		for _, c := range []struct {
			at, now, next string
			stands        conduct.Standing
		}{
			{"2027-03-07 18:00", "-", "open", conduct.Before}, {"2027-03-08 09:00", "open", "c1", conduct.Today}, {"2027-03-08 10:05", "-", "m1", conduct.Today},
			{"2027-03-08 12:30", "-", "end", conduct.Today}, {"2027-03-09 09:00", "end", "-", conduct.Today}, {"2027-03-10 09:00", "-", "-", conduct.After},
		} {
			w.at(c.at)
			m, err := w.days.Mine(ctx, w.Ana, w.id)
			if err != nil || id(m.Now) != c.now || id(m.Next) != c.next || m.Stands() != c.stands || len(m.All) != 4 {
				t.Errorf("%s: %s then %s, %s, %d in all, %v", c.at, id(m.Now), id(m.Next), m.Stands(), len(m.All), err)
			}
		}
		m, err = w.days.Mine(ctx, w.Lead, w.id)
		if err != nil || !m.Manages || m.Projects[string(w.campus)] != "Campus" || m.People[w.ana].Project != string(w.campus) {
			t.Errorf("the lead sees %+v, %v", m.People, err)
		}
		_, err = w.days.Mine(ctx, w.Signed("ailleurs@projet.example", "Ailleurs"), w.id)
		wants(t, err, errs.NotFound, "errs.not_found")
	})
}

func TestWhatChangedSinceSheRead(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.at("2027-03-08 08:00")
		first := w.publish(w.drawn(570), "")
		news := func(who account.User) conduct.News {
			t.Helper()
			m, err := w.days.Mine(ctx, who, w.id)
			w.Must(err)
			return m.News
		}
		if n := news(w.Ana); len(n.Changes) != 0 {
			t.Errorf("a first programme is no change: %+v", n)
		}
		second := w.publish(w.drawn(600), first)
		if n := news(w.Ana); len(n.Changes) != 1 || n.Changes[0].Was.From != 570 || n.Changes[0].Is.From != 600 || n.Shift != 0 {
			t.Errorf("her coaching moved: %+v", n)
		}
		if n := news(w.zoe); len(n.Changes) != 0 {
			t.Errorf("nothing changed for her: %+v", n)
		}
		w.Must(w.days.Read(ctx, w.Ana, w.id, second))
		if n := news(w.Ana); len(n.Changes) != 0 {
			t.Errorf("she has read it: %+v", n)
		}
		w.at("2027-03-08 09:35")
		if _, err := w.plans.Delay(ctx, w.Lead, w.id, plan.Late{At: 575, Minutes: 15}); err != nil {
			t.Fatal(err)
		}
		if n := news(w.Ana); len(n.Changes) != 2 || n.Shift != 15 {
			t.Errorf("everything moved by fifteen minutes: %+v", n)
		}
		w.at("2027-03-08 13:30")
		if n := news(w.Ana); len(n.Changes) != 0 {
			t.Errorf("what is over changes nothing: %+v", n)
		}
		wants(t, w.days.Read(ctx, w.Ana, w.id, "nothing"), errs.NotFound, "errs.not_found")
		current, err := w.plans.Current(ctx, d.Reader(), w.id)
		w.Must(err)
		draft, err := w.plans.Keep(ctx, w.Lead, w.id, schedule.Made{Order: running, Plan: w.drawn(630), BasedOn: current.ID})
		w.Must(err)
		wants(t, w.days.Read(ctx, w.Ana, w.id, draft.ID), errs.NotFound, "errs.not_found")
		w.Must(w.plans.Publish(ctx, w.Lead, w.id, draft.ID))
		if err := w.days.Read(ctx, w.Ana, w.id, draft.ID); err != nil {
			t.Errorf("a draft that was asked for is read once it is published: %v", err)
		}
	})
}

func TestWhatIsAnnounced(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.at("2027-03-08 10:00")
		for name, c := range map[string]struct {
			said conduct.Said
			path string
		}{
			"nothing":  {conduct.Said{Text: " \n"}, "text"},
			"too long": {conduct.Said{Text: strings.Repeat("a", conduct.MaxAnnouncement+1)}, "text"},
			"the past": {conduct.Said{Text: "Le café est servi", Until: w.Clock.Now()}, "until"},
		} {
			err := w.days.Announce(ctx, w.Lead, w.id, c.said)
			var e *errs.Error
			if wants(t, err, errs.Invalid, "conduct.invalid"); !errors.As(err, &e) || e.Fields[0].Path != c.path {
				t.Errorf("%s: %v", name, err)
			}
		}
		wants(t, w.days.Announce(ctx, w.Ana, w.id, conduct.Said{Text: "Bonjour"}), errs.Forbidden, "errs.forbidden")
		w.Must(w.days.Announce(ctx, w.Lead, w.id, conduct.Said{Text: " Le café \n est servi ", Until: w.Clock.Now().Add(time.Hour)}))
		w.Clock.Advance(time.Minute)
		w.Must(w.days.Announce(ctx, w.Lead, w.id, conduct.Said{Text: "La salle B a changé"}))
		v, err := w.days.Scene(ctx, w.Ana, w.id)
		if err != nil || len(v.Said) != 2 || v.Said[0].Text != "La salle B a changé" || v.Said[1].Text != "Le café est servi" || v.Beats != 2 {
			t.Fatalf("she reads %+v at beat %d, %v", v.Said, v.Beats, err)
		}
		w.Must(w.days.Withdraw(ctx, w.Lead, w.id, v.Said[0].ID))
		w.Must(w.days.Withdraw(ctx, w.Lead, w.id, v.Said[0].ID))
		wants(t, w.days.Withdraw(ctx, w.Lead, w.id, "another"), errs.NotFound, "errs.not_found")
		w.Clock.Advance(time.Hour)
		v, err = w.days.Scene(ctx, w.Ana, w.id)
		if err != nil || len(v.Said) != 0 || v.Beats != 3 {
			t.Errorf("then %+v at beat %d, %v", v.Said, v.Beats, err)
		}
		all, err := w.days.Announcements(ctx, w.Lead, w.id)
		if err != nil || len(all) != 2 || all[0].Ended.IsZero() || !all[1].Ended.IsZero() || all[1].Shown(w.Clock.Now()) {
			t.Errorf("kept %+v, %v", all, err)
		}
		if told, err := conduct.Told(ctx, w.DB.Reader(), w.id); err != nil || len(told) != 2 || told[0].Text != "Le café est servi" {
			t.Errorf("the minutes hold %+v, %v", told, err)
		}
		_, err = w.days.Announcements(ctx, w.Ana, w.id)
		wants(t, err, errs.Forbidden, "errs.forbidden")
		w.Must(w.days.Announce(ctx, w.Lead, w.id, conduct.Said{Text: "un"}))
		for range conduct.MaxAnnouncements - 1 {
			w.Must(w.days.Announce(ctx, w.Lead, w.id, conduct.Said{Text: "encore"}))
		}
		wants(t, w.days.Announce(ctx, w.Lead, w.id, conduct.Said{Text: "trop"}), errs.Conflict, "conduct.many")
	})
}
