package assignment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/platform/errs"
	"transformateur/internal/solve/assign"
)

// Way is how much a repair may change: Fewest, or what keeping a reading is worth, in
// affinity, as a decimal number.
type Way string

// Fewest changes as little as can be, then seeks the greatest sum.
const Fewest Way = "fewest"

// ways are those that a repair is shown by, from the fewest changes to the greatest sum:
// the last one is worth a millionth, which only decides between equals.
var ways = []Way{Fewest, "0.25", "0.1", "0.05", "0.02", "0.000001"}

// mendable bounds the time in which the ways of a repair are drawn up.
const mendable = 8 * time.Second

// Repairing asks for a repair. Seen is that of the way that was looked at; "" accepts
// whatever is found.
type Repairing struct {
	Away []committee.MemberID // who cannot read for now; it replaces who was said to be away
	Way  Way
	Seen string
}

// Mending is what a repair would do, before anything changes. It is drawn up for who sees
// every file: what the others hold would show in what is left for these. For another, the
// repair with the fewest changes goes to the plan, where she sees what it does to her files.
type Mending struct {
	Board
	Away  []committee.MemberID
	Ways  []Mended // that differ, the fewest changes first
	Wrong *Last    // why there is no way; nil when there is one
}

// Mended is one way to repair, on the files that its reader sees.
type Mended struct {
	Way     Way
	Changes Changes // from what is published
	Total   assign.Affinity
	Worst   assign.Affinity // the score of the worst-off file
	Broken  int             // how many warnings it leaves
	// Proved says that no assignment keeping the rules takes back fewer readings.
	Proved bool
	Seen   string // what Repairing wants back
}

// Repair changes what is published as the way asks, in the plan, for members who cannot
// read any more. Errors: as Propose; Invalid for a way that is none; Conflict when nothing
// is published, or when it would not give what was seen.
func (s *Service) Repair(ctx context.Context, by account.User, id committee.SelectionID, in Repairing) (assign.Status, error) {
	if in.Way == "" {
		in.Way = Fewest
	}
	if !slices.Contains(ways, in.Way) {
		return "", errs.New(errs.Invalid, "assignment.way_unknown")
	}
	ask := func(v *view) (*assign.Problem, error) {
		v.house.leave(in.Away)
		return v.repairing(in.Way)
	}
	return s.solve(ctx, by, id, Repaired, ask, func(v view, pairs []Given) error {
		if in.Seen == "" {
			return nil
		}
		seen, err := seenAs(v.shown(pairs))
		if err == nil && seen != in.Seen {
			err = errs.New(errs.Conflict, "assignment.changed_meanwhile")
		}
		return err
	})
}

// Mend draws up the ways to repair what is published without away; nothing changes.
// Errors: Conflict when the plan is frozen, or when nothing is published.
func (s *Service) Mend(ctx context.Context, by account.User, id committee.SelectionID, away []committee.MemberID) (m Mending, err error) {
	v, err := s.look(ctx, s.db.Reader(), by, id)
	if err != nil {
		return m, err
	}
	if v.Plan.Frozen {
		return m, errs.New(errs.Conflict, "assignment.frozen")
	}
	v.house.leave(away)
	m.Away, m.Board = v.house.plan.Settings.Away, v.Board
	if v.Partial {
		_, err := v.repairing(Fewest)
		return m, err
	}
	limited, stop := context.WithTimeout(ctx, mendable)
	defer stop()
	for i, way := range ways {
		p, err := v.repairing(way)
		if err != nil {
			return m, err
		}
		result, err := assign.Solve(limited, p)
		if err != nil {
			return m, unsolvable(err)
		}
		if i == 0 && !result.Status.Found() {
			run, err := written(Repaired, p, result)
			if err != nil {
				return m, err
			}
			m.Wrong, err = last(ctx, run, v.sees)
			return m, err
		}
		if i > 0 && (result.Stopped || !result.Status.Found()) {
			continue // what time cuts short could not be found again
		}
		one, err := v.mended(way, result)
		if err != nil {
			return m, err
		}
		if !slices.ContainsFunc(m.Ways, func(x Mended) bool { return x.Seen == one.Seen }) {
			m.Ways = append(m.Ways, one)
		}
	}
	slices.SortStableFunc(m.Ways, func(a, b Mended) int { return len(a.Changes.Ended) - len(b.Changes.Ended) })
	return m, nil
}

// leave notes who cannot read; who does not sit is left out.
func (h *house) leave(away []committee.MemberID) {
	h.plan.Settings.Away = slices.DeleteFunc(slices.Clone(away), func(id committee.MemberID) bool {
		return !slices.ContainsFunc(h.members, func(m committee.Member) bool { return m.ID == id })
	})
}

// repairing is the problem of a repair. Nothing is drawn in it: what stands was. With the
// fewest changes, their number comes before the worst-off file, so that it can be proved.
func (v *view) repairing(way Way) (*assign.Problem, error) {
	if len(v.Live) == 0 {
		return nil, errs.New(errs.Conflict, "assignment.nothing_published")
	}
	p, err := v.asked()
	if err != nil {
		return nil, err
	}
	p.Draw = nil
	p.Previous = links(v.house.published())
	if way == Fewest {
		p.Keep.Fewest, p.Objective, p.Levels = true, assign.Total, 0
		return p, nil
	}
	if p.Keep.Bonus, err = strconv.ParseFloat(string(way), 64); err != nil {
		return nil, fmt.Errorf("read the way %q of a repair: %w", way, err)
	}
	return p, nil
}

// mended tells one result on the files that are seen.
func (v view) mended(way Way, result *assign.Result) (m Mended, err error) {
	pairs := v.shown(given(result.Pairs, v.house.plan.Pairs))
	p := v.house.problem()
	narrow(p, v.sees)
	account, err := assign.Check(p, links(pairs))
	if err != nil {
		return m, unsolvable(err)
	}
	m = Mended{Way: way, Changes: changes(v.Live, pairs), Total: account.Total, Broken: len(account.Warnings)}
	for _, item := range account.Items {
		if item.Item == account.Worst {
			m.Worst = item.Score
		}
	}
	r := result.Repair
	m.Proved = r != nil && (len(r.Removed) == r.Fewest || way == Fewest && result.Status == assign.Optimal)
	m.Seen, err = seenAs(pairs)
	return m, err
}

// shown are the pairs whose file is seen.
func (v view) shown(list []Given) []Given {
	return slices.DeleteFunc(slices.Clone(list), func(g Given) bool { return !v.open[g.File] })
}

// seenAs is the fingerprint of pairs as they were shown.
func seenAs(list []Given) (string, error) {
	text, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("write pairs: %w", err)
	}
	return digest(text), nil
}
