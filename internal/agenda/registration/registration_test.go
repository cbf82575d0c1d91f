package registration_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/registration"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
)

var ctx = context.Background()

type world struct {
	*gatheringtest.World
	service *registration.Service
	id      gathering.ID
	people  map[string]account.User
}

// on makes a planned gathering that takes two registrations, and people called a to f.
func on(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := &world{World: gatheringtest.New(t, d), people: map[string]account.User{}}
		w.service = registration.New(registration.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Gatherings: w.Gatherings})
		w.id = w.Planned()
		for _, name := range strings.Split("abcdef", "") {
			w.people[name] = w.Signed(name+"@labo.example", "Personne "+name)
		}
		w.Must(w.service.SetDesk(ctx, w.Lead, w.id, registration.Desk{Capacity: 2, ClosesOn: "2027-03-06"}))
		test(t, w)
	})
}

var wish = registration.Wish{Role: gathering.Peer, Organisation: " Le  Labo "}

func (w *world) states() (list []string) {
	w.T.Helper()
	v, err := w.service.All(ctx, w.Lead, w.id)
	w.Must(err)
	for _, x := range v.List {
		list = append(list, strings.TrimPrefix(x.Name, "Personne ")+" "+string(x.State))
	}
	return list
}

func (w *world) of(name string) registration.Registration {
	w.T.Helper()
	v, err := w.service.All(ctx, w.Lead, w.id)
	w.Must(err)
	for i := len(v.List) - 1; i >= 0; i-- {
		if v.List[i].Person == w.people[name].ID {
			return v.List[i]
		}
	}
	w.T.Fatalf("%s asked nothing", name)
	return registration.Registration{}
}

// does reads "a asks", "lead accepts a", and so on.
func (w *world) does(act string) error {
	words := strings.Fields(act)
	var err error
	switch {
	case words[1] == "asks":
		_, err = w.service.Ask(ctx, w.people[words[0]], w.id, wish)
	case words[1] == "withdraws":
		err = w.service.Withdraw(ctx, w.people[words[0]], w.id)
	case words[1] == "accepts":
		err = w.service.Accept(ctx, w.Lead, w.id, w.of(words[2]).ID)
	case words[1] == "declines":
		err = w.service.Decline(ctx, w.Lead, w.id, w.of(words[2]).ID)
	case words[1] == "invites":
		err = w.Gatherings.Invite(ctx, w.Lead, w.id, gathering.Invited{Email: words[2] + "@labo.example", Role: gathering.Expert, Lang: "fr"})
	case words[1] == "removes":
		err = w.Gatherings.Remove(ctx, w.Lead, w.id, w.of(words[2]).Participant)
	case words[1] == "widens":
		err = w.service.SetDesk(ctx, w.Lead, w.id, registration.Desk{Capacity: 3, ClosesOn: "2027-03-06", Version: 1})
	case words[1] == "narrows":
		err = w.service.SetDesk(ctx, w.Lead, w.id, registration.Desk{Capacity: 1, ClosesOn: "2027-03-06", Version: 1})
	default:
		w.T.Fatalf("nobody %s", act)
	}
	if _, e := w.Bus.Deliver(ctx); e != nil {
		w.T.Fatal(e)
	}
	return err
}

func TestTheWaitingList(t *testing.T) {
	for name, c := range map[string]struct {
		acts string
		want string
	}{
		"places are kept in the order in which people ask": {"a asks, b asks, c asks, d asks", "a asked, b asked, c waiting, d waiting"},
		"a place given up goes to the first who waits":     {"a asks, b asks, c asks, d asks, a withdraws", "a withdrawn, b asked, c asked, d waiting"},
		"a refusal frees a place":                          {"a asks, b asks, c asks, lead declines b", "a asked, b declined, c asked"},
		"who waits is refused and frees nothing":           {"a asks, b asks, c asks, d asks, lead declines c", "a asked, b asked, c declined, d waiting"},
		"an acceptance keeps its place":                    {"a asks, b asks, c asks, lead accepts a", "a accepted, b asked, c waiting"},
		"who was accepted and leaves frees a place":        {"a asks, b asks, c asks, lead accepts a, a withdraws", "a withdrawn, b asked, c asked"},
		"who was accepted and is taken out frees a place":  {"a asks, b asks, c asks, lead accepts a, lead removes a", "a ended, b asked, c asked"},
		"who waited and withdrew is not promoted":          {"a asks, b asks, c asks, d asks, c withdraws, a withdraws", "a withdrawn, b asked, c withdrawn, d asked"},
		"who asks again is the last":                       {"a asks, b asks, c asks, a withdraws, d asks, a asks", "a withdrawn, b asked, c asked, d waiting, a waiting"},
		"more places go to who waits":                      {"a asks, b asks, c asks, d asks, lead widens", "a asked, b asked, c asked, d waiting"},
		"fewer places take nothing back":                   {"a asks, b asks, c asks, lead narrows, a withdraws", "a withdrawn, b asked, c waiting"},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, w *world) {
				for _, act := range strings.Split(c.acts, ", ") {
					w.Must(w.does(act))
				}
				if got := strings.Join(w.states(), ", "); got != c.want {
					t.Errorf("%s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		before, act string
		kind        errs.Kind
		key         string
	}{
		"asking twice":                       {"a asks", "a asks", errs.Conflict, "registration.asked_already"},
		"asking with a seat":                 {"a asks, lead accepts a", "a asks", errs.Conflict, "gathering.there_already"},
		"asking when one is invited":         {"lead invites a", "a asks", errs.Conflict, "registration.invited_already"},
		"accepting who waits, without place": {"a asks, b asks, c asks", "lead accepts c", errs.Conflict, "registration.full"},
		"accepting twice":                    {"a asks, lead accepts a", "lead accepts a", errs.Conflict, "registration.decided"},
		"declining who was accepted":         {"a asks, lead accepts a", "lead declines a", errs.Conflict, "registration.decided"},
		"declining who withdrew":             {"a asks, a withdraws", "lead declines a", errs.Conflict, "registration.decided"},
		"withdrawing without having asked":   {"", "a withdraws", errs.NotFound, ""},
		"setting what somebody else set":     {"lead widens", "lead narrows", errs.Conflict, "registration.meanwhile"},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, w *world) {
				for _, act := range strings.Split(c.before, ", ") {
					if act != "" {
						w.Must(w.does(act))
					}
				}
				err := w.does(c.act)
				if !errs.Is(err, c.kind) || c.key != "" && errs.KeyOf(err) != c.key {
					t.Errorf("%v, want %s %s", err, c.kind, c.key)
				}
			})
		})
	}
}

