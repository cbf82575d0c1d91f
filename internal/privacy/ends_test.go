package privacy

import (
	"context"
	"slices"
	"testing"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
)

// following lists the tables that follow projects: those that name one, those that hang on
// such a table, and those of boards.
func following(t *testing.T) []string {
	d := dbtest.SQLite(t)
	type link struct{ child, parent string }
	links, err := db.List(context.Background(), d.Reader(), func(sc db.Scanner) (l link, err error) {
		err = sc.Scan(&l.child, &l.parent)
		return l, err
	}, `select m.name, f."table" from sqlite_master m, pragma_foreign_key_list(m.name) f where m.type = 'table'
		union select m.name, 'projects' from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and c.name = 'project_id'`)
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"projects"}
	for i := 0; i < len(all); i++ {
		for _, l := range links {
			if l.parent == all[i] && !slices.Contains(all, l.child) {
				all = append(all, l.child)
			}
		}
	}
	return all
}

// Every table that follows projects says what becomes of it when the time of one is over, and
// the register gives the same duration; whoever adds a table adds its line.
func TestEveryTableOfProjectsHasAnEnd(t *testing.T) {
	found := following(t)
	if len(found) < 40 {
		t.Fatalf("%d tables follow projects: the search would prove nothing", len(found))
	}
	for _, name := range found {
		_, ending := ends[name]
		_, staying := stays[name]
		table, known := tableOf(name)
		switch {
		case ending == staying:
			t.Errorf("%s follows projects: name it in ends, or in stays with a reason", name)
		case ending && known && table.Rule != "projects":
			t.Errorf("%s ends with its project, and the map says %q", name, table.Rule)
		case staying && table.Rule == "projects":
			t.Errorf("%s stays when a project ends, and the map says that it goes", name)
		case staying && stays[name] == "":
			t.Errorf("%s stays without a reason", name)
		}
	}
	for _, list := range []map[string]string{stays} {
		for name := range list {
			if !slices.Contains(found, name) {
				t.Errorf("%s follows no project", name)
			}
		}
	}
	for name, e := range ends {
		table, known := tableOf(name)
		if !slices.Contains(found, name) || !known {
			t.Errorf("%s follows no project, or is not in the map", name)
		}
		if !e.own && !e.goes && len(table.masked()) == 0 {
			t.Errorf("%s holds no words: it has nothing to empty", name)
		}
		for _, column := range words(e.but) {
			if !slices.Contains(table.masked(), column) {
				t.Errorf("%s has no words in %s", name, column)
			}
		}
	}
}

// What stands where a text was is read back as a text of its kind.
func TestWhatStandsWhereATextWas(t *testing.T) {
	for text, want := range map[string]string{"": "", "Une phrase": Gone, `{"a":1}`: "{}", `[1,2]`: "[]", "[pas une liste": Gone, "{ni un objet": Gone, "12": Gone} {
		if got := ended(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
