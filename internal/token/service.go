package token

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/time/rate"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
)

// Options bound what one token may ask for.
type Options struct {
	PerSecond float64 // requests, sustained; 0: 10
	Burst     int     // requests at once; 0: 100
}

// Service keeps tokens and the requests made with them.
type Service struct {
	db    *db.DB
	clock clock.Clock
	opt   Options

	mu     sync.Mutex
	spent  map[string]*allowance
	tidied time.Time
}

// New makes the service.
func New(d *db.DB, c clock.Clock, opt Options) *Service {
	if opt.PerSecond == 0 {
		opt.PerSecond = 10
	}
	if opt.Burst == 0 {
		opt.Burst = 100
	}
	return &Service{db: d, clock: c, opt: opt, spent: map[string]*allowance{}}
}

// Wanted is a token to make.
type Wanted struct {
	Name       string
	Scopes     []string
	Within     account.Ref // zero: everywhere she has rights
	WithinName string
	ExpiresAt  time.Time
}

// The longest name, in characters, and the most live tokens of a person.
const (
	maxName   = 80
	maxTokens = 20
)

func (n *Wanted) check(now time.Time) error {
	var bad []errs.Field
	add := func(path, key string, args ...any) { bad = append(bad, errs.Field{Path: path, Key: key, Args: args}) }
	n.Name = strings.Join(strings.Fields(text.Clean(n.Name)), " ")
	switch size := utf8.RuneCountInString(n.Name); {
	case size == 0:
		add("name", "token.name_missing")
	case size > maxName:
		add("name", "token.name_long", maxName)
	}
	var known []string
	for _, s := range Scopes {
		if slices.Contains(n.Scopes, s.Name) {
			known = append(known, s.Name)
		}
	}
	if len(known) == 0 {
		add("scopes", "token.scope_missing")
	}
	n.Scopes = known
	switch {
	case n.ExpiresAt.IsZero():
		add("expires", "token.expiry_missing")
	case !n.ExpiresAt.After(now):
		add("expires", "token.expiry_past")
	case n.ExpiresAt.After(now.Add(MaxLife)):
		add("expires", "token.expiry_far")
	}
	if n.Within != (account.Ref{}) && !slices.Contains([]string{"programme", "edition", "call"}, n.Within.Kind) {
		add("within", "token.within_unknown")
	}
	return errs.NewInvalid("errs.invalid", bad)
}

// Create makes a token of by's own and gives its secret, which is never shown again.
// A program cannot make tokens, and a token proves no more than the sign-in that it
// was made with: rights that wait for a second factor wait for it too. Errors: Invalid with everything wrong at once;
// Conflict "token.too_many" beyond what a person may have.
func (s *Service) Create(ctx context.Context, by account.User, n Wanted) (t Token, secret string, err error) {
	if err := asPerson(by); err != nil {
		return t, "", err
	}
	now := s.clock.Now()
	if err := n.check(now); err != nil {
		return t, "", err
	}
	secret = newSecret()
	t = Token{ID: db.NewID(), Person: by.ID, Name: n.Name, Ending: secret[len(secret)-4:], Scopes: n.Scopes, Within: n.Within, WithinName: n.WithinName, CreatedAt: now, ExpiresAt: n.ExpiresAt}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "tokens:"+string(by.ID)); err != nil {
			return err
		}
		var live int
		if err := tx.QueryRow(ctx, `select count(*) from access_tokens where person_id = $1 and revoked_at is null and expires_at > $2`, string(by.ID), now).Scan(&live); err != nil {
			return fmt.Errorf("count the tokens of %s: %w", by.ID, err)
		}
		if live >= maxTokens {
			return errs.New(errs.Conflict, "token.too_many", maxTokens)
		}
		if _, err := tx.Exec(ctx, `
			insert into access_tokens (id, person_id, name, digest, ending, scopes, object_kind, object_id, object_name, weak, created_at, expires_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, t.ID, string(by.ID), t.Name, Digest(secret), t.Ending, strings.Join(t.Scopes, " "),
			t.Within.Kind, t.Within.ID, t.WithinName, by.Weak, now, t.ExpiresAt); err != nil {
			return fmt.Errorf("keep a token: %w", err)
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "token.created", Kind: "token", ID: t.ID,
			Detail: map[string]any{"scopes": t.Scopes, "within": t.Within.Kind + ":" + t.Within.ID, "expires": t.ExpiresAt}})
	})
	return t, secret, err
}

// asPerson refuses visitors, and programs: a token that makes tokens would outlive itself.
func asPerson(by account.User) error {
	if by.IsVisitor() {
		return errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	if by.TokenID != "" {
		return errs.New(errs.Forbidden, "token.not_by_token")
	}
	return nil
}

const columns = `t.id, t.person_id, t.name, t.ending, t.scopes, t.object_kind, t.object_id, t.object_name, t.created_at, t.expires_at, t.last_used_at, t.revoked_at`

func (t *Token) into(scopes *string) []any {
	return []any{&t.ID, &t.Person, &t.Name, &t.Ending, scopes, &t.Within.Kind, &t.Within.ID, &t.WithinName, &t.CreatedAt, &t.ExpiresAt, &t.LastUsedAt, &t.RevokedAt}
}

// List gives by's own tokens that are not revoked, the newest first.
func (s *Service) List(ctx context.Context, by account.User) ([]Token, error) {
	if err := asPerson(by); err != nil {
		return nil, err
	}
	return db.List(ctx, s.db.Reader(), func(sc db.Scanner) (t Token, err error) {
		var scopes string
		err = sc.Scan(t.into(&scopes)...)
		t.Scopes = strings.Fields(scopes)
		return t, err
	}, `select `+columns+` from access_tokens t where t.person_id = $1 and t.revoked_at is null order by t.created_at desc, t.id`, string(by.ID))
}

// Revoke ends one of by's own tokens at once: the next request with it is refused.
// Somebody else's is NotFound.
func (s *Service) Revoke(ctx context.Context, by account.User, id string) error {
	if err := asPerson(by); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update access_tokens set revoked_at = $3 where id = $1 and person_id = $2 and revoked_at is null`, id, string(by.ID), now)
		if err != nil {
			return fmt.Errorf("revoke a token: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "token.revoked", Kind: "token", ID: id})
	})
}

