package receipt

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/secret"
)

// Break says at which receipt the chain fails and how: "missing", "changed",
// "unchained", "forged" or "other_key".
type Break struct {
	Number int64
	Reason string
}

// VerifyChain reads every receipt of an install in order: no number is missing,
// each is as it was signed, and each carries the digest of the one before. It gives
// their number, the digest of the last one, and the first break if there is one.
func VerifyChain(ctx context.Context, r db.Reader, public ed25519.PublicKey) (count int64, head string, broken *Break, err error) {
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
				return count, head, &Break{count + 1, "missing"}, nil
			case x.previous != head:
				reason = "unchained"
			case x.keyID != secret.Fingerprint(public):
				reason = "other_key"
			default:
				reason = faultOf(x.body, x.digest, x.signature, public, Receipt{Number: x.number, Previous: x.previous, Application: Ref{ID: x.id}})
			}
			if reason != "" {
				return count, head, &Break{x.number, reason}, nil
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
