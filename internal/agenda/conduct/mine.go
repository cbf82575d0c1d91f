package conduct

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Mine is where somebody is, what comes next for her, and what changed for her.
type Mine struct {
	Scene
	Seat      *gathering.Participant // nil when she has none
	Now, Next *plan.Sitting
	All       []plan.Sitting
	News      News
}

// News is what became of somebody's programme since she last read it, what is over left
// out. Shift is by how many minutes everything moved, when nothing else happened.
type News struct {
	Changes []plan.Change
	Shift   int
}

// Who is the person of a seat as the programme names her.
func (m Mine) Who() Person {
	if m.Seat == nil {
		return Person{}
	}
	return Person{ID: m.Seat.ID, Name: m.Seat.Name, Role: m.Seat.Role, Project: string(m.Seat.Project)}
}

// Mine reads the day of by in a gathering. Who has no seat in it gets the rest. Errors:
// NotFound; as the policy, on gathering.read.
func (s *Service) Mine(ctx context.Context, by account.User, id gathering.ID) (m Mine, err error) {
	r := s.DB.Reader()
	if m.Scene, err = s.scene(ctx, r, by, id); err != nil {
		return m, err
	}
	seat, err := gathering.Comes(ctx, r, id, by.ID)
	if errs.Is(err, errs.NotFound) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	m.Seat = &seat
	if !m.Published() {
		return m, nil
	}
	m.Now, m.Next = m.Version.Plan.NowNext(seat.ID, m.Day, m.At)
	m.All = plan.Gathered(m.Version.Plan.Of(seat.ID), string(seat.Project))
	m.News, err = s.newsOf(ctx, r, m)
	return m, err
}

// newsOf compares what is published with what she said she had read, else with what was
// published first, of which everybody was told.
func (s *Service) newsOf(ctx context.Context, r db.Reader, m Mine) (n News, err error) {
	read, err := db.List(ctx, r, db.Value[string], `select plan_id from agenda_seen where participant_id = $1`, m.Seat.ID)
	if err == nil && len(read) == 0 {
		read, err = db.List(ctx, r, db.Value[string], `select id from agenda_plans where gathering_id = $1 and published_at is not null order by number limit 1`, string(m.Gathering.ID))
	}
	if err != nil {
		return n, fmt.Errorf("find what participant %s read: %w", m.Seat.ID, err)
	}
	if len(read) == 0 || schedule.ID(read[0]) == m.Version.ID {
		return n, nil
	}
	before, err := s.plan(ctx, r, schedule.ID(read[0]))
	if err != nil {
		return n, err
	}
	return fresh(plan.ChangesFor(before.Plan, m.Version.Plan, m.Seat.ID, string(m.Seat.Project)), m.Scene), nil
}

// fresh leaves out what is over, and says when everything that is left only moved.
func fresh(list []plan.Change, v Scene) (n News) {
	over := func(one *plan.Sitting) bool {
		return one == nil || one.Day < v.Day || one.Day == v.Day && one.To <= v.At
	}
	for _, c := range list {
		if !over(c.Was) || !over(c.Is) {
			n.Changes = append(n.Changes, c)
		}
	}
	n.Shift = shift(n.Changes)
	return n
}

// shift is by how many minutes each of several changes moves the end of a thing that else
// stays as it was; 0 when they do not agree.
func shift(list []plan.Change) (by int) {
	if len(list) < 2 {
		return 0
	}
	for _, c := range list {
		if c.Was == nil || c.Is == nil {
			return 0
		}
		moved := *c.Is
		delta := c.Is.To - c.Was.To
		moved.From, moved.To = c.Was.From, c.Was.To
		if by != 0 && int(delta) != by || delta == 0 || !moved.Same(*c.Was) || c.Is.From != c.Was.From && c.Is.From-c.Was.From != delta {
			return 0
		}
		by = int(delta)
	}
	return by
}

// Read notes that by has read what is published, up to the version that her page showed.
// Errors: NotFound for who has no seat or for another version; as the policy, on
// gathering.attend.
func (s *Service) Read(ctx context.Context, by account.User, id gathering.ID, version schedule.ID) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.attend", id); err != nil {
			return err
		}
		seat, err := gathering.Comes(ctx, tx, id, by.ID)
		if err != nil {
			return err
		}
		v, err := s.plan(ctx, tx, version)
		if err != nil {
			return err
		}
		if v.Gathering != id || v.PublishedAt.IsZero() {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		_, err = tx.Exec(ctx, `insert into agenda_seen (participant_id, gathering_id, plan_id, seen_at) values ($1, $2, $3, $4)
			on conflict (participant_id) do update set plan_id = excluded.plan_id, seen_at = excluded.seen_at`, seat.ID, string(id), string(version), s.Clock.Now())
		if err != nil {
			return fmt.Errorf("note what participant %s read: %w", seat.ID, err)
		}
		return journal.Write(ctx, tx, s.Clock.Now(), journal.Entry{Actor: by.Actor(), Act: "day.read", Kind: "gathering", ID: string(id), Detail: map[string]any{"plan": string(version)}})
	})
}
