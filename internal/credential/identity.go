package credential

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/openid"
)

// Door is a provider where one may sign in, as the sign-in page shows it.
type Door struct {
	Name  string
	Label string
	Kind  string
}

// Doors lists the providers, in the order of the settings.
func (s *Service) Doors() (list []Door) {
	for _, p := range s.opt.Providers {
		list = append(list, Door{p.Name, p.Label, p.Kind})
	}
	return list
}

// Label is what people call a provider; one that is no longer set keeps its name.
func (s *Service) Label(name string) string {
	if p, err := s.provider(name); err == nil {
		return p.Label
	}
	return name
}

func (s *Service) provider(name string) (*openid.Provider, error) {
	i := slices.IndexFunc(s.opt.Providers, func(p *openid.Provider) bool { return p.Name == name })
	if i < 0 {
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	return s.opt.Providers[i], nil
}

// journeyOut is what is remembered of who went to a provider.
type journeyOut struct {
	Provider string
	Nonce    string
	Verifier string
	Next     string
	Link     bool
}

// Leave prepares a sign-in at a provider: address is where to go, browser the secret
// of the cookie without which the way back is closed. link adds the provider to the
// account of by instead of signing in. Errors: NotFound, Unavailable openid.down.
func (s *Service) Leave(ctx context.Context, by account.User, provider, next string, link bool) (address, browser string, err error) {
	p, err := s.provider(provider)
	if err != nil {
		return "", "", err
	}
	if link {
		if err := s.mayChange(ctx, by); err != nil {
			return "", "", err
		}
	}
	state, _ := newToken()
	nonce, _ := newToken()
	verifier, _ := newToken()
	browser, _ = newToken()
	if address, err = p.Start(ctx, openid.Attempt{State: state, Nonce: nonce, Verifier: verifier}); err != nil {
		warn(ctx, err)
		return "", "", err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		return s.begin(ctx, tx, ceremony{kind: atProvider, token: state, browser: browser, person: by.ID, life: providerLife,
			data: journeyOut{provider, nonce, verifier, account.LocalPath(next), link}})
	})
	return address, browser, err
}

// Back is somebody who comes back from a provider.
type Back struct {
	Provider string
	Browser  string // the secret of her cookie
	Query    url.Values
	Device   string
	Lang     string
}

// Outcome is what coming back opened: a sign-in; or else a proof that waits, with the
// address that the provider gives, until the person says which account it is for.
type Outcome struct {
	Arrival account.Arrival // its token is empty when a proof waits
	Email   string
	Next    string
}

// proved is what a provider said, until an account takes it.
type proved struct {
	Provider string
	User     openid.User
}

// Return takes what a provider sent back, once.
// Errors: those of openid.Finish; Conflict credential.provider_late (used, expired,
// another browser's), Forbidden account.disabled, NotFound.
func (s *Service) Return(ctx context.Context, by account.User, b Back) (out Outcome, err error) {
	p, err := s.provider(b.Provider)
	if err != nil {
		return out, err
	}
	var left journeyOut
	state := b.Query.Get("state")
	err = s.used(ctx, &ceremony{kind: atProvider, token: state, browser: b.Browser}, &left)
	if errs.Is(err, errs.NotFound) || err == nil && left.Provider != b.Provider { // another provider's way back: a mix-up (RFC 9700, §4.4)
		return out, errs.New(errs.Conflict, "credential.provider_late")
	}
	if err != nil {
		return out, err
	}
	user, err := p.Finish(ctx, b.Query, openid.Attempt{State: state, Nonce: left.Nonce, Verifier: left.Verifier})
	if err != nil {
		warn(ctx, err)
		return out, err
	}
	out.Next = left.Next
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		out.Arrival = account.Arrival{}
		if !left.Link {
			person, err := s.personOf(ctx, tx, p, user, b.Lang)
			if err == nil {
				out.Arrival, err = s.enterFrom(ctx, tx, by, p, user, account.Entry{Person: person, Method: p.Name, Strong: user.Strong, Device: b.Device, Next: left.Next})
				return err
			}
			if !errs.Is(err, errs.NotFound) {
				return err
			}
		}
		out.Email = user.Email
		return s.begin(ctx, tx, ceremony{kind: provedIdentity, token: provedToken(b.Browser), browser: b.Browser, person: by.ID, life: provedLife, data: proved{p.Name, user}})
	})
	return out, err
}

