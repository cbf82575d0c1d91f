package i18n

import (
	"slices"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{"fr", "en-GB", "", "EN", "*", "fr;q=0", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		if lang := Parse(tag); !slices.Contains(Langs, lang) {
			t.Fatalf("%q is %q", tag, lang)
		}
	})
}
