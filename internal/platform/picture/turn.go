package picture

import (
	"image"
	"image/color"
	"image/draw"
)

// turn applies an EXIF orientation (CIPA DC-008 §4.6.5.1, tag 0x0112). It works
// on the planes of the picture, to hold no more than one copy.
func turn(m image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return m
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	swapped := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		swapped = image.Rect(0, 0, h, w)
	}
	switch src := m.(type) {
	case *image.YCbCr:
		ratio, ok := turnedRatio(src.SubsampleRatio, orientation)
		if !ok || b.Min != (image.Point{}) {
			break
		}
		dst := image.NewYCbCr(swapped, ratio)
		turnPlane(dst.Y, dst.YStride, plane{src.Y, src.YStride, w, h, 1}, orientation)
		cw, ch := chroma(src.SubsampleRatio, w, h)
		turnPlane(dst.Cb, dst.CStride, plane{src.Cb, src.CStride, cw, ch, 1}, orientation)
		turnPlane(dst.Cr, dst.CStride, plane{src.Cr, src.CStride, cw, ch, 1}, orientation)
		return dst
	case *image.Gray:
		dst := image.NewGray(swapped)
		turnPlane(dst.Pix, dst.Stride, plane{src.Pix, src.Stride, w, h, 1}, orientation)
		return dst
	case *image.NRGBA:
		dst := image.NewNRGBA(swapped)
		turnPlane(dst.Pix, dst.Stride, plane{src.Pix, src.Stride, w, h, 4}, orientation)
		return dst
	case *image.RGBA:
		dst := image.NewRGBA(swapped)
		turnPlane(dst.Pix, dst.Stride, plane{src.Pix, src.Stride, w, h, 4}, orientation)
		return dst
	case *image.Paletted:
		dst := image.NewPaletted(swapped, append(color.Palette{}, src.Palette...))
		turnPlane(dst.Pix, dst.Stride, plane{src.Pix, src.Stride, w, h, 1}, orientation)
		return dst
	}
	flat := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(flat, flat.Bounds(), m, b.Min, draw.Src)
	return turn(flat, orientation)
}

// turnedRatio is the chroma sampling of a picture once turned; those that exist
// in one direction only cannot be.
func turnedRatio(r image.YCbCrSubsampleRatio, orientation int) (image.YCbCrSubsampleRatio, bool) {
	switch r {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return r, true
	case image.YCbCrSubsampleRatio422:
		if orientation >= 5 {
			return image.YCbCrSubsampleRatio440, true
		}
		return r, true
	case image.YCbCrSubsampleRatio440:
		if orientation >= 5 {
			return image.YCbCrSubsampleRatio422, true
		}
		return r, true
	}
	return r, orientation < 5
}

func chroma(r image.YCbCrSubsampleRatio, w, h int) (int, int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return (w + 1) / 2, h
	case image.YCbCrSubsampleRatio420:
		return (w + 1) / 2, (h + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return w, (h + 1) / 2
	case image.YCbCrSubsampleRatio411:
		return (w + 3) / 4, h
	case image.YCbCrSubsampleRatio410:
		return (w + 3) / 4, (h + 1) / 2
	}
	return w, h
}

type plane struct {
	pix                 []byte
	stride, w, h, bytes int
}

func turnPlane(dst []byte, stride int, s plane, orientation int) {
	dw, dh := s.w, s.h
	if orientation >= 5 {
		dw, dh = s.h, s.w
	}
	n := s.bytes
	for y := range dh {
		row := dst[y*stride:]
		for x := range dw {
			sx, sy := origin(orientation, x, y, s.w, s.h)
			copy(row[x*n:x*n+n], s.pix[sy*s.stride+sx*n:])
		}
	}
}

// origin says which pixel of a w × h picture lands on (x, y).
func origin(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
