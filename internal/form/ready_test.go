package form

import (
	"encoding/json"
	"testing"
)

func TestReadyFormsCompileAndSpeakBothLanguages(t *testing.T) {
	for _, name := range Ready() {
		f, err := ReadyForm(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := f.Compile()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(c.Advice) > 0 {
			t.Errorf("%s: %v", name, c.Advice)
		}
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(text, &tree); err != nil {
			t.Fatal(err)
		}
		bothLanguages(t, name, tree)
		again, err := Parse(text)
		if err != nil {
			t.Fatalf("%s does not come back from JSON: %v", name, err)
		}
		if changes := Diff(f, again); len(changes) > 0 {
			t.Errorf("%s changed on its way through JSON: %v", name, changes)
		}
	}
}

func bothLanguages(t *testing.T, at string, tree any) {
	switch v := tree.(type) {
	case []any:
		for i := range v {
			bothLanguages(t, at+"."+itoa(i), v[i])
		}
	case map[string]any:
		if v["fr"] != nil && (v["en"] == nil || v["en"] == "" || v["fr"] == "") {
			t.Errorf("%s is not in both languages: %v", at, v)
		}
		for k := range v {
			bothLanguages(t, at+"."+k, v[k])
		}
	}
}
