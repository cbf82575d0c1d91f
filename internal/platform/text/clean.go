package text

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean gives the form in which a text typed by a person is kept: Unicode NFC, lines ended by LF,
// no control character but tab and line feed, no byte order mark, and none of the characters that
// reorder what follows them (embeddings, overrides and isolates, U+202A to U+202E and U+2066 to
// U+2069; see Unicode Technical Report 36). Cleaning twice changes nothing.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return norm.NFC.String(strings.Map(cleanRune, s))
}

func cleanRune(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case unicode.IsControl(r), r == '\uFEFF', reorders(r):
		return -1
	}
	return r
}

func reorders(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// MaxFileName is the longest file name shown and stored, in bytes.
const MaxFileName = 200

const (
	namelessFile = "fichier"
	maxExtension = 20
)

// reservedNames are those Windows gives to devices, with any extension
// (Microsoft, "Naming Files, Paths, and Namespaces").
var reservedNames = map[string]bool{
	"con": true, "prn": true, "aux": true, "nul": true, "conin$": true, "conout$": true, "clock$": true,
}

// FileName gives a name under which a file sent by a person can be shown and saved on any system:
// the last part of a path, without control, invisible or direction marks, without the characters
// and the names that Windows reserves, at most MaxFileName bytes with its extension kept. It is
// never empty. Naming twice changes nothing.
func FileName(s string) string {
	s = Clean(s)
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = norm.NFC.String(strings.Map(fileRune, s))
	s = strings.Join(strings.Fields(s), " ")
	s = strings.Trim(s, ". ")
	if s == "" {
		return namelessFile
	}
	if isReserved(s) {
		s = "_" + s
	}
	return shortenFileName(s)
}

func fileRune(r rune) rune {
	switch {
	case strings.ContainsRune(`<>:"|?*`, r):
		return '-'
	case r == '\n' || r == '\t':
		return ' '
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
		return -1
	}
	return r
}

func isReserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	stem = strings.TrimSpace(stem)
	if reservedNames[stem] {
		return true
	}
	if !strings.HasPrefix(stem, "com") && !strings.HasPrefix(stem, "lpt") {
		return false
	}
	digit := stem[3:]
	return utf8.RuneCountInString(digit) == 1 && strings.Contains("123456789¹²³", digit)
}

func shortenFileName(s string) string {
	if len(s) <= MaxFileName {
		return s
	}
	ext := path.Ext(s)
	if len(ext) > maxExtension {
		ext = ""
	}
	stem := s[:MaxFileName-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return strings.TrimRight(stem, ". ") + ext
}
