package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"transformateur/internal/platform/errs"
)

// going is a server that ends the conversation at a step of the reading of one row.
type going struct{ at string }

func (g going) end(step string) error {
	if step == g.at {
		return &pgconn.PgError{Severity: "FATAL", Code: "57P01", Message: "terminating connection due to administrator command"}
	}
	return nil
}

func (g going) Connect(context.Context) (driver.Conn, error) { return talk{g}, nil }
func (g going) Driver() driver.Driver                        { return nil }

type talk struct{ going }

func (c talk) Prepare(string) (driver.Stmt, error) { return nil, driver.ErrSkip }
func (c talk) Close() error                        { return nil }
func (c talk) Begin() (driver.Tx, error)           { return nil, driver.ErrSkip }
func (c talk) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	if err := c.end("asking"); err != nil {
		return nil, err
	}
	return &answer{going: c.going}, nil
}

type answer struct {
	going
	read bool
}

func (a *answer) Columns() []string { return []string{"one"} }
func (a *answer) Close() error      { return a.end("closing") }
func (a *answer) Next(values []driver.Value) error {
	if a.read {
		return io.EOF
	}
	a.read, values[0] = true, int64(1)
	return a.end("reading")
}

// A server may go away before, while and after it gives its row: each time it is out of
// reach, and never a fault of ours.
func TestServerGoesAwayAtEachStepOfAReading(t *testing.T) {
	for _, step := range []string{"asking", "reading", "closing", "never"} {
		pool := sql.OpenDB(going{step})
		t.Cleanup(func() { pool.Close() })
		d := &DB{engine: PostgreSQL, read: pool, patience: 1 << 30}
		var one int
		err := d.Reader().QueryRow(t.Context(), `select 1`).Scan(&one)
		if want := step != "never"; errs.Is(err, errs.Unavailable) != want || (err != nil) != want {
			t.Errorf("%s: %v", step, err)
		}
	}
}
