package eligible_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"transformateur/internal/form/rule"
	"transformateur/internal/scheme/eligible"

	"pgregory.net/rapid"
)

// domains hold, for some facts, values on both sides of everything that lines compare with.
var domains = map[string][]any{
	"ownership": {"private", "public"},
	"headcount": {0.0, 10.0, 300.0},
	"consumers": {true, false},
	"naf":       {"47.71Z", "62.01Z"},
	"expense":   {[]string{"consulting"}, []string{"investment"}, []string{"consulting", "investment"}, []string{"staff"}},
}

var lines = rapid.Custom(func(t *rapid.T) eligible.Line {
	switch rapid.IntRange(0, 4).Draw(t, "which") {
	case 0:
		return eligible.Line{Fact: "ownership", Test: rapid.SampledFrom([]string{eligible.OneOf, eligible.NoneOf}).Draw(t, "test"), Values: []string{"private"}}
	case 1:
		return eligible.Line{Fact: "headcount", Test: rapid.SampledFrom(eligible.Tests[rule.Number]).Draw(t, "test"), Values: []string{"10"}}
	case 2:
		return eligible.Line{Fact: "consumers", Test: rapid.SampledFrom(eligible.Tests[rule.Bool]).Draw(t, "test")}
	case 3:
		return eligible.Line{Fact: "naf", Test: rapid.SampledFrom(eligible.Tests[rule.Text]).Draw(t, "test"), Values: []string{"47"}}
	}
	return eligible.Line{Fact: "expense", Test: rapid.SampledFrom(eligible.Tests[rule.List]).Draw(t, "test"), Values: []string{"consulting"}}
})

func criteria(t *rapid.T) (list []eligible.Criterion) {
	for range rapid.IntRange(0, 4).Draw(t, "criteria") {
		c, err := eligible.Of(rapid.SliceOfN(lines, 1, 3).Draw(t, "alternatives")...)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

func known(t *rapid.T) map[string]any {
	values := map[string]any{}
	for _, f := range eligible.Facts {
		if d := domains[f.Key]; d != nil && rapid.Bool().Draw(t, f.Key) {
			values[f.Key] = rapid.SampledFrom(d).Draw(t, f.Key+" is")
		}
	}
	return values
}

func rules(t interface{ Fatal(...any) }, list []eligible.Criterion) *eligible.Rules {
	r, err := eligible.Compile(list)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// completions calls visit with every way of filling in what is not known.
func completions(values map[string]any, visit func(map[string]any)) {
	for key, d := range domains {
		if _, is := values[key]; is {
			continue
		}
		for _, v := range d {
			more := map[string]any{key: v}
			for k, old := range values {
				more[k] = old
			}
			completions(more, visit)
		}
		return
	}
	visit(values)
}

// A verdict that is definite is that of every completion; when each fact is asked once, one
// that is not known has completions of both sorts.
func TestAgainstEveryCompletion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, values := criteria(t), known(t)
		r := rules(t, list)
		verdict := r.Judge(eligible.Know(values, 20000))
		yes, no := 0, 0
		completions(values, func(all map[string]any) {
			switch got := r.Judge(eligible.Know(all, 20000)); got.Truth {
			case rule.True:
				yes++
			case rule.False:
				no++
			default:
				t.Fatalf("everything is known and the verdict is %v", got)
			}
		})
		if verdict.Truth == rule.True && no > 0 || verdict.Truth == rule.False && yes > 0 {
			t.Fatalf("%v, but %d completions say yes and %d no", verdict, yes, no)
		}
		asked := map[string]int{}
		for _, c := range list {
			alternatives, _ := c.Lines()
			for _, l := range alternatives {
				asked[l.Fact]++
			}
		}
		once := true
		for _, n := range asked {
			once = once && n == 1
		}
		if once && verdict.Truth == rule.Unknown && (yes == 0 || no == 0) {
			t.Fatalf("not known, but %d completions say yes and %d no", yes, no)
		}
	})
}

func TestLearningNeverTurnsAnAnswerRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, values := rules(t, criteria(t)), known(t)
		before := r.Judge(eligible.Know(values, 20000))
		for key, d := range domains {
			if values[key] == nil {
				values[key] = rapid.SampledFrom(d).Draw(t, "learnt")
				after := r.Judge(eligible.Know(values, 20000))
				if before.Truth != rule.Unknown && after.Truth != before.Truth {
					t.Fatalf("%v became %v with %s", before, after, key)
				}
				if before.Truth == rule.Unknown && !slices.Contains(before.Missing, key) && after.Truth != rule.Unknown {
					t.Fatalf("%s settled it and was not said to be missing", key)
				}
				before = after
			}
		}
	})
}

