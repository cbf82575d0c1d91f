package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/zone"
)

// How a sign-in is proved. A sign-in at a provider bears the provider's name.
const (
	MethodMail     = "mail"     // a link or a code sent to an address
	MethodPasskey  = "passkey"  // a passkey, that checked who holds it: two proofs in one
	MethodCode     = "code"     // a one-time code of an application
	MethodRecovery = "recovery" // one of the codes kept on paper
	MethodDemo     = "demo"     // a choice on the page of the demonstration
)

// Entry is somebody who proved who she is.
type Entry struct {
	Person PersonID
	Method string
	Strong bool      // there were proofs of two kinds
	Device string    // what the browser says it is
	Next   string    // where she wanted to go
	Until  time.Time // when the sign-in ends at the latest; zero: as any other
	Limit  *Limit    // what it is good for; nil: everything she may do
}

// Enter opens a sign-in for somebody who proved who she is, in the transaction of the
// proof. by is who was signed in on this device before, if anybody; that sign-in ends.
// Errors: NotFound (no such person), Forbidden account.disabled.
func (s *Service) Enter(ctx context.Context, tx *db.Tx, by User, e Entry) (a Arrival, err error) {
	person, err := s.GetPerson(ctx, tx, e.Person)
	if err != nil {
		return a, err
	}
	if person.Disabled {
		return a, errs.New(errs.Forbidden, "account.disabled")
	}
	if by.LoginID != "" {
		if err := s.endLogin(ctx, tx, by, by.LoginID); err != nil && !errs.Is(err, errs.NotFound) {
			return a, err
		}
	}
	a.Next, a.New, a.Person, a.Weak = LocalPath(e.Next), !person.Welcomed, person.ID, !e.Strong
	e.Person = person.ID
	a.Login, a.Token, err = s.openLogin(ctx, tx, e)
	return a, err
}

// openLogin signs a person in on a device and returns the token of the cookie.
func (s *Service) openLogin(ctx context.Context, tx *db.Tx, e Entry) (id, token string, err error) {
	now := s.clock.Now()
	token, digest := newToken()
	id = db.NewID()
	if e.Device = oneLine(e.Device); len(e.Device) > 200 {
		e.Device = strings.ToValidUTF8(e.Device[:200], "")
	}
	var strongAt time.Time
	if e.Strong {
		strongAt = now
	}
	expires := now.Add(loginMax)
	if !e.Until.IsZero() && e.Until.Before(expires) {
		expires = e.Until
	}
	var to, kind, on any
	if e.Limit != nil {
		to, kind, on = strings.Join(e.Limit.Actions, " "), e.Limit.Within.Kind, e.Limit.Within.ID
	}
	_, err = tx.Exec(ctx, `
		insert into logins (id, person_id, token_hash, created_at, last_seen_at, expires_at, device, methods, strong_at, limited_to, limited_kind, limited_id)
		values ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11)`, id, string(e.Person), digest, now, expires, e.Device, e.Method, strongAt, to, kind, on)
	if err != nil {
		return "", "", fmt.Errorf("open a sign-in: %w", err)
	}
	return id, token, journal.Write(ctx, tx, now, journal.Entry{Actor: "person:" + string(e.Person), Act: "login.opened", Kind: "login", ID: id,
		Detail: map[string]any{"method": e.Method, "strong": e.Strong}})
}

// Strengthen adds a second proof to the sign-in the request came with, and gives the
// token that replaces the one of the cookie: who had copied the former one is left
// with nothing. Error: NotFound (the sign-in has ended).
func (s *Service) Strengthen(ctx context.Context, tx *db.Tx, by User, method string) (token string, err error) {
	now := s.clock.Now()
	token, digest := newToken()
	n, err := tx.Exec(ctx, `
		update logins set token_hash = $3, strong_at = $4, methods = methods || ' ' || $5
		where id = $1 and person_id = $2 and revoked_at is null`, by.LoginID, string(by.ID), digest, now, method)
	if err != nil {
		return "", fmt.Errorf("strengthen a sign-in: %w", err)
	}
	if n == 0 {
		return "", errs.New(errs.NotFound, "errs.not_found")
	}
	return token, journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "login.strengthened", Kind: "login", ID: by.LoginID, Detail: map[string]any{"method": method}})
}

// MarkSecondFactor says whether a person has a second factor. Her account is then
// never merged into another one, whose sign-ins would reach what hers protects.
func (s *Service) MarkSecondFactor(ctx context.Context, tx *db.Tx, person PersonID, has bool) error {
	if _, err := tx.Exec(ctx, `update people set second_factor = $2 where id = $1`, string(person), has); err != nil {
		return fmt.Errorf("mark the second factor: %w", err)
	}
	return nil
}

// EndLogins ends every sign-in of a person, when somebody else decided so.
func (s *Service) EndLogins(ctx context.Context, tx *db.Tx, by User, person PersonID) error {
	_, err := s.endLogins(ctx, tx, by, person, "")
	return err
}

// Allowed counts an attempt in a bucket and says whether it is one of the first limit
// of the last quarter of an hour.
func (s *Service) Allowed(ctx context.Context, tx *db.Tx, bucket string, limit int) (bool, error) {
	return s.allowed(ctx, tx, bucket, limit)
}

// AllowedFrom is Allowed for an address of the network, or the neighbours it comes with.
func (s *Service) AllowedFrom(ctx context.Context, tx *db.Tx, bucket, ip string, limit int) (bool, error) {
	return s.allowed(ctx, tx, bucket+":"+network(ip), limit)
}

// Suggest gives a name to who has not said hers, as a provider knows her.
func (s *Service) Suggest(ctx context.Context, tx *db.Tx, person PersonID, name string) error {
	p := Profile{Name: name, Lang: "fr", Zone: zone.Default}
	if p.check() != nil {
		return nil // not a name: what her address tells is better
	}
	_, err := tx.Exec(ctx, `update people set name = $2 where id = $1 and welcomed_at is null`, string(person), p.Name)
	if err != nil {
		return fmt.Errorf("suggest a name: %w", err)
	}
	return nil
}

// BySIRET finds an organisation by its number.
func (s *Service) BySIRET(ctx context.Context, r db.Reader, siret string) (Organisation, error) {
	return db.Get(ctx, r, scanOrganisation, `select `+organisationColumns+` from organisations o where o.siret = $1`, siret)
}

// JoinProved makes the person a member of an organisation to which somebody trusted
// says that she belongs.
func (s *Service) JoinProved(ctx context.Context, tx *db.Tx, by User, id OrganisationID) error {
	return s.join(ctx, tx, by, id, by.ID, "")
}
