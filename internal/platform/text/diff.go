package text

import (
	"slices"
	"strings"
	"unicode"
)

// Change says to which of two texts a span belongs.
type Change int

// A span is in both texts, in the first only, or in the second only.
const (
	Same Change = iota
	Removed
	Added
)

// Span is a piece of text with what happened to it.
type Span struct {
	Change Change
	Text   string
}

// maxEdits bounds the work of Diff: at most maxEdits² steps and half as many kept numbers (1 MB).
const maxEdits = 700

// Diff compares two texts word by word, to show two versions of a field side by side. Read
// without what was added the spans give a; without what was removed they give b. A removal comes
// before the addition that takes its place.
//
// The method is the greedy one of E. W. Myers, "An O(ND) Difference Algorithm and Its
// Variations", Algorithmica 1 (1986). Texts that differ by more than maxEdits words are shown as
// one replacement between their common beginning and end, so the cost stays bounded.
func Diff(a, b string) []Span {
	if a == b {
		return appendSpan(nil, Same, a)
	}
	x, y := tokens(a), tokens(b)
	start := 0
	for start < len(x) && start < len(y) && x[start] == y[start] {
		start++
	}
	end := 0
	for end < len(x)-start && end < len(y)-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	spans := appendSpan(nil, Same, strings.Join(x[:start], ""))
	for _, s := range tidy(middle(x[start:len(x)-end], y[start:len(y)-end])) {
		spans = appendSpan(spans, s.Change, s.Text)
	}
	return appendSpan(spans, Same, strings.Join(x[len(x)-end:], ""))
}

// tokens cuts a text into words, runs of blanks and single other signs.
func tokens(s string) []string {
	var out []string
	start, kind := 0, 0
	for i, r := range s {
		k := 3
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.Mn, r):
			k = 1
		case unicode.IsSpace(r):
			k = 2
		}
		if i > 0 && (k != kind || k == 3) {
			out = append(out, s[start:i])
			start = i
		}
		kind = k
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

func middle(x, y []string) []Span {
	if len(x) > 0 && len(y) > 0 {
		if spans, ok := myers(x, y); ok {
			return spans
		}
	}
	return []Span{{Removed, strings.Join(x, "")}, {Added, strings.Join(y, "")}}
}

// myers finds the shortest list of edits from x to y, unless it is longer than maxEdits.
// trail[d] holds, for each diagonal from -d to d, how far in x d edits can lead.
func myers(x, y []string) ([]Span, bool) {
	reach := make([]int32, 2*maxEdits+3) // index: diagonal + maxEdits + 1
	const zero = maxEdits + 1
	var trail [][]int32
	for d := 0; d <= maxEdits; d++ {
		for k := -d; k <= d; k += 2 {
			i := step(reach, zero, d, k)
			for int(i) < len(x) && int(i)-k < len(y) && x[i] == y[int(i)-k] {
				i++
			}
			reach[zero+k] = i
			if int(i) >= len(x) && int(i)-k >= len(y) {
				return walkBack(x, y, trail, d), true
			}
		}
		trail = append(trail, append([]int32(nil), reach[zero-d:zero+d+1]...))
	}
	return nil, false
}

// step is how far in x the d-th edit leads on diagonal k: an addition comes from the diagonal
// above, a removal from the one below.
func step(reach []int32, zero, d, k int) int32 {
	if k == -d || k != d && reach[zero+k-1] < reach[zero+k+1] {
		return reach[zero+k+1]
	}
	return reach[zero+k-1] + 1
}

func walkBack(x, y []string, trail [][]int32, d int) []Span {
	var back []Span
	i, j := len(x), len(y)
	for ; d > 0; d-- {
		before := trail[d-1]
		k := i - j
		at := func(diagonal int) int { return int(before[diagonal+d-1]) }
		if k == -d || k != d && at(k-1) < at(k+1) {
			for i > at(k+1) {
				i, j = i-1, j-1
				back = append(back, Span{Same, x[i]})
			}
			j--
			back = append(back, Span{Added, y[j]})
			continue
		}
		for i > at(k-1)+1 {
			i, j = i-1, j-1
			back = append(back, Span{Same, x[i]})
		}
		i--
		back = append(back, Span{Removed, x[i]})
	}
	for i > 0 {
		i--
		back = append(back, Span{Same, x[i]})
	}
	slices.Reverse(back)
	return back
}

// tidy groups each change into one removal then one addition, and lets blanks alone between two
// changes belong to both sides, which reads better than a text cut at every space.
func tidy(spans []Span) []Span {
	var out []Span
	var removed, added, blank strings.Builder
	flush := func() {
		out = appendSpan(out, Removed, removed.String())
		out = appendSpan(out, Added, added.String())
		out = appendSpan(out, Same, blank.String())
		removed.Reset()
		added.Reset()
		blank.Reset()
	}
	for _, s := range spans {
		if s.Change == Same {
			blank.WriteString(s.Text)
			if removed.Len()+added.Len() == 0 || strings.TrimSpace(s.Text) != "" {
				flush()
			}
			continue
		}
		if blank.Len() > 0 {
			removed.WriteString(blank.String())
			added.WriteString(blank.String())
			blank.Reset()
		}
		if s.Change == Removed {
			removed.WriteString(s.Text)
		} else {
			added.WriteString(s.Text)
		}
	}
	flush()
	return out
}

func appendSpan(spans []Span, change Change, text string) []Span {
	if text == "" {
		return spans
	}
	if n := len(spans); n > 0 && spans[n-1].Change == change {
		spans[n-1].Text += text
		return spans
	}
	return append(spans, Span{change, text})
}
