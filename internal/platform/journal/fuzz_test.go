package journal

import (
	"bytes"
	"testing"
)

// An export is whole or broken at a line it holds; nothing is counted that is not there.
func FuzzVerifyExport(f *testing.F) {
	for _, s := range []string{"", "{}\n", "{\"seq\":1}\n{\"seq\":2}\n", "[", "\n\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, export []byte) {
		lines, _, broken, err := VerifyExport(bytes.NewReader(export))
		if have := int64(bytes.Count(export, []byte("\n")) + 1); lines < 0 || lines > have {
			t.Fatalf("%d lines of %d, %v, %v", lines, have, broken, err)
		}
	})
}
