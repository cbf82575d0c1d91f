package archive

import (
	"bytes"
	"context"
	"testing"

	"transformateur/internal/platform/errs"
)

// Bytes that nobody wrote as an archive are refused in words, and never verified.
func FuzzVerify(f *testing.F) {
	for _, s := range []string{"", "age-encryption.org/v1\n-> scrypt x 40\n", "\x1f\x8b\x08\x00", "manifest.json", "PK\x03\x04"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		_, m, err := Verify(context.Background(), bytes.NewReader(content), Key{})
		if err == nil {
			t.Fatalf("%d bytes were verified: %+v", len(content), m)
		}
		if !errs.Is(err, errs.Invalid) {
			t.Fatal(err)
		}
	})
}
