package papers

import (
	"transformateur/internal/platform/drawing"
)

// Badge is who somebody is, to wear.
type Badge struct {
	Name         string
	Organisation string
	Role         string
	Project      string
	Gathering    string
	Address      string // of the QR code
	Code         string // the same for who types
}

// The sides of a badge, in millimetres: eight on a page of A4 (ISO 216: A7).
const (
	badgeWide = wide / 2
	badgeHigh = high / 4
	codeSide  = 29.0
)

// Badges draws badges, eight a page of A4, with lines to cut along.
func Badges(title string, list []Badge) (pages []*drawing.Page, err error) {
	for i, one := range list {
		if i%8 == 0 {
			p := drawing.NewPage(wide, high)
			p.Title = title
			cuts := drawing.Style{Line: &drawing.Rule, Width: 0.2, Dashed: true}
			p.Line(drawing.Box{X: badgeWide, H: high}, cuts)
			for row := 1; row < 4; row++ {
				p.Line(drawing.Box{Y: float64(row) * badgeHigh, W: wide}, cuts)
			}
			pages = append(pages, p)
		}
		at := drawing.Box{X: float64(i%2) * badgeWide, Y: float64(i%8/2) * badgeHigh, W: badgeWide, H: badgeHigh}
		if err := one.draw(pages[len(pages)-1], at); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

func (c Badge) draw(p *drawing.Page, b drawing.Box) error {
	in := b.Inset(7)
	colour := tints[Together]
	p.Rect(drawing.Box{X: in.X, Y: in.Y, W: in.W, H: 6}, drawing.Style{Fill: &colour, Round: 1})
	fit(p, drawing.Box{X: in.X + 2, Y: in.Y + 0.9, W: in.W - 4}, drawing.Words{Size: 9, Bold: true, Colour: drawing.White}, c.Gathering, 1)
	y := fit(p, drawing.Box{X: in.X, Y: in.Y + 8, W: in.W}, bold(24), c.Name, 2)
	code := drawing.Box{X: in.X + in.W - codeSide, Y: in.Y + in.H - codeSide - 2, W: codeSide, H: codeSide}
	left := drawing.Box{X: in.X, W: in.W - codeSide - 3}
	if y > code.Y {
		y = code.Y
	}
	left.Y = y + 0.5
	if c.Organisation != "" {
		left.Y = fit(p, left, ink(11), c.Organisation, 2) + 0.5
	}
	if c.Role != "" {
		left.Y = fit(p, left, drawing.Words{Size: 11, Bold: true, Colour: colour}, c.Role, 1) + 0.5
	}
	if c.Project != "" {
		fit(p, left, soft(9.5), c.Project, 2)
	}
	if c.Address == "" {
		return nil
	}
	if err := p.Code(code, c.Address); err != nil {
		return err
	}
	p.Centre(drawing.Box{X: code.X, Y: in.Y + in.H + 0.5, W: codeSide}, bold(8), c.Code)
	return nil
}

// Card stands on a table for one round.
type Card struct {
	Table  string // "Table 3"
	Title  string // what takes place
	When   string // the round, the day and the hours
	Room   string
	About  string // the project that it is about
	People []Sitter
}

// Sitter is somebody at a table.
type Sitter struct{ Name, More string }

// Cards draws table cards, two a page of A4, to fold or to cut.
func Cards(title string, list []Card) (pages []*drawing.Page) {
	const half = high / 2
	for i, c := range list {
		if i%2 == 0 {
			p := drawing.NewPage(wide, high)
			p.Title = title
			p.Line(drawing.Box{Y: half, W: wide}, drawing.Style{Line: &drawing.Rule, Width: 0.2, Dashed: true})
			pages = append(pages, p)
		}
		c.draw(pages[len(pages)-1], drawing.Box{Y: float64(i%2) * half, W: wide, H: half}.Inset(12))
	}
	return pages
}

func (c Card) draw(p *drawing.Page, b drawing.Box) {
	colour := tints[Together]
	name := drawing.Words{Size: 44, Bold: true, Colour: colour}
	left := 62.0
	y := fit(p, drawing.Box{X: b.X, Y: b.Y, W: left}, name, c.Table, 1)
	fit(p, drawing.Box{X: b.X, Y: y + 1, W: left}, ink(12), c.Room, 2)
	right := drawing.Box{X: b.X + left + 6, Y: b.Y, W: b.W - left - 6}
	right.Y = fit(p, right, bold(14), c.Title, 2)
	right.Y = fit(p, right, soft(11), c.When, 2) + 2
	if c.About != "" {
		right.Y = fit(p, right, bold(18), c.About, 3) + 2
	}
	top := max(right.Y, y+14) + 2
	p.Line(drawing.Box{X: b.X, Y: top, W: b.W}, drawing.Style{Line: &drawing.Rule, Width: 0.3})
	c.sitters(p, drawing.Box{X: b.X, Y: top + 3, W: b.W, H: b.Y + b.H - top - 3})
}

// sitters writes who sits there, in one column or two, as large as they fit.
func (c Card) sitters(p *drawing.Page, b drawing.Box) {
	if len(c.People) == 0 {
		return
	}
	columns := 1
	if len(c.People) > 5 {
		columns = 2
	}
	rows := (len(c.People) + columns - 1) / columns
	each := min(13, b.H/float64(rows))
	width := b.W/float64(columns) - 4
	size := min(15, each/0.9)
	for i, one := range c.People {
		if each < 3.5 && i == len(c.People)-1 {
			break
		}
		at := drawing.Box{X: b.X + float64(i/rows)*(width+4), Y: b.Y + float64(i%rows)*each, W: width}
		at.Y = fit(p, at, bold(size), one.Name, 1)
		if one.More != "" && each > 8 {
			fit(p, at, soft(size*0.7), one.More, 1)
		}
	}
}

// Roll is a list of people to sign, or of when they came.
type Roll struct {
	Head
	Columns []string // name, organisation, role, then half days
	Rows    [][]string
	Figures [][]string // the last lines, in bold
	Page    string     // "Page %s sur %s"
	Tall    float64    // of a row, in millimetres
}
