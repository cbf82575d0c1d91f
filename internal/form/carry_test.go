package form

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// answer draws a canonical answer of a field by normalising something drawn.
func answer(t *rapid.T, f *Field) any {
	id := rapid.SampledFrom([]string{"a", "b", "c", "other:x", "z"})
	word := rapid.SampledFrom([]string{"un", "12,5", "deux\nlignes", "a@exemple.fr", "exemple.fr", "2027-01-01", "30", "é"})
	var raw any
	switch f.Type {
	case "number", "money", "percent":
		raw = rapid.OneOf(rapid.Just[any]("douze"), rapid.Map(rapid.Int64Range(-5, 5000), func(n int64) any { return n })).Draw(t, "n")
	case "yesno", "consent":
		raw = rapid.Bool().Draw(t, "b")
	case "choice", "scale":
		raw = id.Draw(t, "id")
	case "choices", "ranking", "commitments", "linked":
		raw = texts(rapid.SliceOfN(id, 0, 3).Draw(t, "ids"))
	case "matrix", "shares":
		raw = map[string]any{"a": "b", "q1": "c"}
	case "assessment":
		raw = map[string]any{"u": map[string]any{"score": int64(2)}, "old": map[string]any{"unknown": true}}
	case "repeat":
		raw = []any{map[string]any{"who": word.Draw(t, "who"), "how": id.Draw(t, "how")}}
	case "team":
		raw = []any{map[string]any{"name": word.Draw(t, "name")}}
	case "budget":
		raw = map[string]any{"expenses": []any{map[string]any{"category": id.Draw(t, "c"), "amount": int64(5)}}}
	case "period":
		raw = map[string]any{"from": "2027-01-01"}
	case "organisation", "contact":
		raw = map[string]any{"name": word.Draw(t, "name")}
	case "address":
		raw = map[string]any{"city": word.Draw(t, "city")}
	case "file", "territory":
		raw = []any{word.Draw(t, "w")}
	case "milestones", "indicators":
		raw = []any{map[string]any{"label": word.Draw(t, "label")}}
	default:
		raw = word.Draw(t, "word")
	}
	v, _ := f.normalise(raw)
	return v
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// revisions draws a form and another made of the same ids with other types, options and columns.
func revision(t *rapid.T, name string) *Form {
	kinds := samples()
	f := &Form{Version: Version, Steps: []Step{{ID: "s", Title: said("É", "S")}}}
	var types []string
	for _, ty := range Types() {
		types = append(types, ty.ID)
	}
	for i := range 6 {
		if rapid.IntRange(0, 4).Draw(t, name+" absent") == 0 {
			continue
		}
		fl := *kinds[rapid.SampledFrom(types).Draw(t, name+" type")]
		fl.ID = "f" + itoa(i)
		if n := len(fl.Settings.Options); n > 2 && rapid.Bool().Draw(t, name+" fewer options") {
			fl.Settings.Options = fl.Settings.Options[:n-1]
			fl.Settings.Other = false
		}
		if n := len(fl.Settings.Columns); n > 0 && rapid.Bool().Draw(t, name+" fewer columns") {
			fl.Settings.Columns = fl.Settings.Columns[:n-1]
		}
		f.Steps[0].Fields = append(f.Steps[0].Fields, fl)
	}
	return f
}

func TestCarryLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := revision(t, "before"), revision(t, "after")
		answers := Answers{"stray": "perdu de vue"}
		for _, f := range before.Fields() {
			if v := answer(t, f); v != nil {
				answers[f.ID] = v
			}
		}
		original := Canonical(answers)
		kept, orphans := Carry(before, after, answers)
		if !bytes.Equal(original, Canonical(answers)) {
			t.Fatal("the answers given were changed")
		}
		for id, v := range answers {
			orphaned := slices.ContainsFunc(orphans, func(o Orphan) bool {
				return o.Field.ID == id && bytes.Equal(Canonical(o.Value), Canonical(v))
			})
			old, now := before.Field(id), after.Field(id)
			same := kept[id] != nil && bytes.Equal(Canonical(kept[id]), Canonical(v))
			converted := kept[id] != nil && old != nil && now != nil && old.Type != now.Type
			if !orphaned && !same && !converted {
				t.Fatalf("%s: %s is lost (kept %s)", id, Canonical(v), Canonical(kept[id]))
			}
		}
		for id, v := range kept {
			f := after.Field(id)
			if f == nil {
				t.Fatalf("%s kept without a field", id)
			}
			again, bad := f.normalise(clone(v))
			if len(bad) > 0 || !bytes.Equal(Canonical(again), Canonical(v)) {
				t.Fatalf("%s: %s is not an answer of %s", id, Canonical(v), f.Type)
			}
		}
	})
}

func TestCarryToItselfChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := revision(t, "form")
		answers := Answers{}
		for _, fl := range f.Fields() {
			v := answer(t, fl)
			if b := registry[fl.Type]; v != nil {
				if _, lost := b.prune(fl, v); lost {
					continue
				}
				answers[fl.ID] = v
			}
		}
		kept, orphans := Carry(f, f, answers)
		if len(orphans) > 0 || !bytes.Equal(Canonical(kept), Canonical(answers)) {
			t.Fatalf("%s became %s with %v", Canonical(answers), Canonical(kept), orphans)
		}
		if changes := Diff(f, f); len(changes) > 0 {
			t.Fatalf("%v", changes)
		}
	})
}

func TestCarryConverts(t *testing.T) {
	kinds := samples()
	for _, c := range []struct {
		situation, from, to string
		value               any
		kept                string // "" when it becomes an orphan
	}{
		{"a short text grows", "text", "longtext", "Bonjour", `"Bonjour"`},
		{"a long text of one line shrinks", "longtext", "text", "Bonjour", `"Bonjour"`},
		{"a long text of two lines does not", "longtext", "text", "un\ndeux", ""},
		{"one choice becomes several", "choice", "choices", "a", `["a"]`},
		{"one of several becomes the choice", "choices", "choice", []any{"b"}, `"b"`},
		{"two of several do not", "choices", "choice", []any{"a", "b"}, ""},
		{"a choice becomes its words", "choice", "text", "b", `"Bêta"`},
		{"a number becomes an amount", "number", "money", 12.5, `1250`},
		{"an amount becomes a number", "money", "number", int64(1250), `12.5`},
		{"a typed number becomes a number", "text", "number", "42", `42`},
		{"words do not", "text", "number", "douze", ""},
		{"a day becomes a period", "date", "period", "2027-01-01", `{"from":"2027-01-01"}`},
		{"a table does not become a text", "team", "text", []any{map[string]any{"name": "x"}}, ""},
	} {
		from, to := *kinds[c.from], *kinds[c.to]
		from.ID, to.ID = "f", "f"
		form := func(f Field) *Form {
			return &Form{Version: Version, Steps: []Step{{ID: "s", Title: said("É", "S"), Fields: []Field{f}}}}
		}
		kept, orphans := Carry(form(from), form(to), Answers{"f": c.value})
		if c.kept == "" {
			if len(kept) > 0 || len(orphans) != 1 {
				t.Errorf("%s: kept %v, orphans %v", c.situation, kept, orphans)
			}
		} else if got := string(Canonical(kept["f"])); got != c.kept || len(orphans) > 0 {
			t.Errorf("%s: kept %s, orphans %v", c.situation, got, orphans)
		}
	}
}

