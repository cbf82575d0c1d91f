package inspect

import (
	"io"

	"transformateur/internal/platform/picture"
)

// picture checks the dimensions before anybody decodes, and the structure to its end.
func (in *inspection) picture(r io.ReaderAt, size int64, kind Kind) error {
	p, err := picture.Read(in.section(r, 0, size), size, picture.Format(kind))
	if err != nil {
		return err
	}
	if in.depth == 0 {
		in.report.Width, in.report.Height, in.report.Orientation, in.report.Located = p.Width, p.Height, p.Orientation, p.Located
	}
	switch {
	case p.Width <= 0 || p.Height <= 0:
		return wrong("inspect.picture_damaged")
	case int64(p.Width)*int64(p.Height) > in.limits.Pixels:
		in.refuse("inspect.picture_too_large", p.Width, p.Height, in.limits.Pixels/1_000_000)
	}
	if kind == GIF && textual(r, 6, 4) {
		in.refuse("inspect.polyglot") // "GIF89a/*" and "GIF89a=1;" are also programs
	}
	if p.Located {
		in.warn("inspect.picture_located")
	}
	switch {
	case !p.Whole:
		in.warn("inspect.picture_cut")
	case p.End < size:
		in.warn("inspect.picture_trailing")
	}
	marks := append([][]byte{[]byte("%pdf-1."), []byte("%pdf-2.")}, markupMarks...)
	return search(in.section(r, 0, size), marks, func(int) bool {
		in.refuse("inspect.polyglot")
		return true
	})
}

// textual says whether the n bytes at the given place are printable.
func textual(r io.ReaderAt, at int64, n int) bool {
	b := make([]byte, n)
	if _, err := r.ReadAt(b, at); err != nil {
		return false
	}
	for _, c := range b {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}
