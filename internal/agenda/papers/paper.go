package papers

import (
	"transformateur/internal/platform/drawing"
)

// Tint is how people work during something, told by a colour as on the screen.
type Tint string

// The tints.
const (
	Alone    Tint = "alone"
	Together Tint = "together"
	Rest     Tint = "rest"
)

var tints = map[Tint]drawing.Colour{
	Alone:    {0x97, 0x5a, 0x16},
	Together: {0x1d, 0x59, 0x86},
	Rest:     {0xb4, 0xad, 0xa0},
}

var pale = drawing.Colour{0xf6, 0xf3, 0xec}

// Line is one thing that happens, as it is said on paper.
type Line struct {
	Hours string // "09:30 – 10:00"
	Title string
	More  string // where, at which table, with whom
	Tint  Tint
}

// Day is a day, as it is said on paper.
type Day struct {
	Name  string
	Lines []Line
}

// Head is what stands at the top of a paper, and at its foot.
type Head struct {
	Title string
	Over  string // what it is a paper of, when and where
	Foot  string // of which version it is, as of when
}

// The sides and the margin of A4, in millimetres (ISO 216).
const (
	wide, high = 210.0, 297.0
	margin     = 15.0
)

func ink(size float64) drawing.Words  { return drawing.Words{Size: size, Colour: drawing.Ink} }
func soft(size float64) drawing.Words { return drawing.Words{Size: size, Colour: drawing.Soft} }
func bold(size float64) drawing.Words {
	return drawing.Words{Size: size, Bold: true, Colour: drawing.Ink}
}

// least is the smallest size of letters on paper, in points: smaller ones are cut.
const least = 6.5

// fit writes a text on some lines at most, in letters as large as that allows, below y. It
// gives where it ends.
func fit(p *drawing.Page, b drawing.Box, w drawing.Words, text string, most int) float64 {
	smallest := max(least, w.Size*0.45)
	for w.Size-0.5 >= smallest && !fits(w, text, b.W, most) {
		w.Size -= 0.5
	}
	return p.Block(b, w, text, most)
}

// fits says whether a text takes no more than some lines, without a word cut in two.
func fits(w drawing.Words, text string, width float64, most int) bool {
	for _, word := range words(text) {
		if drawing.Width(w, word) > width {
			return false
		}
	}
	return len(drawing.Wrap(w, text, width)) <= most
}

func words(text string) (list []string) {
	word := []rune{}
	for _, r := range text + " " {
		if r != ' ' && r != '\n' && r != '\t' {
			word = append(word, r)
			continue
		}
		if len(word) > 0 {
			list = append(list, string(word))
		}
		word = word[:0]
	}
	return list
}

// top draws the head of a paper, and gives where it ends.
func (h Head) top(p *drawing.Page, size float64) float64 {
	in := drawing.Box{X: margin, Y: margin - 3, W: p.W - 2*margin}
	y := p.Block(in, soft(10), h.Over, 2)
	y = fit(p, drawing.Box{X: in.X, Y: y, W: in.W}, bold(size), h.Title, 2)
	foot := soft(8)
	p.Text(margin, p.H-8, foot, h.Foot)
	return y + 4
}

// hours is how wide hours are written in a size of letters.
func hours(size float64) float64 { return drawing.Width(bold(size), "00:00 – 00:00") + 3 }

// height is how tall a line is in a width.
func (l Line) height(size, width float64) float64 {
	w := width - hours(size) - 5
	h := float64(len(drawing.Wrap(bold(size), l.Title, w))) * bold(size).Height()
	if l.More != "" {
		h += float64(len(drawing.Wrap(soft(size*0.85), l.More, w))) * soft(size*0.85).Height()
	}
	return max(h, bold(size).Height()) + size*0.28
}

// draw draws a line below y: hours, a band of colour, what happens.
func (l Line) draw(p *drawing.Page, x, y, size, width float64) float64 {
	tall, left := l.height(size, width), hours(size)
	colour := tints[l.Tint]
	p.Text(x, y+size*0.36, bold(size), l.Hours)
	p.Rect(drawing.Box{X: x + left, Y: y + 0.3, W: 1.2, H: tall - size*0.14}, drawing.Style{Fill: &colour})
	title := bold(size)
	if l.Tint == Rest {
		title = soft(size)
	}
	in := drawing.Box{X: x + left + 4, Y: y, W: width - left - 5}
	in.Y = p.Block(in, title, l.Title, 0)
	if l.More != "" {
		p.Block(in, soft(size*0.85), l.More, 0)
	}
	return y + tall
}

