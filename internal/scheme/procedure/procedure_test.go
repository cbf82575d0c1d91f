package procedure_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/platform/errs"
	"transformateur/internal/scheme/procedure"
)

// schema is a procedure as its public schema tells it, with both ways of naming types.
const schema = `{"id":"UHJvY2VkdXJlLTQy","number":42,"title":" Fonds  pour les conditions de travail ","state":"publiee","revision":{"champDescriptors":[
	{"__typename":"HeaderSectionChampDescriptor","id":"Q2hhbXAtMQ==","label":"Votre structure","required":false},
	{"__typename":"SiretChampDescriptor","id":"Q2hhbXAtMg==","label":"Numéro SIRET","required":true},
	{"__typename":"TextareaChampDescriptor","id":"Q2hhbXAtMw==","label":"Présentation du projet","required":true},
	{"__typename":"TextChampDescriptor","id":"Q2hhbXAtNA==","label":"Intitulé du projet","required":true},
	{"__typename":"IntegerNumberChampDescriptor","id":"Q2hhbXAtNQ==","label":"Effectif total","required":false},
	{"__typename":"DropDownListChampDescriptor","id":"Q2hhbXAtNg==","label":"Type de structure","required":false,"options":["Entreprise","Association"]},
	{"__typename":"PieceJustificativeChampDescriptor","id":"Q2hhbXAtNw==","label":"Un devis","required":true},
	{"type":"departements","id":"Q2hhbXAtOA==","label":"Département","required":false},
	{"__typename":"TextChampDescriptor","id":"Q2hhbXAt&x=1","label":"Un identifiant de travers","required":false}]}}`

func read(t *testing.T) procedure.Form {
	t.Helper()
	f, err := procedure.Read(strings.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestASchemaIsRead(t *testing.T) {
	f := read(t)
	if f.Number != 42 || f.Title != "Fonds pour les conditions de travail" || len(f.Fields) != 6 || f.Others != 2 {
		t.Fatalf("%d %q, %d fields, %d others", f.Number, f.Title, len(f.Fields), f.Others)
	}
	m := f.Guess()
	want := map[string]string{"Q2hhbXAtMg==": "siret", "Q2hhbXAtMw==": "summary", "Q2hhbXAtNA==": "title", "Q2hhbXAtNQ==": "headcount", "Q2hhbXAtOA==": "department"}
	if fmt.Sprint(map[string]string(m)) != fmt.Sprint(want) {
		t.Errorf("guessed %v", m)
	}
	for text, key := range map[string]string{"": "procedure.unreadable", "{": "procedure.unreadable", `{"number":1,"title":"Sans champ"}`: "procedure.not_schema",
		`{"number":1,"title":"x","revision":{"champDescriptors":[` + strings.Repeat(`{},`, procedure.MaxFields) + `{}]}}`: "procedure.fields_many", strings.Repeat(" ", procedure.MaxBytes+1): "procedure.too_big"} {
		if _, err := procedure.Read(strings.NewReader(text)); !errs.Is(err, errs.Invalid) || !strings.Contains(fmt.Sprint(err), key) {
			t.Errorf("%.30q: %v, want %s", text, err, key)
		}
	}
}

func TestAddresses(t *testing.T) {
	for typed, want := range map[string]string{
		" https://www.demarches-simplifiees.fr/commencer/fact ": "https://www.demarches-simplifiees.fr/commencer/fact",
		"https://demarche.numerique.gouv.fr/commencer/fact/?x":  "https://demarche.numerique.gouv.fr/commencer/fact",
		"http://www.demarches-simplifiees.fr/commencer/fact":    "",
		"https://www.demarches-simplifiees.fr/dossiers":         "",
		"https://ailleurs.example/a/commencer/fact":             "",
		"https://moi:secret@ailleurs.example/commencer/fact":    "",
		"https://ailleurs.example/commencer/":                   "",
		"javascript:alert(1)//commencer/fact":                   "",
	} {
		if got, ok := procedure.Address(typed); got != want || ok != (want != "") {
			t.Errorf("%q: %q", typed, got)
		}
	}
	if s := procedure.SchemaAddress("https://www.demarches-simplifiees.fr/commencer/fact"); s != "https://www.demarches-simplifiees.fr/preremplir/fact/schema" {
		t.Error(s)
	}
}

func TestAFormIsFilled(t *testing.T) {
	const begin = "https://www.demarches-simplifiees.fr/commencer/fact"
	known := map[string]procedure.Value{"siret": {Words: "130 025 265 00013", Code: "130 025 265 00013"}, "summary": {Words: "Réduire les ports de charge & l’attente"}, "title": {Words: "L’atelier"},
		"headcount": {Words: "42,5", Code: "42.5"}, "structure": {Words: "association", Code: "association"}, "department": {Words: "Loire-Atlantique", Code: "44"}}
	fill := func() (procedure.Filled, url.Values) {
		f := read(t)
		m := f.Guess()
		m["Q2hhbXAtNg=="] = "structure"
		out := procedure.Fill(begin, f, m, func(key string) (procedure.Value, bool) {
			v, is := known[key]
			return v, is
		})
		u, err := url.Parse(out.Link)
		if err != nil || !strings.HasPrefix(out.Link, begin) || len(out.Link) > procedure.MaxLink {
			t.Fatalf("%v %s", err, out.Link)
		}
		return out, u.Query()
	}
	out, q := fill()
	for id, want := range map[string]string{"Q2hhbXAtMg==": "13002526500013", "Q2hhbXAtMw==": "Réduire les ports de charge & l’attente", "Q2hhbXAtNA==": "L’atelier", "Q2hhbXAtNQ==": "", "Q2hhbXAtNg==": "Association", "Q2hhbXAtOA==": "44"} {
		if got := q.Get("champ_" + id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	why := map[string]string{}
	for _, a := range out.Answers {
		why[a.Key] = a.Why
	}
	if why["headcount"] != procedure.Unfit || why["title"] != "" {
		t.Errorf("%v", why)
	}
	known["summary"] = procedure.Value{Words: strings.Repeat("é", 400)}
	delete(known, "department")
	out, q = fill()
	if q.Has("champ_Q2hhbXAtMw==") || q.Get("champ_Q2hhbXAtNA==") == "" {
		t.Errorf("a long text keeps shorter ones out: %s", out.Link)
	}
	for _, a := range out.Answers {
		if a.Key == "summary" && (a.Why != procedure.Long || len([]rune(a.Said)) != 400) || a.Key == "department" && a.Why != procedure.Unknown {
			t.Errorf("%+v", a)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(schema)
	f.Add(`{"number":1,"title":"x","revision":{"champDescriptors":[{"id":"a","type":"text","label":"b"}]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		form, err := procedure.Read(strings.NewReader(text))
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatal(err)
			}
			return
		}
		m := form.Guess()
		for _, field := range form.Fields {
			m[field.ID] = "title"
		}
		const begin = "https://site.example/commencer/x"
		out := procedure.Fill(begin, form, m, func(string) (procedure.Value, bool) { return procedure.Value{Words: text, Code: "1"}, true })
		if _, err := url.Parse(out.Link); err != nil || len(out.Link) > procedure.MaxLink || !strings.HasPrefix(out.Link, begin) {
			t.Fatalf("%v %s", err, out.Link)
		}
	})
}
