package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/solve/calibrate"
	"transformateur/internal/solve/table"
)

// The exit codes of a computation that gives nothing.
const (
	malformed  = 2
	infeasible = 3
)

type solveCalibrate struct {
	Scores        string `help:"CSV of columns application, juror, score and, if wanted, confidence." type:"existingfile" placeholder:"FILE"`
	Select        int    `help:"How many files stand above the line." placeholder:"K"`
	Out           string `help:"Where to write the ranking (CSV)." type:"path" placeholder:"FILE"`
	Jurors        string `help:"Where to write what is said of each reader (CSV)." type:"path" placeholder:"FILE"`
	Votes         string `help:"CSV of comparisons of the same files, of columns assessor, loser, winner, which join the scores." type:"existingfile" placeholder:"FILE"`
	Seed          uint64 `help:"Seed of the draws." default:"1"`
	DealtAtRandom bool   `help:"Files were dealt at random: groups of readers who share no file may be compared."`
	OwnError      bool   `help:"Learn a spread of error for each reader of 8 scores or more."`
	HeavyTails    bool   `help:"Let an absurd score weigh little (Student errors)."`
}

// Run calibrates a file of scores, or a request in JSON.
func (c *solveCalibrate) Run(e *env) error {
	start := clock.System{}.Now()
	if c.Scores == "" {
		return calibrateRequest(e)
	}
	if c.Out == "" {
		return errors.New(words("solver.no_out"))
	}
	in := calibrate.Input{Select: c.Select, Seed: c.Seed, DealtAtRandom: c.DealtAtRandom, OwnError: c.OwnError, HeavyTails: c.HeavyTails}
	err := c.read(&in)
	if err != nil {
		return e.refuse("calibrate", err)
	}
	r, err := calibrate.Fit(in)
	if err != nil {
		return e.refuse("calibrate", err)
	}
	if err := writeFile(c.Out, r.WriteRanking); err != nil {
		return err
	}
	if c.Jurors != "" {
		if err := writeFile(c.Jurors, r.WriteReaders); err != nil {
			return err
		}
	}
	return e.summary(struct {
		Command       string              `json:"command"`
		Files         int                 `json:"files"`
		Jurors        int                 `json:"jurors"`
		Readings      int                 `json:"readings"`
		Votes         int                 `json:"votes"`
		Select        int                 `json:"select"`
		Adjusted      bool                `json:"adjusted"`
		Problems      []calibrate.Problem `json:"problems"`
		Variances     calibrate.Variances `json:"variances"`
		Undecidable   int                 `json:"undecidable"`
		ExpectedFlips float64             `json:"expected_flips"`
		LeaveOut      []calibrate.LeftOut `json:"leave_out"`
		Seconds       float64             `json:"seconds"`
		Seed          uint64              `json:"seed"`
	}{"calibrate", len(r.Files), len(r.Readers), len(in.Readings), len(in.Votes), r.Select, r.Adjusted, r.Overlap.Problems, r.Variances,
		r.Undecidable, r.ExpectedFlips, r.LeaveOut, seconds(start), r.Seed})
}

func (c *solveCalibrate) read(in *calibrate.Input) (err error) {
	if in.Readings, err = readTable(c.Scores, calibrate.ParseScores); err != nil || c.Votes == "" {
		return err
	}
	in.Votes, err = readVotes(c.Votes)
	return err
}

// calibrateRequest answers the request of the standard input.
func calibrateRequest(e *env) error {
	text, err := readFile("-")
	if err != nil {
		return fmt.Errorf("read the standard input: %w", err)
	}
	request, err := calibrate.ParseRequest(text)
	if err != nil {
		return e.refuse("calibrate", err)
	}
	answer, err := request.Run()
	if err != nil {
		return e.refuse("calibrate", err)
	}
	return e.summary(answer)
}

// refuse prints the one line that programs read of an input that cannot be used, and
// gives the error that people read, with its exit code; other errors pass.
func (e *env) refuse(command string, err error) error {
	var fault *table.Fault
	if !errors.As(err, &fault) {
		return err
	}
	code := malformed
	if fault.Problem == table.Infeasible {
		code = infeasible
	}
	if err := e.summary(struct {
		Command string `json:"command"`
		Problem string `json:"problem"`
		Line    int    `json:"line,omitempty"`
		Field   string `json:"field,omitempty"`
		Value   string `json:"value,omitempty"`
	}{command, fault.Problem, fault.Line, fault.Field, fault.Value}); err != nil {
		return err
	}
	return coded{errors.New(faultWords(fault)), code}
}

// faultWords says a fault in the language of the terminal.
func faultWords(f *table.Fault) string {
	said := words("solver.fault_" + f.Problem)
	if f.Value != "" {
		said = words("solver.with_value", said, f.Value)
	}
	switch {
	case f.Line > 0 && f.Field != "":
		return words("solver.at_line_field", f.Line, f.Field, said)
	case f.Line > 0:
		return words("solver.at_line", f.Line, said)
	case f.Field != "":
		return words("solver.at_field", f.Field, said)
	}
	return said
}

// summary prints one line of JSON.
func (e *env) summary(of any) error {
	return json.NewEncoder(e.out).Encode(of)
}

func seconds(since time.Time) float64 { return clock.System{}.Now().Sub(since).Seconds() }

// readTable reads a file with one of the readers of the formats.
func readTable[T any](name string, parse func(io.Reader) ([]T, error)) ([]T, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return parse(file)
}

// writeFile writes a file, or leaves an error and what could be written.
func writeFile(name string, write func(io.Writer) error) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}
