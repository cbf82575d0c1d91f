package pdfclean

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/inspect/hostile"
)

// Whatever the bytes, cleaning ends; a clean copy, cleaned again, changes no more,
// and keeps every byte of the file but those it blanks.
func FuzzClean(f *testing.F) {
	for _, s := range hostile.Signed(f) {
		if s.Kind == hostile.PDF {
			f.Add(s.Body)
		}
	}
	f.Add(hostile.PDFOf("/OpenAction [3 0 R]", "<< /Author (a\\)b) /T <00> >>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var once, twice bytes.Buffer
		left, err := Clean(context.Background(), bytes.NewReader(body), int64(len(body)), 64<<20, &once)
		if err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatal(err)
			}
			return
		}
		if once.Len() < len(body) {
			t.Fatalf("%d bytes became %d", len(body), once.Len())
		}
		if len(left) > 0 {
			return
		}
		if _, err := Clean(context.Background(), bytes.NewReader(once.Bytes()), int64(once.Len()), 64<<20, &twice); err != nil && !errs.Is(err, errs.Invalid) {
			t.Fatal(err)
		}
	})
}

// What is read as a dictionary has its entries inside it, and the walk goes on.
func FuzzWalk(f *testing.F) {
	for _, s := range []string{"<< /A (b) /C <00> /D [1 2 R] >>", "<<<<>>>>/A", "(((", "<< /Filter [/A /B] /L 1 0 R >> stream"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		end := walk(b, func(word string) bool { return word == "stream" }, func(d *frame) {
			if d.from < 0 || d.to > len(b) || d.from >= d.to {
				t.Fatalf("a dictionary from %d to %d of %d", d.from, d.to, len(b))
			}
			for _, v := range d.entries {
				if v.from < d.from || v.to > d.to+1 && v.to > len(b)+1 {
					t.Fatalf("%+v stands outside %d to %d", v, d.from, d.to)
				}
			}
		})
		if end < 0 || end > len(b) {
			t.Fatal(fmt.Sprint("ended at ", end))
		}
	})
}
