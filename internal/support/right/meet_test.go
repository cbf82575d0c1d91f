package right_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/pool"
	"transformateur/internal/support/right"
)

// meeting is a world in which experts are met: Eva every morning, for an hour.
type meeting struct {
	*world
	bookings *booking.Service
}

func newMeeting(t *testing.T, d *db.DB) *meeting {
	t.Helper()
	w := &meeting{world: newWorld(t, d)}
	w.bookings = booking.New(booking.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Ties: []booking.Ties{right.Ties}, Heeds: map[string]booking.Heed{right.Relation: func(ctx context.Context, tx *db.Tx, by account.User, h booking.Happening) error {
		return w.rights.Heed(ctx, tx, by, h)
	}}})
	w.rights = right.New(right.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Jobs: w.Jobs, Pool: w.pool, Meet: w.bookings})
	s := booking.Sheet{Zone: "Europe/Paris", Minutes: 60, Notice: 2, Ahead: 14, Place: "Labo"}
	for i := range 7 {
		s.Days[i] = "9:00-12:00"
	}
	w.Must(w.bookings.Offer(ctx, w.eva, s))
	w.Must(w.grant(w.campus, 600))
	return w
}

// accepted is a request of the campus to which Eva said yes; nobody was chosen.
func (w *meeting) accepted(by account.User, of project.ID, minutes int64) right.RequestID {
	w.T.Helper()
	id, err := w.rights.Ask(ctx, by, of, right.Asked{Fund: w.fund, Subject: "Paie", Purpose: "Lire un bulletin", Minutes: minutes, Urgency: "soon"})
	w.Must(err)
	w.Must(w.rights.Send(ctx, by, of, id, []pool.ID{w.evaID, w.maxID}))
	mine, err := w.rights.Mine(ctx, w.eva)
	w.Must(err)
	i := slices.IndexFunc(mine, func(v right.Received) bool { return v.Request == id })
	w.Must(w.rights.Answer(ctx, w.eva, mine[i].Ask, "yes", ""))
	return id
}

func (w *meeting) slots(by account.User, of project.ID, about right.RequestID) []booking.Slot {
	w.T.Helper()
	d, err := w.bookings.Around(ctx, by, of)
	w.Must(err)
	for _, o := range d.Helpers {
		if o.About.ID == string(about) {
			return o.Slots
		}
	}
	return nil
}

func (w *meeting) books(id right.RequestID, after time.Duration) booking.ID {
	w.T.Helper()
	slots := w.slots(w.Ana, w.campus, id)
	i := slices.IndexFunc(slots, func(s booking.Slot) bool { return s.Start.Sub(w.Clock.Now()) > after })
	made, err := w.bookings.Book(ctx, w.Ana, w.campus, booking.Wanted{Helper: w.eva.ID, About: string(id), Start: slots[i].Start, Subject: "Le bulletin"})
	w.Must(err)
	return made
}

func (w *meeting) state(id right.RequestID) right.State {
	w.T.Helper()
	q, err := right.LoadRequest(ctx, w.DB.Reader(), id)
	w.Must(err)
	return q.State
}

func (w *meeting) stands(id booking.ID) booking.Booking {
	w.T.Helper()
	b, err := booking.Load(ctx, w.DB.Reader(), id)
	w.Must(err)
	return b
}

