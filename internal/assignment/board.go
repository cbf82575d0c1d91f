package assignment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
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
	Tries   int             // how many calculations were made and kept
	barred  map[Pair]bool
	wishes  map[committee.MemberID]map[application.ID]Wish
	index
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

// Board shows who assigns the matrix, what is wrong in it and what waits to be published.
func (s *Service) Board(ctx context.Context, by account.User, id committee.SelectionID) (Board, error) {
	v, err := s.look(ctx, s.db.Reader(), by, id)
	if err != nil {
		return v.Board, err
	}
	if v.Account, err = assign.Check(v.Problem, links(v.Plan.Pairs)); err != nil {
		return v.Board, unsolvable(err)
	}
	return v.Board, nil
}

// Explained is Board with the reasons of every pair: who would suit more and what stands
// in the way, who would come instead and what that costs.
func (s *Service) Explained(ctx context.Context, by account.User, id committee.SelectionID) (Board, error) {
	v, err := s.look(ctx, s.db.Reader(), by, id)
	if err != nil {
		return v.Board, err
	}
	if v.Account, err = assign.Explain(ctx, v.Problem, links(v.Plan.Pairs), false); err != nil {
		return v.Board, unsolvable(err)
	}
	return v.Board, nil
}

// view is a board with the whole house behind it, of which its reader knows what is open.
type view struct {
	Board
	house house
	open  map[application.ID]bool
}

func (v view) sees(file string) bool { return v.open[application.ID(file)] }

// look reads the house for who assigns; nothing is explained yet.
func (s *Service) look(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) (v view, err error) {
	sel, err := s.require(ctx, r, by, "selection.assign", id)
	if err != nil {
		return v, err
	}
	if v.house, err = s.house(ctx, r, sel); err != nil {
		return v, err
	}
	if v.open, err = s.clear(ctx, r, by, sel); err != nil {
		return v, err
	}
	v.Board = v.house.seenBy(v.open)
	if v.Tries, err = db.Get(ctx, r, db.Value[int], `select count(*) from assignment_runs where selection_id = $1`, string(id)); err != nil {
		return v, fmt.Errorf("count the calculations of %s: %w", id, err)
	}
	if v.Plan.Run != "" {
		if v.Run, err = s.lastRun(ctx, r, v); err != nil {
			return v, err
		}
	}
	v.index = v.indexed()
	return v, nil
}

// lastRun reads the calculation that the plan comes from. Who sees every file of the call
// is told the result as it was kept, without reading the problem again.
func (s *Service) lastRun(ctx context.Context, r db.Reader, v view) (*Last, error) {
	files, err := db.Get(ctx, r, db.Value[int], `select count(*) from applications where call_id = $1`, string(v.Call.ID))
	if err != nil {
		return nil, fmt.Errorf("count the files of %s: %w", v.Call.ID, err)
	}
	if len(v.open) < files {
		run, err := loadRun(ctx, r, v.Selection.ID, v.Plan.Run)
		if err != nil {
			return nil, err
		}
		return last(ctx, run, v.sees)
	}
	run, err := db.Get(ctx, r, scanRun, `select id, kind, status, '', output, digest, ran_at from assignment_runs where selection_id = $1 and id = $2`, string(v.Selection.ID), v.Plan.Run)
	if err != nil {
		return nil, err
	}
	out := &Last{Run: run}
	if err := json.Unmarshal(run.Output, &out.Result); err != nil {
		return nil, fmt.Errorf("read the result of %s: %w", run.ID, err)
	}
	out.Why = out.Result.Infeasible
	return out, nil
}

// seenBy is the assignment without what a person may not know.
func (h house) seenBy(open map[application.ID]bool) Board {
	b := Board{Selection: h.sel, Plan: h.plan, Members: h.members, barred: h.barred, wishes: h.wishes}
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
	b.Problem = h.problem()
	if b.Partial {
		narrow(b.Problem, func(file string) bool { return seen[application.ID(file)] })
	}
	return b
}

func changes(live, plan []Given) (c Changes) {
	was, now := sources(live), sources(plan)
	for _, g := range plan {
		if _, stands := was[g.Pair]; stands {
			c.Kept++
		} else {
			c.Added = append(c.Added, g.Pair)
		}
	}
	for _, g := range live {
		if _, stays := now[g.Pair]; !stays {
			c.Ended = append(c.Ended, g.Pair)
		}
	}
	return c
}

// last reads the last calculation. Why there is none is told in full to who sees every
// file; to others it is reckoned again from what they see, which may have no such reason.
func last(ctx context.Context, run Run, sees func(file string) bool) (*Last, error) {
	part, err := run.within(sees)
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
