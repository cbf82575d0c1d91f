package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"transformateur/internal/solve/assign"
)

// written puts a text in a file of its own.
func written(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

const smallMatrix = "item,R1,R2,R3\nA,1,0.5,0.1\nB,0.9,,0.2\nC,0.6,1,0.6\n"

func TestSolveAssignOnFiles(t *testing.T) {
	matrix := written(t, smallMatrix)
	meta := written(t, `{"reviewers_per_item": 1, "max_load": 1}`)
	out, reasons := filepath.Join(t.TempDir(), "pairs.csv"), filepath.Join(t.TempDir(), "why.json")
	for _, c := range []struct {
		situation string
		more      []string
		line      string
		pairs     string
		code      int
	}{
		{"the best total", nil, `"status":"optimal","objective":"total","value":2.2,"bound":2.2,"proved":true`, "A,R1\nB,R3\nC,R2", 0},
		{"the worst-off first", []string{"--objective", "fair"}, `"objective":"fair","value":0.5,"bound":0.5,"proved":true,"total":2`, "A,R2\nB,R1\nC,R3", 0},
		{"somebody leaves", []string{"--leave", "R1"}, `"clashes":["3 items (A, B, C) need 3 readings; 2 agents (R2, R3) can give them 2"],"relax":["1 reader fewer on `, "", 3},
		{"nobody has this id", []string{"--leave", "R9"}, `"problem":"malformed","field":"--leave"`, "", 2},
		{"pairs are kept", []string{"--keep", written(t, "item,reviewer\nA,R1\nB,R3\n"), "--fewest"}, `"kept":2,"removed":0,"fewest_removed":0`, "A,R1\nB,R3\nC,R2", 0},
		{"a cap on chances", []string{"--cap", "0.9", "--seed", "3"}, `"status":"drawn"`, "A,", 0},
		{"a pair that cannot be read", []string{"--keep", written(t, "A\n")}, `"line":1`, "", 2},
	} {
		t.Run(c.situation, func(t *testing.T) {
			_ = os.Remove(out)
			said, err := run(t, append([]string{"solve", "assign", "--affinity", matrix, "--meta", meta, "--out", out, "--explain", reasons}, c.more...)...)
			if c.code == 0 && err != nil || c.code > 0 && (err == nil || ExitCode(err) != c.code) {
				t.Fatalf("exit %v, want %d", err, c.code)
			}
			if !strings.Contains(said, c.line) || strings.Count(said, "\n") != 1 {
				t.Errorf("said %s, want %s on one line", said, c.line)
			}
			text, err := os.ReadFile(out)
			if c.code > 0 && err == nil {
				t.Error("pairs are written although there are none")
			}
			if c.code == 0 && !strings.Contains(string(text), "item,reviewer\n"+c.pairs) {
				t.Errorf("pairs %q, want %q", text, c.pairs)
			}
		})
	}
	text, err := os.ReadFile(reasons)
	if err != nil || !json.Valid(text) {
		t.Error("the reasons cannot be read: ", err)
	}
}

func TestSolveAssignInJSON(t *testing.T) {
	example := filepath.Join("..", "..", "solve", "assign", "testdata", "small.problem.json")
	said, err := run(t, "solve", "assign", example)
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal([]byte(said), &a); err != nil {
		t.Fatal(err)
	}
	if a.Status != assign.Optimal || len(a.Pairs) != 6 || a.Account == nil || len(a.Account.Pairs) != len(a.Pairs) || a.Account.Prices == nil {
		t.Errorf("%s, %d pairs", a.Status, len(a.Pairs))
	}
	if again, _ := run(t, "solve", "assign", example); again != said {
		t.Error("the same problem is answered in other bytes")
	}
	said, err = run(t, "solve", "assign", written(t, "{\n\"version\": 1,\n\"items\": 3}"))
	if ExitCode(err) != 2 || !strings.Contains(said, `"line":3,"field":"items"`) {
		t.Errorf("%s %v", said, err)
	}
	said, err = run(t, "solve", "assign", written(t, `{"version": 1, "items": [{"id": "A", "min": 1}]}`))
	if ExitCode(err) != 3 || !strings.Contains(said, `"kind":"shortage"`) || !strings.Contains(err.Error(), "no assignment: 1 item (A) need 1 reading") {
		t.Errorf("%s %v", said, err)
	}
}
