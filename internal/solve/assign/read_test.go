package assign

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInputIsRefusedByLineAndField(t *testing.T) {
	meta := &Meta{Readers: 1, MaxLoad: 2}
	matrix := func(text string) error {
		_, err := ReadMatrix(strings.NewReader(text), meta)
		return err
	}
	problem := func(text string) error {
		_, err := Read(strings.NewReader(text))
		return err
	}
	links := func(text string) error {
		_, err := ReadLinks(strings.NewReader(text))
		return err
	}
	metas := func(text string) error {
		_, err := ReadMeta(strings.NewReader(text))
		return err
	}
	for _, c := range []struct {
		situation   string
		read        func(string) error
		text, where string
	}{
		{"an empty matrix", matrix, "", "line 1"},
		{"a short row", matrix, "item,R1,R2\nI1,1,1\nI2,1\n", "line 3"},
		{"a word for an affinity", matrix, "item,R1,R2\nI1,1,0.5\nI2,1,much\n", "line 3, R2"},
		{"an affinity above one", matrix, "item,R1\nI1,1.5\n", "line 2, R1"},
		{"not a number", matrix, "item,R1\nI1,NaN\n", "line 2, R1"},
		{"a quote left open", matrix, "item,R1\n\"I1,1\n", "line 2"},
		{"meta without readings", metas, `{"max_load": 3}`, "reviewers_per_item"},
		{"meta without loads", metas, `{"reviewers_per_item": 3}`, "max_load"},
		{"meta that is a list", metas, "[]", "line 1"},
		{"a pair without agent", links, "item,reviewer\nI1\n", "line 2"},
		{"no object", problem, "", "line 1"},
		{"a comma too many", problem, "{\n\"version\": 1,,}", "line 2"},
		{"two objects", problem, `{"version": 1} {}`, "line 1"},
		{"a field nobody knows", problem, "{\"version\": 1,\n\"colour\": 3}", "line"},
		{"a text for a number", problem, "{\"version\": 1,\n\"items\": [{\"id\": \"A\", \"min\": \"two\"}]}", "items.min"},
		{"another version", problem, `{"version": 2}`, "version"},
		{"an objective nobody knows", problem, `{"version": 1, "objective": "luck"}`, "objective"},
		{"an item without id", problem, `{"version": 1, "items": [{"min": 1}]}`, "items[0].id"},
		{"the same id twice", problem, `{"version": 1, "items": [{"id": "A", "min": 1}, {"id": "A", "min": 1}]}`, `items: "A"`},
		{"fewer at most than at least", problem, `{"version": 1, "agents": [{"id": "A", "min": 3, "max": 1}]}`, "agents[0].max"},
		{"a value above one", problem, `{"version": 1, "items": [{"id": "A", "min": 1}], "agents": [{"id": "B", "max": 1}], "terms": [{"name": "bid", "weight": 1}], "pairs": [{"item": "A", "agent": "B", "values": [2]}]}`, "pairs[0].values[0]"},
		{"more values than terms", problem, `{"version": 1, "items": [{"id": "A", "min": 1}], "agents": [{"id": "B", "max": 1}], "pairs": [{"item": "A", "agent": "B", "values": [1]}]}`, "pairs[0].values"},
		{"a pair of nobody", problem, `{"version": 1, "items": [{"id": "A", "min": 1}], "pairs": [{"item": "A", "agent": "B"}]}`, "pairs[0].agent"},
		{"a rule that bounds nothing", problem, `{"version": 1, "rules": [{"name": "x", "family": "d"}]}`, "rules[0]"},
		{"at least one of no group", problem, `{"version": 1, "rules": [{"name": "x", "family": "d", "at_least": 1}]}`, "rules[0].group"},
		{"a cap of zero", problem, `{"version": 1, "draw": {"cap": 0}}`, "draw.cap"},
	} {
		err := c.read(c.text)
		var m *Malformed
		if !errors.As(err, &m) || !strings.Contains(m.Where(), c.where) || m.Why == "" {
			t.Errorf("%s: got %v, want %q to be named", c.situation, err, c.where)
		}
	}
}

// A spreadsheet in French writes semicolons, decimal commas and a byte order mark.
func TestMatrixOfAFrenchSpreadsheet(t *testing.T) {
	p, err := ReadMatrix(strings.NewReader("\xef\xbb\xbfitem;R1;R2\nI1;0,5;\n"), &Meta{Readers: 1, MaxLoad: 1})
	if err != nil || len(p.Agents) != 2 || p.Agents[0].ID != "R1" || p.Pairs[0].Values[0] != 0.5 || len(p.Forbidden) != 1 {
		t.Errorf("%+v %v", p, err)
	}
}

func TestAffinityIsWrittenAsPeopleDo(t *testing.T) {
	for text, want := range map[string]Affinity{"0": 0, "949.25": 949_250_000, "-0.000001": -1, "3": 3_000_000} {
		var a Affinity
		if err := json.Unmarshal([]byte(text), &a); err != nil || a != want || a.String() != text {
			t.Errorf("%s: read %d (%v), written %s", text, a, err, a)
		}
	}
	var a Affinity
	for _, text := range []string{`"x"`, "1e300", "null1"} {
		if a.UnmarshalJSON([]byte(text)) == nil {
			t.Errorf("%s is read as %s", text, a)
		}
	}
}

// seeds gives a fuzz target the small valid inputs of testdata.
func seeds(f *testing.F, pattern string) {
	names, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(names) == 0 {
		f.Fatal("no seed ", pattern, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
}

// Whatever is read is solved, or explained, and its result passes its own check.
func FuzzRead(f *testing.F) {
	seeds(f, "*.problem.json")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		readings := 0
		for _, it := range p.Items {
			readings += max(it.Min, it.Max)
		}
		if len(p.Items)*len(p.Agents) > 400 || readings > 400 || len(p.Rules) > 20 {
			return
		}
		p.Work, p.Levels = 50, min(p.Levels, 3)
		r, err := Solve(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Status.Found() {
			return
		}
		account, err := Explain(context.Background(), p, r.Pairs, false)
		if err != nil || len(account.Warnings) > 0 {
			t.Fatalf("%+v %v", account.Warnings, err)
		}
	})
}

func FuzzReadMatrix(f *testing.F) {
	f.Add("item,R1,R2\nI1,0.5,\nI2,1,0\n", `{"reviewers_per_item":1,"max_load":2,"groups":[{"name":"g","reviewers":["R1"],"at_least":1}]}`)
	f.Fuzz(func(t *testing.T, matrix, about string) {
		meta, err := ReadMeta(strings.NewReader(about))
		if err != nil {
			return
		}
		p, err := ReadMatrix(strings.NewReader(matrix), meta)
		if err != nil || len(p.Items)*len(p.Agents) > 400 || meta.Readers > 10 {
			return
		}
		if _, err := ready(p); err == nil {
			if _, err := Solve(context.Background(), p); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Pairs that were read are written, and read again, the same.
func FuzzReadLinks(f *testing.F) {
	f.Add("item,reviewer\nI1,R1\n\"I,2\",R2\n")
	f.Fuzz(func(t *testing.T, text string) {
		links, err := ReadLinks(strings.NewReader(text))
		if err != nil {
			return
		}
		var out strings.Builder
		if err := WriteLinks(&out, links); err != nil {
			t.Fatal(err)
		}
		again, err := ReadLinks(strings.NewReader(out.String()))
		if err != nil || len(again) != len(links) {
			t.Fatalf("%d pairs, then %d: %v", len(links), len(again), err)
		}
	})
}

func exampleText(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/small.problem.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
