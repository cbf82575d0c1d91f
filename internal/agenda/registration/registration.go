// Package registration is people who ask to come to a gathering: in their order, as long as there is room, and on a waiting list beyond.
package registration

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// State is where a registration stands.
type State string

// The states. Who has asked and who was accepted hold a place; who waits has none yet.
// A registration ends when the seat that it gave does.
const (
	Asked     State = "asked"
	Waiting   State = "waiting"
	Accepted  State = "accepted"
	Declined  State = "declined"
	Withdrawn State = "withdrawn"
	Ended     State = "ended"
)

// The bounds of what is written, in characters.
const (
	MaxNote  = 500
	MaxAbout = 1000
)

// Roles are those that somebody may ask for.
var Roles = []gathering.Role{gathering.Guest, gathering.Peer, gathering.Expert}

// The events of registrations; the object is the registration.
const (
	ToldPromoted = "registration.promoted"
	ToldAccepted = "registration.accepted"
	ToldDeclined = "registration.declined"
)

// Deps are what the service stands on.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Policy     *policy.Service
	Bus        *event.Bus
	Gatherings *gathering.Service
}

// Service keeps registrations.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	policy     *policy.Service
	bus        *event.Bus
	gatherings *gathering.Service
}

// New makes the service, which gives the place of who leaves to the first one who waits.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, gatherings: d.Gatherings}
	d.Bus.Subscribe("registration.left", s.onLeft, "participant.left")
	d.Bus.Subscribe("registration.merged", s.onMerged, "person.merged")
	return s
}

// Desk is how a gathering takes registrations.
type Desk struct {
	Capacity int    // how many people; 0 before it was ever set
	ClosesOn string // the last day, included; "" while it takes none
	About    string // what people need to know before they ask
	Version  int64  // 0 before it was ever set
}

// Open says whether a desk takes registrations at an instant, until the end of its last
// day at the place of the gathering.
func (d Desk) Open(g gathering.Gathering, now time.Time) bool {
	last, err := time.ParseInLocation(time.DateOnly, d.ClosesOn, zone.Location(g.Zone))
	return err == nil && g.Status != gathering.Closed && now.Before(last.AddDate(0, 0, 1))
}

// Registration is somebody who asked to come.
type Registration struct {
	ID           string
	Gathering    gathering.ID
	Person       account.PersonID
	Name         string
	Place        int64 // the order in which people asked
	Role         gathering.Role
	Organisation string
	Note         string
	State        State
	Participant  string // the seat that it gave
	AskedAt      time.Time
	DecidedAt    time.Time
}

const columns = `x.id, x.gathering_id, x.person_id, p.name, x.place, x.role, x.organisation, x.note, x.state, coalesce(x.participant_id, ''), x.asked_at, x.decided_at`

func scan(sc db.Scanner) (x Registration, err error) {
	err = sc.Scan(&x.ID, &x.Gathering, &x.Person, &x.Name, &x.Place, &x.Role, &x.Organisation, &x.Note, &x.State, &x.Participant, &x.AskedAt, &x.DecidedAt)
	return x, err
}

func (s *Service) list(ctx context.Context, r db.Reader, id gathering.ID, and string, args ...any) ([]Registration, error) {
	list, err := db.List(ctx, r, scan, `select `+columns+` from registrations x join people p on p.id = x.person_id where x.gathering_id = $1`+and+` order by x.place`, append([]any{string(id)}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("list the registrations of gathering %s: %w", id, err)
	}
	return list, nil
}

func deskOf(ctx context.Context, r db.Reader, id gathering.ID) (d Desk, err error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (d Desk, err error) {
		err = sc.Scan(&d.Capacity, &d.ClosesOn, &d.About, &d.Version)
		return d, err
	}, `select capacity, closes_on, about, version from registration_desks where gathering_id = $1`, string(id))
	if err != nil {
		return d, fmt.Errorf("read the desk of gathering %s: %w", id, err)
	}
	if len(list) > 0 {
		d = list[0]
	}
	return d, nil
}

// require loads a gathering on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id gathering.ID) (gathering.Gathering, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return g, err
	}
	_, err = s.policy.Require(ctx, r, by, action, g.Object())
	return g, err
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id gathering.ID, registration string) error {
	detail := map[string]any{}
	if registration != "" {
		detail["registration"] = registration
	}
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(id), Detail: detail})
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

// taken counts the places that are held: asked for, or accepted.
func taken(ctx context.Context, r db.Reader, id gathering.ID) (int, error) {
	n, err := db.Get(ctx, r, db.Value[int], `select count(*) from registrations where gathering_id = $1 and state in ('asked', 'accepted')`, string(id))
	if err != nil {
		return 0, fmt.Errorf("count the registrations of gathering %s: %w", id, err)
	}
	return n, nil
}

// View is the registrations of a gathering, as who asks sees them.
type View struct {
	gathering.Gathering
	Desk   Desk
	Open   bool
	Left   int           // places
	Mine   *Registration // the last one by the reader, nil for none
	Ahead  int           // how many wait before her, when she waits
	Seated bool          // she has a seat, whether or not she asked
}

// Active says whether her registration still counts.
func (v View) Active() bool {
	return v.Mine != nil && (v.Mine.State == Asked || v.Mine.State == Waiting || v.Mine.State == Accepted)
}

