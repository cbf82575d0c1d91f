package account

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Membership is a person's place in an organisation, for a time.
type Membership struct {
	Organisation     OrganisationID
	OrganisationName string
	Person           PersonID
	PersonName       string
	Function         string // what she does there, in her words
	From             time.Time
	Until            time.Time // zero: no end
}

const membershipQuery = `
	select m.organisation_id, o.name, m.person_id, p.name, m.function, m.from_at, m.until_at
	from organisation_members m
	join organisations o on o.id = m.organisation_id
	join people p on p.id = m.person_id
	where m.from_at <= $2 and (m.until_at is null or m.until_at > $2) and `

func scanMembership(sc db.Scanner) (m Membership, err error) {
	err = sc.Scan(&m.Organisation, &m.OrganisationName, &m.Person, &m.PersonName, &m.Function, &m.From, &m.Until)
	return m, err
}

func (s *Service) members(ctx context.Context, r db.Reader, id OrganisationID) ([]Membership, error) {
	return db.List(ctx, r, scanMembership, membershipQuery+`m.organisation_id = $1 order by p.name, p.id`, string(id), s.clock.Now())
}

// OrganisationsOf lists where a person belongs now.
func (s *Service) OrganisationsOf(ctx context.Context, r db.Reader, person PersonID) ([]Membership, error) {
	return db.List(ctx, r, scanMembership, membershipQuery+`m.person_id = $1 order by o.folded, o.id`, string(person), s.clock.Now())
}

// MyOrganisations lists where the person belongs now.
func (s *Service) MyOrganisations(ctx context.Context, by User) ([]Membership, error) {
	return s.OrganisationsOf(ctx, s.db.Reader(), by.ID)
}

// Joinable lists the organisations whose domain is that of one of the person's
// addresses and where she is not yet.
func (s *Service) Joinable(ctx context.Context, by User) ([]Organisation, error) {
	mine, err := s.Addresses(ctx, by)
	if err != nil {
		return nil, err
	}
	var domains []string
	for _, a := range mine {
		domains = append(domains, domainOf(a.Email))
	}
	if len(domains) == 0 {
		return nil, nil
	}
	list, args := placeholders(domains)
	args = append(args, string(by.ID), s.clock.Now())
	return db.List(ctx, s.db.Reader(), scanOrganisation, fmt.Sprintf(`
		select `+organisationColumns+` from organisations o
		where o.domain in (%s) and o.successor_id is null and not exists (
			select 1 from organisation_members m
			where m.organisation_id = o.id and m.person_id = $%d and (m.until_at is null or m.until_at > $%d))
		order by o.folded, o.id limit 20`, list, len(args)-1, len(args)), args...)
}

// Join makes the person a member of an organisation whose domain is that of one of
// her proved addresses. Elsewhere one is invited: what an organisation may do, its
// members may. Errors: NotFound, Forbidden organisation.join_refused, Invalid on "function".
func (s *Service) Join(ctx context.Context, by User, id OrganisationID, function string) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := s.GetOrganisation(ctx, tx, id)
		if err != nil {
			return err
		}
		mine, err := addressesOf(ctx, tx, by.ID)
		if err != nil {
			return err
		}
		for _, a := range mine {
			if o.Domain != "" && domainOf(a.Email) == o.Domain {
				return s.join(ctx, tx, by, id, by.ID, function)
			}
		}
		return errs.New(errs.Forbidden, "organisation.join_refused")
	})
}

// Joined tells, as the event organisation.joined, who belongs to an organisation from now on.
type Joined struct {
	Person PersonID `json:"person"`
}

