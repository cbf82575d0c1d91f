package form

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cleanText is the canonical form of a text: valid UTF-8 in NFC, line feeds
// alone as breaks, no NUL nor other control character but the tab, no spaces
// at the end of lines nor around the whole.
func cleanText(s string) string { return clean(s, true) }

// cleanLine is cleanText on one line: breaks and tabs become spaces.
func cleanLine(s string) string { return clean(s, false) }

func clean(s string, breaks bool) string {
	if plainASCII(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			r = '\n'
		}
		if !breaks && (r == '\n' || r == '\t') {
			return ' '
		}
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || r == '\uFEFF' || directional(r) {
			return -1
		}
		return r
	}, s)
	s = norm.NFC.String(s)
	if breaks {
		lines := strings.Split(s, "\n")
		for i := range lines {
			lines[i] = strings.TrimRightFunc(lines[i], unicode.IsSpace)
		}
		s = strings.Join(lines, "\n")
	}
	return strings.TrimFunc(s, unicode.IsSpace)
}

// directional says whether r overrides the direction of text (Unicode bidi
// embeddings, overrides and isolates), which can make a text read other than it is.
func directional(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// plainASCII is true for one line of printable ASCII without outer spaces, which is already clean.
func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7F {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' '
}

// shorten cuts a text to n characters, for labels in change lists.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:n-1]) + "…"
}
