package text

import (
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// marks are the tags that make a text HTML. "Notation <A B C" holds none, and stays.
var marks = regexp.MustCompile(`(?i)</?(a|b|i|u|p|br|hr|em|strong|ul|ol|li|div|span|h[1-6]|table|thead|tbody|tr|th|td|blockquote|pre|code|img|font|script|style|iframe|object|embed|svg|math|form|input|button|link|meta|video|audio)(\s[^<>]*)?/?>`)

// breaks are the tags at which a reader sees a new line.
var breaks = regexp.MustCompile(`(?i)(<br\s*/?>|</(p|div|li|h[1-6]|tr|blockquote|pre|ul|ol|table)\s*>)`)

var (
	bullets   = regexp.MustCompile(`(?i)<li(\s[^<>]*)?>`)
	manyLines = regexp.MustCompile(`\n{3,}`)
	strict    = bluemonday.StrictPolicy()
)

// Unmark gives the words of a text that came from elsewhere and may be HTML: the tags
// go, with what scripts and styles hold; lines and items of lists stay. A text without
// tags comes back as Clean gives it. What is given is a text, never HTML: pages escape it.
func Unmark(s string) string {
	s = Clean(s)
	if !marks.MatchString(s) {
		return s
	}
	s = bullets.ReplaceAllString(breaks.ReplaceAllString(s, "$1\n"), "- ")
	s = html.UnescapeString(strict.Sanitize(s))
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return Clean(strings.TrimSpace(manyLines.ReplaceAllString(strings.Join(lines, "\n"), "\n\n")))
}
