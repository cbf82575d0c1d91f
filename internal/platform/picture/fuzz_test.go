package picture

import (
	"bytes"
	"testing"

	"transformateur/internal/platform/picture/picturetest"
)

// What is read whole can be written again without its metadata, and reads the same.
func FuzzRead(f *testing.F) {
	f.Add(picturetest.JPEG(f, 8, 6, picturetest.EXIF(6, true)))
	f.Add(picturetest.PNG(f, 8, 6))
	f.Add(picturetest.GIF(f, 2))
	f.Add(picturetest.WebP(f, ""))
	f.Add(picturetest.HugePNG(30000, 30000))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, format := range []Format{JPEG, PNG, GIF, WebP} {
			p, err := Read(bytes.NewReader(body), int64(len(body)), format)
			if err != nil || !p.Whole {
				continue
			}
			if p.End > int64(len(body)) || p.Orientation < 0 || p.Orientation > 8 {
				t.Fatalf("%s: %+v of %d bytes", format, p, len(body))
			}
			var out bytes.Buffer
			if Rewrite(bytes.NewReader(body), &out, format, p, int64(len(body))) != nil {
				continue
			}
			q, err := Read(bytes.NewReader(out.Bytes()), int64(out.Len()), format)
			if err != nil || q.Width != p.Width || q.Height != p.Height || q.Located {
				t.Fatalf("%s: %+v became %+v, %v", format, p, q, err)
			}
		}
	})
}
