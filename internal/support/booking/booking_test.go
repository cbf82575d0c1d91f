package booking_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
)

var ctx = context.Background()

// world has Léo help Ana's project and Bob's; he can be met on every weekday morning. Eva
// helps Ana's too and has said nothing.
type world struct {
	*gatheringtest.World
	bookings       *booking.Service
	campus, garden project.ID
	leo, eva       account.User
	helps          map[project.ID][]account.User
	told           []string
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: gatheringtest.New(t, d), helps: map[project.ID][]account.User{}}
	w.bookings = booking.New(booking.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Ties: []booking.Ties{w.ties}})
	w.Bus.Subscribe("test", func(_ context.Context, _ *db.Tx, e event.Event) error {
		var told booking.Told
		err := e.Read(&told)
		w.told = append(w.told, fmt.Sprintf("%s by %s", e.Kind, told.By))
		return err
	}, booking.MadeEvent, booking.MovedEvent, booking.CancelledEvent, booking.HeldEvent, booking.MissedEvent, booking.ProposedEvent)
	w.campus, w.garden = w.Project("Campus", w.Ana), w.Project("Jardin", w.Bob)
	w.leo, w.eva = w.Signed("leo@labo.example", "Léo Fabre"), w.Signed("eva@labo.example", "Eva Sage")
	w.helps[w.campus], w.helps[w.garden] = []account.User{w.leo, w.eva}, []account.User{w.leo}
	w.offers(w.leo)
	return w
}

func (w *world) ties(_ context.Context, _ db.Reader, id project.ID) (list []booking.Tie, err error) {
	for _, who := range w.helps[id] {
		list = append(list, booking.Tie{Person: who.ID, Name: who.Name, About: policy.Ref{Kind: "sponsor", ID: string(id)}})
	}
	return list, nil
}

func (w *world) offers(who account.User) {
	w.T.Helper()
	s := booking.Sheet{Zone: "Europe/Paris", Minutes: 30, Pause: 10, Notice: 24, Ahead: 14, Place: "Tour A", Video: "https://visio.example.org/leo"}
	for i := range 5 {
		s.Days[i] = "9:00-12:00"
	}
	w.Must(w.bookings.Offer(ctx, who, s))
}

func (w *world) free(by account.User, id project.ID) []booking.Slot {
	w.T.Helper()
	d, err := w.bookings.Around(ctx, by, id)
	w.Must(err)
	return d.Helpers[0].Slots
}

func (w *world) books(by account.User, id project.ID, at int) booking.ID {
	w.T.Helper()
	made, err := w.bookings.Book(ctx, by, id, booking.Wanted{Helper: w.leo.ID, Start: w.free(by, id)[at].Start, Subject: "Le budget"})
	w.Must(err)
	return made
}

func (w *world) read(by account.User, id booking.ID) booking.Meeting {
	w.T.Helper()
	m, err := w.bookings.Read(ctx, by, id)
	w.Must(err)
	return m
}

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func TestASlotIsBookedOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first := w.free(w.Ana, w.campus)[0]
		id := w.books(w.Ana, w.campus, 0)
		_, err := w.bookings.Book(ctx, w.Bob, w.garden, booking.Wanted{Helper: w.leo.ID, Start: first.Start, Subject: "Aussi"})
		wants(t, "the slot of another team", err, errs.Conflict, "booking.taken")
		_, err = w.bookings.Book(ctx, w.Bob, w.garden, booking.Wanted{Helper: w.leo.ID, Start: first.Start.Add(5 * time.Minute), Subject: "Décalé"})
		wants(t, "a moment that is not offered", err, errs.Conflict, "booking.slot_gone")
		_, err = w.bookings.Book(ctx, w.Bob, w.garden, booking.Wanted{Helper: w.eva.ID, Start: first.Start, Subject: "Eva"})
		wants(t, "who does not help the project", err, errs.NotFound, "")
		_, err = w.bookings.Book(ctx, w.Ana, w.campus, booking.Wanted{Helper: w.leo.ID, Start: w.free(w.Ana, w.campus)[0].Start})
		wants(t, "about nothing", err, errs.Invalid, "booking.invalid")
		if m := w.read(w.Ana, id); m.Place != "Tour A" || m.Video == "" || m.Side != booking.Team || !m.Moves {
			t.Errorf("she reads %+v", m)
		}
		if m := w.read(w.leo, id); m.Side != booking.Helper || m.Subject != "Le budget" {
			t.Errorf("he reads %+v", m)
		}
		for name, by := range map[string]account.User{"another team": w.Bob, "another helper": w.eva, "who leads": w.Lead} {
			_, err := w.bookings.Read(ctx, by, id)
			wants(t, name, err, errs.NotFound, "")
		}
		_, err = w.bookings.Around(ctx, w.Lead, w.campus)
		wants(t, "the desk, to who leads", err, errs.NotFound, "")
		for range booking.MaxUpcoming - 1 {
			w.books(w.Ana, w.campus, 0)
		}
		_, err = w.bookings.Book(ctx, w.Ana, w.campus, booking.Wanted{Helper: w.leo.ID, Start: w.free(w.Ana, w.campus)[0].Start, Subject: "Encore"})
		wants(t, "too many", err, errs.Conflict, "booking.many")
	})
}

