package picture

import (
	"context"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"transformateur/internal/platform/errs"
)

const (
	// decodeMemory is what decoding and turning a picture may hold. Larger ones
	// lose their metadata without being decoded.
	decodeMemory = 48 << 20
	// jpegQuality keeps what evaluators need to see and makes most photos smaller.
	jpegQuality = 88
	smallGIF    = 4_000_000 // pixels
	smallAlpha  = 1_000_000 // pixels of a transparent WebP, which is much heavier as a PNG
)

// Most is how many pixels a picture may have to be cleaned.
const Most = 50_000_000

// Clean writes a copy of a picture that shows the same and tells nothing else:
// turned upright as its EXIF orientation says, then encoded again; it gives the
// format of the copy. A WebP becomes a JPEG, or a PNG when it has transparency
// and is small; a GIF keeps its first frame. A picture too large to be decoded
// in 48 MB keeps its pixels as they are and loses its metadata but for the
// orientation (a WebP loses that too). A damaged picture, or one of more than
// Most pixels, is errs.Invalid.
func Clean(ctx context.Context, r io.ReaderAt, size int64, format Format, w io.Writer) (Format, error) {
	whole := func() io.Reader { return &patient{ctx, io.NewSectionReader(r, 0, size)} }
	p, err := Read(whole(), size, format)
	if err != nil {
		return format, fmt.Errorf("read the structure of a %s: %w", format, err)
	}
	switch pixels := int64(p.Width) * int64(p.Height); {
	case p.Width <= 0 || p.Height <= 0:
		return format, broken()
	case pixels > Most:
		return format, errs.New(errs.Invalid, "picture.too_large", p.Width, p.Height, Most/1_000_000)
	case p.decoded(format) > decodeMemory, format == WebP && p.alpha && pixels > smallAlpha:
		return format, Rewrite(whole(), &stopping{ctx, w}, format, p, size)
	}
	return p.encode(ctx, whole(), w, format)
}

func broken() error { return errs.New(errs.Invalid, "picture.damaged") }

// decoded estimates the bytes held to decode a picture and to turn it.
func (p Structure) decoded(format Format) int64 {
	each := 4.0
	switch format {
	case JPEG:
		each = max(p.perPixel, 1)
		if p.progressive {
			each *= 5 // the decoder holds every coefficient, in 4 bytes
		}
		if p.channels == 4 {
			each += 4
		}
		if p.Orientation > 1 {
			each += p.perPixel
		}
	case PNG:
		if p.deep {
			each = 8
		}
		if p.Orientation > 1 {
			each += 4
		}
	case WebP:
		each = 8
	case GIF:
		each = 1
	}
	return int64(each * float64(p.Width) * float64(p.Height))
}

func (p Structure) encode(ctx context.Context, r io.Reader, w io.Writer, format Format) (Format, error) {
	m, err := decode(r, format)
	if stopped := ctx.Err(); stopped != nil {
		return format, stopped
	}
	if err != nil {
		return format, errs.New(errs.Invalid, "picture.damaged").Because(fmt.Errorf("decode a %s: %w", format, err))
	}
	m = turn(m, p.Orientation)
	out := format
	switch {
	case format == WebP && opaque(m):
		out = JPEG
	case format == WebP, format == GIF && int64(p.Width)*int64(p.Height) > smallGIF:
		out = PNG
	}
	to := &stopping{ctx, w}
	switch out {
	case JPEG:
		err = jpeg.Encode(to, m, &jpeg.Options{Quality: jpegQuality})
	case GIF:
		err = encodeGIF(to, m)
	default:
		err = png.Encode(to, m)
	}
	if err != nil {
		return out, fmt.Errorf("encode a %s: %w", out, err)
	}
	return out, nil
}

func decode(r io.Reader, format Format) (image.Image, error) {
	switch format {
	case JPEG:
		return jpeg.Decode(r)
	case PNG:
		return png.Decode(r)
	case GIF:
		return gif.Decode(r)
	}
	return webp.Decode(r)
}

func encodeGIF(w io.Writer, m image.Image) error {
	frame, ok := m.(*image.Paletted)
	if !ok {
		return gif.Encode(w, m, nil)
	}
	b := frame.Bounds()
	return gif.EncodeAll(w, &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{ColorModel: frame.Palette, Width: b.Max.X, Height: b.Max.Y}})
}

func opaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}