// join adds a membership from now on; being there already changes the function only.
func (s *Service) join(ctx context.Context, tx *db.Tx, by User, id OrganisationID, person PersonID, function string) error {
	function = oneLine(function)
	if utf8.RuneCountInString(function) > maxName {
		return invalid("function", "organisation.function_long", maxName)
	}
	if err := tx.Lock(ctx, "member:"+string(id)+":"+string(person)); err != nil {
		return err
	}
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `
		update organisation_members set function = $3
		where organisation_id = $1 and person_id = $2 and (until_at is null or until_at > $4)`, string(id), string(person), function, now)
	if err == nil && n == 0 {
		_, err = tx.Exec(ctx, `
			insert into organisation_members (organisation_id, person_id, function, from_at) values ($1, $2, $3, $4)
			on conflict (organisation_id, person_id, from_at) do update set function = excluded.function, until_at = null`, string(id), string(person), function, now)
	}
	if err != nil {
		return fmt.Errorf("join an organisation: %w", err)
	}
	if err := s.tell(ctx, tx, "organisation.joined", string(id), Joined{person}); err != nil {
		return err
	}
	return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "organisation.joined", Kind: "organisation", ID: string(id), Detail: map[string]any{"person": string(person)}})
}

// Leave ends the membership of a person now, and her right to edit the sheet: her
// own, or another's with the right organisation.edit. NotFound when there is none.
func (s *Service) Leave(ctx context.Context, by User, id OrganisationID, person PersonID) error {
	if err := signedIn(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if person != by.ID {
			if err := s.rights.Require(ctx, tx, by, "organisation.edit", Ref{"organisation", string(id)}); err != nil {
				return err
			}
		}
		now := s.clock.Now()
		n, err := tx.Exec(ctx, `
			update organisation_members set until_at = $3
			where organisation_id = $1 and person_id = $2 and from_at <= $3 and (until_at is null or until_at > $3)`, string(id), string(person), now)
		if err != nil {
			return fmt.Errorf("leave an organisation: %w", err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		for _, relation := range []string{Member, Representative} {
			if err := s.rights.Revoke(ctx, tx, by, person, relation, Ref{"organisation", string(id)}); err != nil {
				return fmt.Errorf("leave an organisation: %w", err)
			}
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "organisation.left", Kind: "organisation", ID: string(id), Detail: map[string]any{"person": string(person)}})
	})
}

// The relations one may be invited to have on an organisation.
const (
	Member         = "member"         // belongs to it
	Representative = "representative" // belongs to it and keeps its sheet up to date
)

// InviteMember invites somebody into an organisation, as Member or Representative.
// It asks for the right organisation.edit. Errors: as Invite, and Invalid on "relation".
func (s *Service) InviteMember(ctx context.Context, by User, id OrganisationID, in Invite) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		in.Object = Ref{"organisation", string(id)}
		if err := s.rights.Require(ctx, tx, by, "organisation.edit", in.Object); err != nil {
			return err
		}
		if in.Relation != Member && in.Relation != Representative {
			return invalid("relation", "invitation.relation_missing")
		}
		o, err := s.GetOrganisation(ctx, tx, id)
		if err != nil {
			return err
		}
		in.ObjectName = o.Name
		_, err = s.InviteIn(ctx, tx, by, in)
		return err
	})
}

// OrganisationInvitations lists the offers that wait for an answer, to who keeps the sheet.
func (s *Service) OrganisationInvitations(ctx context.Context, by User, id OrganisationID) ([]Invitation, error) {
	ref := Ref{"organisation", string(id)}
	if err := s.rights.Require(ctx, s.db.Reader(), by, "organisation.edit", ref); err != nil {
		return nil, err
	}
	return s.PendingInvitations(ctx, s.db.Reader(), ref)
}

// WithdrawMemberInvitation takes back an offer; it asks for the right organisation.edit.
func (s *Service) WithdrawMemberInvitation(ctx context.Context, by User, id OrganisationID, invitation string) error {
	ref := Ref{"organisation", string(id)}
	if err := s.rights.Require(ctx, s.db.Reader(), by, "organisation.edit", ref); err != nil {
		return err
	}
	return s.RevokeInvitation(ctx, by, ref, invitation)
}
