package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"transformateur/internal/platform/errs"
)

// classify turns an engine's error into one of ours, in this one place. Texts of
// engines are kept as the cause, for the log, and never shown.
func classify(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return errs.New(errs.Conflict, "errs.conflict").Because(err)
		case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
			return errs.New(errs.NotFound, "errs.not_found").Because(err)
		}
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return full(err)
		case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN:
			return unavailable(err)
		}
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "23505":
			return errs.New(errs.Conflict, "errs.conflict").Because(err)
		case "23503":
			return errs.New(errs.NotFound, "errs.not_found").Because(err)
		}
		if pg.Code == "53100" {
			return full(err)
		}
		switch pg.Code[:2] {
		case "08", "53", "57", "58", "40":
			return unavailable(err)
		}
		if pg.Code == "25006" { // a standby, or a server that was made one
			return unavailable(err)
		}
		return err
	}
	if gone(err) {
		return unavailable(err)
	}
	return err
}

// gone says whether the server, or the way to it, went away.
func gone(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// errSlow is why a write was given up before it began.
var errSlow = errors.New("the disk, or the database, is too slow for what is asked of it")

func unavailable(cause error) error {
	return errs.New(errs.Unavailable, "errs.unavailable").Because(cause)
}

// full is a disk without room: everything can be read, nothing is kept until there is room again.
func full(cause error) error { return errs.New(errs.Unavailable, "db.full").Because(cause) }

// refusal is what the writes of a group are told that could not be committed.
func refusal(err error) error {
	if e := classify(err); errs.KeyOf(e) == "db.full" {
		return e
	}
	return unavailable(err)
}

// Taken says whether err is a uniqueness refusal of the database.
func Taken(err error) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Kind == errs.Conflict && e.Key == "errs.conflict"
}
