package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// panelFiles writes a panel of two readers in a new folder, and gives the folder.
func panelFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"scores.csv":  "application,juror,score\nA,x,3\nA,y,4\nB,x,1\nB,y,2\nC,x,2\nC,y,3\nD,x,5\nD,y,6\n",
		"bad.csv":     "application,juror,score\nA,x,3\nA,y,good\n",
		"empty.csv":   "application,juror,score\n",
		"votes.csv":   "assessor,loser,winner\nx,A,B\ny,A,C\n",
		"nobody.csv":  "assessor,loser,winner\nx,A,Z\n",
		"itself.csv":  "assessor,loser,winner\nx,A,A\n",
		"novotes.csv": "assessor,loser,winner\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSolve(t *testing.T) {
	t.Setenv("LANG", "fr_FR.UTF-8")
	dir := panelFiles(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	calibrate := func(more ...string) []string {
		return append([]string{"solve", "calibrate", "--out", at("out.csv")}, more...)
	}
	pairwise := func(more ...string) []string {
		return append([]string{"solve", "pairwise", "--out", at("out.csv")}, more...)
	}
	for _, c := range []struct {
		situation string
		args      []string
		code      int
		line      string // in the line for programs
		says      string // to people
		ranking   string // in the file
	}{
		{"scores", calibrate("--scores", at("scores.csv"), "--select", "1", "--jurors", at("jurors.csv")), 0, `"adjusted":true,"problems":[]`, "", "\nD,2,5.500000,"},
		{"scores and votes", calibrate("--scores", at("scores.csv"), "--select", "1", "--votes", at("votes.csv")), 0, `"votes":2`, "", "\nD,2,5.500000,"},
		{"a word for a score", calibrate("--scores", at("bad.csv"), "--select", "1"), 2, `"problem":"not_number","line":3,"field":"score","value":"good"`, "ligne 3, score\u00a0: ce n’est pas un nombre", ""},
		{"more to select than there is", calibrate("--scores", at("scores.csv"), "--select", "5"), 3, `"problem":"infeasible","field":"select"`, "impossible", ""},
		{"nothing to rank", calibrate("--scores", at("empty.csv"), "--select", "1"), 3, `"problem":"infeasible"`, "rien à classer", ""},
		{"no line", calibrate("--scores", at("scores.csv")), 2, `"field":"select"`, "select", ""},
		{"a vote on a file that nobody scored", calibrate("--scores", at("scores.csv"), "--select", "1", "--votes", at("nobody.csv")), 2, `"line":1,"field":"winner","value":"Z"`, "rien d’autre ne porte ce nom", ""},
		{"votes", pairwise("--votes", at("votes.csv"), "--select", "1", "--reliability"), 0, `"command":"pairwise","files":3,"votes":2,"select":1`, "", "\nA,2,0.000000,"},
		{"votes, and the next pair", pairwise("--votes", at("votes.csv"), "--next", "x"), 0, `"next":{"first":"B","second":"C"`, "", "\nA,2,"},
		{"a vote of a file against itself", pairwise("--votes", at("itself.csv")), 2, `"problem":"itself","line":2,"field":"winner"`, "lui-même", ""},
		{"no vote", pairwise("--votes", at("novotes.csv")), 3, `"problem":"infeasible"`, "rien à classer", ""},
		{"nowhere to write", []string{"solve", "calibrate", "--scores", at("scores.csv"), "--select", "1"}, 1, "", "--out", ""},
		{"a folder that is not there", []string{"solve", "calibrate", "--scores", at("scores.csv"), "--select", "1", "--out", at("none/out.csv")}, 1, "", "none", ""},
	} {
		t.Run(c.situation, func(t *testing.T) {
			out, err := run(t, c.args...)
			code := 0
			if err != nil {
				code = ExitCode(err)
			}
			if code != c.code || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%d: %v", code, err)
			}
			if !strings.Contains(out, c.line) || c.line != "" && (strings.Count(out, "\n") != 1 || !json.Valid([]byte(out))) {
				t.Errorf("printed %s", out)
			}
			if c.ranking != "" {
				text, err := os.ReadFile(at("out.csv"))
				if err != nil || !strings.Contains(string(text), c.ranking) {
					t.Errorf("wrote %v %s", err, text)
				}
			}
		})
	}
	if text, err := os.ReadFile(at("jurors.csv")); err != nil || !strings.HasPrefix(string(text), "juror,n,severity,error") {
		t.Errorf("wrote %v %s", err, text)
	}
}

func TestSolveRequest(t *testing.T) {
	t.Setenv("LANG", "en")
	for _, c := range []struct {
		situation, request string
		code               int
		line               string
	}{
		{"a panel", `{"version":1,"select":1,"readings":[{"application":"A","juror":"x","score":3},{"application":"B","juror":"x","score":4}]}`, 0, `"problems":["one_reader","nothing_twice"]`},
		{"another version", `{"version":9}`, 2, `{"command":"calibrate","problem":"version","field":"version","value":"9"}`},
		{"no reader", `{"version":1,"select":1,"readings":[{"application":"A","score":3}]}`, 2, `"field":"readings[0].juror"`},
		{"nothing to rank", `{"version":1,"select":1}`, 3, `"problem":"infeasible"`},
	} {
		name := filepath.Join(t.TempDir(), "request.json")
		if err := os.WriteFile(name, []byte(c.request), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		kept := os.Stdin
		os.Stdin = file
		out, err := run(t, "solve", "calibrate")
		os.Stdin = kept
		file.Close()
		code := 0
		if err != nil {
			code = ExitCode(err)
		}
		if code != c.code || !strings.Contains(out, c.line) || !json.Valid([]byte(out)) {
			t.Errorf("%s: %d %v %s", c.situation, code, err, out)
		}
	}
}
