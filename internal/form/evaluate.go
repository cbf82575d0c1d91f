package form

import (
	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
)

// State is what a form says of the answers of a file.
type State struct {
	Fields   []FieldState // in the order of the form
	Steps    []StepState
	Rules    []RuleState
	Problems []errs.Field // of the visible fields, in the order of the form

	form *Compiled
}

// FieldState is what a form says of one field.
type FieldState struct {
	Field    *Field
	Visible  bool
	Required bool // never when hidden
	Empty    bool // a hidden field is empty
	Problems []errs.Field
}

// Missing says whether the field keeps the file from being deposited for want of an answer.
func (f FieldState) Missing() bool { return f.Required && f.Empty }

// StepState counts the visible questions of a step.
type StepState struct {
	Step     *Step
	Visible  bool
	Asked    int // questions shown
	Filled   int // of which answered
	Missing  int // of which required and not answered
	Problems int // of which answered wrongly
}

// Complete says whether nothing of the step keeps the file from being deposited.
func (s StepState) Complete() bool { return s.Missing == 0 && s.Problems == 0 }

// RuleState is the outcome of an admissibility rule: true (it holds), false,
// or unknown. Unknown names the fields whose answer is missing.
type RuleState struct {
	Rule *Rule
	rule.Result
}

// values gives programs the answers, hidden fields being not answered.
type values struct {
	answers []any
	today   int
}

func (v *values) At(slot int) any { return v.answers[slot] }
func (v *values) Today() int      { return v.today }

// Evaluate says everything about the answers at once: what is shown, required,
// filled and wrong, by field, step and rule. It makes no query and reads nothing
// but the answers and env.
func (c *Compiled) Evaluate(answers Answers, env Env) *State {
	s := &State{
		Fields: make([]FieldState, len(c.fields)),
		Steps:  make([]StepState, len(c.steps)),
		form:   c,
	}
	vs := &values{answers: make([]any, len(c.fields)), today: rule.Days(env.Now)}
	for _, slot := range c.order {
		f := &c.fields[slot]
		if !shown(c.steps[f.step].showIf, vs) || !shown(f.showIf, vs) {
			continue
		}
		s.Fields[slot].Visible = true
		if v := answers[f.ID]; !f.static && !isEmpty(v) {
			vs.answers[slot] = v
		}
	}
	for i := range c.steps {
		s.Steps[i] = StepState{Step: &c.Form.Steps[i], Visible: shown(c.steps[i].showIf, vs)}
	}
	c.judge(s, vs, &env)
	if len(c.rules) > 0 {
		s.Rules = make([]RuleState, len(c.rules))
		for i, p := range c.rules {
			s.Rules[i] = RuleState{Rule: &c.Form.Rules[i], Result: p.Eval(vs)}
		}
	}
	return s
}

// shown says whether a condition lets its field be seen: unknown hides, as false does.
func shown(p *rule.Program, vs *values) bool { return p == nil || p.Truth(vs) == rule.True }

// judge validates the visible answers and counts.
func (c *Compiled) judge(s *State, vs *values, env *Env) {
	bad := problems{}
	ends := make([]int, len(c.fields)+1)
	for slot := range c.fields {
		f, st := &c.fields[slot], &s.Fields[slot]
		st.Field, st.Empty = f.Field, vs.answers[slot] == nil
		if st.Visible && !f.static {
			step := &s.Steps[f.step]
			step.Asked++
			st.Required = f.Required || f.requiredIf != nil && f.requiredIf.Truth(vs) == rule.True
			switch {
			case !st.Empty:
				step.Filled++
				bad.at = f.ID
				f.kind.validate(f.Field, vs.answers[slot], env, &bad)
				if len(bad.list) > ends[slot] {
					step.Problems++
				}
			case st.Required:
				step.Missing++
			}
		}
		ends[slot+1] = len(bad.list)
	}
	if len(bad.list) == 0 {
		return
	}
	s.Problems = bad.list
	for slot := range c.fields {
		if ends[slot] < ends[slot+1] {
			s.Fields[slot].Problems = bad.list[ends[slot]:ends[slot+1]:ends[slot+1]]
		}
	}
}

// Field finds the state of a field by its id.
func (s *State) Field(id string) (FieldState, bool) {
	slot, ok := s.form.slots[id]
	if !ok {
		return FieldState{}, false
	}
	return s.Fields[slot], true
}

// Missing is everything that keeps the file from being deposited, all at once
// and in the order of the form: required answers ("form.required"), wrong
// answers, then the blocking rules that do not hold ("form.rule_blocking", with the
// rule's id; path "rules.<id>"). A rule that is unknown does not block: a person will look.
func (s *State) Missing() []errs.Field {
	var out []errs.Field
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.Missing() {
			out = append(out, errs.Field{Path: f.Field.ID, Key: "form.required"})
		}
		out = append(out, f.Problems...)
	}
	for i := range s.Rules {
		if r := &s.Rules[i]; r.Truth == rule.False && r.Rule.Severity == Blocking {
			out = append(out, errs.Field{Path: "rules." + r.Rule.ID, Key: "form.rule_blocking", Args: []any{r.Rule.ID}})
		}
	}
	return out
}

// Missing evaluates and gives everything that keeps the file from being deposited.
func (c *Compiled) Missing(answers Answers, env Env) []errs.Field {
	return c.Evaluate(answers, env).Missing()
}

// Deposited are the answers that a deposit freezes: those of the visible fields.
func (s *State) Deposited(answers Answers) Answers {
	out := Answers{}
	for i := range s.Fields {
		if f := &s.Fields[i]; f.Visible && !f.Empty {
			out[f.Field.ID] = answers[f.Field.ID]
		}
	}
	return out
}