func TestJudge(t *testing.T) {
	small, _ := eligible.Of(eligible.Line{Fact: "headcount", Test: eligible.Less, Values: []string{"300"}}, eligible.Line{Fact: "structure", Test: eligible.OneOf, Values: []string{"federation"}})
	private, _ := eligible.Of(eligible.Line{Fact: "ownership", Test: eligible.OneOf, Values: []string{"private"}})
	old, _ := eligible.Of(eligible.Line{Fact: "active_since", Test: eligible.Months, Values: []string{"6"}})
	r := rules(t, []eligible.Criterion{small, private, old})
	for name, c := range map[string]struct {
		values map[string]any
		truth  rule.Truth
		failed string
		asks   string
	}{
		"nothing is known":      {nil, rule.Unknown, "[]", "[headcount structure ownership active_since]"},
		"public":                {map[string]any{"ownership": "public"}, rule.False, "[1]", "[]"},
		"large":                 {map[string]any{"ownership": "private", "headcount": 300.0}, rule.Unknown, "[]", "[structure active_since]"},
		"large, not a union":    {map[string]any{"headcount": 300.0, "structure": "company"}, rule.False, "[0]", "[]"},
		"large, but relays":     {map[string]any{"headcount": 900.0, "structure": "federation", "ownership": "private", "active_since": "2020-01-01"}, rule.True, "[]", "[]"},
		"of yesterday":          {map[string]any{"headcount": 2.0, "ownership": "private", "active_since": "2024-10-03"}, rule.False, "[2]", "[]"},
		"six months to the day": {map[string]any{"headcount": 2.0, "ownership": "private", "active_since": "2024-04-05"}, rule.True, "[]", "[]"},
	} {
		v := r.Judge(eligible.Know(c.values, 20000)) // 2024-10-04
		if v.Truth != c.truth || fmt.Sprint(v.Failed) != c.failed || fmt.Sprint(v.Missing) != c.asks {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestLinesAreReadBack(t *testing.T) {
	for _, l := range []eligible.Line{
		{Fact: "headcount", Test: eligible.Less, Values: []string{"300"}}, {Fact: "turnover", Test: eligible.AtMost, Values: []string{"2000000.5"}},
		{Fact: "department", Test: eligible.OneOf, Values: []string{"14", "2A"}}, {Fact: "expense", Test: eligible.NoneOf, Values: []string{"investment", "operation"}},
		{Fact: "naf", Test: eligible.NoStart, Values: []string{"47", "A"}}, {Fact: "begun", Test: eligible.No}, {Fact: "taxes", Test: eligible.Yes},
		{Fact: "active_since", Test: eligible.Months, Values: []string{"6"}}, {Fact: "active_since", Test: eligible.Months, Values: []string{"1200"}},
	} {
		c, err := eligible.Of(l)
		if err != nil {
			t.Errorf("%+v: %v", l, err)
			continue
		}
		data, _ := json.Marshal([]eligible.Criterion{c})
		again, err := eligible.Parse(data)
		if err != nil {
			t.Errorf("%s: %v", data, err)
			continue
		}
		if list, ok := again[0].Lines(); !ok || fmt.Sprint(list[0]) != fmt.Sprint(l) {
			t.Errorf("%+v is read back as %+v", l, list)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, l := range []eligible.Line{
		{Fact: "lost", Test: eligible.Yes}, {Fact: "headcount", Test: eligible.Yes}, {Fact: "headcount", Test: eligible.Less, Values: []string{"beaucoup"}},
		{Fact: "ownership", Test: eligible.OneOf}, {Fact: "ownership", Test: eligible.OneOf, Values: []string{"mixed"}}, {Fact: "active_since", Test: eligible.Months, Values: []string{"-3"}},
	} {
		if _, err := eligible.Of(l); err == nil {
			t.Errorf("%+v is taken", l)
		}
	}
	for _, text := range []string{`{}`, `[{"rule":{"op":"or","args":[{"op":"empty","args":[{"field":"naf"}]}]}}]`, `[{"rule":{"field":"taxes"}}]`, `[{"rule":{"op":"or"}}]`,
		`[{"rule":{"op":"or","args":[{"op":"and","args":[{"field":"taxes"},{"field":"begun"}]}]}}]`} {
		if _, err := eligible.Parse([]byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{"rule":{"op":"or","args":[{"op":"lt","args":[{"field":"headcount"},{"value":300}]}]}}]`))
	f.Add([]byte(`[{"rule":{"op":"or","args":[{"op":"not","args":[{"op":"in","args":[{"field":"region"},{"value":["28"]}]}]}]}}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := eligible.Parse(data)
		if err != nil {
			return
		}
		r := rules(t, list)
		r.Judge(eligible.Know(nil, 0))
		for _, c := range list {
			if _, ok := c.Lines(); !ok {
				t.Fatalf("%s is kept and cannot be changed", c.Rule)
			}
		}
	})
}

// BenchmarkJudge3000 puts 3,000 schemes of four criteria to a project, with explanation.
func BenchmarkJudge3000(b *testing.B) {
	var all []*eligible.Rules
	book := &eligible.Book{}
	for i := range 3000 {
		size, _ := eligible.Of(eligible.Line{Fact: "headcount", Test: eligible.Less, Values: []string{fmt.Sprint(10 + i%500)}}, eligible.Line{Fact: "structure", Test: eligible.OneOf, Values: []string{"federation"}})
		where, _ := eligible.Of(eligible.Line{Fact: "region", Test: eligible.OneOf, Values: []string{"28", []string{"11", "44", "53"}[i%3]}})
		what, _ := eligible.Of(eligible.Line{Fact: "expense", Test: eligible.OneOf, Values: []string{"consulting", "training"}})
		trade, _ := eligible.Of(eligible.Line{Fact: "naf", Test: eligible.Starts, Values: []string{"47", "10", "56"}})
		one, err := book.Add([]eligible.Criterion{size, where, what, trade})
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, one)
	}
	known := map[string]any{"headcount": 120.0, "region": "28", "expense": []string{"staff", "training"}, "structure": "company"}
	b.ReportAllocs()
	for b.Loop() {
		answers := eligible.Know(known, 20000)
		for _, r := range all {
			r.Judge(answers)
		}
	}
}
