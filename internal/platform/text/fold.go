// Package text holds the rules of written words: how a text is cleaned, folded for search, set in French or in English, and compared.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters that Unicode does not decompose, with the plain letters that people type for them.
var plainLetters = map[rune]string{
	'œ': "oe", 'æ': "ae", 'ß': "ss", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'þ': "th", 'ħ': "h", 'ı': "i",
	'’': "'", '‘': "'", 'ʼ': "'", '‐': "-", '‑': "-",
}

// Fold gives the form of s used to search and to sort: lower case, without accents, ligatures
// opened, typographic apostrophes, hyphens and spaces made plain. Folding twice changes nothing.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, "\uFFFD")) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToLower(r)
		if plain, ok := plainLetters[r]; ok {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isFolded(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// irregular plurals whose singular no rule gives; keys and values are folded.
var irregular = map[string]string{
	"travaux": "travail", "vitraux": "vitrail", "baux": "bail", "emaux": "email", "coraux": "corail",
	"maux": "mal", "materiaux": "materiau", "noyaux": "noyau", "tuyaux": "tuyau", "joyaux": "joyau",
	"taux": "taux", "faux": "faux", "yeux": "oeil", "people": "person", "persons": "person",
}

// elided are the short words that French joins to the next one with an apostrophe.
var elided = map[string]bool{
	"l": true, "d": true, "j": true, "m": true, "n": true, "s": true, "t": true, "c": true, "qu": true,
}

// Words cuts s into the words of the search index, in their order, repetitions kept. Each word is
// folded and brought to a short root, so that a plural finds its singular in French and in English
// ("projet" and "projets", "local" and "locaux", "energie" and "energies", "company" and
// "companies"). Elided articles are left out ("l'idée" gives the word of "idée").
//
// A root is not a word and is never shown. The same function must be used when a text is indexed
// and when a query is read: a root only has to be the same on both sides. Two words may share a
// root ("cours" and "cour"): more is found, nothing is missed.
func Words(s string) []string {
	folded := Fold(s)
	words := make([]string, 0, len(folded)/6+1)
	start := -1
	for i, r := range folded {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			if w := folded[start:i]; r != '\'' || !elided[w] {
				words = append(words, root(w))
			}
			start = -1
		}
	}
	if start >= 0 {
		words = append(words, root(folded[start:]))
	}
	return words
}

// root strips the marks of plural, then the final e that the feminine and many plurals carry.
// A French word already ending in s or x has the same plural, so losing the letter on both sides is safe.
func root(w string) string {
	if singular, ok := irregular[w]; ok {
		w = singular
	}
	if len(w) < 3 || strings.ContainsAny(w, "0123456789") {
		return w
	}
	switch {
	case strings.HasSuffix(w, "eaux"), strings.HasSuffix(w, "eux"), strings.HasSuffix(w, "oux"):
		w = w[:len(w)-1]
	case len(w) > 4 && strings.HasSuffix(w, "aux"):
		w = w[:len(w)-2] + "l"
	case strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss"):
		w = w[:len(w)-1]
	}
	for len(w) > 3 && strings.HasSuffix(w, "e") {
		w = w[:len(w)-1]
	}
	if len(w) > 3 && strings.HasSuffix(w, "y") {
		w = w[:len(w)-1] + "i"
	}
	return w
}

// MaxSlug is the longest slug, in bytes.
const MaxSlug = 80

// Slug gives the part of an address that names s: plain lower-case letters, digits and single
// hyphens, at most MaxSlug bytes, cut between words where possible. It is empty when s has no
// Latin letter nor digit.
func Slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range Fold(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		gap = true
	}
	out := b.String()
	if len(out) <= MaxSlug {
		return out
	}
	cut := out[:MaxSlug]
	if i := strings.LastIndexByte(cut, '-'); out[MaxSlug] != '-' && i > MaxSlug/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, "-")
}
