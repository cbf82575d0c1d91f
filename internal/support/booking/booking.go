// Package booking is a meeting of somebody who helps a project with its team: when she can be met, who meets whom when, and what became of it.
package booking

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// ID identifies a booking; it is random.
type ID string

// State is where a booking stands.
type State string

// The states. A time agreed elsewhere that the other one refuses is Refused.
const (
	Booked    State = "booked"
	Cancelled State = "cancelled"
	Refused   State = "refused"
	Held      State = "held"
	Missed    State = "missed"
)

// Side is one of those who meet, or both.
type Side string

// The sides.
const (
	Helper Side = "helper"
	Team   Side = "team"
	Both   Side = "both" // of who did not come
)

// How a booking came to be.
const (
	FromSlot     = "slot"
	FromProposal = "proposal"
	FromAgreed   = "agreed"
)

// The bounds of what people write, in characters, and of what they book.
const (
	MaxSubject  = 300
	MaxReason   = 500
	MaxNotes    = 6000
	MaxUpcoming = 5 // bookings to come of one project with one helper
)

// The events, each with Told as its payload and the booking as its object.
const (
	MadeEvent      = "booking.made"
	MovedEvent     = "booking.moved"
	CancelledEvent = "booking.cancelled" // refused too
	HeldEvent      = "booking.held"
	MissedEvent    = "booking.missed"
	RemindedEvent  = "booking.reminded"
)

// Told is what an event says of a booking.
type Told struct {
	Project   string `json:"project"`
	Helper    string `json:"helper"` // a person
	AboutKind string `json:"about_kind"`
	AboutID   string `json:"about_id"`
	By        Side   `json:"by"`                // the side that acted
	Who       string `json:"who,omitempty"`     // the person who did
	Minutes   int    `json:"minutes,omitempty"` // held: as long as they said, else as long as planned
	Late      bool   `json:"late,omitempty"`    // cancelled after the notice
	Missing   Side   `json:"missing,omitempty"` // missed: who did not come
	Sequence  int64  `json:"sequence"`
}

// Tie is somebody who helps a project, and what that stands on.
type Tie struct {
	Person account.PersonID
	Name   string
	About  policy.Ref // "sponsor" or "request", and its identifier
	For    string     // what the help is for, in the words of who asked for it; "" for all
	Awaits bool       // the team may book her, and she is nothing to the project until it does
	Closed bool       // nothing more is booked on it
}

// Heed is told in the transaction of an act what happens to a meeting, by an event: its error
// refuses the act. side is that of who acts.
type Heed func(ctx context.Context, tx *db.Tx, by account.User, h Happening) error

// Happening is what happens to a meeting.
type Happening struct {
	Event string
	Side  Side // of who acts
	Booking
}

// Ties says who helps a project now; other packages bring theirs.
type Ties func(ctx context.Context, r db.Reader, id project.ID) ([]Tie, error)

// Booking is one meeting.
type Booking struct {
	ID            ID
	Project       project.ID
	Title         string // of the project
	Helper        account.PersonID
	HelperName    string
	Guest         account.PersonID // who meets her, for the team
	GuestName     string
	About         policy.Ref
	Origin        string
	Subject       string
	Start, End    time.Time
	Place, Video  string
	Notice        int // hours
	State         State
	Sequence      int64
	MadeBy        account.PersonID
	MadeAt        time.Time
	ChangedAt     time.Time
	EndedBy       account.PersonID // who cancelled it
	EndedBefore   int              // minutes that were left when she did
	Late          bool             // less than the notice was left
	Reason        string
	HelperMinutes int // how long it took, as each side said; 0 for nothing said
	GuestMinutes  int
	Missing       Side
	Notes         string
	Version       int64
}

// Slot is when it takes place.
func (b Booking) Slot() Slot { return Slot{b.Start, b.End} }

// Minutes is how long it is planned to last.
func (b Booking) Minutes() int { return int(b.End.Sub(b.Start) / time.Minute) }

// Object is the booking as the policy sees it.
func (b Booking) Object() policy.Object {
	return policy.Object{Ref: policy.Ref{Kind: "booking", ID: string(b.ID)}, State: string(b.State)}
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	Ties   []Ties
	Heeds  map[string]Heed // by the kind of what a help stands on
}

// Service keeps bookings.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	ties   []Ties
	heeds  map[string]Heed
}

// New makes the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, ties: d.Ties, heeds: d.Heeds}
	d.Bus.Subscribe("booking.merged", s.onMerged, "person.merged")
	return s
}

// helpers lists who helps a project now, once for each thing her help stands on.
func (s *Service) helpers(ctx context.Context, r db.Reader, id project.ID) (list []Tie, err error) {
	for _, ties := range s.ties {
		more, err := ties(ctx, r, id)
		if err != nil {
			return nil, err
		}
		for _, t := range more {
			if !slices.ContainsFunc(list, func(o Tie) bool { return o.Person == t.Person && o.About == t.About }) {
				list = append(list, t)
			}
		}
	}
	return list, nil
}

