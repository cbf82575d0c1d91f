package drawing

import (
	"bufio"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// WriteSVG writes the page as an SVG (W3C SVG 1.1) that holds all it shows and asks for
// nothing. Its words are text; the font, if the reader does not have it, is another one.
func (p *Page) WriteSVG(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%[1]smm" height="%[2]smm" viewBox="0 0 %[1]s %[2]s" font-family="'Atkinson Hyperlegible', Verdana, sans-serif">`+"\n<title>%[3]s</title>\n", num(p.W), num(p.H), escaped(p.Title))
	for _, s := range p.shapes {
		drawSVG(out, s)
	}
	out.WriteString("</svg>\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write an SVG: %w", err)
	}
	return nil
}

func drawSVG(out *bufio.Writer, s shape) {
	b := s.box
	switch s.kind {
	case rectangle:
		fmt.Fprintf(out, `<rect x="%s" y="%s" width="%s" height="%s" rx="%s"%s/>`+"\n", num(b.X), num(b.Y), num(b.W), num(b.H), num(s.style.Round), styleSVG(s.style))
	case disc:
		fmt.Fprintf(out, `<circle cx="%s" cy="%s" r="%s"%s/>`+"\n", num(b.X+b.W/2), num(b.Y+b.H/2), num(b.W/2), styleSVG(s.style))
	case segment:
		fmt.Fprintf(out, `<line x1="%s" y1="%s" x2="%s" y2="%s"%s/>`+"\n", num(b.X), num(b.Y), num(b.X+b.W), num(b.Y+b.H), styleSVG(s.style))
	case writing:
		weight := ""
		if s.words.Bold {
			weight = ` font-weight="700"`
		}
		fmt.Fprintf(out, `<text x="%s" y="%s" font-size="%s"%s fill="%s">%s</text>`+"\n", num(b.X), num(b.Y), num(s.words.Size*point), weight, s.words.Colour, escaped(s.text))
	case photograph:
		fmt.Fprintf(out, `<image x="%s" y="%s" width="%s" height="%s" xlink:href="data:image/jpeg;base64,%s"><title>%s</title></image>`+"\n", num(b.X), num(b.Y), num(b.W), num(b.H), base64.StdEncoding.EncodeToString(s.jpeg), escaped(s.text))
	case squares:
		var path strings.Builder
		s.runs(func(one Box) {
			fmt.Fprintf(&path, "M%s %sh%sv%sh-%sz", num(one.X), num(one.Y), num(one.W), num(one.H), num(one.W))
		})
		fmt.Fprintf(out, `<path fill="#000" shape-rendering="crispEdges" d="%s"><title>%s</title></path>`+"\n", path.String(), escaped(s.text))
	}
}

func styleSVG(s Style) string {
	out := ` fill="none"`
	if s.Fill != nil {
		out = ` fill="` + s.Fill.String() + `"`
	}
	if s.Line != nil {
		out += ` stroke="` + s.Line.String() + `" stroke-width="` + num(s.Width) + `"`
	}
	if s.Dashed {
		out += ` stroke-dasharray="1.5 1.5"`
	}
	return out
}

// String is the colour as the web writes it.
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// num writes a length, to a hundredth of a millimetre, or a tenth of that.
func num(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

func escaped(text string) string {
	var out strings.Builder
	if err := xml.EscapeText(&out, []byte(text)); err != nil {
		return "" // a builder takes everything
	}
	return out.String()
}
