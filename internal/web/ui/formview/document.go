package formview

import (
	"context"

	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// numeric says whether a type's values stand at the right of a column.
func numeric(kind string) bool { return kind == "number" || kind == "money" || kind == "percent" }

func categoryName(q question, side, id string) string {
	for _, c := range q.categories(side) {
		if c.ID == id {
			return q.in(c.Label)
		}
	}
	return id
}

// money says an amount, or what was typed instead of one.
func money(q question, v any) string {
	if n, ok := v.(int64); ok {
		return text.Money(q.view.lang(), n)
	}
	s, _ := v.(string)
	return s
}

func scoreText(ctx context.Context, one map[string]any) string {
	switch n, ok := one["score"].(int64); {
	case ok:
		return itoa(int(n)) + "/" + itoa(form.MaxScore)
	case one["unknown"] == true:
		return i18n.T(ctx, "formview.not_known")
	}
	return "–"
}

// outlineSteps are the steps with what each still needs before the deposit.
func outlineSteps(v *View) []ui.Step {
	var out []ui.Step
	for i := range v.State.Steps {
		st := &v.State.Steps[i]
		if st.Visible {
			out = append(out, ui.Step{
				Label: st.Step.Title.In(v.lang()), URL: v.stepURL(st.Step.ID),
				Current: st.Step.ID == v.StepID, Missing: st.Missing + st.Problems,
			})
		}
	}
	return out
}

// missingPart is what is missing in one step, or the rules that do not hold.
type missingPart struct {
	title string
	lines []missingLine
}

type missingLine struct{ text, url string }

// missing is everything that keeps the file from being deposited, by step.
func missing(ctx context.Context, v *View) []missingPart {
	var out []missingPart
	for i := range v.State.Steps {
		s := v.State.Steps[i].Step
		part := missingPart{title: s.Title.In(v.lang())}
		for _, st := range v.shown(s) {
			if st.Missing() {
				part.add(ctx, v, s, st.Field, errs.Field{Path: st.Field.ID, Key: "form.required"})
			}
			for _, p := range st.Problems {
				part.add(ctx, v, s, st.Field, p)
			}
		}
		if len(part.lines) > 0 {
			out = append(out, part)
		}
	}
	rules := missingPart{title: i18n.T(ctx, "formview.rules")}
	for _, r := range v.State.Rules {
		if r.Truth == rule.False && r.Rule.Severity == form.Blocking {
			rules.lines = append(rules.lines, missingLine{text: r.Rule.Message.In(v.lang())})
		}
	}
	if len(rules.lines) > 0 {
		out = append(out, rules)
	}
	return out
}

func (m *missingPart) add(ctx context.Context, v *View, s *form.Step, f *form.Field, p errs.Field) {
	line := problemLine(ctx, v, f, p)
	m.lines = append(m.lines, missingLine{line.Text, v.stepURL(s.ID) + "#" + ui.FieldID(line.Path)})
}

func countMissing(parts []missingPart) int {
	n := 0
	for _, p := range parts {
		n += len(p.lines)
	}
	return n
}

// warnings are the messages of the rules that do not hold and do not block.
func warnings(v *View) []string {
	var out []string
	for _, r := range v.State.Rules {
		if r.Truth == rule.False && r.Rule.Severity == form.Warning {
			out = append(out, r.Rule.Message.In(v.lang()))
		}
	}
	return out
}

func filled(v *View) int {
	n := 0
	for _, s := range v.State.Steps {
		n += s.Filled
	}
	return n
}

func askedCount(v *View) int {
	n := 0
	for _, s := range v.State.Steps {
		n += s.Asked
	}
	return n
}
