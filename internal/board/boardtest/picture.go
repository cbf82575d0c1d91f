package boardtest

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"transformateur/internal/application/scrutiny"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/inspect"
)

// Inspector looks at files as the program does, without an antivirus.
type Inspector struct{}

// Inspect says what a file is.
func (Inspector) Inspect(ctx context.Context, f blob.File, size int64, name string, accept []string) (scrutiny.Inspection, error) {
	report, err := inspect.Inspect(ctx, f, size, name, inspect.Asked(accept))
	found := scrutiny.Inspection{Kind: string(report.Kind), MIME: report.MIME, Refused: report.Refused()}
	for _, p := range report.Problems {
		found.Problems = append(found.Problems, errs.Field{Path: p.Path, Key: p.Key, Args: p.Args})
	}
	return found, err
}

// Photograph is a JPEG such as a telephone makes, of a colour of its own, which says where
// it was taken (EXIF, CIPA DC-008).
func Photograph(t testing.TB, w, h int, shade byte) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{shade, byte(x), byte(y), 255})
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x1aCaen, chez Ana")
	head := []byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(exif) + 2)}
	return append(append(head, exif...), plain.Bytes()[2:]...)
}
