package app

import (
	"fmt"
	"maps"
	"slices"

	"transformateur/internal/platform/db"
)

// columns are the names of all columns: a form must not reach them by their name.
func (w *world) columns() (names []string) {
	for _, table := range w.tables() {
		names = append(names, w.texts(`select name from pragma_table_info($1)`, table)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (w *world) tables() []string {
	return w.texts(`select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'goose_%' order by name`)
}

func (w *world) texts(query string, args ...any) []string {
	w.t.Helper()
	list, err := db.List(w.t.Context(), w.app.DB.Reader(), db.Value[string], query, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// content is every row of the database: table, then row, then column.
type content map[string]map[string]map[string]string

// state is what the database holds, read again only when its one writing connection,
// which planted faults use too, has changed a row since the last time
// (https://www.sqlite.org/c3ref/total_changes.html).
func (w *world) state() content {
	changed := 0
	if err := w.app.DB.Raw().QueryRow(`select total_changes()`).Scan(&changed); err != nil {
		w.t.Fatal(err)
	}
	if w.held == nil {
		w.held = w.rows(w.watched())
	} else if changed != w.heldAt {
		held := maps.Clone(w.held)
		maps.Copy(held, w.rows(w.touched()))
		w.held = held
	}
	w.heldAt = changed
	return w.held
}

// watched lists the tables, each of which notes from now on that it was written.
func (w *world) watched() []string {
	all := w.tables()
	script := "create temp table touched (name text primary key);"
	for _, table := range all {
		for _, act := range []string{"insert", "update", "delete"} {
			script += fmt.Sprintf("create temp trigger touched_%[1]s_%[2]s after %[2]s on main.%[1]s begin insert or ignore into touched values ('%[1]s'); end;", table, act)
		}
	}
	if _, err := w.app.DB.Raw().Exec(script); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// touched lists the tables that were written since the last time.
func (w *world) touched() (names []string) {
	rows, err := w.app.DB.Raw().Query(`delete from temp.touched returning name`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		name := ""
		if err := rows.Scan(&name); err != nil {
			w.t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return names
}

// rows reads every row of some tables.
func (w *world) rows(tables []string) content {
	all := content{}
	for _, table := range tables {
		all[table] = map[string]map[string]string{}
		rows, err := w.app.DB.Raw().Query(`select rowid, * from ` + table)
		if err != nil {
			w.t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			w.t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(names))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				w.t.Fatal(err)
			}
			row := map[string]string{}
			for i, name := range names[1:] {
				row[name] = fmt.Sprint(*values[i+1].(*any))
			}
			all[table][fmt.Sprint(*values[0].(*any))] = row
		}
		if err := rows.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
	return all
}

// apart lists the changes between two states of the database; a line of the journal
// each time it is written.
func apart(before, after content) (changes []string) {
	for table, rows := range after {
		for id, row := range rows {
			old, there := before[table][id]
			if !there {
				changes = append(changes, "+"+table)
				continue
			}
			for name, value := range row {
				if old[name] != value {
					changes = append(changes, table+"."+name)
				}
			}
		}
		for id := range before[table] {
			if _, there := rows[id]; !there {
				changes = append(changes, "-"+table)
			}
		}
	}
	slices.Sort(changes)
	return slices.Compact(changes)
}
