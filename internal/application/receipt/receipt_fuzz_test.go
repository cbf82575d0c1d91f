package receipt

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"testing"

	"transformateur/internal/platform/errs"
)

// No receipt is genuine under a key that did not sign it.
func FuzzVerify(f *testing.F) {
	own := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	other := ed25519.NewKeyFromSeed([]byte("another seed, of 32 bytes in all")).Public().(ed25519.PublicKey)
	r := Receipt{Format: Format, Number: 7, ReceivedAt: "2027-03-05T11:00:00Z"}
	text, err := r.Canonical()
	if err != nil {
		f.Fatal(err)
	}
	signed, err := json.Marshal(Signed{Receipt: r, PublicKey: base64.StdEncoding.EncodeToString(own.Public().(ed25519.PublicKey)), Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(own, text))})
	if err != nil {
		f.Fatal(err)
	}
	if _, _, err := Verify(signed, own.Public().(ed25519.PublicKey)); err != nil {
		f.Fatalf("the seed is not genuine: %v", err)
	}
	f.Add(signed)
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"receipt":{"format":"x"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, _, err := Verify(text, other); !errs.Is(err, errs.Invalid) {
			t.Fatalf("genuine under a key that did not sign it: %v", err)
		}
		if got, _, err := Verify(text, own.Public().(ed25519.PublicKey)); err == nil && (got.Number != r.Number || got.ReceivedAt != r.ReceivedAt) {
			t.Fatalf("changed and genuine: %+v", got)
		}
	})
}