// What becomes of a meeting decides what becomes of the time that was kept for it.
func TestMeetingsSpendTheRight(t *testing.T) {
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		after                         time.Duration // between the act and the meeting
		act                           func(w *meeting, id booking.ID) error
		state                         right.State
		available, reserved, consumed int64
	}{
		"booked": {act: func(*meeting, booking.ID) error { return nil }, state: right.Booked, available: 480, reserved: 120},
		"moved": {act: func(w *meeting, id booking.ID) error {
			return w.bookings.Move(ctx, w.eva, id, 1, w.stands(id).Start.Add(3*day))
		}, state: right.Booked, available: 480, reserved: 120},
		"cancelled in time by the team": {after: 3 * day, act: func(w *meeting, id booking.ID) error { return w.bookings.Cancel(ctx, w.Ana, id, 1, "Réglé") }, state: right.Cancelled, available: 600},
		"cancelled too late by the team": {act: func(w *meeting, id booking.ID) error {
			w.Clock.Set(w.stands(id).Start.Add(-time.Hour))
			return w.bookings.Cancel(ctx, w.Ana, id, 1, "Un empêchement")
		}, state: right.Cancelled, available: 480, consumed: 120},
		"cancelled by the expert, an hour before": {act: func(w *meeting, id booking.ID) error {
			w.Clock.Set(w.stands(id).Start.Add(-time.Hour))
			return w.bookings.Cancel(ctx, w.eva, id, 1, "Malade")
		}, state: right.Open, available: 600},
		"the team did not come":   {act: missed(booking.Team), state: right.Missed, available: 480, consumed: 120},
		"the expert did not come": {act: missed(booking.Helper), state: right.Open, available: 600},
		"nobody came":             {act: missed(booking.Both), state: right.Chosen, available: 480, reserved: 120},
		"held, as one side says":  {act: held(90, 0), state: right.Done, available: 480, reserved: 120},
		"held, and they differ":   {act: held(90, 60), state: right.Done, available: 480, reserved: 60, consumed: 60},
		"held, and both agree":    {act: held(90, 90), state: right.Confirmed, available: 510, consumed: 90},
		"cancelled on the request's page": {after: 3 * day, act: func(w *meeting, id booking.ID) error {
			err := w.rights.End(ctx, w.Ana, w.campus, right.RequestID(w.stands(id).About.ID), right.Event{State: right.Cancelled, Words: "Réglé"})
			if b := w.stands(id); b.State != booking.Cancelled {
				w.T.Errorf("the meeting stands: %s", b.State)
			}
			return err
		}, state: right.Cancelled, available: 600},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Run(t, func(t *testing.T, d *db.DB) {
				w := newMeeting(t, d)
				id := w.accepted(w.Ana, w.campus, 120)
				_, err := w.bookings.Around(ctx, w.eva, w.campus)
				wants(t, "she said yes and was not chosen", err, errs.NotFound, "")
				made := w.books(id, c.after)
				if desk, err := w.bookings.Around(ctx, w.eva, w.campus); err != nil || desk.Side != booking.Helper || desk.Reads {
					t.Errorf("once she is met she sees %+v, %v", desk, err)
				}
				w.Must(c.act(w, made))
				if got := w.state(id); got != c.state {
					t.Errorf("the request is %s, want %s", got, c.state)
				}
				w.has(name, c.available, c.reserved, c.consumed)
			})
		})
	}
}

func missed(side booking.Side) func(*meeting, booking.ID) error {
	return func(w *meeting, id booking.ID) error {
		w.Clock.Set(w.stands(id).Start.Add(20 * time.Minute))
		return w.bookings.Miss(ctx, w.eva, id, 1, side)
	}
}

func held(hers, theirs int) func(*meeting, booking.ID) error {
	return func(w *meeting, id booking.ID) error {
		w.Clock.Set(w.stands(id).Start.Add(2 * time.Hour))
		if err := w.bookings.Hold(ctx, w.eva, id, 1, hers); err != nil || theirs == 0 {
			return err
		}
		return w.bookings.Hold(ctx, w.Ana, id, 2, theirs)
	}
}

func TestOneMeetingForARequest(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newMeeting(t, d)
		id := w.accepted(w.Ana, w.campus, 120)
		slot := w.slots(w.Ana, w.campus, id)[3]
		_, err := w.bookings.Book(ctx, w.Ana, w.campus, booking.Wanted{Helper: w.max.ID, About: string(id), Start: slot.Start, Subject: "Max"})
		wants(t, "who has not answered", err, errs.NotFound, "")
		made := w.books(id, 0)
		if w.slots(w.Ana, w.campus, id) != nil {
			t.Error("more can be booked for the same request")
		}
		wants(t, "longer than what was kept", held(121, 0)(w, made), errs.Invalid, "right.invalid")
		if b := w.stands(made); b.State != booking.Booked {
			t.Errorf("what was refused stays: %s", b.State)
		}
	})
}

// Two teams want the last slot of an expert who said yes to both: one has it, and what the
// other one has is untouched.
func TestTheLastSlot(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newMeeting(t, d)
		w.Must(w.grant(w.garden, 600))
		mine, theirs := w.accepted(w.Ana, w.campus, 60), w.accepted(w.Bob, w.garden, 60)
		at := w.slots(w.Ana, w.campus, mine)[5].Start
		var both sync.WaitGroup
		failed := make([]error, 2)
		both.Go(func() {
			_, failed[0] = w.bookings.Book(ctx, w.Ana, w.campus, booking.Wanted{Helper: w.eva.ID, About: string(mine), Start: at, Subject: "La nôtre"})
		})
		both.Go(func() {
			_, failed[1] = w.bookings.Book(ctx, w.Bob, w.garden, booking.Wanted{Helper: w.eva.ID, About: string(theirs), Start: at, Subject: "La leur"})
		})
		both.Wait()
		lost, won := theirs, mine
		err := failed[1]
		if failed[0] != nil {
			lost, won, err = mine, theirs, failed[0]
			w.Must(failed[1])
		}
		wants(t, "who comes second", err, errs.Conflict, "booking.taken")
		if w.state(won) != right.Booked || w.state(lost) != right.Open {
			t.Errorf("won is %s, lost is %s", w.state(won), w.state(lost))
		}
		if _, faults, err := right.Check(ctx, d.Reader()); err != nil || len(faults) > 0 {
			t.Errorf("the ledger does not hold: %+v, %v", faults, err)
		}
	})
}
