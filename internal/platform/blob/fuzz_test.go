package blob

import (
	"os"
	"path/filepath"
	"testing"
)

// A log that a power cut tore acknowledges nothing that no record says.
func FuzzReadLog(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, recordSize))
	f.Add(make([]byte, 3*recordSize+7))
	file := filepath.Join(f.TempDir(), "log")
	f.Fuzz(func(t *testing.T, log []byte) {
		if err := os.WriteFile(file, log, 0o600); err != nil {
			t.Fatal(err)
		}
		offset, _, err := readLog(file)
		if err != nil || offset != 0 && len(log) < recordSize {
			t.Fatalf("%d bytes acknowledge %d, %v", len(log), offset, err)
		}
	})
}