func TestTheLifeOfABooking(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id := w.books(w.Ana, w.campus, 0)
		slot := w.free(w.Ana, w.campus)[3]
		wants(t, "a team moves to a slot", w.bookings.Move(ctx, w.Ana, id, 1, slot.Start.Add(5*time.Minute)), errs.Conflict, "booking.slot_gone")
		w.Must(w.bookings.Move(ctx, w.Ana, id, 1, slot.Start))
		wants(t, "an old page", w.bookings.Move(ctx, w.leo, id, 1, slot.Start), errs.Conflict, "booking.meanwhile")
		m := w.read(w.leo, id)
		if !m.Start.Equal(slot.Start) || m.Sequence != 1 || m.Version != 2 {
			t.Errorf("moved, it reads %+v", m)
		}
		wants(t, "held before its time", w.bookings.Hold(ctx, w.leo, id, 2, 30), errs.Conflict, "booking.not_yet")
		wants(t, "a time that was not agreed elsewhere", w.bookings.Refuse(ctx, w.leo, id, 2, ""), errs.Conflict, "booking.not_to_refuse")
		w.Clock.Set(slot.Start.Add(20 * time.Minute))
		wants(t, "cancelled after its time", w.bookings.Cancel(ctx, w.Ana, id, 2, ""), errs.Conflict, "booking.over")
		w.Must(w.bookings.Hold(ctx, w.leo, id, 2, 40))
		w.Must(w.bookings.Hold(ctx, w.Ana, id, 3, 35))
		w.Must(w.bookings.Write(ctx, w.Ana, id, 4, "Revoir le budget."))
		if m := w.read(w.leo, id); m.State != booking.Held || m.HelperMinutes != 40 || m.GuestMinutes != 35 || m.Notes != "Revoir le budget." {
			t.Errorf("held, it reads %+v", m)
		}
		w.Must(w.bookings.Miss(ctx, w.leo, id, 5, booking.Team))
		if m := w.read(w.Ana, id); m.State != booking.Missed || m.Missing != booking.Team || m.HelperMinutes != 0 {
			t.Errorf("missed, it reads %+v", m)
		}
		// Who does not help any more sees that she met the project, and nothing that was said.
		w.helps[w.campus] = nil
		if m := w.read(w.leo, id); m.Notes != "" || m.Subject != "" || m.Writes {
			t.Errorf("who helped reads %+v", m)
		}
		wants(t, "who helped writes", w.bookings.Write(ctx, w.leo, id, 6, "x"), errs.Forbidden, "")
		_, err := w.Bus.Deliver(ctx)
		w.Must(err)
		slices.Sort(w.told) // two things of one instant are told in any order
		if got := strings.Join(w.told, ", "); got != "booking.held by helper, booking.held by team, booking.made by team, booking.missed by helper, booking.moved by team" {
			t.Errorf("told: %s", got)
		}
	})
}

func TestCancelling(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		slots := w.free(w.Ana, w.campus)
		early, late := w.books(w.Ana, w.campus, 6), w.books(w.Ana, w.campus, 0)
		w.Must(w.bookings.Cancel(ctx, w.Ana, early, 1, "Un empêchement"))
		w.Clock.Set(slots[0].Start.Add(-90 * time.Minute))
		w.Must(w.bookings.Cancel(ctx, w.leo, late, 1, ""))
		if m := w.read(w.Ana, early); m.Late || m.State != booking.Cancelled || m.Reason != "Un empêchement" || m.Video != "" {
			t.Errorf("in time: %+v", m)
		}
		if m := w.read(w.Ana, late); !m.Late || m.EndedBefore != 90 || m.Sequence != 1 {
			t.Errorf("late: %+v", m)
		}
		again := w.free(w.Ana, w.campus)
		if n, err := db.Get(ctx, d.Reader(), db.Value[int], `select count(*) from booking_cells`); err != nil || n != 0 || len(again) == 0 {
			t.Errorf("%d cells are still taken (%v)", n, err)
		}
	})
}

