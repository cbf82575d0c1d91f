package build

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

const root = "../.."

// What is served is what the sources say, byte for byte.
func TestCommittedFilesAreCurrent(t *testing.T) {
	files, err := Run(root)
	if err != nil {
		t.Fatal(err)
	}
	stale, err := Stale(root, files)
	if err != nil {
		t.Fatal(err)
	}
	if len(stale) > 0 {
		t.Errorf("run go run ./frontend/build/cmd: %s", strings.Join(stale, ", "))
	}
}

// A first visit costs at most 120 kB, of which 20 kB are kept for the page itself.
func TestFirstLoadStaysLight(t *testing.T) {
	files, err := Run(root)
	if err != nil {
		t.Fatal(err)
	}
	const budget = 100_000
	total := 0
	for name, content := range files {
		switch {
		case strings.Contains(name, "latin-ext"): // asked only by pages with rare letters
		case strings.HasSuffix(name, ".woff2"):
			total += len(content)
		case strings.HasPrefix(name, "main."), strings.HasPrefix(name, "shared."), strings.HasSuffix(name, ".css"), strings.HasSuffix(name, ".svg"):
			total += zipped(t, content)
		}
	}
	if total == 0 || total > budget {
		t.Errorf("first load is %d bytes, the budget is %d", total, budget)
	}
	t.Logf("first load: %d bytes", total)
}

func zipped(t *testing.T, content []byte) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.Copy(w, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}
