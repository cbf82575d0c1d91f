package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"math"

	scale "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// MaxPixels bounds a picture of a page: a longer one is drawn smaller.
const MaxPixels = 32_000_000

// WritePNG writes the page as a picture of a width in pixels, or of a smaller one when
// that would make more than MaxPixels.
func (p *Page) WritePNG(w io.Writer, width int) error {
	k := float64(width) / p.W
	if pixels := p.W * p.H * k * k; pixels > MaxPixels {
		k *= math.Sqrt(MaxPixels / pixels)
	}
	c := &canvas{image.NewRGBA(image.Rect(0, 0, int(p.W*k), int(p.H*k))), k, map[Words]font.Face{}}
	draw.Draw(c.to, c.to.Rect, image.White, image.Point{}, draw.Src)
	for _, s := range p.shapes {
		if err := c.draw(s); err != nil {
			return err
		}
	}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, c.to); err != nil {
		return fmt.Errorf("write a PNG: %w", err)
	}
	return nil
}

// canvas is a picture on which shapes are drawn, k pixels a millimetre.
type canvas struct {
	to    *image.RGBA
	k     float64
	faces map[Words]font.Face
}

func (c *canvas) draw(s shape) error {
	switch s.kind {
	case rectangle, disc:
		if s.kind == disc {
			s.style.Round = s.box.W / 2
		}
		if s.style.Fill != nil {
			c.fill(s.box, s.style.Round, *s.style.Fill)
		}
		if s.style.Line != nil {
			c.outline(s.box, s.style)
		}
	case segment:
		c.line(s.box, s.style)
	case writing:
		return c.write(s)
	case photograph:
		m, err := jpeg.Decode(bytes.NewReader(s.jpeg))
		if err != nil {
			return fmt.Errorf("draw a photograph: %w", err)
		}
		scale.ApproxBiLinear.Scale(c.to, c.pixels(s.box), m, m.Bounds(), draw.Src, nil)
	case squares:
		s.runs(func(one Box) { draw.Draw(c.to, c.pixels(one), image.Black, image.Point{}, draw.Src) })
	}
	return nil
}

func (c *canvas) pixels(b Box) image.Rectangle {
	at := func(v float64) int { return int(math.Round(v * c.k)) }
	return image.Rect(at(b.X), at(b.Y), at(b.X+b.W), at(b.Y+b.H))
}

// path is what surrounds a box with round corners, in pixels of the box's own.
type path struct {
	*vector.Rasterizer
	x, y float32 // the corner of what is drawn
}

// arc is how far the handles of a cubic curve stand for a quarter of a circle.
const arc = 0.5523

func (c *canvas) fill(b Box, round float64, with Colour) {
	c.paint(b, with, func(p path) { c.around(p, b, round, false) })
}

// outline fills what lies between a box and a smaller one inside it.
func (c *canvas) outline(b Box, s Style) {
	half := max(s.Width, 1/c.k) / 2
	outer := b.Inset(-half)
	if s.Dashed {
		for _, side := range []Box{{b.X, b.Y, b.W, 0}, {b.X, b.Y + b.H, b.W, 0}, {b.X, b.Y, 0, b.H}, {b.X + b.W, b.Y, 0, b.H}} {
			c.line(side, s)
		}
		return
	}
	c.paint(outer, *s.Line, func(p path) {
		c.around(p, outer, s.Round+half, false)
		c.around(p, b.Inset(half), max(0, s.Round-half), true)
	})
}

// paint has a shape traced in a box and filled.
func (c *canvas) paint(b Box, with Colour, trace func(path)) {
	x, y := math.Floor(b.X*c.k), math.Floor(b.Y*c.k)
	wide, high := int(math.Ceil((b.X+b.W)*c.k)-x), int(math.Ceil((b.Y+b.H)*c.k)-y)
	if wide <= 0 || high <= 0 || wide > c.to.Rect.Dx()+2 || high > c.to.Rect.Dy()+2 {
		return
	}
	p := path{vector.NewRasterizer(wide, high), float32(x), float32(y)}
	trace(p)
	p.Draw(c.to, image.Rect(int(x), int(y), int(x)+wide, int(y)+high), image.NewUniform(color.RGBA{with[0], with[1], with[2], 0xff}), image.Point{})
}

