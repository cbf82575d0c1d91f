package application

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/secret"
)

// ReceiptFormat names the format of receipts, so that a verifier of tomorrow knows what it reads.
const ReceiptFormat = "transformateur-receipt/1"

// Signer signs receipts in the name of the install.
type Signer interface {
	Sign(message []byte) []byte
	Public() ed25519.PublicKey
}

// Receipt is the proof of a deposit, signed, checkable by anybody without this
// program's database. It bears the mentions of articles L112-11 and R112-11-1 of
// the code des relations entre le public et l'administration.
type Receipt struct {
	Format      string          `json:"format"`
	Number      int64           `json:"number"` // in the order of deposits on the install, without a gap
	Kind        string          `json:"kind"`
	ReceivedAt  string          `json:"received_at"` // UTC, RFC 3339, milliseconds
	Local       string          `json:"local"`       // the same instant in the call's zone, with its offset
	Zone        string          `json:"zone"`
	Call        ReceiptRef      `json:"call"`
	Application ReceiptRef      `json:"application"`
	SubmittedBy string          `json:"submitted_by"`
	Revision    int             `json:"form_revision"`
	Answers     []ReceiptAnswer `json:"answers"`
	Files       []ReceiptFile   `json:"files"`
	Legal       call.Legal      `json:"legal"`
	Previous    string          `json:"previous"`          // SHA-256 of the receipt before
	Redacts     string          `json:"redacts,omitempty"` // SHA-256 of the receipt that this one replaces, without somebody's name
}

// ReceiptRef names a call or a file.
type ReceiptRef struct {
	ID     string `json:"id"`
	Number int    `json:"number,omitempty"`
	Title  string `json:"title"`
}

// ReceiptAnswer is the digest of an answer: SHA-256 of its canonical JSON.
type ReceiptAnswer struct {
	Field  string `json:"field"`
	Label  string `json:"label"`
	SHA256 string `json:"sha256"`
}

// ReceiptFile is a deposited file.
type ReceiptFile struct {
	Field  string `json:"field"`
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// The kinds of receipts.
const (
	KindDeposit    = "deposit"
	KindReplace    = "replacement"
	KindCorrection = "correction"
	KindWithdrawal = "withdrawal"
)

// SignedReceipt is what people download: the receipt, its signature, and the key
// that verifies it, whose fingerprint the install publishes.
type SignedReceipt struct {
	Receipt   Receipt `json:"receipt"`
	Signature string  `json:"signature"`
	PublicKey string  `json:"public_key"`
}

// canonical is what is signed: the receipt as JSON with sorted keys and no space.
func (r Receipt) canonical() ([]byte, error) {
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
	text, err := r.canonical()
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

// VerifyReceipt checks a downloaded receipt against a public key; with a nil key
// the one it carries is used, and the caller must compare its fingerprint.
//
// Errors: Invalid with the key "receipt.unreadable", "receipt.other_key" or "receipt.forged".
func VerifyReceipt(text []byte, public ed25519.PublicKey) (Receipt, ed25519.PublicKey, error) {
	var s SignedReceipt
	if err := json.Unmarshal(text, &s); err != nil || s.Receipt.Format != ReceiptFormat {
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

// issue numbers a receipt, chains it to the one before, signs it and keeps it.
func (s *Service) issue(ctx context.Context, tx *db.Tx, r Receipt) (Receipt, string, error) {
	if err := tx.Lock(ctx, "receipts"); err != nil {
		return r, "", fmt.Errorf("lock the receipts: %w", err)
	}
	err := tx.QueryRow(ctx, `select number, digest from receipts order by number desc limit 1`).Scan(&r.Number, &r.Previous)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return r, "", fmt.Errorf("read the last receipt: %w", err)
	}
	r.Number++
	text, err := r.canonical()
	if err != nil {
		return r, "", err
	}
	sum := sha256.Sum256(text)
	digest := hex.EncodeToString(sum[:])
	_, err = tx.Exec(ctx, `
		insert into receipts (number, application_id, kind, at, body, digest, previous, signature, key_id)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		r.Number, r.Application.ID, r.Kind, r.At(), string(text), digest, r.Previous, base64.StdEncoding.EncodeToString(s.signer.Sign(text)), secret.Fingerprint(s.signer.Public()))
	if err != nil {
		return r, "", fmt.Errorf("keep receipt %d: %w", r.Number, err)
	}
	return r, digest, nil
}

// newReceipt fills what every receipt says.
func newReceipt(kind string, f File, by string, at time.Time) Receipt {
	there := local(at, f.Call.Zone)
	return Receipt{Format: ReceiptFormat, Kind: kind, ReceivedAt: at.UTC().Format("2006-01-02T15:04:05.000Z"), Local: there.Format("2006-01-02T15:04:05.000-07:00"), Zone: f.Call.Zone,
		Call: ReceiptRef{ID: string(f.Call.ID), Title: f.Call.Title.In("fr")}, Application: ReceiptRef{ID: string(f.ID), Number: f.Number, Title: f.Title},
		SubmittedBy: by, Revision: f.Revision, Answers: []ReceiptAnswer{}, Files: []ReceiptFile{}, Legal: f.Call.Legal}
}

// Receipts lists the receipts of a file, the last one first, as they are downloaded.
func (s *Service) receipts(ctx context.Context, r db.Reader, id ID) ([]SignedReceipt, error) {
	return db.List(ctx, r, s.scanReceipt, `select body, signature from receipts where application_id = $1 order by number desc`, string(id))
}

func (s *Service) scanReceipt(sc db.Scanner) (out SignedReceipt, err error) {
	var body string
	if err = sc.Scan(&body, &out.Signature); err != nil {
		return out, err
	}
	out.PublicKey = base64.StdEncoding.EncodeToString(s.signer.Public())
	err = json.Unmarshal([]byte(body), &out.Receipt)
	return out, err
}

// PublicKey is the key that verifies the install's receipts.
func (s *Service) PublicKey() ed25519.PublicKey { return s.signer.Public() }
