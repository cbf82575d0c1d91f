package picture

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"io"

	scale "golang.org/x/image/draw"

	"transformateur/internal/platform/errs"
)

const (
	// fitMemory is what decoding a picture to be made smaller may hold, in bytes: a
	// photograph of 50 megapixels of a telephone. Callers bound how many they fit at once.
	fitMemory = 96 << 20
	// fitQuality is that of a photograph looked at on a screen.
	fitQuality = 84
)

// Fit writes a copy of a picture as a JPEG that shows the same, on white where it was
// transparent, upright, with sides of most pixels at most, and that tells nothing else:
// neither where nor when it was taken, nor with what. It gives the sides of the copy. A
// damaged picture, or one too large to be decoded, is errs.Invalid.
func Fit(ctx context.Context, r io.ReaderAt, size int64, format Format, most int, w io.Writer) (width, height int, err error) {
	whole := func() io.Reader { return &patient{ctx, io.NewSectionReader(r, 0, size)} }
	p, err := Read(whole(), size, format)
	if err != nil {
		return 0, 0, fmt.Errorf("read the structure of a %s: %w", format, err)
	}
	flat := p
	flat.Orientation = 0 // it is turned once it is small
	switch pixels := int64(p.Width) * int64(p.Height); {
	case p.Width <= 0 || p.Height <= 0:
		return 0, 0, broken()
	case pixels > Most, flat.decoded(format) > fitMemory:
		return 0, 0, errs.New(errs.Invalid, "picture.too_large", p.Width, p.Height, Most/1_000_000)
	}
	m, err := decode(whole(), format)
	if stopped := ctx.Err(); stopped != nil {
		return 0, 0, stopped
	}
	if err != nil {
		return 0, 0, errs.New(errs.Invalid, "picture.damaged").Because(fmt.Errorf("decode a %s: %w", format, err))
	}
	out := turn(smaller(m, most), p.Orientation)
	if err := jpeg.Encode(&stopping{ctx, w}, out, &jpeg.Options{Quality: fitQuality}); err != nil {
		return 0, 0, fmt.Errorf("encode a picture: %w", err)
	}
	return out.Bounds().Dx(), out.Bounds().Dy(), nil
}

// smaller is a picture on white whose sides are most pixels at most: boxes of whole
// pixels are averaged first, a few rows at a time, so that no detail turns to noise and
// that little memory is held; what is left, less than half, is interpolated.
func smaller(m image.Image, most int) *image.RGBA {
	b := m.Bounds()
	f := max(1, max(b.Dx(), b.Dy())/most)
	boxed := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()/f), max(1, b.Dy()/f)))
	rows := image.NewRGBA(image.Rect(0, 0, b.Dx(), min(f, b.Dy())))
	for y := range boxed.Rect.Dy() {
		draw.Draw(rows, rows.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(rows, rows.Rect, m, image.Pt(b.Min.X, b.Min.Y+y*f), draw.Over)
		average(boxed.Pix[y*boxed.Stride:], rows, boxed.Rect.Dx(), f)
	}
	longest := max(boxed.Rect.Dx(), boxed.Rect.Dy())
	if longest <= most {
		return boxed
	}
	out := image.NewRGBA(image.Rect(0, 0, max(1, boxed.Rect.Dx()*most/longest), max(1, boxed.Rect.Dy()*most/longest)))
	scale.ApproxBiLinear.Scale(out, out.Rect, boxed, boxed.Rect, draw.Src, nil)
	return out
}

// average makes one row of pixels of a few rows, f by f.
func average(to []byte, rows *image.RGBA, width, f int) {
	high, wide := rows.Rect.Dy(), rows.Rect.Dx()
	for x := range width {
		var sum [4]int
		n := 0
		for dy := range high {
			for dx := range f {
				if x*f+dx >= wide {
					break
				}
				at := rows.Pix[dy*rows.Stride+4*(x*f+dx):]
				for c := range sum {
					sum[c] += int(at[c])
				}
				n++
			}
		}
		for c := range sum {
			to[4*x+c] = byte(sum[c] / max(n, 1))
		}
	}
}
