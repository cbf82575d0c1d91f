package credential

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

const (
	maxPasskeys = 20
	maxName     = 60
	// offersByNetwork bounds, in a quarter of an hour, how many challenges one network
	// address is given: a meeting room shares one.
	offersByNetwork = 300
)

// Passkey is a key of a person, kept by a device or by what her devices share.
type Passkey struct {
	ID         string
	Name       string
	Shared     bool // copied between her devices by what keeps it
	CreatedAt  time.Time
	LastUsedAt time.Time // zero: never yet
}

// Passkeys lists the person's keys, the latest first.
func (s *Service) Passkeys(ctx context.Context, by account.User) ([]Passkey, error) {
	return db.List(ctx, s.db.Reader(), func(sc db.Scanner) (k Passkey, err error) {
		err = sc.Scan(&k.ID, &k.Name, &k.Shared, &k.CreatedAt, &k.LastUsedAt)
		return k, err
	}, `select id, name, backup_state, created_at, last_used_at from passkeys where person_id = $1 order by created_at desc, id`, string(by.ID))
}

// Challenge is what a browser asks a key to sign: Options is the argument of
// navigator.credentials, in JSON, and Ceremony goes back with the answer.
type Challenge struct {
	Ceremony string `json:"ceremony"`
	Options  any    `json:"publicKey"`
}

// Answer is what a browser sends back: Response is the key's, in JSON.
type Answer struct {
	Ceremony string
	Response string
	Name     string // of a new key, as the person calls it
	Device   string
	Next     string
}

// keyed is a person as keys know her.
type keyed struct {
	id            []byte
	name, display string
	keys          []webauthn.Credential
}

func (k keyed) WebAuthnID() []byte                         { return k.id }
func (k keyed) WebAuthnName() string                       { return k.name }
func (k keyed) WebAuthnDisplayName() string                { return k.display }
func (k keyed) WebAuthnCredentials() []webauthn.Credential { return k.keys }

// keyedOf reads a person with her keys.
func (s *Service) keyedOf(ctx context.Context, r db.Reader, person account.PersonID) (keyed, error) {
	p, err := s.opt.Accounts.GetPerson(ctx, r, person)
	if err != nil {
		return keyed{}, err
	}
	email, _, err := s.opt.Accounts.MainAddress(ctx, r, person)
	if err != nil {
		return keyed{}, err
	}
	keys, err := db.List(ctx, r, scanKey, `
		select credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backup_state
		from passkeys where person_id = $1 order by created_at`, string(person))
	return keyed{[]byte(p.ID), email, p.Name, keys}, err
}

func scanKey(sc db.Scanner) (c webauthn.Credential, err error) {
	var id, aaguid, transports string
	var count int64
	err = sc.Scan(&id, &c.PublicKey, &aaguid, &transports, &count, &c.Flags.BackupEligible, &c.Flags.BackupState)
	if err != nil {
		return c, err
	}
	if c.ID, err = base64.RawURLEncoding.DecodeString(id); err != nil {
		return c, fmt.Errorf("read a passkey: %w", err)
	}
	if c.Authenticator.AAGUID, err = hex.DecodeString(aaguid); err != nil {
		return c, fmt.Errorf("read a passkey: %w", err)
	}
	for _, t := range strings.Fields(transports) {
		c.Transport = append(c.Transport, protocol.AuthenticatorTransport(t))
	}
	c.Flags.UserPresent, c.Flags.UserVerified, c.Authenticator.SignCount = true, true, uint32(count)
	return c, nil
}

