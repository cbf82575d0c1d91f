package registration

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
)

// move changes the state of a registration that stands in one of some states: among two
// acts at the same moment, one does.
func (s *Service) move(ctx context.Context, tx *db.Tx, by account.User, x Registration, to State, from string) error {
	n, err := tx.Exec(ctx, `update registrations set state = $2, decided_at = $3, decided_by = $4, version = version + 1 where id = $1 and state in (`+from+`)`, x.ID, string(to), s.clock.Now(), by.Actor())
	if err != nil {
		return fmt.Errorf("decide registration %s: %w", x.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "registration.decided")
	}
	return nil
}

// one reads a registration of a gathering.
func (s *Service) one(ctx context.Context, tx *db.Tx, id gathering.ID, registration string) (Registration, error) {
	list, err := s.list(ctx, tx, id, ` and x.id = $2`, registration)
	if err == nil && len(list) == 0 {
		err = notFound()
	}
	if err != nil {
		return Registration{}, err
	}
	return list[0], nil
}

// Accept seats somebody who asked, and tells her. Errors: NotFound; Conflict
// "registration.full" when she waits and there is no place, "registration.decided",
// "gathering.closed", "gathering.there_already", "gathering.full"; as the policy, on
// gathering.manage.
func (s *Service) Accept(ctx context.Context, by account.User, id gathering.ID, registration string) error {
	return s.onGathering(ctx, by, "gathering.manage", id, func(tx *db.Tx, g gathering.Gathering) error {
		x, err := s.one(ctx, tx, id, registration)
		if err != nil {
			return err
		}
		if x.State == Waiting {
			if free, err := s.free(ctx, tx, id); err != nil || free < 1 {
				return orElse(err, errs.New(errs.Conflict, "registration.full"))
			}
		}
		if err := s.move(ctx, tx, by, x, Accepted, `'asked', 'waiting'`); err != nil {
			return err
		}
		p, err := s.gatherings.Admit(ctx, tx, by, g, gathering.Participant{Person: x.Person, Name: x.Name, Role: x.Role, Organisation: x.Organisation})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update registrations set participant_id = $2 where id = $1`, x.ID, p.ID); err != nil {
			return fmt.Errorf("seat registration %s: %w", x.ID, err)
		}
		if err := s.bus.Publish(ctx, tx, ToldAccepted, x.ID, nil); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "registration.accepted", id, x.ID)
	})
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// free is how many places nobody holds.
func (s *Service) free(ctx context.Context, tx *db.Tx, id gathering.ID) (int, error) {
	desk, err := deskOf(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	n, err := taken(ctx, tx, id)
	return desk.Capacity - n, err
}

// Decline says no to somebody who asked, and tells her; her place goes to who waits.
// Errors: NotFound; Conflict "registration.decided"; as the policy, on gathering.manage.
func (s *Service) Decline(ctx context.Context, by account.User, id gathering.ID, registration string) error {
	return s.onGathering(ctx, by, "gathering.manage", id, func(tx *db.Tx, g gathering.Gathering) error {
		x, err := s.one(ctx, tx, id, registration)
		if err != nil {
			return err
		}
		if err := s.move(ctx, tx, by, x, Declined, `'asked', 'waiting'`); err != nil {
			return err
		}
		if err := s.bus.Publish(ctx, tx, ToldDeclined, x.ID, nil); err != nil {
			return err
		}
		if err := s.note(ctx, tx, by, "registration.declined", id, x.ID); err != nil {
			return err
		}
		return s.promote(ctx, tx, g)
	})
}

// Withdraw takes back that by asked to come, with the seat that it gave. Errors: NotFound
// when she has asked nothing; as the policy, on gathering.register.
func (s *Service) Withdraw(ctx context.Context, by account.User, id gathering.ID) error {
	return s.onGathering(ctx, by, "gathering.register", id, func(tx *db.Tx, g gathering.Gathering) error {
		mine, err := s.list(ctx, tx, id, ` and x.person_id = $2 and x.state in ('asked', 'waiting', 'accepted')`, string(by.ID))
		if err != nil {
			return err
		}
		if len(mine) == 0 {
			return notFound()
		}
		x := mine[0]
		if err := s.move(ctx, tx, by, x, Withdrawn, `'asked', 'waiting', 'accepted'`); err != nil {
			return err
		}
		if x.Participant != "" {
			if err := s.gatherings.Depart(ctx, tx, by, g, x.Participant); err != nil {
				return err
			}
		}
		if err := s.note(ctx, tx, by, "registration.withdrawn", id, x.ID); err != nil {
			return err
		}
		return s.promote(ctx, tx, g)
	})
}

// promote keeps places for those who wait, the first one first, and tells them.
func (s *Service) promote(ctx context.Context, tx *db.Tx, g gathering.Gathering) error {
	if g.Status == gathering.Closed || !s.clock.Now().Before(g.Ends()) {
		return nil
	}
	free, err := s.free(ctx, tx, g.ID)
	if err != nil || free < 1 {
		return err
	}
	waits, err := s.list(ctx, tx, g.ID, ` and x.state = 'waiting'`)
	if err != nil {
		return err
	}
	for _, x := range waits[:min(free, len(waits))] {
		if _, err := tx.Exec(ctx, `update registrations set state = 'asked', promoted_at = $2, version = version + 1 where id = $1`, x.ID, s.clock.Now()); err != nil {
			return fmt.Errorf("keep a place for registration %s: %w", x.ID, err)
		}
		if err := s.bus.Publish(ctx, tx, ToldPromoted, x.ID, nil); err != nil {
			return err
		}
		if err := s.note(ctx, tx, account.System, "registration.promoted", g.ID, x.ID); err != nil {
			return err
		}
	}
	return nil
}

// onLeft follows seats that end: their place goes to who waits.
func (s *Service) onLeft(ctx context.Context, tx *db.Tx, e event.Event) error {
	list, err := db.List(ctx, tx, scan, `select `+columns+` from registrations x join people p on p.id = x.person_id where x.participant_id = $1 and x.state = 'accepted'`, e.ObjectID)
	if err != nil {
		return fmt.Errorf("find the registration of seat %s: %w", e.ObjectID, err)
	}
	for _, x := range list {
		if err := tx.Lock(ctx, "registration:"+string(x.Gathering)); err != nil {
			return err
		}
		if err := s.move(ctx, tx, account.System, x, Ended, `'accepted'`); err != nil {
			return err
		}
		g, err := gathering.Load(ctx, tx, x.Gathering)
		if err != nil {
			return err
		}
		if err := s.note(ctx, tx, account.System, "registration.ended", g.ID, x.ID); err != nil {
			return err
		}
		if err := s.promote(ctx, tx, g); err != nil {
			return err
		}
	}
	return nil
}

// onMerged follows one person who had two accounts: what both asked for is asked once, the
// first time.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update registrations set state = 'withdrawn', decided_at = $3, decided_by = 'system' where person_id in ($1, $2) and state in ('asked', 'waiting')
		and exists (select 1 from registrations o where o.gathering_id = registrations.gathering_id and o.id <> registrations.id and o.person_id in ($1, $2)
			and (o.state = 'accepted' or o.state in ('asked', 'waiting') and o.place < registrations.place))`, string(m.From), string(m.To), s.clock.Now())
	if err == nil {
		_, err = tx.Exec(ctx, `update registrations set state = 'ended' where person_id = $1 and state = 'accepted'
			and exists (select 1 from registrations o where o.gathering_id = registrations.gathering_id and o.person_id = $2 and o.state = 'accepted')`, string(m.From), string(m.To))
	}
	if err == nil {
		_, err = tx.Exec(ctx, `update registrations set person_id = $2 where person_id = $1`, string(m.From), string(m.To))
	}
	if err != nil {
		return fmt.Errorf("move the registrations of %s: %w", m.From, err)
	}
	return nil
}

// Listed is the registrations of a gathering, as who runs it sees them.
type Listed struct {
	gathering.Gathering
	Desk Desk
	Open bool
	Left int
	List []Registration // those who hold a place or wait first, each in its order
}

// All lists the registrations of a gathering to who runs it. Errors: as the policy, on
// gathering.manage.
func (s *Service) All(ctx context.Context, by account.User, id gathering.ID) (v Listed, err error) {
	r := s.db.Reader()
	if v.Gathering, err = s.require(ctx, r, by, "gathering.manage", id); err != nil {
		return v, err
	}
	if v.Desk, v.Open, v.Left, err = s.room(ctx, r, v.Gathering); err != nil {
		return v, err
	}
	v.List, err = s.list(ctx, r, id, "")
	return v, err
}

func (d *Desk) check(g gathering.Gathering) (bad []errs.Field) {
	d.ClosesOn, d.About = strings.TrimSpace(d.ClosesOn), strings.TrimSpace(text.Clean(d.About))
	if d.Capacity < 1 || d.Capacity > gathering.MaxPeople {
		bad = append(bad, errs.Field{Path: "capacity", Key: "registration.capacity", Args: []any{gathering.MaxPeople}})
	}
	if _, err := time.Parse(time.DateOnly, d.ClosesOn); d.ClosesOn != "" && (err != nil || d.ClosesOn > g.EndsOn) {
		bad = append(bad, errs.Field{Path: "closes_on", Key: "registration.closes_on"})
	}
	if utf8.RuneCountInString(d.About) > MaxAbout {
		bad = append(bad, errs.Field{Path: "about", Key: "registration.note_long", Args: []any{MaxAbout}})
	}
	return bad
}

// SetDesk says until when and how many people may ask to come; more places go to those who
// wait, fewer take nothing back. Errors: Invalid; Conflict "registration.meanwhile" when
// somebody wrote since it was read; as the policy, on gathering.manage.
func (s *Service) SetDesk(ctx context.Context, by account.User, id gathering.ID, d Desk) error {
	return s.onGathering(ctx, by, "gathering.manage", id, func(tx *db.Tx, g gathering.Gathering) error {
		if err := errs.NewInvalid("registration.invalid", d.check(g)); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `insert into registration_desks (gathering_id, capacity, closes_on, about, version, updated_at, updated_by) values ($1, $2, $3, $4, 1, $5, $6)
			on conflict (gathering_id) do update set capacity = excluded.capacity, closes_on = excluded.closes_on, about = excluded.about, version = registration_desks.version + 1, updated_at = excluded.updated_at, updated_by = excluded.updated_by
			where registration_desks.version = $7`, string(id), d.Capacity, d.ClosesOn, d.About, s.clock.Now(), by.Actor(), d.Version)
		if err != nil {
			return fmt.Errorf("set the desk of gathering %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "registration.meanwhile")
		}
		if err := s.note(ctx, tx, by, "registration.desk_set", id, ""); err != nil {
			return err
		}
		return s.promote(ctx, tx, g)
	})
}
