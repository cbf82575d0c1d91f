package account

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quiet is the blank around a QR code, in modules (ISO/IEC 18004, §9.1).
const quiet = 4

// drawing is a QR code as a path of an SVG of Size × Size.
type drawing struct {
	Size int
	Path string
}

// box is the view of the drawing.
func (d drawing) box() string { return fmt.Sprintf("0 0 %d %d", d.Size, d.Size) }

// draw draws a text as a QR code, which a camera reads with 15 % of it hidden.
func draw(text string) (drawing, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return drawing{}, fmt.Errorf("draw a QR code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", start+quiet, y+quiet, x-start, x-start)
			}
		}
	}
	return drawing{code.Size + 2*quiet, path.String()}, nil
}
