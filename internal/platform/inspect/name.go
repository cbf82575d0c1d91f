package inspect

import (
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const maxName = 180 // bytes: leaves room for a number under the 255 of most file systems

// deviceNames cannot name a file on Windows, whatever follows the dot.
var deviceNames = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// turnsText says whether c changes the direction of what follows, which lets
// "cv_fdp.exe" be shown as "cv_exe.pdf" (Unicode UAX #9).
func turnsText(c rune) bool {
	return c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0x200e || c == 0x200f || c == 0x061c
}

// SafeName is name as it may be shown, stored and given back to any system: in
// Unicode form C, without folders, control or direction characters, without
// characters that have a meaning to a shell, a page or Windows, at most 180
// bytes with its extension kept. It is never empty.
func SafeName(name string) string {
	name = strings.ToValidUTF8(name, "_")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	var b strings.Builder
	for _, c := range norm.NFC.String(name) {
		switch {
		case turnsText(c) || c == 0xfeff || c == 0x200b:
		case unicode.IsControl(c) || strings.ContainsRune(`<>:"|?*`, c) || c == utf8.RuneError:
			b.WriteByte('_')
		case unicode.IsSpace(c):
			b.WriteByte(' ')
		default:
			b.WriteRune(c)
		}
	}
	name = strings.Trim(b.String(), " .")
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if len(ext) > 20 {
		stem, ext = name, ""
	}
	for len(stem)+len(ext) > maxName {
		_, n := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-n]
	}
	bare, _, _ := strings.Cut(stem, ".")
	if stem == "" || slices.Contains(deviceNames, strings.ToLower(strings.TrimSpace(bare))) {
		stem = "_" + stem
	}
	return stem + ext
}

func (in *inspection) checkName(name string) {
	switch {
	case strings.ContainsFunc(name, turnsText):
		in.refuse("inspect.name_turned")
	case SafeName(name) != norm.NFC.String(name):
		in.warn("inspect.name_changed", SafeName(name))
	}
}
