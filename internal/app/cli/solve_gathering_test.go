package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"transformateur/internal/agenda/plan"
)

func TestSolveGatheringOnFiles(t *testing.T) {
	example := filepath.Join("..", "..", "agenda", "compose", "testdata", "small.gathering.json")
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	out, why := filepath.Join(t.TempDir(), "plan.json"), filepath.Join(t.TempDir(), "why.json")
	first, err := run(t, "solve", "gathering", "--instance", example, "--out", out)
	if err != nil {
		t.Fatal(err, first)
	}
	running, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	followed := written(t, string(running))
	change := func(old, new string) string {
		if !strings.Contains(string(text), old) {
			t.Fatalf("the example has no %s", old)
		}
		return written(t, strings.Replace(string(text), old, new, 1))
	}
	for _, c := range []struct {
		situation string
		args      []string
		line      string
		code      int
	}{
		{"everything is held", []string{"--instance", example}, `"value":23,"bound":23,"proved":false,"sittings":20,"holes":0,`, 0},
		{"another seed", []string{"--instance", example, "--seed", "7"}, `"seed":7`, 0},
		{"after a plan", []string{"--instance", example, "--plan", followed}, `"value":23`, 0},
		{"a project without a sponsor", []string{"--instance", change(`"sponsors": ["sophie"]`, `"sponsors": []`)}, `"refused":[{"key":"agenda.refused_sponsor","activity":"frise","projects":["atelier"]`, 3},
		{"an expert goes", []string{"--instance", example, "--plan", followed, "--event", written(t, `{"kind": "absent", "person": "eric"}`), "--at", "540"}, `"cost":{`, 3},
		{"a role nobody knows", []string{"--instance", change(`"role": "expert"`, `"role": "chef"`)}, `"problem":"malformed","field":"people[6].role"`, 2},
		{"a comma too many", []string{"--instance", written(t, "{\n,}")}, `"problem":"malformed","line":2`, 2},
		{"an event without a plan", []string{"--instance", example, "--event", followed}, `"field":"--event"`, 2},
		{"an event that is none", []string{"--instance", example, "--plan", followed, "--event", written(t, `{"kind": "war"}`)}, `"field":"kind"`, 2},
		{"a plan that is none", []string{"--instance", example, "--plan", example}, `"field":"--plan"`, 2},
		{"tries below zero", []string{"--instance", example, "--tries=-1"}, `"field":"tries"`, 2},
	} {
		t.Run(c.situation, func(t *testing.T) {
			_ = os.Remove(out)
			said, err := run(t, append([]string{"solve", "gathering", "--out", out, "--explain", why}, c.args...)...)
			if c.code == 0 && err != nil || c.code > 0 && (err == nil || ExitCode(err) != c.code) {
				t.Fatalf("exit %v, want %d: %s", err, c.code, said)
			}
			if !strings.Contains(said, c.line) || strings.Count(said, "\n") != 1 {
				t.Errorf("said %s, want %s on one line", said, c.line)
			}
			made, err := os.ReadFile(out)
			if (c.code == 2) != (err != nil) {
				t.Errorf("a plan: %v", err)
			}
			if p, err := plan.Parse(made); c.code != 2 && (err != nil || len(p.Sittings) == 0) {
				t.Errorf("plan %s", made)
			}
		})
	}
	if _, err := run(t, "solve", "gathering", "--instance", example, "--out", out); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(out); !bytes.Equal(again, running) {
		t.Error("the same gathering gives other bytes")
	}
	if all, err := os.ReadFile(why); err != nil || !json.Valid(all) {
		t.Error("the answer cannot be read: ", err)
	}
}
