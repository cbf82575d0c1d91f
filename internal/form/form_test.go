package form

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
)

func mustParse(t *testing.T, text string) *Form {
	t.Helper()
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v: %+v", err, err)
	}
	return f
}

func mustCompile(t *testing.T, f *Form) *Compiled {
	t.Helper()
	c, err := f.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// faults are the paths and keys of an Invalid error.
func faults(t *testing.T, err error) []string {
	t.Helper()
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind != errs.Invalid {
		t.Fatalf("not refused: %v", err)
	}
	var out []string
	for _, f := range e.Fields {
		out = append(out, f.Path+" "+f.Key)
		for _, lang := range []string{"fr", "en"} {
			speech(t, lang).Say(f.Key, f.Args...)
		}
	}
	return out
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ situation, text, want string }{
		{"an unknown key deep down", `{"version":1,"steps":[{"id":"a","title":{},"fields":[{"id":"x","type":"text","label":{},"settings":{"maxchars":3}}]}]}`, "steps.0.fields.0.settings.maxchars form.json_key_unknown"},
		{"an unknown key in a condition", `{"version":1,"steps":[{"id":"a","title":{},"show_if":{"op":"not","args":[{"feild":"x"}]},"fields":[]}]}`, "steps.0.show_if.args.0.feild form.json_key_unknown"},
		{"the same key in other letters", `{"Version":1,"steps":[]}`, "Version form.json_key_unknown"},
		{"a key given twice", `{"version":1,"version":1,"steps":[]}`, "version form.json_key_twice"},
		{"another version", `{"version":2,"steps":[]}`, "version form.version_unknown"},
		{"a text for a number", `{"version":"1","steps":[]}`, "version form.json_unreadable"},
		{"a constant that is an object", `{"version":1,"steps":[{"id":"a","title":{},"show_if":{"value":{"a":1}},"fields":[]}]}`, " form.json_unreadable"},
		{"something after the end", `{"version":1,"steps":[]} {}`, " form.json_unreadable"},
		{"half a form", `{"version":1,"steps":[`, " form.json_unreadable"},
		{"endless nesting", `{"version":1,"steps":` + strings.Repeat("[", 200), "steps" + strings.Repeat(".0", 60) + " form.json_too_deep"},
		{"too big", strings.Repeat(" ", MaxFormSize+1), " form.too_big"},
	} {
		_, err := Parse([]byte(c.text))
		if got := strings.Join(faults(t, err), "; "); got != c.want {
			t.Errorf("%s: %s, want %s", c.situation, got, c.want)
		}
	}
}

// one makes a form of one step from the JSON of its fields.
func one(fields string) string {
	return `{"version":1,"steps":[{"id":"s","title":{"fr":"Étape"},"fields":[` + fields + `]}]}`
}

