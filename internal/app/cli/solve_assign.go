package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/solve/assign"
)

type solveAssign struct {
	Problem string `arg:"" optional:"" default:"-" help:"The problem (JSON, docs/solve.md); - reads the standard input. Unused with --affinity."`

	Affinity  string        `help:"Matrix of affinities (CSV: items in rows, reviewers in columns, blank for a conflict)." type:"existingfile" placeholder:"FILE"`
	Meta      string        `help:"Readings, loads and groups that go with the matrix (JSON)." type:"existingfile" placeholder:"FILE"`
	Objective string        `help:"total or fair; by default what the problem says, or total." enum:",total,fair" default:"" placeholder:"NAME"`
	Levels    int           `help:"With fair: how many floors to raise, one after the other." placeholder:"N"`
	Keep      string        `help:"Pairs to keep as far as possible (CSV: item,reviewer)." type:"existingfile" placeholder:"FILE"`
	Bonus     float64       `help:"What a kept pair is worth in affinity (default 0.05)." placeholder:"X"`
	Fewest    bool          `help:"Remove as few of the kept pairs as can be, whatever the total."`
	Leave     []string      `help:"Reviewers who leave." placeholder:"ID,ID"`
	Even      bool          `help:"Loads that differ by one reading at most."`
	Cap       float64       `help:"Draw at random: the most chances that a pair may have (0 to 1)." placeholder:"X"`
	Spread    float64       `help:"With --cap: flatten the chances further (0 to 1)." placeholder:"X"`
	Seed      uint64        `help:"Decides between equals, and drives the draw." placeholder:"N"`
	Budget    time.Duration `help:"Time after which the best found is kept (example: 10s). Without it, the result never depends on time." placeholder:"TIME"`
	Out       string        `help:"Where the pairs are written (CSV)." placeholder:"FILE"`
	Explain   string        `help:"Where the reasons are written (JSON)." placeholder:"FILE"`
}

// answer is the JSON form of a result, with its reasons.
type answer struct {
	*assign.Result
	Account *assign.Account `json:"account,omitempty"`
}

// Run assigns.
func (c *solveAssign) Run(e *env) error {
	p, err := c.problem()
	if err != nil {
		return e.refuseProblem(err)
	}
	ctx, cancel := context.WithCancel(e.ctx)
	if c.Budget > 0 {
		ctx, cancel = context.WithTimeout(e.ctx, c.Budget)
	}
	defer cancel()
	begin := clock.System{}.Now()
	r, err := assign.Solve(ctx, p)
	if err != nil {
		return e.refuseProblem(err)
	}
	seconds := clock.System{}.Now().Sub(begin).Seconds()
	a := answer{Result: r}
	if r.Status.Found() && (c.Affinity == "" || c.Explain != "") {
		if a.Account, err = assign.Explain(ctx, p, r.Pairs, true); err != nil {
			return err
		}
	}
	if c.Affinity == "" {
		err = e.summary(a)
	} else {
		err = c.write(e, a, seconds)
	}
	if err != nil || r.Status.Found() {
		return err
	}
	return coded{errors.New(unassigned(r)), infeasible}
}

// problem reads what is asked, in either form.
func (c *solveAssign) problem() (*assign.Problem, error) {
	var p *assign.Problem
	var err error
	if c.Affinity == "" {
		p, err = c.fromJSON()
	} else {
		p, err = c.fromMatrix()
	}
	if err != nil {
		return nil, err
	}
	if c.Objective != "" {
		p.Objective = assign.Objective(c.Objective)
	}
	if c.Levels > 0 {
		p.Levels = c.Levels
	}
	if c.Cap != 0 {
		p.Draw = &assign.Draw{Cap: c.Cap, Spread: c.Spread}
	}
	if c.Keep != "" {
		text, err := os.ReadFile(c.Keep)
		if err != nil {
			return nil, err
		}
		if p.Previous, err = assign.ReadLinks(bytes.NewReader(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Keep, err)
		}
	}
	if c.Bonus != 0 || c.Fewest {
		p.Keep.Bonus, p.Keep.Fewest = c.Bonus, c.Fewest
	}
	p.Even = p.Even || c.Even
	if c.Seed != 0 {
		p.Seed = c.Seed
	}
	for _, id := range c.Leave {
		if !p.Leave(id) {
			return nil, &assign.Malformed{Field: "--leave", Why: "nobody has the id " + id}
		}
	}
	return p, nil
}

