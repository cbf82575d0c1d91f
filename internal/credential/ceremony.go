package credential

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// How long a browser has to answer.
const (
	passkeyLife  = 5 * time.Minute
	providerLife = 15 * time.Minute
	provedLife   = time.Hour // a provider's word waits for a link sent by mail
)

// The kinds of ceremonies.
const (
	forRegistration = "register"
	forSignIn       = "passkey"
	atProvider      = "provider"
	provedIdentity  = "proved"
)

// ceremony is what a browser was given to answer, once. Who holds token may answer,
// from the browser that holds browser when there is one.
type ceremony struct {
	kind    string
	token   string
	browser string // the secret of a cookie; "" when the token alone is enough
	person  account.PersonID
	life    time.Duration
	data    any // kept as JSON
}

func (s *Service) begin(ctx context.Context, tx *db.Tx, c ceremony) error {
	data, err := json.Marshal(c.data)
	if err != nil {
		return fmt.Errorf("write a ceremony: %w", err)
	}
	var person any
	if c.person != "" {
		person = string(c.person)
	}
	now := s.clock.Now()
	_, err = tx.Exec(ctx, `
		insert into ceremonies (id, kind, token_hash, browser_hash, person_id, data, created_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), c.kind, digestOf(c.token), browserDigest(c.browser), person, data, now, now.Add(c.life))
	if err != nil {
		return fmt.Errorf("begin a ceremony: %w", err)
	}
	return nil
}

func browserDigest(browser string) string {
	if browser == "" {
		return ""
	}
	return digestOf(browser)
}

const liveCeremony = ` from ceremonies where kind = $1 and token_hash = $2 and browser_hash = $3 and used_at is null and expires_at > $4`

// take uses a ceremony up, whatever follows: an answer is tried once. Only kind, token
// and browser of c are read; into receives the data. Error: NotFound (unknown, used,
// expired, from another browser).
func (s *Service) take(ctx context.Context, tx *db.Tx, c *ceremony, into any) error {
	if err := s.peek(ctx, tx, c, into); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `update ceremonies set used_at = $4 where kind = $1 and token_hash = $2 and browser_hash = $3 and used_at is null and expires_at > $4`,
		c.kind, digestOf(c.token), browserDigest(c.browser), s.clock.Now())
	if err != nil {
		return fmt.Errorf("use a ceremony: %w", err)
	}
	if n == 0 {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	return nil
}

// peek reads a ceremony without using it.
func (s *Service) peek(ctx context.Context, r db.Reader, c *ceremony, into any) error {
	var data []byte
	var person string
	err := r.QueryRow(ctx, `select data, coalesce(person_id, '')`+liveCeremony, c.kind, digestOf(c.token), browserDigest(c.browser), s.clock.Now()).Scan(&data, &person)
	if err != nil {
		return err
	}
	c.person = account.PersonID(person)
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("read a ceremony: %w", err)
	}
	return nil
}

// used uses a ceremony up in a transaction of its own, which stands whatever follows.
func (s *Service) used(ctx context.Context, c *ceremony, into any) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.take(ctx, tx, c, into) })
}
