package text

import (
	"strings"
	"testing"
)

func TestTypo(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a question with its space", "Prêt ?", "Prêt_?"},
		{"a question without space", "Prêt?", "Prêt_?"},
		{"several spaces", "Prêt   ! Oui", "Prêt_! Oui"},
		{"a run of marks", "Quoi ?!", "Quoi_?!"},
		{"colon and semicolon", "Dates : mai ; juin", "Dates~: mai_; juin"},
		{"quotation", `Le « mot » et «mot»`, `Le «~mot~» et «~mot~»`},
		{"a question in a quotation", "« Prêt ? »", "«~Prêt_?~»"},
		{"a time", "à 12:30 précises", "à 12:30 précises"},
		{"an address with a question mark", "voir https://a.fr/?q=1;b=2 ou www.b.fr/x?y", "voir https://a.fr/?q=1;b=2 ou www.b.fr/x?y"},
		{"a mailbox", "mailto:a@b.fr ?", "mailto:a@b.fr_?"},
		{"an entity", "R&amp;D ; R&D;", "R&amp;D_; R&D;"},
		{"a code word", "std::sort a?b:c !important", "std::sort a?b:c !important"},
		{"the alignment row of a table", "|:---|---:|", "|:---|---:|"},
		{"a mark alone on its line", "a\n? b", "a\n? b"},
		{"already set", "Prêt\u202f? «\u00a0a\u00a0»", "Prêt_? «~a~»"},
		{"bold in Markdown", "**Attention !**", "**Attention_!**"},
		{"after an ellipsis", "Et puis…? Non...!", "Et puis…_? Non..._!"},
	} {
		if got := plain(Typo("fr", c.in)); got != strings.ReplaceAll(c.want, " ~", "~") {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if got := Typo("en", "Ready ? « a »"); got != "Ready ? « a »" {
		t.Errorf("English was changed: %q", got)
	}
}

func FuzzTypo(f *testing.F) {
	for _, s := range []string{"a ?", "«a»", "« »", "a : b", "&a;", "?!» «?", "x://a ?", "\u202f;a", ": :", "«;»"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Typo("fr", s)
		if twice := Typo("fr", once); twice != once {
			t.Fatalf("setting %q twice gives %q then %q", s, once, twice)
		}
		bare := strings.NewReplacer(" ", "", nbsp, "", narrow, "", "\t", "")
		if bare.Replace(string([]rune(once))) != bare.Replace(string([]rune(s))) {
			t.Fatalf("setting %q changed more than spaces: %q", s, once)
		}
	})
}
