package papers

import (
	"fmt"

	"transformateur/internal/platform/drawing"
)

// The widths of what is said of a person on a roll, in millimetres; what is left is shared
// by half days.
var said = []float64{58, 52, 34}

// widths are those of the columns of a roll.
func (r Roll) widths(all float64) (list []float64) {
	rest := all
	for i := range r.Columns {
		if i < len(said) {
			list = append(list, said[i])
			rest -= said[i]
		} else {
			list = append(list, 0)
		}
	}
	for i := len(said); i < len(list); i++ {
		list[i] = rest / float64(len(list)-len(said))
	}
	return list
}

// mostHalves is how many half days stand beside each other: a signature needs room.
const mostHalves = 4

// Rolls draws a roll on pages of A4 in landscape, its head on each; with more half days than
// fit, the others follow on pages of their own.
func Rolls(r Roll) (pages []*drawing.Page) {
	for from := len(said); from == len(said) || from < len(r.Columns); from += mostHalves {
		pages = append(pages, r.part(from, min(from+mostHalves, len(r.Columns))).pages()...)
	}
	for i, p := range pages {
		text := fmt.Sprintf(r.Page, i+1, len(pages))
		p.Text(p.W-margin-drawing.Width(soft(8), text), p.H-8, soft(8), text)
	}
	return pages
}

// part is the roll with some of its half days.
func (r Roll) part(from, to int) Roll {
	cut := func(row []string) []string {
		return append(append([]string{}, row[:min(len(said), len(row))]...), row[min(from, len(row)):min(to, len(row))]...)
	}
	out := r
	out.Columns, out.Rows, out.Figures = cut(r.Columns), nil, nil
	for _, row := range r.Rows {
		out.Rows = append(out.Rows, cut(row))
	}
	for _, row := range r.Figures {
		out.Figures = append(out.Figures, cut(row))
	}
	return out
}

func (r Roll) pages() (pages []*drawing.Page) {
	widths := r.widths(high - 2*margin)
	var p *drawing.Page
	y := 0.0
	turn := func(need float64) {
		if p != nil && y+need <= wide-margin {
			return
		}
		p = drawing.NewPage(high, wide)
		p.Title = r.Title
		pages = append(pages, p)
		y = r.top(p, 18)
		y = line{r.Columns, 9, true}.draw(p, y, widths)
	}
	turn(0)
	for _, row := range r.Rows {
		turn(r.Tall)
		y = line{row, r.Tall, false}.draw(p, y, widths)
	}
	for _, row := range r.Figures {
		turn(7)
		y = line{row, 7, true}.draw(p, y, widths)
	}
	return pages
}

// line is a row of cells.
type line struct {
	cells []string
	tall  float64
	heavy bool
}

// draw draws a row below y, and gives where it ends.
func (l line) draw(p *drawing.Page, y float64, widths []float64) float64 {
	x := margin
	for i, width := range widths {
		box := drawing.Box{X: x, Y: y, W: width, H: l.tall}
		style := drawing.Style{Line: &drawing.Rule, Width: 0.2}
		if l.heavy {
			style.Fill = &pale
		}
		p.Rect(box, style)
		w := ink(9.5)
		if l.heavy || i == 0 {
			w = bold(9.5)
		}
		if i < len(l.cells) && l.cells[i] != "" {
			lines := 2
			if l.tall < 8 {
				lines = 1
			}
			fit(p, drawing.Box{X: x + 1.5, Y: y + 0.8, W: width - 3}, w, l.cells[i], lines)
		}
		x += width
	}
	return y + l.tall
}
