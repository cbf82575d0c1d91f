package gathering

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// Invited is somebody who is asked to come.
type Invited struct {
	Email        string
	Name         string // as who invites knows her; may be empty
	Organisation string
	Role         Role
	Project      project.ID // the one she comes for, "" for none
	Lang         string     // of the mail
	Message      string
}

func (in *Invited) check() (bad []errs.Field) {
	one := func(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }
	in.Name, in.Organisation = one(in.Name), one(in.Organisation)
	email, err := account.ParseEmail(in.Email)
	if e, refused := err.(*errs.Error); refused {
		bad = append(bad, e.Fields...)
	}
	in.Email = email
	for path, words := range map[string]string{"name": in.Name, "organisation": in.Organisation} {
		if utf8.RuneCountInString(words) > MaxName {
			bad = append(bad, errs.Field{Path: path, Key: "gathering.words_long", Args: []any{MaxName}})
		}
	}
	if !slices.Contains(Roles, in.Role) {
		bad = append(bad, errs.Field{Path: "role", Key: "gathering.role_missing"})
	}
	return bad
}

// ofEdition checks that a project is of the gathering's edition.
func ofEdition(ctx context.Context, r db.Reader, g Gathering, id project.ID) (bad []errs.Field, err error) {
	if id == "" {
		return nil, nil
	}
	p, err := project.Load(ctx, r, id)
	if err == nil && p.Edition == g.Edition {
		return nil, nil
	}
	if err != nil && !errs.Is(err, errs.NotFound) {
		return nil, err
	}
	return []errs.Field{{Path: "project", Key: "gathering.project_unknown"}}, nil
}

// Invite asks somebody to come, by mail: her seat holds once she has accepted. Errors:
// Invalid; Conflict "gathering.invited_already", "gathering.closed", "gathering.full";
// TooMany; as the policy.
func (s *Service) Invite(ctx context.Context, by account.User, id ID, in Invited) error {
	bad := in.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, "gathering.manage", id)
		if err != nil {
			return err
		}
		wrong, err := ofEdition(ctx, tx, g, in.Project)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("gathering.invalid", append(bad, wrong...)); err != nil {
			return err
		}
		if g.Status == Closed {
			return errs.New(errs.Conflict, "gathering.closed")
		}
		var n int
		err = tx.QueryRow(ctx, `select count(*) from participants s where s.gathering_id = $1 and s.left_at is null
			and (s.email = $2 or exists (select 1 from addresses x where x.person_id = s.person_id and x.email = $2))`, string(id), in.Email).Scan(&n)
		if err != nil {
			return fmt.Errorf("find whether somebody is invited already: %w", err)
		}
		if n > 0 {
			return errs.New(errs.Conflict, "gathering.invited_already")
		}
		invitation, err := s.people.InviteIn(ctx, tx, by, account.Invite{Email: in.Email, Lang: in.Lang, Relation: in.Role.relation(), Object: account.Ref(g.ref()), ObjectName: g.Title, Message: in.Message, ExpiresAt: g.Until()})
		if err != nil {
			return err
		}
		p := Participant{Name: in.Name, Email: in.Email, Role: in.Role, Project: in.Project, Organisation: in.Organisation, invitation: invitation}
		if err := s.put(ctx, tx, by, g, &p); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "participant.invited", id, map[string]any{"participant": p.ID, "role": string(p.Role), "project": string(p.Project)})
	})
}

