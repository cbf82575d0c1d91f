package form

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/errs"
)

// world answers the outside checks of the tests.
type world struct{}

func (world) Organisation(kind, id string) string {
	if strings.HasSuffix(id, "9") {
		return "form.siret_shape"
	}
	return ""
}

func (world) Territory(kind, code string) (string, bool) { return "Caen", code == "14118" }

func (world) Attachment(id string) (Attachment, bool) {
	switch id {
	case "a1":
		return Attachment{Name: "Présentation.PDF", Size: 1000}, true
	case "a2":
		return Attachment{Name: "film.mov", Size: 9_000_000}, true
	}
	return Attachment{}, false
}

var noon = Env{Now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Checks: world{}}

// samples is one field of every type.
func samples() map[string]*Field {
	abc := []Option{{ID: "a", Label: said("Alpha", "Alpha")}, {ID: "b", Label: said("Bêta", "Beta")}, {ID: "c", Label: said("Gamma", "Gamma")}}
	all := []*Field{
		{Type: "text", Settings: Settings{MaxChars: 10, MinChars: 2}},
		{Type: "longtext", Settings: Settings{MaxLines: 2}},
		{Type: "number", Settings: Settings{Min: bound(0), Max: bound(1000), Decimals: 1, Unit: said("jours", "days")}},
		{Type: "money", Settings: Settings{Max: bound(1_000_000)}},
		{Type: "percent"},
		{Type: "date", Settings: Settings{After: "today", Before: "2027-12-31"}},
		{Type: "period"},
		{Type: "yesno"},
		{Type: "choice", Settings: Settings{Options: abc, Other: true}},
		{Type: "choices", Settings: Settings{Options: abc, Other: true, MinPicks: 1, MaxPicks: 2}},
		{Type: "linked", Settings: Settings{Levels: []Localised{said("Un", "One"), said("Deux", "Two")}, Options: []Option{
			{ID: "x", Label: said("X", "X"), Options: abc}, {ID: "y", Label: said("Y", "Y")}}}},
		{Type: "ranking", Settings: Settings{Options: abc}},
		{Type: "scale", Settings: Settings{Options: abc}},
		{Type: "matrix", Settings: Settings{Options: abc, Questions: []Option{{ID: "q1", Label: said("Q1", "Q1")}, {ID: "q2", Label: said("Q2", "Q2")}}}},
		{Type: "shares", Settings: Settings{Options: abc}},
		{Type: "assessment", Settings: Settings{Dimensions: []Dimension{{"u", said("Utilité", "Usefulness"), said("À qui ?", "To whom?")}, {"d", said("Débat", "Debate"), said("Qui ?", "Who?")}}}},
		{Type: "repeat", Settings: Settings{MinRows: 1, MaxRows: 2, Columns: []Field{
			{ID: "who", Type: "text", Required: true, Label: said("Qui", "Who")}, {ID: "when", Type: "date", Label: said("Quand", "When")},
			{ID: "how", Type: "choice", Label: said("Comment", "How"), Settings: Settings{Options: abc, Other: true}}}}},
		{Type: "team"}, {Type: "milestones"}, {Type: "indicators"},
		{Type: "budget", Settings: Settings{Balanced: true, MaxPublicRate: 8000, MaxTotal: 1_000_000,
			Expenses: []Category{{ID: "staff", Label: said("Personnel", "Staff")}},
			Income:   []Category{{ID: "own", Label: said("Fonds propres", "Own funds")}, {ID: "region", Label: said("Région", "Region"), Public: true}}}},
		{Type: "organisation", Settings: Settings{Kinds: []string{"siret"}}},
		{Type: "contact", Settings: Settings{Parts: []string{"email"}}},
		{Type: "email"}, {Type: "phone"}, {Type: "iban"}, {Type: "address"},
		{Type: "territory", Settings: Settings{Kinds: []string{"commune", "region"}, MaxPicks: 2}},
		{Type: "file", Settings: Settings{Accept: []string{".pdf"}, MaxBytes: 5000, MaxFiles: 2}},
		{Type: "link"}, {Type: "reference"},
		{Type: "commitments", Settings: Settings{Statements: []Statement{{ID: "s1", Label: said("Un", "One")}, {ID: "s2", Label: said("Deux", "Two"), Optional: true}}}},
		{Type: "consent"},
		{Type: "heading"},
		{Type: "explanation", Settings: Settings{Body: said("*Lisez*", "*Read*")}},
	}
	out := map[string]*Field{}
	for _, f := range all {
		f.ID, f.Label = f.Type, said("Champ", "Field")
		out[f.Type] = f
	}
	return out
}

