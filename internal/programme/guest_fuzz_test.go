package programme_test

import (
	"strings"
	"testing"

	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
)

// A list is read within its bounds, or refused in words; who is let in has an
// address of one line.
func FuzzReadGuests(f *testing.F) {
	for _, s := range []string{"Nom;Email;Rôle\nAna;ana@example.org;Responsable\n", "Email,Rôle\na@b.fr,Instruction,x\n", "Email;Rôle", "", "PK\x03\x04", "\xff\xfeE\x00", "Email;Rôle;Jusqu’au\n\"a\r\nb\"@c.fr;Responsable;31/02/2027\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		list, err := programme.ReadGuests(strings.NewReader(string(content)), guestWords, "Europe/Paris")
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatal(err)
			}
			return
		}
		if len(list) == 0 || len(list) > 1000 {
			t.Fatalf("%d guests", len(list))
		}
		for _, g := range list {
			if len(g.Problems) == 0 && strings.ContainsAny(g.Email, "\r\n\x00") {
				t.Fatalf("%+v", g)
			}
		}
	})
}