// around traces the outline of a box, the other way round for a hole.
func (c *canvas) around(p path, b Box, round float64, hole bool) {
	at := func(x, y float64) (float32, float32) { return float32(x*c.k) - p.x, float32(y*c.k) - p.y }
	r := max(0, min(round, b.W/2, b.H/2))
	h := r * (1 - arc)
	x0, y0, x1, y1 := b.X, b.Y, b.X+b.W, b.Y+b.H
	type corner struct{ fromX, fromY, aX, aY, bX, bY, toX, toY float64 }
	corners := []corner{
		{x1 - r, y0, x1 - h, y0, x1, y0 + h, x1, y0 + r},
		{x1, y1 - r, x1, y1 - h, x1 - h, y1, x1 - r, y1},
		{x0 + r, y1, x0 + h, y1, x0, y1 - h, x0, y1 - r},
		{x0, y0 + r, x0, y0 + h, x0 + h, y0, x0 + r, y0},
	}
	if hole {
		for i, j := 0, 3; i < j; i, j = i+1, j-1 {
			corners[i], corners[j] = corners[j], corners[i]
		}
		for i, q := range corners {
			corners[i] = corner{q.toX, q.toY, q.bX, q.bY, q.aX, q.aY, q.fromX, q.fromY}
		}
	}
	for i, q := range corners {
		x, y := at(q.fromX, q.fromY)
		if i == 0 {
			p.MoveTo(x, y)
		} else {
			p.LineTo(x, y)
		}
		ax, ay := at(q.aX, q.aY)
		bx, by := at(q.bX, q.bY)
		toX, toY := at(q.toX, q.toY)
		p.CubeTo(ax, ay, bx, by, toX, toY)
	}
	p.ClosePath()
}

// line draws a line as a thin shape, or as several when it is dashed.
func (c *canvas) line(b Box, s Style) {
	if s.Line == nil {
		return
	}
	long := math.Hypot(b.W, b.H)
	if long == 0 {
		return
	}
	half := max(s.Width, 1/c.k) / 2
	ux, uy := b.W/long, b.H/long
	dash, step := long, long
	if s.Dashed {
		dash, step = 1.5, 3
	}
	for from := 0.0; from < long; from += step {
		to := min(from+dash, long)
		corners := [4][2]float64{
			{b.X + ux*from - uy*half, b.Y + uy*from + ux*half}, {b.X + ux*to - uy*half, b.Y + uy*to + ux*half},
			{b.X + ux*to + uy*half, b.Y + uy*to - ux*half}, {b.X + ux*from + uy*half, b.Y + uy*from - ux*half},
		}
		left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
		for _, q := range corners {
			left, right, top, bottom = min(left, q[0]), max(right, q[0]), min(top, q[1]), max(bottom, q[1])
		}
		c.paint(Box{left, top, right - left, bottom - top}, *s.Line, func(p path) {
			for i, q := range corners {
				x, y := float32(q[0]*c.k)-p.x, float32(q[1]*c.k)-p.y
				if i == 0 {
					p.MoveTo(x, y)
				} else {
					p.LineTo(x, y)
				}
			}
			p.ClosePath()
		})
	}
}

// write writes one line.
func (c *canvas) write(s shape) error {
	key := Words{Size: s.words.Size, Bold: s.words.Bold}
	face := c.faces[key]
	if face == nil {
		made, err := opentype.NewFace(s.words.face().font, &opentype.FaceOptions{Size: s.words.Size * point * c.k, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return fmt.Errorf("write on a picture: %w", err)
		}
		c.faces[key], face = made, made
	}
	ink := color.RGBA{s.words.Colour[0], s.words.Colour[1], s.words.Colour[2], 0xff}
	(&font.Drawer{Dst: c.to, Src: image.NewUniform(ink), Face: face, Dot: fixed.Point26_6{X: fixed.Int26_6(s.box.X * c.k * 64), Y: fixed.Int26_6(s.box.Y * c.k * 64)}}).DrawString(s.words.printable(s.text))
	return nil
}
