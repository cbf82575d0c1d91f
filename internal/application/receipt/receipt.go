// Package receipt is the signed proof of a deposit: what it says, and how anybody checks one or the whole chain.
package receipt

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/secret"
)

// Format names the format of receipts, so that a verifier of tomorrow knows what it reads.
const Format = "transformateur-receipt/1"

// Signer signs receipts in the name of the install.
type Signer interface {
	Sign(message []byte) []byte
	Public() ed25519.PublicKey
}

// Receipt is the proof of a deposit, signed, checkable by anybody without this
// program's database. It bears the mentions of articles L112-11 and R112-11-1 of
// the code des relations entre le public et l'administration.
type Receipt struct {
	Format      string     `json:"format"`
	Number      int64      `json:"number"` // in the order of deposits on the install, without a gap
	Kind        string     `json:"kind"`
	ReceivedAt  string     `json:"received_at"` // UTC, RFC 3339, milliseconds
	Local       string     `json:"local"`       // the same instant in the call's zone, with its offset
	Zone        string     `json:"zone"`
	Call        Ref        `json:"call"`
	Application Ref        `json:"application"`
	SubmittedBy string     `json:"submitted_by"`
	Revision    int        `json:"form_revision"`
	Answers     []Answer   `json:"answers"`
	Files       []File     `json:"files"`
	Legal       call.Legal `json:"legal"`
	Previous    string     `json:"previous"`          // SHA-256 of the receipt before
	Redacts     string     `json:"redacts,omitempty"` // SHA-256 of the receipt that this one replaces, without somebody's name
}

// Ref names a call or a file.
type Ref struct {
	ID     string `json:"id"`
	Number int    `json:"number,omitempty"`
	Title  string `json:"title"`
}

// Answer is the digest of an answer: SHA-256 of its canonical JSON.
type Answer struct {
	Field  string `json:"field"`
	Label  string `json:"label"`
	SHA256 string `json:"sha256"`
}

// File is a deposited file.
type File struct {
	Field  string `json:"field"`
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Signed is what people download: the receipt, its signature, and the key
// that verifies it, whose fingerprint the install publishes.
type Signed struct {
	Receipt   Receipt `json:"receipt"`
	Signature string  `json:"signature"`
	PublicKey string  `json:"public_key"`
}

// Canonical is what is signed: the receipt as JSON with sorted keys and no space.
func (r Receipt) Canonical() ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write the receipt: %w", err)
	}
	value, err := form.ParseValue(text)
	if err != nil {
		return nil, fmt.Errorf("write the receipt: %w", err)
	}
	return form.Canonical(value), nil
}

// Digest is the SHA-256 of the canonical receipt, which the next one carries.
func (r Receipt) Digest() (string, error) {
	text, err := r.Canonical()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// At is the instant of reception.
func (r Receipt) At() time.Time {
	at, _ := time.Parse(time.RFC3339Nano, r.ReceivedAt)
	return at
}

// Verify checks a downloaded receipt against a public key; with a nil key
// the one it carries is used, and the caller must compare its fingerprint.
//
// Errors: Invalid with the key "receipt.unreadable", "receipt.other_key" or "receipt.forged".
func Verify(text []byte, public ed25519.PublicKey) (Receipt, ed25519.PublicKey, error) {
	var s Signed
	if err := json.Unmarshal(text, &s); err != nil || s.Receipt.Format != Format {
		return Receipt{}, nil, errs.New(errs.Invalid, "receipt.unreadable")
	}
	carried, err := base64.StdEncoding.DecodeString(s.PublicKey)
	if err != nil || len(carried) != ed25519.PublicKeySize {
		return s.Receipt, nil, errs.New(errs.Invalid, "receipt.unreadable")
	}
	if public == nil {
		public = carried
	}
	if !public.Equal(ed25519.PublicKey(carried)) {
		return s.Receipt, public, errs.New(errs.Invalid, "receipt.other_key", secret.Fingerprint(carried), secret.Fingerprint(public))
	}
	signature, err := base64.StdEncoding.DecodeString(s.Signature)
	if err != nil {
		return s.Receipt, public, errs.New(errs.Invalid, "receipt.unreadable")
	}
	// What is verified is what was received, not what Go understood of it: a key
	// added to the file must break the signature too.
	var raw struct {
		Receipt json.RawMessage `json:"receipt"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return s.Receipt, public, errs.New(errs.Invalid, "receipt.unreadable")
	}
	value, err := form.ParseValue(raw.Receipt)
	if err != nil || !ed25519.Verify(public, form.Canonical(value), signature) {
		return s.Receipt, public, errs.New(errs.Invalid, "receipt.forged")
	}
	return s.Receipt, public, nil
}
