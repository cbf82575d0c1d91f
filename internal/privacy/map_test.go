package privacy

import (
	"context"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

// schema reads every column that the migrations made, by table.
func schema(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	text := `select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'`
	if d.Engine() == db.PostgreSQL {
		text = `select table_name, column_name from information_schema.columns where table_schema = 'public'`
	}
	all := map[string][]string{}
	_, err := db.List(context.Background(), d.Reader(), func(sc db.Scanner) (string, error) {
		var table, column string
		err := sc.Scan(&table, &column)
		if !strings.HasPrefix(table, "goose_") {
			all[table] = append(all[table], column)
		}
		return "", err
	}, text)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// faults compares a map with a schema: every column of one stands once in the other.
func faults(tables []Table, made map[string][]string) (list []string) {
	for table, columns := range made {
		i := slices.IndexFunc(tables, func(e Table) bool { return e.Name == table })
		if i < 0 {
			list = append(list, "the table "+table+" is not in the map (internal/privacy/map_*.go): one entry, each column by its nature")
			continue
		}
		for _, column := range columns {
			if _, known := tables[i].columns()[column]; !known {
				list = append(list, table+"."+column+" is not in the map: say what it is")
			}
		}
	}
	for _, e := range tables {
		if made[e.Name] == nil {
			list = append(list, "the map names the table "+e.Name+", which no migration makes")
		}
		for column := range e.columns() {
			if made[e.Name] != nil && !slices.Contains(made[e.Name], column) {
				list = append(list, "the map names "+e.Name+"."+column+", which no migration makes")
			}
		}
	}
	return list
}

func TestEveryColumnIsInTheMap(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		for _, fault := range faults(Map, schema(t, d)) {
			t.Error(fault)
		}
	})
}

// A column or a table that nobody described is refused, and so is a description of nothing.
func TestThePlantedColumnIsCaught(t *testing.T) {
	made := schema(t, dbtest.SQLite(t))
	made["people"] = append(made["people"], "birthday")
	made["portraits"] = []string{"id"}
	got := strings.Join(faults(append(slices.Clone(Map), Table{Name: "ghosts"}), made), "\n")
	for _, want := range []string{"people.birthday", "portraits", "ghosts"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s was not refused: %s", want, got)
		}
	}
}

// Each entry says everything that the archive, the erasure, the calendar and the
// register take from it.
func TestEntriesAreWhole(t *testing.T) {
	for _, e := range Map {
		held := e.columns()
		count := 0
		for _, list := range []string{e.Identifying, e.Words, e.Trace, e.Linked, e.Secret, e.Technical} {
			count += len(words(list))
		}
		if count != len(held) {
			t.Errorf("%s: a column has two natures", e.Name)
		}
		personal := len(e.Natures()) > 0
		switch {
		case personal && (e.Activity == "" || e.Rule == "" || e.Erasure == ""):
			t.Errorf("%s holds personal data and says no processing, no duration or no fate", e.Name)
		case e.Activity == "" && personal:
			t.Errorf("%s is in no processing", e.Name)
		case e.Erasure != Deletes && personal && e.Why == "":
			t.Errorf("%s: what erasure keeps has a reason", e.Name)
		case e.Erasure == Empties && e.Empty == "":
			t.Errorf("%s: nothing is emptied", e.Name)
		case (e.Rows == "") != (e.Leaves == ""):
			t.Errorf("%s: rows leave somewhere", e.Name)
		}
		if _, known := ruleOf(e.Rule); e.Rule != "" && !known {
			t.Errorf("%s: %q is no rule of retention", e.Name, e.Rule)
		}
		if e.Why != "" && !i18n.Has(e.Why) {
			t.Errorf("%s: no catalogue says %s", e.Name, e.Why)
		}
		if e.Activity != "" && !i18n.Has("privacy.table_"+e.Name) {
			t.Errorf("no catalogue names the table %s", e.Name)
		}
		for _, column := range slices.Concat(words(e.Empty), words(e.Hidden), keyOf(e)) {
			if held[column] == "" && e.Name != "event_deliveries" && e.Name != "application_labels" && e.Activity != "" {
				t.Errorf("%s names a column %s that it has not", e.Name, column)
			}
		}
		if e.Rows != "" {
			for _, column := range e.leaving() {
				if !i18n.Has("privacy.column_" + column) {
					t.Errorf("no catalogue names the column %s (of %s)", column, e.Name)
				}
			}
		}
	}
}

// Every condition of the map is read by both engines.
func TestConditionsAreSQL(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		now := clock.System{}.Now()
		for _, e := range Map {
			for _, condition := range []string{e.Rows, e.Erased, e.Near} {
				if condition == "" {
					continue
				}
				args := []any{"nobody"}
				if !strings.Contains(expand(condition, now), "$1") {
					args = nil
				}
				if err := eachRow(context.Background(), d.Reader(), 1, func([]any) error { return nil }, `select count(*) from `+e.Name+` where `+expand(condition, now), args...); err != nil {
					t.Errorf("%s: %s: %v", e.Name, condition, err)
				}
			}
		}
	})
}

// Who is of a project is named by those who write around it: whatever of theirs belongs to the
// project is looked through when she is erased.
func TestWordsAroundAProjectAreLookedThrough(t *testing.T) {
	whole := map[string]string{
		"participants":     "its words are what somebody said of herself",
		"assemblies":       "it names the project whose turn it is; its words are a title and a place",
		"expert_conflicts": "the name of an organisation, which goes with the expert",
	}
	for _, table := range Map {
		_, of := table.columns()["project_id"]
		if _, kept := whole[table.Name]; !of || table.Words == "" || kept {
			continue
		}
		if !strings.Contains(table.Near, herProjects) {
			t.Errorf("%s holds words about a project, and hides nobody of its team in them: Near", table.Name)
		}
	}
}