// standing is what somebody is to a project: one who helps it, or of its team.
type standing struct {
	project project.Project
	side    Side
	writes  bool
	team    []project.Mate
	helpers []Tie
}

// tie finds who helps the project.
func (st standing) tie(id account.PersonID) (Tie, bool) {
	return st.find(func(t Tie) bool { return t.Person == id && !t.Awaits })
}

// bookable finds what a meeting with somebody may stand on: what is named, or for "" the
// first.
func (st standing) bookable(id account.PersonID, about string) (Tie, bool) {
	return st.find(func(t Tie) bool { return t.Person == id && !t.Closed && (about == "" || t.About.ID == about) })
}

func (st standing) find(fits func(Tie) bool) (Tie, bool) {
	i := slices.IndexFunc(st.helpers, fits)
	if i < 0 {
		return Tie{}, false
	}
	return st.helpers[i], true
}

func (st standing) mate(id account.PersonID) bool {
	return slices.ContainsFunc(st.team, func(m project.Mate) bool { return m.Person == id && writes(m) })
}

// writes says whether somebody of a team may book for it.
func writes(m project.Mate) bool {
	return m.Relation == "owner" || m.Relation == "editor" || m.Relation == "helper"
}

// on finds what by is to a project. Error: NotFound when she is nothing to it.
func (s *Service) on(ctx context.Context, r db.Reader, by account.User, id project.ID) (st standing, err error) {
	if st.project, err = project.Load(ctx, r, id); err != nil {
		return st, err
	}
	if _, err = s.policy.Require(ctx, r, by, "booking.meet", st.project.Object()); err != nil {
		return st, err
	}
	if st.helpers, err = s.helpers(ctx, r, id); err != nil {
		return st, err
	}
	if st.team, err = project.Team(ctx, r, id, s.clock.Now()); err != nil {
		return st, err
	}
	if _, helps := st.tie(by.ID); helps {
		st.side, st.writes = Helper, true
		return st, nil
	}
	i := slices.IndexFunc(st.team, func(m project.Mate) bool { return m.Person == by.ID })
	if i < 0 {
		return st, notFound()
	}
	st.side, st.writes = Team, writes(st.team[i])
	return st, nil
}

// acting is on, for who writes. Error: Forbidden for who only reads.
func (s *Service) acting(ctx context.Context, r db.Reader, by account.User, id project.ID) (standing, error) {
	st, err := s.on(ctx, r, by, id)
	if err == nil && !st.writes {
		err = errs.New(errs.Forbidden, "errs.forbidden")
	}
	if err == nil && st.project.Status != project.Active {
		err = errs.New(errs.Conflict, "booking.project_left")
	}
	return st, err
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, b Booking, detail map[string]any) error {
	all := map[string]any{"project": string(b.Project)}
	for name, value := range detail {
		all[name] = value
	}
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "booking", ID: string(b.ID), Detail: all})
}

// actor is who did something to a booking, and on which side.
type actor struct {
	account.User
	side Side
}

// tell publishes what happened to a booking, and who did it, once what it stands on took it.
func (s *Service) tell(ctx context.Context, tx *db.Tx, kind string, b Booking, by actor) error {
	t := Told{Project: string(b.Project), Helper: string(b.Helper), AboutKind: b.About.Kind, AboutID: b.About.ID, By: by.side, Who: string(by.ID), Late: b.Late, Missing: b.Missing, Sequence: b.Sequence}
	if heed := s.heeds[b.About.Kind]; heed != nil {
		if err := heed(ctx, tx, by.User, Happening{kind, by.side, b}); err != nil {
			return err
		}
	}
	if kind == HeldEvent {
		t.Minutes = max(b.HelperMinutes, b.GuestMinutes)
		if t.Minutes == 0 {
			t.Minutes = b.Minutes()
		}
	}
	return s.bus.Publish(ctx, tx, kind, string(b.ID), t)
}

// onMerged hands the meetings of an account over to the one that it became part of. Where
// both were busy at once, the time stays with the one that was there.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	for _, text := range []string{
		`delete from booking_feeds where person_id = $1 and $2 <> ''`,
		`update booking_hours set person_id = $2 where person_id = $1 and not exists (select 1 from booking_hours o where o.person_id = $2)`,
		`delete from booking_hours where person_id = $1 and $2 <> ''`,
		`update booking_cells set person_id = $2 where person_id = $1 and not exists (select 1 from booking_cells o where o.person_id = $2 and o.cell = booking_cells.cell)`,
		`delete from booking_cells where person_id = $1 and $2 <> ''`,
		`update bookings set helper_id = $2 where helper_id = $1`,
		`update bookings set guest_id = $2 where guest_id = $1`,
		`update booking_proposals set helper_id = $2 where helper_id = $1`,
	} {
		if _, err := tx.Exec(ctx, text, string(m.From), string(m.To)); err != nil {
			return fmt.Errorf("hand over the meetings of %s: %w", m.From, err)
		}
	}
	return nil
}