func TestCompileRefuses(t *testing.T) {
	for _, c := range []struct{ situation, text, want string }{
		{"no step", `{"version":1,"steps":[]}`, "steps form.steps_none"},
		{"an unknown type", one(`{"id":"a","type":"magic","label":{"fr":"A"}}`), "steps.0.fields.0.type form.type_unknown"},
		{"two fields of one name", one(`{"id":"a","type":"text","label":{"fr":"A"}},{"id":"a","type":"text","label":{"fr":"A"}}`), "steps.0.fields.1.id form.id_twice"},
		{"an id with an accent, no label", one(`{"id":"é","type":"text","label":{}}`), "steps.0.fields.0.id form.setting_id; steps.0.fields.0.label form.setting_label_missing"},
		{"a setting of another type", one(`{"id":"a","type":"text","label":{"fr":"A"},"settings":{"max_lines":3}}`), "steps.0.fields.0.settings.max_lines form.setting_unused"},
		{"both limits", one(`{"id":"a","type":"longtext","label":{"fr":"A"},"settings":{"max_lines":3,"max_chars":3}}`), "steps.0.fields.0.settings.max_lines form.setting_one_limit"},
		{"a required heading", one(`{"id":"a","type":"heading","label":{"fr":"A"},"required":true}`), "steps.0.fields.0.required form.setting_static_required"},
		{"a table in a table", one(`{"id":"a","type":"repeat","label":{"fr":"A"},"settings":{"columns":[{"id":"b","type":"team","label":{"fr":"B"}}]}}`), "steps.0.fields.0.settings.columns.0.type form.setting_column_type"},
		{"a condition on a heading", one(`{"id":"a","type":"heading","label":{"fr":"A"}},{"id":"b","type":"text","label":{"fr":"B"},"show_if":{"op":"filled","args":[{"field":"a"}]}}`), "steps.0.fields.1.show_if.args.0 form.rule_field_unknown"},
		{"shown if shown", one(`{"id":"a","type":"yesno","label":{"fr":"A"},"show_if":{"field":"b"}},{"id":"b","type":"yesno","label":{"fr":"B"},"show_if":{"field":"a"}}`), "steps.0.fields.0.show_if form.conditions_circle"},
		{"shown if itself", one(`{"id":"a","type":"yesno","label":{"fr":"A"},"show_if":{"field":"a"}}`), "steps.0.fields.0.show_if form.conditions_circle"},
		{"a step shown if one of its own", `{"version":1,"steps":[{"id":"s","title":{"fr":"Étape"},"show_if":{"field":"a"},"fields":[{"id":"a","type":"yesno","label":{"fr":"A"}}]}]}`, "steps.0.fields.0.show_if form.conditions_circle"},
		{"an unknown severity", `{"version":1,"steps":[{"id":"s","title":{"fr":"É"},"fields":[{"id":"a","type":"yesno","label":{"fr":"A"}}]}],"rules":[{"id":"r","label":{"fr":"R"},"severity":"fatal","when":{"field":"a"},"message":{"fr":"M"}}]}`, "rules.0.severity form.severity_unknown"},
	} {
		_, err := mustParse(t, c.text).Compile()
		if got := strings.Join(faults(t, err), "; "); got != c.want {
			t.Errorf("%s: %s, want %s", c.situation, got, c.want)
		}
	}
}

func TestRequiredIfMayGoRound(t *testing.T) {
	mustCompile(t, mustParse(t, one(`{"id":"a","type":"text","label":{"fr":"A"},"required_if":{"op":"filled","args":[{"field":"b"}]}},{"id":"b","type":"text","label":{"fr":"B"},"required_if":{"op":"filled","args":[{"field":"a"}]}}`)))
}

func TestTooManyFields(t *testing.T) {
	f := &Form{Version: Version, Steps: []Step{{ID: "s", Title: said("É", "S")}}}
	for i := range MaxFields + 1 {
		f.Steps[0].Fields = append(f.Steps[0].Fields, Field{ID: "f" + itoa(i), Type: "text", Label: said("A", "A")})
	}
	_, err := f.Compile()
	if got := faults(t, err); !slices.Equal(got, []string{"steps form.fields_many"}) {
		t.Error(got)
	}
}

func TestAHiddenFieldIsNotAnswered(t *testing.T) {
	// c looks at b, which looks at a; c stands first, so that order in the form does not matter.
	c := mustCompile(t, mustParse(t, one(`
		{"id":"c","type":"text","label":{"fr":"C"},"required":true,"show_if":{"field":"b"}},
		{"id":"b","type":"yesno","label":{"fr":"B"},"required":true,"show_if":{"field":"a"}},
		{"id":"a","type":"yesno","label":{"fr":"A"}}`)))
	answers := Answers{"a": false, "b": true, "c": "gardé"}
	s := c.Evaluate(answers, noon)
	for _, id := range []string{"b", "c"} {
		if f, _ := s.Field(id); f.Visible || f.Required || !f.Empty {
			t.Errorf("%s: %+v", id, f)
		}
	}
	if kept := s.Deposited(answers); len(kept) != 1 || answers["c"] != "gardé" {
		t.Errorf("deposited %v of %v", kept, answers)
	}
	answers["a"] = true
	if s := c.Evaluate(answers, noon); len(s.Deposited(answers)) != 3 || len(s.Missing()) > 0 {
		t.Errorf("%+v", s.Missing())
	}
	delete(answers, "a")
	if s := c.Evaluate(answers, noon); s.Steps[0].Asked != 1 {
		t.Errorf("an unknown condition shows its field: %+v", s.Steps[0])
	}
}

