package paper

import (
	"fmt"
	"strconv"

	"transformateur/internal/board/kit"
	"transformateur/internal/platform/drawing"
)

// Measures of a page, in millimetres.
const (
	margin = 10.0
	gutter = 4.0
	foot   = 8.0
)

// Pages draws a board on pages of A4 in landscape: its zones side by side, as many as can
// be read, each with its cards in their order; a column that is too long goes on on the
// next page.
func Pages(b Board) []*drawing.Page {
	s := &sheet{board: b, w: 297, h: 210, most: 4}
	s.begin()
	s.bands()
	for i, p := range s.pages {
		p.Text(margin, s.h-margin+3, footWords, b.Title)
		said := fmt.Sprintf(b.Page, i+1, len(s.pages))
		p.Text(s.w-margin-drawing.Width(footWords, said), s.h-margin+3, footWords, said)
	}
	return s.pages
}

// Image draws a board on one page as tall as it takes, for a screen or a projector: as
// narrow as its cards let it be, so that few cards are read from afar.
func Image(b Board) *drawing.Page {
	for _, wide := range []float64{260, 320, 400} {
		s := &sheet{board: b, w: wide, most: 6, endless: true}
		s.begin()
		s.bands()
		page := s.pages[0]
		if tall := s.y + margin; wide == 400 || tall <= wide*9/16 {
			page.H = max(tall, wide*9/16)
			return page
		}
	}
	panic("unreachable: the widest page takes everything")
}

// sheet is the pages of a board being drawn.
type sheet struct {
	board   Board
	w, h    float64
	most    int  // columns side by side
	endless bool // one page, as tall as it takes
	pages   []*drawing.Page
	page    *drawing.Page
	y       float64 // down to which the page is full
}

// begin begins a page, with the name of the board on the first one.
func (s *sheet) begin() {
	s.page = drawing.NewPage(s.w, s.h)
	s.page.Title = s.board.Title
	s.pages = append(s.pages, s.page)
	s.y = margin
	if len(s.pages) > 1 {
		return
	}
	width := drawing.Box{X: margin, Y: s.y, W: s.w - 2*margin}
	width.Y = s.page.Block(width, headWords, s.board.Title, 2)
	if s.board.Over != "" {
		width.Y = s.page.Block(width, drawing.Words{Size: 12, Bold: true, Colour: drawing.Soft}, s.board.Over, 2)
	}
	s.y = s.page.Block(width, overWords, s.board.Where, 1) + 3
}

// bottom is where a page ends for cards.
func (s *sheet) bottom() float64 { return s.h - margin - foot }

// lane is a zone in a band: its columns, and what is left to draw.
type lane struct {
	zone    Zone
	tint    tint
	columns int
	left    []piece
	begun   bool
}

func (l lane) total() (h float64) {
	for _, p := range l.left {
		h += p.height() + between
	}
	return h
}

// bands draws the zones, some side by side, then the next ones below.
func (s *sheet) bands() {
	zones := s.board.Zones
	placed := s.board.Layout == kit.Matrix || s.board.Layout == kit.Free
	most := s.most
	if s.board.Layout == kit.Quadrants {
		most = 2
	}
	if len(s.board.Radar.Names) > 0 {
		s.radar(s.board.Radar)
	}
	if placed && len(zones) > 0 {
		s.surface(zones[0])
		s.band(zones[:1], true)
		zones = zones[1:]
	}
	for len(zones) > 0 {
		n := min(most, len(zones))
		if rest := len(zones) - n; rest > 0 && rest < n && !placed { // as even as can be
			n = (len(zones) + 1) / 2
		}
		s.band(zones[:n], false)
		zones = zones[n:]
	}
}

// band draws some zones side by side, on as many pages as it takes.
func (s *sheet) band(zones []Zone, numbered bool) {
	columns := s.most
	if !s.endless && len(zones) == 2 {
		columns = 4
	}
	width := (s.w - 2*margin - float64(columns-1)*gutter) / float64(columns)
	lanes := s.lanes(zones, columns, drawing.Box{W: width, H: s.h - 2*margin - foot - 30}, numbered)
	if s.endless {
		lanes = s.shared(lanes, columns)
	}
	if !s.endless && s.y > s.h*0.6 {
		s.begin()
	}
	for again := true; again; {
		again = s.strip(lanes, width)
		if again {
			s.begin()
		}
	}
	s.y += 5
}

// lanes cuts the cards of zones for columns of a width.
func (s *sheet) lanes(zones []Zone, columns int, column drawing.Box, numbered bool) (list []*lane) {
	if s.endless {
		column.H = 0
	}
	for i, z := range zones {
		l := &lane{zone: z, tint: tintOf(z.Colour), columns: columns / len(zones)}
		if i < columns%len(zones) {
			l.columns++
		}
		for n, c := range z.Cards {
			badge := ""
			if numbered {
				badge = strconv.Itoa(n + 1)
			}
			l.left = append(l.left, pieces(c, l.tint, badge, column)...)
		}
		list = append(list, l)
	}
	return list
}

// shared gives more columns to the zones that have more to show.
func (s *sheet) shared(lanes []*lane, columns int) []*lane {
	for _, l := range lanes {
		l.columns = 1
	}
	for n := len(lanes); n < columns; n++ {
		fullest := lanes[0]
		for _, l := range lanes {
			mine, most := l.total()/float64(l.columns), fullest.total()/float64(fullest.columns)
			if mine > most || mine == most && l.columns < fullest.columns {
				fullest = l
			}
		}
		fullest.columns++
	}
	return lanes
}

