package db_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

// columnsOf lists "table.column type null?" of everything the migrations made.
func columnsOf(t *testing.T, d *db.DB) []string {
	t.Helper()
	text := `
		select m.name, c.name, lower(c.type), c."notnull" = 0 and c.pk = 0
		from sqlite_master m join pragma_table_info(m.name) c
		where m.type = 'table' and m.name not like 'sqlite_%'`
	if d.Engine() == db.PostgreSQL {
		text = `
		select table_name, column_name, data_type, is_nullable = 'YES'
		from information_schema.columns where table_schema = 'public'`
	}
	list, err := db.List(context.Background(), d.Reader(), func(sc db.Scanner) (string, error) {
		var table, column, kind string
		var null bool
		err := sc.Scan(&table, &column, &kind, &null)
		kind = strings.Replace(kind, "timestamp with time zone", "timestamptz", 1)
		return fmt.Sprintf("%s.%s %s null=%v", table, column, kind, null), err
	}, text)
	if err != nil {
		t.Fatal(err)
	}
	// The migration library keeps its own table, of its own shape on each engine.
	list = slices.DeleteFunc(list, func(line string) bool { return strings.HasPrefix(line, "goose_") })
	slices.Sort(list)
	return list
}

// Both engines end the migrations with the same tables and the same columns: one
// text is enough only if both read it alike.
func TestBothEnginesEndWithTheSameSchema(t *testing.T) {
	lite, pg := columnsOf(t, dbtest.SQLite(t)), columnsOf(t, dbtest.Postgres(t))
	if len(lite) < 100 {
		t.Fatalf("only %d columns read", len(lite))
	}
	for _, line := range lite {
		if !slices.Contains(pg, line) {
			t.Errorf("only on SQLite: %s", line)
		}
	}
	for _, line := range pg {
		if !slices.Contains(lite, line) {
			t.Errorf("only on PostgreSQL: %s", line)
		}
	}
}
