package programme_test

import (
	"strings"
	"testing"

	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
)

// Whatever the list, it is read within its bounds or refused with a reason, and each
// person keeps her line, which problems point at.
func FuzzReadGuests(f *testing.F) {
	for _, seed := range []string{
		"Nom;Email;Rôle\nAna;ana@example.org;Responsable\n", "Email,Rôle\r\n\"a@b.fr\",\"Instruction\"\r\n", "sep=;\nEmail;Rôle;Jusqu’au\na@b.fr;Secrétariat;31/12/2026\n",
		"\ufeffEmail;Rôle\n=cmd();Responsable\n", "PK\x03\x04", "", "Email\n\n\n", strings.Repeat("Email;Rôle\n", 40),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		list, err := programme.ReadGuests(strings.NewReader(content), guestWords, "Europe/Paris")
		if err != nil {
			if errs.KindOf(err) == errs.Internal {
				t.Fatalf("no reason that somebody can read: %v", err)
			}
			return
		}
		last := 0
		for _, g := range list {
			if g.Line <= last {
				t.Fatalf("line %d comes after line %d", g.Line, last)
			}
			last = g.Line
		}
	})
}