func TestEveryTypeHasASample(t *testing.T) {
	have := samples()
	form := &Form{Version: Version, Steps: []Step{{ID: "s", Title: said("Étape", "Step")}}}
	for _, ty := range Types() {
		f := have[ty.ID]
		if f == nil {
			t.Fatalf("no sample of %s", ty.ID)
		}
		form.Steps[0].Fields = append(form.Steps[0].Fields, *f)
	}
	if _, err := form.Compile(); err != nil {
		t.Error(err)
	}
	if n := len(Types()); n < 28 {
		t.Errorf("%d types", n)
	}
}

// A situation gives either json or html (name=value, without the "f.<field>" before), what is kept of
// it, and what is wrong with it.
func TestKinds(t *testing.T) {
	fields := samples()
	for _, c := range []struct {
		kind, situation, json, html, kept, wrong string
	}{
		{"text", "spaces and controls go", `"  a\u0000b\r\n "`, "", `"ab"`, ""},
		{"text", "letters and accents are composed", `"e\u0301te\u0301"`, "", `"été"`, ""},
		{"text", "spaces alone are no answer", `"   "`, "", `null`, ""},
		{"text", "accents count for one", `"éééééééééé"`, "", `"éééééééééé"`, ""},
		{"text", "too long", `"ééééééééééé"`, "", `"ééééééééééé"`, "text:form.too_long"},
		{"text", "too short", `"x"`, "", `"x"`, "text:form.too_short"},
		{"text", "a direction override goes", `"a\u202eb"`, "", `"ab"`, ""},
		{"longtext", "breaks become line feeds", "", "=un\r\ndeux", `"un\ndeux"`, ""},
		{"longtext", "three lines where two are allowed", `"1\n2\n3"`, "", `"1\n2\n3"`, "longtext:form.too_many_lines"},
		{"number", "French typing", "", "=1 000,5", `1000.5`, "number:form.number_large"},
		{"number", "thousands with a narrow space", `"1\u202f000"`, "", `1000`, ""},
		{"number", "words are kept", "", "=douze", `"douze"`, "number:form.number_unreadable"},
		{"number", "negative", `-3`, "", `-3`, "number:form.number_small"},
		{"number", "too many decimals", `2.25`, "", `2.25`, "number:form.number_decimals"},
		{"number", "two points are not a number", "", "=1.2.3", `"1.2.3"`, "number:form.number_unreadable"},
		{"money", "euros typed, cents kept", "", "=1 234,5 €", `123450`, ""},
		{"money", "English typing", "", "=1,234.56", `123456`, ""},
		{"money", "cents from a script", `99`, "", `99`, ""},
		{"money", "a tenth of a cent is refused", "", "=1,001", `"1,001"`, "money:form.number_unreadable"},
		{"money", "above the limit", "", "=10000,01", `1000001`, "money:form.number_large"},
		{"percent", "above a hundred", "", "=101 %", `101`, "percent:form.number_large"},
		{"date", "French typing", "", "=5/3/2027", `"2027-03-05"`, ""},
		{"date", "a day that does not exist is kept", "", "=30/02/2027", `"30/02/2027"`, "date:form.date_unreadable"},
		{"date", "yesterday where today is the start", `"2026-11-20"`, "", `"2026-11-20"`, "date:form.date_early"},
		{"date", "too late", `"2028-01-01"`, "", `"2028-01-01"`, "date:form.date_late"},
		{"period", "both days", "", ".from=01/01/2027 .to=31/01/2027", `{"from":"2027-01-01","to":"2027-01-31"}`, ""},
		{"period", "backwards", `{"from":"2027-02-01","to":"2027-01-01"}`, "", `{"from":"2027-02-01","to":"2027-01-01"}`, "period.to:form.period_backwards"},
		{"period", "one day alone", `{"from":"2027-02-01"}`, "", `{"from":"2027-02-01"}`, "period:form.period_incomplete"},
		{"yesno", "no is an answer", "", "=no", `false`, ""},
		{"choice", "one's own words", "", "=other .other=une_SCIC", `"other:une_SCIC"`, ""},
		{"choice", "words without ticking other", "", ".other=une_SCIC", `"other:une_SCIC"`, ""},
		{"choice", "other without words", "", "=other", `"other:"`, "choice.other:form.other_missing"},
		{"choice", "an option that is gone", `"z"`, "", `"z"`, "choice:form.option_unknown"},
		{"choices", "sorted and unique", "", "= =b =a =b", `["a","b"]`, ""},
		{"choices", "too many", `["a","b","other:x"]`, "", `["a","b","other:x"]`, "choices:form.picks_many"},
		{"linked", "a path", "", ".0=x .1=b", `["x","b"]`, ""},
		{"linked", "a path not finished", "", ".0=x .1=", `["x"]`, "linked.1:form.linked_incomplete"},
		{"linked", "a child of another", `["y","b"]`, "", `["y","b"]`, "linked.1:form.option_unknown"},
		{"ranking", "ranks", "", ".a=2 .b=1 .c=3", `["b","a","c"]`, ""},
		{"ranking", "not all ranked", `["b"]`, "", `["b"]`, "ranking:form.ranking_incomplete"},
		{"scale", "an anchor", "", "=b", `"b"`, ""},
		{"matrix", "one line without answer", "", ".q1=a", `{"q1":"a"}`, "matrix.q2:form.matrix_incomplete"},
		{"shares", "a hundred in all", "", ".a=60 .b=40 .c=", `{"a":60,"b":40}`, ""},
		{"shares", "ninety in all", `{"a":60,"b":30}`, "", `{"a":60,"b":30}`, "shares:form.shares_total"},
		{"assessment", "a score and not known", "", ".u.score=4 .u.comment=bien .d.score=unknown", `{"d":{"unknown":true},"u":{"comment":"bien","score":4}}`, ""},
		{"assessment", "a comment alone is not enough", `{"u":{"comment":"x"},"d":{"score":0}}`, "", `{"d":{"score":0},"u":{"comment":"x"}}`, "assessment.u.score:form.assessment_incomplete"},
		{"repeat", "rows in order, empty ones gone", "", ".10.who=B .2.who=A .3.who= .3.when=", `[{"who":"A"},{"who":"B"}]`, ""},
		{"repeat", "a cell required, another unreadable", `[{"when":"hier","how":"other"}]`, "", `[{"how":"other:","when":"hier"}]`,
			"repeat.0.who:form.required repeat.0.when:form.date_unreadable repeat.0.how.other:form.other_missing"},
		{"repeat", "too many rows", `[{"who":"A"},{"who":"B"},{"who":"C"}]`, "", `[{"who":"A"},{"who":"B"},{"who":"C"}]`, "repeat:form.rows_many"},
		{"team", "a share of time typed with its sign", "", ".0.name=Camille .0.function=ergonome .0.share=20%", `[{"function":"ergonome","name":"Camille","share":20}]`, ""},
		{"milestones", "an end is required", `[{"label":"Lancer"}]`, "", `[{"label":"Lancer"}]`, "milestones.0.to:form.required"},
		{"indicators", "decimals", "", ".0.label=Délai .0.target=2,5", `[{"label":"Délai","target":2.5}]`, ""},
		{"budget", "balanced, eighty per cent public", "", ".expenses.0.category=staff .expenses.0.amount=1000 .income.0.category=region .income.0.amount=800 .income.1.category=own .income.1.amount=200",
			`{"expenses":[{"amount":100000,"category":"staff"}],"income":[{"amount":80000,"category":"region"},{"amount":20000,"category":"own"}]}`, ""},
		{"budget", "one cent over the public rate", `{"expenses":[{"category":"staff","amount":100000}],"income":[{"category":"region","amount":80001},{"category":"own","amount":19999}]}`, "",
			`{"expenses":[{"amount":100000,"category":"staff"}],"income":[{"amount":80001,"category":"region"},{"amount":19999,"category":"own"}]}`, "budget.income:form.budget_public_rate"},
		{"budget", "not balanced, too high", `{"expenses":[{"category":"staff","amount":1000001}]}`, "", `{"expenses":[{"amount":1000001,"category":"staff"}]}`, "budget:form.budget_unbalanced budget.expenses:form.budget_total"},
		{"budget", "offered lines left blank", "", ".expenses.0.category=staff .expenses.0.label= .expenses.0.amount=", `null`, ""},
		{"budget", "a line without amount", `{"expenses":[{"category":"staff","label":"x"},{"category":"w","amount":1}]}`, "", `{"expenses":[{"category":"staff","label":"x"},{"amount":1,"category":"w"}]}`,
			"budget.expenses.0.amount:form.required budget.expenses.1.category:form.option_unknown"},
		{"organisation", "spaces in a SIRET", "", ".id=130 025 265 00013 .name=DINUM", `{"id":"13002526500013","kind":"siret","name":"DINUM"}`, ""},
		{"organisation", "refused by the outside check", `{"id":"13002526500019","name":"X"}`, "", `{"id":"13002526500019","kind":"siret","name":"X"}`, "organisation.id:form.siret_shape"},
		{"organisation", "an association where a SIRET is wanted", `{"id":"w123456789","name":"X"}`, "", `{"id":"W123456789","kind":"rna","name":"X"}`, "organisation.kind:form.organisation_kind"},
		{"contact", "address missing", `{"name":"Camille"}`, "", `{"name":"Camille"}`, "contact.email:form.required"},
		{"email", "the domain in lower case", `" Camille@EXEMPLE.fr "`, "", `"Camille@exemple.fr"`, ""},
		{"email", "without domain", `"camille@"`, "", `"camille@"`, "email:form.email_shape"},
		{"phone", "ten French digits", `"06 12.34-56 78"`, "", `"+33612345678"`, ""},
		{"phone", "with the zero in brackets", `"+33 (0)6 12 34 56 78"`, "", `"+33612345678"`, ""},
		{"phone", "words", `"le matin"`, "", `"le matin"`, "phone:form.phone_shape"},
		{"iban", "a good one in groups", `"fr14 2004 1010 0505 0001 3m02 606"`, "", `"FR1420041010050500013M02606"`, ""},
		{"iban", "one digit changed", `"FR1420041010050500013M02607"`, "", `"FR1420041010050500013M02607"`, "iban:form.iban_key"},
		{"iban", "one digit missing", `"FR142004101005050001302606"`, "", `"FR142004101005050001302606"`, "iban:form.iban_shape"},
		{"address", "four digits of postcode", `{"city":"Caen","postcode":"1400"}`, "", `{"city":"Caen","postcode":"1400"}`, "address.postcode:form.postcode_shape"},
		{"address", "abroad", `{"city":"Namur","postcode":"5000","country":"Belgique"}`, "", `{"city":"Namur","country":"Belgique","postcode":"5000"}`, ""},
		{"territory", "a commune", "", "=commune:14118", `["commune:14118"]`, ""},
		{"territory", "a commune that does not exist", `"commune:99999"`, "", `["commune:99999"]`, "territory.0:form.territory_unknown"},
		{"territory", "a kind not wanted", `["departement:2a"]`, "", `["departement:2A"]`, "territory.0:form.territory_kind"},
		{"territory", "words", `["Caen"]`, "", `["Caen"]`, "territory.0:form.territory_shape"},
		{"file", "a film too big and a file gone", `["a2","zz"]`, "", `["a2","zz"]`, "file.0:form.file_kind file.0:form.file_size file.1:form.file_gone"},
		{"file", "good, and one too many", `["a1","a1","a3","a4"]`, "", `["a1","a3","a4"]`, "file:form.files_many file.1:form.file_gone file.2:form.file_gone"},
		{"link", "without scheme", `"exemple.fr/page"`, "", `"https://exemple.fr/page"`, ""},
		{"link", "a script", `"javascript:alert(1)"`, "", `"javascript:alert(1)"`, "link:form.link_scheme"},
		{"link", "with a password", `"https://a:b@exemple.fr"`, "", `"https://a:b@exemple.fr"`, "link:form.link_password"},
		{"link", "without host", `"https:///x"`, "", `"https:///x"`, "link:form.link_shape"},
		{"reference", "in capitals", `"nor-2018-12"`, "", `"NOR-2018-12"`, ""},
		{"commitments", "the required one is missing", "", "=s2", `["s2"]`, "commitments.s1:form.commitment_missing"},
		{"consent", "not ticked is no answer", "", "=", `null`, ""},
		{"consent", "ticked", "", "=on", `true`, ""},
	} {
		t.Run(c.kind+"/"+c.situation, func(t *testing.T) {
			f := fields[c.kind]
			var got any
			var refused []errs.Field
			if c.json != "" {
				got, refused = f.Decode([]byte(c.json))
			} else {
				got, refused = f.DecodeHTML(htmlValues(f, c.html))
			}
			if len(refused) > 0 {
				t.Fatalf("refused: %v", refused)
			}
			if text := string(Canonical(got)); text != c.kept {
				t.Errorf("kept %s, want %s", text, c.kept)
			}
			form, err := (&Form{Version: Version, Steps: []Step{{ID: "s", Title: said("É", "S"), Fields: []Field{*f}}}}).Compile()
			if err != nil {
				t.Fatal(err)
			}
			wrong := form.Missing(Answers{f.ID: got}, noon)
			var keys []string
			for _, p := range wrong {
				keys = append(keys, p.Path+":"+p.Key)
				for _, lang := range []string{"fr", "en"} {
					speech(t, lang).Say(p.Key, p.Args...)
				}
			}
			if said := strings.Join(keys, " "); said != c.wrong {
				t.Errorf("wrong: %q, want %q", said, c.wrong)
			}
			writes(t, f, got)
		})
	}
}

