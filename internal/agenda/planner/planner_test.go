package planner_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/project"
)

var ctx = context.Background()

// world is a gathering of two days with four projects, the sponsor of each, two experts
// and two rooms.
type world struct {
	*gatheringtest.World
	house    *house.Service
	schedule *schedule.Service
	planner  *planner.Service
	id       gathering.ID
	asked    planner.Wished
}

type comers struct{}

func (comers) House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error) {
	_, h, _, err := house.Load(ctx, r, id)
	return h, err
}

func on(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{World: gatheringtest.New(t, d)}
		w.house = house.New(d, w.Clock, w.Policy, w.Jobs)
		w.schedule = schedule.New(schedule.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, House: comers{}, Pulse: pulse.New(d, w.Policy)})
		w.planner = planner.New(planner.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, House: w.house, Schedule: w.schedule, Wished: func(context.Context, db.Reader, gathering.ID) (planner.Wished, error) { return w.asked, nil }})
		sheet := gatheringtest.Sheet()
		sheet.StartsOn, sheet.EndsOn = "2027-03-10", "2027-03-11"
		id, err := w.Gatherings.Create(ctx, w.Lead, gatheringtest.Edition, sheet)
		w.Must(err)
		w.id = id
		for i := range 4 {
			w.Project(fmt.Sprintf("Projet %d", i), w.Signed(fmt.Sprintf("porteur%d@projet.example", i), fmt.Sprintf("Porteur %d", i)))
		}
		_, err = w.Gatherings.AddTeams(ctx, w.Lead, w.id)
		w.Must(err)
		f(t, w)
	})
}

// invites asks the sponsor of each project, and two experts.
func (w *world) invites() {
	w.T.Helper()
	seen := map[string]bool{}
	for _, p := range w.world().Seats {
		if p.Role == gathering.Team && !seen[p.Project] {
			seen[p.Project] = true
			w.Must(w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: fmt.Sprintf("parrain%d@labo.example", len(seen)), Name: fmt.Sprintf("Parrain %d", len(seen)), Role: gathering.Coach, Project: project.ID(p.Project), Lang: "fr"}))
		}
	}
	for i := range 2 {
		w.Must(w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: fmt.Sprintf("expert%d@labo.example", i), Name: fmt.Sprintf("Expert %d", i), Organisation: "Labo", Role: gathering.Expert, Lang: "fr"}))
	}
	for _, name := range []string{"Grande salle", "Atelier"} {
		_, err := w.house.AddRoom(ctx, w.Lead, w.id, house.RoomSheet{Name: name})
		w.Must(err)
	}
}

func (w *world) world() planner.World {
	w.T.Helper()
	v, err := w.planner.World(ctx, w.Lead, w.id)
	w.Must(err)
	return v
}

// named is the identifier of somebody.
func (w *world) named(name string) string {
	w.T.Helper()
	for _, p := range w.world().Seats {
		if p.Name == name {
			return p.ID
		}
	}
	w.T.Fatalf("nobody is called %s", name)
	return ""
}

// at sets the clock to a time of the wall of the first day.
func (w *world) at(day, hour, minute int) {
	w.Clock.Set(time.Date(2027, 3, 10+day, hour, minute, 0, 0, zone.Location("Europe/Paris")))
}

func wants(t *testing.T, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%v, want %s %s", err, kind, key)
	}
}

// meets finds the meetings of somebody that are after an instant.
func meets(v schedule.Version, person string, day int, at order.Minute) (list []plan.Sitting) {
	for _, s := range v.Plan.Of(person) {
		if !s.All && (s.Day > day || s.Day == day && s.From >= at) {
			list = append(list, s)
		}
	}
	return list
}

