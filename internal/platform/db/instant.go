package db

import (
	"context"
	"fmt"
	"time"
)

// Now is the instant that the database tells, which is the same for every machine
// that uses it. On SQLite, that is the machine's own.
func (d *DB) Now(ctx context.Context) (at time.Time, err error) {
	if d.engine == SQLite {
		return now(), nil
	}
	if err := d.Reader().QueryRow(ctx, `select clock_timestamp()`).Scan(&at); err != nil {
		return at, fmt.Errorf("ask the database the time: %w", err)
	}
	return at, nil
}
