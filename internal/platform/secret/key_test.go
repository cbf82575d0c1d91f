package secret

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"
)

func TestKeyIsMadeOnceAndKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys", "receipt.key")
	first, err := OpenKey(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenKey(file)
	if err != nil {
		t.Fatal(err)
	}
	if !ed25519.Verify(first.Public(), []byte("m"), again.Sign([]byte("m"))) {
		t.Error("the key changed between two starts")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key can be read by others: %v %v", info.Mode(), err)
	}
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKey(file); err == nil {
		t.Error("a damaged key was accepted")
	}
}