// room is the desk of a gathering, whether it takes registrations now, and the places left.
func (s *Service) room(ctx context.Context, r db.Reader, g gathering.Gathering) (d Desk, open bool, left int, err error) {
	if d, err = deskOf(ctx, r, g.ID); err != nil {
		return d, false, 0, err
	}
	n, err := taken(ctx, r, g.ID)
	return d, d.Open(g, s.clock.Now()), max(0, d.Capacity-n), err
}

// Mine is what somebody may ask of a gathering, and what became of it. Errors: NotFound
// while it takes no registration, for who has asked nothing; as the policy, on
// gathering.register.
func (s *Service) Mine(ctx context.Context, by account.User, id gathering.ID) (v View, err error) {
	r := s.db.Reader()
	if v.Gathering, err = s.require(ctx, r, by, "gathering.register", id); err != nil {
		return v, err
	}
	if v.Desk, v.Open, v.Left, err = s.room(ctx, r, v.Gathering); err != nil {
		return v, err
	}
	mine, err := s.list(ctx, r, id, ` and x.person_id = $2`, string(by.ID))
	if err != nil {
		return v, err
	}
	if len(mine) > 0 {
		v.Mine = &mine[len(mine)-1]
		if v.Ahead, err = db.Get(ctx, r, db.Value[int], `select count(*) from registrations where gathering_id = $1 and state = 'waiting' and place < $2`, string(id), v.Mine.Place); err != nil {
			return v, fmt.Errorf("count who waits at gathering %s: %w", id, err)
		}
	}
	_, err = gathering.Comes(ctx, r, id, by.ID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return v, err
	}
	v.Seated = err == nil
	if !v.Open && v.Mine == nil && !v.Seated {
		return View{}, notFound()
	}
	return v, nil
}

// Wish is what somebody asks for.
type Wish struct {
	Role         gathering.Role
	Organisation string
	Note         string
}

func (w *Wish) check() (bad []errs.Field) {
	w.Organisation, w.Note = strings.Join(strings.Fields(text.Clean(w.Organisation)), " "), strings.TrimSpace(text.Clean(w.Note))
	known := false
	for _, role := range Roles {
		known = known || role == w.Role
	}
	if !known {
		bad = append(bad, errs.Field{Path: "role", Key: "registration.role"})
	}
	if utf8.RuneCountInString(w.Organisation) > gathering.MaxName {
		bad = append(bad, errs.Field{Path: "organisation", Key: "gathering.words_long", Args: []any{gathering.MaxName}})
	}
	if utf8.RuneCountInString(w.Note) > MaxNote {
		bad = append(bad, errs.Field{Path: "note", Key: "registration.note_long", Args: []any{MaxNote}})
	}
	return bad
}

// onGathering is one act on the registrations of a gathering, one at a time: who comes
// first has the place.
func (s *Service) onGathering(ctx context.Context, by account.User, action policy.Action, id gathering.ID, act func(*db.Tx, gathering.Gathering) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, action, id)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "registration:"+string(id)); err != nil {
			return err
		}
		return act(tx, g)
	})
}

// Ask asks to come: a place is kept while there are some, and she waits in her order
// beyond. Errors: Invalid; NotFound or Conflict "registration.closed" while none is taken;
// Conflict "registration.asked_already", "registration.invited_already",
// "gathering.there_already"; as the policy, on gathering.register.
func (s *Service) Ask(ctx context.Context, by account.User, id gathering.ID, w Wish) (state State, err error) {
	bad := w.check()
	err = s.onGathering(ctx, by, "gathering.register", id, func(tx *db.Tx, g gathering.Gathering) error {
		desk, err := deskOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if desk.Version == 0 {
			return notFound()
		}
		if !desk.Open(g, s.clock.Now()) {
			return errs.New(errs.Conflict, "registration.closed")
		}
		if err := errs.NewInvalid("registration.invalid", bad); err != nil {
			return err
		}
		if err := s.unknown(ctx, tx, id, by); err != nil {
			return err
		}
		n, err := taken(ctx, tx, id)
		if err != nil {
			return err
		}
		state = Asked
		if n >= desk.Capacity {
			state = Waiting
		}
		one := db.NewID()
		_, err = tx.Exec(ctx, `insert into registrations (id, gathering_id, person_id, place, role, organisation, note, state, asked_at, decided_by, version)
			select $1, $2, $3, coalesce(max(place), 0) + 1, $4, $5, $6, $7, $8, '', 1 from registrations where gathering_id = $2`,
			one, string(id), string(by.ID), string(w.Role), w.Organisation, w.Note, string(state), s.clock.Now())
		if err != nil {
			return fmt.Errorf("ask to come to gathering %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "registration.asked", id, one)
	})
	return state, err
}

// unknown refuses who comes already, is invited, or has asked.
func (s *Service) unknown(ctx context.Context, tx *db.Tx, id gathering.ID, by account.User) error {
	_, err := gathering.Comes(ctx, tx, id, by.ID)
	if err == nil {
		return errs.New(errs.Conflict, "gathering.there_already")
	}
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	invited, err := gathering.Awaited(ctx, tx, id, by.ID)
	if err == nil && invited {
		err = errs.New(errs.Conflict, "registration.invited_already")
	}
	if err != nil {
		return err
	}
	active, err := s.list(ctx, tx, id, ` and x.person_id = $2 and x.state in ('asked', 'waiting', 'accepted')`, string(by.ID))
	if err == nil && len(active) > 0 {
		err = errs.New(errs.Conflict, "registration.asked_already")
	}
	return err
}
