package cli

import (
	"errors"

	"transformateur/internal/platform/clock"
	"transformateur/internal/solve/pairwise"
	"transformateur/internal/solve/standing"
)

type solvePairwise struct {
	Votes       string `help:"CSV of columns assessor, loser, winner." required:"" type:"existingfile" placeholder:"FILE"`
	Select      int    `help:"How many files stand above the line (default: a third of them)." placeholder:"K"`
	Out         string `help:"Where to write the ranking (CSV)." required:"" type:"path" placeholder:"FILE"`
	Next        string `help:"Also say the next pair to show to this assessor." placeholder:"ASSESSOR"`
	Seed        uint64 `help:"Seed of the draws." default:"1"`
	Reliability bool   `help:"Learn how reliable each assessor of 10 votes or more is."`
}

// readVotes reads a file of comparisons.
func readVotes(name string) ([]pairwise.Vote, error) { return readTable(name, pairwise.ParseVotes) }

// Run ranks a file of comparisons.
func (c *solvePairwise) Run(e *env) error {
	start := clock.System{}.Now()
	votes, err := readVotes(c.Votes)
	if err != nil {
		return e.refuse("pairwise", err)
	}
	in := pairwise.Input{Votes: votes, Select: c.Select, Seed: c.Seed, Reliability: c.Reliability}
	if in.Select == 0 {
		in.Select = max(1, filesOf(votes)/3)
	}
	r, err := pairwise.Fit(in)
	if err != nil {
		return e.refuse("pairwise", err)
	}
	if err := writeFile(c.Out, r.WriteRanking); err != nil {
		return err
	}
	type pair struct {
		First  string  `json:"first"`
		Second string  `json:"second"`
		Gain   float64 `json:"gain"`
	}
	out := struct {
		Command     string            `json:"command"`
		Files       int               `json:"files"`
		Votes       int               `json:"votes"`
		Select      int               `json:"select"`
		Scale       float64           `json:"scale"`
		Undecidable int               `json:"undecidable"`
		Assessors   []pairwise.Reader `json:"assessors"`
		Next        *pair             `json:"next,omitempty"`
		Seconds     float64           `json:"seconds"`
		Seed        uint64            `json:"seed"`
	}{"pairwise", len(r.Items), len(votes), in.Select, r.Scale, 0, r.Readers, nil, seconds(start), r.Seed}
	for _, it := range r.Items {
		if it.Zone == standing.Grey {
			out.Undecidable++
		}
	}
	if c.Next != "" {
		p, ok := r.Next(pairwise.Ask{Reader: c.Next})
		if !ok {
			return errors.Join(e.summary(out), coded{errors.New(words("solver.no_pair", c.Next)), infeasible})
		}
		out.Next = &pair{p.First, p.Second, p.Gain}
	}
	return e.summary(out)
}

// filesOf counts the files that votes name.
func filesOf(votes []pairwise.Vote) int {
	names := map[string]bool{}
	for _, v := range votes {
		names[v.Winner], names[v.Loser] = true, true
	}
	return len(names)
}
