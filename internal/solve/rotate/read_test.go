package rotate

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"transformateur/internal/solve/table"
)

func TestInputIsRefusedByLineAndField(t *testing.T) {
	problem := func(text string) error { _, err := Read(strings.NewReader(text)); return err }
	short := func(text string) error { _, err := ReadMix(strings.NewReader(text)); return err }
	const head = `{"version": 1, "mode": "circulate", "rounds": 2, "people": [{"id": "A"}, {"id": "B"}], "tables": [{"id": "T"}]`
	for _, c := range []struct {
		situation string
		read      func(string) error
		text      string
		where     string
		problem   string
	}{
		{"nothing", problem, "", "line 1", table.Unreadable},
		{"a comma too many", problem, "{\n\"version\": 1,,}", "line 2", table.Unreadable},
		{"two objects", problem, head + "} {}", "line 1", table.Unreadable},
		{"a field nobody knows", problem, "{\"version\": 1,\n\"colour\": 3}", "line 2", table.Unreadable},
		{"a text for a number", problem, "{\"version\": 1,\n\"rounds\": \"two\"}", "line 2, rounds", table.Unreadable},
		{"another version", problem, `{"version": 2}`, "version", table.Version},
		{"a mode nobody knows", problem, `{"version": 1, "mode": "dance"}`, "mode", table.Unknown},
		{"no round", problem, `{"version": 1, "mode": "gather"}`, "rounds", table.OutOfRange},
		{"no table", problem, `{"version": 1, "mode": "gather", "rounds": 1}`, "tables", table.Empty},
		{"somebody without id", problem, strings.Replace(head, `"B"`, `""`, 1) + "}", "people[1].id", table.Empty},
		{"the same person twice", problem, strings.Replace(head, `"B"`, `"A"`, 1) + "}", "people", table.Twice},
		{"the same table twice", problem, strings.Replace(head, `{"id": "T"}`, `{"id": "T"}, {"id": "T"}`, 1) + "}", "tables", table.Twice},
		{"away from a round that is not", problem, strings.Replace(head, `"B"`, `"B", "absent": [3]`, 1) + "}", "people[1].absent[0]", table.OutOfRange},
		{"a project of her own that is not there", problem, strings.Replace(head, `"B"`, `"B", "own": "X"`, 1) + "}", "people[1].own", table.Unknown},
		{"a maximum under the minimum", problem, strings.Replace(head, `"T"`, `"T", "min": 3, "max": 2`, 1) + "}", "tables[0].max", table.OutOfRange},
		{"a size for a round that is not", problem, strings.Replace(head, `"T"`, `"T", "sizes": [{"round": 9}]`, 1) + "}", "tables[0].sizes[0].round", table.OutOfRange},
		{"an affinity above one", problem, head + `, "affinities": [{"person": "A", "table": "T", "value": 1.5}]}`, "affinities[0].value", table.OutOfRange},
		{"an affinity of nobody", problem, head + `, "affinities": [{"person": "C", "table": "T", "value": 1}]}`, "affinities[0].person", table.Unknown},
		{"an affinity twice", problem, head + `, "affinities": [{"person": "A", "table": "T"}, {"person": "A", "table": "T"}]}`, "affinities[1]", table.Twice},
		{"a visit to no table", problem, head + `, "visits": [{"person": "A", "table": "U", "rule": "must"}]}`, "visits[0].table", table.Unknown},
		{"a rule nobody knows", problem, head + `, "visits": [{"person": "A", "table": "T", "rule": "maybe"}]}`, "visits[0].rule", table.Unknown},
		{"somebody who meets herself", problem, head + `, "pairs": [{"a": "A", "b": "A", "rule": "must"}]}`, "pairs[0]", table.Itself},
		{"a weight below nothing", problem, head + `, "pairs": [{"a": "A", "b": "B", "rule": "avoid", "weight": -1}]}`, "pairs[0].weight", table.OutOfRange},
		{"at most fewer than at least", problem, head + `, "quotas": [{"role": "x", "min": 2, "max": 1}]}`, "quotas[0]", table.OutOfRange},
		{"repeats that pay", problem, head + `, "repeat": -1}`, "repeat", table.OutOfRange},
		{"a matrix with a line too many", short, `{"projects": ["P"], "rounds": 1, "affinity": [[1]]}`, "affinity", table.OutOfRange},
		{"a short line of the matrix", short, `{"projects": ["P"], "visitors": [{"id": "V"}], "rounds": 1, "affinity": [[]]}`, "affinity[0]", table.OutOfRange},
		{"a cell above one", short, `{"projects": ["P"], "visitors": [{"id": "V"}], "rounds": 1, "affinity": [[2]]}`, "affinity[0][0]", table.OutOfRange},
		{"a conflict with nobody", short, `{"projects": ["P"], "visitors": [{"id": "V"}], "rounds": 1, "conflicts": [["W", "P"]]}`, "visits[0].person", table.Unknown},
	} {
		err := c.read(c.text)
		var f *table.Fault
		if !errors.As(err, &f) || f.Problem != c.problem || !strings.HasPrefix(err.Error(), c.where+":") && !strings.HasPrefix(err.Error(), c.where+",") {
			t.Errorf("%s: got %v, want %s at %s", c.situation, err, c.problem, c.where)
		}
	}
	for _, c := range [][4]int{{0, 5, 5, 0}, {5, 0, 5, 0}, {5, 5, 5, -1}, {500, 500, 1, 0}} {
		if p, err := Golfers(c[0], c[1], c[2], c[3]); err == nil {
			t.Errorf("%v is read as %d people", c, len(p.People))
		}
	}
	if p, err := Golfers(5, 5, 0, 0); err != nil {
		t.Error(err)
	} else if _, err := Solve(context.Background(), p); err == nil {
		t.Error("no round at all is accepted")
	}
}

