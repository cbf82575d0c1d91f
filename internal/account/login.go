package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// How long a sign-in lasts: unused, and at the most.
const (
	loginIdle = 30 * 24 * time.Hour
	loginMax  = 180 * 24 * time.Hour
)

// Login is one sign-in of a person on one device.
type Login struct {
	ID         string
	Device     string    // what the browser says it is
	Methods    []string  // how it was proved, in order: the Method… constants, or the name of a provider
	StrongAt   time.Time // when proofs of two kinds were there; zero: never
	CreatedAt  time.Time
	LastSeenAt time.Time
	ExpiresAt  time.Time
}

// newToken makes a secret of 256 bits for an address or a cookie, and the digest
// that is kept: who reads the database cannot sign in.
func newToken() (token, digest string) {
	var b [32]byte
	rand.Read(b[:])
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, tokenDigest(token)
}

func tokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Authenticate finds who holds a sign-in token. A revoked, expired or unknown
// token is Unauthenticated; it is asked at every request, so that a revocation
// holds at once.
func (s *Service) Authenticate(ctx context.Context, token string) (User, error) {
	now := s.clock.Now()
	var u User
	var limited Limit
	var to string
	var seen, expires time.Time
	err := s.db.Reader().QueryRow(ctx, `
		select l.id, l.last_seen_at, l.expires_at, l.strong_at is null, p.id, p.name, p.lang, p.zone, coalesce(l.limited_to, ''), coalesce(l.limited_kind, ''), coalesce(l.limited_id, '')
		from logins l join people p on p.id = l.person_id
		where l.token_hash = $1 and l.revoked_at is null and p.disabled_at is null`, tokenDigest(token)).
		Scan(&u.LoginID, &seen, &expires, &u.Weak, &u.ID, &u.Name, &u.Lang, &u.Zone, &to, &limited.Within.Kind, &limited.Within.ID)
	if errs.Is(err, errs.NotFound) || err == nil && (!expires.After(now) || now.Sub(seen) > loginIdle) {
		return User{}, errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	if err != nil {
		return User{}, fmt.Errorf("authenticate: %w", err)
	}
	if limited.Within != (Ref{}) {
		limited.Actions = strings.Fields(to)
		u.Limit = &limited
	}
	if now.Sub(seen) > time.Hour { // a lost mark only makes the sign-in idle sooner
		s.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update logins set last_seen_at = $2 where id = $1`, u.LoginID, now)
			return err
		})
	}
	return u, nil
}

// SignOut ends the sign-in the request came with.
func (s *Service) SignOut(ctx context.Context, by User) error {
	return s.RevokeLogin(ctx, by, by.LoginID)
}

// RevokeLogin ends one of the person's own sign-ins; another person's is NotFound.
func (s *Service) RevokeLogin(ctx context.Context, by User, login string) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.endLogin(ctx, tx, by, login) })
}

func (s *Service) endLogin(ctx context.Context, tx *db.Tx, by User, login string) error {
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `update logins set revoked_at = $3 where id = $1 and person_id = $2 and revoked_at is null`, login, string(by.ID), now)
	if err != nil {
		return fmt.Errorf("revoke a sign-in: %w", err)
	}
	if n == 0 {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "login.revoked", Kind: "login", ID: login})
}

// RevokeOthers ends every sign-in of the person but the one the request came with,
// and says how many.
func (s *Service) RevokeOthers(ctx context.Context, by User) (ended int, err error) {
	if err := signedIn(by); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		ended, err = s.endLogins(ctx, tx, by, by.ID, by.LoginID)
		return err
	})
	return ended, err
}

// endLogins ends every sign-in of a person but one.
func (s *Service) endLogins(ctx context.Context, tx *db.Tx, by User, person PersonID, but string) (int, error) {
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `update logins set revoked_at = $3 where person_id = $1 and id <> $2 and revoked_at is null`, string(person), but, now)
	if err != nil || n == 0 {
		return 0, err
	}
	return n, journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "login.revoked_all", Kind: "person", ID: string(person), Detail: map[string]any{"count": n}})
}

// Logins lists the person's live sign-ins, the latest first.
func (s *Service) Logins(ctx context.Context, by User) ([]Login, error) {
	return db.List(ctx, s.db.Reader(), func(sc db.Scanner) (l Login, err error) {
		var methods string
		err = sc.Scan(&l.ID, &l.Device, &methods, &l.StrongAt, &l.CreatedAt, &l.LastSeenAt, &l.ExpiresAt)
		l.Methods = strings.Fields(methods)
		return l, err
	}, `select id, device, methods, strong_at, created_at, last_seen_at, expires_at from logins
		where person_id = $1 and revoked_at is null and expires_at > $2 and last_seen_at >= $3
		order by last_seen_at desc, id`, string(by.ID), s.clock.Now(), s.clock.Now().Add(-loginIdle))
}