func TestProposalsAndAgreedTimes(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		at := w.Clock.Now().Truncate(time.Hour).Add(72 * time.Hour)
		in := booking.Proposed{Starts: []time.Time{at, at.Add(time.Hour), {}}, Minutes: 45, Subject: "Le pitch"}
		wants(t, "one moment", w.bookings.Propose(ctx, w.eva, w.campus, booking.Proposed{Starts: in.Starts[:1], Minutes: 45, Subject: "x"}), errs.Invalid, "booking.invalid")
		wants(t, "a team proposes", w.bookings.Propose(ctx, w.Ana, w.campus, in), errs.NotFound, "")
		w.Must(w.bookings.Propose(ctx, w.eva, w.campus, in))
		w.Must(w.bookings.Propose(ctx, w.eva, w.campus, in)) // the second one replaces the first
		desk, err := w.bookings.Around(ctx, w.Ana, w.campus)
		w.Must(err)
		if len(desk.Proposals) != 1 || len(desk.Proposals[0].Starts) != 2 {
			t.Fatalf("proposed: %+v", desk.Proposals)
		}
		p := desk.Proposals[0].ID
		_, err = w.bookings.Pick(ctx, w.Bob, w.garden, p, at)
		wants(t, "another team picks", err, errs.NotFound, "")
		_, err = w.bookings.Pick(ctx, w.Ana, w.campus, p, at.Add(2*time.Hour))
		wants(t, "another moment", err, errs.Invalid, "")
		_, err = w.bookings.Pick(ctx, w.Ana, w.campus, p, at)
		w.Must(err)
		_, err = w.bookings.Pick(ctx, w.Ana, w.campus, p, at.Add(time.Hour))
		wants(t, "twice", err, errs.NotFound, "")

		agreed := booking.Agreed{With: w.Ana.ID, Start: at.Add(15 * time.Minute), Minutes: 30, Subject: "Au téléphone"}
		_, err = w.bookings.Record(ctx, w.leo, w.campus, agreed)
		wants(t, "Ana is with Eva then", err, errs.Conflict, "booking.taken")
		agreed.Start = at.Add(45 * time.Minute)
		id, err := w.bookings.Record(ctx, w.leo, w.campus, agreed)
		w.Must(err)
		if m := w.read(w.Ana, id); !m.Refuses {
			t.Errorf("she may refuse: %+v", m)
		}
		w.Must(w.bookings.Refuse(ctx, w.Ana, id, 1, "Ce n'était pas convenu"))
		agreed.With = w.eva.ID
		_, err = w.bookings.Record(ctx, w.Ana, w.campus, agreed)
		w.Must(err)
		agreed.With, agreed.Start = w.Bob.ID, at.Add(5*time.Hour)
		_, err = w.bookings.Record(ctx, w.leo, w.campus, agreed)
		wants(t, "with somebody of another team", err, errs.Invalid, "")
	})
}

func TestWhatEndsWithTheHelp(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		id, other := w.books(w.Ana, w.campus, 0), w.books(w.Bob, w.garden, 0)
		w.Must(d.Write(ctx, func(tx *db.Tx) error { return w.bookings.EndWith(ctx, tx, w.Lead, w.leo.ID, w.campus, "Relais") }))
		if m := w.read(w.Ana, id); m.State != booking.Cancelled || m.Late {
			t.Errorf("%+v", m)
		}
		if m := w.read(w.Bob, other); m.State != booking.Booked {
			t.Errorf("%+v", m)
		}
	})
}

func TestHoursAreHersAndWrittenOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		h, err := w.bookings.Open(ctx, w.leo)
		w.Must(err)
		s := h.Sheet()
		w.Must(w.bookings.Offer(ctx, w.leo, s))
		wants(t, "an old page", w.bookings.Offer(ctx, w.leo, s), errs.Conflict, "booking.meanwhile")
		if _, err := w.bookings.Open(ctx, account.User{}); err == nil {
			t.Error("a visitor has hours")
		}
	})
}

func TestTheSecretAddress(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.books(w.Ana, w.campus, 0)
		id := w.books(w.Bob, w.garden, 0)
		w.Must(w.bookings.Cancel(ctx, w.Bob, id, 1, ""))
		first, err := w.bookings.Subscribe(ctx, w.leo)
		w.Must(err)
		secret, err := w.bookings.Subscribe(ctx, w.leo)
		w.Must(err)
		f, err := w.bookings.Follow(ctx, secret)
		w.Must(err)
		if len(f.Meetings) != 2 {
			t.Errorf("%+v", f)
		}
		_, err = w.bookings.Follow(ctx, first)
		wants(t, "the earlier address", err, errs.NotFound, "")
		w.Must(w.bookings.Revoke(ctx, w.leo))
		_, err = w.bookings.Follow(ctx, secret)
		wants(t, "an address that was ended", err, errs.NotFound, "")
	})
}

