package pairwise

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"transformateur/internal/solve/dense"
	"transformateur/internal/solve/standing"
	"transformateur/internal/solve/table"
)

// MaxItems is the number of items beyond which Fit refuses.
const MaxItems = 1000

const (
	usualDraws = 4000
	normal90   = 1.6448536269514722 // 95th centile of the standard normal
)

// Result is what the votes say, the best item first.
type Result struct {
	Items   []Item
	Readers []Reader // by name
	Scale   float64  // logits a unit of the prior (without prior, the deviation of the qualities): how well voters tell items apart
	Draws   int
	Seed    uint64

	model *model
}

// model is the votes in the form that the computation takes.
type model struct {
	items, readers []string
	votes          []vote
	untold         [][2]int
	seen           []int              // votes each item was in
	judged         map[[2]string]bool // reader and item
	met            map[[3]string]bool // reader and both items
	mean           []float64          // of the prior
	precision      *dense.Matrix      // of the prior
	logdet         float64            // of it
	unit           float64            // typical deviation of the prior
	own            bool               // the prior was given
	scale          float64
	x              []float64 // posterior mode
	eta            []float64 // reliability of each reader
	factor         dense.Factor
	cov            *dense.Matrix
}

// vote is a comparison by places; follows is the probability that it follows the
// model, 1 unless reliability is learnt, and a half for a tie.
type vote struct {
	reader, winner, loser int
	follows               float64
	equal                 bool
}

// Fit is the Bradley–Terry model with a Gaussian prior: P(a preferred to b) =
// 1/(1+exp(−s(xₐ−x_b))). The mode is found by Newton's method, the covariance is the
// inverse of the Hessian (Laplace), the scale s maximises the evidence so
// approximated. With Reliability, a vote follows the model with the probability η of
// its reader and is its contrary otherwise, learnt by EM (Chen et al. 2013, "Pairwise
// ranking aggregation in a crowdsourced setting", Crowd-BT).
//
// It returns a *table.Fault: Infeasible when there is nothing to rank or less than
// what must be selected, another problem when a vote cannot be used, its Line being
// the place of the vote in the list.
func Fit(in Input) (*Result, error) {
	m, err := newModel(in)
	if err != nil {
		return nil, err
	}
	switch n := len(m.items); {
	case n == 0:
		return nil, &table.Fault{Field: "votes", Problem: table.Infeasible}
	case n > MaxItems:
		return nil, &table.Fault{Field: "votes", Problem: table.TooMany}
	case in.Select < 1:
		return nil, &table.Fault{Field: "select", Problem: table.OutOfRange}
	case in.Select > n:
		return nil, &table.Fault{Field: "select", Problem: table.Infeasible}
	case in.Draws < 0 || in.Draws > standing.MostDraws:
		return nil, &table.Fault{Field: "draws", Problem: table.OutOfRange}
	case !(in.Scale >= 0) || math.IsInf(in.Scale, 1):
		return nil, &table.Fault{Field: "scale", Problem: table.OutOfRange}
	}
	m.fit(in.Scale, in.Reliability)
	r := &Result{Scale: m.scale, Draws: cmp.Or(in.Draws, usualDraws), Seed: in.Seed, model: m}
	r.describe(in.Select)
	return r, nil
}

func newModel(in Input) (*model, error) {
	m := &model{judged: map[[2]string]bool{}, met: map[[3]string]bool{}}
	items := slices.Clone(in.Items)
	for i, v := range in.Votes {
		if err := v.check(); err != nil {
			err.Line = i + 1
			return nil, err
		}
		m.readers = append(m.readers, v.Reader)
		if in.Items == nil {
			items = append(items, v.Winner, v.Loser)
		}
	}
	m.items, m.readers = sorted(items), sorted(m.readers)
	if in.Items != nil && len(m.items) != len(in.Items) {
		return nil, &table.Fault{Field: "items", Problem: table.Twice}
	}
	m.seen = make([]int, len(m.items))
	votes := slices.Clone(in.Votes)
	slices.SortFunc(votes, func(a, b Vote) int {
		return cmp.Or(cmp.Compare(a.Reader, b.Reader), cmp.Compare(a.Winner, b.Winner), cmp.Compare(a.Loser, b.Loser), order(a.Equal, b.Equal))
	})
	for _, v := range votes {
		w, known := slices.BinarySearch(m.items, v.Winner)
		l, too := slices.BinarySearch(m.items, v.Loser)
		if !known || !too {
			return nil, unknown(in, known)
		}
		j, _ := slices.BinarySearch(m.readers, v.Reader)
		m.votes = append(m.votes, vote{j, w, l, follows(v.Equal), v.Equal})
		m.seen[w]++
		m.seen[l]++
		m.judged[[2]string{v.Reader, v.Winner}], m.judged[[2]string{v.Reader, v.Loser}] = true, true
		m.met[[3]string{v.Reader, min(v.Winner, v.Loser), max(v.Winner, v.Loser)}] = true
	}
	for _, pair := range in.Untold {
		a, known := slices.BinarySearch(m.items, pair[0])
		b, too := slices.BinarySearch(m.items, pair[1])
		if !known || !too || a == b {
			return nil, &table.Fault{Field: "untold", Problem: table.Unknown}
		}
		m.untold = append(m.untold, [2]int{a, b})
		m.seen[a]++
		m.seen[b]++
	}
	m.eta = slices.Repeat([]float64{1}, len(m.readers))
	return m, m.setPrior(in)
}

