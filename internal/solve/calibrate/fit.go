package calibrate

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"transformateur/internal/solve/standing"
	"transformateur/internal/solve/table"
)

const (
	usualDraws = 4000
	normal90   = 1.6448536269514722 // 95th centile of the standard normal
)

// Fit estimates y = μ + θ(file) + b(reader) + ε by empirical Bayes: the three
// variances by penalised restricted likelihood, then the joint Gaussian posterior of
// qualities and severities, and what its draws say of the order.
//
// Sources: MacKay, Kenna, Low and Parker 2017, "Calibration with confidence: a
// principled method for panel assessment" (of which severities without a spread are
// the limit, after Fisher's additive incomplete blocks); Ge, Welling and Ghahramani,
// "A Bayesian model for calibrating conference review scores"; Heyard, Ott, Salanti
// and Egger 2022, "Rethinking the funding line at the Swiss National Science
// Foundation: Bayesian ranking and lottery" (expected rank, grey zone).
//
// It returns a *table.Fault: Infeasible when there is nothing to rank or less than
// what must be selected, another problem when a reading cannot be used, its Line
// being the place of the reading in the list.
func Fit(in Input) (*Result, error) {
	s, err := newState(in.Readings)
	if err != nil {
		return nil, err
	}
	if err := in.checkLine(len(s.files)); err != nil {
		return nil, err
	}
	r := &Result{Select: in.Select, Draws: in.Draws, Seed: in.Seed, state: s}
	if r.Draws == 0 {
		r.Draws = usualDraws
	}
	r.Overlap = s.overlap()
	r.Adjusted = r.Overlap.allows(in.DealtAtRandom, len(s.files))
	scales := s.fit(in)
	b := s.belief()
	if len(in.Votes) > 0 {
		if err := s.join(&b, in, r.Draws); err != nil {
			return nil, err
		}
	}
	r.describe(s, b, scales)
	r.finish(s, b, in.DealtAtRandom)
	return r, nil
}

// fit leaves the estimate in the state, and says each reader's own error.
func (s *state) fit(in Input) []float64 {
	if s.scale > 0 {
		s.estimate()
		return s.reweight(in.OwnError, in.HeavyTails)
	}
	s.effect = effects{theta: make([]float64, len(s.files)), b: make([]float64, len(s.readers))}
	return slices.Repeat([]float64{1}, len(s.readers))
}

func (in Input) checkLine(files int) error {
	switch {
	case in.Select < 1:
		return &table.Fault{Field: "select", Problem: table.OutOfRange}
	case in.Select > files:
		return &table.Fault{Field: "select", Problem: table.Infeasible}
	case in.Draws < 0 || in.Draws > standing.MostDraws:
		return &table.Fault{Field: "draws", Problem: table.OutOfRange}
	}
	return nil
}

// belief is what is believed of each file, in y.
type belief struct {
	mean, deviation []float64
	moved           []float64           // by votes, what the scores alone gave
	standings       []standing.Standing // nil until drawn
}

func (s *state) belief() belief {
	n := len(s.files)
	b := belief{mean: make([]float64, n), deviation: make([]float64, n), moved: make([]float64, n)}
	if s.scale == 0 {
		return b
	}
	p := s.panel()
	for i := range n {
		b.mean[i] = s.effect.mu + s.effect.theta[i]
		b.deviation[i] = math.Sqrt(s.v[2] * s.worth(i, p))
	}
	return b
}

// standings draws from the joint posterior: the readers and μ from their factor,
// then each file given them.
func (s *state) standings(selected, draws int, seed uint64) []standing.Standing {
	if s.scale == 0 {
		return standing.Even(len(s.files), selected)
	}
	tally := standing.NewTally(len(s.files), selected)
	chance := rand.New(rand.NewPCG(seed, 0x63616c6962726174))
	x := make([]float64, len(s.files))
	c := make([]float64, len(s.readers)+1)
	for range draws {
		s.draw(chance, c, x)
		tally.Add(x)
	}
	return tally.Standings()
}

// draw puts one draw of the effects of readers and μ beside their means in c, and one
// of the files' effects in x.
func (s *state) draw(chance *rand.Rand, c, x []float64) {
	sigma := math.Sqrt(s.v[2])
	for j := range c {
		c[j] = sigma * chance.NormFloat64()
	}
	s.factor.Backward(c)
	m := len(s.readers)
	for i := range x {
		from, before := s.of(i)
		pull := 0.0
		for k := from; k < before; k++ {
			pull += s.w[k] * (c[s.reader[k]] + c[m])
		}
		x[i] = s.effect.theta[i] - pull/s.d[i] + sigma*chance.NormFloat64()/math.Sqrt(s.d[i])
	}
}

