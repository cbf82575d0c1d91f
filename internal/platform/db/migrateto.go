package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
)

// MigrateTo brings the schema up to a version and no further: that of an archive
// about to be restored, or that of an older program in a test.
func (d *DB) MigrateTo(ctx context.Context, version int64) error {
	p, err := d.provider()
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := p.UpTo(ctx, version); err != nil && !errors.Is(err, goose.ErrAlreadyApplied) {
		return fmt.Errorf("migrate the database to version %d: %w", version, err)
	}
	return nil
}
