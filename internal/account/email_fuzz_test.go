package account

import (
	"strings"
	"testing"
)

// What is accepted stays as it is, and can neither end a header nor name two people.
func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"ana@example.org", "Ana <ana@example.org>", "a@b@c", "ana@example.org\r\nBcc: x@y.z", "é@é.fr", "\"a b\"@c.fr", strings.Repeat("a", 300) + "@b.fr", "a@[127.0.0.1]", "a@b,c@d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		email, err := ParseEmail(s)
		if err != nil {
			return
		}
		again, err := ParseEmail(email)
		if err != nil || again != email || len(email) > maxEmail || strings.ContainsAny(email, "\r\n\x00 ,<>") || strings.Count(email, "@") != 1 {
			t.Fatalf("%q became %q, then %q, %v", s, email, again, err)
		}
	})
}
