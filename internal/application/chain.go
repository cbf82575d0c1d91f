package application

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/application/receipt"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/secret"
)

// ReceiptByNumber gives a receipt to whoever may read its file. A visitor is sent
// to sign in whatever the number, so that nobody learns how many there are.
func (s *Service) ReceiptByNumber(ctx context.Context, by account.User, number int64) (receipt.Signed, error) {
	if by.IsVisitor() {
		return receipt.Signed{}, errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	var id string
	if err := s.db.Reader().QueryRow(ctx, `select application_id from receipts where number = $1`, number).Scan(&id); err != nil {
		return receipt.Signed{}, err
	}
	return s.Receipt(ctx, by, ID(id), number)
}

// Verified is what an install says of a receipt that anybody shows it. It tells
// nothing that the receipt does not say, but whether it is in the chain.
type Verified struct {
	Receipt     receipt.Receipt
	Fingerprint string // of the key it carries
	Digest      string
	Known       bool // this install keeps this very receipt
	Chained     bool // the one before it is the one it names
	Followed    bool // a later receipt carries its digest
}

// CheckReceipt verifies a receipt against the key of this install, and looks for it
// in the chain.
//
// Errors: those of receipt.Verify.
func (s *Service) CheckReceipt(ctx context.Context, _ account.User, text []byte) (Verified, error) {
	shown, public, err := receipt.Verify(text, s.signer.Public())
	v := Verified{Receipt: shown}
	if public != nil {
		v.Fingerprint = secret.Fingerprint(public)
	}
	if err != nil {
		return v, err
	}
	if v.Digest, err = shown.Digest(); err != nil {
		return v, err
	}
	if shown.Redacts != "" {
		v.Digest = shown.Redacts
	}
	var previous bool
	err = s.db.Reader().QueryRow(ctx, `
		select exists (select 1 from receipts where number = $1 and digest = $2),
		  exists (select 1 from receipts where number = $3 and digest = $4),
		  exists (select 1 from receipts where number = $5 and previous = $2)`,
		shown.Number, v.Digest, shown.Number-1, shown.Previous, shown.Number+1).Scan(&v.Known, &previous, &v.Followed)
	v.Chained = previous || shown.Number == 1 && shown.Previous == ""
	return v, err
}
