package calibrate

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/solve/pairwise"
	"transformateur/internal/solve/table"
)

// grid makes readings of rows such as "A x3 y4": a file, then each reader's score.
func grid(rows ...string) (all []Reading) {
	for _, row := range rows {
		words := strings.Fields(row)
		for _, w := range words[1:] {
			all = append(all, Reading{File: words[0], Reader: w[:1], Score: float64(w[1] - '0')})
		}
	}
	return all
}

func TestThinPanels(t *testing.T) {
	for _, c := range []struct {
		situation string
		readings  []Reading
		dealt     bool
		adjusted  bool
		problems  []Problem
		cut       string
	}{
		{"one reading", grid("A x3"), false, false, []Problem{OneReader, NothingTwice}, ""},
		{"one reader of everything", grid("A x3", "B x4", "C x1"), false, false, []Problem{OneReader, NothingTwice}, ""},
		{"everybody reads another file", grid("A x3", "B y4"), false, false, []Problem{NothingTwice, Disconnected}, ""},
		{"one file, three readers", grid("A x3 y4 z5"), false, false, []Problem{TooLittle, SingleFile}, "A"},
		{"everybody reads everything", grid("A x3 y4", "B x1 y3", "C x2 y3", "D x6 y5"), false, true, nil, ""},
		{"one file links two pairs", grid("A x3 y4", "B x1 y3", "C y2 z3", "D z6 w5", "E z2 w2", "F x4 y4"), false, true, []Problem{SingleFile}, "C"},
		{"two committees", grid("A x3 y4", "B x1 y3", "C x2 y3", "D z6 w5", "E z2 w2", "F z4 w4"), false, false, []Problem{Disconnected}, ""},
		{"two committees, dealt at random", grid("A x3 y4", "B x1 y3", "C x2 y3", "D z6 w5", "E z2 w2", "F z4 w4"), true, true, []Problem{Disconnected}, ""},
		{"equal scores", grid("A x3 y3", "B x3 y3", "C x3 y3"), false, true, nil, ""},
		{"exact severities", grid("A x3 y4", "B x1 y2", "C x2 y3", "D x6 y7"), false, true, nil, ""},
	} {
		r, err := Fit(Input{Readings: c.readings, Select: 1, DealtAtRandom: c.dealt})
		if err != nil {
			t.Fatalf("%s: %v", c.situation, err)
		}
		if r.Adjusted != c.adjusted || !slices.Equal(r.Overlap.Problems, c.problems) || strings.Join(r.Overlap.CutFiles, " ") != c.cut {
			t.Errorf("%s: adjusted %v, %v, cut by %q", c.situation, r.Adjusted, r.Overlap.Problems, r.Overlap.CutFiles)
		}
		if !r.Adjusted && r.Undecidable != len(r.Files) {
			t.Errorf("%s: nothing can be adjusted, and %d of %d files are undecidable", c.situation, r.Undecidable, len(r.Files))
		}
		for i := 1; i < len(r.Files); i++ {
			if a, b := r.Files[i-1], r.Files[i]; !r.Adjusted && a.RawMean < b.RawMean || r.Adjusted && a.Calibrated < b.Calibrated {
				t.Errorf("%s: %+v is shown before %+v", c.situation, a, b)
			}
		}
		if text, err := json.Marshal(r); err != nil || bytes.Contains(text, []byte("null")) {
			t.Errorf("%s: %v %s", c.situation, err, text)
		}
	}
}

// A file that one stranger read stands apart and undecidable; the others are still
// adjusted.
func TestFileApart(t *testing.T) {
	rows := []string{"Z s9"}
	for _, name := range strings.Split("ABCDEFGHIJKLM", "") {
		rows = append(rows, name+" x3 y4 z2")
	}
	rows[3] = "C x6 y7 z5"
	r, err := Fit(Input{Readings: grid(rows...), Select: 2})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Adjusted || r.Overlap.Groups[1][0] != "s" {
		t.Errorf("%+v", r.Overlap)
	}
	for _, f := range r.Files {
		if f.Apart != (f.File == "Z") || f.Apart && f.Zone != "grey" {
			t.Errorf("%+v", f)
		}
	}
	if r.Files[0].File != "C" && r.Files[1].File != "C" {
		t.Errorf("the first are %+v", r.Files[:2])
	}
}

