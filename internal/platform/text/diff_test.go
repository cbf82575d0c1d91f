package text

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// marked writes spans in one line: [-removed-] and {+added+}.
func marked(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(fmt.Sprintf([]string{"%s", "[-%s-]", "{+%s+}"}[s.Change], s.Text))
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	for _, c := range []struct{ name, a, b, want string }{
		{"nothing changed", "un projet", "un projet", "un projet"},
		{"both empty", "", "", ""},
		{"a first text", "", "un projet", "{+un projet+}"},
		{"a text erased", "un projet", "", "[-un projet-]"},
		{"a word replaced", "un projet court", "un projet long", "un projet [-court-]{+long+}"},
		{"a word added", "un projet", "un beau projet", "un {+beau +}projet"},
		{"a word removed", "un beau projet", "un projet", "un [-beau -]projet"},
		{"two words in a row", "le petit chat dort", "le grand chien dort", "le [-petit chat-]{+grand chien+} dort"},
		{"punctuation", "oui, non.", "oui; non.", "oui[-,-]{+;+} non."},
		{"accents matter", "été", "ete", "[-été-]{+ete+}"},
		{"two places", "a b c d e f g", "a X c d e Y g", "a [-b-]{+X+} c d e [-f-]{+Y+} g"},
	} {
		if got := marked(Diff(c.a, c.b)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDiffOfLongTextsStaysBounded(t *testing.T) {
	var a, b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&a, "a%d ", i)
		fmt.Fprintf(&b, "b%d ", i)
	}
	spans := Diff("début "+a.String()+"fin", "début "+b.String()+"fin")
	if len(spans) != 4 || spans[0] != (Span{Same, "début "}) || spans[1].Change != Removed || spans[2].Change != Added {
		t.Errorf("%d spans, first %v", len(spans), spans[0])
	}
	rebuilds(t, "début "+a.String()+"fin", "début "+b.String()+"fin")
}

func TestDiffAtRandom(t *testing.T) {
	seed := uint64(7)
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	words := strings.Fields("le la un projet équipe budget , . et de travail")
	for range 3000 {
		var texts [2]string
		for i := range texts {
			for range random.IntN(14) {
				texts[i] += words[random.IntN(len(words))] + strings.Repeat(" ", random.IntN(2))
			}
		}
		rebuilds(t, texts[0], texts[1])
	}
}

func rebuilds(t *testing.T, a, b string) {
	t.Helper()
	var left, right strings.Builder
	last := Change(-1)
	for _, s := range Diff(a, b) {
		if s.Text == "" || s.Change == last || last == Added && s.Change == Removed {
			t.Fatalf("%q and %q: badly cut: %s", a, b, marked(Diff(a, b)))
		}
		last = s.Change
		if s.Change != Added {
			left.WriteString(s.Text)
		}
		if s.Change != Removed {
			right.WriteString(s.Text)
		}
	}
	if left.String() != a || right.String() != b {
		t.Fatalf("%q and %q: spans give %q and %q", a, b, left.String(), right.String())
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("un projet", "un beau projet")
	f.Add("a\xff b", "\xffb")
	f.Fuzz(func(t *testing.T, a, b string) { rebuilds(t, a, b) })
}

func BenchmarkDiffOneWordOfTenThousandSigns(b *testing.B) {
	text := strings.Repeat("un projet de travail ", 500)
	other := strings.Replace(text, "travail", "loisir", 200)
	for b.Loop() {
		Diff(text, other)
	}
}