// htmlValues reads ".part=value" words; a word without "=" continues the value before.
func htmlValues(f *Field, text string) map[string][]string {
	out := map[string][]string{}
	last := ""
	for _, word := range strings.SplitAfter(text, " ") {
		name, value, ok := strings.Cut(word, "=")
		if !ok || name != "" && name[0] != '.' {
			out[last][len(out[last])-1] += word
			continue
		}
		last = "f." + f.ID + name
		out[last] = append(out[last], value)
	}
	for _, vs := range out {
		for i := range vs {
			vs[i] = strings.TrimSuffix(vs[i], " ")
		}
	}
	return out
}

// writes checks that an answer can be written in words and cells in both languages.
func writes(t *testing.T, f *Field, v any) {
	t.Helper()
	for _, lang := range []string{"fr", "en"} {
		s := speech(t, lang)
		s.Checks = world{}
		if words := f.Plain(v, s); (words == "") != (v == nil) && string(Canonical(v)) != `"other:"` {
			t.Errorf("%s in words: %q", Canonical(v), words)
		}
		headers, cells := f.Headers(lang), f.Cells(v, s)
		if len(headers) != len(cells) {
			t.Errorf("%d headers, %d cells", len(headers), len(cells))
		}
		for _, cell := range cells {
			switch cell.(type) {
			case nil, string, int64, float64, bool:
			default:
				t.Errorf("a cell is a %T", cell)
			}
		}
	}
}