// OfferKey begins the registration of a key.
// Errors: Forbidden credential.prove_first, Conflict credential.passkeys_many, credential.passkeys_none.
func (s *Service) OfferKey(ctx context.Context, by account.User) (Challenge, error) {
	if err := s.mayChange(ctx, by); err != nil {
		return Challenge{}, err
	}
	if s.web == nil {
		return Challenge{}, errs.New(errs.Conflict, "credential.passkeys_none")
	}
	who, err := s.keyedOf(ctx, s.db.Reader(), by.ID)
	if err != nil {
		return Challenge{}, err
	}
	if len(who.keys) >= maxPasskeys {
		return Challenge{}, errs.New(errs.Conflict, "credential.passkeys_many", maxPasskeys)
	}
	creation, session, err := s.web.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.keys).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, fmt.Errorf("offer a passkey: %w", err)
	}
	token, _ := newToken()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		return s.begin(ctx, tx, ceremony{kind: forRegistration, token: token, person: by.ID, life: passkeyLife, data: session})
	})
	return Challenge{token, creation.Response}, err
}

// KeepKey keeps the key that answered; she is told by mail. The key checked who holds
// it: a sign-in with one proof gains the second, and token, unless it is empty, replaces
// the one of the cookie.
// Errors: Invalid on "passkey" (credential.passkey_late, _refused, _known) and "name".
func (s *Service) KeepKey(ctx context.Context, by account.User, a Answer) (token string, err error) {
	if err := s.mayChange(ctx, by); err != nil {
		return "", err
	}
	name, err := keyName(a.Name)
	if err != nil {
		return "", err
	}
	var session webauthn.SessionData
	c := &ceremony{kind: forRegistration, token: a.Ceremony}
	if err := s.used(ctx, c, &session); errs.Is(err, errs.NotFound) || err == nil && c.person != by.ID {
		return "", invalid("passkey", "credential.passkey_late")
	} else if err != nil {
		return "", err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(a.Response))
	if err != nil {
		return "", refusedKey(err)
	}
	made, err := s.web.CreateCredential(keyed{id: []byte(by.ID)}, session, parsed)
	if err != nil {
		return "", refusedKey(err)
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.insertKey(ctx, tx, by.ID, name, made); err != nil {
			return err
		}
		if err := s.opt.Accounts.MarkSecondFactor(ctx, tx, by.ID, true); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, act{name: "passkey.added", person: by.ID, told: ToldPasskeyAdded}); err != nil || !by.Weak {
			return err
		}
		token, err = s.opt.Accounts.Strengthen(ctx, tx, by, account.MethodPasskey)
		return err
	})
	return token, err
}

func (s *Service) insertKey(ctx context.Context, tx *db.Tx, person account.PersonID, name string, made *webauthn.Credential) error {
	var transports []string
	for _, t := range made.Transport {
		transports = append(transports, string(t))
	}
	n, err := tx.Exec(ctx, `
		insert into passkeys (id, person_id, name, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backup_state, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (credential_id) do nothing`,
		db.NewID(), string(person), name, base64.RawURLEncoding.EncodeToString(made.ID), made.PublicKey, hex.EncodeToString(made.Authenticator.AAGUID),
		strings.Join(transports, " "), int64(made.Authenticator.SignCount), made.Flags.BackupEligible, made.Flags.BackupState, s.clock.Now())
	if err != nil {
		return fmt.Errorf("keep a passkey: %w", err)
	}
	if n == 0 {
		return invalid("passkey", "credential.passkey_known")
	}
	return nil
}

// refusedKey keeps the technical reason for the log.
func refusedKey(cause error) error {
	var told *protocol.Error
	if errors.As(cause, &told) {
		cause = fmt.Errorf("%w: %s", cause, told.DevInfo)
	}
	e := &errs.Error{Kind: errs.Invalid, Key: "credential.passkey_refused", Fields: []errs.Field{{Path: "passkey", Key: "credential.passkey_refused"}}}
	return e.Because(cause)
}

func keyName(typed string) (string, error) {
	name := strings.Join(strings.Fields(text.Clean(typed)), " ")
	switch {
	case name == "":
		return "", invalid("name", "credential.name_missing")
	case utf8.RuneCountInString(name) > maxName:
		return "", invalid("name", "credential.name_long", maxName)
	}
	return name, nil
}