func TestAPlanIsMadeInOneActThenRepaired(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		_, err := w.planner.Compose(ctx, w.Lead, w.id)
		wants(t, err, errs.Conflict, "planner.nothing")
		w.invites()
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		expert, sponsor := w.named("Expert 0"), w.named("Parrain 1")
		for _, p := range w.world().Input.Projects {
			w.asked.Wishes = append(w.asked.Wishes, compose.Wish{Project: p.ID, Person: expert, Weight: 10})
		}
		w.asked.Wishes = append(w.asked.Wishes, compose.Wish{Project: "nowhere", Person: expert, Weight: 1}, compose.Wish{Project: w.asked.Wishes[0].Project, Person: "nobody", Weight: 1})
		_, err = w.planner.Compose(ctx, w.Ana, w.id)
		wants(t, err, errs.NotFound, "")

		first, err := w.planner.Compose(ctx, w.Lead, w.id)
		w.Must(err)
		if _, clashes, err := w.schedule.Read(ctx, w.Lead, w.id, first.ID); err != nil || len(clashes) > 0 {
			t.Fatalf("the plan cannot be: %+v, %v", clashes, err)
		}
		if n := len(meets(first, expert, 0, 0)); n < 4 {
			t.Errorf("the expert whom four projects want meets in %d sittings", n)
		}
		_, err = w.planner.Repair(ctx, w.Lead, w.id, compose.Event{Kind: compose.Absent, Person: expert}, nil)
		wants(t, err, errs.Conflict, "schedule.none")
		w.Must(w.schedule.Publish(ctx, w.Lead, w.id, first.ID))

		w.at(0, 10, 0)
		_, err = w.planner.Compose(ctx, w.Lead, w.id)
		wants(t, err, errs.Conflict, "planner.begun")
		_, err = w.planner.Repair(ctx, w.Lead, w.id, compose.Event{Kind: compose.Absent, Person: "nobody"}, nil)
		wants(t, err, errs.Conflict, "planner.event")
		for _, gone := range []string{expert, sponsor} {
			event := compose.Event{Kind: compose.Absent, Person: gone}
			p, err := w.planner.Repair(ctx, w.Lead, w.id, event, nil)
			w.Must(err)
			if len(p.Choices) == 0 {
				t.Fatal("no way of going on")
			}
			accepted := planner.Accepted{Event: event, At: p.At, Base: p.Base.ID, Digest: p.Choices[0].Digest, Reason: "train en panne"}
			stale := accepted
			stale.Digest = "another"
			_, err = w.planner.Accept(ctx, w.Lead, w.id, stale)
			wants(t, err, errs.Conflict, "schedule.meanwhile")
			v, err := w.planner.Accept(ctx, w.Lead, w.id, accepted)
			w.Must(err)
			if left := meets(v, gone, 0, 600); len(left) > 0 {
				t.Errorf("somebody who is away is still in %+v", left)
			}
			for _, was := range p.Base.Plan.Sittings {
				if was.Day == 0 && was.To <= 600 && !slices.ContainsFunc(v.Plan.Sittings, func(s plan.Sitting) bool { return s.ID == was.ID && s.From == was.From && s.To == was.To }) {
					t.Errorf("what is over changed: %+v", was)
				}
			}
			if seat, _ := w.world().Seat(gone); len(seat.Away) != 2 {
				t.Errorf("she is noted as away %v", seat.Away)
			}
			_, err = w.planner.Accept(ctx, w.Lead, w.id, accepted)
			wants(t, err, errs.Conflict, "schedule.meanwhile")
		}
		left := w.named("Expert 1")
		w.Must(w.Gatherings.Remove(ctx, w.Lead, w.id, left))
		current, err := w.schedule.Current(ctx, w.DB.Reader(), w.id)
		w.Must(err)
		if v := w.world(); len(current.Plan.Of(left)) > 0 && len(meets(current, left, 0, 0)) > 0 {
			if got := v.Gone(current.Plan); !slices.Equal(got, []string{left}) {
				t.Errorf("gone are %q", got)
			}
			p, err := w.planner.Repair(ctx, w.Lead, w.id, compose.Event{Kind: compose.Absent, Person: left}, nil)
			w.Must(err)
			again, err := w.planner.Accept(ctx, w.Lead, w.id, planner.Accepted{Event: compose.Event{Kind: compose.Absent, Person: left}, At: p.At, Base: p.Base.ID, Digest: p.Choices[0].Digest})
			w.Must(err)
			if still := meets(again, left, 0, 600); len(still) > 0 {
				t.Errorf("who left is still in %+v", still)
			}
		} else {
			t.Error("the second expert is nowhere: nothing is tried")
		}
		w.at(5, 10, 0)
		_, err = w.planner.Repair(ctx, w.Lead, w.id, compose.Event{Kind: compose.Absent, Person: w.named("Parrain 2")}, nil)
		wants(t, err, errs.Conflict, "planner.over")
		v, err := w.Gatherings.Managed(ctx, w.Lead, w.id)
		w.Must(err)
		sheet := gathering.Sheet{Title: v.Title, Place: v.Place, Zone: v.Zone, StartsOn: "2027-03-11", EndsOn: "2027-03-12", Version: v.Version}
		w.Must(w.Gatherings.Edit(ctx, w.Lead, w.id, sheet))
		_, err = w.planner.Repair(ctx, w.Lead, w.id, compose.Event{Kind: compose.Absent, Person: w.named("Parrain 2")}, nil)
		wants(t, err, errs.Conflict, "planner.days")
	})
}

