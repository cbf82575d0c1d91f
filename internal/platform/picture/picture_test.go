package picture

import (
	"bytes"
	"image"
	"image/gif"
	"io"
	"slices"
	"testing"

	"transformateur/internal/platform/picture/picturetest"
)

// Pictures too large to be decoded in the memory there is keep their pixels.
func TestRewrite(t *testing.T) {
	for kind, body := range map[Format][]byte{
		JPEG: append(picturetest.JPEG(t, 40, 20, picturetest.EXIF(6, true), picturetest.Segment(0xfe, "Jeanne"), picturetest.Segment(0xed, "Jeanne")), "Jeanne"...),
		PNG:  slices.Concat(picturetest.PNG(t, 40, 20)[:33], []byte(picturetest.Chunk("eXIf", string(picturetest.EXIF(6, true)[10:]))), []byte(picturetest.Chunk("tEXt", "Author\x00Jeanne")), picturetest.PNG(t, 40, 20)[33:]),
		WebP: picturetest.WebP(t, picturetest.RIFF("EXIF", "Jeanne ")+picturetest.RIFF("XMP ", "Jeanne")),
		GIF:  talkingGIF(t),
	} {
		p, err := Read(bytes.NewReader(body), int64(len(body)), kind)
		if err != nil || !p.Whole {
			t.Fatalf("%s: %v, %v", kind, p, err)
		}
		var out bytes.Buffer
		if err := Rewrite(bytes.NewReader(body), &out, kind, p, int64(len(body))); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		q, err := Read(bytes.NewReader(out.Bytes()), int64(out.Len()), kind)
		if err != nil || !q.Whole || q.End != int64(out.Len()) || q.Width != p.Width || q.Height != p.Height || q.Located || q.Orientation != p.Orientation {
			t.Errorf("%s: %+v, %v", kind, q, err)
		}
		if bytes.Contains(out.Bytes(), []byte("Jeanne")) {
			t.Errorf("%s still tells", kind)
		}
		if kind != WebP && kind != GIF && picturetest.Corners(t, out.Bytes()) != picturetest.Corners(t, body) {
			t.Errorf("%s: pixels changed", kind)
		}
		for cut := range out.Len() { // a cut file must be refused, never loop
			_ = Rewrite(bytes.NewReader(body[:cut]), io.Discard, kind, p, int64(cut))
		}
	}
}

// talkingGIF is a moving picture with a comment and XMP.
func talkingGIF(t *testing.T) []byte {
	b := picturetest.GIF(t, 3)
	note := "\x21\xfe\x06Jeanne\x00"
	xmp := "\x21\xff\x0bXMP DataXMP\x06Jeanne\x00"
	return append(b[:len(b)-1:len(b)-1], note+xmp+";"...)
}

func TestRewriteGIFKeepsItsFrames(t *testing.T) {
	body := talkingGIF(t)
	var out bytes.Buffer
	if err := Rewrite(bytes.NewReader(body), &out, GIF, Structure{}, int64(len(body))); err != nil {
		t.Fatal(err)
	}
	before, err1 := gif.DecodeAll(bytes.NewReader(body))
	after, err2 := gif.DecodeAll(bytes.NewReader(out.Bytes()))
	if err1 != nil || err2 != nil || len(after.Image) != 3 || after.LoopCount != before.LoopCount || after.Delay[2] != before.Delay[2] || !bytes.Equal(after.Image[2].Pix, before.Image[2].Pix) {
		t.Errorf("%v, %v: %+v", err1, err2, after)
	}
}

// Every layout of pixels that a decoder gives must be turned the same way.
func TestTurnEveryLayout(t *testing.T) {
	src := picturetest.Quarters(16, 8)
	fill := func(set func(x, y int)) {
		for y := range 8 {
			for x := range 16 {
				set(x, y)
			}
		}
	}
	nrgba, gray := image.NewNRGBA(src.Rect), image.NewGray(src.Rect)
	deep := image.NewRGBA64(src.Rect)
	fill(func(x, y int) {
		nrgba.Set(x, y, src.At(x, y))
		gray.Set(x, y, src.At(x, y))
		deep.Set(x, y, src.At(x, y))
	})
	for _, m := range []image.Image{src, nrgba, gray, deep, src.SubImage(src.Rect)} {
		for o := 1; o <= 8; o++ {
			got := turn(m, o)
			if want := image.Pt(8, 16); o >= 5 && got.Bounds().Size() != want {
				t.Fatalf("%T turned by %d is %v", m, o, got.Bounds())
			}
			b := got.Bounds()
			for y := range b.Dy() {
				for x := range b.Dx() {
					sx, sy := origin(o, x, y, 16, 8)
					if r1, g1, b1, _ := got.At(x, y).RGBA(); true {
						if r2, g2, b2, _ := m.At(sx, sy).RGBA(); r1 != r2 || g1 != g2 || b1 != b2 {
							t.Fatalf("%T turned by %d differs at %d,%d", m, o, x, y)
						}
					}
				}
			}
		}
	}
}
