package pool

import (
	"context"
	"encoding/json"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Listed are the experts of a programme, as who chooses them sees them.
type Listed struct {
	programme.Programme
	Experts   []Expert
	Conflicts map[ID][]Conflict
}

// List gives the experts of a programme. Errors: as the policy, on expert.manage.
func (s *Service) List(ctx context.Context, by account.User, id programme.ProgrammeID) (l Listed, err error) {
	r := s.db.Reader()
	if l.Programme, err = s.manage(ctx, r, by, id); err != nil {
		return l, err
	}
	if l.Experts, err = Of(ctx, r, id); err != nil {
		return l, err
	}
	l.Conflicts = map[ID][]Conflict{}
	for _, x := range l.Experts {
		if l.Conflicts[x.ID], err = Conflicts(ctx, r, x.ID); err != nil {
			return l, err
		}
	}
	return l, nil
}

// Offer is an invitation to be an expert of a programme.
type Offer struct {
	Sheet
	Email   string
	Lang    string // of the mail
	Message string
}

// Invite adds an expert, who is asked by mail. One who had declined, or whose approval was
// withdrawn, is asked again. Errors: Invalid; Conflict "expert.already" when she is active;
// TooMany; as the policy.
func (s *Service) Invite(ctx context.Context, by account.User, id programme.ProgrammeID, in Offer) error {
	bad := in.check()
	email, wrong := account.ParseEmail(in.Email)
	if e, ok := wrong.(*errs.Error); ok {
		bad = append(bad, e.Fields...)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := s.manage(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("expert.invalid", bad); err != nil {
			return err
		}
		invitation, err := s.people.InviteIn(ctx, tx, by, account.Invite{Email: email, Lang: in.Lang, Relation: "expert", Object: account.Ref(p.PolicyObject().Ref), ObjectName: p.Name.In(in.Lang), Message: in.Message})
		if err != nil {
			return err
		}
		subjects, languages := list(in.Subjects), list(in.Languages)
		x := Expert{ID: ID(db.NewID()), Programme: id}
		err = tx.QueryRow(ctx, `
			insert into experts (id, programme_id, invitation_id, email, name, organisation, subjects, languages, territory, availability, partner, day_cents, capacity_minutes, capacity_from, capacity_until, status, added_by, added_at, version)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'invited', $16, $17, 1)
			on conflict (programme_id, email) where email <> '' do update set invitation_id = excluded.invitation_id, name = excluded.name, organisation = excluded.organisation, subjects = excluded.subjects, languages = excluded.languages,
				territory = excluded.territory, availability = excluded.availability, partner = excluded.partner, day_cents = excluded.day_cents, capacity_minutes = excluded.capacity_minutes,
				capacity_from = excluded.capacity_from, capacity_until = excluded.capacity_until, status = 'invited', revoked_at = null, version = experts.version + 1
				where experts.status <> 'active'
			returning id`,
			string(x.ID), string(id), invitation, email, in.Name, in.Organisation, subjects, languages, in.Territory, in.Availability, in.Partner, in.DayCents, in.Capacity, in.From, in.Until, by.Actor(), s.clock.Now()).Scan(&x.ID)
		if errs.Is(err, errs.NotFound) {
			return errs.New(errs.Conflict, "expert.already")
		}
		if err != nil {
			return fmt.Errorf("invite an expert: %w", err)
		}
		return s.note(ctx, tx, by, "expert.invited", x)
	})
}

func list(words []string) string {
	body, err := json.Marshal(words)
	if err != nil || words == nil {
		return "[]"
	}
	return string(body)
}

// find reads an expert of a programme that by manages.
func (s *Service) find(ctx context.Context, r db.Reader, by account.User, of programme.ProgrammeID, id ID) (x Expert, err error) {
	if _, err = s.manage(ctx, r, by, of); err != nil {
		return x, err
	}
	if x, err = Load(ctx, r, id); err == nil && x.Programme != of {
		err = notFound()
	}
	return x, err
}

// One gives an expert of a programme with whom she will not serve. Errors: as the policy, on
// expert.manage; NotFound.
func (s *Service) One(ctx context.Context, by account.User, of programme.ProgrammeID, id ID) (x Expert, conflicts []Conflict, err error) {
	r := s.db.Reader()
	if x, err = s.find(ctx, r, by, of, id); err != nil {
		return x, nil, err
	}
	conflicts, err = Conflicts(ctx, r, id)
	return x, conflicts, err
}

// Edit saves the sheet of an expert. Errors: Invalid; Conflict "expert.meanwhile"; as the policy.
func (s *Service) Edit(ctx context.Context, by account.User, of programme.ProgrammeID, id ID, w Sheet) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		x, err := s.find(ctx, tx, by, of, id)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("expert.invalid", w.check()); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update experts set name = $3, organisation = $4, subjects = $5, languages = $6, territory = $7, availability = $8, partner = $9, day_cents = $10,
			capacity_minutes = $11, capacity_from = $12, capacity_until = $13, version = version + 1 where id = $1 and version = $2`,
			string(id), w.Version, w.Name, w.Organisation, list(w.Subjects), list(w.Languages), w.Territory, w.Availability, w.Partner, w.DayCents, w.Capacity, w.From, w.Until)
		if err != nil {
			return fmt.Errorf("edit expert %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "expert.meanwhile")
		}
		return s.note(ctx, tx, by, "expert.edited", x)
	})
}

// Revoke withdraws the approval of an expert at once, or the invitation that she has not
// answered: she is asked nothing new, and finishes what she was doing. Errors: NotFound when
// it was withdrawn already; as the policy.
func (s *Service) Revoke(ctx context.Context, by account.User, of programme.ProgrammeID, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		x, err := s.find(ctx, tx, by, of, id)
		if err != nil {
			return err
		}
		var invitation string
		if err := tx.QueryRow(ctx, `update experts set status = 'revoked', revoked_at = $2, version = version + 1 where id = $1 and status in ('invited', 'active') returning invitation_id`, string(id), s.clock.Now()).Scan(&invitation); err != nil {
			return err
		}
		on := policy.Ref{Kind: "programme", ID: string(of)}
		err = s.people.RevokeInvitationIn(ctx, tx, by, account.Ref(on), invitation)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		// by the invitation rather than by the person: she may have accepted a moment ago
		if err := s.policy.EndFor(ctx, tx, by, on, "invitation:"+invitation); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "expert.revoked", x)
	})
}

// Declare notes that an expert will not serve a project, or an organisation by its name.
// Errors: Invalid on "organisation"; NotFound; as the policy.
func (s *Service) Declare(ctx context.Context, by account.User, of programme.ProgrammeID, id ID, c Conflict) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		x, err := s.find(ctx, tx, by, of, id)
		if err != nil {
			return err
		}
		if c.Organisation = oneLine(c.Organisation); c.Project == "" && c.Organisation == "" || len(c.Organisation) > MaxLine {
			return errs.NewInvalid("expert.invalid", []errs.Field{{Path: "against", Key: "expert.conflict_missing"}})
		}
		if c.Project != "" {
			if p, err := project.Load(ctx, tx, c.Project); err != nil || !within(p.Object(), of) {
				return notFound()
			}
			c.Organisation = ""
		}
		if _, err := tx.Exec(ctx, `insert into expert_conflicts (id, expert_id, project_id, organisation, declared_by, declared_at) values ($1, $2, $3, $4, $5, $6)`,
			db.NewID(), string(id), db.Null(c.Project), c.Organisation, by.Actor(), s.clock.Now()); err != nil {
			return fmt.Errorf("declare a conflict of expert %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "expert.conflict_declared", x)
	})
}

func within(obj policy.Object, id programme.ProgrammeID) bool {
	for _, ref := range obj.Within {
		if ref == (policy.Ref{Kind: "programme", ID: string(id)}) {
			return true
		}
	}
	return false
}

// onAnswer follows what somebody answered to her invitation.
func (s *Service) onAnswer(ctx context.Context, tx *db.Tx, e event.Event) error {
	var a account.Accepted
	if err := e.Read(&a); err != nil || a.Relation != "expert" || a.Object.Kind != "programme" {
		return err
	}
	status := Active
	if e.Kind == "invitation.declined" {
		status = Declined
	}
	_, err := tx.Exec(ctx, `update experts set status = $2, person_id = coalesce($3, person_id), version = version + 1 where invitation_id = $1 and status = 'invited'`, a.Invitation, string(status), db.Null(a.Person))
	if err != nil {
		return fmt.Errorf("note the answer of an expert: %w", err)
	}
	return nil
}

// onMerged follows somebody who had two accounts.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update experts set person_id = $2 where person_id = $1`, string(m.From), string(m.To)); err != nil {
		return fmt.Errorf("move expert %s: %w", m.From, err)
	}
	return nil
}