// follows is how much of a vote goes the way that it says, before anything is learnt.
func follows(equal bool) float64 {
	if equal {
		return 0.5
	}
	return 1
}

func order(a, b bool) int { return cmp.Compare(follows(a), follows(b)) }

func (v Vote) check() *table.Fault {
	switch {
	case v.Reader == "":
		return &table.Fault{Field: "assessor", Problem: table.Empty}
	case v.Winner == "":
		return &table.Fault{Field: "winner", Problem: table.Empty}
	case v.Loser == "":
		return &table.Fault{Field: "loser", Problem: table.Empty}
	case v.Winner == v.Loser:
		return &table.Fault{Field: "winner", Value: v.Winner, Problem: table.Itself}
	}
	return nil
}

// unknown finds the first vote that names an item outside the list.
func unknown(in Input, loser bool) error {
	for i, v := range in.Votes {
		if !slices.Contains(in.Items, v.Winner) {
			return &table.Fault{Line: i + 1, Field: "winner", Value: v.Winner, Problem: table.Unknown}
		}
		if !slices.Contains(in.Items, v.Loser) {
			return &table.Fault{Line: i + 1, Field: "loser", Value: v.Loser, Problem: table.Unknown}
		}
	}
	return &table.Fault{Field: "votes", Problem: table.Unknown}
}

func sorted(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

// setPrior takes the given prior, in the order of the sorted items, or independent
// unit normals, whose spread in logits is then the scale.
func (m *model) setPrior(in Input) error {
	n := len(m.items)
	m.mean, m.precision, m.unit = make([]float64, n), dense.New(n), 1
	if in.Prior == nil {
		for i := range n {
			m.precision.Add(i, i, 1)
		}
		return nil
	}
	if in.Items == nil || len(in.Prior.Mean) != n || len(in.Prior.Cov) != n {
		return &table.Fault{Field: "prior", Problem: table.OutOfRange}
	}
	m.own = true
	cov, at := dense.New(n), make([]int, n)
	sum, square, trace := 0.0, 0.0, 0.0
	for a, name := range in.Items {
		at[a], _ = slices.BinarySearch(m.items, name)
		m.mean[at[a]] = in.Prior.Mean[a]
		sum += in.Prior.Mean[a] / float64(n)
	}
	for a, row := range in.Prior.Cov {
		if len(row) != n {
			return &table.Fault{Field: "prior", Problem: table.OutOfRange}
		}
		for b, v := range row {
			cov.Add(at[a], at[b], v)
		}
		trace += row[a] / float64(n)
		square += (in.Prior.Mean[a] - sum) * (in.Prior.Mean[a] - sum) / float64(n)
	}
	for i := range n {
		cov.Add(i, i, 1e-9*trace)
	}
	f, ok := dense.Cholesky(cov)
	if !ok {
		return &table.Fault{Field: "prior", Problem: table.OutOfRange}
	}
	m.precision, m.logdet, m.unit = f.Inverse(), -f.LogDet(), math.Sqrt(square+trace)
	return nil
}

// describe fills the result from the posterior.
func (r *Result) describe(selected int) {
	m := r.model
	standings := m.standings(selected, r.Draws, r.Seed)
	won := make([]float64, len(m.items))
	r.Readers = make([]Reader, len(m.readers))
	for _, v := range m.votes {
		win := follows(v.equal)
		won[v.winner] += win
		won[v.loser] += 1 - win
		reader := &r.Readers[v.reader]
		reader.N++
		if m.x[v.winner] > m.x[v.loser] {
			reader.Agreement += win
		} else {
			reader.Agreement += 1 - win
		}
	}
	for j := range r.Readers {
		reader := &r.Readers[j]
		reader.Reader, reader.Reliability = m.readers[j], m.eta[j]
		reader.Agreement /= float64(reader.N)
	}
	unit := 1.0
	if !m.own {
		unit = m.scale
	}
	for i, name := range m.items {
		sd := unit * math.Sqrt(m.cov.At(i, i))
		it := Item{Item: name, N: m.seen[i], Worth: unit * m.x[i], Deviation: sd, Standing: standings[i]}
		it.Low, it.High = it.Worth-normal90*sd, it.Worth+normal90*sd
		if it.N > 0 {
			it.Won = won[i] / float64(it.N)
		}
		r.Items = append(r.Items, it)
	}
	grain := func(x float64) float64 { return math.Round(x / (unit * m.unit) * 1e9) }
	slices.SortFunc(r.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(grain(b.Worth), grain(a.Worth)), cmp.Compare(a.Item, b.Item))
	})
	for at := range r.Items {
		r.Items[at].Rank = at + 1
	}
}

// standings draws from the posterior.
func (m *model) standings(selected, draws int, seed uint64) []standing.Standing {
	tally := standing.NewTally(len(m.items), selected)
	chance := rand.New(rand.NewPCG(seed, 0x7061697277697365))
	x := make([]float64, len(m.items))
	for range draws {
		for i := range x {
			x[i] = chance.NormFloat64()
		}
		m.factor.Backward(x)
		for i := range x {
			x[i] += m.x[i]
		}
		tally.Add(x)
	}
	return tally.Standings()
}
