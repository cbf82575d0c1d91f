package calibrate

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"transformateur/internal/solve/dense"
	"transformateur/internal/solve/table"
)

// state is a panel in the form that the computation takes: readings sorted by file
// then by reader, scores centred and scaled, so that neither the order of the input
// nor its unit matters.
type state struct {
	files, readers []string
	start          []int // first reading of each file, and the end
	file, reader   []int // of each reading
	score          []float64
	y              []float64 // (score − centre) / scale
	base, w        []float64 // declared weight; weight in use
	centre, scale  float64   // scale 0: every score is the same

	v      [3]float64 // τ², β², σ² of y
	d      []float64  // of each file, its precision times σ²: Σw + σ²/τ²
	factor dense.Factor
	inv    *dense.Matrix // of the readers and μ, files eliminated, over σ²
	effect effects
}

// effects are the solution of the mixed model equations: one value a file, one a
// reader, μ.
type effects struct {
	theta, b []float64
	mu       float64
}

// fitted is what the effects expect of a reading.
func (e effects) fitted(i, j int) float64 { return e.mu + e.theta[i] + e.b[j] }

// newState checks the readings and sorts them.
func newState(readings []Reading) (*state, error) {
	if len(readings) == 0 {
		return nil, &table.Fault{Field: "readings", Problem: table.Infeasible}
	}
	for i, r := range readings {
		if err := r.check(); err != nil {
			err.Line = i + 1
			return nil, err
		}
	}
	place := make([]int, len(readings))
	for i := range place {
		place[i] = i
	}
	sort.Slice(place, func(a, b int) bool {
		x, y := readings[place[a]], readings[place[b]]
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Reader, y.Reader), cmp.Compare(place[a], place[b])) < 0
	})
	s := &state{}
	for _, r := range readings {
		s.readers = append(s.readers, r.Reader)
	}
	slices.Sort(s.readers)
	s.readers = slices.Clip(slices.Compact(s.readers))
	for at, p := range place {
		r := readings[p]
		if at > 0 && readings[place[at-1]].File == r.File && readings[place[at-1]].Reader == r.Reader {
			return nil, &table.Fault{Line: p + 1, Field: "juror", Value: r.Reader, Problem: table.Twice}
		}
		s.add(r)
	}
	s.start = append(s.start, len(s.y))
	if len(s.files) > MaxFiles || len(s.readers) > MaxReaders {
		return nil, &table.Fault{Field: "readings", Problem: table.TooMany}
	}
	s.standardise()
	return s, nil
}

func (r Reading) check() *table.Fault {
	switch {
	case r.File == "":
		return &table.Fault{Field: "application", Problem: table.Empty}
	case r.Reader == "":
		return &table.Fault{Field: "juror", Problem: table.Empty}
	case math.IsNaN(r.Score) || math.IsInf(r.Score, 0):
		return &table.Fault{Field: "score", Problem: table.NotNumber}
	case math.Abs(r.Score) > MaxScore:
		return &table.Fault{Field: "score", Problem: table.OutOfRange}
	case math.IsNaN(r.Weight):
		return &table.Fault{Field: "confidence", Problem: table.NotNumber}
	case r.Weight != 0 && !(r.Weight >= 1.0/MaxWeight && r.Weight <= MaxWeight):
		return &table.Fault{Field: "confidence", Problem: table.OutOfRange}
	}
	return nil
}

func (s *state) add(r Reading) {
	if len(s.files) == 0 || s.files[len(s.files)-1] != r.File {
		s.files = append(s.files, r.File)
		s.start = append(s.start, len(s.y))
	}
	j, _ := slices.BinarySearch(s.readers, r.Reader)
	weight := r.Weight
	if weight == 0 {
		weight = 1
	}
	s.file, s.reader = append(s.file, len(s.files)-1), append(s.reader, j)
	s.score, s.y = append(s.score, r.Score), append(s.y, r.Score)
	s.base, s.w = append(s.base, weight), append(s.w, weight)
}

// standardise gives the scores a mean of 0 and a standard deviation of 1.
func (s *state) standardise() {
	largest := 0.0
	for _, y := range s.score {
		largest = max(largest, math.Abs(y))
	}
	if largest == 0 {
		return
	}
	mean, square := 0.0, 0.0
	for k, y := range s.score {
		mean += (y/largest - mean) / float64(k+1)
	}
	for _, y := range s.score {
		square += (y/largest - mean) * (y/largest - mean)
	}
	sd := math.Sqrt(square / float64(len(s.score)))
	s.centre = mean * largest
	if sd < 1e-12 { // beyond what floating point tells from rounding
		clear(s.y)
		return
	}
	s.scale = sd * largest
	for k, y := range s.score {
		s.y[k] = (y/largest - mean) / sd
	}
}

// of is the readings of a file, from and before.
func (s *state) of(i int) (from, before int) { return s.start[i], s.start[i+1] }

// raw is the plain mean of each file's scores, in y.
func (s *state) raw(y []float64) []float64 {
	means := make([]float64, len(s.files))
	for i := range means {
		from, before := s.of(i)
		for k := from; k < before; k++ {
			means[i] += y[k] / float64(before-from)
		}
	}
	return means
}

// unit brings a value of y back to the unit of the scores.
func (s *state) unit(y float64) float64 { return s.centre + s.scale*y }