// tall is how tall a day is in a width.
func (d Day) tall(size, width float64) (h float64) {
	for _, l := range d.Lines {
		h += l.height(size, width)
	}
	return h
}

// largest is the size of letters in which days fit a column, in points.
func largest(days []Day, width, room, from, to float64) float64 {
	for size := from; size > to; size -= 0.5 {
		if !over(days, size, width, room) {
			return size
		}
	}
	return to
}

func over(days []Day, size, width, room float64) bool {
	for _, d := range days {
		if d.tall(size, width) > room {
			return true
		}
	}
	return false
}

// Sheet is one person's days: two days on a page.
func Sheet(h Head, days []Day) (pages []*drawing.Page) {
	const gap, name = 8.0, 8.0
	for len(days) > 0 {
		some := days[:min(2, len(days))]
		days = days[len(some):]
		p := drawing.NewPage(wide, high)
		p.Title = h.Title
		y := h.top(p, 24)
		each := (wide - 2*margin - gap) / 2
		if len(some) == 1 {
			each = wide - 2*margin
		}
		size := largest(some, each, high-margin-y-name-4, 12, least)
		for i, d := range some {
			x, at := margin+float64(i)*(each+gap), y
			p.Text(x, at+4.5, bold(13), d.Name)
			p.Line(drawing.Box{X: x, Y: at + 6.5, W: each}, drawing.Style{Line: &drawing.Rule, Width: 0.3})
			at += name + 1
			for _, l := range d.Lines {
				if at+l.height(size, each) > high-11 {
					p.Text(x, at+3, soft(size), "…")
					break
				}
				at = l.draw(p, x, at, size, each)
			}
		}
		pages = append(pages, p)
	}
	return pages
}

// Programme is the days of everybody, on as many pages as it takes.
func Programme(h Head, days []Day) (pages []*drawing.Page) {
	const size = 10.5
	p := drawing.NewPage(wide, high)
	p.Title = h.Title
	pages, y := append(pages, p), h.top(p, 24)
	turn := func(need float64) {
		if y+need > high-margin-4 {
			p = drawing.NewPage(wide, high)
			p.Title = h.Title
			p.Text(margin, p.H-8, soft(8), h.Foot)
			pages, y = append(pages, p), margin
		}
	}
	for _, d := range days {
		turn(24)
		p.Text(margin, y+5, bold(14), d.Name)
		y += 9
		for _, l := range d.Lines {
			turn(l.height(size, wide-2*margin))
			y = l.draw(p, margin, y, size, wide-2*margin)
		}
		y += 5
	}
	return pages
}

// Poster is the door of a room on one day, to be read from some way off.
func Poster(h Head, room string, d Day) *drawing.Page {
	p := drawing.NewPage(wide, high)
	p.Title = room
	in := drawing.Box{X: margin, Y: margin, W: wide - 2*margin}
	ground := tints[Together]
	y := margin + 4.0
	band := p.Ground(drawing.Style{Fill: &ground})
	white := drawing.Words{Size: 58, Bold: true, Colour: drawing.White}
	y = fit(p, drawing.Box{X: in.X, Y: y, W: in.W}, white, room, 2)
	y = fit(p, drawing.Box{X: in.X, Y: y + 1, W: in.W}, drawing.Words{Size: 22, Colour: drawing.White}, d.Name, 1) + 5
	band(drawing.Box{W: wide, H: y})
	y += 8
	size := largest([]Day{d}, in.W, high-margin-4-y, 26, least)
	for _, l := range d.Lines {
		if y+l.height(size, in.W) > high-11 {
			p.Text(in.X, y+3, soft(size), "…")
			break
		}
		y = l.draw(p, in.X, y, size, in.W) + 1
	}
	p.Text(margin, p.H-8, soft(8), h.Over)
	foot := h.Foot
	p.Text(wide-margin-drawing.Width(soft(8), foot), p.H-8, soft(8), foot)
	return p
}