// One absurd score moves a file less when errors may be heavy; a careless reader is
// found out when each has her own error.
func TestOptions(t *testing.T) {
	rows := []string{}
	for i, name := range strings.Split("ABCDEFGHIJKLMNOP", "") {
		q := byte('2' + i%5)
		rows = append(rows, name+" x"+string(q)+" y"+string(q+1)+" z"+string(q)+" w"+string('0'+byte(i*7%9)))
	}
	in := Input{Readings: grid(rows...), Select: 4, OwnError: true}
	r, err := Fit(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range r.Readers {
		if (j.ErrorScale > 1.2) != (j.Reader == "w") {
			t.Errorf("%+v", j)
		}
	}
	in = Input{Readings: in.Readings[:0:0], Select: 4}
	for i, row := range rows {
		score := row[:len(row)-3]
		if i == 4 {
			score = strings.Replace(score, "x6", "x0", 1)
		}
		in.Readings = append(in.Readings, grid(score)...)
	}
	value := func(tails bool) float64 {
		in.HeavyTails = tails
		r, err := Fit(in)
		if err != nil {
			t.Fatal(err)
		}
		return r.Files[slices.IndexFunc(r.Files, func(f File) bool { return f.File == "E" })].Calibrated
	}
	if plain, heavy := value(false), value(true); heavy < plain+0.5 {
		t.Errorf("an absurd 0 beside 7 and 6: %.2f, and %.2f with heavy tails", plain, heavy)
	}
}

func TestUnusableReadings(t *testing.T) {
	good := grid("A x3 y4", "B x2 y2")
	with := func(r Reading) []Reading { return append(slices.Clone(good), r) }
	for _, c := range []struct {
		situation string
		in        Input
		line      int
		field     string
		problem   string
	}{
		{"nothing", Input{Select: 1}, 0, "readings", table.Infeasible},
		{"no file", Input{Readings: with(Reading{Reader: "x"}), Select: 1}, 5, "application", table.Empty},
		{"no reader", Input{Readings: with(Reading{File: "A"}), Select: 1}, 5, "juror", table.Empty},
		{"not a number", Input{Readings: with(Reading{"A", "z", math.NaN(), 1}), Select: 1}, 5, "score", table.NotNumber},
		{"infinite", Input{Readings: with(Reading{"A", "z", math.Inf(-1), 1}), Select: 1}, 5, "score", table.NotNumber},
		{"huge", Input{Readings: with(Reading{"A", "z", 1e200, 1}), Select: 1}, 5, "score", table.OutOfRange},
		{"a weight that is not a number", Input{Readings: with(Reading{"A", "z", 1, math.NaN()}), Select: 1}, 5, "confidence", table.NotNumber},
		{"a negative weight", Input{Readings: with(Reading{"A", "z", 1, -1}), Select: 1}, 5, "confidence", table.OutOfRange},
		{"read twice", Input{Readings: with(Reading{"A", "x", 1, 1}), Select: 1}, 5, "juror", table.Twice},
		{"no line", Input{Readings: good}, 0, "select", table.OutOfRange},
		{"more to select than there is", Input{Readings: good, Select: 3}, 0, "select", table.Infeasible},
		{"too many draws", Input{Readings: good, Select: 1, Draws: 1e6}, 0, "draws", table.OutOfRange},
		{"a vote on an unknown file", Input{Readings: good, Select: 1, Votes: []pairwise.Vote{{Reader: "x", Winner: "A", Loser: "C"}}}, 1, "loser", table.Unknown},
	} {
		_, err := Fit(c.in)
		var f *table.Fault
		if !errors.As(err, &f) || f.Line != c.line || f.Field != c.field || f.Problem != c.problem {
			t.Errorf("%s: %v", c.situation, err)
		}
	}
}

func TestHugeScores(t *testing.T) {
	in := Input{Readings: grid("A x3 y4", "B x1 y3", "C x2 y3", "D x6 y5"), Select: 1}
	for k := range in.Readings {
		in.Readings[k].Score *= 1e98
	}
	r, err := Fit(in)
	if err != nil || r.Files[0].File != "D" || !(r.Files[0].High > r.Files[0].Low) || math.IsInf(r.Variances.Quality, 0) {
		t.Errorf("%v %+v", err, r)
	}
}

func TestScoreFiles(t *testing.T) {
	for _, c := range []struct {
		situation, text string
		line            int
		field, problem  string
	}{
		{"as exported", "application,juror,score\nA,x,3\nA,y,4\n", 0, "", ""},
		{"with confidences, some blank", "application,juror,score,confidence\nA,x,3,\nA,y,4,0.5\n", 0, "", ""},
		{"a word for a score", "application,juror,score\nA,x,3\nA,y,good\n", 3, "score", table.NotNumber},
		{"a blank score", "application,juror,score\nA,x,\n", 2, "score", table.Empty},
		{"no reader", "application,juror,score\nA,,3\n", 2, "juror", table.Empty},
		{"no file", "application,juror,score\n,x,3\n", 2, "application", table.Empty},
		{"read twice", "application,juror,score\nA,x,3\nB,x,2\nA,x,4\n", 4, "juror", table.Twice},
		{"a weight of nothing", "application,juror,score,confidence\nA,x,3,0\n", 2, "confidence", table.OutOfRange},
		{"a negative weight", "application,juror,score,confidence\nA,x,3,-1\n", 2, "confidence", table.OutOfRange},
		{"a score beyond measure", "application,juror,score\nA,x,1e300\n", 2, "score", table.OutOfRange},
		{"no column of scores", "application,juror\nA,x\n", 1, "score", table.MissingColumn},
	} {
		readings, err := ParseScores(strings.NewReader(c.text))
		var f *table.Fault
		if c.problem == "" && (err != nil || len(readings) != 2) {
			t.Errorf("%s: %v", c.situation, err)
		}
		if c.problem != "" && (!errors.As(err, &f) || f.Line != c.line || f.Field != c.field || f.Problem != c.problem) {
			t.Errorf("%s: %v", c.situation, err)
		}
	}
}

func TestRequests(t *testing.T) {
	for _, c := range []struct {
		situation, text string
		line            int
		field, problem  string
	}{
		{"cut short", "{\n", 2, "", table.Unreadable},
		{"not JSON", "{\n!", 2, "", table.Unreadable},
		{"two requests", `{"version":1}{}`, 1, "", table.Unreadable},
		{"a later version", `{"version":2}`, 0, "version", table.Version},
		{"a misspelt field", "{\"version\":1,\n\"selcet\":1}", 2, "", table.Unreadable},
		{"a word for a score", "{\"version\":1,\n\"readings\":[{\"score\":\"x\"}]}", 2, "readings.score", table.NotNumber},
		{"no score", `{"version":1,"readings":[{"application":"A","juror":"x"}]}`, 0, "readings[0].score", table.Empty},
		{"a weight of nothing", `{"version":1,"readings":[{"application":"A","juror":"x","score":1,"confidence":0}]}`, 0, "readings[0].confidence", table.OutOfRange},
		{"no reader", `{"version":1,"select":1,"readings":[{"application":"A","score":1}]}`, 0, "readings[0].juror", table.Empty},
		{"a vote on nothing", `{"version":1,"select":1,"readings":[{"application":"A","juror":"x","score":1}],"votes":[{"assessor":"x","winner":"A","loser":"B"}]}`, 0, "votes[0].loser", table.Unknown},
		{"nothing to rank", `{"version":1,"select":1}`, 0, "readings", table.Infeasible},
	} {
		request, err := ParseRequest([]byte(c.text))
		if err == nil {
			_, err = request.Run()
		}
		var f *table.Fault
		if !errors.As(err, &f) || f.Line != c.line || f.Field != c.field || f.Problem != c.problem {
			t.Errorf("%s: %v", c.situation, err)
		}
	}
}

// A request whose readings stand in another order is answered by the same bytes.
func TestSameBytes(t *testing.T) {
	const head, tail = `{"version":1,"select":1,"seed":7,"next":{"allowed":[{"application":"A","juror":"z"}]},"readings":[`, `]}`
	readings := []string{`{"application":"A","juror":"x","score":3}`, `{"application":"A","juror":"y","score":4}`, `{"application":"B","juror":"x","score":1}`,
		`{"application":"B","juror":"y","score":3}`, `{"application":"C","juror":"x","score":5}`, `{"application":"C","juror":"y","score":5.5}`, `{"application":"C","juror":"z","score":2}`}
	answer := func() []byte {
		request, err := ParseRequest([]byte(head + strings.Join(readings, ",") + tail))
		if err != nil {
			t.Fatal(err)
		}
		got, err := request.Run()
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	first := answer()
	slices.Reverse(readings)
	if !bytes.Equal(first, answer()) {
		t.Error("the order of the readings changes the bytes")
	}
	if !bytes.Contains(first, []byte(`"next":[{"application":"A","juror":"z","gain":`)) {
		t.Errorf("%s", first)
	}
}

func TestWrittenFiles(t *testing.T) {
	r, err := Fit(Input{Readings: grid("A x3 y4", "B x1 y3", "C x2 y3"), Select: 1})
	if err != nil {
		t.Fatal(err)
	}
	var files, readers bytes.Buffer
	if err := errors.Join(r.WriteRanking(&files), r.WriteReaders(&readers)); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(files.String(), "application,n,mean,calibrated,low,high,p_selected,zone,expected_rank,rank,raw_rank,rank_low,rank_high\nA,2,3.500000,") || strings.Count(files.String(), "\n") != 4 {
		t.Error(files.String())
	}
	if !strings.HasPrefix(readers.String(), "juror,n,severity,error,spread,shared,partners\nx,3,-") || strings.Count(readers.String(), "\n") != 3 {
		t.Error(readers.String())
	}
}

func FuzzParseScores(f *testing.F) {
	f.Add("application,juror,score\nA,x,3\nA,y,4\nB,x,1e99\n")
	f.Add("score;juror;application;confidence\n3,5;x;A;0,5\n")
	f.Fuzz(func(t *testing.T, text string) {
		readings, err := ParseScores(strings.NewReader(text))
		var fault *table.Fault
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault", err)
		}
		if err != nil || len(readings) == 0 || len(readings) > 50 {
			return
		}
		r, err := Fit(Input{Readings: readings, Select: 1, Draws: 10})
		if err != nil {
			t.Fatalf("read, and then refused: %v", err)
		}
		if math.IsNaN(r.Files[0].Calibrated) || math.IsInf(r.Files[0].Calibrated, 0) {
			t.Fatalf("%+v", r.Files[0])
		}
	})
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte(`{"version":1,"select":1,"readings":[{"application":"A","juror":"x","score":3},{"application":"B","juror":"x","score":4}],"votes":[{"assessor":"x","winner":"A","loser":"B"}],"next":{"allowed":[{"application":"A","juror":"z"}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		request, err := ParseRequest(text)
		var fault *table.Fault
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault", err)
		}
		if err != nil || len(request.Readings) > 30 || len(request.Votes) > 30 || request.Draws > 1000 {
			return
		}
		request.Draws = 10
		if _, err := request.Run(); err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault", err)
		}
	})
}
