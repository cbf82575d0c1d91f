package rule

import (
	"strings"
	"time"
	"unicode/utf8"
)

// LineWidth is the width of a line of text, in characters, when a limit is given in lines.
const LineWidth = 90

// Characters is the length of a text in Unicode code points. Texts are kept
// in NFC, so that an accented letter counts for one.
func Characters(s string) int { return utf8.RuneCountInString(s) }

// LineCount is the length of a text in lines: each paragraph (hard break)
// takes as many lines of LineWidth characters as it needs, and at least one.
// Breaks at the very end do not count; an empty text has no line.
func LineCount(s string) int {
	s = strings.TrimRight(s, "\n")
	lines := 0
	for len(s) > 0 {
		end := strings.IndexByte(s, '\n')
		paragraph := s
		if end >= 0 {
			paragraph, s = s[:end], s[end+1:]
		} else {
			s = ""
		}
		lines += max(1, (utf8.RuneCountInString(paragraph)+LineWidth-1)/LineWidth)
	}
	return lines
}

// Days is the number of days from 1 January 1970 to the calendar day of t in its own zone.
func Days(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads a date written YYYY-MM-DD as a number of days since 1 January 1970; it refuses days that do not exist.
func ParseDay(s string) (int, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	if !ok1 || !ok2 || !ok3 || y < 1 || m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d {
		return 0, false
	}
	return int(floorDiv(t.Unix(), 86400)), true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
