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
		accept          []string
		kind            string
		refused, clean  bool
	}{
		{"a photograph", "photo.jpg", photo, nil, "jpeg", false, true},
		{"a text", "note.txt", []byte("bonjour"), nil, "txt", false, true},
		{"macros", "plan.docx", macros(t), nil, "docx", true, false},
		{"a page called PDF", "plan.pdf", []byte("<html></html>"), nil, "html", true, false},
		{"a photograph without an extension, where a PDF is asked for", "plan", photo, []string{".pdf"}, "jpeg", true, false},
		{"a photograph where one is asked for", "photo.jpg", photo, []string{".pdf", ".jpg"}, "jpeg", false, true},
		{"a drawing where one is asked for", "logo.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), []string{".svg"}, "svg", false, false},
	} {
		t.Run(c.situation, func(t *testing.T) {
			found, err := inspector{}.Inspect(ctx, memory{bytes.NewReader(c.body)}, int64(len(c.body)), c.name, c.accept)
			if err != nil || found.Kind != c.kind || found.Refused != c.refused || (found.Clean != nil) != c.clean || found.Refused && len(found.Problems) == 0 {
				t.Fatalf("%+v, %v", found, err)
			}
			if found.Clean == nil {
				return
			}
			var out bytes.Buffer
			if left, err := found.Clean(ctx, &out); err != nil || len(left) > 0 || out.Len() == 0 || bytes.Contains(out.Bytes(), []byte("Jeanne")) {
				t.Fatalf("a copy of %d bytes, %v", out.Len(), err)
			}
		})
	}
}

// A file that the antivirus has not seen must wait, not pass.
func TestInspectorWaitsForTheAntivirus(t *testing.T) {
	body := []byte("bonjour")
	absent := inspector{clamav: "unix:" + filepath.Join(t.TempDir(), "none")}
	if _, err := absent.Inspect(context.Background(), memory{bytes.NewReader(body)}, int64(len(body)), "note.txt", nil); !errs.Is(err, errs.Unavailable) {
		t.Errorf("no antivirus: %v", err)
	}
	if _, err := (inspector{clamav: "nonsense"}).Inspect(context.Background(), memory{bytes.NewReader(body)}, int64(len(body)), "note.txt", nil); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("an address that means nothing: %v", err)
	}
}
