package intake

import (
	"slices"
	"testing"

	"transformateur/internal/form"
)

type twins struct{}

func (twins) Organisation(string, string) string { return "" }
func (twins) Territory(kind, code string) (string, bool) {
	name, ok := map[string]string{"commune:14118": "Caen", "region:28": "Normandie", "departement:28": "Eure-et-Loir"}[kind+":"+code]
	return name, ok
}
func (twins) Attachment(string) (form.Attachment, bool) { return form.Attachment{}, false }

func TestPlacesAreToldApart(t *testing.T) {
	r := reader{checks: twins{}}
	for _, c := range []struct{ name, typed, want string }{
		{"a region that shares its code", "Normandie (28)", "region:28"},
		{"a département that shares it", "Eure-et-Loir (28)", "departement:28"},
		{"a code alone", "14118", "commune:14118"},
		{"a place that nobody knows", "Atlantide (99999)", "Atlantide (99999)"},
		{"a name alone", "Caen", "Caen"},
	} {
		if got := r.places(&form.Field{Type: "territory"}, c.typed); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFiguresAndDays(t *testing.T) {
	euro := &form.Field{Type: "money", Settings: form.Settings{Currency: "USD", Unit: form.Localised{"fr": "ETP"}}}
	for _, c := range []struct{ name, lang, typed, want string }{
		{"French marks", "fr", "1 234,50 €", "1 234,50 €"},
		{"English marks", "en", "€1,234.50", "1234.50"},
		{"a unit of ours", "fr", "12 ETP", "12"},
		{"another currency", "fr", "12 USD", "12"},
	} {
		if got := (reader{lang: c.lang}).figure(euro, c.typed); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for typed, want := range map[string]string{"2026-03-05 00:00:00": "2026-03-05", "05/03/2026 10h30": "05/03/2026", "2026-03-05T10:30:00Z": "2026-03-05", "hier": "hier"} {
		if got := day(typed); got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	parsed, err := form.Parse([]byte(`{"version":1,"steps":[{"id":"s","title":{"fr":"S"},"fields":[
	 {"id":"a","type":"choices","label":{"fr":"A"},"settings":{"options":[{"id":"x","label":{"fr":"Un, deux"}}],"other":true}},
	 {"id":"b","type":"money","label":{"fr":"B"}},{"id":"c","type":"date","label":{"fr":"C"}},{"id":"d","type":"territory","label":{"fr":"D"}},
	 {"id":"e","type":"team","label":{"fr":"E"}},{"id":"f","type":"longtext","label":{"fr":"F"}}]}]}`))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"Un, deux; trois", "1 234,5 €", "05/03/2026", "Caen (14118)", "a\nb\n\nc", "<p>x</p>", "\x00\xff"} {
		f.Add(seed)
	}
	compiled, err := parsed.Compile()
	if err != nil {
		f.Fatal(err)
	}
	r := reader{lang: "fr", checks: twins{}}
	f.Fuzz(func(t *testing.T, cell string) {
		answers := form.Answers{}
		for _, field := range parsed.Fields() {
			parts := map[string]string{"": cell}
			if field.Type == "team" {
				parts = map[string]string{"rows": cell, "name": cell, "function": cell}
			}
			if value, _ := r.answer(field, parts); value != nil {
				answers[field.ID] = value
			}
		}
		compiled.Evaluate(answers, form.Env{Checks: twins{}})
		form.Canonical(answers)
	})
}
