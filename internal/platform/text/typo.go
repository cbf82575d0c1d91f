package text

import (
	"strings"
	"unicode"
)

// Typo sets the non-breaking spaces of French typography: U+202F before ; ! ?, U+00A0 before :
// and inside « » (Lexique des règles typographiques en usage à l'Imprimerie nationale). A missing
// space is added where the mark ends a word. Addresses, times (12:30), entities and other marks
// inside a word stay as they are, and so does any language but French. Setting twice changes
// nothing.
func Typo(lang, s string) string {
	if language(lang) != "fr" || !strings.ContainsAny(s, ";:!?«»") {
		return s
	}
	t := typesetter{in: []rune(s), out: make([]rune, 0, len(s)+8)}
	for t.at < len(t.in) {
		r := t.in[t.at]
		switch {
		case t.atWordStart() && t.skipAddress():
		case r == '«':
			t.open()
		case r == '»':
			t.space('\u00a0')
			t.keep(1)
		case strings.ContainsRune(";:!?", r):
			t.mark()
		default:
			t.keep(1)
		}
	}
	return string(t.out)
}

type typesetter struct {
	in, out []rune
	at      int
}

func (t *typesetter) keep(n int) {
	t.out = append(t.out, t.in[t.at:t.at+n]...)
	t.at += n
}

func (t *typesetter) atWordStart() bool {
	return t.at == 0 || unicode.IsSpace(t.in[t.at-1])
}

// skipAddress keeps a whole word that is an address of the web or of a mailbox.
func (t *typesetter) skipAddress() bool {
	end := t.at
	for end < len(t.in) && !unicode.IsSpace(t.in[end]) {
		end++
	}
	word := string(t.in[t.at:end])
	if !strings.Contains(word, "://") && !strings.Contains(word, "www.") && !strings.Contains(word, "@") {
		return false
	}
	t.keep(end - t.at)
	return true
}

// open sets one space after an opening quotation mark.
func (t *typesetter) open() {
	t.keep(1)
	next := t.at
	for next < len(t.in) && isBlank(t.in[next]) {
		next++
	}
	if next == len(t.in) || t.in[next] == '\n' || t.in[next] == '\r' {
		return
	}
	t.at = next
	t.out = append(t.out, []rune(nbsp)...)
}

// mark sets the space before a run of double marks ("?", "?!", ":") that ends a word.
func (t *typesetter) mark() {
	end := t.at
	for end < len(t.in) && strings.ContainsRune(";:!?", t.in[end]) {
		end++
	}
	if end < len(t.in) && !unicode.IsSpace(t.in[end]) && !strings.ContainsRune("»”’\"')]…*_", t.in[end]) {
		t.keep(end - t.at)
		return
	}
	switch first := t.in[t.at]; {
	case first == ':':
		if end-t.at == 1 {
			t.space('\u00a0')
		}
	case first == ';' && t.endsEntity():
	default:
		t.space('\u202f')
	}
	t.keep(end - t.at)
}

// endsEntity says whether the semicolon closes an HTML entity ("&nbsp;").
func (t *typesetter) endsEntity() bool {
	i := t.at - 1
	for i >= 0 && (unicode.IsLetter(t.in[i]) || unicode.IsDigit(t.in[i]) || t.in[i] == '#') {
		i--
	}
	return i >= 0 && i < t.at-1 && t.in[i] == '&'
}

// space replaces the blanks just written by one non-breaking space, or adds it after a word.
func (t *typesetter) space(kind rune) {
	n := len(t.out)
	for n > 0 && isBlank(t.out[n-1]) {
		n--
	}
	if n == 0 || t.out[n-1] == '\n' || t.out[n-1] == '\r' {
		return
	}
	if n < len(t.out) {
		if prev := t.out[n-1]; prev == '«' {
			return
		}
		t.out = append(t.out[:n], kind)
		return
	}
	prev := t.out[n-1]
	if unicode.IsLetter(prev) || unicode.IsDigit(prev) || strings.ContainsRune(")]»”’\"'…%€.!?", prev) {
		t.out = append(t.out, kind)
	}
}

func isBlank(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\t' }
