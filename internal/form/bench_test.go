package form

import (
	"strings"
	"testing"
	"time"

	"transformateur/internal/form/rule"
)

// richForm has 200 fields of mixed types with 60 conditions (30 for display,
// 20 required-if, 10 admissibility rules), and an answer to each field.
func richForm(tb testing.TB) (*Compiled, Answers) {
	tb.Helper()
	f := &Form{Version: Version}
	answers := Answers{}
	options := []Option{{ID: "a", Label: said("A", "A")}, {ID: "b", Label: said("B", "B")}, {ID: "c", Label: said("C", "C")}}
	row := map[string]any{"name": "Camille Exemple", "function": "ergonome", "share": int64(20)}
	samples := []struct {
		kind     string
		settings Settings
		value    any
	}{
		{"choice", Settings{Options: options}, "a"},
		{"yesno", Settings{}, true},
		{"number", Settings{Max: bound(1000)}, int64(12)},
		{"text", Settings{MaxChars: 120}, "Un nom de projet à peu près habituel"},
		{"longtext", Settings{MaxChars: 1000}, strings.Repeat("Une phrase accentuée, répétée. ", 20)},
		{"longtext", Settings{MaxLines: 10}, strings.Repeat("Une autre phrase, d'une ligne.\n", 8)},
		{"choices", Settings{Options: options, MaxPicks: 2}, []any{"a", "b"}},
		{"date", Settings{After: "today-3000"}, "2026-05-04"},
		{"email", Settings{}, "camille@exemple.fr"},
		{"team", Settings{MinRows: 1}, []any{row, row}},
	}
	for s := range 10 {
		st := Step{ID: "s" + itoa(s), Title: said("Étape", "Step")}
		for i := range 20 {
			sample := samples[(s*20+i)%len(samples)]
			fl := Field{ID: "f" + itoa(s*20+i), Type: sample.kind, Label: said("Question", "Question"), Required: i%2 == 0, Settings: sample.settings}
			before := func(kind int) string { return "f" + itoa(max(0, s*20+i-10)/10*10+kind) }
			if s > 0 && i < 3 || i == 15 && s%3 != 0 {
				e := rule.Of(rule.And, rule.Of(rule.In, rule.F(before(0)), rule.V(rule.Listed("a", "b"))), rule.F(before(1)))
				fl.ShowIf = &e
			}
			if s > 0 && (i == 5 || i == 9) || i == 13 && s < 2 {
				e := rule.Of(rule.Gt, rule.F(before(2)), rule.V(rule.Numbered(10)))
				fl.RequiredIf, fl.Required = &e, false
			}
			st.Fields = append(st.Fields, fl)
			answers[fl.ID] = sample.value
		}
		f.Steps = append(f.Steps, st)
		f.Rules = append(f.Rules, Rule{ID: "r" + itoa(s), Label: said("Règle", "Rule"), Message: said("Non", "No"), Severity: Warning,
			When: rule.Of(rule.Ge, rule.Expr{Op: rule.Sum, Field: "f" + itoa(s*20+9) + ".share"}, rule.V(rule.Numbered(20)))})
	}
	c, err := f.Compile()
	if err != nil {
		tb.Fatal(err)
	}
	conditions := len(c.rules)
	for i := range c.fields {
		if c.fields[i].showIf != nil {
			conditions++
		}
		if c.fields[i].requiredIf != nil {
			conditions++
		}
	}
	if len(c.fields) != 200 || conditions < 60 {
		tb.Fatalf("%d fields, %d conditions", len(c.fields), conditions)
	}
	return c, answers
}

// BenchmarkEvaluate is the figure of the form engine: 200 fields, 60
// conditions, all answered; to reach: 200,000 ns/op.
func BenchmarkEvaluate(b *testing.B) {
	c, answers := richForm(b)
	env := Env{Now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	if missing := c.Missing(answers, env); len(missing) > 0 {
		b.Fatal(missing)
	}
	b.ReportAllocs()
	for b.Loop() {
		c.Evaluate(answers, env)
	}
}

func BenchmarkCompile(b *testing.B) {
	c, _ := richForm(b)
	for b.Loop() {
		if _, err := c.Form.Compile(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDigest(b *testing.B) {
	_, answers := richForm(b)
	for b.Loop() {
		Digest(answers)
	}
}