// describe fills what is said of files and readers.
func (r *Result) describe(s *state, b belief, scales []float64) {
	if b.standings == nil {
		b.standings = s.standings(r.Select, r.Draws, r.Seed)
	}
	square := s.scale * s.scale
	r.Mean = s.unit(s.effect.mu)
	if s.scale > 0 {
		r.Variances = Variances{s.v[0] * square, s.v[1] * square, s.v[2] * square}
	}
	raw := s.raw(s.score)
	apart := r.Overlap.apart(s)
	for i, name := range s.files {
		st := b.standings[i]
		f := File{File: name, N: s.start[i+1] - s.start[i], RawMean: raw[i], Calibrated: s.unit(b.mean[i]),
			Low: s.unit(b.mean[i] - normal90*b.deviation[i]), High: s.unit(b.mean[i] + normal90*b.deviation[i]),
			PSelected: st.PSelected, Expected: st.ExpectedRank, RankLow: st.RankLow, RankHigh: st.RankHigh, Zone: st.Zone, Apart: apart[i]}
		f.Correction = s.correction(i, raw[i], b)
		r.Files = append(r.Files, f)
	}
	r.Readers = s.describeReaders(scales)
}

func (s *state) correction(i int, raw float64, b belief) Correction {
	var sum, total, severity float64
	from, before := s.of(i)
	for k := from; k < before; k++ {
		sum += s.w[k] * s.y[k]
		total += s.w[k]
		severity -= s.w[k] * s.effect.b[s.reader[k]]
	}
	weighted := s.unit(sum / total)
	c := Correction{Severity: s.scale * severity / total, Votes: s.scale * b.moved[i]}
	if s.weighs(from, before) {
		c.Weights = weighted - raw
	}
	c.Shrinkage = s.unit(b.mean[i]) - raw - c.Weights - c.Severity - c.Votes
	return c
}

// weighs says whether the readings of a file weigh differently.
func (s *state) weighs(from, before int) bool {
	for k := from; k < before; k++ {
		if s.w[k] != s.w[from] {
			return true
		}
	}
	return false
}

func (s *state) describeReaders(scales []float64) []Reader {
	all := make([]Reader, len(s.readers))
	var errors []float64
	sigma := math.Sqrt(s.v[2])
	if s.scale > 0 {
		errors = s.biases()
	}
	e2 := make([]float64, len(s.readers))
	for k, y := range s.y {
		j := s.reader[k]
		all[j].N++
		e := y - s.effect.fitted(s.file[k], j)
		e2[j] += s.base[k] * e * e
		if from, before := s.of(s.file[k]); before-from > 1 {
			all[j].Shared++
		}
	}
	partners := s.partners()
	for j := range all {
		r := &all[j]
		r.Reader, r.ErrorScale, r.Partners = s.readers[j], scales[j], partners[j]
		if s.scale > 0 {
			r.Shift = s.scale * s.effect.b[j]
			r.ShiftError = s.scale * sigma * math.Sqrt(errors[j])
			r.Spread = s.scale * math.Sqrt(e2[j]/float64(r.N))
		}
	}
	return all
}

// finish ranks, sets the zones of what cannot be compared, and counts what another
// panel would change.
func (r *Result) finish(s *state, b belief, dealt bool) {
	raw := s.raw(s.y)
	byRaw, byWorth := places(raw, raw, s.files), places(b.mean, raw, s.files)
	for at, i := range byWorth {
		r.Files[i].Rank = at + 1
	}
	for at, i := range byRaw {
		r.Files[i].RawRank = at + 1
		if at > 0 && same(raw[i], raw[byRaw[at-1]]) {
			r.Files[i].RawRank = r.Files[byRaw[at-1]].RawRank
		}
	}
	order := byWorth
	if !r.Adjusted {
		order = byRaw
	}
	r.ExpectedFlips = s.flips(r, order)
	r.LeaveOut = s.leaveOut(r, order)
	shown := make([]File, 0, len(order))
	for _, i := range order {
		f := r.Files[i]
		if !r.Adjusted || f.Apart && !dealt {
			f.Zone = standing.Grey
		}
		if f.Zone == standing.Grey {
			r.Undecidable++
		}
		shown = append(shown, f)
	}
	r.Files = shown
}

// places is the files in the order of their values, the highest first; what is equal
// but for rounding goes by the second value, then by name.
func places(values, second []float64, names []string) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(grain(values[b]), grain(values[a])), cmp.Compare(grain(second[b]), grain(second[a])), cmp.Compare(names[a], names[b]))
	})
	return order
}

// grain forgets what rounding makes of a value of y.
func grain(x float64) float64 { return math.Round(x * 1e9) }

func same(a, b float64) bool { return grain(a) == grain(b) }
