package rubric_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review/rubric"
)

func ready(t *testing.T, name string) *rubric.Compiled {
	t.Helper()
	r, err := rubric.ReadyRubric(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReadyRubricsAreWhole(t *testing.T) {
	for _, name := range rubric.Ready() {
		c := ready(t, name)
		for _, f := range c.Rubric.Form.Fields() {
			if f.Label["fr"] == "" || f.Label["en"] == "" {
				t.Errorf("%s: %s is not told in both languages", name, f.ID)
			}
			for _, o := range f.Settings.Options {
				if o.Label["fr"] == "" || o.Label["en"] == "" {
					t.Errorf("%s: %s.%s is not told in both languages", name, f.ID, o.ID)
				}
			}
		}
		again, err := rubric.Parse(c.Rubric.JSON())
		if err != nil || string(again.JSON()) != string(c.Rubric.JSON()) {
			t.Errorf("%s does not come back the same: %v", name, err)
		}
	}
}

func TestWhatAGridIsWorth(t *testing.T) {
	c := ready(t, "five_criteria")
	c.Rubric.Criteria[0].Weight = 3
	all := func(value string) form.Answers {
		a := form.Answers{"in_scope": true, "advice": "keep"}
		for _, k := range c.Rubric.Criteria {
			a[k.Field] = value
		}
		return a
	}
	with := func(a form.Answers, pairs ...any) form.Answers {
		for i := 0; i < len(pairs); i += 2 {
			a[pairs[i].(string)] = pairs[i+1]
		}
		return a
	}
	for _, x := range []struct {
		name    string
		answers form.Answers
		score   float64
		scored  bool
		failed  string
	}{
		{"all the best", all("strong"), 100, true, ""},
		{"all the worst", all("weak"), 0, true, ""},
		{"the heavy one alone is the best", with(all("weak"), "need", "strong"), 100 * 3 / 7.0, true, ""},
		{"one cannot be judged", with(all("strong"), "need", "unable", "openness", "weak"), 75, true, ""},
		{"nothing can be judged", all("unable"), 0, false, ""},
		{"nothing is answered", form.Answers{}, 0, false, ""},
		{"the best, out of scope", with(all("strong"), "in_scope", false), 100, true, "scope"},
		{"an anchor that does not exist", with(all("strong"), "need", "divine"), 100, true, ""},
	} {
		got := c.Judge(x.answers, form.Env{})
		if math.Abs(got.Score-x.score) > 1e-9 || got.Scored != x.scored || strings.Join(got.Failed(), " ") != x.failed {
			t.Errorf("%s: %v %v %v, want %v %v %q", x.name, got.Score, got.Scored, got.Failed(), x.score, x.scored, x.failed)
		}
	}
}

func TestAtLeastSome(t *testing.T) {
	c := ready(t, "six_dimensions")
	for _, x := range []struct {
		name                     string
		management, people, time any
		want                     rule.Truth
	}{
		{"two of three", true, true, false, rule.True},
		{"one of three", true, false, false, rule.False},
		{"one, and one not said", true, false, nil, rule.Unknown},
		{"none, and one not said", false, false, nil, rule.False},
		{"two, and one not said", true, true, nil, rule.True},
	} {
		o := c.Judge(form.Answers{"management": x.management, "people": x.people, "time": x.time}, form.Env{})
		if o.Gates[0].Truth != x.want {
			t.Errorf("%s: %v, want %v", x.name, o.Gates[0].Truth, x.want)
		}
	}
}

// A score stays within its bounds, and rises when an answer does.
func TestScoreIsMonotone(t *testing.T) {
	const seed = 20270305
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	anchors := []string{"weak", "partial", "good", "strong"}
	for range 2000 {
		c := ready(t, "five_criteria")
		a := form.Answers{}
		for i := range c.Rubric.Criteria {
			c.Rubric.Criteria[i].Weight = 1 + chance.IntN(rubric.MaxWeight)
			if chance.IntN(5) > 0 {
				a[c.Rubric.Criteria[i].Field] = anchors[chance.IntN(4)]
			}
		}
		before := c.Judge(a, form.Env{})
		if before.Score < 0 || before.Score > 100 {
			t.Fatalf("%v is worth %v", a, before.Score)
		}
		field := c.Rubric.Criteria[chance.IntN(5)].Field
		at := slices.Index(anchors, fmt.Sprint(a[field]))
		if at < 0 || at == 3 {
			continue
		}
		a[field] = anchors[at+1]
		if after := c.Judge(a, form.Env{}); after.Score <= before.Score {
			t.Fatalf("a better %s takes the score from %v to %v", field, before.Score, after.Score)
		}
	}
}

func TestFaultsAreToldAtOnce(t *testing.T) {
	change := func(do func(r map[string]any)) []byte {
		var r map[string]any
		if err := json.Unmarshal(ready(t, "five_criteria").Rubric.JSON(), &r); err != nil {
			t.Fatal(err)
		}
		do(r)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	list := func(r map[string]any, key string, at int) map[string]any { return r[key].([]any)[at].(map[string]any) }
	for _, x := range []struct {
		name string
		text []byte
		want string
	}{
		{"not JSON", []byte("{"), "=review.rubric_unreadable"},
		{"two values", []byte("{} {}"), "=review.rubric_unreadable"},
		{"an unknown key", change(func(r map[string]any) { r["wieghts"] = 1 }), "=review.rubric_unreadable"},
		{"no form", change(func(r map[string]any) { delete(r, "form") }), "form=form.json_unreadable"},
		{"another version", change(func(r map[string]any) { r["version"] = 2 }), "version=form.version_unknown"},
		{"no criterion", change(func(r map[string]any) { r["criteria"] = []any{} }), "criteria=review.criteria_none"},
		{"a weight of nothing, and an unknown question", change(func(r map[string]any) {
			list(r, "criteria", 0)["weight"], list(r, "criteria", 1)["field"] = 0, "beauty"
		}), "criteria.0.weight=review.weight_bounds, criteria.1.field=review.question_unknown"},
		{"a comment that counts", change(func(r map[string]any) { list(r, "criteria", 0)["field"] = "aside" }), "criteria.0.field=review.criterion_type"},
		{"twice the same", change(func(r map[string]any) { list(r, "criteria", 0)["field"] = "openness" }), "criteria.4.field=review.criterion_twice"},
		{"unable in the middle", change(func(r map[string]any) { list(r, "criteria", 0)["unable"] = "good" }), "criteria.0.unable=review.unable_last"},
		{"a gate that asks for more than it has", change(func(r map[string]any) { list(r, "gates", 0)["least"] = 2 }), "gates.0.least=review.gate_least"},
		{"a gate that everything passes", change(func(r map[string]any) {
			list(r, "gates", 0)["of"].([]any)[0].(map[string]any)["accept"] = []string{"yes", "no"}
		}), "gates.0.of.0.accept=review.gate_accept"},
		{"a recommendation in words", change(func(r map[string]any) { r["recommendation"] = "aside" }), "recommendation=review.recommendation_type"},
		{"a mark shared as a comment", change(func(r map[string]any) { r["shareable"] = []string{"need"} }), "shareable.0=review.shareable_type"},
		{"a question about a place", change(func(r map[string]any) {
			steps := r["form"].(map[string]any)["steps"].([]any)
			fields := steps[0].(map[string]any)["fields"].([]any)
			fields[1].(map[string]any)["type"] = "iban"
			delete(fields[1].(map[string]any), "settings")
		}), "form.steps.0.fields.1.type=review.type_refused"},
	} {
		r, err := rubric.Parse(x.text)
		if err == nil {
			_, err = r.Compile()
		}
		var e *errs.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		var said []string
		for _, f := range e.Fields {
			said = append(said, f.Path+"="+f.Key)
		}
		if got := strings.Join(said, ", "); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
	}
}

func FuzzRubric(f *testing.F) {
	for _, name := range rubric.Ready() {
		r, err := rubric.ReadyRubric(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(r.JSON(), "strong")
	}
	f.Add([]byte(`{"version":1,"form":null}`), "")
	f.Fuzz(func(t *testing.T, text []byte, said string) {
		r, err := rubric.Parse(text)
		if err != nil {
			return
		}
		c, err := r.Compile()
		if err != nil {
			return
		}
		again, err := rubric.Parse(r.JSON())
		if err != nil {
			t.Fatalf("%s is not read again: %v", r.JSON(), err)
		}
		if _, err := again.Compile(); err != nil {
			t.Fatal(err)
		}
		answers := form.Answers{}
		for i, field := range r.Form.Fields() {
			if i%2 == 0 {
				answers[field.ID] = said
			}
		}
		if o := c.Judge(answers, form.Env{}); o.Score < 0 || o.Score > 100 || math.IsNaN(o.Score) {
			t.Fatalf("worth %v", o.Score)
		}
	})
}
