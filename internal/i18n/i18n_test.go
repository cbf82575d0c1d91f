package i18n

import (
	"regexp"
	"slices"
	"testing"
)

var verb = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

// Both catalogues say the same keys, and a sentence takes the same arguments in both.
func TestCataloguesAgree(t *testing.T) {
	if !slices.Equal(Keys(FR), Keys(EN)) {
		for _, key := range Keys(FR) {
			if _, ok := catalogues[EN][key]; !ok {
				t.Errorf("%s: no English", key)
			}
		}
		for _, key := range Keys(EN) {
			if _, ok := catalogues[FR][key]; !ok {
				t.Errorf("%s: no French", key)
			}
		}
	}
	for _, key := range Keys(FR) {
		fr, _ := Message(FR, key)
		en, _ := Message(EN, key)
		if fr == "" || en == "" {
			t.Errorf("%s: empty sentence", key)
		}
		a, b := verb.FindAllString(fr, -1), verb.FindAllString(en, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s: French takes %v, English takes %v", key, a, b)
		}
	}
}

func TestPlurals(t *testing.T) {
	catalogues[FR]["test.files"] = entry{"%d dossier", "%d dossiers"}
	catalogues[EN]["test.files"] = entry{"%d file", "%d files"}
	defer delete(catalogues[FR], "test.files")
	defer delete(catalogues[EN], "test.files")
	for _, c := range []struct {
		lang  Lang
		count int
		want  string
	}{
		{FR, 0, "0 dossier"}, {FR, 1, "1 dossier"}, {FR, 2, "2 dossiers"},
		{EN, 0, "0 files"}, {EN, 1, "1 file"}, {EN, 2, "2 files"},
	} {
		if got := SayN(c.lang, "test.files", c.count); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.count, got, c.want)
		}
	}
}

func TestUnknownKeyShows(t *testing.T) {
	if got := Say(FR, "no.such_key"); got != "‹no.such_key›" {
		t.Errorf("got %q", got)
	}
}
