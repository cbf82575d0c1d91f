package application

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/secret"
)

// ReceiptByNumber gives a receipt to whoever may read its file. A visitor is sent
// to sign in whatever the number, so that nobody learns how many there are.
func (s *Service) ReceiptByNumber(ctx context.Context, by account.User, number int64) (SignedReceipt, error) {
	if by.IsVisitor() {
		return SignedReceipt{}, errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	var id string
	if err := s.db.Reader().QueryRow(ctx, `select application_id from receipts where number = $1`, number).Scan(&id); err != nil {
		return SignedReceipt{}, err
	}
	return s.Receipt(ctx, by, ID(id), number)
}

// Verified is what an install says of a receipt that anybody shows it. It tells
// nothing that the receipt does not say, but whether it is in the chain.
type Verified struct {
	Receipt     Receipt
	Fingerprint string // of the key it carries
	Digest      string
	Known       bool // this install keeps this very receipt
	Chained     bool // the one before it is the one it names
	Followed    bool // a later receipt carries its digest
}

// CheckReceipt verifies a receipt against the key of this install, and looks for it
// in the chain.
//
// Errors: those of VerifyReceipt.
func (s *Service) CheckReceipt(ctx context.Context, _ account.User, text []byte) (Verified, error) {
	receipt, public, err := VerifyReceipt(text, s.signer.Public())
	v := Verified{Receipt: receipt}
	if public != nil {
		v.Fingerprint = secret.Fingerprint(public)
	}
	if err != nil {
		return v, err
	}
	if v.Digest, err = receipt.Digest(); err != nil {
		return v, err
	}
	if receipt.Redacts != "" {
		v.Digest = receipt.Redacts
	}
	var previous bool
	err = s.db.Reader().QueryRow(ctx, `
		select exists (select 1 from receipts where number = $1 and digest = $2),
		  exists (select 1 from receipts where number = $3 and digest = $4),
		  exists (select 1 from receipts where number = $5 and previous = $2)`,
		receipt.Number, v.Digest, receipt.Number-1, receipt.Previous, receipt.Number+1).Scan(&v.Known, &previous, &v.Followed)
	v.Chained = previous || receipt.Number == 1 && receipt.Previous == ""
	return v, err
}

// ChainBreak says at which receipt the chain fails and how: "missing", "changed",
// "unchained", "forged" or "other_key".
type ChainBreak struct {
	Number int64
	Reason string
}

// VerifyChain reads every receipt of an install in order: no number is missing,
// each is as it was signed, and each carries the digest of the one before. It gives
// their number, the digest of the last one, and the first break if there is one.
func VerifyChain(ctx context.Context, r db.Reader, public ed25519.PublicKey) (count int64, head string, broken *ChainBreak, err error) {
	type row struct {
		number                                       int64
		body, digest, previous, signature, keyID, id string
	}
	for {
		page, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
			err = sc.Scan(&x.number, &x.body, &x.digest, &x.previous, &x.signature, &x.keyID, &x.id)
			return x, err
		}, `select number, body, digest, previous, signature, key_id, application_id from receipts where number > $1 order by number limit 500`, count)
		if err != nil {
			return count, head, nil, fmt.Errorf("read the receipts: %w", err)
		}
		for _, x := range page {
			reason := ""
			switch {
			case x.number != count+1:
				return count, head, &ChainBreak{count + 1, "missing"}, nil
			case x.previous != head:
				reason = "unchained"
			case x.keyID != secret.Fingerprint(public):
				reason = "other_key"
			default:
				reason = faultOf(x.body, x.digest, x.signature, public, Receipt{Number: x.number, Previous: x.previous, Application: ReceiptRef{ID: x.id}})
			}
			if reason != "" {
				return count, head, &ChainBreak{x.number, reason}, nil
			}
			count, head = x.number, x.digest
		}
		if len(page) < 500 {
			return count, head, nil, nil
		}
	}
}

// faultOf says what is wrong with a kept receipt: its body must have the kept digest,
// or replace the receipt that had it, be signed, and say the same as its row.
func faultOf(body, digest, signature string, public ed25519.PublicKey, row Receipt) string {
	sum := sha256.Sum256([]byte(body))
	value, err := form.ParseValue([]byte(body))
	if err != nil || !bytes.Equal(form.Canonical(value), []byte(body)) {
		return "changed"
	}
	var r Receipt
	if json.Unmarshal([]byte(body), &r) != nil || hex.EncodeToString(sum[:]) != digest && r.Redacts != digest || r.Number != row.Number || r.Previous != row.Previous || r.Application.ID != row.Application.ID {
		return "changed"
	}
	signed, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || !ed25519.Verify(public, []byte(body), signed) {
		return "forged"
	}
	return ""
}
