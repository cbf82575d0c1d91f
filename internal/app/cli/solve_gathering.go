package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/platform/clock"
	"transformateur/internal/solve/timetable"
)

type solveGathering struct {
	Instance string        `help:"Running order, people, projects, rooms and wishes (JSON, docs/solve.md)." type:"existingfile" required:"" placeholder:"FILE"`
	Plan     string        `help:"The plan that came before: what is pinned in it stays. With --event, the one that is being followed." type:"existingfile" placeholder:"FILE"`
	Event    string        `help:"What happened (JSON): the plan is then repaired." type:"existingfile" placeholder:"FILE"`
	Day      int           `help:"With --event: the day it is, 0 being the first." placeholder:"N"`
	At       int           `help:"With --event: the minute of that day." placeholder:"MINUTE"`
	Seed     uint64        `help:"Decides between equals; by default what the instance says, or 0." placeholder:"N"`
	Tries    int           `help:"How many changes of the meetings are tried; by default what a second holds." placeholder:"N"`
	Budget   time.Duration `help:"Time after which the best found is kept (example: 10s). Without it, the result never depends on time." placeholder:"TIME"`
	Out      string        `help:"Where the plan is written (JSON)." required:"" placeholder:"FILE"`
	Explain  string        `help:"Where the whole answer is written (JSON)." placeholder:"FILE"`
}

// composed is the line of JSON that a plan of a gathering prints. Value and Bound are the
// weights of the wishes.
type composed struct {
	Value    int               `json:"value"`
	Bound    int               `json:"bound"`
	Proved   bool              `json:"proved"`
	Sittings int               `json:"sittings"`
	Holes    int               `json:"holes"`
	Fewest   int               `json:"fewest"`
	Most     int               `json:"most"`
	Repeats  int               `json:"repeats"` // over all mixes
	Refused  []compose.Refusal `json:"refused,omitempty"`
	Cost     *compose.Cost     `json:"cost,omitempty"` // of a repair
	Others   []compose.Cost    `json:"others,omitempty"`
	Stopped  bool              `json:"stopped,omitempty"`
	Seconds  float64           `json:"seconds"`
	Seed     uint64            `json:"seed"`
}

// Run composes, or repairs.
func (c *solveGathering) Run(e *env) error {
	in, previous, event, err := c.read()
	if err != nil {
		return e.refuseTimetable("gathering", err)
	}
	ctx, cancel := limited(e.ctx, c.Budget)
	defer cancel()
	begin := clock.System{}.Now()
	r, line, all, err := c.solve(ctx, in, previous, event)
	if err != nil {
		return e.refuseTimetable("gathering", err)
	}
	acc := r.Account
	line.Value, line.Bound, line.Proved, line.Sittings = acc.Weight, acc.Bound, acc.Proved, len(r.Plan.Sittings)
	line.Holes, line.Fewest, line.Most, line.Stopped, line.Refused = acc.Holes, acc.Fewest, acc.Most, acc.Stopped, r.Refused
	for _, m := range acc.Mixes {
		line.Repeats += m.Visits.Repeats
	}
	line.Seconds, line.Seed = clock.System{}.Now().Sub(begin).Seconds(), in.Seed
	if len(r.Plan.Sittings) > 0 {
		if err := os.WriteFile(c.Out, append(r.Plan.Encode(), '\n'), 0o644); err != nil {
			return err
		}
	}
	if err := errors.Join(saved(c.Explain, all), e.summary(line)); err != nil || len(r.Refused) == 0 {
		return err
	}
	return coded{fmt.Errorf("%d things that were asked do not hold; the plan holds without them", len(r.Refused)), infeasible}
}

// solve gives the plan, the line that is said of it, and the whole answer.
func (c *solveGathering) solve(ctx context.Context, in *compose.Input, previous *plan.Plan, event *compose.Event) (r compose.Result, line composed, all any, err error) {
	if event == nil {
		r, err = compose.Compose(ctx, *in, previous)
		return r, line, r, err
	}
	fixed, err := compose.Repair(ctx, *in, *previous, *event, compose.Instant{Day: c.Day, At: order.Minute(c.At)})
	if err != nil {
		return r, line, nil, err
	}
	line.Cost = &fixed.Choices[0].Cost
	for _, other := range fixed.Choices[1:] {
		line.Others = append(line.Others, other.Cost)
	}
	return fixed.Choices[0].Result, line, fixed, nil
}

func (c *solveGathering) read() (in *compose.Input, previous *plan.Plan, event *compose.Event, err error) {
	if c.Event != "" && c.Plan == "" {
		return nil, nil, nil, &timetable.Malformed{Field: "--event", Why: "it comes with --plan"}
	}
	for _, step := range []struct {
		name string
		read func(text []byte) error
	}{
		{c.Instance, func(text []byte) (err error) { in, err = compose.Read(bytes.NewReader(text)); return err }},
		{c.Plan, func(text []byte) error {
			p, err := plan.Parse(text)
			if err != nil {
				return &timetable.Malformed{Field: "--plan", Why: err.Error()}
			}
			previous = &p
			return nil
		}},
		{c.Event, func(text []byte) (err error) { event, err = compose.ReadEvent(bytes.NewReader(text)); return err }},
	} {
		if step.name == "" {
			continue
		}
		text, err := os.ReadFile(step.name)
		if err != nil {
			return nil, nil, nil, err
		}
		if err := step.read(text); err != nil {
			return nil, nil, nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	if c.Seed != 0 {
		in.Seed = c.Seed
	}
	if c.Tries != 0 {
		in.Tries = c.Tries
	}
	return in, previous, event, nil
}
