package papers

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
	"transformateur/internal/token"
)

// Moment is a sitting as calendars follow it, from one published version of the plan to
// the next.
type Moment struct {
	plan.Sitting
	Activity     order.Activity
	Starts, Ends time.Time // instants
	Sequence     int64     // how often it changed (RFC 5545, 3.8.7.4)
	Changed      time.Time
	Gone         bool // it was there in an earlier version and is cancelled (RFC 5545, 3.8.1.11)
}

// Moments follows what concerns somebody, or a room, through the versions that were
// published, the first one first: what the last one holds, and what it holds no more.
func Moments(zoneName string, versions []schedule.Version, concerns func(plan.Sitting) bool) (list []Moment, err error) {
	known := map[string]Moment{}
	for _, v := range versions {
		there := map[string]bool{}
		for _, s := range v.Plan.Sittings {
			if !concerns(s) {
				continue
			}
			m, err := momentOf(zoneName, v, s)
			if err != nil {
				return nil, err
			}
			there[s.ID] = true
			was, before := known[s.ID]
			if before && !was.Gone && was.same(m) {
				continue
			}
			if before {
				m.Sequence = was.Sequence + 1
			}
			known[s.ID] = m
		}
		for id, m := range known {
			if !there[id] && !m.Gone {
				m.Gone, m.Sequence, m.Changed = true, m.Sequence+1, v.PublishedAt
				known[id] = m
			}
		}
	}
	list = slices.Collect(maps.Values(known))
	slices.SortFunc(list, func(a, b Moment) int {
		if c := a.Starts.Compare(b.Starts); c != 0 {
			return c
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return list, nil
}

func momentOf(zoneName string, v schedule.Version, s plan.Sitting) (m Moment, err error) {
	m = Moment{Sitting: s, Changed: v.PublishedAt}
	m.Activity, _ = v.Order.Find(s.Activity)
	if s.Day < 0 || s.Day >= len(v.Order.Days) {
		return m, fmt.Errorf("sitting %s is on no day of its running order", s.ID)
	}
	there := zone.Location(zoneName)
	if m.Starts, err = s.From.At(v.Order.Days[s.Day], there); err != nil {
		return m, err
	}
	if m.Ends, err = s.To.At(v.Order.Days[s.Day], there); err != nil {
		return m, err
	}
	m.Starts, m.Ends = m.Starts.UTC(), m.Ends.UTC()
	return m, nil
}

// same says whether two moments are one to who reads them in a calendar.
func (m Moment) same(o Moment) bool {
	return m.Starts.Equal(o.Starts) && m.Ends.Equal(o.Ends) && m.Room == o.Room && m.Table == o.Table && m.Project == o.Project && m.Remote == o.Remote && m.All == o.All &&
		m.Activity.Title == o.Activity.Title && m.Activity.Kind == o.Activity.Kind && m.Activity.Kit == o.Activity.Kit && m.Activity.About == o.Activity.About && slices.Equal(m.People, o.People)
}

// Agenda is what a calendar tells of a gathering.
type Agenda struct {
	Book
	Moments []Moment
	Lang    string // of who reads it
}

// agenda follows what concerns somebody through the versions of a gathering.
func (s *Service) agenda(ctx context.Context, r db.Reader, b Book, concerns func(plan.Sitting) bool) (a Agenda, err error) {
	versions, err := s.schedule.History(ctx, r, b.ID)
	if err != nil {
		return a, err
	}
	a.Book = b
	a.Moments, err = Moments(b.Zone, versions, concerns)
	return a, err
}

// Mine is the agenda of by in a gathering. Errors: Conflict "papers.no_seat"; as the
// policy, on gathering.read.
func (s *Service) Mine(ctx context.Context, by account.User, id gathering.ID) (Agenda, error) {
	b, err := s.Open(ctx, by, id)
	if err == nil && b.Seat == nil {
		err = errs.New(errs.Conflict, "papers.no_seat")
	}
	if err != nil {
		return Agenda{}, err
	}
	return s.agenda(ctx, s.db.Reader(), b, func(one plan.Sitting) bool { return one.Has(b.Seat.ID) })
}

// OfRoom is what takes place in a room. Errors: NotFound when there is none; as the policy,
// on gathering.read.
func (s *Service) OfRoom(ctx context.Context, by account.User, id gathering.ID, room string) (Agenda, error) {
	b, err := s.Open(ctx, by, id)
	if err == nil && b.Room(room).ID == "" {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	if err != nil {
		return Agenda{}, err
	}
	return s.agenda(ctx, s.db.Reader(), b, func(one plan.Sitting) bool { return one.Room == room })
}

// Subscribed says since when a calendar may read the agenda of by; zero for never.
func (s *Service) Subscribed(ctx context.Context, by account.User, id gathering.ID) (time.Time, error) {
	list, err := db.List(ctx, s.db.Reader(), db.Value[time.Time], `select made_at from calendar_feeds where gathering_id = $1 and person_id = $2`, string(id), string(by.ID))
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0], nil
}

// Subscribe makes the secret address at which a calendar reads the agenda of by, shown this
// once; an earlier one opens nothing any more. Errors: NotFound without a seat; as the
// policy, on gathering.subscribe.
func (s *Service) Subscribe(ctx context.Context, by account.User, id gathering.ID) (secret string, err error) {
	secret = strings.ToLower(rand.Text())
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.own(ctx, tx, by, id); err != nil {
			return err
		}
		if _, err := gathering.Comes(ctx, tx, id, by.ID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into calendar_feeds (gathering_id, person_id, digest, made_at) values ($1, $2, $3, $4)
			on conflict (gathering_id, person_id) do update set digest = excluded.digest, made_at = excluded.made_at`, string(id), string(by.ID), token.Digest(secret), s.clock.Now())
		if err != nil {
			return fmt.Errorf("make the address of a calendar: %w", err)
		}
		return s.note(ctx, tx, by, "calendar.subscribed", id)
	})
	return secret, err
}

// Revoke ends the secret address of by; one that is not there stays so. Errors: as the
// policy, on gathering.subscribe.
func (s *Service) Revoke(ctx context.Context, by account.User, id gathering.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.own(ctx, tx, by, id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `delete from calendar_feeds where gathering_id = $1 and person_id = $2`, string(id), string(by.ID))
		if err != nil {
			return fmt.Errorf("end the address of a calendar: %w", err)
		}
		if n == 0 {
			return nil
		}
		return s.note(ctx, tx, by, "calendar.revoked", id)
	})
}

func (s *Service) own(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID) error {
	g, err := gathering.Load(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = s.policy.Require(ctx, tx, by, "gathering.subscribe", g.Object())
	return err
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id gathering.ID) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(id)})
}

// Read is the agenda that a secret address opens, whoever holds it: that of its owner, as
// long as she has a seat. Error: NotFound, the same for an address that never was.
func (s *Service) Read(ctx context.Context, secret string) (a Agenda, err error) {
	type owner struct {
		gathering gathering.ID
		person    account.PersonID
		lang      string
	}
	r := s.db.Reader()
	o, err := db.Get(ctx, r, func(sc db.Scanner) (o owner, err error) {
		err = sc.Scan(&o.gathering, &o.person, &o.lang)
		return o, err
	}, `select f.gathering_id, f.person_id, p.lang from calendar_feeds f join people p on p.id = f.person_id where f.digest = $1 and p.disabled_at is null`, token.Digest(secret))
	if err != nil {
		return a, err
	}
	seat, err := gathering.Comes(ctx, r, o.gathering, o.person)
	if err != nil {
		return a, err
	}
	b := Book{Seat: &seat}
	if b.Gathering, err = gathering.Load(ctx, r, o.gathering); err != nil {
		return a, err
	}
	b.Names = seat.Role == gathering.Facilitator || b.Status != gathering.Planned // as gathering.people has it
	if err := b.fill(ctx, r, s.schedule); err != nil {
		return a, err
	}
	a, err = s.agenda(ctx, r, b, func(one plan.Sitting) bool { return one.Has(seat.ID) })
	a.Lang = o.lang
	return a, err
}

// onMerged ends the addresses of an account that became part of another: she makes another.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from calendar_feeds where person_id = $1`, string(m.From)); err != nil {
		return fmt.Errorf("end the calendars of %s: %w", m.From, err)
	}
	return nil
}
