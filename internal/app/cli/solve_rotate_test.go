package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const smallMix = `{"projects": ["P", "Q", "R"], "rounds": 2, "table_min": 1, "table_max": 1, "min_expert_visits_per_project": 0,
 "visitors": [{"id": "V", "own": "P"}, {"id": "W", "own": "Q"}, {"id": "X", "own": "R"}],
 "affinity": [[null, 0.5, 0.4], [0.3, null, 0.2], [0.1, 0.9, null]]}`

func TestSolveRotateOnFiles(t *testing.T) {
	gathering := filepath.Join("..", "..", "solve", "rotate", "testdata", "gathering.problem.json")
	mix := written(t, smallMix)
	out := filepath.Join(t.TempDir(), "rounds.json")
	golfers := func(groups, size, rounds string, more ...string) []string {
		return append([]string{"golfers", "--groups", groups, "--size", size, "--rounds", rounds, "--out", out}, more...)
	}
	for _, c := range []struct {
		situation string
		args      []string
		line      string
		file      string
		code      int
	}{
		{"an affine plane", golfers("5", "5", "6"), `"command":"golfers","value":0,"bound":0,"status":"optimal","proved":true,"meetings":300,"repeats":0`, `{"rounds":[[["`, 0},
		{"one person too many for it", golfers("5", "5", "5", "--people", "26", "--seed", "3"), `"value":10,"bound":10,"status":"optimal"`, `"26"`, 0},
		{"no table", golfers("0", "5", "6"), `{"command":"golfers","problem":"out_of_range","field":"groups","value":"0"}`, "", 2},
		{"no round", golfers("5", "5", "0"), `{"command":"golfers","problem":"out_of_range","field":"rounds","value":"0"}`, "", 2},
		{"visitors circulate", []string{"mix", "--instance", mix, "--out", out}, `"command":"mix","value":2.4,"bound":2.4,"status":"optimal","proved":true,"meetings":0,"repeats":0`, `{"rounds":[{"V":"`, 0},
		{"repeats ignored, in time", []string{"mix", "--instance", mix, "--out", out, "--repeat", "0", "--budget", "1m"}, `"value":2.4,"bound":2.4`, `"rounds"`, 0},
		{"more rounds than projects to visit", []string{"mix", "--instance", written(t, strings.Replace(smallMix, `"rounds": 2`, `"rounds": 3`, 1)), "--out", out}, `"clashes":["1 person (V) with 3 visits to make; 2 tables (Q, R) can take 2"`, "", 3},
		{"an affinity that is a word", []string{"mix", "--instance", written(t, "{\n\"rounds\": \"two\"}"), "--out", out}, `{"command":"mix","problem":"unreadable","line":2,"field":"rounds","value":"string"}`, "", 2},
		{"a gathering", []string{"rotate", gathering}, `{"version":1,"status":"optimal","seed":7,"tables":["T1","T2","T3"],"rounds":[[["`, "", 0},
		{"a gathering with another seed", []string{"rotate", gathering, "--seed", "8"}, `"seed":8`, "", 0},
		{"a gathering of nobody knows what", []string{"rotate", written(t, `{"version": 1}`)}, `{"command":"rotate","problem":"unknown","field":"mode"}`, "", 2},
		{"too many of one organisation", []string{"rotate", written(t, `{"version": 1, "mode": "gather", "rounds": 1, "tables": [{"id": "T"}], "people": [{"id": "A", "organisation": "Caf"}, {"id": "B", "organisation": "Caf"}]}`)}, `"clashes":[{"kind":"organisation","round":1,"people":["A","B"],"tables":["T"],"organisation":"Caf","need":2,"have":1}]`, "", 3},
		{"bans that no counting shows", []string{"rotate", written(t, `{"version": 1, "mode": "gather", "rounds": 1, "work": 5, "tables": [{"id": "T"}, {"id": "U"}], "people": [{"id": "A"}, {"id": "B"}, {"id": "C"}, {"id": "D"}], "pairs": [{"a": "A", "b": "B", "rule": "must"}, {"a": "C", "b": "D", "rule": "never"}]}`)}, `"status":"not_found"`, "", 3},
	} {
		t.Run(c.situation, func(t *testing.T) {
			_ = os.Remove(out)
			said, err := run(t, append([]string{"solve"}, c.args...)...)
			if c.code == 0 && err != nil || c.code > 0 && (err == nil || ExitCode(err) != c.code) {
				t.Fatalf("exit %v, want %d", err, c.code)
			}
			if !strings.Contains(said, c.line) || strings.Count(said, "\n") != 1 {
				t.Errorf("said %s, want %s on one line", said, c.line)
			}
			text, err := os.ReadFile(out)
			if !strings.Contains(string(text), c.file) || (err == nil) != (c.file != "") {
				t.Errorf("written %s (%v), want %s", text, err, c.file)
			}
			if c.args[0] == "rotate" {
				if again, _ := run(t, append([]string{"solve"}, c.args...)...); again != said {
					t.Error("the same problem is answered in other bytes")
				}
			}
		})
	}
}
