package booking

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
)

// Remind tells who meets of each meeting that begins within a day, once: what keeps that it
// was told is written with the telling, so that a program that starts again tells nothing
// twice. A meeting that is moved is told again. One that was made or moved within the day
// before it is not told: who meets has just read when it is.
func (s *Service) Remind(ctx context.Context, by account.User) error {
	now := s.clock.Now()
	const day = 24 * time.Hour
	coming, err := list(ctx, s.db.Reader(), `b.state = 'booked' and b.reminded_at is null and b.starts_at > $1 and b.starts_at <= $2`, now, now.Add(day))
	if err != nil {
		return err
	}
	for _, b := range coming {
		if b.Start.Sub(b.ChangedAt) < day {
			continue
		}
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `update bookings set reminded_at = $3 where id = $1 and sequence = $2 and state = 'booked' and reminded_at is null`, string(b.ID), b.Sequence, now)
			if err != nil {
				return fmt.Errorf("remind of booking %s: %w", b.ID, err)
			}
			if n == 0 { // another process told it, or it moved meanwhile
				return nil
			}
			return s.tell(ctx, tx, RemindedEvent, b, actor{by, ""})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ZoneOf is the zone in which a meeting is said to somebody who reads it elsewhere than on a
// page of hers: the one in which its helper offers hours, else that of the edition.
func ZoneOf(ctx context.Context, r db.Reader, b Booking) (string, error) {
	h, err := hoursOf(ctx, r, b.Helper)
	if err != nil || h.Version > 0 {
		return h.Zone, err
	}
	return db.Get(ctx, r, db.Value[string], `select e.zone from projects p join editions e on e.id = p.edition_id where p.id = $1`, string(b.Project))
}

// LoadProposal reads moments that a helper proposes and that still wait, without asking who
// wants them. Error: NotFound.
func LoadProposal(ctx context.Context, r db.Reader, id string) (Proposal, error) {
	p, err := db.Get(ctx, r, scanProposal, `select `+proposalColumns+` where q.state = 'open' and q.id = $1`, id)
	if err != nil {
		return p, fmt.Errorf("load proposal %s: %w", id, err)
	}
	return p, nil
}
