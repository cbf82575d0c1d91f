package secret

import (
	"bytes"
	"path/filepath"
	"testing"
)

func TestBox(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys", "seal.key")
	box, err := OpenBox(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenBox(file)
	if err != nil {
		t.Fatal(err)
	}
	other, err := OpenBox(filepath.Join(t.TempDir(), "seal.key"))
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal([]byte("a secret"), "ana")
	if bytes.Contains(sealed, []byte("secret")) || bytes.Equal(sealed, box.Seal([]byte("a secret"), "ana")) {
		t.Error("what is sealed shows, or is sealed twice the same way")
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1]++
	for _, c := range []struct {
		name    string
		box     *Box
		sealed  []byte
		purpose string
		opens   bool
	}{
		{"the same box", box, sealed, "ana", true},
		{"after a restart", again, sealed, "ana", true},
		{"for another person", box, sealed, "bob", false},
		{"with another key", other, sealed, "ana", false},
		{"one bit changed", box, changed, "ana", false},
		{"cut short", box, sealed[:5], "ana", false},
		{"nothing", box, nil, "ana", false},
	} {
		plain, err := c.box.Open(c.sealed, c.purpose)
		if (err == nil) != c.opens || c.opens && string(plain) != "a secret" {
			t.Errorf("%s: %q, %v", c.name, plain, err)
		}
	}
	same := bytes.Equal(box.Digest("1", "ana"), again.Digest("1", "ana"))
	if !same || bytes.Equal(box.Digest("1", "ana"), box.Digest("1", "bob")) || bytes.Equal(box.Digest("1", "ana"), other.Digest("1", "ana")) || bytes.Equal(box.Digest("b:1", "a"), box.Digest("1", "a:b")) {
		t.Error("digests are the same where they should differ, or differ where they should not")
	}
}
