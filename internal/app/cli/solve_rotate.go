package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/solve/rotate"
)

type solveRotate struct {
	Problem string        `arg:"" optional:"" default:"-" help:"The problem (JSON, docs/solve.md); - reads the standard input."`
	Seed    uint64        `help:"Decides between equals." placeholder:"N"`
	Budget  time.Duration `help:"Time after which the best found is kept (example: 10s). Without it, the result never depends on time." placeholder:"TIME"`
}

// Run seats people, and answers in JSON.
func (c *solveRotate) Run(e *env) error {
	text, err := readFile(c.Problem)
	if err != nil {
		return err
	}
	p, err := rotate.Read(bytes.NewReader(text))
	if err != nil {
		return e.refuse("rotate", err)
	}
	if c.Seed != 0 {
		p.Seed = c.Seed
	}
	r, _, err := seat(e, p, c.Budget)
	if err != nil {
		return e.refuse("rotate", err)
	}
	return errors.Join(e.summary(r), unseated(r))
}

type solveMix struct {
	Instance string        `help:"Projects, visitors, rounds and affinities (JSON, docs/solve.md)." type:"existingfile" required:"" placeholder:"FILE"`
	Out      string        `help:"Where the rounds are written (JSON)." type:"path" required:"" placeholder:"FILE"`
	Repeat   *float64      `help:"What it costs, in affinity, that two visitors meet again (default 1; 0 ignores it)." placeholder:"X"`
	Seed     uint64        `help:"Decides between equals." placeholder:"N"`
	Budget   time.Duration `help:"Time after which the best found is kept (example: 10s). Without it, the result never depends on time." placeholder:"TIME"`
}

// Run has visitors circulate among projects.
func (c *solveMix) Run(e *env) error {
	text, err := os.ReadFile(c.Instance)
	if err != nil {
		return err
	}
	p, err := rotate.ReadMix(bytes.NewReader(text))
	if err != nil {
		return e.refuse("mix", err)
	}
	p.Seed, p.Repeat = c.Seed, c.Repeat
	r, took, err := seat(e, p, c.Budget)
	if err != nil {
		return e.refuse("mix", err)
	}
	said := seated{Command: "mix", Value: r.Affinity, Bound: r.AffinityBound, seatedResult: resultOf(r), Seconds: took}
	return errors.Join(writeRounds(c.Out, r, r.Visits()), e.summary(said), unseated(r))
}

type solveGolfers struct {
	Groups int           `help:"How many tables." required:"" placeholder:"N"`
	Size   int           `help:"How many people a table takes." required:"" placeholder:"N"`
	Rounds int           `help:"How many rounds." required:"" placeholder:"N"`
	People int           `help:"How many people, when tables are not full: they are then shared as evenly as can be." placeholder:"N"`
	Out    string        `help:"Where the rounds are written (JSON)." type:"path" required:"" placeholder:"FILE"`
	Seed   uint64        `help:"Decides between equals." placeholder:"N"`
	Budget time.Duration `help:"Time after which the best found is kept (example: 10s). Without it, the result never depends on time." placeholder:"TIME"`
}

// Run seats people who all move.
func (c *solveGolfers) Run(e *env) error {
	p, err := rotate.Golfers(c.Groups, c.Size, c.Rounds, c.People)
	if err != nil {
		return e.refuse("golfers", err)
	}
	p.Seed = c.Seed
	r, took, err := seat(e, p, c.Budget)
	if err != nil {
		return e.refuse("golfers", err)
	}
	said := seated{Command: "golfers", Value: float64(r.Cost), Bound: float64(r.CostBound), seatedResult: resultOf(r), Seconds: took}
	return errors.Join(writeRounds(c.Out, r, r.Rounds), e.summary(said), unseated(r))
}

// seated is the line of JSON of a run on files.
type seated struct {
	Command string  `json:"command"`
	Value   float64 `json:"value"`
	Bound   float64 `json:"bound"`
	seatedResult
	Seconds float64 `json:"seconds"`
}

// seatedResult is what is said of every plan.
type seatedResult struct {
	Status      rotate.Status `json:"status"`
	Proved      bool          `json:"proved"`
	Meetings    int           `json:"meetings"`
	Repeats     int           `json:"repeats"`
	Often       int           `json:"often"`
	Cost        int           `json:"cost"`
	CostBound   int           `json:"cost_bound"`
	RoundsBound int           `json:"rounds_bound"`
	Method      string        `json:"method,omitempty"`
	Breaches    []string      `json:"breaches,omitempty"`
	Clashes     []string      `json:"clashes,omitempty"`
	Stopped     bool          `json:"stopped,omitempty"`
	Seed        uint64        `json:"seed"`
}

func resultOf(r *rotate.Result) seatedResult {
	s := seatedResult{Status: r.Status, Proved: r.Status == rotate.Optimal || r.Status == rotate.None, Meetings: r.Meetings, Repeats: r.Repeats, Often: r.Often,
		Cost: r.Cost, CostBound: r.CostBound, RoundsBound: r.RoundsBound, Method: r.Method, Stopped: r.Stopped, Seed: r.Seed}
	for _, b := range r.Breaches {
		s.Breaches = append(s.Breaches, b.String())
	}
	for _, clash := range r.Clashes {
		s.Clashes = append(s.Clashes, clash.String())
	}
	return s
}

// seat solves, and says how long it took.
func seat(e *env, p *rotate.Problem, budget time.Duration) (*rotate.Result, float64, error) {
	ctx, cancel := context.WithCancel(e.ctx)
	if budget > 0 {
		ctx, cancel = context.WithTimeout(e.ctx, budget)
	}
	defer cancel()
	begin := clock.System{}.Now()
	r, err := rotate.Solve(ctx, p)
	return r, seconds(begin), err
}

// writeRounds writes a plan that keeps every obligation; there is no file otherwise.
func writeRounds(name string, r *rotate.Result, rounds any) error {
	if !r.Status.Found() {
		return nil
	}
	return writeFile(name, func(w io.Writer) error {
		return json.NewEncoder(w).Encode(map[string]any{"rounds": rounds})
	})
}

// unseated says in a sentence why there is no plan.
func unseated(r *rotate.Result) error {
	if r.Status.Found() {
		return nil
	}
	said := resultOf(r)
	why, start := said.Clashes, "no plan: "
	if r.Status == rotate.NotFound {
		why, start = said.Breaches, "no plan was found that keeps every obligation; the nearest breaks: "
	}
	return coded{errors.New(start + strings.Join(why[:min(len(why), 5)], "; ")), infeasible}
}
