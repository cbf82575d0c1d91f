package archive

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"transformateur/internal/platform/db"
)

// loader puts rows in tables, in one transaction at whose end every link between
// tables is checked.
type loader struct {
	tx     *sql.Tx
	engine db.Engine
	tables []Table
	undo   []string // statements that give the constraints their usual strictness back
}

// most is how many values one statement carries; SQLite takes 32,766.
const most = 30_000

// startLoading empties the tables of what migrations put in them, and has links
// checked at the end: rows come table after table, and may point forward.
func startLoading(ctx context.Context, tx *sql.Tx, engine db.Engine, want []Table) (*loader, error) {
	have, err := tablesOf(ctx, tx, engine)
	if err != nil {
		return nil, err
	}
	same := func(a, b Table) bool {
		return a.Name == b.Name && slices.EqualFunc(a.Columns, b.Columns, func(x, y Column) bool { return x.Name == y.Name && x.Type == y.Type })
	}
	if !slices.EqualFunc(have, want, same) {
		return nil, damaged("head.json", errors.New("its tables are not those of its version of the schema"))
	}
	l := &loader{tx: tx, engine: engine, tables: have}
	if err := l.postpone(ctx); err != nil {
		return nil, err
	}
	for _, t := range have {
		if _, err := tx.ExecContext(ctx, "delete from "+quoted(t.Name)); err != nil {
			return nil, fmt.Errorf("empty table %s: %w", t.Name, err)
		}
	}
	return l, nil
}

const constraints = `
	select quote_ident(c.relname), quote_ident(k.conname) from pg_constraint k join pg_class c on c.oid = k.conrelid
	where k.contype = 'f' and not k.condeferrable and c.relnamespace = current_schema()::regnamespace order by 1, 2`

// postpone has links checked at the end of the transaction.
func (l *loader) postpone(ctx context.Context) error {
	if l.engine == db.SQLite {
		_, err := l.tx.ExecContext(ctx, "pragma defer_foreign_keys = on")
		return err
	}
	rows, err := l.tx.QueryContext(ctx, constraints)
	if err != nil {
		return fmt.Errorf("list the links between tables: %w", err)
	}
	defer rows.Close()
	var now []string
	for rows.Next() {
		var table, name string
		if err := rows.Scan(&table, &name); err != nil {
			return fmt.Errorf("list the links between tables: %w", err)
		}
		now = append(now, "alter table "+table+" alter constraint "+name+" deferrable initially deferred")
		l.undo = append(l.undo, "alter table "+table+" alter constraint "+name+" not deferrable")
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("list the links between tables: %w", err)
	}
	return l.all(ctx, now)
}

func (l *loader) all(ctx context.Context, statements []string) error {
	for _, text := range statements {
		if _, err := l.tx.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// finish checks every link between tables.
func (l *loader) finish(ctx context.Context) error {
	if l.engine == db.SQLite {
		var faults int
		if err := l.tx.QueryRowContext(ctx, "select count(*) from pragma_foreign_key_check").Scan(&faults); err != nil {
			return fmt.Errorf("check the links between tables: %w", err)
		}
		if faults > 0 {
			return damaged("tables", fmt.Errorf("%d rows point at nothing", faults))
		}
		return nil
	}
	if _, err := l.tx.ExecContext(ctx, "set constraints all immediate"); err != nil {
		return damaged("tables", err)
	}
	return l.all(ctx, l.undo)
}

// load inserts the lines of a part of a table.
func (l *loader) load(ctx context.Context, table string, lines io.Reader) error {
	t := l.tables[slices.IndexFunc(l.tables, func(t Table) bool { return t.Name == table })]
	batch := max(min(500, most/len(t.Columns)), 1)
	from := bufio.NewReaderSize(lines, 64<<10)
	var values []any
	for {
		line, err := from.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if len(line) > 0 {
			var problem error
			if values, problem = t.values(values, line); problem != nil {
				return damaged("tables/"+table, problem)
			}
		}
		if len(values) == batch*len(t.Columns) || err == io.EOF && len(values) > 0 {
			if err := l.insert(ctx, t, values); err != nil {
				return err
			}
			values = values[:0]
		}
		if err == io.EOF {
			return nil
		}
	}
}

// values adds the values of a line to those of the rows before.
func (t Table) values(values []any, line []byte) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(t.Columns) {
		return nil, fmt.Errorf("a row of %d columns instead of %d", len(raw), len(t.Columns))
	}
	for i, c := range t.Columns {
		v, err := native(c.Type, raw[i])
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		values = append(values, v)
	}
	return values, nil
}

func (l *loader) insert(ctx context.Context, t Table, values []any) error {
	var text strings.Builder
	text.WriteString("insert into " + quoted(t.Name) + " (")
	for i, c := range t.Columns {
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteString(quoted(c.Name))
	}
	text.WriteString(") values ")
	for i := range values {
		switch {
		case i == 0:
			text.WriteString("(")
		case i%len(t.Columns) == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, "$%d", i+1)
	}
	text.WriteString(")")
	if _, err := l.tx.ExecContext(ctx, text.String(), values...); err != nil {
		return fmt.Errorf("restore rows of %s: %w", t.Name, err)
	}
	return nil
}
