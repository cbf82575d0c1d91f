package rule_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
)

// sheet is a small form: its fields, and answers by slot.
type sheet struct {
	answers []any
	today   int
}

func (s *sheet) At(slot int) any { return s.answers[slot] }
func (s *sheet) Today() int      { return s.today }

var names = []string{"a", "b", "n", "m", "t", "u", "d", "c", "l", "r"}

func slotOf(name string) int { return slices.Index(names, name) }

type fields struct{}

func (fields) Lookup(path string) (rule.Info, bool) {
	base, column, inside := strings.Cut(path, ".")
	info := rule.Info{Slot: slotOf(base)}
	if info.Slot < 0 {
		return info, false
	}
	if inside {
		info.Kind, info.Elem, info.Column, info.Read, info.Cell = rule.Column, rule.Number, column, readList, readScalar(rule.Number)
		if column == "status" {
			info.Elem, info.Cell = rule.Text, readScalar(rule.Text)
		}
		return info, base == "r"
	}
	switch base {
	case "a", "b":
		info.Kind = rule.Bool
	case "n", "m":
		info.Kind = rule.Number
	case "t", "u":
		info.Kind = rule.Text
	case "d":
		info.Kind = rule.Date
	case "c":
		info.Kind, info.Options = rule.Choice, []string{"x", "y", "other"}
	case "l":
		info.Kind, info.Options, info.Read = rule.List, []string{"x", "y", "other"}, readList
		return info, true
	case "r":
		info.Kind, info.Read = rule.Rows, readList
		return info, true
	}
	info.Read = readScalar(info.Kind)
	return info, true
}

func readList(raw any) (rule.Value, bool) {
	list, ok := raw.([]any)
	return rule.Value{Kind: rule.List, List: list}, ok
}

func readScalar(k rule.Kind) func(any) (rule.Value, bool) {
	return func(raw any) (rule.Value, bool) {
		switch v := raw.(type) {
		case bool:
			return rule.Value{Kind: k, Yes: v}, k == rule.Bool
		case float64:
			return rule.Value{Kind: k, Num: v}, k == rule.Number
		case string:
			return rule.Value{Kind: k, Text: rule.OptionOf(v)}, k != rule.Bool && k != rule.Number
		}
		return rule.Value{}, false
	}
}

func day(s string) int { d, _ := rule.ParseDay(s); return d }

func answers(kv map[string]any) *sheet {
	s := &sheet{answers: make([]any, len(names)), today: day("2026-11-21")}
	for k, v := range kv {
		s.answers[slotOf(k)] = v
	}
	return s
}

