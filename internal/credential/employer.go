package credential

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/openid"
)

// Employer is an organisation for which a provider says that the person works.
type Employer struct {
	SIRET        string
	Organisation account.Organisation // empty when the directory does not have it yet
}

// Employers lists the organisations of which providers of the ProConnect kind, which
// vouch for it, give the number, and where the person is not yet.
func (s *Service) Employers(ctx context.Context, by account.User) ([]Employer, error) {
	var list []Employer
	for _, p := range s.opt.Providers {
		if p.Kind != openid.ProConnect {
			continue
		}
		found, err := db.List(ctx, s.db.Reader(), db.Value[string], `
			select distinct i.siret from identities i
			where i.person_id = $1 and i.issuer = $2 and i.siret <> '' and not exists (
				select 1 from organisations o join organisation_members m on m.organisation_id = o.id
				where o.siret = i.siret and m.person_id = $1 and (m.until_at is null or m.until_at > $3))
			order by 1`, string(by.ID), p.Issuer, s.clock.Now())
		if err != nil {
			return nil, err
		}
		for _, siret := range found {
			o, err := s.opt.Accounts.BySIRET(ctx, s.db.Reader(), siret)
			if err != nil && !errs.Is(err, errs.NotFound) {
				return nil, err
			}
			list = append(list, Employer{siret, o})
		}
	}
	return list, nil
}

// JoinEmployer makes the person a member of an organisation for which a provider says
// that she works. Error: NotFound.
func (s *Service) JoinEmployer(ctx context.Context, by account.User, id account.OrganisationID) error {
	if err := signedIn(by); err != nil {
		return err
	}
	employers, err := s.Employers(ctx, by)
	if err != nil {
		return err
	}
	for _, e := range employers {
		if e.Organisation.ID == id && id != "" {
			return s.db.Write(ctx, func(tx *db.Tx) error { return s.opt.Accounts.JoinProved(ctx, tx, by, id) })
		}
	}
	return errs.New(errs.NotFound, "errs.not_found")
}
