package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Accepted tells, as the event invitation.accepted, who took up which offer; as
// invitation.declined, which offer somebody refused, whoever she is.
type Accepted struct {
	Invitation string   `json:"invitation"`
	Person     PersonID `json:"person"`
	Relation   string   `json:"relation"`
	Object     Ref      `json:"object"`
}

// Offer is an invitation as the invited person sees it.
type Offer struct {
	Invitation
	Mine bool // it was sent to one of the reader's own addresses
}

// ReadInvitation shows an offer to who holds its link, or, by its identifier, to
// the person whose address it was sent to. A dead one is NotFound. It says nothing
// of who else may have the address.
func (s *Service) ReadInvitation(ctx context.Context, by User, key string) (Offer, error) {
	return s.offer(ctx, s.db.Reader(), by, key)
}

func (s *Service) offer(ctx context.Context, r db.Reader, by User, key string) (o Offer, err error) {
	o.Invitation, err = db.Get(ctx, r, scanInvitation, `select `+invitationColumns+fromInvitations+`where`+pending+`
		and (i.token_hash = $2 or i.id = $3 and exists (select 1 from addresses a where a.email = i.email and a.person_id = $4))`,
		s.clock.Now(), tokenDigest(key), key, string(by.ID))
	if err != nil || by.IsVisitor() {
		return o, err
	}
	mine, err := addressesOf(ctx, r, by.ID)
	o.Mine = slices.ContainsFunc(mine, func(a Address) bool { return a.Email == o.Email })
	return o, err
}

// MyInvitations lists the offers sent to the person's addresses that she has not answered.
func (s *Service) MyInvitations(ctx context.Context, by User) ([]Invitation, error) {
	if err := signedIn(by); err != nil {
		return nil, err
	}
	return db.List(ctx, s.db.Reader(), scanInvitation, `select `+invitationColumns+fromInvitations+`where`+pending+`
		and i.email in (select a.email from addresses a where a.person_id = $2) order by i.created_at, i.id`, s.clock.Now(), string(by.ID))
}

// Acceptance is how an offer is taken up.
type Acceptance struct {
	AddAddress bool // the invited address is the person's too: add it to her account
	IP         string
}

// AcceptInvitation takes up an offer: the relation is granted in the name of who
// invited. A person who holds the link may answer with an account that has other
// addresses. The invited one, which the link proves, is added when she says that it
// is hers, never unasked: a link may have been forwarded, and who reads the mails of
// an address can sign in with it. When another account has it, a link is sent there
// that offers to merge, as AddAddress does.
// Error: NotFound (answered, revoked, expired, unknown).
func (s *Service) AcceptInvitation(ctx context.Context, by User, key string, a Acceptance) (i Invitation, err error) {
	if err := signedIn(by); err != nil {
		return i, err
	}
	elsewhere := false
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := s.offer(ctx, tx, by, key)
		if err != nil {
			return err
		}
		i = o.Invitation
		if err := s.settle(ctx, tx, i.ID, `accepted_at = $2, accepted_by = $3`, string(by.ID)); err != nil {
			return err
		}
		if a.AddAddress && !o.Mine {
			if elsewhere, err = s.addProved(ctx, tx, by, i.Email); err != nil {
				return err
			}
		}
		return s.takeUp(ctx, tx, by, i)
	})
	if err == nil && elsewhere {
		err = s.AddAddress(ctx, by, i.Email, a.IP)
	}
	return i, err
}

// addProved adds an address that a link proved, or says that another account has it.
func (s *Service) addProved(ctx context.Context, tx *db.Tx, by User, email string) (elsewhere bool, err error) {
	if _, err := s.personOf(ctx, tx, email); !errs.Is(err, errs.NotFound) {
		return err == nil, err
	}
	if err := s.keepAddress(ctx, tx, by.ID, email, false); err != nil {
		return false, err
	}
	return false, s.addressesChanged(ctx, tx, by, "address.added")
}

// takeUp gives what an invitation offered.
func (s *Service) takeUp(ctx context.Context, tx *db.Tx, by User, i Invitation) error {
	if i.Object.Kind == "organisation" {
		if err := s.join(ctx, tx, by, OrganisationID(i.Object.ID), by.ID, ""); err != nil {
			return err
		}
	}
	err := s.rights.Grant(ctx, tx, inviter(i), Grant{Person: by.ID, Relation: i.Relation, Object: i.Object, Until: i.RelationUntil, Reason: "invitation:" + i.ID})
	if err != nil {
		return fmt.Errorf("grant what was offered: %w", err)
	}
	if err := s.bus.Publish(ctx, tx, "invitation.accepted", i.Object.ID, Accepted{i.ID, by.ID, i.Relation, i.Object}); err != nil {
		return err
	}
	return s.note(ctx, tx, by, "invitation.accepted", i)
}

// inviter is who offered, as the journal named her.
func inviter(i Invitation) User {
	id, person := strings.CutPrefix(i.InvitedBy, "person:")
	if !person {
		return System
	}
	return User{ID: PersonID(id), Name: i.InviterName}
}

// DeclineInvitation refuses an offer; whoever holds the link may, without signing in.
func (s *Service) DeclineInvitation(ctx context.Context, by User, key string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		o, err := s.offer(ctx, tx, by, key)
		if err != nil {
			return err
		}
		if err := s.settle(ctx, tx, o.ID, `declined_at = $2`); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, "invitation.declined", o.Object.ID, Accepted{o.ID, "", o.Relation, o.Object}); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "invitation.declined", o.Invitation)
	})
}