// AskKey begins a sign-in with a key: the browser shows those it has for this site, so
// that the answer is the same for everybody. Errors: TooMany, Conflict credential.passkeys_none.
func (s *Service) AskKey(ctx context.Context, ip string) (Challenge, error) {
	if s.web == nil {
		return Challenge{}, errs.New(errs.Conflict, "credential.passkeys_none")
	}
	assertion, session, err := s.web.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, fmt.Errorf("ask for a passkey: %w", err)
	}
	token, _ := newToken()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		may, err := s.opt.Accounts.AllowedFrom(ctx, tx, "passkey", ip, offersByNetwork)
		if err != nil {
			return err
		}
		if !may {
			return errs.New(errs.TooMany, "errs.too_many")
		}
		return s.begin(ctx, tx, ceremony{kind: forSignIn, token: token, life: passkeyLife, data: session})
	})
	return Challenge{token, assertion.Response}, err
}

// UseKey signs in whoever holds the key that answered. The key checked who holds it:
// the sign-in is strong. by is who was signed in on this device before, if anybody.
// Errors: Invalid on "passkey" (credential.passkey_late, _refused, _copied), Forbidden account.disabled.
func (s *Service) UseKey(ctx context.Context, by account.User, a Answer) (arrival account.Arrival, err error) {
	if s.web == nil {
		return arrival, errs.New(errs.Conflict, "credential.passkeys_none")
	}
	var session webauthn.SessionData
	if err := s.used(ctx, &ceremony{kind: forSignIn, token: a.Ceremony}, &session); errs.Is(err, errs.NotFound) {
		return arrival, invalid("passkey", "credential.passkey_late")
	} else if err != nil {
		return arrival, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(a.Response))
	if err != nil {
		return arrival, refusedKey(err)
	}
	user, key, err := s.web.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		return s.keyedOf(ctx, s.db.Reader(), account.PersonID(handle))
	}, session, parsed)
	if err != nil {
		return arrival, refusedKey(err)
	}
	person, copied := account.PersonID(user.WebAuthnID()), false
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		now := s.clock.Now()
		n, err := tx.Exec(ctx, `
			update passkeys set sign_count = $3, backup_state = $4, last_used_at = $5
			where person_id = $1 and credential_id = $2 and (sign_count < $3 or sign_count = 0 and $3 = 0)`,
			string(person), base64.RawURLEncoding.EncodeToString(key.ID), int64(parsed.Response.AuthenticatorData.Counter), key.Flags.BackupState, now)
		if err != nil {
			return fmt.Errorf("use a passkey: %w", err)
		}
		if copied = n == 0; copied { // it counted backwards: somebody may hold a copy (Web Authentication Level 3, §6.1.1)
			return s.record(ctx, tx, account.User{}, act{name: "passkey.copy_suspected", person: person, told: ToldPasskeyCopied})
		}
		arrival, err = s.opt.Accounts.Enter(ctx, tx, by, account.Entry{Person: person, Method: account.MethodPasskey, Strong: true, Device: a.Device, Next: a.Next})
		return err
	})
	if err == nil && copied {
		err = invalid("passkey", "credential.passkey_copied")
	}
	return arrival, err
}

// RenameKey calls a key otherwise. Errors: NotFound, Invalid on "name".
func (s *Service) RenameKey(ctx context.Context, by account.User, id, name string) error {
	if err := signedIn(by); err != nil {
		return err
	}
	name, err := keyName(name)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update passkeys set name = $3 where id = $1 and person_id = $2`, id, string(by.ID), name)
		if err != nil {
			return fmt.Errorf("rename a passkey: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.record(ctx, tx, by, act{name: "passkey.renamed", person: by.ID})
	})
}

// RemoveKey forgets a key; links by mail remain. Errors: NotFound, Forbidden credential.prove_first.
func (s *Service) RemoveKey(ctx context.Context, by account.User, id string) error {
	if err := s.mayChange(ctx, by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `delete from passkeys where id = $1 and person_id = $2`, id, string(by.ID))
		if err != nil {
			return fmt.Errorf("remove a passkey: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if err := s.markFactor(ctx, tx, by.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, by, act{name: "passkey.removed", person: by.ID, told: ToldPasskeyRemoved})
	})
}