func TestDiffSaysWhatAnAuthorDid(t *testing.T) {
	before, err := ReadyForm("regional")
	if err != nil {
		t.Fatal(err)
	}
	after, err := ReadyForm("regional")
	if err != nil {
		t.Fatal(err)
	}
	p := &after.Steps[0]
	p.Fields[0].Settings.MaxChars = 60
	p.Fields[0].Label = said("Titre du projet", "Title")
	p.Fields[2].Settings.Options = slices.Delete(p.Fields[2].Settings.Options, 1, 2)
	p.Fields[3], p.Fields[4] = p.Fields[4], p.Fields[3]
	after.Steps[1].Fields[4].Required = true
	after.Steps[2].Fields = after.Steps[2].Fields[:3]
	after.Field("site").Type = "text"
	after.Rules[1].Severity = Blocking
	p.Fields = append(p.Fields, Field{ID: "motto", Type: "text", Label: said("Devise", "Motto")})
	var got []string
	for _, c := range Diff(before, after) {
		got = append(got, c.Say(speech(t, "fr")))
		c.Say(speech(t, "en"))
	}
	want := []string{
		"«\u00a0Titre du projet\u00a0»\u00a0: limite resserrée, maximum de caractères\u00a0: de 80 à 60.",
		"«\u00a0Nom du projet\u00a0» est maintenant formulé «\u00a0Titre du projet\u00a0».",
		"«\u00a0Famille de projet\u00a0» ne propose plus «\u00a0Management alternatif\u00a0».",
		"«\u00a0Avancement\u00a0» a changé de place.",
		"Question ajoutée\u00a0: «\u00a0Devise\u00a0».",
		"«\u00a0Secteur\u00a0» devient obligatoire.",
		"Question retirée\u00a0: «\u00a0Risques que vous voyez déjà\u00a0».",
		"«\u00a0Site du projet\u00a0» change de type\u00a0: Lien devient Texte court.",
		"La règle de recevabilité «\u00a0Temps de l’équipe\u00a0» a changé.",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// FuzzDecode feeds every type with JSON and HTML: nothing panics, what is kept
// is stable (normalised twice is normalised once), and can be judged and written.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`"12,5"`, `["a","other:x"]`, `{"a":"b","u":{"score":"3"}}`, `[{"who":"x","when":"1/1/2027"}]`,
		`{"expenses":[{"amount":"1 000,5"}]}`, `1e308`, `-0.0`, `"\u0000\u202e"`, `{"from":"2027-1-1"}`, `"+33 (0)6"`, "\"e\u0301 \""} {
		f.Add([]byte(seed), "0.who", seed)
	}
	kinds := samples()
	form := &Form{Version: Version, Steps: []Step{{ID: "s", Title: said("É", "S")}}}
	for _, ty := range Types() {
		form.Steps[0].Fields = append(form.Steps[0].Fields, *kinds[ty.ID])
	}
	c, err := form.Compile()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte, name, value string) {
		answers := Answers{}
		for _, fl := range form.Fields() {
			for _, v := range []any{decoded(fl.Decode(text)), decoded(fl.DecodeHTML(map[string][]string{"f." + fl.ID: {value}, "f." + fl.ID + "." + name: {value, ""}}))} {
				if v == nil {
					continue
				}
				once := Canonical(v)
				tree, err := ParseValue(once)
				if err != nil {
					t.Fatalf("%s: %s is not JSON", fl.Type, once)
				}
				again, bad := fl.normalise(tree)
				if len(bad) > 0 || !bytes.Equal(Canonical(again), once) {
					t.Fatalf("%s: %s became %s %v", fl.Type, once, Canonical(again), bad)
				}
				answers[fl.ID] = v
				fl.Plain(v, Speech{Lang: "fr"})
				fl.Cells(v, Speech{Lang: "en"})
			}
		}
		c.Evaluate(answers, noon)
		Carry(form, form, answers)
	})
}

func decoded(v any, _ any) any { return v }

func TestDigestIgnoresTheOrderOfKeys(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	keys := []string{"a", "b", "c", "d", "e"}
	want := Digest(map[string]any{"a": int64(0), "b": int64(1), "c": int64(2), "d": int64(3), "e": int64(4)})
	for range 20 {
		m := map[string]any{}
		for _, i := range r.Perm(len(keys)) {
			m[keys[i]] = int64(i)
		}
		if Digest(m) != want {
			t.Fatalf("seed %d: %v", seed, m)
		}
	}
}
