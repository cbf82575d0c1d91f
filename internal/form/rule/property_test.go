package rule_test

import (
	"encoding/json"
	"testing"

	"transformateur/internal/form/rule"

	"pgregory.net/rapid"
)

// conditions draws well-typed conditions over the fields of the sheet.
func conditions(depth int) *rapid.Generator[rule.Expr] {
	leaf := rapid.Custom(func(t *rapid.T) rule.Expr {
		switch rapid.IntRange(0, 8).Draw(t, "leaf") {
		case 0:
			return rule.F(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "bool"))
		case 1:
			return rule.V(rule.Truthed(rapid.Bool().Draw(t, "constant")))
		case 2:
			op := rapid.SampledFrom([]rule.Op{rule.Eq, rule.Ne, rule.Lt, rule.Le, rule.Gt, rule.Ge}).Draw(t, "op")
			return rule.Of(op, rule.F("n"), rule.V(rule.Numbered(float64(rapid.IntRange(-2, 2).Draw(t, "n")))))
		case 3:
			return rule.Of(rule.In, rule.F("c"), rule.V(rule.Listed("x", "other")))
		case 4:
			return rule.Of(rule.Contains, rule.F("l"), rule.V(rule.Texted("y")))
		case 5:
			return rule.Of(rapid.SampledFrom([]rule.Op{rule.Empty, rule.Filled}).Draw(t, "op"), rule.F(rapid.SampledFrom(names).Draw(t, "field")))
		case 6:
			return rule.Of(rule.Between, rule.F("m"), rule.F("n"), rule.V(rule.Numbered(2)))
		case 7:
			return rule.Of(rule.Gt, rule.Of(rule.Ratio, rule.F("n"), rule.F("m")), rule.V(rule.Numbered(0.5)))
		default:
			return rule.Of(rule.Ge, rule.Expr{Op: rule.Sum, Field: "r.share"}, rule.F("m"))
		}
	})
	if depth == 0 {
		return leaf
	}
	return rapid.OneOf(leaf,
		rapid.Custom(func(t *rapid.T) rule.Expr {
			return rule.Of(rule.Not, conditions(depth-1).Draw(t, "negated"))
		}),
		rapid.Custom(func(t *rapid.T) rule.Expr {
			op := rapid.SampledFrom([]rule.Op{rule.And, rule.Or}).Draw(t, "op")
			return rule.Of(op, rapid.SliceOfN(conditions(depth-1), 1, 4).Draw(t, "args")...)
		}))
}

var sheets = rapid.Custom(func(t *rapid.T) *sheet {
	given := map[string]any{}
	put := func(name string, v any) {
		if rapid.Bool().Draw(t, name+" answered") {
			given[name] = v
		}
	}
	put("a", rapid.Bool().Draw(t, "a"))
	put("b", rapid.Bool().Draw(t, "b"))
	put("n", float64(rapid.IntRange(-2, 2).Draw(t, "n")))
	put("m", float64(rapid.IntRange(-2, 2).Draw(t, "m")))
	put("t", rapid.String().Draw(t, "t"))
	put("c", rapid.SampledFrom([]string{"x", "y", "other:z"}).Draw(t, "c"))
	put("l", []any{rapid.SampledFrom([]string{"x", "y"}).Draw(t, "l")})
	put("r", []any{map[string]any{"share": float64(rapid.IntRange(0, 3).Draw(t, "r"))}})
	return answers(given)
})

func truth(t *rapid.T, e rule.Expr, s *sheet) rule.Truth {
	p, err := rule.Compile(e, fields{})
	if err != nil {
		t.Fatalf("%s does not compile: %v", e, err)
	}
	return p.Truth(s)
}

func TestKleeneLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := conditions(2).Draw(t, "a"), conditions(2).Draw(t, "b"), conditions(2).Draw(t, "c")
		s := sheets.Draw(t, "answers")
		and := func(x, y rule.Expr) rule.Expr { return rule.Of(rule.And, x, y) }
		or := func(x, y rule.Expr) rule.Expr { return rule.Of(rule.Or, x, y) }
		not := func(x rule.Expr) rule.Expr { return rule.Of(rule.Not, x) }
		for _, law := range []struct {
			name        string
			left, right rule.Expr
		}{
			{"double negation", not(not(a)), a},
			{"De Morgan, and", not(and(a, b)), or(not(a), not(b))},
			{"De Morgan, or", not(or(a, b)), and(not(a), not(b))},
			{"and commutes", and(a, b), and(b, a)},
			{"or commutes", or(a, b), or(b, a)},
			{"and is associative", and(a, and(b, c)), and(and(a, b), c)},
			{"and distributes over or", and(a, or(b, c)), or(and(a, b), and(a, c))},
			{"or distributes over and", or(a, and(b, c)), and(or(a, b), or(a, c))},
			{"absorption", or(a, and(a, b)), a},
			{"and is idempotent", and(a, a), a},
			{"false absorbs and", and(a, rule.V(rule.Truthed(false))), rule.V(rule.Truthed(false))},
			{"true absorbs or", or(a, rule.V(rule.Truthed(true))), rule.V(rule.Truthed(true))},
		} {
			if l, r := truth(t, law.left, s), truth(t, law.right, s); l != r {
				t.Fatalf("%s: %v is %v, %v is %v", law.name, law.left, l, law.right, r)
			}
		}
	})
}

// More answers never turn true into false or back: they only settle what was
// unknown. (Empty and Filled, which look at absence itself, are left out.)
func TestKnowingMoreNeverContradicts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := conditions(3).Draw(t, "e")
		looksAtAbsence := false
		var visit func(rule.Expr)
		visit = func(n rule.Expr) {
			looksAtAbsence = looksAtAbsence || n.Op == rule.Empty || n.Op == rule.Filled
			for _, a := range n.Args {
				visit(a)
			}
		}
		visit(e)
		if looksAtAbsence {
			t.Skip("looks at absence")
		}
		less, more := sheets.Draw(t, "less"), sheets.Draw(t, "more")
		for i, v := range less.answers {
			if v != nil {
				more.answers[i] = v
			}
		}
		if before, after := truth(t, e, less), truth(t, e, more); before != rule.Unknown && before != after {
			t.Fatalf("%v went from %v to %v", e, before, after)
		}
	})
}

func TestUnknownAlwaysNamesAField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, s := conditions(3).Draw(t, "e"), sheets.Draw(t, "answers")
		p, err := rule.Compile(e, fields{})
		if err != nil {
			t.Fatal(err)
		}
		r := p.Eval(s)
		if r.Truth != p.Truth(s) || (r.Truth == rule.Unknown) != (len(r.Unknown) > 0) {
			t.Fatalf("%v: %+v", e, r)
		}
	})
}

func TestJSONAndPrintingRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := conditions(3).Draw(t, "a"), conditions(3).Draw(t, "b")
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back rule.Expr
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if !back.Equal(a) || back.String() != a.String() {
			t.Fatalf("%v came back as %v", a, back)
		}
		if a.Equal(b) != (a.String() == b.String()) {
			t.Fatalf("%v and %v print %q and %q", a, b, a.String(), b.String())
		}
		rule.Describe(a)
	})
}

// FuzzExpr compiles and evaluates whatever decodes: nothing may panic.
func FuzzExpr(f *testing.F) {
	for _, seed := range []string{
		`{"op":"and","args":[{"field":"a"},{"op":"eq","args":[{"field":"n"},{"value":3}]}]}`,
		`{"op":"ge","args":[{"op":"sum","field":"r.share"},{"value":2}]}`,
		`{"op":"in","args":[{"field":"c"},{"value":["x"]}]}`,
		`{"op":"between","args":[{"op":"age","args":[{"field":"d"}]},{"value":0},{"value":1e300}]}`,
		`{"op":"eq","args":[{"op":"ratio","args":[{"field":"n"},{"field":"m"}]},{"op":"count","field":"l","args":[{"value":"y"}]}]}`,
		`{"op":"count","args":[{"op":"sum"}]}`, `{"value":null}`, `{}`,
	} {
		f.Add([]byte(seed))
	}
	empty := answers(nil)
	full := answers(map[string]any{"a": true, "b": false, "n": 0.0, "m": 1.0, "t": "x", "u": "\n", "d": "2026-13-01", "c": "x", "l": []any{"x", 3.0}, "r": []any{nil, map[string]any{"share": "x"}}})
	f.Fuzz(func(t *testing.T, text []byte) {
		var e rule.Expr
		if json.Unmarshal(text, &e) != nil {
			return
		}
		_ = e.String()
		rule.Describe(e)
		p, err := rule.Compile(e, fields{})
		if err != nil {
			return
		}
		p.Eval(empty)
		p.Eval(full)
	})
}