// warn keeps in the log what failed at a provider; the page tells less.
func warn(ctx context.Context, err error) {
	var e *errs.Error
	if errors.As(err, &e) && e.Kind != errs.Conflict && e.Kind != errs.NotFound {
		slog.WarnContext(ctx, "sign-in at a provider failed", "request", journal.Request(ctx), "err", err)
	}
}

func provedToken(browser string) string { return "proved:" + browser }

// personOf finds whose account an identity opens: the one that has it; else, when the
// provider proves the address, the one that has the address, or a new one. An account
// with a second factor takes no identity by its address alone. Error: NotFound.
func (s *Service) personOf(ctx context.Context, tx *db.Tx, p *openid.Provider, user openid.User, lang string) (account.PersonID, error) {
	id, err := db.Get(ctx, tx, db.Value[string], `select person_id from identities where issuer = $1 and subject = $2`, user.Issuer, user.Subject)
	if err == nil || !errs.Is(err, errs.NotFound) {
		return account.PersonID(id), err
	}
	nobody := errs.New(errs.NotFound, "errs.not_found")
	email, err := account.ParseEmail(user.Email)
	if err != nil || !p.TrustEmail && !user.EmailVerified {
		return "", nobody
	}
	person, err := s.opt.Accounts.FindPerson(ctx, tx, email)
	fresh := errs.Is(err, errs.NotFound)
	if fresh {
		person, err = s.opt.Accounts.Ensure(ctx, tx, account.User{Lang: lang}, email)
	}
	if err != nil {
		return "", err
	}
	if person.Guarded && !user.Strong {
		return "", nobody
	}
	if fresh {
		if err := s.opt.Accounts.Suggest(ctx, tx, person.ID, user.Name); err != nil {
			return "", err
		}
	}
	return person.ID, s.attach(ctx, tx, account.User{ID: person.ID}, p.Name, user)
}

// attach adds an identity to an account; another account's is a Conflict.
func (s *Service) attach(ctx context.Context, tx *db.Tx, by account.User, provider string, user openid.User) error {
	n, err := tx.Exec(ctx, `
		insert into identities (id, person_id, provider, issuer, subject, email, siret, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (issuer, subject) do nothing`, db.NewID(), string(by.ID), provider, user.Issuer, user.Subject, user.Email, user.SIRET, s.clock.Now())
	if err != nil {
		return fmt.Errorf("keep an identity: %w", err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "credential.identity_taken")
	}
	return s.record(ctx, tx, by, act{name: "identity.added", person: by.ID, told: ToldIdentityAdded, detail: map[string]any{"provider": provider}})
}

// enterFrom signs in, and keeps what will end the sign-in at the provider too.
func (s *Service) enterFrom(ctx context.Context, tx *db.Tx, by account.User, p *openid.Provider, user openid.User, e account.Entry) (a account.Arrival, err error) {
	if a, err = s.opt.Accounts.Enter(ctx, tx, by, e); err != nil {
		return a, err
	}
	_, err = tx.Exec(ctx, `update identities set last_used_at = $3, email = $4, siret = $5 where issuer = $1 and subject = $2`, user.Issuer, user.Subject, s.clock.Now(), user.Email, user.SIRET)
	if err != nil {
		return a, fmt.Errorf("use an identity: %w", err)
	}
	_, err = tx.Exec(ctx, `insert into provider_logins (login_id, provider, id_token) values ($1, $2, $3)`, a.Login, p.Name, s.opt.Box.Seal([]byte(user.IDToken), a.Login))
	if err != nil {
		return a, fmt.Errorf("keep what ends a sign-in: %w", err)
	}
	return a, nil
}

