package archive_test

import (
	"bytes"
	"context"
	"testing"

	"transformateur/internal/platform/archive"
	"transformateur/internal/platform/errs"
)

// An archive is read whole or refused with a reason; bytes that nobody wrote as an
// archive never pass for one.
func FuzzVerify(f *testing.F) {
	for _, seed := range []string{"", "transformateur", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", "age-encryption.org/v1\n-> X25519 a\n", "PK\x03\x04"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		_, _, err := archive.Verify(context.Background(), bytes.NewReader(content), archive.Key{})
		if err == nil {
			t.Fatal("bytes of nobody pass for an archive")
		}
		if errs.KindOf(err) == errs.Internal {
			t.Fatalf("no reason that somebody can read: %v", err)
		}
	})
}
