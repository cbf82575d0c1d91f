// Package credential is what a person signs in with besides her mail: passkeys, one-time codes, accounts she has at a provider.
package credential

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/openid"
	"transformateur/internal/platform/secret"
)

// Options are what the service leans on.
type Options struct {
	Accounts  *account.Service
	Mailer    account.Mailer
	Rights    account.Rights
	Box       *secret.Box
	Install   string // name of the install, shown by what keeps passkeys and codes
	BaseURL   string // public address: passkeys are bound to its host
	Providers []*openid.Provider
	// Decides says whether a person holds a role of the programme, whose rights wait
	// for a second factor where the install asks for one.
	Decides func(ctx context.Context, r db.Reader, person account.PersonID) (bool, error)
	Asked   bool // the install asks for a second factor
}

// Service keeps what people sign in with.
type Service struct {
	db    *db.DB
	clock clock.Clock
	opt   Options
	web   *webauthn.WebAuthn // nil where the address cannot have passkeys
}

// New makes the service. Where the public address has no name (an IP address), there
// are no passkeys: browsers refuse them (Web Authentication Level 3, §5.1.3).
func New(d *db.DB, c clock.Clock, opt Options) (*Service, error) {
	s := &Service{db: d, clock: c, opt: opt}
	u, err := url.Parse(opt.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("read the public address: %w", err)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Hostname() == "" {
		return s, nil
	}
	s.web, err = webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: opt.Install, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys for %s: %w", u.Host, err)
	}
	return s, nil
}

// HasPasskeys says whether passkeys work at the address of the install.
func (s *Service) HasPasskeys() bool { return s.web != nil }

// Listen follows accounts that become one.
func (s *Service) Listen(bus *event.Bus) { bus.Subscribe("credential", s.follow, "person.merged") }

// newToken makes a secret of 256 bits, and the digest that is kept of it.
func newToken() (token, digest string) {
	var b [32]byte
	rand.Read(b[:])
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, digestOf(token)
}

func digestOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func signedIn(by account.User) error {
	if by.IsVisitor() {
		return errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	return nil
}

func invalid(path, key string, args ...any) error {
	return &errs.Error{Kind: errs.Invalid, Key: "errs.invalid", Fields: []errs.Field{{Path: path, Key: key, Args: args}}}
}

// MailSecurity tells somebody that what she signs in with has changed: What is one of
// the Told… constants, Message what who changed it says, Link where to look.
const MailSecurity = "security_changed"

// What a person is told of, as it stands in What.
const (
	ToldPasskeyAdded    = "passkey_added"
	ToldPasskeyRemoved  = "passkey_removed"
	ToldPasskeyCopied   = "passkey_copied"
	ToldCodesSet        = "codes_set"
	ToldCodesRemoved    = "codes_removed"
	ToldRecoveryRenewed = "recovery_renewed"
	ToldRecoveryUsed    = "recovery_used"
	ToldFactorReset     = "factor_reset"
	ToldIdentityAdded   = "identity_added"
	ToldIdentityRemoved = "identity_removed"
)

// act is something done to what a person signs in with.
type act struct {
	name    string // of the journal
	person  account.PersonID
	told    string
	message string
	detail  map[string]any
}

// record writes the act and tells the person, so that nobody changes it unseen.
func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, a act) error {
	err := journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: a.name, Kind: "person", ID: string(a.person), Detail: a.detail})
	if err != nil || a.told == "" {
		return err
	}
	email, lang, err := s.opt.Accounts.MainAddress(ctx, tx, a.person)
	if errs.Is(err, errs.NotFound) {
		return nil // nobody to tell: the account is closed
	}
	if err != nil {
		return fmt.Errorf("find whom to tell: %w", err)
	}
	args := map[string]string{"What": a.told, "Link": "/account/security"}
	if a.message != "" {
		args["Message"] = a.message
	}
	return s.opt.Mailer.Enqueue(ctx, tx, account.Mail{To: email, Lang: lang, Template: MailSecurity, Args: args, Key: "security:" + db.NewID()})
}

// Sweep forgets the ceremonies of the day before.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `delete from ceremonies where expires_at < $1`, s.clock.Now().AddDate(0, 0, -1))
		return err
	})
}
