package picture_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/picture"
)

// half is a picture whose upper half is red and whose lower half is blue.
func half(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 200, A: 255}
			if y >= h/2 {
				c = color.RGBA{B: 200, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func TestFit(t *testing.T) {
	for name, c := range map[string]struct{ w, h, most, wantW, wantH int }{
		"smaller than the bound":         {40, 30, 100, 40, 30},
		"a little larger":                {150, 100, 100, 100, 66},
		"several times larger":           {910, 400, 100, 100, 43},
		"a line":                         {4000, 1, 100, 100, 1},
		"not a whole number of boxes":    {333, 777, 100, 42, 100},
		"exactly twice as large as that": {200, 200, 100, 100, 100},
	} {
		t.Run(name, func(t *testing.T) {
			var sent, out bytes.Buffer
			if err := png.Encode(&sent, half(c.w, c.h)); err != nil {
				t.Fatal(err)
			}
			w, h, err := picture.Fit(context.Background(), bytes.NewReader(sent.Bytes()), int64(sent.Len()), picture.PNG, c.most, &out)
			if err != nil {
				t.Fatal(err)
			}
			m, err := jpeg.Decode(&out)
			if err != nil || m.Bounds().Dx() != w || m.Bounds().Dy() != h {
				t.Fatalf("%v, %v: says %d × %d", err, m.Bounds(), w, h)
			}
			if w != c.wantW || h != c.wantH {
				t.Errorf("%d × %d, want %d × %d", w, h, c.wantW, c.wantH)
			}
			if h > 10 {
				up, _, _, _ := m.At(w/2, h/8).RGBA()
				_, _, down, _ := m.At(w/2, h-1-h/8).RGBA()
				if up>>8 < 180 || down>>8 < 180 {
					t.Errorf("red above %d, blue below %d", up>>8, down>>8)
				}
			}
		})
	}
}

// A photograph of a telephone that lies on its side comes out upright, and says no more
// where it was taken.
func TestFitTurnsAndForgets(t *testing.T) {
	sent := withOrientation(t, half(64, 32), 6)
	var out bytes.Buffer
	w, h, err := picture.Fit(context.Background(), bytes.NewReader(sent), int64(len(sent)), picture.JPEG, 50, &out)
	if err != nil || w != 25 || h != 50 {
		t.Fatalf("%d × %d, %v", w, h, err)
	}
	if bytes.Contains(out.Bytes(), []byte("Exif")) {
		t.Error("the copy still has metadata")
	}
	m, err := jpeg.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	if right, _, _, _ := m.At(w-3, h/2).RGBA(); right>>8 < 150 {
		t.Errorf("not turned: %d", right>>8)
	}
}

// withOrientation is a JPEG with an EXIF orientation (CIPA DC-008 §4.5).
func withOrientation(t *testing.T, m image.Image, orientation byte) []byte {
	t.Helper()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
	head := []byte{0xff, 0xd8, 0xff, 0xe1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}
	return append(append(head, exif...), plain.Bytes()[2:]...)
}

func TestFitRefuses(t *testing.T) {
	for name, sent := range map[string][]byte{"nothing": {}, "a JPEG cut short": {0xff, 0xd8, 0xff, 0xc0}, "not a picture": []byte("bonjour")} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if _, _, err := picture.Fit(context.Background(), bytes.NewReader(sent), int64(len(sent)), picture.JPEG, 100, &out); !errs.Is(err, errs.Invalid) {
				t.Errorf("%v", err)
			}
		})
	}
}
