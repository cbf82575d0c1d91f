package app

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/picture/picturetest"
)

// memory is a file in memory.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

func macros(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, body := range map[string]string{
		"[Content_Types].xml": `<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"word/vbaProject.bin": "x",
	} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInspector(t *testing.T) {
	ctx := context.Background()
	photo := picturetest.JPEG(t, 20, 10, picturetest.EXIF(6, true), picturetest.Segment(0xfe, "Jeanne"))
	for _, c := range []struct {
		situation, name string
		body            []byte
		kind            string
		refused, clean  bool
	}{
		{"a photograph", "photo.jpg", photo, "jpeg", false, true},
		{"a text", "note.txt", []byte("bonjour"), "txt", false, false},
		{"macros", "plan.docx", macros(t), "docx", true, false},
		{"a page called PDF", "plan.pdf", []byte("<html></html>"), "html", true, false},
	} {
		t.Run(c.situation, func(t *testing.T) {
			found, err := inspector{}.Inspect(ctx, memory{bytes.NewReader(c.body)}, int64(len(c.body)), c.name)
			if err != nil || found.Kind != c.kind || found.Refused != c.refused || (found.Clean != nil) != c.clean || found.Refused && len(found.Problems) == 0 {
				t.Fatalf("%+v, %v", found, err)
			}
			if found.Clean == nil {
				return
			}
			var out bytes.Buffer
			if err := found.Clean(ctx, &out); err != nil || out.Len() == 0 || bytes.Contains(out.Bytes(), []byte("Jeanne")) {
				t.Fatalf("a copy of %d bytes, %v", out.Len(), err)
			}
		})
	}
}

// A file that the antivirus has not seen must wait, not pass.
func TestInspectorWaitsForTheAntivirus(t *testing.T) {
	body := []byte("bonjour")
	absent := inspector{clamav: "unix:" + filepath.Join(t.TempDir(), "none")}
	if _, err := absent.Inspect(context.Background(), memory{bytes.NewReader(body)}, int64(len(body)), "note.txt"); !errs.Is(err, errs.Unavailable) {
		t.Errorf("no antivirus: %v", err)
	}
	if _, err := (inspector{clamav: "nonsense"}).Inspect(context.Background(), memory{bytes.NewReader(body)}, int64(len(body)), "note.txt"); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("an address that means nothing: %v", err)
	}
}
