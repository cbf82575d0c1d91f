package inspect

import (
	"bytes"
	"context"
	"testing"
	"time"

	"transformateur/internal/platform/inspect/hostile"
)

func FuzzInspect(f *testing.F) {
	for _, c := range hostile.Seeds(f) {
		f.Add(c.Body, c.Name)
	}
	f.Fuzz(func(t *testing.T, body []byte, name string) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		r, err := Inspect(ctx, bytes.NewReader(body), int64(len(body)), name, Limits{})
		if err != nil {
			t.Fatalf("%d bytes called %q: %v", len(body), name, err)
		}
		if r.Kind == Executable && !r.Refused() {
			t.Fatalf("a program called %q was let in", name)
		}
		if again := SafeName(SafeName(name)); again != SafeName(name) {
			t.Fatalf("SafeName(%q) is not stable: %q", name, again)
		}
	})
}

func BenchmarkInspect(b *testing.B) {
	for _, c := range []struct {
		name string
		body []byte
	}{
		{"plan.pdf", pdfOf("", objStm("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", noise(5<<20)))},
		{"plan.docx", docx(b, part{Name: "word/media/image1.bin", Body: noise(5 << 20)})},
		{"photo.jpg", jpegOf(b, 1600, 1200)},
		{"all.zip", rawZip(rawEntry{Name: "a", Packed: []byte(noise(5 << 20)), Size: 5 << 20, At: -1})},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.body)))
			for b.Loop() {
				if _, err := Inspect(context.Background(), bytes.NewReader(c.body), int64(len(c.body)), c.name, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
