package register

import (
	"fmt"
	"testing"

	"transformateur/internal/platform/errs"
)

func TestSIRET(t *testing.T) {
	for _, c := range []struct{ name, in, want, key string }{
		{"the example of the definition", "732 829 320 00074", "73282932000074", ""},
		{"non-breaking spaces and dots", "732\u00a0829\u202f320.00074", "73282932000074", ""},
		{"a digit mistyped", "73282932000075", "", "register.siret_key"},
		{"two digits swapped", "73282930200074", "", "register.siret_key"},
		{"head office of La Poste, by the usual key", "356 000 000 00048", "35600000000048", ""},
		{"an office of La Poste, by the sum", "356 000 000 09075", "35600000009075", ""},
		{"an office of La Poste mistyped", "35600000009076", "", "register.siret_key"},
		{"the sum of La Poste does not serve others", "73282932000007", "", "register.siret_key"},
		{"a SIREN given for a SIRET", "732 829 320", "", "register.siret_is_siren"},
		{"a digit missing", "7328293200007", "", "register.siret_length"},
		{"letters", "MONACOCONFO001", "", "register.siret_digits"},
		{"full-width digits", "７３２82932000074", "", "register.siret_digits"},
		{"nothing", "  ", "", "register.siret_digits"},
		{"zeros", "00000000000000", "", "register.siret_key"},
	} {
		got, err := SIRET(c.in)
		check(t, c.name, got, c.want, err, c.key)
	}
}

func TestSIREN(t *testing.T) {
	for _, c := range []struct{ name, in, want, key string }{
		{"a unit", "732 829 320", "732829320", ""},
		{"La Poste", "356000000", "356000000", ""},
		{"a digit mistyped", "732829321", "", "register.siren_key"},
		{"a SIRET given for a SIREN", "73282932000074", "", "register.siren_length"},
		{"a letter", "73282932O", "", "register.siren_digits"},
	} {
		got, err := SIREN(c.in)
		check(t, c.name, got, c.want, err, c.key)
	}
}

func TestRNA(t *testing.T) {
	for _, c := range []struct{ name, in, want, key string }{
		{"Calvados, in small letters with spaces", "w 143 007 272", "W143007272", ""},
		{"La Réunion", "W9R1011072", "W9R1011072", ""},
		{"Corse-du-Sud", "W2A1000123", "W2A1000123", ""},
		{"a digit missing", "W14300727", "", "register.rna_form"},
		{"no letter", "1430072721", "", "register.rna_form"},
		{"a letter among the last", "W14300727O", "", "register.rna_form"},
		{"an association of the local law", "Volume 45 folio 123", "", "register.rna_local_law"},
	} {
		got, err := RNA(c.in)
		check(t, c.name, got, c.want, err, c.key)
	}
}

// Changing one digit always breaks the key, whatever the digit.
func TestKeySeesEveryMistypedDigit(t *testing.T) {
	const right = "73282932000074"
	for i := range right {
		for d := byte('0'); d <= '9'; d++ {
			if d == right[i] {
				continue
			}
			wrong := right[:i] + string(d) + right[i+1:]
			if _, err := SIRET(wrong); errs.KeyOf(err) != "register.siret_key" {
				t.Errorf("%s passes: %v", wrong, err)
			}
		}
	}
}

func TestFormat(t *testing.T) {
	for in, want := range map[string]string{
		"732829320": "732\u00a0829\u00a0320", "73282932000074": "732\u00a0829\u00a0320\u00a000074", "W143007272": "W143007272", "": "",
	} {
		if got := Format(in); got != want {
			t.Errorf("Format(%q) = %q", in, got)
		}
	}
	if SIRENOf("73282932000074") != "732829320" || SIRENOf("12") != "" {
		t.Error("wrong unit of an establishment")
	}
}

func check(t *testing.T, name, got, want string, err error, key string) {
	t.Helper()
	if got != want || errs.KeyOf(err) != key || (err != nil && !errs.Is(err, errs.Invalid)) {
		t.Errorf("%s: got %q %v, want %q %q", name, got, fmt.Sprint(err), want, key)
	}
}
