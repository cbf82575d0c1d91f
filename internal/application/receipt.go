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

	"transformateur/internal/application/receipt"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/secret"
)

// The kinds of receipts.
const (
	KindDeposit    = "deposit"
	KindReplace    = "replacement"
	KindCorrection = "correction"
	KindWithdrawal = "withdrawal"
)

// issue numbers a receipt, chains it to the one before, signs it and keeps it.
func (s *Service) issue(ctx context.Context, tx *db.Tx, r receipt.Receipt) (receipt.Receipt, string, error) {
	if err := tx.Lock(ctx, "receipts"); err != nil {
		return r, "", fmt.Errorf("lock the receipts: %w", err)
	}
	err := tx.QueryRow(ctx, `select number, digest from receipts order by number desc limit 1`).Scan(&r.Number, &r.Previous)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return r, "", fmt.Errorf("read the last receipt: %w", err)
	}
	r.Number++
	text, err := r.Canonical()
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
func newReceipt(kind string, f File, by string, at time.Time) receipt.Receipt {
	there := local(at, f.Call.Zone)
	return receipt.Receipt{Format: receipt.Format, Kind: kind, ReceivedAt: at.UTC().Format("2006-01-02T15:04:05.000Z"), Local: there.Format("2006-01-02T15:04:05.000-07:00"), Zone: f.Call.Zone,
		Call: receipt.Ref{ID: string(f.Call.ID), Title: f.Call.Title.In("fr")}, Application: receipt.Ref{ID: string(f.ID), Number: f.Number, Title: f.Title},
		SubmittedBy: by, Revision: f.Revision, Answers: []receipt.Answer{}, Files: []receipt.File{}, Legal: f.Call.Legal}
}

// Receipts lists the receipts of a file, the last one first, as they are downloaded.
func (s *Service) receipts(ctx context.Context, r db.Reader, id ID) ([]receipt.Signed, error) {
	return db.List(ctx, r, s.scanReceipt, `select body, signature from receipts where application_id = $1 order by number desc`, string(id))
}

func (s *Service) scanReceipt(sc db.Scanner) (out receipt.Signed, err error) {
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
