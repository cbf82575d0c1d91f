package archive

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/db"
)

// querier is a transaction, or whatever reads like one.
type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

const tablesOfSQLite = `
	select m.name, c.name, lower(c.type), c.pk from sqlite_master m join pragma_table_info(m.name) c
	where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, c.cid`

const tablesOfPostgreSQL = `
	select c.table_name, c.column_name, c.data_type, coalesce((
	  select array_position(i.indkey::int2[], a.attnum) + 1 from pg_index i join pg_attribute a on a.attrelid = i.indrelid
	  where i.indrelid = (quote_ident(c.table_schema) || '.' || quote_ident(c.table_name))::regclass and i.indisprimary
	    and a.attname = c.column_name and a.attnum = any(i.indkey)), 0)
	from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
	where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position`

// bookkeeping says whether a table belongs to the migration library, which keeps
// it of its own shape on each engine.
func bookkeeping(table string) bool { return strings.HasPrefix(table, "goose_") }

// tablesOf lists the tables of a database and their columns.
func tablesOf(ctx context.Context, q querier, engine db.Engine) ([]Table, error) {
	text := tablesOfSQLite
	if engine == db.PostgreSQL {
		text = tablesOfPostgreSQL
	}
	rows, err := q.QueryContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	defer rows.Close()
	var list []Table
	for rows.Next() {
		var table string
		var c Column
		if err := rows.Scan(&table, &c.Name, &c.Type, &c.key); err != nil {
			return nil, fmt.Errorf("list the tables: %w", err)
		}
		if bookkeeping(table) {
			continue
		}
		if c.Type == "timestamp with time zone" {
			c.Type = "timestamptz"
		}
		if len(list) == 0 || list[len(list)-1].Name != table {
			list = append(list, Table{Name: table})
		}
		last := &list[len(list)-1]
		last.Columns = append(last.Columns, c)
	}
	slices.SortFunc(list, func(a, b Table) int { return cmp.Compare(a.Name, b.Name) })
	return list, rows.Err()
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// selection reads a whole table in the order of its primary key (of every column
// where it has none), which is the same on both engines.
func (t Table) selection(engine db.Engine) string {
	var names []string
	var key []Column
	for _, c := range t.Columns {
		names = append(names, quoted(c.Name))
		if c.key > 0 {
			key = append(key, c)
		}
	}
	if len(key) == 0 {
		key = t.Columns
	}
	slices.SortStableFunc(key, func(a, b Column) int { return cmp.Compare(a.key, b.key) })
	var order []string
	for _, c := range key {
		by := quoted(c.Name)
		if engine == db.PostgreSQL && c.Type == "text" {
			by += ` collate "C"`
		}
		order = append(order, by)
	}
	return "select " + strings.Join(names, ", ") + " from " + quoted(t.Name) + " order by " + strings.Join(order, ", ")
}

// instant is how the database writes an instant (see db.Instant).
const instant = "2006-01-02 15:04:05.000000+00:00"

// odd is a text that JSON cannot hold as it is: bytes that are not UTF-8.
type odd struct {
	Base64 string `json:"base64"`
}

// portable turns what a driver gave for a column into what the archive keeps,
// the same whatever the engine.
func portable(kind string, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case time.Time:
		return v.UTC().Format(instant), nil
	case []byte:
		if kind == "bytea" {
			return base64.StdEncoding.EncodeToString(v), nil
		}
		return portable(kind, string(v))
	case string:
		if kind == "bytea" {
			return base64.StdEncoding.EncodeToString([]byte(v)), nil
		}
		if !utf8.ValidString(v) {
			return odd{base64.StdEncoding.EncodeToString([]byte(v))}, nil
		}
		return v, nil
	case int64:
		if kind == "boolean" {
			return v != 0, nil
		}
		return v, nil
	case bool, float64:
		return v, nil
	}
	return nil, fmt.Errorf("a column of type %s gave a %T", kind, v)
}

// native turns what an archive keeps back into what a driver takes.
func native(kind string, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch kind {
	case "bigint", "integer", "smallint":
		var v int64
		return v, json.Unmarshal(raw, &v)
	case "boolean":
		var v bool
		err := json.Unmarshal(raw, &v)
		return v, err
	case "double precision", "real":
		var v float64
		err := json.Unmarshal(raw, &v)
		return v, err
	case "bytea":
		var v []byte
		err := json.Unmarshal(raw, &v)
		return v, err
	}
	if raw[0] == '{' {
		var o odd
		if err := json.Unmarshal(raw, &o); err != nil {
			return nil, err
		}
		text, err := base64.StdEncoding.DecodeString(o.Base64)
		return string(text), err
	}
	var v string
	err := json.Unmarshal(raw, &v)
	return v, err
}

// eachRow gives the rows of a table, one line of JSON each, in order.
func eachRow(ctx context.Context, q querier, engine db.Engine, t Table, do func(line []byte) error) error {
	rows, err := q.QueryContext(ctx, t.selection(engine))
	if err != nil {
		return fmt.Errorf("read table %s: %w", t.Name, err)
	}
	defer rows.Close()
	values := make([]any, len(t.Columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	var line bytes.Buffer
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read table %s: %w", t.Name, err)
		}
		kept := make([]any, len(values))
		for i, v := range values {
			if kept[i], err = portable(t.Columns[i].Type, v); err != nil {
				return fmt.Errorf("read %s.%s: %w", t.Name, t.Columns[i].Name, err)
			}
		}
		line.Reset()
		write := json.NewEncoder(&line)
		write.SetEscapeHTML(false)
		if err := write.Encode(kept); err != nil {
			return fmt.Errorf("write a row of %s: %w", t.Name, err)
		}
		if err := do(line.Bytes()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Digests sums up what every table holds, the same on both engines for the same rows.
func Digests(ctx context.Context, d *db.DB) ([]Sum, error) {
	tx, err := snapshot(ctx, d)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	tables, err := tablesOf(ctx, tx, d.Engine())
	if err != nil {
		return nil, err
	}
	return digests(ctx, tx, d.Engine(), tables)
}

func digests(ctx context.Context, q querier, engine db.Engine, tables []Table) ([]Sum, error) {
	var sums []Sum
	for _, t := range tables {
		hash, s := sha256.New(), Sum{Table: t.Name}
		err := eachRow(ctx, q, engine, t, func(line []byte) error {
			s.Rows++
			hash.Write(line)
			return nil
		})
		if err != nil {
			return nil, err
		}
		s.SHA256 = hex.EncodeToString(hash.Sum(nil))
		sums = append(sums, s)
	}
	return sums, nil
}

// snapshot begins a transaction that sees the database at one instant, whatever is
// written meanwhile, and changes nothing.
func snapshot(ctx context.Context, d *db.DB) (*sql.Tx, error) {
	opt := &sql.TxOptions{ReadOnly: true}
	if d.Engine() == db.PostgreSQL {
		opt.Isolation = sql.LevelRepeatableRead
	}
	tx, err := d.Raw().BeginTx(ctx, opt)
	if err != nil {
		return nil, fmt.Errorf("begin reading the database: %w", err)
	}
	return tx, nil
}