// A blank affinity is a conflict of interest: that visit is never made.
func TestBlankAffinityIsAConflict(t *testing.T) {
	p, err := ReadMix(strings.NewReader(`{"projects": ["P", "Q"], "visitors": [{"id": "V"}, {"id": "W"}], "rounds": 1, "table_min": 1, "table_max": 1, "affinity": [[null, 0.1], [0.2, 1]]}`))
	if err != nil {
		t.Fatal(err)
	}
	if r := solved(t, p); r.Visits()[0]["V"] != "Q" || r.Visits()[0]["W"] != "P" || r.Affinity != 0.3 {
		t.Errorf("%v", r.Visits())
	}
}

func example(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExamplesAreSolved(t *testing.T) {
	for _, name := range []string{"gathering.problem.json", "visits.problem.json"} {
		p, err := Read(strings.NewReader(example(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		r := solved(t, p)
		if text, err := json.Marshal(r); err != nil || !strings.Contains(string(text), `"status":"`) {
			t.Errorf("%s: %s %v", name, text, err)
		}
	}
}

// answers solves whatever was read, and reads its plan with the checker.
func answers(t *testing.T, p *Problem) {
	if len(p.People) > 30 || len(p.Tables) > 15 || p.Rounds > 8 {
		return
	}
	p.Work = 5
	r, err := Solve(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status == None {
		if len(r.Clashes) == 0 {
			t.Fatal("impossible, and nothing says why")
		}
		return
	}
	if account := Check(p, r.Tables, r.Rounds); (len(account.Breaches) > 0) != (r.Status == NotFound) || account.Cost < r.CostBound {
		t.Fatalf("%s, %+v", r.Status, account)
	}
}

// Whatever is read is solved, or explained.
func FuzzRead(f *testing.F) {
	f.Add(example(f, "gathering.problem.json"))
	f.Add(example(f, "visits.problem.json"))
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := Read(strings.NewReader(text)); err == nil {
			answers(t, p)
		}
	})
}

func FuzzReadMix(f *testing.F) {
	f.Add(example(f, "gm13.json"))
	f.Add(`{"projects": ["P", "Q"], "visitors": [{"id": "V", "role": "expert", "own": "P"}, {"id": "W", "org": "O"}], "rounds": 1, "table_min": 1, "table_max": 1, "min_expert_visits_per_project": 0, "affinity": [[null, 0.1], [0.2, 1]], "must": [["W", "P"]]}`)
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ReadMix(strings.NewReader(text)); err == nil {
			answers(t, p)
		}
	})
}
