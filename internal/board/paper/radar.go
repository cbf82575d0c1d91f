package paper

import (
	"math"

	"transformateur/internal/platform/drawing"
)

// Radar is what people gave to each card of a zone: a branch a card, a line a vote.
type Radar struct {
	Names  []string // of the branches, at least three
	Levels int      // how many may be given, each a ring
	Lines  []Line
}

// Line is what one vote gave, branch by branch.
type Line struct {
	Title string
	Given []Given
}

// Given is what a card was given, from 0 at the middle to 1 at the end of its branch: the
// mean, and the least and the most of those who voted. Nobody gave anything when Voted is
// false.
type Given struct {
	Voted           bool
	Mean, Low, High float64
}

// strokes tell the lines of a radar apart, without colours too.
var strokes = []drawing.Style{
	{Line: &drawing.Colour{0x1d, 0x59, 0x86}, Width: 0.9},
	{Line: &drawing.Colour{0x97, 0x2c, 0x42}, Width: 0.9, Dashed: true},
	{Line: &drawing.Colour{0x2f, 0x66, 0x1f}, Width: 0.4},
}

// web is where the branches of a radar lie.
type web struct {
	x, y, reach float64
	branches    int
}

func (w web) at(branch int, share float64) (x, y float64) {
	angle := 2*math.Pi*float64(branch%w.branches)/float64(w.branches) - math.Pi/2
	return w.x + math.Cos(angle)*w.reach*share, w.y + math.Sin(angle)*w.reach*share
}

func (w web) between(p *drawing.Page, from, to [2]float64, s drawing.Style) {
	x, y := w.at(int(from[0]), from[1])
	x2, y2 := w.at(int(to[0]), to[1])
	p.Line(drawing.Box{X: x, Y: y, W: x2 - x, H: y2 - y}, s)
}

// radar draws what was given above the cards.
func (s *sheet) radar(r Radar) {
	tall := 84.0
	if s.endless {
		tall = 120
	}
	w := web{x: s.w / 2, y: s.y + 8 + tall/2, reach: tall / 2, branches: len(r.Names)}
	grid := drawing.Style{Line: &drawing.Rule, Width: 0.2}
	for i, name := range r.Names {
		for ring := 1; ring <= r.Levels; ring++ {
			share := float64(ring) / float64(r.Levels)
			w.between(s.page, [2]float64{float64(i), share}, [2]float64{float64(i + 1), share}, grid)
		}
		w.between(s.page, [2]float64{float64(i), 0}, [2]float64{float64(i), 1}, grid)
		s.branch(w, i, name)
	}
	for n, line := range r.Lines {
		w.line(s.page, line, strokes[n%len(strokes)])
	}
	s.y = w.y + w.reach + 12
	s.key(r.Lines)
}

// branch writes the name of a branch at its end, beside it.
func (s *sheet) branch(w web, i int, name string) {
	x, y := w.at(i, 1.06)
	box := drawing.Box{X: x, Y: y - helpWords.Height()/2, W: s.w - margin - x}
	switch side := x - w.x; {
	case math.Abs(side) < 2:
		box = drawing.Box{X: margin, Y: y - 1, W: s.w - 2*margin}
		if y < w.y {
			box.Y = y - helpWords.Height()
		}
		name = drawing.Wrap(helpWords, name, box.W)[0]
		s.page.Text(w.x-drawing.Width(helpWords, name)/2, box.Y+helpWords.Height()*0.8, helpWords, name)
		return
	case side < 0:
		lines := drawing.Wrap(helpWords, name, x-margin)
		for n, text := range lines[:min(2, len(lines))] {
			s.page.Text(x-drawing.Width(helpWords, text), box.Y+helpWords.Height()*(float64(n)+0.8), helpWords, text)
		}
		return
	}
	s.page.Block(box, helpWords, name, 2)
}

// line draws what a vote gave, and how far people were from each other on each branch.
func (w web) line(p *drawing.Page, l Line, s drawing.Style) {
	apart := s
	apart.Width, apart.Dashed = 2*s.Width, false
	for i, g := range l.Given {
		if next := l.Given[(i+1)%len(l.Given)]; g.Voted && next.Voted {
			w.between(p, [2]float64{float64(i), g.Mean}, [2]float64{float64(i + 1), next.Mean}, s)
		}
		if !g.Voted {
			continue
		}
		if g.High > g.Low {
			w.between(p, [2]float64{float64(i), g.Low}, [2]float64{float64(i), g.High}, apart)
		}
		x, y := w.at(i, g.Mean)
		p.Disc(drawing.Box{X: x - 1, Y: y - 1, W: 2, H: 2}, drawing.Style{Fill: s.Line})
	}
}

// key says which line is which.
func (s *sheet) key(lines []Line) {
	x := margin
	for n, l := range lines {
		if width := 12 + drawing.Width(helpWords, l.Title); x > margin && x+width > s.w-margin {
			x, s.y = margin, s.y+helpWords.Height()
		}
		s.page.Line(drawing.Box{X: x, Y: s.y - 1, W: 9}, strokes[n%len(strokes)])
		s.page.Text(x+11, s.y, helpWords, l.Title)
		x += 18 + drawing.Width(helpWords, l.Title)
	}
	s.y += 6
}
