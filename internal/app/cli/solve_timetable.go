package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/solve/timetable"
)

type solveTimetable struct {
	Instance string        `help:"Slots, people, meetings, rooms and rules (JSON, docs/solve.md)." type:"existingfile" required:"" placeholder:"FILE"`
	Seed     uint64        `help:"Decides between equals; by default what the instance says, or 0." placeholder:"N"`
	Tries    int           `help:"How many changes are tried; by default what a second or two hold." placeholder:"N"`
	Budget   time.Duration `help:"Time after which the best found is kept (example: 10s). Without it, the result never depends on time." placeholder:"TIME"`
	Out      string        `help:"Where the plan is written (JSON: meeting, slot)." required:"" placeholder:"FILE"`
	Rooms    string        `help:"Where the rooms are written (JSON: meeting, room)." placeholder:"FILE"`
	Explain  string        `help:"Where the whole answer is written (JSON)." placeholder:"FILE"`
}

// planned is the line of JSON that a plan prints. Value and Bound are weights.
type planned struct {
	Status  timetable.Status  `json:"status"`
	Value   int               `json:"value"`
	Bound   int               `json:"bound"`
	Proved  bool              `json:"proved"`
	Score   timetable.Score   `json:"score"`
	Placed  int               `json:"placed"`
	Clashes []timetable.Clash `json:"clashes,omitempty"`
	LeftOut []timetable.ID    `json:"left_out,omitempty"`
	Tries   int               `json:"tries"`
	Stopped bool              `json:"stopped,omitempty"`
	Seconds float64           `json:"seconds"`
	Seed    uint64            `json:"seed"`
}

// Run plans.
func (c *solveTimetable) Run(e *env) error {
	in, err := readInstance(c.Instance)
	if err != nil {
		return e.refuseTimetable("timetable", err)
	}
	if c.Tries < 0 {
		return e.refuseTimetable("timetable", &timetable.Malformed{Field: "--tries", Why: "not below 0"})
	}
	if c.Seed != 0 {
		in.Seed = c.Seed
	}
	ctx, cancel := limited(e.ctx, c.Budget)
	defer cancel()
	begin := clock.System{}.Now()
	p, err := timetable.Solve(ctx, in, timetable.Options{Tries: c.Tries})
	if err != nil {
		return e.refuseTimetable("timetable", err)
	}
	s := planned{Status: p.Status, Value: p.Score.Weight, Bound: p.Bound, Proved: p.Status == timetable.Optimal || p.Status == timetable.None,
		Score: p.Score, Placed: len(p.Schedule), Tries: p.Tries, Stopped: p.Stopped, Seconds: clock.System{}.Now().Sub(begin).Seconds(), Seed: p.Seed}
	if p.Infeasible != nil {
		s.Clashes, s.LeftOut = p.Infeasible.Clashes, p.Infeasible.LeftOut
	} else if err := errors.Join(saved(c.Out, p.Schedule), saved(c.Rooms, p.Rooms)); err != nil {
		return err
	}
	if err := saved(c.Explain, p); err != nil {
		return err
	}
	if err := e.summary(s); err != nil || p.Status.Feasible() {
		return err
	}
	return coded{fmt.Errorf("no plan holds everything mandatory: %d meetings are left out, %d reasons are known", len(s.LeftOut), len(s.Clashes)), infeasible}
}

type solveRepair struct {
	Instance string        `help:"The instance (JSON, docs/solve.md)." type:"existingfile" required:"" placeholder:"FILE"`
	Schedule string        `help:"The plan that is being followed (JSON: meeting, slot)." type:"existingfile" required:"" placeholder:"FILE"`
	Rooms    string        `help:"The rooms of that plan (JSON: meeting, room)." type:"existingfile" placeholder:"FILE"`
	Event    string        `help:"What happened (JSON, docs/solve.md)." type:"existingfile" required:"" placeholder:"FILE"`
	Seed     uint64        `help:"Decides between equals; by default what the instance says, or 0." placeholder:"N"`
	Tries    int           `help:"How many changes are tried; by default what a fifth of a second holds." placeholder:"N"`
	Budget   time.Duration `help:"Time after which the best found is kept." placeholder:"TIME"`
	Out      string        `help:"Where the new plan is written (JSON: meeting, slot)." required:"" placeholder:"FILE"`
	Explain  string        `help:"Where the choices are written, with what changes for whom (JSON)." placeholder:"FILE"`
}

