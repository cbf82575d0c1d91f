package deliberation

import (
	"slices"

	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/solve/agreement"
)

// Agreement is how far readers who read the same files agree: on the score when Label is
// empty, otherwise on one criterion.
type Agreement struct {
	Label  form.Localised
	Metric agreement.Metric
	agreement.Result
}

// agree measures agreement over the files that somebody sees and nothing else: scores are
// distances, scales are ranks, a yes or no is the same or not.
func agree(files []application.Application, readings []Reading) []Agreement {
	byFile := map[application.ID][]Reading{}
	for _, one := range readings {
		byFile[one.File] = append(byFile[one.File], one)
	}
	read := 0
	var scores [][]float64
	var criteria []Mark // in the order of the grid, each once
	marks := map[string][][]float64{}
	for _, a := range files {
		var unit []float64
		said := map[string][]float64{}
		for _, one := range byFile[a.ID] {
			read++
			if one.Scored {
				unit = append(unit, one.Score)
			}
			for _, m := range one.Marks {
				if !slices.ContainsFunc(criteria, func(k Mark) bool { return k.Criterion == m.Criterion }) {
					criteria = append(criteria, m)
				}
				said[m.Criterion] = append(said[m.Criterion], m.Value)
			}
		}
		scores = append(scores, unit)
		for criterion, values := range said {
			marks[criterion] = append(marks[criterion], values)
		}
	}
	if read == 0 {
		return nil
	}
	list := []Agreement{{Metric: agreement.Interval, Result: agreement.Alpha(scores, agreement.Interval)}}
	for _, k := range criteria {
		metric := agreement.Ordinal
		if k.YesNo {
			metric = agreement.Nominal
		}
		list = append(list, Agreement{Label: k.Label, Metric: metric, Result: agreement.Alpha(marks[k.Criterion], metric)})
	}
	return list
}
