// Package credentialtest gives tests of pages a service of what people sign in with.
package credentialtest

import (
	"path/filepath"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/openid"
	"transformateur/internal/platform/secret"
	"transformateur/internal/policy"
)

// Base is the public address of the tests.
const Base = "https://appels.example.org"

// World is what the service leans on.
type World struct {
	DB        *db.DB
	Clock     clock.Clock
	Accounts  *account.Service
	Mailer    account.Mailer
	Policy    *policy.Service
	Providers []*openid.Provider
	Base      string // Base when empty
}

// New makes the service, where those who decide are asked for a second factor.
func New(t testing.TB, w World) *credential.Service {
	t.Helper()
	box, err := secret.OpenBox(filepath.Join(t.TempDir(), "seal.key"))
	if err != nil {
		t.Fatal(err)
	}
	if w.Base == "" {
		w.Base = Base
	}
	s, err := credential.New(w.DB, w.Clock, credential.Options{Accounts: w.Accounts, Mailer: w.Mailer, Rights: w.Policy.Rights(), Box: box, Install: "Appels",
		BaseURL: w.Base, Providers: w.Providers, Decides: w.Policy.Decides, Asked: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