func TestRefusedShapes(t *testing.T) {
	fields := samples()
	many := "[" + strings.Repeat(`{"who":"x"},`, MaxRows) + `{"who":"x"}]`
	for _, c := range []struct{ kind, json, want string }{
		{"text", `{"a":1}`, "form.value_shape"},
		{"choices", `[1]`, "form.value_shape"},
		{"assessment", `{"u":{"score":7}}`, "form.value_shape"},
		{"assessment", `{"u":{"grade":1}}`, "form.value_shape"},
		{"repeat", `[{"nobody":"x"}]`, "form.column_unknown"},
		{"repeat", many, "form.too_many_rows"},
		{"budget", `{"gifts":[{"amount":1}]}`, "form.value_shape"},
		{"heading", `"x"`, "form.value_static"},
		{"longtext", `"` + strings.Repeat("x", MaxValueSize) + `"`, "form.value_too_big"},
		{"text", `"x`, "form.json_unreadable"},
	} {
		_, bad := fields[c.kind].Decode([]byte(c.json))
		if len(bad) != 1 || bad[0].Key != c.want {
			t.Errorf("%s %.40s: %v, want %s", c.kind, c.json, bad, c.want)
			continue
		}
		speech(t, "fr").Say(bad[0].Key, bad[0].Args...)
	}
}

