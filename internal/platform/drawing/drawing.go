// Package drawing is a page of shapes and words with a size in millimetres, written as PDF, as SVG or as PNG.
package drawing

import (
	"fmt"

	"rsc.io/qr"
)

// Colour is red, green and blue.
type Colour [3]byte

// The colours of ink and paper.
var (
	Ink   = Colour{0x22, 0x20, 0x1c}
	Soft  = Colour{0x5a, 0x54, 0x4a}
	Rule  = Colour{0xb4, 0xad, 0xa0}
	White = Colour{0xff, 0xff, 0xff}
)

// Box is where something lies: its upper left corner and its sides.
type Box struct{ X, Y, W, H float64 }

// Inset is the box inside another, at a distance of its sides.
func (b Box) Inset(by float64) Box { return Box{b.X + by, b.Y + by, b.W - 2*by, b.H - 2*by} }

// Style says how a shape is drawn. Without Fill nothing is filled, without Line nothing
// is outlined.
type Style struct {
	Fill, Line *Colour
	Width      float64 // of the outline
	Round      float64 // radius of the corners of a rectangle
	Dashed     bool
}

// Words are how a text is written: its size in points (1/72 inch), and its colour.
type Words struct {
	Size   float64
	Bold   bool
	Colour Colour
}

// Page is a drawing being made. Shapes cover those drawn before them.
type Page struct {
	W, H   float64
	Title  string // in the outline of a document of several pages
	shapes []shape
}

type kind int

const (
	rectangle kind = iota
	disc
	segment
	writing
	photograph
	squares
)

type shape struct {
	kind  kind
	box   Box // of a segment: where it begins, and how far it goes
	style Style
	words Words
	text  string // of a photograph: what it shows
	jpeg  []byte
	rows  [][]bool // of squares: those that are dark
}

// NewPage begins a page of a size.
func NewPage(w, h float64) *Page { return &Page{W: w, H: h} }

// Rect draws a rectangle.
func (p *Page) Rect(b Box, s Style) {
	p.shapes = append(p.shapes, shape{kind: rectangle, box: b, style: s})
}

// Ground keeps a place for a rectangle below what is drawn from now on: its box is said
// once it is known how far that goes.
func (p *Page) Ground(s Style) (said func(Box)) {
	at := len(p.shapes)
	p.Rect(Box{}, s)
	return func(b Box) { p.shapes[at].box = b }
}

// Disc draws a disc in a square box.
func (p *Page) Disc(b Box, s Style) {
	p.shapes = append(p.shapes, shape{kind: disc, box: b, style: s})
}

// Line draws a line from the corner of a box to the opposite one.
func (p *Page) Line(b Box, s Style) {
	p.shapes = append(p.shapes, shape{kind: segment, box: b, style: s})
}

// Text writes one line, whose letters stand on y.
func (p *Page) Text(x, y float64, w Words, text string) {
	p.shapes = append(p.shapes, shape{kind: writing, box: Box{X: x, Y: y}, words: w, text: text})
}

// Photo draws a JPEG in a box; alt says what it shows.
func (p *Page) Photo(b Box, jpeg []byte, alt string) {
	p.shapes = append(p.shapes, shape{kind: photograph, box: b, jpeg: jpeg, text: alt})
}

// quiet is the blank around a QR code, in modules (ISO/IEC 18004, §9.1).
const quiet = 4

// Code draws a text as a QR code in a square box, its blank included: a camera reads it
// with 15 % of it hidden. A module should be half a millimetre wide at least.
func (p *Page) Code(b Box, text string) error {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return fmt.Errorf("draw a QR code: %w", err)
	}
	rows := make([][]bool, code.Size)
	for y := range rows {
		rows[y] = make([]bool, code.Size)
		for x := range rows[y] {
			rows[y][x] = code.Black(x, y)
		}
	}
	p.Rect(b, Style{Fill: &White})
	side := min(b.W, b.H)
	margin := side * quiet / float64(code.Size+2*quiet)
	p.shapes = append(p.shapes, shape{kind: squares, box: Box{b.X, b.Y, side, side}.Inset(margin), rows: rows, text: text})
	return nil
}

// runs calls do with each row of dark modules of a code that touch each other.
func (s shape) runs(do func(Box)) {
	each := s.box.W / float64(len(s.rows))
	for y, row := range s.rows {
		for x := 0; x < len(row); x++ {
			start := x
			for x < len(row) && row[x] {
				x++
			}
			if x > start {
				do(Box{s.box.X + float64(start)*each, s.box.Y + float64(y)*each, float64(x-start) * each, each})
			}
		}
	}
}

// Texts are what is written on the page, in the order in which it was.
func (p *Page) Texts() (list []string) {
	for _, s := range p.shapes {
		if s.kind == writing {
			list = append(list, s.text)
		}
	}
	return list
}

// Codes are what the QR codes of the page hold.
func (p *Page) Codes() (list []string) {
	for _, s := range p.shapes {
		if s.kind == squares {
			list = append(list, s.text)
		}
	}
	return list
}

// Tiles cuts a page into smaller ones of a size, to be put side by side: each goes on a
// little over its neighbours, and bears marks where to cut and the name of its place.
func (p *Page) Tiles(w, h, overlap float64) (list []*Page) {
	for row, y := 0, 0.0; row == 0 || y+overlap < p.H-0.1; row, y = row+1, y+h-overlap {
		for col, x := 0, 0.0; col == 0 || x+overlap < p.W-0.1; col, x = col+1, x+w-overlap {
			tile := NewPage(w, h)
			tile.Title = fmt.Sprintf("%s %c%d", p.Title, 'A'+row, col+1)
			for _, s := range p.shapes {
				if s.touches(Box{x, y, w, h}) {
					s.box.X, s.box.Y = s.box.X-x, s.box.Y-y
					tile.shapes = append(tile.shapes, s)
				}
			}
			tile.marks(overlap, fmt.Sprintf("%c%d", 'A'+row, col+1))
			list = append(list, tile)
		}
	}
	return list
}

// touches says whether a shape may be seen in a window.
func (s shape) touches(window Box) bool {
	b := s.box
	if s.kind == writing {
		size := s.words.Size * point
		b = Box{b.X, b.Y - size, Width(s.words, s.text), 1.5 * size}
	}
	left, right := min(b.X, b.X+b.W), max(b.X, b.X+b.W)
	top, bottom := min(b.Y, b.Y+b.H), max(b.Y, b.Y+b.H)
	return right >= window.X && left <= window.X+window.W && bottom >= window.Y && top <= window.Y+window.H
}

// marks draws where a tile is cut: half of what it shares with its neighbours.
func (p *Page) marks(overlap float64, name string) {
	line := Style{Line: &Rule, Width: 0.2, Dashed: true}
	half := overlap / 2
	for _, b := range []Box{{half, 0, 0, p.H}, {p.W - half, 0, 0, p.H}, {0, half, p.W, 0}, {0, p.H - half, p.W, 0}} {
		p.Line(b, line)
	}
	p.Text(half+2, half+5, Words{Size: 8, Colour: Soft}, name)
}

// Lowest is how far down the page something is drawn.
func (p *Page) Lowest() (y float64) {
	for _, s := range p.shapes {
		y = max(y, s.box.Y, s.box.Y+s.box.H)
	}
	return y
}
