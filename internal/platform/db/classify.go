package db

import (
	"context"
	"database/sql"
	"errors"

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
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN:
			return errs.New(errs.Unavailable, "errs.unavailable").Because(err)
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
		switch pg.Code[:2] {
		case "08", "53", "57", "58", "40":
			return errs.New(errs.Unavailable, "errs.unavailable").Because(err)
		}
		return err
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || errors.Is(err, sql.ErrConnDone) {
		return errs.New(errs.Unavailable, "errs.unavailable").Because(err)
	}
	return err
}

// Taken says whether err is a uniqueness refusal of the database.
func Taken(err error) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Kind == errs.Conflict && e.Key == "errs.conflict"
}
