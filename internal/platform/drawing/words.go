package drawing

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"transformateur/internal/platform/pdf"
)

// point is a point of type in millimetres.
const point = 25.4 / 72

// typeface is one of the two weights: which characters it has, and how wide each is, in
// parts of its size.
type typeface struct {
	font     *sfnt.Font
	advances map[rune]float64
}

var faces = sync.OnceValue(func() [2]typeface { return [2]typeface{open(false), open(true)} })

func open(heavy bool) typeface {
	f, err := sfnt.Parse(pdf.Font(heavy))
	if err != nil {
		panic(err) // the font is ours
	}
	t := typeface{font: f, advances: map[rune]float64{}}
	var buf sfnt.Buffer
	units := fixed.Int26_6(f.UnitsPerEm())
	for r := rune(0x20); r < 0x3000; r++ {
		glyph, err := f.GlyphIndex(&buf, r)
		if err != nil || glyph == 0 {
			continue
		}
		wide, err := f.GlyphAdvance(&buf, glyph, units<<6, font.HintingNone)
		if err == nil {
			t.advances[r] = float64(wide) / 64 / float64(units)
		}
	}
	return t
}

func (w Words) face() typeface {
	if w.Bold {
		return faces()[1]
	}
	return faces()[0]
}

// Width is how wide a line is, in millimetres.
func Width(w Words, text string) float64 {
	t, wide := w.face(), 0.0
	for _, r := range text {
		if a, known := t.advances[r]; known {
			wide += a
		} else if drawn(r) {
			wide += t.advances[missing]
		}
	}
	return wide * w.Size * point
}

// missing stands for a character that the font does not have, such as a small drawing.
const missing = '?'

// drawn says whether a character takes room: marks that change the one before do not.
func drawn(r rune) bool { return !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc) }

// printable is a text in the characters that the font has.
func (w Words) printable(text string) string {
	t := w.face()
	return strings.Map(func(r rune) rune {
		switch _, known := t.advances[r]; {
		case known:
			return r
		case !drawn(r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return missing
	}, text)
}

// Height is from one line to the next, in millimetres.
func (w Words) Height() float64 { return w.Size * point * 1.3 }

// Wrap cuts a text into lines no wider than a width. Its line breaks are kept; a word
// wider than a line is cut.
func Wrap(w Words, text string, width float64) (lines []string) {
	for _, paragraph := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
		line := ""
		for _, word := range strings.FieldsFunc(paragraph, func(r rune) bool { return r == ' ' || r == '\t' }) {
			joined := strings.TrimPrefix(line+" "+word, " ")
			if Width(w, joined) <= width {
				line = joined
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			line = word
			for Width(w, line) > width && len([]rune(line)) > 1 {
				head := cut(w, line, width)
				lines, line = append(lines, head), strings.TrimPrefix(line, head)
			}
		}
		lines = append(lines, line)
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// cut is the beginning of a word that fits a width, of one character at least.
func cut(w Words, word string, width float64) string {
	last := 0
	for i, r := range word {
		if end := i + len(string(r)); last == 0 || Width(w, word[:end]) <= width {
			last = end
			continue
		}
		break
	}
	return word[:last]
}

// Block writes a text on several lines, most of them at most (0 for all), below y. It
// gives where it ends.
func (p *Page) Block(b Box, w Words, text string, most int) (bottom float64) {
	lines := Wrap(w, text, b.W)
	if most > 0 && len(lines) > most {
		lines = lines[:most]
		lines[most-1] = strings.TrimSuffix(cut(w, lines[most-1]+" …", b.W-Width(w, "…")), " …") + "…"
	}
	return p.Lines(b, w, lines)
}

// Lines writes lines below y, and gives where they end.
func (p *Page) Lines(b Box, w Words, lines []string) (bottom float64) {
	y := b.Y
	for _, line := range lines {
		p.Text(b.X, y+w.Size*point, w, line)
		y += w.Height()
	}
	return y
}

// Centre writes one line in the middle of a width.
func (p *Page) Centre(b Box, w Words, text string) {
	p.Text(b.X+(b.W-Width(w, text))/2, b.Y, w, text)
}
