package rubric

import (
	"slices"

	"transformateur/internal/form"
	"transformateur/internal/form/rule"
)

// Outcome is what a filled grid is worth.
type Outcome struct {
	Score          float64 // the weighted composite, from 0 to 100; see Scored
	Scored         bool    // at least one criterion was judged
	Marks          []Mark  // one per criterion, in the order of the rubric
	Gates          []GateState
	Recommendation string // the id of the option, "" when none was chosen
	Confidence     float64
	Sure           bool // the reader said how sure she is: Confidence goes from 0 to 1
}

// Mark is one criterion judged: Value goes from 0 (the worst anchor) to 1 (the best).
type Mark struct {
	Criterion
	Value  float64
	Known  bool
	Unable bool // she said that she cannot judge it
}

// GateState says whether an eliminatory condition holds; unknown while too many of its
// answers are missing to tell.
type GateState struct {
	Gate
	Truth rule.Truth
}

// Failed lists the eliminatory conditions that do not hold.
func (o Outcome) Failed() (list []string) {
	for _, g := range o.Gates {
		if g.Truth == rule.False {
			list = append(list, g.ID)
		}
	}
	return list
}

// Judge says what answers are worth. A question that is hidden, not answered or that the
// reader cannot judge counts for nothing: the weights of the others are what they are
// relative to each other. Gates are told apart and change no score.
func (c *Compiled) Judge(answers form.Answers, env form.Env) Outcome {
	return c.judge(c.Form.Evaluate(answers, env).Deposited(answers))
}

func (c *Compiled) judge(answers form.Answers) Outcome {
	r := c.Rubric
	var o Outcome
	sum, weights := 0.0, 0
	for _, k := range r.Criteria {
		m := Mark{Criterion: k}
		m.Unable = k.Unable != "" && answers[k.Field] == k.Unable
		if !m.Unable {
			m.Value, m.Known = c.worth(k.Field, answers[k.Field], k.Unable)
		}
		if m.Known {
			sum, weights = sum+m.Value*float64(k.Weight), weights+k.Weight
		}
		o.Marks = append(o.Marks, m)
	}
	if o.Scored = weights > 0; o.Scored {
		o.Score = 100 * sum / float64(weights)
	}
	for _, g := range r.Gates {
		o.Gates = append(o.Gates, GateState{g, g.holds(answers, r)})
	}
	o.Recommendation, _ = answers[r.Recommendation].(string)
	if r.Confidence != "" {
		o.Confidence, o.Sure = c.worth(r.Confidence, answers[r.Confidence], "")
	}
	return o
}

// worth places an answer between the worst and the best.
func (c *Compiled) worth(field string, value any, unable string) (float64, bool) {
	if yes, ok := value.(bool); ok {
		if yes {
			return 1, true
		}
		return 0, true
	}
	f := c.Rubric.Form.Field(field)
	if f == nil {
		return 0, false
	}
	anchors := f.Settings.Options
	if unable != "" {
		anchors = anchors[:len(anchors)-1]
	}
	at := slices.IndexFunc(anchors, func(o form.Option) bool { return o.ID == value })
	if at < 0 || len(anchors) < 2 {
		return 0, false
	}
	return float64(at) / float64(len(anchors)-1), true
}

// holds counts the parts that hold and those that may still.
func (g Gate) holds(answers form.Answers, r *Rubric) rule.Truth {
	sure, open := 0, 0
	for _, p := range g.Of {
		value := answers[p.Field]
		if yes, ok := value.(bool); ok {
			value = map[bool]string{true: "yes", false: "no"}[yes]
		}
		said, _ := value.(string)
		switch {
		case said == "" || said == r.unable(p.Field):
			open++
		case slices.Contains(p.Accept, said):
			sure++
		}
	}
	switch {
	case sure >= g.Least:
		return rule.True
	case sure+open < g.Least:
		return rule.False
	}
	return rule.Unknown
}
