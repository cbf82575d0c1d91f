package text

import (
	"slices"
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"accents", "Éléphant À Noël", "elephant a noel"},
		{"combining accents", "E\u0301te\u0301", "ete"},
		{"ligatures", "Œuvre cæsium ﬁn", "oeuvre caesium fin"},
		{"typographic marks", "l’idée\u00a0: porte‑voix", "l'idee : porte-voix"},
		{"letters of the north", "Łódź Øre Straße", "lodz ore strasse"},
		{"already folded", "projet 12", "projet 12"},
		{"bytes that are not UTF-8", "a\xffb", "a\uFFFDb"},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("%s: Fold(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

// Each pair must meet: whoever searches one finds the other.
func TestWordsRecall(t *testing.T) {
	pairs := [][2]string{
		{"projet", "Projets"}, {"local", "locaux"}, {"territorial", "territoriaux"}, {"réseau", "réseaux"},
		{"lieu", "lieux"}, {"travail", "travaux"}, {"énergie", "énergies"}, {"entreprise", "ENTREPRISES"},
		{"associé", "associées"}, {"processus", "processus"}, {"process", "processes"}, {"company", "companies"},
		{"an", "ans"}, {"idée", "l’idées"}, {"œuvre", "oeuvres"}, {"élu", "élus"}, {"matériau", "matériaux"},
		{"genou", "genoux"}, {"taux", "taux"}, {"nouveau", "nouveaux"}, {"box", "boxes"}, {"école", "d'écoles"},
		{"aide", "aides"}, {"coopérative", "coopératives"}, {"appel", "qu'appels"}, {"heureux", "heureux"},
		{"person", "people"}, {"jeu", "jeux"}, {"address", "addresses"}, {"métier", "métiers"},
	}
	for _, p := range pairs {
		a, b := Words(p[0]), Words(p[1])
		if len(a) != 1 || !slices.Equal(a, b) {
			t.Errorf("%q gives %q but %q gives %q", p[0], a, p[1], b)
		}
	}
}

func TestWordsStayApart(t *testing.T) {
	for _, p := range [][2]string{
		{"projet", "projecteur"}, {"travail", "travel"}, {"ville", "village"}, {"2018", "2019"}, {"cap", "capital"},
	} {
		if slices.Equal(Words(p[0]), Words(p[1])) {
			t.Errorf("%q and %q share %q", p[0], p[1], Words(p[0]))
		}
	}
}

func TestWordsCut(t *testing.T) {
	got := Words("L'atelier d’Île-de-France, c'est 12 postes (A2 et plan b)!")
	want := []string{"atelier", "il", "de", "franc", "est", "12", "post", "a2", "et", "plan", "b"}
	want[1] = root("ile")
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Words(" … "); len(got) != 0 {
		t.Errorf("punctuation alone gives %q", got)
	}
}

func TestSlug(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a title", "L’Été à Œuilly : 2ᵉ édition !", "l-ete-a-oeuilly-2e-edition"},
		{"no Latin letter", "日本", ""},
		{"edges", "--a--b--", "a-b"},
		{"long, cut between words", strings.Repeat("neuf ", 30), strings.TrimRight(strings.Repeat("neuf-", 16), "-")},
		{"long single word", strings.Repeat("a", 100), strings.Repeat("a", 80)},
	} {
		if got := Slug(c.in); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Éœ ﬁ ™ K")
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Fatalf("folding %q twice gives %q then %q", s, once, twice)
		}
	})
}
