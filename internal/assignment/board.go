package assignment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/solve/assign"
)

// Board is an assignment as one person may see it. The files from which she is kept are
// not in it, nor in any count of it: everything is reckoned from the others alone.
type Board struct {
	committee.Selection
	Plan    Plan // its pairs, on the files she sees
	Files   []File
	Members []committee.Member // who may read, away or not
	Problem *assign.Problem
	Account *assign.Account // what is said of the pairs, with warnings
	Changes Changes         // from what is published to the plan
	Live    []Given         // as published
	Run     *Last           // the last calculation, nil before it
	Bidders int             // how many members said what they would rather read
	Partial bool            // something is kept from her
	barred  map[Pair]bool
}

// Last is the last calculation; Why is why there is no assignment, when all of it may be told.
type Last struct {
	Run
	Result     assign.Result
	Why        *assign.Infeasible
	Concealing bool // there is a reason, which stands in what is kept from her
}

// Changes are what publishing would do.
type Changes struct {
	Added, Ended []Pair
	Kept         int
}

// Board shows who assigns the matrix, its explanations and what waits to be published.
func (s *Service) Board(ctx context.Context, by account.User, id committee.SelectionID) (b Board, err error) {
	r := s.db.Reader()
	sel, err := s.require(ctx, r, by, "selection.assign", id)
	if err != nil {
		return b, err
	}
	h, err := s.house(ctx, r, sel)
	if err != nil {
		return b, err
	}
	open, err := s.clear(ctx, r, by, sel)
	if err != nil {
		return b, err
	}
	b = h.seenBy(open)
	if h.plan.Run != "" {
		run, err := loadRun(ctx, r, id, h.plan.Run)
		if err != nil {
			return b, err
		}
		if b.Run, err = last(ctx, run, open); err != nil {
			return b, err
		}
	}
	if b.Account, err = assign.Explain(ctx, b.Problem, links(b.Plan.Pairs), false); err != nil {
		return b, unsolvable(err)
	}
	return b, nil
}

// seenBy is the assignment without what a person may not know.
func (h house) seenBy(open map[application.ID]bool) Board {
	b := Board{Selection: h.sel, Plan: h.plan, Members: h.members, barred: h.barred}
	b.Files = slices.DeleteFunc(slices.Clone(h.files), func(f File) bool { return !open[f.ID] })
	seen := map[application.ID]bool{}
	for _, f := range b.Files {
		seen[f.ID] = true
	}
	hidden := func(g Given) bool { return !seen[g.File] }
	b.Partial = len(b.Files) < len(h.files)
	b.Plan.Pairs = slices.DeleteFunc(slices.Clone(h.plan.Pairs), hidden)
	b.Live = slices.DeleteFunc(h.published(), hidden)
	b.Changes = changes(b.Live, b.Plan.Pairs)
	for _, m := range h.members {
		if slices.ContainsFunc(b.Files, func(f File) bool { return h.wishes[m.ID][f.ID] != Unsaid }) {
			b.Bidders++
		}
	}
	b.Problem = h.problem(nil)
	if b.Partial {
		narrow(b.Problem, func(file string) bool { return open[application.ID(file)] })
	}
	return b
}

func changes(live, plan []Given) (c Changes) {
	for _, g := range plan {
		if has(live, g.Pair) {
			c.Kept++
		} else {
			c.Added = append(c.Added, g.Pair)
		}
	}
	for _, g := range live {
		if !has(plan, g.Pair) {
			c.Ended = append(c.Ended, g.Pair)
		}
	}
	return c
}

// last reads the last calculation. Why there is none is told in full to who sees every
// file; to others it is reckoned again from what they see, which may have no such reason.
func last(ctx context.Context, run Run, open map[application.ID]bool) (*Last, error) {
	part, err := run.within(func(file string) bool { return open[application.ID(file)] })
	if err != nil {
		return nil, err
	}
	out := &Last{Run: part}
	if err := json.Unmarshal(part.Output, &out.Result); err != nil {
		return nil, fmt.Errorf("read the result of %s: %w", run.ID, err)
	}
	out.Why = out.Result.Infeasible
	if out.Result.Status.Found() || part.Digest == run.Digest {
		return out, nil
	}
	var p assign.Problem
	if err := json.Unmarshal(part.Input, &p); err != nil {
		return nil, fmt.Errorf("read the problem of %s: %w", run.ID, err)
	}
	limited, stop := context.WithTimeout(ctx, patience/10)
	defer stop()
	again, err := assign.Solve(limited, &p)
	if err != nil {
		return nil, unsolvable(err)
	}
	out.Why, out.Concealing = again.Infeasible, again.Infeasible == nil
	return out, nil
}

// Barred says whether a conflict keeps a member from a file.
func (b Board) Barred(p Pair) bool { return b.barred[p] }

// Reads says whether a member reads a file in the plan.
func (b Board) Reads(p Pair) bool { return has(b.Plan.Pairs, p) }

// Load is how many of the files of the board a member reads in the plan.
func (b Board) Load(m committee.MemberID) (n int) {
	for _, g := range b.Plan.Pairs {
		if g.Member == m {
			n++
		}
	}
	return n
}

// Readers are those of a file in the plan.
func (b Board) Readers(file application.ID) (list []committee.MemberID) {
	for _, g := range b.Plan.Pairs {
		if g.File == file {
			list = append(list, g.Member)
		}
	}
	return list
}

// Value is the affinity of a pair and the contribution of each term.
func (b Board) Value(p Pair) (total assign.Affinity, terms []assign.Affinity) {
	terms = make([]assign.Affinity, len(b.Problem.Terms))
	i := slices.IndexFunc(b.Problem.Pairs, func(x assign.Pair) bool { return x.Item == string(p.File) && x.Agent == string(p.Member) })
	if i < 0 {
		return 0, terms
	}
	for t, v := range b.Problem.Pairs[i].Values {
		terms[t] = assign.Affinity(b.Problem.Terms[t].Weight*v*assign.Scale + 0.5)
		total += terms[t]
	}
	return total, terms
}