func (c *solveAssign) fromJSON() (*assign.Problem, error) {
	text, err := readFile(c.Problem)
	if err != nil {
		return nil, err
	}
	return assign.Read(bytes.NewReader(text))
}

func (c *solveAssign) fromMatrix() (*assign.Problem, error) {
	if c.Meta == "" || c.Out == "" {
		return nil, &assign.Malformed{Field: "--affinity", Why: "it comes with --meta and --out"}
	}
	text, err := os.ReadFile(c.Meta)
	if err != nil {
		return nil, err
	}
	meta, err := assign.ReadMeta(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Meta, err)
	}
	file, err := os.Open(c.Affinity)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	p, err := assign.ReadMatrix(file, meta)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Affinity, err)
	}
	return p, nil
}

// summary is the line of JSON that a run in CSV prints. Value and Bound are of what is
// sought first: the total, or the worst-off item.
type summary struct {
	Status     assign.Status    `json:"status"`
	Objective  assign.Objective `json:"objective"`
	Value      assign.Affinity  `json:"value"`
	Bound      assign.Affinity  `json:"bound"`
	Proved     bool             `json:"proved"`
	Total      assign.Affinity  `json:"total"`
	TotalBound assign.Affinity  `json:"total_bound"`
	Worst      assign.Affinity  `json:"worst"`
	Kept       *int             `json:"kept,omitempty"`
	Removed    *int             `json:"removed,omitempty"`
	Fewest     *int             `json:"fewest_removed,omitempty"`
	Clashes    []string         `json:"clashes,omitempty"`
	Relax      []string         `json:"relax,omitempty"`
	Stopped    bool             `json:"stopped,omitempty"`
	Seconds    float64          `json:"seconds"`
	Seed       uint64           `json:"seed"`
}

func (c *solveAssign) write(e *env, a answer, seconds float64) error {
	s := summary{Status: a.Status, Objective: assign.Total, Value: a.Total, Bound: a.TotalBound, Proved: a.Status == assign.Optimal || a.Status == assign.None,
		Total: a.Total, TotalBound: a.TotalBound, Worst: a.Worst, Stopped: a.Stopped, Seconds: seconds, Seed: a.Seed}
	if len(a.Floors) > 0 {
		s.Objective, s.Value, s.Bound = assign.Fair, a.Worst, a.WorstBound
	}
	if a.Repair != nil {
		removed := len(a.Repair.Removed)
		s.Kept, s.Removed, s.Fewest = &a.Repair.Kept, &removed, &a.Repair.Fewest
	}
	if a.Infeasible != nil {
		for _, clash := range a.Infeasible.Clashes {
			s.Clashes = append(s.Clashes, clash.String())
		}
		for _, way := range a.Infeasible.Relax {
			if text := way.String(); !slices.Contains(s.Relax, text) {
				s.Relax = append(s.Relax, text)
			}
		}
	}
	if a.Status.Found() {
		var pairs bytes.Buffer
		if err := assign.WriteLinks(&pairs, a.Pairs); err != nil {
			return err
		}
		if err := os.WriteFile(c.Out, pairs.Bytes(), 0o644); err != nil {
			return err
		}
	}
	if c.Explain != "" {
		text, err := json.MarshalIndent(a, "", " ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Explain, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	return e.summary(s)
}

// refuseProblem prints the one line that programs read of an input that cannot be used.
func (e *env) refuseProblem(err error) error {
	var m *assign.Malformed
	if !errors.As(err, &m) {
		return err
	}
	if failed := e.summary(struct {
		Command string `json:"command"`
		Problem string `json:"problem"`
		Line    int    `json:"line,omitempty"`
		Field   string `json:"field,omitempty"`
		Why     string `json:"why"`
	}{"assign", "malformed", m.Line, m.Field, m.Why}); failed != nil {
		return failed
	}
	return coded{err, malformed}
}

// unassigned says in a sentence why there is no assignment, and the ways out.
func unassigned(r *assign.Result) string {
	if r.Infeasible == nil {
		return "no assignment was found in time"
	}
	var why, ways []string
	for _, clash := range r.Infeasible.Clashes {
		why = append(why, clash.String())
	}
	for _, way := range r.Infeasible.Relax {
		if text := way.String(); !slices.Contains(ways, text) {
			ways = append(ways, text)
		}
	}
	text := "no assignment: " + strings.Join(why[:min(len(why), 5)], "; ")
	if len(ways) > 0 {
		text += ". It would take: " + strings.Join(ways, "; or ")
	}
	return text
}
