package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// Box keeps short secrets that the program must read again, such as those it signs
// with: who reads the database without the data folder does not have them.
type Box struct{ seal cipher.AEAD }

// OpenBox reads the key of a box kept in a file, or makes it (see OpenKey). The
// sealing is AES-256-GCM with a random nonce (NIST SP 800-38D).
func OpenBox(file string) (Box, error) {
	key, err := OpenKey(file)
	if err != nil {
		return Box{}, err
	}
	mac := hmac.New(sha256.New, key.private.Seed())
	mac.Write([]byte("transformateur box 1"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		return Box{}, fmt.Errorf("make the box of secrets: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	return Box{seal}, err
}

// Seal closes a text for one use; the same use opens it, and no other.
func (b Box) Seal(use, text string) string {
	nonce := make([]byte, b.seal.NonceSize())
	rand.Read(nonce)
	return base64.StdEncoding.EncodeToString(b.seal.Seal(nonce, nonce, []byte(text), []byte(use)))
}

// Open gives the text again. An error says that it was changed, or sealed with
// another key or for another use.
func (b Box) Open(use, sealed string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < b.seal.NonceSize() {
		return "", errors.New("open a sealed secret: it is damaged")
	}
	n := b.seal.NonceSize()
	text, err := b.seal.Open(nil, raw[:n], raw[n:], []byte(use))
	if err != nil {
		return "", errors.New("open a sealed secret: it was sealed with another key, or changed")
	}
	return string(text), nil
}