// Twenty people book at once, move and cancel, with two helpers: nobody is ever in two
// meetings at once, and what was said to be booked is there.
func TestNobodyIsInTwoMeetings(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		seed := uint64(time.Date(2027, 3, 5, 0, 0, 0, 0, time.UTC).Unix())
		if s, err := strconv.ParseUint(os.Getenv("TRANSFORMATEUR_SEED"), 10, 64); err == nil {
			seed = s
		}
		t.Logf("TRANSFORMATEUR_SEED=%d", seed)
		w := newWorld(t, d)
		w.offers(w.eva)
		w.helps[w.garden] = append(w.helps[w.garden], w.eva)
		var people []account.User
		var projects []project.ID
		for i := range 20 {
			who := w.Signed(fmt.Sprintf("m%d@labo.example", i), fmt.Sprintf("Membre %d", i))
			id := w.Project(fmt.Sprintf("Projet %d", i/2), who)
			w.helps[id] = []account.User{w.leo, w.eva}
			people, projects = append(people, who), append(projects, id)
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		stand := map[booking.ID]time.Time{}
		lost := 0
		for i := range people {
			wg.Go(func() {
				draw := rand.New(rand.NewPCG(seed, uint64(i)))
				for range 4 {
					id, start, err := w.acts(draw, people[i], projects[i])
					mu.Lock()
					switch {
					case err == nil && !start.IsZero():
						stand[id] = start
					case err == nil:
						delete(stand, id)
					case errs.Is(err, errs.Conflict):
						lost++
					default:
						t.Errorf("%s: %v", people[i].Name, err)
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		kept := w.proves(t)
		if len(kept) != len(stand) || lost == 0 {
			t.Errorf("%d meetings stand, %d were said to be booked, %d were refused", len(kept), len(stand), lost)
		}
		for id, start := range stand {
			if !kept[id].Equal(start) {
				t.Errorf("meeting %s stands at %v, not at %v", id, kept[id], start)
			}
		}
	})
}

// acts books one of the first slots of somebody, and sometimes moves or cancels it; a zero
// start is a meeting that does not stand.
func (w *world) acts(draw *rand.Rand, by account.User, id project.ID) (booking.ID, time.Time, error) {
	desk, err := w.bookings.Around(ctx, by, id)
	if err != nil {
		return "", time.Time{}, err
	}
	helper := desk.Helpers[draw.IntN(2)]
	pick := func() time.Time { return helper.Slots[draw.IntN(min(3, len(helper.Slots)))].Start }
	start := pick()
	made, err := w.bookings.Book(ctx, by, id, booking.Wanted{Helper: helper.Person, Start: start, Subject: "x"})
	if err != nil {
		return "", time.Time{}, err
	}
	switch draw.IntN(4) {
	case 0:
		return made, time.Time{}, w.bookings.Cancel(ctx, by, made, 1, "")
	case 1:
		to := pick()
		if err := w.bookings.Move(ctx, by, made, 1, to); err == nil {
			return made, to, nil
		} else if !errs.Is(err, errs.Conflict) {
			return made, start, err
		}
	}
	return made, start, nil
}

// proves reads what stands, and that no two meetings of anybody overlap.
func (w *world) proves(t *testing.T) map[booking.ID]time.Time {
	t.Helper()
	type row struct {
		id         booking.ID
		people     [2]string
		start, end time.Time
	}
	rows, err := db.List(ctx, w.DB.Reader(), func(sc db.Scanner) (r row, err error) {
		err = sc.Scan(&r.id, &r.people[0], &r.people[1], &r.start, &r.end)
		return r, err
	}, `select id, helper_id, guest_id, starts_at, ends_at from bookings where state = 'booked' order by starts_at`)
	w.Must(err)
	kept := map[booking.ID]time.Time{}
	cells := 0
	for i, a := range rows {
		kept[a.id] = a.start
		cells += 2 * int(a.end.Sub(a.start)/(booking.Step*time.Minute))
		for _, b := range rows[i+1:] {
			both := a.people[0] == b.people[0] || a.people[0] == b.people[1] || a.people[1] == b.people[0] || a.people[1] == b.people[1]
			if both && a.start.Before(b.end) && b.start.Before(a.end) {
				t.Errorf("%v and %v overlap", a, b)
			}
		}
	}
	n, err := db.Get(ctx, w.DB.Reader(), db.Value[int], `select count(*) from booking_cells`)
	w.Must(err)
	if n != cells {
		t.Errorf("%d cells are taken for meetings of %d", n, cells)
	}
	return kept
}
