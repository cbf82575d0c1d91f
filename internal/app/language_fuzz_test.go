package app

import (
	"net/http/httptest"
	"slices"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
)

func FuzzLanguage(f *testing.F) {
	for _, s := range []string{"fr", "en;q=0.5,fr", "*", ",,,", "de, en", "\xff"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, header, kept string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Accept-Language"] = []string{header}
		if lang := language(r, account.User{Lang: kept}); !slices.Contains(i18n.Langs, lang) {
			t.Fatalf("%q, %q: %q", header, kept, lang)
		}
	})
}