// Identity is an account that a person has at a provider.
type Identity struct {
	ID         string
	Provider   string
	Email      string // as the provider says it
	CreatedAt  time.Time
	LastUsedAt time.Time // zero: never yet
}

// Identities lists the person's accounts elsewhere.
func (s *Service) Identities(ctx context.Context, by account.User) ([]Identity, error) {
	return db.List(ctx, s.db.Reader(), func(sc db.Scanner) (i Identity, err error) {
		err = sc.Scan(&i.ID, &i.Provider, &i.Email, &i.CreatedAt, &i.LastUsedAt)
		return i, err
	}, `select id, provider, email, created_at, last_used_at from identities where person_id = $1 order by created_at, id`, string(by.ID))
}

// Waiting reads the proof that waits in this browser for the person's word.
// Error: NotFound (none, too late, begun by another person).
func (s *Service) Waiting(ctx context.Context, by account.User, browser string) (Identity, error) {
	if err := signedIn(by); err != nil {
		return Identity{}, err
	}
	var got proved
	c := &ceremony{kind: provedIdentity, token: provedToken(browser), browser: browser}
	if err := s.peek(ctx, s.db.Reader(), c, &got); err != nil {
		return Identity{}, err
	}
	if c.person != "" && c.person != by.ID {
		return Identity{}, errs.New(errs.NotFound, "errs.not_found")
	}
	return Identity{Provider: got.Provider, Email: got.User.Email}, nil
}

// Attach takes the proof that waits in this browser: the person may sign in with it.
// Errors: NotFound, Forbidden credential.prove_first, Conflict credential.identity_taken.
func (s *Service) Attach(ctx context.Context, by account.User, browser string) error {
	if err := s.mayChange(ctx, by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var got proved
		c := &ceremony{kind: provedIdentity, token: provedToken(browser), browser: browser}
		if err := s.take(ctx, tx, c, &got); err != nil {
			return err
		}
		if c.person != "" && c.person != by.ID {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.attach(ctx, tx, by, got.Provider, got.User)
	})
}

// Detach forgets an account elsewhere; links by mail remain. Errors: NotFound, Forbidden credential.prove_first.
func (s *Service) Detach(ctx context.Context, by account.User, id string) error {
	if err := s.mayChange(ctx, by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `delete from identities where id = $1 and person_id = $2`, id, string(by.ID))
		if err != nil {
			return fmt.Errorf("remove an identity: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.record(ctx, tx, by, act{name: "identity.removed", person: by.ID, told: ToldIdentityRemoved})
	})
}

// SignOut ends the sign-in the request came with, and gives the address that ends it
// at the provider too, "" when there is none.
func (s *Service) SignOut(ctx context.Context, by account.User) (elsewhere string, label string, err error) {
	var provider string
	var sealed []byte
	err = s.db.Reader().QueryRow(ctx, `select provider, id_token from provider_logins where login_id = $1`, by.LoginID).Scan(&provider, &sealed)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return "", "", fmt.Errorf("read where the sign-in came from: %w", err)
	}
	known := err == nil
	if err := s.opt.Accounts.SignOut(ctx, by); err != nil {
		return "", "", err
	}
	if !known {
		return "", "", nil
	}
	p, err := s.provider(provider)
	if err != nil {
		return "", "", nil // no longer set: nothing to end there
	}
	token, err := s.opt.Box.Open(sealed, by.LoginID)
	if err != nil {
		return "", "", err
	}
	state, _ := newToken()
	return p.EndURL(ctx, string(token), state, s.opt.BaseURL+"/signin/out"), p.Label, nil
}
