package assignment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/solve/assign"
)

// Run is one calculation as it was asked and answered.
type Run struct {
	ID     string
	Kind   string // Fresh or Repaired
	Status assign.Status
	Input  []byte // the problem, as "transformateur solve assign" reads it
	Output []byte // the result
	Digest string // SHA-256 of the input, in hexadecimal
	RanAt  time.Time
}

// The kinds of calculation: from nothing, or with the fewest changes of what is published.
const (
	Fresh    = "fresh"
	Repaired = "repair"
)

// patience bounds a calculation: the real instances take a tenth of a second at most.
const patience = 20 * time.Second

// Propose has the engine propose an assignment, which replaces the one being prepared;
// pairs pinned stay. It is a dry run: nobody is told, nothing opens. When no assignment
// is possible the calculation is kept with its reasons, and the plan stays as it is.
// Errors: Conflict when the plan is frozen, changed meanwhile, or has nothing to assign.
func (s *Service) Propose(ctx context.Context, by account.User, id committee.SelectionID) (assign.Status, error) {
	return s.solve(ctx, by, id, Fresh, (*view).asked, func(view, []Given) error { return nil })
}

func (s *Service) solve(ctx context.Context, by account.User, id committee.SelectionID, kind string, ask func(*view) (*assign.Problem, error), agreed func(view, []Given) error) (assign.Status, error) {
	v, err := s.look(ctx, s.db.Reader(), by, id)
	if err != nil {
		return "", err
	}
	if v.Plan.Frozen {
		return "", errs.New(errs.Conflict, "assignment.frozen")
	}
	p, err := ask(&v)
	if err != nil {
		return "", err
	}
	limited, stop := context.WithTimeout(ctx, patience)
	defer stop()
	result, err := assign.Solve(limited, p)
	if err != nil {
		return "", unsolvable(err)
	}
	run, err := written(kind, p, result)
	if err != nil {
		return "", err
	}
	plan := v.house.plan
	if result.Status.Found() {
		plan.Pairs = given(result.Pairs, plan.Pairs)
		if err := agreed(v, plan.Pairs); err != nil {
			return "", err
		}
	}
	return result.Status, s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "selection.assign", id); err != nil {
			return err
		}
		run.RanAt, plan.Run = s.clock.Now(), run.ID
		if _, err := tx.Exec(ctx, `insert into assignment_runs (id, selection_id, kind, status, input, output, digest, ran_by, ran_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			run.ID, string(id), run.Kind, string(run.Status), string(run.Input), string(run.Output), run.Digest, by.Actor(), run.RanAt); err != nil {
			return fmt.Errorf("keep a calculation of %s: %w", id, err)
		}
		if err := s.keepPlan(ctx, tx, by, id, plan); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "assignment.proposed", id, map[string]any{"run": run.ID, "kind": kind, "status": string(run.Status), "digest": run.Digest, "seed": strconv.FormatUint(p.Seed, 10)})
	})
}

// asked is the problem of a calculation, or why there is none.
func (v *view) asked() (*assign.Problem, error) {
	p := v.house.problem()
	switch {
	case len(p.Items) == 0:
		return nil, errs.New(errs.Conflict, "assignment.no_files")
	case len(p.Agents) == 0:
		return nil, errs.New(errs.Conflict, "assignment.no_members")
	}
	return p, nil
}

// unsolvable tells a problem that the engine cannot read from a failure: what was typed
// is checked before, so that only sizes remain.
func unsolvable(err error) error {
	if bad := (*assign.Malformed)(nil); errors.As(err, &bad) {
		return errs.New(errs.Conflict, "assignment.unsolvable").Because(err)
	}
	return fmt.Errorf("assign: %w", err)
}

func written(kind string, p *assign.Problem, result *assign.Result) (run Run, err error) {
	run = Run{ID: db.NewID(), Kind: kind, Status: result.Status}
	if run.Input, err = json.Marshal(p); err != nil {
		return run, fmt.Errorf("write a problem: %w", err)
	}
	if run.Output, err = json.Marshal(result); err != nil {
		return run, fmt.Errorf("write a result: %w", err)
	}
	run.Digest = digest(run.Input)
	return run, nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// given are the pairs of a result; those that were there by hand keep where they come from.
func given(list []assign.Link, before []Given) (out []Given) {
	was := sources(before)
	for _, l := range list {
		g := Given{Pair{application.ID(l.Item), committee.MemberID(l.Agent)}, Engine}
		if source, there := was[g.Pair]; there {
			g.Source = source
		}
		out = append(out, g)
	}
	return out
}

func scanRun(sc db.Scanner) (x Run, err error) {
	var input, output string
	err = sc.Scan(&x.ID, &x.Kind, &x.Status, &input, &output, &x.Digest, &x.RanAt)
	x.Input, x.Output = []byte(input), []byte(output)
	return x, err
}

func loadRun(ctx context.Context, r db.Reader, id committee.SelectionID, run string) (Run, error) {
	return db.Get(ctx, r, scanRun, `select id, kind, status, input, output, digest, ran_at from assignment_runs where selection_id = $1 and id = $2`, string(id), run)
}

// Replay gives a calculation to who assigns, so that she can do it again: the problem and
// the result, without the files from which she is kept. Digest is then that of what she
// gets, which is what the journal holds when nothing is kept from her.
func (s *Service) Replay(ctx context.Context, by account.User, id committee.SelectionID, run string) (Run, error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.assign", id)
	if err != nil {
		return Run{}, err
	}
	x, err := loadRun(ctx, r, id, run)
	if err != nil {
		return Run{}, err
	}
	open, err := s.clear(ctx, r, by, sel)
	if err != nil {
		return Run{}, err
	}
	return x.within(func(file string) bool { return open[application.ID(file)] })
}

// within is a run without the files that a person may not know of. When something is
// left out, what is told of the whole (totals, reasons why there is none) is left out too.
func (x Run) within(open func(file string) bool) (Run, error) {
	var p assign.Problem
	if err := json.Unmarshal(x.Input, &p); err != nil {
		return x, fmt.Errorf("read the problem of %s: %w", x.ID, err)
	}
	if !slices.ContainsFunc(p.Items, func(i assign.Item) bool { return !open(i.ID) }) {
		return x, nil
	}
	var result assign.Result
	if err := json.Unmarshal(x.Output, &result); err != nil {
		return x, fmt.Errorf("read the result of %s: %w", x.ID, err)
	}
	narrow(&p, open)
	part := assign.Result{Version: result.Version, Status: result.Status, Seed: result.Seed, Pairs: only(result.Pairs, open)}
	out, err := written(x.Kind, &p, &part)
	out.ID, out.RanAt = x.ID, x.RanAt
	return out, err
}

// narrow leaves in a problem the files that are open, and nothing about the others.
func narrow(p *assign.Problem, open func(file string) bool) {
	p.Items = slices.DeleteFunc(p.Items, func(i assign.Item) bool { return !open(i.ID) })
	p.Pairs = slices.DeleteFunc(p.Pairs, func(x assign.Pair) bool { return !open(x.Item) })
	p.Forbidden = slices.DeleteFunc(p.Forbidden, func(x assign.Forbidden) bool { return !open(x.Item) })
	p.Pinned, p.Previous = only(p.Pinned, open), only(p.Previous, open)
	for i := range p.Agents {
		p.Agents[i].Max = min(p.Agents[i].Max, len(p.Items))
		p.Agents[i].Min = 0 // what she must read may stand among the others
	}
}

func only(list []assign.Link, open func(file string) bool) []assign.Link {
	return slices.DeleteFunc(slices.Clone(list), func(l assign.Link) bool { return !open(l.Item) })
}
