package account

import (
	"context"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Demo signs people in without a link. It is made only where there is nobody to
// deceive: the demonstration, which says so on every page, and tests.
type Demo struct{ s *Service }

// OpenDemo gives the demonstration its way in; the program calls it under --demo only.
func OpenDemo(s *Service) *Demo { return &Demo{s} }

// Create makes the account of a fictitious person, or finds it.
func (d *Demo) Create(ctx context.Context, email string, p Profile) (PersonID, error) {
	email, err := ParseEmail(email)
	if err != nil {
		return "", err
	}
	if err := p.check(); err != nil {
		return "", err
	}
	var id PersonID
	err = d.s.db.Write(ctx, func(tx *db.Tx) error {
		person, err := d.s.personOf(ctx, tx, email)
		if errs.Is(err, errs.NotFound) {
			person, err = d.s.create(ctx, tx, User{}, email, p.Lang)
		}
		if err != nil {
			return err
		}
		id = person.ID
		_, err = tx.Exec(ctx, `update people set name = $2, lang = $3, zone = $4, welcomed_at = $5 where id = $1`, string(id), p.Name, p.Lang, p.Zone, d.s.clock.Now())
		return err
	})
	return id, err
}

// Find finds the account of a fictitious person by her address.
func (d *Demo) Find(ctx context.Context, email string) (PersonID, error) {
	person, err := d.s.personOf(ctx, d.s.db.Reader(), email)
	return person.ID, err
}

// SignIn opens a sign-in as a person and returns the token of its cookie. It counts as
// strong: nobody is deceived here.
func (d *Demo) SignIn(ctx context.Context, person PersonID, device string) (token string, err error) {
	err = d.s.db.Write(ctx, func(tx *db.Tx) error {
		_, token, err = d.s.openLogin(ctx, tx, Entry{Person: person, Method: MethodDemo, Strong: true, Device: device})
		return err
	})
	return token, err
}