// AddTeams seats the teams of all the projects that stand in the edition, and says how
// many people came: those who have a seat already keep it as it is, those who were taken
// out stay out. Each is told by mail. Errors: Conflict "gathering.closed",
// "gathering.full"; as the policy.
func (s *Service) AddTeams(ctx context.Context, by account.User, id ID) (added int, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		added = 0
		g, err := s.require(ctx, tx, by, "gathering.manage", id)
		if err != nil {
			return err
		}
		if g.Status == Closed {
			return errs.New(errs.Conflict, "gathering.closed")
		}
		known, err := s.everybody(ctx, tx, id)
		if err != nil {
			return err
		}
		projects, err := project.In(ctx, tx, g.Edition)
		if err != nil {
			return err
		}
		for _, p := range projects {
			mates, err := project.Team(ctx, tx, p.ID, s.clock.Now())
			if err != nil {
				return err
			}
			for _, m := range mates {
				if known[m.Person] {
					continue
				}
				known[m.Person] = true
				added++
				one, err := s.seat(ctx, tx, by, g, Participant{Person: m.Person, Name: m.Name, Role: Team, Project: p.ID})
				if err != nil {
					return err
				}
				if err := s.bus.Publish(ctx, tx, "participant.added", one.ID, nil); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return added, err
}

// everybody are the people who have or had a seat in a gathering.
func (s *Service) everybody(ctx context.Context, r db.Reader, id ID) (map[account.PersonID]bool, error) {
	list, err := db.List(ctx, r, db.Value[string], `select distinct person_id from participants where gathering_id = $1 and person_id is not null`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who was in gathering %s: %w", id, err)
	}
	out := map[account.PersonID]bool{}
	for _, one := range list {
		out[account.PersonID(one)] = true
	}
	return out, nil
}

// Change is what may be changed of a seat.
type Change struct {
	Role    Role
	Project project.ID
}

// Change gives somebody another role, or another project to come for. What she may do
// changes at once. Errors: Invalid on "role", "project"; NotFound; Conflict
// "gathering.last_facilitator", "gathering.guest_only" when she came without an account
// and would be more than a guest; as the policy.
func (s *Service) Change(ctx context.Context, by account.User, id ID, participant string, c Change) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, "gathering.manage", id)
		if err != nil {
			return err
		}
		p, err := loadSeat(ctx, tx, g, participant)
		if err != nil {
			return err
		}
		bad, err := ofEdition(ctx, tx, g, c.Project)
		if err != nil {
			return err
		}
		if !slices.Contains(Roles, c.Role) {
			bad = append(bad, errs.Field{Path: "role", Key: "gathering.role_missing"})
		}
		if err := errs.NewInvalid("gathering.invalid", bad); err != nil {
			return err
		}
		if err := s.mayBecome(ctx, tx, g, p, c.Role); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update participants set role = $2, project_id = $3, version = version + 1 where id = $1`, p.ID, string(c.Role), db.Null(c.Project)); err != nil {
			return fmt.Errorf("change seat %s: %w", p.ID, err)
		}
		if err := s.regrant(ctx, tx, by, g, p, c.Role); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "participant.changed", id, map[string]any{"participant": p.ID, "role": string(c.Role), "project": string(c.Project)})
	})
}

func (s *Service) mayBecome(ctx context.Context, tx *db.Tx, g Gathering, p Participant, role Role) error {
	if role == p.Role {
		return nil
	}
	if err := s.another(ctx, tx, g, p); err != nil {
		return err
	}
	if p.Person == "" || role == Guest || role == Reader {
		return nil
	}
	passing, err := s.people.Passing(ctx, tx, p.Person)
	if err != nil {
		return err
	}
	if passing && role == Facilitator {
		return errs.New(errs.Conflict, "gathering.guest_only")
	}
	return nil
}

// regrant follows a change of role: what the policy knows of her changes with it.
func (s *Service) regrant(ctx context.Context, tx *db.Tx, by account.User, g Gathering, p Participant, role Role) error {
	if p.Person == "" {
		return nil
	}
	s.changed(tx, g.ID, p.Person)
	if role.relation() == p.Role.relation() {
		return nil
	}
	if _, err := s.policy.Revoke(ctx, tx, by, policy.Relation{SubjectID: string(p.Person), Relation: p.Role.relation(), Object: g.ref()}); err != nil {
		return fmt.Errorf("end what seat %s opened: %w", p.ID, err)
	}
	p.Role = role
	return s.grant(ctx, tx, by, g, p)
}

// onAnswered follows invitations: who accepted has her seat, who declined is not awaited.
func (s *Service) onAnswered(ctx context.Context, tx *db.Tx, e event.Event) error {
	var a account.Accepted
	if err := e.Read(&a); err != nil || a.Object.Kind != "gathering" {
		return err
	}
	p, err := db.Get(ctx, tx, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.invitation_id = $1 and s.person_id is null and s.left_at is null`, a.Invitation)
	if errs.Is(err, errs.NotFound) { // taken back meanwhile, or told twice
		return s.unwanted(ctx, tx, e.Kind, a)
	}
	if err != nil {
		return fmt.Errorf("find the seat of invitation %s: %w", a.Invitation, err)
	}
	if e.Kind == "invitation.declined" {
		return s.leaves(ctx, tx, account.System, p)
	}
	return s.arrives(ctx, tx, p, a)
}

