package call

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/job"
)

const unsealJob = "unseal_call"

// Unsealed is the payload of the event "call.unsealed".
type Unsealed struct {
	At time.Time `json:"at"` // from when deposited files may be read
}

// planUnsealing asks for the act that will say in the journal that a sealed call
// opened. Reading itself waits for the instant, not for the job.
func (s *Service) planUnsealing(ctx context.Context, tx *db.Tx, c Call) error {
	if !c.Sealed {
		return nil
	}
	key := string(c.ID) + "/" + c.UnsealAt.UTC().Format(time.RFC3339)
	return s.jobs.Enqueue(ctx, tx, unsealJob, key, c.ID, c.UnsealAt)
}

// unseal journals once that deposited files may be read. A job planned before the
// deadline moved finds the call still sealed and leaves it to the next one.
func (s *Service) unseal(ctx context.Context, j job.Job) error {
	var id ID
	if err := j.Read(&id); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := Load(ctx, tx, id)
		if err != nil {
			return err
		}
		if !c.Sealed || !c.UnsealedNow(now) {
			return nil
		}
		n, err := tx.Exec(ctx, `update calls set unsealed_at = $2 where id = $1 and unsealed_at is null`, string(id), now)
		if err != nil {
			return fmt.Errorf("unseal call %s: %w", id, err)
		}
		if n == 0 {
			return nil
		}
		if err := s.record(ctx, tx, account.System, "call.unsealed", c, map[string]any{"due": c.UnsealAt}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "call.unsealed", string(id), Unsealed{c.UnsealAt})
	})
}