func TestPlainWords(t *testing.T) {
	fields := samples()
	for _, c := range []struct{ kind, json, fr, en string }{
		{"money", `123456789`, "1\u202f234\u202f567,89\u00a0€", "€1,234,567.89"},
		{"number", `-1234.5`, "-1\u202f234,5\u00a0jours", "-1,234.5\u00a0days"},
		{"date", `"2027-03-05"`, "05/03/2027", "2027-03-05"},
		{"yesno", `false`, "non", "no"},
		{"choice", `"other:une SCIC"`, "Autre\u00a0: une SCIC", "Other: une SCIC"},
		{"linked", `["x","b"]`, "X › Bêta", "X › Beta"},
		{"iban", `"FR1420041010050500013M02606"`, "FR14 2004 1010 0505 0001 3M02 606", "FR14 2004 1010 0505 0001 3M02 606"},
		{"file", `["a1"]`, "Présentation.PDF", "Présentation.PDF"},
		{"territory", `["commune:14118"]`, "Caen (14118)", "Caen (14118)"},
	} {
		v, bad := fields[c.kind].Decode([]byte(c.json))
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		for lang, want := range map[string]string{"fr": c.fr, "en": c.en} {
			s := speech(t, lang)
			s.Checks = world{}
			if got := fields[c.kind].Plain(v, s); got != want {
				t.Errorf("%s %s in %s: %q, want %q", c.kind, c.json, lang, got, want)
			}
		}
	}
}

