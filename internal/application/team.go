package application

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Roles are what a person may be on a file, the strongest first.
var Roles = []string{"owner", "signatory", "editor", "helper", "reader"}

// Member is a person of the team and her role.
type Member struct {
	Person account.PersonID
	Name   string
	Role   string
	Reason string // a helper's mandate
}

// Team lists who writes, reads and signs a file.
func (s *Service) Team(ctx context.Context, by account.User, id ID) ([]Member, error) {
	r := s.db.Reader()
	f, err := s.load(ctx, r, by, id)
	if err != nil {
		return nil, err
	}
	if !f.May["application.comment"].Allowed && !f.May["application.read"].Sees("contacts") {
		return nil, errs.New(errs.Forbidden, "errs.forbidden")
	}
	return s.members(ctx, r, id)
}

func (s *Service) members(ctx context.Context, r db.Reader, id ID) ([]Member, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (m Member, err error) {
		err = sc.Scan(&m.Person, &m.Name, &m.Role, &m.Reason)
		return m, err
	}, `select p.id, p.name, r.relation, r.reason from relations r join people p on p.id = r.subject_id
		where r.object_kind = 'application' and r.object_id = $1 and r.subject_kind = 'person' and r.revoked_at is null
		  and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2)
		order by p.name, p.id`, string(id), s.clock.Now())
	if err != nil {
		return nil, fmt.Errorf("list the team of %s: %w", id, err)
	}
	slices.SortStableFunc(list, func(a, b Member) int {
		return slices.Index(Roles, a.Role) - slices.Index(Roles, b.Role)
	})
	return slices.DeleteFunc(list, func(m Member) bool { return !slices.Contains(Roles, m.Role) }), nil
}

// Invitations send offers of a role by mail.
type Invitations interface {
	Invite(ctx context.Context, by account.User, in account.Invite) (string, error)
	PendingInvitations(ctx context.Context, r db.Reader, object account.Ref) ([]account.Invitation, error)
	RevokeInvitation(ctx context.Context, by account.User, object account.Ref, id string) error
}

// Invite offers a role on the file to an address. A helper's mandate is said in message.
func (s *Service) Invite(ctx context.Context, by account.User, id ID, email, role, message string) error {
	f, err := s.allowed(ctx, s.db.Reader(), by, "application.team", id)
	if err != nil {
		return err
	}
	var bad []errs.Field
	if !slices.Contains(Roles[1:], role) {
		bad = append(bad, errs.Field{Path: "role", Key: "application.role_unknown"})
	}
	if role == "helper" && strings.TrimSpace(message) == "" {
		bad = append(bad, errs.Field{Path: "message", Key: "application.mandate_missing"})
	}
	if err := errs.NewInvalid("application.invalid", bad); err != nil {
		return err
	}
	_, err = s.people.Invite(ctx, by, account.Invite{Email: email, Lang: by.Lang, Relation: role, Object: account.Ref{Kind: "application", ID: string(id)}, ObjectName: f.Title, Message: message})
	return err
}

// Invited lists the offers that wait for an answer.
func (s *Service) Invited(ctx context.Context, by account.User, id ID) ([]account.Invitation, error) {
	r := s.db.Reader()
	if _, err := s.allowed(ctx, r, by, "application.comment", id); err != nil {
		return nil, err
	}
	return s.people.PendingInvitations(ctx, r, account.Ref{Kind: "application", ID: string(id)})
}

// Uninvite takes an offer back.
func (s *Service) Uninvite(ctx context.Context, by account.User, id ID, invitation string) error {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.team", id); err != nil {
		return err
	}
	return s.people.RevokeInvitation(ctx, by, account.Ref{Kind: "application", ID: string(id)}, invitation)
}

// ChangeRole gives a member another role, or removes her with role "". The owner
// changes by Transfer only, so that a file always has one.
func (s *Service) ChangeRole(ctx context.Context, by account.User, id ID, person account.PersonID, role string) error {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.team", id); err != nil {
		return err
	}
	if role != "" && !slices.Contains(Roles[1:], role) {
		return errs.New(errs.Invalid, "application.role_unknown")
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		was, err := s.roleOf(ctx, tx, id, person)
		if err != nil {
			return err
		}
		if was == "owner" {
			return errs.New(errs.Conflict, "application.owner_stays")
		}
		if role == "helper" && was != "helper" { // a mandate is written in an invitation
			return errs.New(errs.Invalid, "application.mandate_missing")
		}
		return s.regrant(ctx, tx, by, id, person, was, role)
	})
}

// Leave is a member's own removal.
func (s *Service) Leave(ctx context.Context, by account.User, id ID) error {
	if _, err := s.load(ctx, s.db.Reader(), by, id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		was, err := s.roleOf(ctx, tx, id, by.ID)
		if err != nil {
			return err
		}
		if was == "owner" {
			return errs.New(errs.Conflict, "application.owner_stays")
		}
		return s.regrant(ctx, tx, by, id, by.ID, was, "")
	})
}

// Transfer gives the file to another member; who gives it becomes an editor.
func (s *Service) Transfer(ctx context.Context, by account.User, id ID, to account.PersonID) error {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.team", id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		was, err := s.roleOf(ctx, tx, id, to)
		if err != nil {
			return err
		}
		mine, err := s.roleOf(ctx, tx, id, by.ID)
		if err != nil {
			return err
		}
		if mine != "owner" || to == by.ID {
			return errs.New(errs.Conflict, "application.changed_meanwhile")
		}
		if err := s.regrant(ctx, tx, by, id, by.ID, "owner", "editor"); err != nil {
			return err
		}
		if err := s.regrant(ctx, tx, by, id, to, was, "owner"); err != nil {
			return err
		}
		return s.record(ctx, tx, s.clock.Now(), by, "application.transferred", id, map[string]any{"to": to})
	})
}

func (s *Service) roleOf(ctx context.Context, r db.Reader, id ID, person account.PersonID) (string, error) {
	team, err := s.members(ctx, r, id)
	if err != nil {
		return "", err
	}
	for _, m := range team {
		if m.Person == person {
			return m.Role, nil
		}
	}
	return "", errs.New(errs.NotFound, "errs.not_found")
}

func (s *Service) regrant(ctx context.Context, tx *db.Tx, by account.User, id ID, person account.PersonID, was, role string) error {
	relation := policy.Relation{SubjectID: string(person), Relation: was, Object: policy.Ref{Kind: "application", ID: string(id)}}
	done, err := s.policy.Revoke(ctx, tx, by, relation)
	if err != nil {
		return err
	}
	if !done {
		return errs.New(errs.Conflict, "application.changed_meanwhile")
	}
	if role == "" {
		return nil
	}
	relation.Relation = role
	return s.policy.Grant(ctx, tx, by, relation)
}