// unwanted takes back what an invitation gave after its seat had been taken away.
func (s *Service) unwanted(ctx context.Context, tx *db.Tx, kind string, a account.Accepted) error {
	if kind != "invitation.accepted" {
		return nil
	}
	var seats int
	err := tx.QueryRow(ctx, `select count(*) from participants s where s.gathering_id = $1 and s.person_id = $2 and s.left_at is null`, a.Object.ID, string(a.Person)).Scan(&seats)
	if err != nil || seats > 0 {
		return err
	}
	_, err = s.policy.Revoke(ctx, tx, account.System, policy.Relation{SubjectID: string(a.Person), Relation: a.Relation, Object: policy.Ref(a.Object)})
	return err
}

// arrives gives an invited person her seat. She may have another one, having come by the
// code: the invitation's, which somebody chose, replaces it.
func (s *Service) arrives(ctx context.Context, tx *db.Tx, p Participant, a account.Accepted) error {
	g, err := Load(ctx, tx, p.Gathering)
	if err != nil {
		return err
	}
	other, err := seatOf(ctx, tx, g.ID, a.Person)
	switch {
	case err == nil:
		if err := s.leaves(ctx, tx, account.System, other); err != nil {
			return err
		}
	case !errs.Is(err, errs.NotFound):
		return err
	}
	return s.fill(ctx, tx, g, p, a.Person)
}

// fill puts a person in the seat that waited for her.
func (s *Service) fill(ctx context.Context, tx *db.Tx, g Gathering, p Participant, person account.PersonID) error {
	who, err := s.people.GetPerson(ctx, tx, person)
	if err != nil {
		return err
	}
	p.Person = who.ID
	if err := s.unasked(ctx, tx, account.User{ID: who.ID}, p); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update participants set person_id = $2, name = $3, joined_at = $4, version = version + 1 where id = $1`, p.ID, string(who.ID), who.Name, s.clock.Now()); err != nil {
		return fmt.Errorf("seat %s: %w", p.ID, err)
	}
	for _, relation := range []string{"facilitator", "participant", "guest"} { // what the invitation gave, as it was when it was sent
		if _, err := s.policy.Revoke(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: relation, Object: g.ref()}); err != nil {
			return err
		}
	}
	if err := s.grant(ctx, tx, account.System, g, p); err != nil {
		return err
	}
	s.changed(tx, g.ID, p.Person)
	return s.note(ctx, tx, account.User{ID: who.ID}, "participant.joined", g.ID, map[string]any{"participant": p.ID, "role": string(p.Role), "project": string(p.Project)})
}

// onPerson follows one person who had two accounts, and who is erased.
func (s *Service) onPerson(ctx context.Context, tx *db.Tx, e event.Event) error {
	if e.Kind == "person.erased" {
		return s.endAll(ctx, tx, account.PersonID(e.ObjectID))
	}
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	twice, err := db.List(ctx, tx, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.person_id = $1 and s.left_at is null
		and exists (select 1 from participants o where o.gathering_id = s.gathering_id and o.person_id = $2 and o.left_at is null) order by s.id`, string(m.From), string(m.To))
	if err != nil {
		return fmt.Errorf("find the seats of %s: %w", m.From, err)
	}
	for _, p := range twice {
		if _, err := tx.Exec(ctx, `update participants set left_at = $2, left_by = 'system' where id = $1`, p.ID, s.clock.Now()); err != nil {
			return fmt.Errorf("end seat %s: %w", p.ID, err)
		}
	}
	if _, err := tx.Exec(ctx, `update participants set person_id = $2 where person_id = $1`, string(m.From), string(m.To)); err != nil {
		return fmt.Errorf("move the seats of %s: %w", m.From, err)
	}
	return nil
}

func (s *Service) endAll(ctx context.Context, tx *db.Tx, person account.PersonID) error {
	list, err := db.List(ctx, tx, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.person_id = $1 and s.left_at is null order by s.id`, string(person))
	if err != nil {
		return fmt.Errorf("find the seats of %s: %w", person, err)
	}
	for _, p := range list {
		if err := s.leaves(ctx, tx, account.System, p); err != nil {
			return err
		}
	}
	return nil
}
