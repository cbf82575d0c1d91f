package account

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// MethodGuest is the sign-in of somebody who came by a code on a wall: it proves nothing
// but that she was there.
const MethodGuest = "guest"

// Visit is somebody who comes by, without an account: the name she types is all that is
// kept of her.
type Visit struct {
	Name   string
	Lang   string
	Zone   string
	Device string
	Until  time.Time // when her sign-in ends
	Limit  Limit     // all that it is good for
}

// Admit makes a guest and signs her in, in the transaction of the act that lets her in;
// the token is that of the cookie. by is who was signed in on this device before, if
// anybody; that sign-in ends. Error: Invalid on "name".
func (s *Service) Admit(ctx context.Context, tx *db.Tx, by User, v Visit) (p Person, token string, err error) {
	said := Profile{Name: v.Name, Lang: langOf(v.Lang), Zone: v.Zone}
	if err := said.check(); err != nil {
		return p, "", err
	}
	now := s.clock.Now()
	p = Person{ID: PersonID(db.NewID()), Name: said.Name, Lang: said.Lang, Zone: said.Zone, Welcomed: true, CreatedAt: now}
	if _, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at, welcomed_at) values ($1, $2, $3, $4, $5, $5)`, string(p.ID), p.Name, p.Lang, p.Zone, now); err != nil {
		return p, "", fmt.Errorf("make a guest: %w", err)
	}
	if err := journal.Write(ctx, tx, now, journal.Entry{Actor: "person:" + string(p.ID), Act: "person.admitted", Kind: "person", ID: string(p.ID), Detail: map[string]any{"to": v.Limit.Within.Kind + ":" + v.Limit.Within.ID}}); err != nil {
		return p, "", err
	}
	if by.LoginID != "" {
		if err := s.endLogin(ctx, tx, by, by.LoginID); err != nil && !errs.Is(err, errs.NotFound) {
			return p, "", err
		}
	}
	_, token, err = s.openLogin(ctx, tx, Entry{Person: p.ID, Method: MethodGuest, Device: v.Device, Until: v.Until, Limit: &v.Limit})
	return p, token, err
}

// Passing says whether a person came by without an account: no address is hers.
func (s *Service) Passing(ctx context.Context, r db.Reader, person PersonID) (bool, error) {
	n, err := db.Get(ctx, r, db.Value[int], `select count(*) from addresses where person_id = $1`, string(person))
	if err != nil {
		return false, fmt.Errorf("find whether somebody has an address: %w", err)
	}
	return n == 0, nil
}

// EndLimited ends the sign-ins of a person that are good for one object only.
func (s *Service) EndLimited(ctx context.Context, tx *db.Tx, by User, person PersonID, within Ref) error {
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `update logins set revoked_at = $4 where person_id = $1 and limited_kind = $2 and limited_id = $3 and revoked_at is null`, string(person), within.Kind, within.ID, now)
	if err != nil {
		return fmt.Errorf("end the sign-ins of a guest: %w", err)
	}
	if n == 0 {
		return nil
	}
	return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "login.revoked_all", Kind: "person", ID: string(person), Detail: map[string]any{"count": n}})
}