// Several people ask for the last place at the same moment: one has it, the others wait,
// each in her order.
func TestTheLastPlaceIsGivenOnce(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.Must(w.does("a asks"))
		var all sync.WaitGroup
		states := make([]registration.State, 5)
		for i, name := range strings.Split("bcdef", "") {
			all.Go(func() {
				state, err := w.service.Ask(ctx, w.people[name], w.id, wish)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				states[i] = state
			})
		}
		all.Wait()
		slices.Sort(states)
		if got := fmt.Sprint(states); got != "[asked waiting waiting waiting waiting]" {
			t.Errorf("%s", got)
		}
		v, err := w.service.All(ctx, w.Lead, w.id)
		w.Must(err)
		for i, x := range v.List {
			if x.Place != int64(i+1) {
				t.Errorf("place %d is %d", i+1, x.Place)
			}
		}
	})
}

// Two who run the gathering decide otherwise at the same moment: one does.
func TestOneDecisionStands(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		w.Must(w.does("a asks"))
		x := w.of("a")
		var all sync.WaitGroup
		failed := make([]error, 2)
		all.Go(func() { failed[0] = w.service.Accept(ctx, w.Lead, w.id, x.ID) })
		all.Go(func() { failed[1] = w.service.Decline(ctx, w.Lead, w.id, x.ID) })
		all.Wait()
		if (failed[0] == nil) == (failed[1] == nil) {
			t.Fatalf("%v and %v", failed[0], failed[1])
		}
		_, err := gathering.Comes(ctx, w.DB.Reader(), w.id, w.people["a"].ID)
		if seated := err == nil; seated != (failed[0] == nil) {
			t.Errorf("accepted: %v, seated: %v", failed[0] == nil, seated)
		}
	})
}

func TestWhoAsksSeesHerOwn(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		for _, act := range []string{"a asks", "b asks", "c asks", "d asks"} {
			w.Must(w.does(act))
		}
		v, err := w.service.Mine(ctx, w.people["d"], w.id)
		w.Must(err)
		if v.Mine.State != registration.Waiting || v.Ahead != 1 || v.Left != 0 || !v.Active() || v.Seated || v.Mine.Organisation != "Le Labo" {
			t.Errorf("%+v with %d ahead, %d left", v.Mine, v.Ahead, v.Left)
		}
		if v, err = w.service.Mine(ctx, w.people["e"], w.id); err != nil || v.Mine != nil || !v.Open {
			t.Errorf("%+v, %v", v, err)
		}
		_, err = w.service.All(ctx, w.people["a"], w.id)
		if !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Forbidden) {
			t.Errorf("%v: only who runs the gathering lists them", err)
		}
		closed := w.Planned()
		if _, err = w.service.Mine(ctx, w.people["e"], closed); !errs.Is(err, errs.NotFound) {
			t.Errorf("%v: a gathering that takes nobody is not shown", err)
		}
		if _, err = w.service.Ask(ctx, w.people["e"], closed, wish); !errs.Is(err, errs.NotFound) {
			t.Errorf("%v", err)
		}
		w.Must(w.service.SetDesk(ctx, w.Lead, w.id, registration.Desk{Capacity: 9, ClosesOn: "2027-03-04", Version: 1}))
		w.Clock.Advance(w.Clock.Now().AddDate(10, 0, 0).Sub(w.Clock.Now()))
		if _, err = w.service.Ask(ctx, w.people["e"], w.id, wish); !errs.Is(err, errs.Conflict) {
			t.Errorf("%v: it is over", err)
		}
	})
}

func TestWhatIsTyped(t *testing.T) {
	on(t, func(t *testing.T, w *world) {
		_, err := w.service.Ask(ctx, w.people["a"], w.id, registration.Wish{Role: gathering.Facilitator, Organisation: strings.Repeat("o", 121), Note: strings.Repeat("n", 501)})
		for path, key := range map[string]string{"role": "registration.role", "organisation": "gathering.words_long", "note": "registration.note_long"} {
			wrong(t, err, path, key)
		}
		err = w.service.SetDesk(ctx, w.Lead, w.id, registration.Desk{ClosesOn: "demain", About: strings.Repeat("a", 1001), Version: 1})
		for path, key := range map[string]string{"capacity": "registration.capacity", "closes_on": "registration.closes_on", "about": "registration.note_long"} {
			wrong(t, err, path, key)
		}
	})
}

func wrong(t *testing.T, err error, path, key string) {
	t.Helper()
	e, is := err.(*errs.Error)
	if !is || !slices.ContainsFunc(e.Fields, func(f errs.Field) bool { return f.Path == path && f.Key == key }) {
		t.Errorf("%v, want %s on %s", err, key, path)
	}
}
