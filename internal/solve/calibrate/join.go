package calibrate

import (
	"transformateur/internal/solve/pairwise"
	"transformateur/internal/solve/standing"
	"transformateur/internal/solve/table"
)

// join lets comparisons move what the scores say: the posterior of the scores is the
// prior of the comparisons. When every score is the same, the comparisons rank and
// the calibrated values stay equal.
func (s *state) join(b *belief, in Input, draws int) error {
	n := len(s.files)
	if n > pairwise.MaxItems {
		return &table.Fault{Field: "votes", Problem: table.TooMany}
	}
	ask := pairwise.Input{Items: s.files, Votes: in.Votes, Select: in.Select, Seed: in.Seed, Draws: draws}
	if s.scale > 0 {
		ask.Prior = &pairwise.Prior{Mean: b.mean, Cov: s.covariance()}
	}
	voted, err := pairwise.Fit(ask)
	if err != nil {
		return err
	}
	at := make(map[string]int, n)
	for i, name := range s.files {
		at[name] = i
	}
	b.standings = make([]standing.Standing, n)
	for _, item := range voted.Items {
		i := at[item.Item]
		b.standings[i] = item.Standing
		b.moved[i] = item.Worth - b.mean[i]
		b.mean[i], b.deviation[i] = item.Worth, item.Deviation
	}
	return nil
}

// covariance is that of θ(file) + μ + b̄ between files, in y.
func (s *state) covariance() [][]float64 {
	n, m := len(s.files), len(s.readers)
	forms, rows := make([]sparse, n), make([][]float64, n)
	for i := range forms {
		forms[i] = s.towards(i, nil)
		for j := range m {
			forms[i].add(j, 1/float64(m))
		}
		forms[i].add(m, 1)
	}
	for i := range rows {
		rows[i] = make([]float64, n)
		through := forms[i].times(s.inv)
		for k := range i + 1 {
			rows[i][k] = s.v[2] * forms[k].on(through)
			rows[k][i] = rows[i][k]
		}
		rows[i][i] += s.v[2] / s.d[i]
	}
	return rows
}