// strip draws what fits of a band on the page, and says whether something is left.
func (s *sheet) strip(lanes []*lane, width float64) (more bool) {
	top, low := s.y, s.y
	x := margin
	height := 0.0
	for _, l := range lanes {
		head := s.headHeight(l, width)
		highest := 0.0
		for _, p := range l.left {
			highest = max(highest, p.height())
		}
		height = max(height, head+l.total()/float64(l.columns)+highest+between)
	}
	bottom := top + height
	if !s.endless {
		bottom = min(bottom, s.bottom())
	}
	type ground struct {
		said    func(drawing.Box)
		x, wide float64
	}
	var grounds []ground
	for _, l := range lanes {
		wide := float64(l.columns)*width + float64(l.columns-1)*gutter
		grounds = append(grounds, ground{s.page.Ground(drawing.Style{Fill: &l.tint.ground, Round: 1.5}), x - 1.5, wide + 3})
		low = max(low, s.fill(l, drawing.Box{X: x, Y: top, W: width, H: bottom - top}))
		more = more || len(l.left) > 0
		x += wide + gutter
	}
	s.y = low + 1
	for _, g := range grounds {
		g.said(drawing.Box{X: g.x, Y: top, W: g.wide, H: s.y - top})
	}
	return more
}

func (s *sheet) headHeight(l *lane, width float64) float64 {
	wide := float64(l.columns)*width + float64(l.columns-1)*gutter - 2
	h := 4 + float64(len(drawing.Wrap(zoneWords, l.zone.Title, wide)))*zoneWords.Height()
	if !l.begun && l.zone.Help != "" {
		h += float64(len(drawing.Wrap(helpWords, l.zone.Help, wide))) * helpWords.Height()
	}
	return h + 2 + helpWords.Height()
}

// fill draws the head of a zone, and its cards column by column.
func (s *sheet) fill(l *lane, b drawing.Box) float64 {
	wide := float64(l.columns)*b.W + float64(l.columns-1)*gutter - 2
	title, count := l.zone.Title, l.zone.Count
	if l.begun {
		title, count = fmt.Sprintf(s.board.More, title), ""
	}
	words := zoneWords
	words.Colour = l.tint.ink
	y := s.page.Block(drawing.Box{X: b.X + 1, Y: b.Y + 2, W: wide}, words, title, 0)
	if count != "" {
		y = s.page.Block(drawing.Box{X: b.X + 1, Y: y, W: wide}, helpWords, count, 0)
	}
	if !l.begun && l.zone.Help != "" {
		y = s.page.Block(drawing.Box{X: b.X + 1, Y: y, W: wide}, helpWords, l.zone.Help, 0)
	}
	y += 2
	low := y
	for col := range l.columns {
		at := y
		for len(l.left) > 0 && (at+l.left[0].height() <= b.Y+b.H-1 || at == y && col == 0 && !s.roomier()) {
			at = l.left[0].draw(s.page, b.X+float64(col)*(b.W+gutter), at, b.W) + between
			l.left = l.left[1:]
		}
		low = max(low, at)
	}
	l.begun = true
	return low
}

// roomier says whether the next page would have more room than this one: a card that does
// not fit waits for it.
func (s *sheet) roomier() bool { return s.endless || s.y > margin+1 }

// surface draws a zone where each card has a place of its own, with the number under
// which it stands below.
func (s *sheet) surface(z Zone) {
	t := tintOf(z.Colour)
	tall := 105.0
	if s.endless {
		tall = 150
	}
	wide := min(s.w-2*margin-60, tall*1.9)
	b := drawing.Box{X: (s.w - wide) / 2, Y: s.y + 2, W: wide, H: tall}
	s.page.Rect(b, drawing.Style{Fill: &t.ground, Line: &t.ink, Width: 0.3})
	if len(s.board.Axes) == 2 {
		across, up := s.board.Axes[0], s.board.Axes[1]
		s.page.Line(drawing.Box{X: b.X, Y: b.Y + b.H/2, W: b.W}, drawing.Style{Line: &drawing.Rule, Width: 0.3})
		s.page.Line(drawing.Box{X: b.X + b.W/2, Y: b.Y, H: b.H}, drawing.Style{Line: &drawing.Rule, Width: 0.3})
		s.page.Text(b.X, b.Y+b.H+5, helpWords, across.Low)
		s.page.Text(b.X+b.W-drawing.Width(helpWords, across.High), b.Y+b.H+5, helpWords, across.High)
		side := (s.w-wide)/2 - margin - 2
		s.page.Block(drawing.Box{X: margin, Y: b.Y, W: side}, helpWords, up.High, 4)
		s.page.Block(drawing.Box{X: margin, Y: b.Y + b.H - 3*helpWords.Height(), W: side}, helpWords, up.Low, 3)
	}
	for i, c := range z.Cards {
		if c.X != nil && c.Y != nil {
			mark(s.page, b.X+4+*c.X*(b.W-8), b.Y+b.H-4-*c.Y*(b.H-8), strconv.Itoa(i+1), t)
		}
	}
	s.y = b.Y + b.H + 9
}
