package agreement_test

import (
	"math"
	"testing"

	"transformateur/internal/solve/agreement"
)

// published is the example of Krippendorff (2011), section E: four observers, twelve
// units, judgements that are missing; by unit.
var published = [][]float64{{1, 1, 1}, {2, 2, 3, 2}, {3, 3, 3, 3}, {3, 3, 3, 3}, {2, 2, 2, 2}, {1, 2, 3, 4}, {4, 4, 4, 4}, {1, 1, 2, 1}, {2, 2, 2, 2}, {5, 5, 5}, {1, 1}, {3}}

func TestAlphaOfPublishedExamples(t *testing.T) {
	for _, c := range []struct {
		name   string
		units  [][]float64
		metric agreement.Metric
		want   float64
	}{
		{"four observers, names", published, agreement.Nominal, 0.743},
		{"four observers, ranks", published, agreement.Ordinal, 0.815},
		{"four observers, distances", published, agreement.Interval, 0.849},
		{"four observers, proportions", published, agreement.Ratio, 0.797},
		// sections B and C of the same paper: two observers, yes or no, then five names
		{"two observers, yes or no", [][]float64{{0, 1}, {1, 1}, {0, 1}, {0, 0}, {0, 0}, {0, 1}, {0, 0}, {0, 0}, {1, 0}, {0, 0}}, agreement.Nominal, 0.095},
		{"two observers, five names", [][]float64{{1, 2}, {1, 1}, {2, 2}, {2, 2}, {4, 2}, {3, 3}, {3, 3}, {3, 3}, {5, 5}, {4, 4}, {4, 4}, {1, 4}}, agreement.Nominal, 0.692},
		{"everybody agrees", [][]float64{{1, 1, 1}, {2, 2}}, agreement.Interval, 1},
		{"two who say the contrary", [][]float64{{0, 1}, {1, 0}}, agreement.Nominal, -0.5},
	} {
		got := agreement.Alpha(c.units, c.metric)
		if got.Problem != "" || math.Abs(got.Alpha-c.want) > 0.0005 {
			t.Errorf("%s: %+v, want %.3f", c.name, got, c.want)
		}
	}
}

func TestAlphaThatSaysNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		units [][]float64
		want  agreement.Result
	}{
		{"nobody read", nil, agreement.Result{Problem: agreement.TooFew}},
		{"each file was read once", [][]float64{{1}, {2}, {3}}, agreement.Result{Problem: agreement.TooFew}},
		{"one file was read twice", [][]float64{{1, 2}, {3}}, agreement.Result{Problem: agreement.TooFew, Units: 1, Values: 2}},
		{"everybody gave the same", [][]float64{{2, 2}, {2, 2, 2}, {1}}, agreement.Result{Problem: agreement.NoVariation, Units: 2, Values: 5}},
	} {
		if got := agreement.Alpha(c.units, agreement.Interval); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// The order of files and of readers changes nothing.
func TestAlphaDoesNotDependOnOrder(t *testing.T) {
	turned := make([][]float64, 0, len(published))
	for i := range published {
		unit := published[len(published)-1-i]
		other := make([]float64, 0, len(unit))
		for j := range unit {
			other = append(other, unit[len(unit)-1-j])
		}
		turned = append(turned, other)
	}
	for _, m := range []agreement.Metric{agreement.Nominal, agreement.Ordinal, agreement.Interval} {
		a, b := agreement.Alpha(published, m), agreement.Alpha(turned, m)
		if math.Abs(a.Alpha-b.Alpha) > 1e-12 {
			t.Errorf("%s: %v, then %v", m, a.Alpha, b.Alpha)
		}
	}
}
