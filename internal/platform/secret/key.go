// Package secret is the keys of the install: made once, kept in the data folder, never shown.
package secret

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Key signs in the name of the install (Ed25519, RFC 8032).
type Key struct{ private ed25519.PrivateKey }

// OpenKey reads the key kept in a file, or makes it. The file is written and
// synced with its folder before the key is used: a receipt signed by a key that a
// power cut erased could not be trusted.
func OpenKey(file string) (Key, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return Key{}, fmt.Errorf("read the signing key: %w", err)
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return Key{}, fmt.Errorf("the signing key in %s is damaged: restore it from a backup", file)
	}
	return Key{ed25519.NewKeyFromSeed(seed)}, nil
}

func makeKey(file string) (Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("make the signing key: %w", err)
	}
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Key{}, fmt.Errorf("make the folder of the signing key: %w", err)
	}
	if err := keep(file, base64.StdEncoding.EncodeToString(private.Seed())+"\n"); err != nil {
		return Key{}, fmt.Errorf("keep the signing key: %w", err)
	}
	if err := errors.Join(syncFolder(dir), syncFolder(filepath.Dir(dir))); err != nil {
		return Key{}, fmt.Errorf("keep the signing key: %w", err)
	}
	return OpenKey(file)
}

// keep writes text aside, then gives it its name unless another process was faster: a
// start cut short never leaves half a key, nor takes a key away.
func keep(file, text string) error {
	f, err := os.CreateTemp(filepath.Dir(file), "key-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), file); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Sign signs a message.
func (k Key) Sign(message []byte) []byte { return ed25519.Sign(k.private, message) }

// Public is the key that verifies.
func (k Key) Public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }

// Fingerprint names a public key: the first 16 hexadecimal digits of its SHA-256.
func Fingerprint(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:8])
}
