package db

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/platform/errs"
)

// Reader runs queries that change nothing. Both the reading pool and a
// transaction are readers.
type Reader interface {
	Query(ctx context.Context, text string, args ...any) (*Rows, error)
	QueryRow(ctx context.Context, text string, args ...any) *Row
	Engine() Engine
}

// Tx is a unit of writing: everything in it is kept, or nothing. It lives only
// during the function given to Write.
type Tx struct {
	engine Engine
	conn   *sql.Tx
	kept   *keptStmts
	after  []func()
	locked map[string]bool
}

// Exec runs a statement and says how many rows it changed.
func (t *Tx) Exec(ctx context.Context, text string, args ...any) (int, error) {
	count(ctx)
	ctx = context.WithoutCancel(ctx)
	var res sql.Result
	var err error
	if stmt := t.kept.within(ctx, t.conn, text); stmt != nil {
		res, err = stmt.ExecContext(ctx, encode(args)...)
	} else {
		res, err = t.conn.ExecContext(ctx, text, encode(args)...)
	}
	if err != nil {
		return 0, classify(err)
	}
	n, err := res.RowsAffected()
	return int(n), classify(err)
}

// Query reads rows inside the transaction.
func (t *Tx) Query(ctx context.Context, text string, args ...any) (*Rows, error) {
	count(ctx)
	ctx = context.WithoutCancel(ctx)
	if stmt := t.kept.within(ctx, t.conn, text); stmt != nil {
		rows, err := stmt.QueryContext(ctx, encode(args)...)
		if err != nil {
			return nil, classify(err)
		}
		return &Rows{rows, t.kept.lend(text)}, nil
	}
	rows, err := t.conn.QueryContext(ctx, text, encode(args)...)
	if err != nil {
		return nil, classify(err)
	}
	return &Rows{rows: rows}, nil
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, text string, args ...any) *Row {
	rows, err := t.Query(ctx, text, args...)
	return &Row{rows, err}
}

// Engine says which engine the transaction runs on.
func (t *Tx) Engine() Engine { return t.engine }

// AfterCommit runs f once the transaction is on disk; never if it is not.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// Lock holds a named lock until the end of the transaction, so that two nodes
// never do the same thing at once. On SQLite the only writer holds every lock.
func (t *Tx) Lock(ctx context.Context, name string) error {
	if t.engine == SQLite || t.locked[name] {
		return nil
	}
	_, err := t.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended($1, 0))`, name)
	if err == nil {
		if t.locked == nil {
			t.locked = map[string]bool{}
		}
		t.locked[name] = true
	}
	return err
}

// pool is the reading side of a DB.
type pool struct{ d *DB }

// Reader is the reading pool: it sees what is committed and refuses to write.
func (d *DB) Reader() Reader { return pool{d} }

func (p pool) Engine() Engine { return p.d.engine }

func (p pool) Query(ctx context.Context, text string, args ...any) (*Rows, error) {
	count(ctx)
	if p.d.engine == PostgreSQL {
		return p.queryServer(ctx, text, args)
	}
	stmt, err := p.d.stmts.get(ctx, p.d, text)
	if err != nil {
		return nil, classify(err)
	}
	var rows *sql.Rows
	if stmt != nil {
		rows, err = stmt.QueryContext(ctx, encode(args)...)
	} else {
		rows, err = p.d.read.QueryContext(ctx, text, encode(args)...)
	}
	if err != nil {
		return nil, classify(err)
	}
	return &Rows{rows: rows}, nil
}

// queryServer waits for a connection no longer than the patience: a server that answers
// nobody must not gather everybody.
func (p pool) queryServer(ctx context.Context, text string, args []any) (*Rows, error) {
	waiting, done := context.WithTimeout(ctx, p.d.patience)
	defer done()
	conn, err := p.d.read.Conn(waiting)
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		return nil, unavailable(errSlow)
	}
	if err != nil {
		return nil, classify(err)
	}
	rows, err := conn.QueryContext(ctx, text, encode(args)...)
	if err != nil {
		conn.Close()
		return nil, classify(err)
	}
	return &Rows{rows, func() { conn.Close() }}, nil
}

func (p pool) QueryRow(ctx context.Context, text string, args ...any) *Row {
	rows, err := p.Query(ctx, text, args...)
	return &Row{rows, err}
}

// Rows is a result being read.
type Rows struct {
	rows  *sql.Rows
	ended func() // gives back the statement or the connection that was lent; nil when none was
}

// Next moves to the next row.
func (r *Rows) Next() bool {
	more := r.rows.Next()
	if !more {
		r.end()
	}
	return more
}

// Close ends the reading; closing twice is harmless. Its error is classified: a server
// that goes away after its last row says so here.
func (r *Rows) Close() error {
	err := classify(r.rows.Close())
	r.end()
	return err
}

func (r *Rows) end() {
	if r.ended != nil {
		r.ended()
		r.ended = nil
	}
}

// Err is what stopped the reading, classified.
func (r *Rows) Err() error { return classify(r.rows.Err()) }

// Scan reads the row. Times may be read into time.Time, *time.Time (null) on both engines.
func (r *Rows) Scan(dest ...any) error { return classify(r.rows.Scan(decode(dest)...)) }

// Row is a single row.
type Row struct {
	rows *Rows
	err  error
}

// Scan reads the row; a missing row is errs.NotFound with the key "errs.not_found".
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return errs.New(errs.NotFound, "errs.not_found")
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}

// Scanner is one row, as a scan function sees it.
type Scanner interface{ Scan(dest ...any) error }

// List reads every row with scan. No row gives an empty list, not an error.
func List[T any](ctx context.Context, r Reader, scan func(Scanner) (T, error), text string, args ...any) ([]T, error) {
	rows, err := r.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

// Get reads one row with scan; a missing row is errs.NotFound.
func Get[T any](ctx context.Context, r Reader, scan func(Scanner) (T, error), text string, args ...any) (T, error) {
	return scan(r.QueryRow(ctx, text, args...))
}

// Value scans a single column, for use with List and Get.
func Value[T any](s Scanner) (T, error) {
	var v T
	err := s.Scan(&v)
	return v, err
}

// layout is the one way an instant is written: UTC, microseconds, fixed width, so
// that text order is time order on SQLite and PostgreSQL reads it exactly.
const layout = "2006-01-02 15:04:05.000000+00:00"

// Instant rounds t to what the database keeps: UTC and whole microseconds.
func Instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Among gives an SQL list with a place for each value, from $1 on, and the values as
// arguments: "($1, $2)".
func Among(list []string) (string, []any) {
	places, args := make([]string, len(list)), make([]any, len(list))
	for i, v := range list {
		places[i], args[i] = "$"+strconv.Itoa(i+1), v
	}
	return "(" + strings.Join(places, ", ") + ")", args
}