func TestReadyFormFilledStepByStep(t *testing.T) {
	f, err := ReadyForm("detailed_sheet")
	if err != nil {
		t.Fatal(err)
	}
	c := mustCompile(t, f)
	s := c.Evaluate(Answers{}, noon)
	if len(s.Missing()) == 0 || s.Steps[0].Complete() || s.Steps[0].Filled != 0 {
		t.Fatalf("%+v", s.Steps[0])
	}
	for _, r := range s.Rules {
		if r.Truth != rule.Unknown || len(r.Unknown) == 0 {
			t.Errorf("rule %s on an empty file: %+v", r.Rule.ID, r.Result)
		}
	}
	team := func(share int64) []any {
		return []any{map[string]any{"name": "Camille", "function": "cheffe de projet", "share": share}}
	}
	low := c.Missing(Answers{"team": team(10)}, noon)
	if last := low[len(low)-1]; last.Path != "rules.share" || last.Key != "form.rule_blocking" {
		t.Errorf("a team of 10 %%: %+v", last)
	}
	enough := c.Missing(Answers{"team": team(20), "same_admin": false}, noon)
	var paths []string
	for _, m := range enough {
		paths = append(paths, m.Path)
	}
	if slices.Contains(paths, "rules.share") || !slices.Contains(paths, "administrative") || slices.Contains(paths, "team") {
		t.Errorf("missing: %v", paths)
	}
}

func TestPresentTellsAPageWithoutTheField(t *testing.T) {
	f := &Field{ID: "risk", Type: "choices"}
	for _, c := range []struct {
		situation, name string
		want            bool
	}{
		{"boxes all unticked, with the hidden control", "f.risk", true},
		{"a part only", "f.risk.other", true},
		{"another field that starts alike", "f.risks", false},
	} {
		if got := f.Present(map[string][]string{c.name: {""}}); got != c.want {
			t.Errorf("%s: %v", c.situation, got)
		}
	}
}

func TestSearchReadsVisibleAnswersOnly(t *testing.T) {
	c := mustCompile(t, mustParse(t, one(`
		{"id":"a","type":"yesno","label":{"fr":"A"}},
		{"id":"b","type":"text","label":{"fr":"B"},"show_if":{"field":"a"}},
		{"id":"c","type":"choice","label":{"fr":"C"},"settings":{"options":[{"id":"x","label":{"fr":"Atelier"}}]}}`)))
	answers := Answers{"a": false, "b": "caché", "c": "x"}
	if got := c.Evaluate(answers, noon).SearchText(answers, speech(t, "fr")); got != "non\nAtelier" {
		t.Errorf("%q", got)
	}
}

func TestABlockingRuleOnAnOptionalFieldIsPointedOut(t *testing.T) {
	c := mustCompile(t, mustParse(t, `{"version":1,"steps":[{"id":"s","title":{"fr":"É"},"fields":[{"id":"a","type":"yesno","label":{"fr":"Accord"}}]}],
		"rules":[{"id":"r","label":{"fr":"R"},"severity":"blocking","when":{"field":"a"},"message":{"fr":"M"}}]}`))
	if len(c.Advice) != 1 || c.Advice[0].Path != "rules.0.when" {
		t.Fatalf("%+v", c.Advice)
	}
	speech(t, "fr").Say(c.Advice[0].Key, c.Advice[0].Args...)
	if missing := c.Missing(Answers{}, noon); len(missing) > 0 {
		t.Errorf("an unknown rule blocks: %v", missing)
	}
}

// FuzzParse reads and compiles whatever comes: nothing may panic.
func FuzzParse(f *testing.F) {
	for _, name := range Ready() {
		text, err := readyFiles.ReadFile("models/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(one(`{"id":"a","type":"repeat","label":{"fr":"A"},"settings":{"columns":[{"id":"b","type":"magic"}]}}`)))
	f.Add([]byte(one(`{"id":"a","type":"linked","label":null,"settings":{"levels":[null,{}],"options":[{"id":"x"}]}}`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		form, err := Parse(text)
		if err != nil {
			return
		}
		Diff(form, &Form{})
		if c, err := form.Compile(); err == nil {
			c.Evaluate(Answers{"a": "x"}, noon)
		}
	})
}
