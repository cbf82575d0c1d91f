package paper

import (
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/drawing"
)

// Slip is a card to cut out: what it asks, lines to write on, and where its code leads.
type Slip struct {
	Kit     string // what it is a card of
	Type    string
	Colour  string
	Prompt  string
	Text    string
	Fields  []string // what is to be written, in order
	Address string   // of the QR code
	Code    string   // the same for who types
	Typed   string   // "à saisir sur …"
}

// The sides of a slip: eight on a page of A4 (ISO 216: A7).
const (
	slipWidth  = 105.0
	slipHeight = 74.25
)

// Slips draws cards, eight a page of A4, with lines to cut along.
func Slips(title string, list []Slip) (pages []*drawing.Page, err error) {
	for i, slip := range list {
		if i%8 == 0 {
			p := drawing.NewPage(210, 297)
			p.Title = title
			cuts := drawing.Style{Line: &drawing.Rule, Width: 0.2, Dashed: true}
			p.Line(drawing.Box{X: slipWidth, H: 297}, cuts)
			for row := 1; row < 4; row++ {
				p.Line(drawing.Box{Y: float64(row) * slipHeight, W: 210}, cuts)
			}
			pages = append(pages, p)
		}
		at := drawing.Box{X: float64(i%2) * slipWidth, Y: float64(i%8/2) * slipHeight, W: slipWidth, H: slipHeight}
		if err := slip.draw(pages[len(pages)-1], at); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// codeSide is the side of the QR code of a card, in millimetres: a module of an address
// of 60 characters is then wider than half a millimetre.
const codeSide = 24.0

func (s Slip) draw(p *drawing.Page, b drawing.Box) error {
	t := tintOf(s.Colour)
	in := b.Inset(7)
	p.Rect(drawing.Box{X: in.X, Y: in.Y, W: in.W, H: 6.5}, drawing.Style{Fill: &t.ground, Round: 1})
	p.Text(in.X+2, in.Y+4.5, drawing.Words{Size: 8.5, Bold: true, Colour: t.ink}, s.Type)
	kitWords := drawing.Words{Size: 7.5, Colour: drawing.Soft}
	name := s.Kit
	if w := in.W - 8 - drawing.Width(drawing.Words{Size: 8.5, Bold: true}, s.Type); drawing.Width(kitWords, name) > w {
		name = ""
	}
	p.Text(in.X+in.W-2-drawing.Width(kitWords, name), in.Y+4.5, kitWords, name)
	y := in.Y + 8.5
	if s.Prompt != "" {
		y = p.Block(drawing.Box{X: in.X, Y: y, W: in.W}, drawing.Words{Size: 11, Bold: true, Colour: drawing.Ink}, s.Prompt, 3)
	}
	if s.Text != "" {
		y = p.Block(drawing.Box{X: in.X, Y: y + 0.5, W: in.W}, drawing.Words{Size: 8, Colour: drawing.Soft}, s.Text, 3)
	}
	code := drawing.Box{X: in.X + in.W - codeSide, Y: in.Y + in.H - codeSide - 2.5, W: codeSide, H: codeSide}
	if err := p.Code(code, s.Address); err != nil {
		return err
	}
	p.Centre(drawing.Box{X: code.X, Y: in.Y + in.H, W: codeSide}, drawing.Words{Size: 8, Bold: true, Colour: drawing.Ink}, s.Code)
	p.Text(in.X, in.Y+in.H, drawing.Words{Size: 6.5, Colour: drawing.Soft}, s.Typed)
	s.lines(p, drawing.Box{X: in.X, Y: y + 2, W: in.W, H: in.Y + in.H - y - 5}, code)
	return nil
}

// lines are what is written on, each field after its name, beside the code at the end.
func (s Slip) lines(p *drawing.Page, b, code drawing.Box) {
	const step = 7.5
	label := drawing.Words{Size: 7, Colour: drawing.Soft}
	n := 0
	for y := b.Y + step - 2; y <= b.Y+b.H; y += step {
		width := b.W
		if y > code.Y-1 {
			width = code.X - b.X - 3
		}
		if n < len(s.Fields) {
			p.Text(b.X, y-step+3.2, label, s.Fields[n])
		}
		p.Line(drawing.Box{X: b.X, Y: y, W: width}, drawing.Style{Line: &drawing.Rule, Width: 0.2})
		n++
	}
}

// Place is a zone on paper: what it is, and where its code leads.
type Place struct {
	Title   string
	Help    string
	Colour  string
	Address string
	Code    string
}

// Poster is one zone on a whole sheet, with room to put cards on.
func Poster(w, h float64, z Place, below string) (*drawing.Page, error) {
	p := drawing.NewPage(w, h)
	p.Title = z.Title
	return p, z.draw(p, drawing.Box{W: w, H: h}.Inset(10), w/297*1.4, below)
}

// draw draws a zone in a box; letters grow with k.
func (z Place) draw(p *drawing.Page, b drawing.Box, k float64, below string) error {
	t := tintOf(z.Colour)
	side := max(22, min(34*k, b.W/3, b.H/3))
	p.Rect(b, drawing.Style{Fill: &drawing.White, Line: &t.ink, Width: 0.4, Round: 2})
	title := drawing.Words{Size: max(11, min(26*k, 48)), Bold: true, Colour: t.ink}
	help := drawing.Words{Size: max(8, min(11*k, 18)), Colour: drawing.Soft}
	in := b.Inset(4)
	for title.Size > 11 && len(drawing.Wrap(title, z.Title, in.W)) > 2 {
		title.Size--
	}
	high := float64(len(drawing.Wrap(title, z.Title, in.W)))*title.Height() + 6
	if z.Help != "" {
		high += float64(min(3, len(drawing.Wrap(help, z.Help, in.W)))) * help.Height()
	}
	p.Rect(drawing.Box{X: b.X, Y: b.Y, W: b.W, H: high}, drawing.Style{Fill: &t.ground, Round: 2})
	y := p.Block(drawing.Box{X: in.X, Y: b.Y + 2, W: in.W}, title, z.Title, 2)
	if z.Help != "" {
		p.Block(drawing.Box{X: in.X, Y: y, W: in.W}, help, z.Help, 3)
	}
	if z.Address == "" {
		return nil
	}
	code := drawing.Box{X: b.X + b.W - side - 3, Y: b.Y + b.H - side - 7, W: side, H: side}
	if err := p.Code(code, z.Address); err != nil {
		return err
	}
	p.Centre(drawing.Box{X: code.X, Y: b.Y + b.H - 3, W: side}, drawing.Words{Size: 9, Bold: true, Colour: drawing.Ink}, z.Code)
	p.Text(b.X+4, b.Y+b.H-3, drawing.Words{Size: 7.5, Colour: drawing.Soft}, below)
	return nil
}

// Whole is a kit on one sheet.
type Whole struct {
	Title  string
	Layout kit.Layout
	Axes   []Axis
	Zones  []Place
	Below  string
}

// Wall draws a whole kit on one sheet, its zones as they lie on the screen.
func Wall(w, h float64, b Whole) (*drawing.Page, error) {
	p := drawing.NewPage(w, h)
	p.Title = b.Title
	k := w / 420
	head := drawing.Words{Size: min(60, 24*k), Bold: true, Colour: drawing.Ink}
	p.Block(drawing.Box{X: 12, Y: 9, W: w - 24}, head, b.Title, 1)
	all := drawing.Box{X: 12, Y: 14 + head.Height(), W: w - 24}
	all.H = h - all.Y - 12
	for i, box := range b.boxes(all) {
		if err := b.Zones[i].draw(p, box, k*0.75, b.Below); err != nil {
			return nil, err
		}
	}
	if (b.Layout == kit.Matrix || b.Layout == kit.Free) && len(b.Axes) == 2 {
		b.axes(p, b.boxes(all)[0], k)
	}
	return p, nil
}

// boxes are where the zones lie.
func (b Whole) boxes(all drawing.Box) (list []drawing.Box) {
	const gap = 5.0
	row := func(in drawing.Box, n int) {
		each := (in.W - float64(n-1)*gap) / float64(n)
		for i := range n {
			list = append(list, drawing.Box{X: in.X + float64(i)*(each+gap), Y: in.Y, W: each, H: in.H})
		}
	}
	n := len(b.Zones)
	switch {
	case (b.Layout == kit.Matrix || b.Layout == kit.Free) && n > 1:
		main := all.W * 0.68
		list = append(list, drawing.Box{X: all.X, Y: all.Y, W: main - gap, H: all.H})
		each := (all.H - float64(n-2)*gap) / float64(n-1)
		for i := range n - 1 {
			list = append(list, drawing.Box{X: all.X + main, Y: all.Y + float64(i)*(each+gap), W: all.W - main, H: each})
		}
	case b.Layout == kit.Quadrants || n > 6:
		rows := 2
		first := (n + 1) / rows
		high := (all.H - gap) / 2
		row(drawing.Box{X: all.X, Y: all.Y, W: all.W, H: high}, first)
		row(drawing.Box{X: all.X, Y: all.Y + high + gap, W: all.W, H: high}, n-first)
	default:
		row(all, n)
	}
	return list
}

// axes draws the two directions of a matrix over its zone.
func (b Whole) axes(p *drawing.Page, box drawing.Box, k float64) {
	line := drawing.Style{Line: &drawing.Rule, Width: 0.5}
	words := drawing.Words{Size: max(8, 11*k), Colour: drawing.Soft}
	in := drawing.Box{X: box.X + 8, Y: box.Y + 34*k, W: box.W - 16, H: box.H - 34*k - 12}
	p.Line(drawing.Box{X: in.X, Y: in.Y + in.H/2, W: in.W}, line)
	p.Line(drawing.Box{X: in.X + in.W/2, Y: in.Y, H: in.H}, line)
	across, up := b.Axes[0], b.Axes[1]
	p.Text(in.X, in.Y+in.H/2-2, words, across.Low)
	p.Text(in.X+in.W-drawing.Width(words, across.High), in.Y+in.H/2-2, words, across.High)
	p.Text(in.X+in.W/2+2, in.Y+words.Size*0.4, words, up.High)
	p.Text(in.X+in.W/2+2, in.Y+in.H-1, words, up.Low)
}
