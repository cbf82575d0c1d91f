// Package qrview draws texts as QR codes, for a camera.
package qrview

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

//go:generate go tool templ generate -path .

// quiet is the blank around a QR code, in modules (ISO/IEC 18004, §9.1).
const quiet = 4

// Drawing is a QR code as a path of an SVG of Size × Size.
type Drawing struct {
	Size int
	Path string
}

// box is the view of the drawing.
func (d Drawing) box() string { return fmt.Sprintf("0 0 %d %d", d.Size, d.Size) }

// Draw draws a text as a QR code, which a camera reads with 15 % of it hidden.
func Draw(text string) (Drawing, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return Drawing{}, fmt.Errorf("draw a QR code: %w", err)
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
	return Drawing{code.Size + 2*quiet, path.String()}, nil
}
