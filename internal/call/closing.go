package call

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// Freeze is how long before the deadline of an open call nothing of the install changes.
const Freeze = 48 * time.Hour

// Closing is an open call whose deadline is near.
type Closing struct {
	ID       ID
	Title    form.Localised
	ClosesAt time.Time // in the zone of the call
}

// ClosingWithin lists the calls that are open at an instant and close before another,
// the nearest first. It reads nothing that the first version of calls had not: an
// older database is asked before it is migrated.
func ClosingWithin(ctx context.Context, r db.Reader, now, until time.Time) ([]Closing, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (c Closing, err error) {
		var fr, en, place string
		err = sc.Scan(&c.ID, &fr, &en, &place, &c.ClosesAt)
		c.Title, c.ClosesAt = localised(fr, en), c.ClosesAt.In(zone.Location(place))
		return c, err
	}, `select id, title_fr, title_en, zone, closes_at from calls
		where status = 'published' and opens_at <= $1 and closes_at > $1 and closes_at <= $2 order by closes_at, id`, now, until)
	if err != nil {
		return nil, fmt.Errorf("list the calls that are about to close: %w", err)
	}
	return list, nil
}

// Advance brings a call to a stage of its selection, in the transaction of the act that
// causes it, which is journaled there. A call never goes back.
func Advance(ctx context.Context, tx *db.Tx, id ID, to policy.Stage) error {
	if _, err := tx.Exec(ctx, `update calls set phase = $2 where id = $1 and phase < $2`, string(id), int(to)); err != nil {
		return fmt.Errorf("bring call %s to stage %d: %w", id, to, err)
	}
	return nil
}

// Extendable says what keeps the deadline from moving to an instant, besides a
// reason: nil when it may.
func (c Call) Extendable(to, now time.Time) error { return c.mayExtend(to, "-", now) }