func TestWhatHappensOnTheDay(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.invites()
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		v, err := w.planner.Compose(ctx, w.Lead, w.id)
		w.Must(err)
		w.Must(w.schedule.Publish(ctx, w.Lead, w.id, v.ID))
		w.at(0, 9, 45)
		coaching := v.Order.Slots()[0].Activity
		rooms := w.world().Rooms
		_, err = w.planner.Repair(ctx, w.Lead, w.id, compose.Event{Kind: compose.PersonAdded, Person: w.named("Expert 1")}, nil)
		wants(t, err, errs.Conflict, "planner.known")
		w.Must(w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: "tard@labo.example", Name: "Tard Venue", Role: gathering.Peer, Lang: "fr"}))
		for _, e := range []compose.Event{
			{Kind: compose.RoomLost, Place: rooms[1].ID},
			{Kind: compose.Overrun, Activity: coaching, Minutes: 5},
			{Kind: compose.Late, Person: w.named("Porteur 2"), To: compose.Instant{At: 720}},
			{Kind: compose.PersonAdded, Person: w.named("Tard Venue")},
		} {
			t.Run(string(e.Kind), func(t *testing.T) {
				p, err := w.planner.Repair(ctx, w.Lead, w.id, e, nil)
				if err != nil || len(p.Choices) == 0 {
					t.Fatalf("%d choices, %v", len(p.Choices), err)
				}
				v, err := w.planner.Accept(ctx, w.Lead, w.id, planner.Accepted{Event: e, At: p.At, Base: p.Base.ID, Digest: p.Choices[0].Digest})
				w.Must(err)
				if _, clashes, err := w.schedule.Read(ctx, w.Lead, w.id, v.ID); err != nil || len(clashes) > 0 {
					t.Errorf("%+v, %v", clashes, err)
				}
			})
		}
		closed := w.world().Rooms[1]
		if len(closed.Closed) != 2 {
			t.Errorf("the lost room is closed at %v", closed.Closed)
		}
		w.Must(w.house.ReopenRoom(ctx, w.Lead, w.id, closed.ID))
		if again := w.world().Rooms[1]; len(again.Closed) != 0 {
			t.Errorf("the room that is open again is closed at %v", again.Closed)
		}
		wants(t, w.house.ReopenRoom(ctx, w.Lead, w.id, "none"), errs.NotFound, "")
	})
}

