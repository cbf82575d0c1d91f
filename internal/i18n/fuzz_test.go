package i18n

import (
	"slices"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{"fr", "en-GB", "", "EN", "*", "fr;q=0", "de, en;q=0.5,fr", ",,,", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		if lang := Parse(tag); !slices.Contains(Langs, lang) {
			t.Fatalf("%q is %q", tag, lang)
		}
		if lang := ParseAccepted(tag); !slices.Contains(Langs, lang) {
			t.Fatalf("%q asks for %q", tag, lang)
		}
	})
}
