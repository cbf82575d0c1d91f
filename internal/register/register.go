// Package register holds the registers of French organisations: the forms of their numbers and the keys that prove a number was typed right.
package register

import (
	"regexp"
	"strings"
	"unicode"

	"transformateur/internal/platform/errs"
)

// laPoste is the SIREN whose establishments, too many for the usual key, follow a rule of their own.
const laPoste = "356000000"

const (
	sirenLength = 9
	siretLength = 14
	nbsp        = "\u00a0"
)

// SIREN checks the number of a legal unit and returns its nine digits without spaces.
//
// The register is that of articles R123-220 and following of the code de commerce, held by
// INSEE; the ninth digit is a key by the Luhn formula (ISO/IEC 7812-1 annex B), see INSEE,
// definition "Numéro Siren". A right key does not prove that the unit exists.
// Errors, all Invalid: register.siren_length (with the number of digits found),
// register.siren_digits, register.siren_key.
func SIREN(s string) (string, error) {
	n := compact(s)
	switch {
	case !onlyDigits(n):
		return "", errs.New(errs.Invalid, "register.siren_digits")
	case len(n) != sirenLength:
		return "", errs.New(errs.Invalid, "register.siren_length", len(n))
	case !luhn(n) || strings.Trim(n, "0") == "":
		return "", errs.New(errs.Invalid, "register.siren_key")
	}
	return n, nil
}

// SIRET checks the number of an establishment and returns its fourteen digits without spaces.
//
// It is the SIREN of the unit and five digits, the last of which is a key by the Luhn formula
// over the whole number (INSEE, definition "Numéro Siret"; articles R123-220 and following of
// the code de commerce). Establishments of La Poste (SIREN 356000000) are right either by that
// key, as its head office is, or when the sum of their digits is a multiple of five.
// Errors, all Invalid: register.siret_length (with the number of digits found),
// register.siret_is_siren when nine right digits were given, register.siret_digits,
// register.siret_key.
func SIRET(s string) (string, error) {
	n := compact(s)
	switch {
	case !onlyDigits(n):
		return "", errs.New(errs.Invalid, "register.siret_digits")
	case len(n) == sirenLength && luhn(n):
		return "", errs.New(errs.Invalid, "register.siret_is_siren")
	case len(n) != siretLength:
		return "", errs.New(errs.Invalid, "register.siret_length", len(n))
	case n[:sirenLength] == laPoste && digitSum(n)%5 == 0:
		return n, nil
	case !luhn(n) || !luhn(n[:sirenLength]) || strings.Trim(n, "0") == "":
		return "", errs.New(errs.Invalid, "register.siret_key")
	}
	return n, nil
}

// SIRENOf is the number of the unit to which an establishment belongs, from a SIRET already checked.
func SIRENOf(siret string) string {
	if len(siret) < sirenLength {
		return ""
	}
	return siret[:sirenLength]
}

// The second character after W is a letter for Corsica (W2A, W2B) and overseas (W9R for La Réunion).
var rnaForm = regexp.MustCompile(`^W[0-9][0-9A-Z][0-9]{7}$`)

var localLaw = regexp.MustCompile(`(?i)\b(vol|volume|folio|fol)\b`)

// RNA checks the number of an association in the national directory and returns it in capitals
// without spaces: W and nine characters, digits but for the letter of a département of Corsica
// or overseas.
//
// The directory was created by the arrêté of 14 October 2009. It has no key. Associations of
// Bas-Rhin, Haut-Rhin and Moselle are not in it: a court registers them, by volume and folio
// (articles 21 to 79 of the local civil code), and they are known by their SIRET.
// Errors, both Invalid: register.rna_form, and register.rna_local_law when what was typed
// looks like such a volume and folio.
func RNA(s string) (string, error) {
	n := strings.ToUpper(compact(s))
	if rnaForm.MatchString(n) {
		return n, nil
	}
	if localLaw.MatchString(s) {
		return "", errs.New(errs.Invalid, "register.rna_local_law")
	}
	return "", errs.New(errs.Invalid, "register.rna_form")
}

// Format sets a checked SIREN or SIRET in groups that people read, with non-breaking spaces
// ("732 829 320 00074"); anything else comes back as it is.
func Format(n string) string {
	if !onlyDigits(n) || len(n) != sirenLength && len(n) != siretLength {
		return n
	}
	out := n[:3] + nbsp + n[3:6] + nbsp + n[6:9]
	if len(n) == siretLength {
		out += nbsp + n[9:]
	}
	return out
}

// compact removes what people put between the groups of a number: any space, dots, hyphens and invisible marks.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(".-‐‑–_", r) {
			return -1
		}
		return r
	}, s)
}

func onlyDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// luhn says whether the last digit is the key of those before it.
func luhn(digits string) bool {
	sum := 0
	for i := 0; i < len(digits); i++ {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func digitSum(digits string) int {
	sum := 0
	for i := 0; i < len(digits); i++ {
		sum += int(digits[i] - '0')
	}
	return sum
}