// Authenticate finds in whose name a secret lets a program act: her rights within
// the token's limit, read again at every request, so that a revocation, the end of a
// role or of an account holds at once. Error: Unauthenticated "token.refused".
func (s *Service) Authenticate(ctx context.Context, secret string) (u account.User, t Token, err error) {
	refused := errs.New(errs.Unauthenticated, "token.refused")
	if !WellFormed(secret) {
		return u, t, refused
	}
	var scopes string
	err = s.db.Reader().QueryRow(ctx, `
		select `+columns+`, t.weak, p.id, p.name, p.lang, p.zone from access_tokens t join people p on p.id = t.person_id
		where t.digest = $1 and p.disabled_at is null`, Digest(secret)).Scan(append(t.into(&scopes), &u.Weak, &u.ID, &u.Name, &u.Lang, &u.Zone)...)
	now := s.clock.Now()
	if errs.Is(err, errs.NotFound) || err == nil && !t.Live(now) {
		return account.User{}, Token{}, refused
	}
	if err != nil {
		return account.User{}, Token{}, fmt.Errorf("authenticate a token: %w", err)
	}
	t.Scopes = strings.Fields(scopes)
	u.TokenID, u.Limit = t.ID, t.limit()
	if now.Sub(t.LastUsedAt) >= time.Minute { // a lost mark only makes the page less exact
		s.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update access_tokens set last_used_at = $2 where id = $1`, t.ID, now)
			return err
		})
	}
	return u, t, nil
}

// allowance is what somebody may still ask for.
type allowance struct {
	limiter *rate.Limiter
	last    time.Time
}

// Spend counts one request of a token, or of an address without one, and says how
// long to wait when it is one too many. The count is that of this process.
func (s *Service) Spend(who string) (wait time.Duration) {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.tidied) > 10*time.Minute {
		for key, a := range s.spent {
			if now.Sub(a.last) > 10*time.Minute {
				delete(s.spent, key)
			}
		}
		s.tidied = now
	}
	a := s.spent[who]
	if a == nil {
		a = &allowance{limiter: rate.NewLimiter(rate.Limit(s.opt.PerSecond), s.opt.Burst)}
		s.spent[who] = a
	}
	a.last = now
	asked := a.limiter.ReserveN(now, 1)
	if wait = asked.DelayFrom(now); wait > 0 {
		asked.CancelAt(now)
	}
	return wait
}