func parse(t *testing.T, text string) rule.Expr {
	t.Helper()
	var e rule.Expr
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

func TestEval(t *testing.T) {
	rows := []any{map[string]any{"share": 20.0, "status": "salarié"}, map[string]any{"share": 30.5}, map[string]any{"status": "salarié"}}
	full := map[string]any{"a": true, "b": false, "n": 3.0, "m": 12.0, "t": "Ouvrir les DONNÉES", "d": "2026-11-11", "c": "other:une SCIC", "l": []any{"x", "other:z"}, "r": rows}
	for _, c := range []struct {
		situation, expr string
		given           map[string]any
		want            rule.Truth
		unknown         []string
	}{
		{"an answered yes is true", `{"field":"a"}`, full, rule.True, nil},
		{"not of a no", `{"op":"not","args":[{"field":"b"}]}`, full, rule.True, nil},
		{"false wins over unknown in and", `{"op":"and","args":[{"field":"a"},{"field":"b"}]}`, map[string]any{"b": false}, rule.False, nil},
		{"true with unknown in and", `{"op":"and","args":[{"field":"a"},{"field":"b"}]}`, map[string]any{"a": true}, rule.Unknown, []string{"b"}},
		{"true wins over unknown in or", `{"op":"or","args":[{"field":"a"},{"field":"b"}]}`, map[string]any{"b": true}, rule.True, nil},
		{"a missing number", `{"op":"lt","args":[{"field":"n"},{"value":300}]}`, nil, rule.Unknown, []string{"n"}},
		{"a number under its limit", `{"op":"lt","args":[{"field":"n"},{"value":300}]}`, full, rule.True, nil},
		{"two fields compared", `{"op":"ge","args":[{"field":"n"},{"field":"m"}]}`, full, rule.False, nil},
		{"between includes its bounds", `{"op":"between","args":[{"field":"n"},{"value":3},{"value":5}]}`, full, rule.True, nil},
		{"between is false as soon as one bound refuses", `{"op":"between","args":[{"field":"m"},{"field":"n"},{"value":5}]}`, map[string]any{"m": 9.0}, rule.False, nil},
		{"between with a missing bound", `{"op":"between","args":[{"field":"m"},{"field":"n"},{"value":50}]}`, map[string]any{"m": 9.0}, rule.Unknown, []string{"n"}},
		{"an answer of one's own is the option other", `{"op":"eq","args":[{"field":"c"},{"value":"other"}]}`, full, rule.True, nil},
		{"one of a list", `{"op":"in","args":[{"field":"c"},{"value":["x","y"]}]}`, full, rule.False, nil},
		{"a list has an option", `{"op":"contains","args":[{"field":"l"},{"value":"x"}]}`, full, rule.True, nil},
		{"a list has an option of one's own", `{"op":"contains","args":[{"field":"l"},{"value":"other"}]}`, full, rule.True, nil},
		{"a text has words whatever the case", `{"op":"contains","args":[{"field":"t"},{"value":"Données"}]}`, full, rule.True, nil},
		{"a text starts with", `{"op":"prefix","args":[{"field":"t"},{"value":["Fermer","Ouvrir"]}]}`, full, rule.True, nil},
		{"one of a list starts with", `{"op":"prefix","args":[{"field":"l"},{"value":["oth"]}]}`, full, rule.True, nil},
		{"empty is never unknown", `{"op":"empty","args":[{"field":"t"}]}`, nil, rule.True, nil},
		{"filled is never unknown", `{"op":"filled","args":[{"field":"t"}]}`, full, rule.True, nil},
		{"a date before another", `{"op":"lt","args":[{"field":"d"},{"value":"2026-12-01"}]}`, full, rule.True, nil},
		{"age in days", `{"op":"eq","args":[{"op":"age","args":[{"field":"d"}]},{"value":10}]}`, full, rule.True, nil},
		{"rows are counted", `{"op":"eq","args":[{"op":"count","field":"r"},{"value":3}]}`, full, rule.True, nil},
		{"filled cells are counted", `{"op":"eq","args":[{"op":"count","field":"r.share"},{"value":2}]}`, full, rule.True, nil},
		{"equal cells are counted", `{"op":"eq","args":[{"op":"count","field":"r.status","args":[{"value":"salarié"}]},{"value":2}]}`, full, rule.True, nil},
		{"a column is summed", `{"op":"eq","args":[{"op":"sum","field":"r.share"},{"value":50.5}]}`, full, rule.True, nil},
		{"sum of a missing table", `{"op":"gt","args":[{"op":"sum","field":"r.share"},{"value":50}]}`, nil, rule.Unknown, []string{"r.share"}},
		{"a ratio", `{"op":"le","args":[{"op":"ratio","args":[{"field":"n"},{"field":"m"}]},{"value":0.25}]}`, full, rule.True, nil},
		{"a ratio over zero says which fields", `{"op":"le","args":[{"op":"ratio","args":[{"field":"n"},{"field":"m"}]},{"value":0.25}]}`, map[string]any{"n": 1.0, "m": 0.0}, rule.Unknown, []string{"n", "m"}},
		{"arithmetic", `{"op":"eq","args":[{"op":"add","args":[{"field":"n"},{"op":"mul","args":[{"field":"m"},{"value":2}]},{"op":"sub","args":[{"value":1},{"value":2}]}]},{"value":26}]}`, full, rule.True, nil},
		{"characters, accents counting for one", `{"op":"eq","args":[{"op":"chars","args":[{"field":"t"}]},{"value":18}]}`, full, rule.True, nil},
		{"lines", `{"op":"le","args":[{"op":"lines","args":[{"field":"t"}]},{"value":1}]}`, full, rule.True, nil},
	} {
		t.Run(c.situation, func(t *testing.T) {
			p, err := rule.Compile(parse(t, c.expr), fields{})
			if err != nil {
				t.Fatal(err)
			}
			got := p.Eval(answers(c.given))
			if got.Truth != c.want || !slices.Equal(got.Unknown, c.unknown) {
				t.Errorf("got %v for want of %v; want %v for want of %v", got.Truth, got.Unknown, c.want, c.unknown)
			}
			if (got.Truth == rule.Unknown) != (len(got.Deciders) == 0) {
				t.Errorf("%v decided by %v", got.Truth, got.Deciders)
			}
		})
	}
}

func TestDecidersNameTheRuleThatFailed(t *testing.T) {
	p, err := rule.Compile(parse(t, `{"op":"and","args":[{"field":"a"},{"op":"lt","args":[{"field":"n"},{"value":300}]},{"op":"or","args":[{"field":"b"},{"op":"filled","args":[{"field":"t"}]}]}]}`), fields{})
	if err != nil {
		t.Fatal(err)
	}
	got := p.Eval(answers(map[string]any{"a": true, "n": 400.0, "b": false}))
	if want := []string{"args.1", "args.2.args.0", "args.2.args.1"}; got.Truth != rule.False || !slices.Equal(got.Deciders, want) {
		t.Errorf("got %v by %v, want false by %v", got.Truth, got.Deciders, want)
	}
}

func TestCompileRefuses(t *testing.T) {
	deep := rule.F("a")
	for range rule.MaxDepth {
		deep = rule.Of(rule.Not, deep)
	}
	wide := rule.Of(rule.Or)
	for range rule.MaxNodes {
		wide.Args = append(wide.Args, rule.F("a"))
	}
	for _, c := range []struct {
		situation string
		expr      rule.Expr
		want      []string // path=key
	}{
		{"a field that does not exist", parse(t, `{"op":"not","args":[{"field":"zz"}]}`), []string{"args.0=form.rule_field_unknown"}},
		{"a number as a condition", parse(t, `{"op":"and","args":[{"field":"n"}]}`), []string{"args.0=form.rule_not_a_condition"}},
		{"an aggregate as a condition", parse(t, `{"op":"count","field":"r"}`), []string{"=form.rule_not_a_condition"}},
		{"a text against a number", parse(t, `{"op":"eq","args":[{"field":"n"},{"value":"3"}]}`), []string{"args.1=form.rule_kinds_differ"}},
		{"an option that does not exist", parse(t, `{"op":"in","args":[{"field":"c"},{"value":["x","w"]}]}`), []string{"args.1=form.rule_option_unknown"}},
		{"a contained option that does not exist", parse(t, `{"op":"contains","args":[{"field":"l"},{"value":"w"}]}`), []string{"args.1=form.rule_option_unknown"}},
		{"a day that does not exist", parse(t, `{"op":"gt","args":[{"field":"d"},{"value":"2026-02-30"}]}`), []string{"args.1=form.rule_date_unreadable"}},
		{"order between options", parse(t, `{"op":"lt","args":[{"field":"c"},{"value":"x"}]}`), []string{"=form.rule_operator_kind"}},
		{"equality of a list", parse(t, `{"op":"eq","args":[{"field":"l"},{"value":["x"]}]}`), []string{"=form.rule_operator_kind"}},
		{"in without list", parse(t, `{"op":"in","args":[{"field":"t"},{"field":"u"}]}`), []string{"args.1=form.rule_list_expected"}},
		{"an empty list", parse(t, `{"op":"in","args":[{"field":"t"},{"value":[]}]}`), []string{"args.1=form.rule_list_expected"}},
		{"sum of words", parse(t, `{"op":"gt","args":[{"op":"sum","field":"r.status"},{"value":1}]}`), []string{"args.0=form.rule_operator_kind"}},
		{"age of a text", parse(t, `{"op":"gt","args":[{"op":"age","args":[{"field":"t"}]},{"value":1}]}`), []string{"args.0.args.0=form.rule_kinds_differ"}},
		{"an unknown operator", parse(t, `{"op":"xor","args":[]}`), []string{"=form.rule_operator_unknown"}},
		{"a missing argument", parse(t, `{"op":"eq","args":[{"field":"n"}]}`), []string{"=form.rule_arguments"}},
		{"an empty and", parse(t, `{"op":"and"}`), []string{"=form.rule_arguments"}},
		{"nothing at all", rule.Expr{}, []string{"=form.rule_node_unclear"}},
		{"a field and a constant at once", parse(t, `{"field":"a","value":true}`), []string{"=form.rule_node_unclear"}},
		{"two mistakes are both said", parse(t, `{"op":"or","args":[{"field":"zz"},{"op":"xor"}]}`), []string{"args.0=form.rule_field_unknown", "args.1=form.rule_operator_unknown"}},
		{"too deep", deep, []string{"=form.rule_too_big"}},
		{"too wide", wide, []string{"=form.rule_too_big"}},
	} {
		t.Run(c.situation, func(t *testing.T) {
			_, err := rule.Compile(c.expr, fields{})
			var e *errs.Error
			if !errors.As(err, &e) || e.Kind != errs.Invalid {
				t.Fatalf("compiled: %v", err)
			}
			var got []string
			for _, f := range e.Fields {
				got = append(got, f.Path+"="+f.Key)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestLineCount(t *testing.T) {
	for _, c := range []struct {
		situation, text string
		want            int
	}{
		{"nothing", "", 0},
		{"a word", "mot", 1},
		{"ninety characters", strings.Repeat("é", 90), 1},
		{"ninety-one characters", strings.Repeat("é", 91), 2},
		{"two paragraphs", "un\ndeux", 2},
		{"an empty line between counts", "un\n\ndeux", 3},
		{"breaks at the end do not", "un\n\n\n", 1},
	} {
		if got := rule.LineCount(c.text); got != c.want {
			t.Errorf("%s: %d lines, want %d", c.situation, got, c.want)
		}
	}
}

func TestTruthDoesNotAllocate(t *testing.T) {
	p, err := rule.Compile(parse(t, `{"op":"and","args":[{"op":"gt","args":[{"op":"sum","field":"r.share"},{"value":1}]},{"op":"in","args":[{"field":"c"},{"value":["x","y"]}]},{"op":"lt","args":[{"field":"d"},{"value":"2027-01-01"}]}]}`), fields{})
	if err != nil {
		t.Fatal(err)
	}
	s := answers(map[string]any{"r": []any{map[string]any{"share": 2.0}}, "c": "x", "d": "2026-01-01"})
	if n := testing.AllocsPerRun(100, func() { p.Truth(s) }); n != 0 {
		t.Errorf("%v allocations per evaluation", n)
	}
}