// repaired is the line of JSON that a repair prints.
type repaired struct {
	Value        int                  `json:"value"`
	Bound        int                  `json:"bound"`
	Proved       bool                 `json:"proved"`
	Score        timetable.Score      `json:"score"`
	Disruption   timetable.Disruption `json:"disruption"`
	ChangesBound int                  `json:"changes_bound"`
	Told         []string             `json:"told"` // the people for whom something changes
	Diff         timetable.Diff       `json:"diff"`
	Others       []other              `json:"others"`
	Tries        int                  `json:"tries"`
	Stopped      bool                 `json:"stopped,omitempty"`
	Seconds      float64              `json:"seconds"`
	Seed         uint64               `json:"seed"`
}

// other is another way to repair, in figures.
type other struct {
	Score      timetable.Score      `json:"score"`
	Disruption timetable.Disruption `json:"disruption"`
}

// Run repairs.
func (c *solveRepair) Run(e *env) error {
	in, running, event, err := c.read()
	if err != nil {
		return e.refuseTimetable("repair", err)
	}
	ctx, cancel := limited(e.ctx, c.Budget)
	defer cancel()
	begin := clock.System{}.Now()
	r, err := timetable.Mend(ctx, in, *running, event, timetable.Options{Tries: c.Tries})
	if err != nil {
		return e.refuseTimetable("repair", err)
	}
	best := r.Choices[0]
	s := repaired{Value: best.Score.Weight, Bound: r.WeightBound, Proved: r.Proved, Score: best.Score, Disruption: best.Disruption, ChangesBound: r.ChangesBound, Told: []string{},
		Diff: best.Diff, Others: []other{}, Tries: r.Tries, Stopped: r.Stopped, Seconds: clock.System{}.Now().Sub(begin).Seconds(), Seed: in.Seed}
	for _, x := range best.Diff {
		s.Told = append(s.Told, x.Person)
	}
	for _, x := range r.Choices[1:] {
		s.Others = append(s.Others, other{x.Score, x.Disruption})
	}
	if err := errors.Join(saved(c.Out, best.Schedule), saved(c.Explain, r)); err != nil {
		return err
	}
	if err := e.summary(s); err != nil || best.Score.Lost == 0 {
		return err
	}
	return coded{fmt.Errorf("the best repair leaves out %d mandatory meetings", best.Score.Lost), infeasible}
}

func (c *solveRepair) read() (in *timetable.Instance, running *timetable.Running, event *timetable.Event, err error) {
	if c.Tries < 0 {
		return nil, nil, nil, &timetable.Malformed{Field: "--tries", Why: "not below 0"}
	}
	if in, err = readInstance(c.Instance); err != nil {
		return nil, nil, nil, err
	}
	if c.Seed != 0 {
		in.Seed = c.Seed
	}
	running = &timetable.Running{}
	for _, step := range []struct {
		name string
		read func(text *bytes.Reader) error
	}{
		{c.Schedule, func(text *bytes.Reader) (err error) {
			running.Schedule, err = timetable.ReadSchedule(text, in)
			return err
		}},
		{c.Rooms, func(text *bytes.Reader) (err error) { running.Rooms, err = timetable.ReadRooms(text, in); return err }},
		{c.Event, func(text *bytes.Reader) (err error) { event, err = timetable.ReadEvent(text, in); return err }},
	} {
		if step.name == "" {
			continue
		}
		text, err := os.ReadFile(step.name)
		if err != nil {
			return nil, nil, nil, err
		}
		if err := step.read(bytes.NewReader(text)); err != nil {
			return nil, nil, nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return in, running, event, nil
}

func readInstance(name string) (*timetable.Instance, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	in, err := timetable.Read(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return in, nil
}

// limited ends a computation after a time, 0 being never.
func limited(ctx context.Context, budget time.Duration) (context.Context, context.CancelFunc) {
	if budget > 0 {
		return context.WithTimeout(ctx, budget)
	}
	return context.WithCancel(ctx)
}

// saved writes a value in JSON, when there is a file for it.
func saved(name string, value any) error {
	if name == "" {
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(text, '\n'), 0o644)
}

// refuseTimetable prints the one line that programs read of an input that cannot be used.
func (e *env) refuseTimetable(command string, err error) error {
	var m *timetable.Malformed
	if !errors.As(err, &m) {
		return err
	}
	if failed := e.summary(struct {
		Command string `json:"command"`
		Problem string `json:"problem"`
		Line    int    `json:"line,omitempty"`
		Field   string `json:"field,omitempty"`
		Why     string `json:"why"`
	}{command, "malformed", m.Line, m.Field, m.Why}); failed != nil {
		return failed
	}
	return coded{err, malformed}
}
