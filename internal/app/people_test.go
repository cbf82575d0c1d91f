package app

import (
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/policy"
)

func TestMailsOfAccountsInWords(t *testing.T) {
	for _, c := range []struct {
		name string
		m    account.Mail
		want map[string]string
	}{
		{"a link is made whole", account.Mail{Lang: "fr", Args: map[string]string{"Link": "/signin/link/x", "Code": "K7PD-3XQ9"}},
			map[string]string{"Link": "https://site.example/signin/link/x", "Code": "K7PD-3XQ9"}},
		{"an invitation in French", account.Mail{Lang: "fr", Args: map[string]string{"Role": "editor", "Author": "", "Expires": "2027-03-05T11:00:00Z"}},
			map[string]string{"Role": "coauteur·rice du dossier", "Author": "Transformateur", "Expires": "vendredi 5 mars 2027 à 12 h 00, heure de Paris"}},
		{"an invitation in English", account.Mail{Lang: "en", Args: map[string]string{"Role": "editor", "Author": "Ana", "Expires": "2027-03-05T11:00:00Z"}},
			map[string]string{"Role": "co-author of the file", "Author": "Ana", "Expires": "Friday 5 March 2027 at 12:00, Paris time"}},
	} {
		got := inWords(c.m, "https://site.example", "Europe/Paris")
		for name, want := range c.want {
			if said := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(got[name]); said != want {
				t.Errorf("%s: %s is %q, want %q", c.name, name, said, want)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// Every route names an action that the policy table knows.
func TestRoutesNameActions(t *testing.T) {
	known := map[policy.Action]bool{}
	for _, action := range policy.Actions() {
		known[action] = true
	}
	routes := (&App{}).routes()
	for _, route := range routes {
		if !known[route.Action] {
			t.Errorf("%s: the policy table has no %q", route.Pattern, route.Action)
		}
	}
	if len(routes) < 30 {
		t.Errorf("%d routes", len(routes))
	}
}

func TestNumbersAreCheckedByTheirRegister(t *testing.T) {
	for _, c := range []struct {
		register, number, want string
	}{{"siret", "732 829 320 00074", "73282932000074"}, {"rna", "w143007272", "W143007272"}, {"siret", "W143007272", ""}, {"duns", "1", ""}} {
		if got, err := checkNumber(c.register, c.number); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %s: %q %v", c.register, c.number, got, err)
		}
	}
}
