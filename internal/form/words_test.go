package form

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/form/rule"
)

var entry = regexp.MustCompile(`(?m)^msgid "(form\.[^"]+)"\nmsgstr "(.*)"$`)

// catalogueIn reads the words of a language.
func catalogueIn(t testing.TB, lang string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../i18n/" + lang + "/form.po")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range entry.FindAllStringSubmatch(string(text), -1) {
		if _, twice := out[m[1]]; twice {
			t.Errorf("%s: %s stands twice", lang, m[1])
		}
		out[m[1]] = strings.ReplaceAll(m[2], `\"`, `"`)
	}
	return out
}

// speech speaks a language, and fails the test on a missing key or on arguments that do not fit.
func speech(t testing.TB, lang string) Speech {
	words := catalogueIn(t, lang)
	return Speech{Lang: lang, Say: func(key string, args ...any) string {
		pattern, ok := words[key]
		if !ok {
			t.Errorf("%s: no words for %s", lang, key)
			return key
		}
		s := fmt.Sprintf(pattern, args...)
		if strings.Contains(s, "%!") {
			t.Errorf("%s: %s does not fit %v: %s", lang, key, args, s)
		}
		return s
	}}
}

func TestEveryKeyHasWordsInBothLanguages(t *testing.T) {
	need := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("rule/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, more...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(form\.[a-z_]*[a-z])"`).FindAllStringSubmatch(string(text), -1) {
			need[m[1]] = true
		}
	}
	delete(need, "form.kind_number")
	for _, ty := range Types() {
		need["form.type_"+ty.ID], need["form.type_"+ty.ID+"_help"], need["form.family_"+ty.Family] = true, true, true
		for _, s := range ty.Settings {
			need["form.set_"+s] = true
		}
	}
	for _, op := range rule.Operators() {
		need["form.operator_"+string(op)] = true
	}
	for _, name := range Ready() {
		need["form.ready_"+name] = true
	}
	fr, en := catalogueIn(t, "fr"), catalogueIn(t, "en")
	verbs := regexp.MustCompile(`%[sd%]`)
	for key := range need {
		if fr[key] == "" || en[key] == "" {
			t.Errorf("%s: %q in French, %q in English", key, fr[key], en[key])
		}
	}
	for key := range fr {
		if a, b := verbs.FindAllString(fr[key], -1), verbs.FindAllString(en[key], -1); !slices.Equal(a, b) {
			t.Errorf("%s takes %v in French and %v in English", key, a, b)
		}
	}
	if len(fr) != len(en) {
		t.Errorf("%d entries in French, %d in English", len(fr), len(en))
	}
}

func TestPhrase(t *testing.T) {
	f, err := ReadyForm("regional")
	if err != nil {
		t.Fatal(err)
	}
	show := func(id string) rule.Expr { return *f.Field(id).ShowIf }
	for _, c := range []struct {
		expr   rule.Expr
		fr, en string
	}{
		{show("clients"), "«\u00a0Vous êtes\u00a0» est «\u00a0une entreprise qui propose une solution\u00a0»", "“You are” is “a solution provider”"},
		{show("participation_plan"), "«\u00a0Les personnes concernées participent-elles déjà au projet\u202f?\u00a0»\u00a0: non", "“Do the people concerned already take part?”: no"},
		{f.Rules[1].When, "le total de «\u00a0Équipe du projet – Part du temps de travail (%)\u00a0» est au moins 20\u00a0%", "the total of “Project team – Share of working time (%)” is at least 20%"},
		{rule.Of(rule.And, rule.Of(rule.Gt, rule.F("budget.public"), rule.V(rule.Numbered(1234550))), rule.Of(rule.Filled, rule.F("site"))),
			"(«\u00a0Budget prévisionnel – financements publics\u00a0» est supérieur à 12\u202f345,50\u00a0€ et «\u00a0Site du projet\u00a0» a une réponse)",
			"(“Provisional budget – public funding” is greater than €12,345.50 and “Website of the project” is answered)"},
	} {
		if got := f.Phrase(c.expr, speech(t, "fr")); got != c.fr {
			t.Errorf("got  %s\nwant %s", got, c.fr)
		}
		if got := f.Phrase(c.expr, speech(t, "en")); got != c.en {
			t.Errorf("got  %s\nwant %s", got, c.en)
		}
	}
}
