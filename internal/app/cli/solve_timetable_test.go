package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const smallAgenda = `{"slots": [{"id": 0, "day": 1, "segment": "a", "start": "09:00", "minutes": 30}, {"id": 1, "day": 1, "segment": "a", "start": "09:30", "minutes": 30}, {"id": 2, "day": 1, "segment": "b", "start": "11:00", "minutes": 30}],
"people": [{"id": "P", "role": "project", "available": [true, true, true]}, {"id": "Q", "role": "project", "available": [true, true, true]}, {"id": "E", "role": "expert", "available": [true, true, true]}],
"meetings": [{"id": 0, "project": "P", "other": "E", "mandatory": true, "weight": 0, "allowed": [0, 1]}, {"id": 1, "project": "Q", "other": "E", "mandatory": false, "weight": 4, "allowed": [0, 1, 2]}],
"rooms_per_slot": 2, "rules": {}}`

func TestSolveTimetableOnFiles(t *testing.T) {
	out, rooms, why := filepath.Join(t.TempDir(), "plan.json"), filepath.Join(t.TempDir(), "rooms.json"), filepath.Join(t.TempDir(), "why.json")
	for _, c := range []struct {
		situation string
		text      string
		more      []string
		line      string
		code      int
	}{
		{"everything is held", smallAgenda, nil, `"status":"optimal","value":4,"bound":4,"proved":true,"score":{"mandatory_lost":0,"weight":4,"holes":0,`, 0},
		{"another seed", smallAgenda, []string{"--seed", "7"}, `"seed":7`, 0},
		{"the expert is away", strings.Replace(smallAgenda, `"expert", "available": [true, true, true]`, `"expert", "available": [false, false, true]`, 1), nil, `"clashes":[{"kind":"no_slot","meetings":[0],"people":["E"],"need":1,"have":0}],"left_out":[0]`, 3},
		{"a role nobody knows", strings.Replace(smallAgenda, `"expert"`, `"chef"`, 1), nil, `"problem":"malformed","field":"people[2].role"`, 2},
		{"a comma too many", "{\n,}", nil, `"problem":"malformed","line":2`, 2},
		{"tries below zero", smallAgenda, []string{"--tries=-1"}, `"field":"--tries"`, 2},
	} {
		t.Run(c.situation, func(t *testing.T) {
			_ = os.Remove(out)
			said, err := run(t, append([]string{"solve", "timetable", "--instance", written(t, c.text), "--out", out, "--rooms", rooms, "--explain", why}, c.more...)...)
			if c.code == 0 && err != nil || c.code > 0 && (err == nil || ExitCode(err) != c.code) {
				t.Fatalf("exit %v, want %d", err, c.code)
			}
			if !strings.Contains(said, c.line) || strings.Count(said, "\n") != 1 {
				t.Errorf("said %s, want %s on one line", said, c.line)
			}
			plan, err := os.ReadFile(out)
			if c.code > 0 && err == nil {
				t.Error("a plan is written although there is none")
			}
			var s map[string]int
			if c.code == 0 && (json.Unmarshal(plan, &s) != nil || len(s) != 2 || s["0"] == s["1"]) {
				t.Errorf("plan %s", plan)
			}
		})
	}
	for _, name := range []string{rooms, why} {
		if text, err := os.ReadFile(name); err != nil || !json.Valid(text) {
			t.Error(name, "cannot be read: ", err)
		}
	}
}

func TestSolveRepairOnFiles(t *testing.T) {
	instance, plan := written(t, smallAgenda), written(t, `{"0": 0, "1": 1}`)
	out := filepath.Join(t.TempDir(), "plan.json")
	for _, c := range []struct {
		situation string
		event     string
		line      string
		plan      string
		code      int
	}{
		{"an expert comes late", `{"kind": "late", "person": "E", "from_slot": 0, "to_slot": 0, "now": 0}`, `"disruption":{"moved":2,"cancelled":0,"added":0},"changes_bound":2,"told":["E","P","Q"]`, `{"0":1,"1":2}`, 0},
		{"a project leaves", `{"kind": "absence", "person": "Q", "from_slot": 1, "to_slot": 2, "now": 1}`, `"disruption":{"moved":0,"cancelled":1,"added":0},"changes_bound":1,"told":["E","Q"],"diff":[{"person":"E","before":[{"meeting":1,"slot":1}],"after":[]}`, `{"0":0}`, 0},
		{"nothing changes", `{"kind": "rooms", "rooms": 1, "now": 0}`, `"told":[],"diff":[],"others":[]`, `{"0":0,"1":1}`, 0},
		{"a mandatory meeting is lost", `{"kind": "absence", "person": "P", "from_slot": 0, "to_slot": 2, "now": 0}`, `"score":{"mandatory_lost":1,`, `{"1":1}`, 3},
		{"an event nobody knows", `{"kind": "rain"}`, `"command":"repair","problem":"malformed","field":"kind"`, "", 2},
	} {
		t.Run(c.situation, func(t *testing.T) {
			_ = os.Remove(out)
			args := []string{"solve", "repair", "--instance", instance, "--schedule", plan, "--event", written(t, c.event), "--out", out}
			said, err := run(t, args...)
			if c.code == 0 && err != nil || c.code > 0 && (err == nil || ExitCode(err) != c.code) {
				t.Fatalf("exit %v, want %d", err, c.code)
			}
			if !strings.Contains(said, c.line) || strings.Count(said, "\n") != 1 {
				t.Errorf("said %s, want %s on one line", said, c.line)
			}
			if text, _ := os.ReadFile(out); strings.TrimSpace(string(text)) != c.plan {
				t.Errorf("plan %s, want %s", text, c.plan)
			}
		})
	}
}
