package calendar

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

// obeys says what of RFC 5545 a text does not keep: lines end with CRLF, hold 75 octets at
// most (3.1), and a fold cuts no character in two.
func obeys(t *testing.T, text string) {
	t.Helper()
	if !strings.HasSuffix(text, "\r\n") {
		t.Fatalf("it does not end with CRLF: %q", text)
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
		if strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line breaks by itself: %q", line)
		}
		if !utf8.ValidString(line) {
			t.Errorf("a fold cuts a character: %q", line)
		}
		for _, r := range line {
			if r < 0x20 && r != '\t' || r == 0x7f {
				t.Errorf("a control character %U in %q", r, line)
			}
		}
	}
}

// back reads one entry back.
func back(t *testing.T, text string) *ics.VEvent {
	t.Helper()
	cal, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	if n := len(cal.Events()); n != 1 {
		t.Fatalf("%d events in %q", n, text)
	}
	return cal.Events()[0]
}

func tried(t *testing.T, words string) {
	t.Helper()
	at := time.Date(2027, 3, 5, 8, 30, 0, 0, time.UTC)
	text := Text(words, []Entry{{UID: "m.1@example.org", Title: words, Text: words, Place: words, URL: "https://example.org/gatherings/1/now", Starts: at, Ends: at.Add(time.Hour), Sequence: 3, Changed: at, Gone: true}})
	obeys(t, text)
	e := back(t, text)
	for _, property := range []ics.ComponentProperty{ics.ComponentPropertySummary, ics.ComponentPropertyDescription, ics.ComponentPropertyLocation} {
		got := ""
		if p := e.GetProperty(property); p != nil {
			got = p.Value
		}
		if want := plain(words); got != want {
			t.Errorf("%s of %q reads %q, want %q", property, words, got, want)
		}
	}
	for line, want := range map[string]bool{"STATUS:CANCELLED": true, "SEQUENCE:3": true, "DTSTAMP:20270305T083000Z": true, "DTSTART:20270305T083000Z": true, "DTEND:20270305T093000Z": true, "BEGIN:VTIMEZONE": false} {
		if strings.Contains(text, "\r\n"+line+"\r\n") != want {
			t.Errorf("%q: %v in %q", line, !want, text)
		}
	}
}

func TestWordsComeBackWhateverTheyAre(t *testing.T) {
	for name, words := range map[string]string{
		"what is escaped":            `Un; deux, trois\ quatre: "cinq"`,
		"lines":                      "Un\nDeux\r\nTrois\rQuatre",
		"a long word":                strings.Repeat("é", 200),
		"long words":                 strings.Repeat("L’échange des porteuses et des porteurs ", 12),
		"what looks like a property": "BEGIN:VEVENT\nUID:autre\nEND:VEVENT",
		"control characters":         "a\x00b\x07c\x7fd\te",
		"bytes that are no text":     "a\xff\xfeb",
		"drawings":                   strings.Repeat("👩🏽‍🔬 ", 40),
		"at the edge of a line":      strings.Repeat("a", 67) + "é" + strings.Repeat("b", 74) + "  c",
	} {
		t.Run(name, func(t *testing.T) { tried(t, words) })
	}
}

func TestRandomWordsComeBack(t *testing.T) {
	seed := uint64(20270305)
	t.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, 1))
	letters := []rune("aé ;,\\:\"\n\r\t<>👍文\u2028\u00a0")
	for range 1500 {
		words := make([]rune, draw.IntN(220))
		for i := range words {
			words[i] = letters[draw.IntN(len(letters))]
		}
		tried(t, string(words))
		if t.Failed() {
			t.Fatalf("with %q", string(words))
		}
	}
}

func FuzzText(f *testing.F) {
	for _, words := range []string{"", "Plénière", "a;b,c\\d\n", strings.Repeat("é", 80), "\x00\xff", fmt.Sprintf("%75s", "é")} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, words string) { tried(t, words) })
}