func TestBudgetTotals(t *testing.T) {
	f := samples()["budget"]
	v, _ := f.Decode([]byte(`{"expenses":[{"category":"staff","amount":30000},{"category":"staff","amount":10}],"income":[{"category":"region","amount":10000},{"category":"own","amount":5000}]}`))
	got := f.BudgetTotals(v)
	if got.Expenses != 30010 || got.Income != 15000 || got.Public != 10000 || got.Own != 5000 || got.Balance != -15010 ||
		got.PublicRate != 3332 || got.Funded != 4998 || got.ByCategory["staff"] != 30010 {
		t.Errorf("%+v", got)
	}
}

func TestDigestIsThatOfTheCanonicalText(t *testing.T) {
	var a, b any
	for text, into := range map[string]*any{`{"b":[1,2.50,"é\n"],"a":null}`: &a, `{"a":null,"b":[1.0,2.5,"\u00e9\u000a"]}`: &b} {
		v, err := ParseValue([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		*into = v
	}
	if Digest(a) != Digest(b) || string(Canonical(a)) != `{"a":null,"b":[1,2.5,"é\n"]}` {
		t.Errorf("%s and %s", Canonical(a), Canonical(b))
	}
	if !json.Valid(Canonical(b)) || slices.Equal(Canonical(a), Canonical([]any{})) {
		t.Error("not JSON")
	}
}