func TestASittingIsPlacedByHand(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.invites()
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		v, err := w.planner.Compose(ctx, w.Lead, w.id)
		w.Must(err)
		i := slices.IndexFunc(v.Plan.Sittings, func(s plan.Sitting) bool { return !s.All && s.Project != "" && len(s.People) > 1 })
		s := v.Plan.Sittings[i]
		hand := planner.Hand{Sitting: s.ID, Day: s.Day, From: s.From, To: s.To, Room: s.Room, People: s.People}
		lonely := hand
		lonely.People = s.People[:1]
		d, err := w.planner.Try(ctx, w.Lead, w.id, v.ID, lonely)
		if err != nil || len(d.Verdict.Breaks) == 0 || len(d.Verdict.Told) != len(s.People) {
			t.Errorf("alone: %+v, %v", d.Verdict, err)
		}
		_, err = w.planner.Try(ctx, w.Ana, w.id, v.ID, hand)
		wants(t, err, errs.NotFound, "")
		to, err := w.planner.Draw(ctx, w.Lead, w.id, v.ID, v.Edits, lonely)
		w.Must(err)
		if to != v.ID {
			t.Error("a draft was copied")
		}
		wants(t, w.schedule.Publish(ctx, w.Lead, w.id, v.ID), errs.Conflict, "schedule.clashes")
		_, err = w.planner.Draw(ctx, w.Lead, w.id, v.ID, v.Edits, hand)
		wants(t, err, errs.Conflict, "schedule.meanwhile")
		_, err = w.planner.Draw(ctx, w.Lead, w.id, v.ID, v.Edits+1, hand)
		w.Must(err)
		w.Must(w.schedule.Publish(ctx, w.Lead, w.id, v.ID))
		second, err := w.planner.Compose(ctx, w.Lead, w.id)
		w.Must(err)
		if !slices.ContainsFunc(second.Plan.Sittings, func(o plan.Sitting) bool {
			return o.ID == s.ID && o.Pinned && o.From == s.From && slices.Equal(o.People, s.People)
		}) {
			t.Error("what was placed by hand moved")
		}
		gone := hand
		gone.Remove = true
		_, err = w.planner.Draw(ctx, w.Lead, w.id, v.ID, v.Edits+1, gone)
		wants(t, err, errs.Conflict, "schedule.meanwhile")
		third, err := w.planner.Draw(ctx, w.Lead, w.id, v.ID, v.Edits+2, gone)
		w.Must(err)
		if third == v.ID {
			t.Error("what was published is changed")
		}
		left, _, err := w.schedule.Read(ctx, w.Lead, w.id, third)
		if err != nil || slices.ContainsFunc(left.Plan.Sittings, func(o plan.Sitting) bool { return o.ID == s.ID }) {
			t.Errorf("what was taken out stays: %v", err)
		}
		fresh := planner.Hand{Activity: s.Activity, Project: s.Project, Day: s.Day, From: s.From, To: s.To, People: s.People}
		if _, err = w.planner.Draw(ctx, w.Lead, w.id, third, 1, fresh); err != nil {
			t.Error(err)
		}
		fresh.Activity = "none"
		_, err = w.planner.Try(ctx, w.Lead, w.id, third, fresh)
		wants(t, err, errs.Invalid, "planner.invalid")
		w.at(4, 9, 0)
		_, err = w.planner.Draw(ctx, w.Lead, w.id, v.ID, v.Edits+2, hand)
		wants(t, err, errs.Conflict, "planner.past")
		_, err = w.planner.Try(ctx, w.Lead, w.id, v.ID, planner.Hand{Sitting: s.ID, From: 600, To: 600})
		wants(t, err, errs.Invalid, "planner.invalid")
		var nobody account.User
		if _, err := w.planner.World(ctx, nobody, w.id); err == nil {
			t.Error("anybody reads what plans are made for")
		}
	})
}

// What begins between the look at a way of going on and its choice is not taken from those
// who are in it.
func TestAWayOfGoingOnGetsOld(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.invites()
		w.Must(w.house.Propose(ctx, w.Lead, w.id, 0))
		v, err := w.planner.Compose(ctx, w.Lead, w.id)
		w.Must(err)
		w.Must(w.schedule.Publish(ctx, w.Lead, w.id, v.ID))
		gone := w.named("Parrain 1")
		first := meets(v, gone, 0, 0)[0]
		before := int(first.From) - 30
		w.at(first.Day, before/60, before%60)
		event := compose.Event{Kind: compose.Absent, Person: gone}
		p, err := w.planner.Repair(ctx, w.Lead, w.id, event, nil)
		w.Must(err)
		accepted := planner.Accepted{Event: event, At: p.At, Base: p.Base.ID, Digest: p.Choices[0].Digest}
		begun := int(first.From) + 1
		w.at(first.Day, begun/60, begun%60)
		_, err = w.planner.Accept(ctx, w.Lead, w.id, accepted)
		wants(t, err, errs.Conflict, "schedule.meanwhile")
		w.at(first.Day, int(first.From-1)/60, int(first.From-1)%60)
		if _, err = w.planner.Accept(ctx, w.Lead, w.id, accepted); err != nil {
			t.Errorf("nothing that changes has begun: %v", err)
		}
	})
}
