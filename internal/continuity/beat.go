package continuity

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Run shows that the service is there, now and then every few seconds, until ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(Every)
	defer tick.Stop()
	for {
		if err := s.Beat(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("no sign of life could be kept", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Beat keeps one sign of life. When the one before, of any process, is too old,
// the time between is an outage, and the deadlines it disturbed get a draft.
func (s *Service) Beat(ctx context.Context) error {
	err := s.db.Write(ctx, func(tx *db.Tx) error { return s.beat(ctx, tx) })
	s.failed = err != nil
	return err
}

func (s *Service) beat(ctx context.Context, tx *db.Tx) error {
	if err := tx.Lock(ctx, "continuity"); err != nil {
		return err
	}
	var last time.Time
	if err := tx.QueryRow(ctx, `select max(beat_at) from heartbeats`).Scan(&last); err != nil {
		return fmt.Errorf("read the last sign of life: %w", err)
	}
	now := s.clock.Now()
	first := s.began.IsZero()
	if first {
		s.began = now
		// What other processes left behind long ago says nothing that the outages do not.
		if _, err := tx.Exec(ctx, `delete from heartbeats where beat_at < $1 and beat_at < $2`, now.AddDate(0, 0, -1), last); err != nil {
			return fmt.Errorf("forget old signs of life: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `
		insert into heartbeats (node, started_at, beat_at) values ($1, $2, $3)
		on conflict (node) do update set beat_at = excluded.beat_at`, s.node, s.began, now)
	if err != nil {
		return fmt.Errorf("keep a sign of life: %w", err)
	}
	if last.IsZero() || now.Sub(last) <= Gap {
		return nil
	}
	o := Outage{From: last, Until: now, Kind: Stalled}
	switch {
	case first:
		o.Kind = Stopped
	case s.failed:
		o.Kind = Database
	}
	return s.record(ctx, tx, o)
}

// Skip keeps a sign of life at an instant to come, before the clock of a demonstration is
// moved there: the time in between is no outage.
func (s *Service) Skip(ctx context.Context, to time.Time) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update heartbeats set beat_at = $2 where node = $1`, s.node, to)
		if err != nil {
			return fmt.Errorf("keep a sign of life: %w", err)
		}
		return nil
	})
}

// record keeps an outage and drafts what it calls for.
func (s *Service) record(ctx context.Context, tx *db.Tx, o Outage) error {
	id := db.NewID()
	_, err := tx.Exec(ctx, `insert into outages (id, from_at, until_at, kind, node, recorded_at) values ($1, $2, $3, $4, $5, $3)`, id, o.From, o.Until, o.Kind, s.node)
	if err != nil {
		return fmt.Errorf("keep an outage: %w", err)
	}
	err = journal.Write(ctx, tx, o.Until, journal.Entry{Actor: system.Actor(), Act: "outage.recorded", Kind: "platform", ID: "platform",
		Detail: map[string]any{"outage": id, "from": o.From, "until": o.Until, "kind": o.Kind}})
	if err != nil {
		return err
	}
	disturbed, err := db.List(ctx, tx, db.Value[string], `
		select id from calls where status = 'published' and closes_at > $1 and closes_at < $2 order by id`, o.From, o.Until.Add(Window))
	if err != nil {
		return fmt.Errorf("list the deadlines that an outage disturbed: %w", err)
	}
	for _, id := range disturbed {
		c, err := call.Load(ctx, tx, call.ID(id))
		if err != nil {
			return err
		}
		if err := s.draft(ctx, tx, c, o.Until); err != nil {
			return err
		}
	}
	return nil
}

// evidence lists the outages of the last hour of a call, since the last time that
// its deadline moved: what came before was known to whoever moved it.
func evidence(ctx context.Context, r db.Reader, id call.ID, closes time.Time) ([]Outage, time.Time, error) {
	from := closes.Add(-Window)
	var moved time.Time
	if err := r.QueryRow(ctx, `select max(decided_at) from call_deadlines where call_id = $1 and becomes <= $2`, string(id), closes).Scan(&moved); err != nil {
		return nil, from, fmt.Errorf("read how the deadline of %s moved: %w", id, err)
	}
	from = later(from, moved)
	list, err := db.List(ctx, r, func(sc db.Scanner) (o Outage, err error) {
		err = sc.Scan(&o.From, &o.Until, &o.Kind)
		return o, err
	}, `select from_at, until_at, kind from outages where until_at > $1 and from_at < $2 order by from_at, id`, from, closes)
	if err != nil {
		return nil, from, fmt.Errorf("list the outages of the last hour of %s: %w", id, err)
	}
	return list, from, nil
}

// draft prepares the extension of a call, or adds to the one that waits.
func (s *Service) draft(ctx context.Context, tx *db.Tx, c call.Call, now time.Time) error {
	if c.Phase > policy.Admissibility || !c.OpensAt.Before(now) {
		return nil // its files are being read already, or nobody could deposit yet
	}
	outages, from, err := evidence(ctx, tx, c.ID, c.ClosesAt)
	if err != nil {
		return err
	}
	lost := Lost(outages, from, c.ClosesAt)
	if lost < Enough {
		return nil
	}
	seconds, suggested := int64(lost/time.Second), Suggest(c.ClosesAt, now, c.Zone)
	id, fresh := db.NewID(), true
	err = tx.QueryRow(ctx, `select id from extension_drafts where call_id = $1 and closes_at = $2`, string(c.ID), c.ClosesAt).Scan(&id)
	switch {
	case err == nil:
		fresh = false
		_, err = tx.Exec(ctx, `update extension_drafts set lost = $2, suggested_at = $3 where id = $1 and status = 'open'`, id, seconds, suggested)
	case errs.Is(err, errs.NotFound):
		_, err = tx.Exec(ctx, `
			insert into extension_drafts (id, call_id, closes_at, suggested_at, lost, status, reason, drafted_at, settled_by)
			values ($1, $2, $3, $4, $5, 'open', '', $6, '')`, id, string(c.ID), c.ClosesAt, suggested, seconds, now)
	}
	if err != nil {
		return fmt.Errorf("draft the extension of %s: %w", c.ID, err)
	}
	if !fresh {
		return nil
	}
	err = s.journal(ctx, tx, system.Actor(), "extension.drafted", string(c.ID), map[string]any{"draft": id, "closes": c.ClosesAt, "seconds": seconds})
	if err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, "extension.drafted", string(c.ID), Drafted{id, c.ClosesAt, seconds})
}

func (s *Service) journal(ctx context.Context, tx *db.Tx, actor, act, id string, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: actor, Act: act, Kind: "call", ID: id, Detail: detail})
}
