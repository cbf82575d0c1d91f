package paper

import (
	"transformateur/internal/platform/drawing"
)

// Measures of a card in a column, in millimetres.
const (
	inside   = 3.0  // between the edge of a card and its words
	between  = 2.5  // from one card to the next
	tallest  = 46.0 // of a photograph
	edge     = 1.2  // the band of colour at the left of a card
	spacing  = 0.8  // between two parts of a card
	continua = "…"
)

// row is one line of a card, or its photograph.
type row struct {
	words drawing.Words
	text  string
	photo bool
	box   drawing.Box // of a photograph: its sides
	after float64     // blank below
}

func (r row) height() float64 {
	if r.photo {
		return r.box.H + r.after
	}
	return r.words.Height() + r.after
}

// piece is a card, or what of it goes on in another column.
type piece struct {
	card  Card
	tint  tint
	badge string // its number on a surface
	rows  []row
}

func (p piece) height() (h float64) {
	for _, r := range p.rows {
		h += r.height()
	}
	return h + 2*inside
}

// rowsOf lays a card out in a width.
func rowsOf(c Card, t tint, width float64) (rows []row) {
	add := func(w drawing.Words, text string) {
		if text == "" {
			return
		}
		for _, line := range drawing.Wrap(w, text, width) {
			rows = append(rows, row{words: w, text: line})
		}
		if len(rows) > 0 {
			rows[len(rows)-1].after = spacing
		}
	}
	if c.Hidden != "" {
		add(helpWords, c.Hidden)
		return rows
	}
	asked := promptWords
	asked.Colour = t.ink
	add(asked, c.Prompt)
	add(faceWords, c.Face)
	if len(c.Photo) > 0 && c.Wide > 0 && c.High > 0 {
		b := drawing.Box{W: width, H: width * float64(c.High) / float64(c.Wide)}
		if b.H > tallest {
			b.W, b.H = b.W*tallest/b.H, tallest
		}
		rows = append(rows, row{photo: true, box: b, after: 2 * spacing})
	}
	for _, m := range c.More {
		add(termWords, m.Term)
		add(moreWords, m.Text)
	}
	for _, v := range c.Votes {
		add(voteWords, v)
	}
	add(byWords, c.By)
	if len(rows) == 0 {
		add(helpWords, continua)
	}
	return rows
}

// pieces cuts a card so that no piece is taller than a column.
func pieces(c Card, t tint, badge string, column drawing.Box) (list []piece) {
	rows := rowsOf(c, t, column.W-2*inside-edge)
	p := piece{card: c, tint: t, badge: badge}
	for _, r := range rows {
		if len(p.rows) > 0 && p.height()+r.height() > column.H && column.H > 0 {
			list = append(list, p)
			p = piece{card: c, tint: t, badge: badge}
		}
		p.rows = append(p.rows, r)
	}
	return append(list, p)
}

// draw draws a piece of a card below y, and gives where it ends.
func (p piece) draw(page *drawing.Page, x, y, width float64) float64 {
	h := p.height()
	page.Rect(drawing.Box{X: x, Y: y, W: width, H: h}, drawing.Style{Fill: &drawing.White, Line: &drawing.Rule, Width: 0.2, Round: 1.2})
	page.Rect(drawing.Box{X: x, Y: y + 1, W: edge, H: h - 2}, drawing.Style{Fill: &p.tint.ink})
	at := y + inside
	for _, r := range p.rows {
		if r.photo {
			page.Photo(drawing.Box{X: x + edge + inside, Y: at, W: r.box.W, H: r.box.H}, p.card.Photo, p.card.Alt)
		} else {
			page.Text(x+edge+inside, at+r.words.Size*0.36, r.words, r.text)
		}
		at += r.height()
	}
	if p.badge != "" {
		mark(page, x+width-3.5, y+3.5, p.badge, p.tint)
	}
	return y + h
}

// mark is a number in a disc, on a card and at its place on a surface.
func mark(page *drawing.Page, x, y float64, text string, t tint) {
	const r = 2.6
	page.Disc(drawing.Box{X: x - r, Y: y - r, W: 2 * r, H: 2 * r}, drawing.Style{Fill: &t.ink})
	page.Centre(drawing.Box{X: x - r, Y: y + 1, W: 2 * r}, drawing.Words{Size: 7.5, Bold: true, Colour: drawing.White}, text)
}
