package scheme

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/project"
)

// Body is the organisation of who carries a project; "" for what is not known.
type Body struct{ Name, SIRET string }

// Dossier is what is known of a project, as a procedure elsewhere asks for it.
type Dossier struct {
	One
	Body      Body
	Procedure Procedure // where the scheme is asked for online; its Version is 0 for none
}

// Dossier gathers what is known of a project for a scheme. Nothing is sent: who reads it
// takes it away. Errors: as One.
func (s *Service) Dossier(ctx context.Context, by account.User, id project.ID, scheme ID) (v Dossier, err error) {
	if v.One, err = s.One(ctx, by, id, scheme); err != nil {
		return v, err
	}
	list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (b Body, err error) {
		return b, sc.Scan(&b.Name, &b.SIRET)
	}, `select o.name, coalesce(o.siret, '') from relations r join organisation_members m on m.person_id = r.subject_id and m.until_at is null join organisations o on o.id = m.organisation_id and o.closed_at is null
		where r.object_kind = 'project' and r.object_id = $1 and r.subject_kind = 'person' and r.relation = 'owner' and r.revoked_at is null and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2)
		order by r.granted_at, r.id, m.from_at, o.id limit 1`, string(id), s.clock.Now())
	if err != nil {
		return v, fmt.Errorf("find the organisation of project %s: %w", id, err)
	}
	if len(list) > 0 {
		v.Body = list[0]
	}
	v.Procedure, err = procedureOf(ctx, s.db.Reader(), scheme)
	return v, err
}
