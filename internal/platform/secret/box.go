package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Box seals what the database keeps and must not tell: who reads the database without
// the data folder learns nothing. It is AES-256-GCM (NIST SP 800-38D) under a key
// derived, with HKDF (RFC 5869), from a seed kept as a signing key is.
type Box struct {
	aead cipher.AEAD
	mark []byte // key of Digest
}

// errSealed says only that it did not open: with another key, for another purpose, or changed.
var errSealed = errors.New("what was sealed does not open: is the key of the data folder the right one?")

// OpenBox reads the key kept in a file, or makes it.
func OpenBox(file string) (*Box, error) {
	key, err := OpenKey(file)
	if err != nil {
		return nil, err
	}
	return newBox(key.private)
}

func newBox(private ed25519.PrivateKey) (*Box, error) {
	sealing, err := hkdf.Key(sha256.New, private.Seed(), nil, "transformateur seal", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the sealing key: %w", err)
	}
	mark, err := hkdf.Key(sha256.New, private.Seed(), nil, "transformateur digest", 32)
	if err != nil {
		return nil, fmt.Errorf("derive the key of digests: %w", err)
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, fmt.Errorf("set up the cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("set up the cipher: %w", err)
	}
	return &Box{aead, mark}, nil
}

// Seal encrypts plain for a purpose: sealed for one person, it does not open for another.
func (b *Box) Seal(plain []byte, purpose string) []byte {
	nonce := make([]byte, b.aead.NonceSize())
	rand.Read(nonce)
	return b.aead.Seal(nonce, nonce, plain, []byte(purpose))
}

// Open decrypts what Seal made for the same purpose.
func (b *Box) Open(sealed []byte, purpose string) ([]byte, error) {
	n := b.aead.NonceSize()
	if len(sealed) < n {
		return nil, errSealed
	}
	plain, err := b.aead.Open(nil, sealed[:n], sealed[n:], []byte(purpose))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// Digest is an HMAC-SHA-256: what a person types and the database compares, which
// nobody tries out without the key.
func (b *Box) Digest(value, purpose string) []byte {
	mac := hmac.New(sha256.New, b.mark)
	fmt.Fprintf(mac, "%d:%s:%s", len(purpose), purpose, value)
	return mac.Sum(nil)
}
