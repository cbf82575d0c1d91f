// Package schedule keeps the plans of gatherings: their versions, the one that is published, and where each person is by it.
package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/recent"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// ID names a version of a plan.
type ID string

// State is where a version stands.
type State string

// The states. A version that was published is never changed; another one takes its place.
const (
	Draft     State = "draft"
	Published State = "published"
	Retired   State = "retired"
)

// The bounds of what is kept: characters of a reason, versions of a gathering.
const (
	MaxReason   = 300
	MaxVersions = 500
)

// Version is a plan as it was at some point, with the running order it was made from.
type Version struct {
	ID          ID
	Gathering   gathering.ID
	Number      int64 // from 1
	State       State
	Order       order.Order
	Plan        plan.Plan
	BasedOn     ID // "" for one made from nothing
	Reason      string
	Account     json.RawMessage // what the computation says of it; nil for one made by hand
	Edits       int64           // grows with each change of a draft
	MadeBy      string
	MadeAt      time.Time
	PublishedBy string
	PublishedAt time.Time // zero before
	RetiredAt   time.Time // zero before
}

// House says who comes and where they may be, as it is now.
type House interface {
	House(ctx context.Context, r db.Reader, id gathering.ID) (plan.House, error)
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	House  House
	Pulse  Pulse
}

// Pulse tells the open pages of a gathering that its day changed, with the change itself.
type Pulse interface {
	Beat(ctx context.Context, tx *db.Tx, id gathering.ID) error
}

// Remembered bounds how many published versions a service keeps in memory: the last
// ones that pages asked for.
const Remembered = 64

// Service keeps plans.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	house  House
	pulse  Pulse
	read   *recent.Kept[string, Version] // of versions that change no more, by id
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, house: d.House, pulse: d.Pulse, read: recent.New[string, Version](Remembered)}
}

const columns = `id, gathering_id, number, state, running_order, body, based_on, reason, account, version, made_by, made_at, published_by, published_at, retired_at`

func scan(sc db.Scanner) (v Version, err error) {
	var running, body, account string
	var published, retired *time.Time
	if err := sc.Scan(&v.ID, &v.Gathering, &v.Number, &v.State, &running, &body, &v.BasedOn, &v.Reason, &account, &v.Edits, &v.MadeBy, &v.MadeAt, &v.PublishedBy, &published, &retired); err != nil {
		return v, err
	}
	if published != nil {
		v.PublishedAt = *published
	}
	if retired != nil {
		v.RetiredAt = *retired
	}
	if account != "" {
		v.Account = json.RawMessage(account)
	}
	if v.Order, err = order.Parse([]byte(running)); err != nil {
		return v, err
	}
	v.Plan, err = plan.Parse([]byte(body))
	return v, err
}

// Load reads a version without asking who wants it. Error: NotFound.
func Load(ctx context.Context, r db.Reader, id ID) (Version, error) {
	v, err := db.Get(ctx, r, scan, `select `+columns+` from agenda_plans where id = $1`, string(id))
	if err != nil {
		return v, fmt.Errorf("read plan %s: %w", id, err)
	}
	return v, nil
}

// Current is the version that is published, without asking who wants it; it is read once,
// and must not be changed. Error: NotFound when none is.
func (s *Service) Current(ctx context.Context, r db.Reader, id gathering.ID) (Version, error) {
	which, err := db.Get(ctx, r, db.Value[string], `select id from agenda_plans where gathering_id = $1 and state = 'published'`, string(id))
	if err != nil {
		return Version{}, fmt.Errorf("find the plan of gathering %s: %w", id, err)
	}
	if known, read := s.read.Load(which); read {
		return known, nil
	}
	v, err := Load(ctx, r, ID(which))
	if err == nil {
		s.read.Store(which, v)
	}
	return v, err
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

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, v Version) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(v.Gathering), Detail: map[string]any{"plan": string(v.ID), "number": v.Number}})
}

// Made is a plan that was computed or drawn, to be kept.
type Made struct {
	Order   order.Order
	Plan    plan.Plan
	BasedOn ID
	Reason  string
	Account any // written as JSON; nil for nothing
}

// Keep keeps a plan as a draft: what clashes in it is told when it is read, and refused
// when it is published. Errors: Invalid on "reason"; Conflict schedule.many; as the policy.
func (s *Service) Keep(ctx context.Context, by account.User, id gathering.ID, m Made) (v Version, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		v, err = s.insert(ctx, tx, by, id, m)
		return err
	})
	return v, err
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, m Made) (Version, error) {
	v := Version{ID: ID(db.NewID()), Gathering: id, State: Draft, Order: m.Order, Plan: m.Plan, BasedOn: m.BasedOn, Edits: 1, MadeBy: by.Actor(), MadeAt: db.Instant(s.clock.Now())}
	if v.Reason = strings.Join(strings.Fields(text.Clean(m.Reason)), " "); utf8.RuneCountInString(v.Reason) > MaxReason {
		return v, errs.NewInvalid("schedule.invalid", []errs.Field{{Path: "reason", Key: "schedule.reason_long", Args: []any{MaxReason}}})
	}
	if m.Account != nil {
		account, err := json.Marshal(m.Account)
		if err != nil {
			return v, err
		}
		v.Account = account
	}
	if err := tx.Lock(ctx, "plan:"+string(id)); err != nil {
		return v, err
	}
	last, err := db.Get(ctx, tx, db.Value[int64], `select coalesce(max(number), 0) from agenda_plans where gathering_id = $1`, string(id))
	if err != nil {
		return v, fmt.Errorf("number the plans of gathering %s: %w", id, err)
	}
	if v.Number = last + 1; v.Number > MaxVersions {
		return v, errs.New(errs.Conflict, "schedule.many", MaxVersions)
	}
	if m.BasedOn != "" {
		base, err := Load(ctx, tx, m.BasedOn)
		if err == nil && base.Gathering != id {
			err = errs.New(errs.NotFound, "errs.not_found")
		}
		if err != nil {
			return v, err
		}
	}
	_, err = tx.Exec(ctx, `insert into agenda_plans (id, gathering_id, number, state, running_order, body, based_on, reason, account, version, made_by, made_at, published_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, '')`,
		string(v.ID), string(id), v.Number, string(v.State), string(v.Order.Encode()), string(v.Plan.Encode()), string(v.BasedOn), v.Reason, string(v.Account), v.MadeBy, v.MadeAt)
	if err != nil {
		return v, fmt.Errorf("keep a plan of gathering %s: %w", id, err)
	}
	return v, s.note(ctx, tx, by, "plan.made", v)
}
