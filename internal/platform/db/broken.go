package db

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"transformateur/internal/platform/errs"
)

// broken is whether a sync of the database failed. After that the system may have
// dropped what it could not write and call the next sync a success (Rebello et al.,
// "Can Applications Recover from fsync Failures?", USENIX ATC 2020): nothing more is
// written, and the program must start again from what is on the disk.
type broken struct {
	once sync.Once
	told chan struct{}
	why  error
}

func (b *broken) is() bool {
	select {
	case <-b.told:
		return true
	default:
		return false
	}
}

// Broken is closed when a sync of the database failed: the process must end.
func (d *DB) Broken() <-chan struct{} { return d.broken.told }

// BrokenBy says why the database is broken, nil when it is not.
func (d *DB) BrokenBy() error {
	if !d.broken.is() {
		return nil
	}
	return d.broken.why
}

// ReadOnly says whether the last write was refused because the disk is full. Every
// write still tries, so that saving goes on by itself once there is room.
func (d *DB) ReadOnly() bool { return d.full.Load() }

// inspect looks for a failed sync, or a full disk, in an error of the engine. PostgreSQL looks after its
// own disk, and stops by itself.
func (d *DB) inspect(err error) {
	if err != nil && errs.KeyOf(refusal(err)) == "db.full" {
		d.full.Store(true)
	}
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return
	}
	switch lite.Code() {
	case sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC:
		d.broken.once.Do(func() {
			d.broken.why = errs.New(errs.Unavailable, "db.sync_failed").Because(err)
			slog.Error("a sync of the database failed: nothing more is written", "err", err)
			close(d.broken.told)
		})
	}
}

// checkpointAfter is how many writes go by before the log is copied into the database:
// about 2,000 pages of it.
const checkpointAfter = 200

// checkpoint copies the log into the database. SQLite would do it by itself, and keep
// to itself that a sync failed.
func (d *DB) checkpoint() {
	d.since = 0
	if d.engine != SQLite || d.broken.is() {
		return
	}
	var busy, logged, copied int
	err := d.write.QueryRowContext(context.Background(), "pragma wal_checkpoint(passive)").Scan(&busy, &logged, &copied)
	if err != nil {
		slog.Error("checkpoint refused", "err", err)
		d.inspect(err)
	}
}
