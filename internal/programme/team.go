package programme

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Member is somebody who holds a role on an object, or on one that contains it.
type Member struct {
	ID           string // of the relation
	Organisation bool   // an organisation rather than a person
	Subject      string // identifier of the person or of the organisation
	Name         string
	Relation     string
	On           policy.Ref // the object itself, or one above it
	From         time.Time
	Until        time.Time // zero: no end
	GrantedBy    string    // name of who gave the role, "" for the program
}

const memberQuery = `
	select r.id, r.subject_kind = 'organisation', r.subject_id, coalesce(pe.name, o.name, ''), r.relation, r.object_kind, r.object_id, r.valid_from, r.valid_until, coalesce(g.name, '')
	from relations r
		left join people pe on r.subject_kind = 'person' and pe.id = r.subject_id
		left join organisations o on r.subject_kind = 'organisation' and o.id = r.subject_id
		left join people g on 'person:' || g.id = r.granted_by
	where r.revoked_at is null and r.valid_from <= $1 and (r.valid_until is null or r.valid_until > $1)`

func scanMember(sc db.Scanner) (m Member, err error) {
	err = sc.Scan(&m.ID, &m.Organisation, &m.Subject, &m.Name, &m.Relation, &m.On.Kind, &m.On.ID, &m.From, &m.Until, &m.GrantedBy)
	return m, err
}

// members lists who holds a role on an object or above it, the object's own people first.
func (s *Service) members(ctx context.Context, r db.Reader, obj policy.Object) ([]Member, error) {
	args, on := []any{s.clock.Now()}, ""
	refs := append([]policy.Ref{obj.Ref}, obj.Within...)
	for i, ref := range refs {
		if i > 0 {
			on += " or "
		}
		args = append(args, ref.Kind, ref.ID)
		on += fmt.Sprintf("r.object_kind = $%d and r.object_id = $%d", len(args)-1, len(args))
	}
	list, err := db.List(ctx, r, scanMember, memberQuery+` and (`+on+`) order by coalesce(pe.name, o.name, ''), r.relation, r.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the team of %s: %w", obj.Kind, err)
	}
	slices.SortStableFunc(list, func(a, b Member) int { return slices.Index(refs, a.On) - slices.Index(refs, b.On) })
	return list, nil
}

// Team lists who holds a role on an edition, its own people first.
func (s *Service) Team(ctx context.Context, by account.User, id EditionID) ([]Member, error) {
	r := s.db.Reader()
	e, err := loadEdition(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.policy.Require(ctx, r, by, "edition.manage", e.PolicyObject()); err != nil {
		return nil, err
	}
	return s.members(ctx, r, e.PolicyObject())
}

// level is what a team is made of at one height of the house.
type level struct {
	roles   []string      // that may be offered, the keeper's first
	invite  policy.Action // opens the team to who changes it
	appoint policy.Action // is asked to offer or to end the keeper's role
}

// keeper is the role without which nobody could change the team.
func (l level) keeper() string { return l.roles[0] }

var (
	editionLevel = level{[]string{"lead", "region", "officer", "secretary", "communications", "facilitator", "funder"}, "edition.invite", "edition.appoint"}
	levels       = map[string]level{
		"edition":   editionLevel,
		"programme": editionLevel,
		"agency":    {[]string{"lead", "region"}, "agency.invite", "agency.appoint"},
		"platform":  {[]string{"admin", "dpo", "auditor"}, "platform.administer", "platform.administer"},
	}
)

// Teams is who holds a role on the platform, an agency, a programme or an edition:
// people are invited to it, for a time, and their role ends when somebody says so.
type Teams struct {
	s        *Service
	accounts *account.Service
	install  string
}

// NewTeams makes it; install is the name under which people are invited to the platform.
func NewTeams(s *Service, accounts *account.Service, install string) *Teams {
	return &Teams{s, accounts, install}
}

// Team is the team of one object, as who may change it sees it.
type Team struct {
	Of      policy.Ref
	Name    Words
	Members []Member // her own people, then those above
	Pending []account.Invitation
	Roles   []string // that the reader may offer
	Keeper  string   // the role of which one must stay
}

// Own says whether a member holds her role here rather than above.
func (t Team) Own(m Member) bool { return m.On == t.Of }

// MayEnd says whether the reader may end the role of a member.
func (t Team) MayEnd(m Member) bool {
	return t.Own(m) && (m.Relation != t.Keeper || slices.Contains(t.Roles, t.Keeper))
}

// place is an object that has a team.
type place struct {
	policy.Object
	level
	name Words
}

// root is what two acts that could each end the last keeper wait for each other on.
func (p place) root() string {
	if n := len(p.Within); n > 0 {
		return "team:" + p.Within[n-1].Kind + ":" + p.Within[n-1].ID
	}
	return "team:" + p.Kind + ":" + p.ID
}

// open finds an object whose team by may change. Errors: NotFound, Forbidden.
func (t *Teams) open(ctx context.Context, r db.Reader, by account.User, of policy.Ref) (p place, err error) {
	var known bool
	if p.level, known = levels[of.Kind]; !known {
		return p, errs.New(errs.NotFound, "errs.not_found")
	}
	switch of.Kind {
	case "edition":
		e, err := loadEdition(ctx, r, EditionID(of.ID))
		if err != nil {
			return p, err
		}
		p.Object, p.name = e.PolicyObject(), e.Name
	case "programme":
		g, err := loadProgramme(ctx, r, ProgrammeID(of.ID))
		if err != nil {
			return p, err
		}
		p.Object, p.name = g.PolicyObject(), g.Name
	case "agency":
		a, err := loadAgency(ctx, r, AgencyID(of.ID))
		if err != nil {
			return p, err
		}
		p.Object, p.name = a.PolicyObject(), a.Name
	default:
		p.Object, p.name = policy.Platform, Words{FR: t.install, EN: t.install}
	}
	_, err = t.s.policy.Require(ctx, r, by, p.invite, p.Object)
	return p, err
}

// offered lists the roles that by may give and end.
func (t *Teams) offered(ctx context.Context, r db.Reader, by account.User, p place) ([]string, error) {
	d, err := t.s.policy.Decide(ctx, r, by, p.appoint, p.Object)
	if err != nil || d.Allowed {
		return p.roles, err
	}
	return p.roles[1:], nil
}

// Open shows the team of an object to who may change it. Errors: NotFound, Forbidden.
func (t *Teams) Open(ctx context.Context, by account.User, of policy.Ref) (team Team, err error) {
	r := t.s.db.Reader()
	p, err := t.open(ctx, r, by, of)
	if err != nil {
		return team, err
	}
	team = Team{Of: p.Ref, Name: p.name, Keeper: p.keeper()}
	if team.Roles, err = t.offered(ctx, r, by, p); err != nil {
		return team, err
	}
	if team.Members, err = t.s.members(ctx, r, p.Object); err != nil {
		return team, err
	}
	team.Pending, err = t.accounts.PendingInvitations(ctx, r, account.Ref(p.Ref))
	return team, err
}

// Invite offers a role to whoever holds an address; the role ends at RelationUntil.
// Errors: as account.Service.Invite, and Invalid on "relation" and "until"; NotFound, Forbidden.
func (t *Teams) Invite(ctx context.Context, by account.User, of policy.Ref, in account.Invite) error {
	return t.s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := t.open(ctx, tx, by, of)
		if err != nil {
			return err
		}
		roles, err := t.offered(ctx, tx, by, p)
		if err != nil {
			return err
		}
		var bad problems
		if _, err := account.ParseEmail(in.Email); err != nil {
			var e *errs.Error
			if !errors.As(err, &e) {
				return err
			}
			bad = append(bad, e.Fields...)
		}
		switch {
		case slices.Contains(roles, in.Relation):
		case in.Relation == p.keeper():
			return errs.New(errs.Forbidden, "errs.forbidden")
		default:
			bad.add("relation", "invitation.relation_missing")
		}
		if !in.RelationUntil.IsZero() && !in.RelationUntil.After(t.s.clock.Now()) {
			bad.add("until", "team.until_past")
		}
		if err := bad.err(); err != nil {
			return err
		}
		in.Object, in.ObjectName = account.Ref(p.Ref), p.name.In(in.Lang)
		_, err = t.accounts.InviteIn(ctx, tx, by, in)
		return err
	})
}

// Withdraw takes back an offer that nobody answered. Errors: NotFound, Forbidden.
func (t *Teams) Withdraw(ctx context.Context, by account.User, of policy.Ref, invitation string) error {
	if _, err := t.open(ctx, t.s.db.Reader(), by, of); err != nil {
		return err
	}
	return t.accounts.RevokeInvitation(ctx, by, account.Ref(of), invitation)
}

// Resend sends an offer again, with a new link and as long to answer. Errors: NotFound, Forbidden, TooMany.
func (t *Teams) Resend(ctx context.Context, by account.User, of policy.Ref, invitation string) error {
	if _, err := t.open(ctx, t.s.db.Reader(), by, of); err != nil {
		return err
	}
	return t.accounts.ResendInvitation(ctx, by, account.Ref(of), invitation)
}

// End ends a role now: the next request of who held it is decided without it. The last
// keeper stays, so that somebody can still change the team.
// Errors: NotFound, Forbidden, Conflict team.last_lead or team.last_admin.
func (t *Teams) End(ctx context.Context, by account.User, of policy.Ref, relation string) error {
	return t.s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := t.open(ctx, tx, by, of)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, p.root()); err != nil {
			return err
		}
		roles, err := t.offered(ctx, tx, by, p)
		if err != nil {
			return err
		}
		ended, err := t.s.policy.End(ctx, tx, by, p.Ref, relation)
		switch {
		case err != nil:
			return err
		case ended.Relation != p.keeper():
			return nil
		case !slices.Contains(roles, p.keeper()):
			return errs.New(errs.Forbidden, "errs.forbidden")
		}
		left, err := t.s.members(ctx, tx, p.Object)
		if err != nil || slices.ContainsFunc(left, func(m Member) bool { return m.Relation == p.keeper() }) {
			return err
		}
		return errs.New(errs.Conflict, "team.last_"+p.keeper())
	})
}

// Name gives a role of the platform to whoever holds an address, whose account is made
// when there is none; given says that she did not hold it yet. It is the operator's
// command, for the first administrator: people invite (see Invite).
// Errors: Forbidden to people; Invalid on "email" and "relation".
func (t *Teams) Name(ctx context.Context, by account.User, email, role string) (given bool, err error) {
	if err := operator(by, role); err != nil {
		return false, err
	}
	err = t.s.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "team:platform:platform"); err != nil {
			return err
		}
		who, err := t.accounts.Ensure(ctx, tx, by, email)
		if err != nil {
			return err
		}
		held, err := t.s.members(ctx, tx, policy.Platform)
		if err != nil || slices.ContainsFunc(held, func(m Member) bool { return m.Subject == string(who.ID) && m.Relation == role }) {
			return err
		}
		given = true
		return t.s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: string(who.ID), Relation: role, Object: policy.Platform.Ref, Reason: "operator"})
	})
	return given, err
}

// Unname ends a role of the platform, the last administrator's too: the operator can
// name another. Errors: Forbidden to people; Invalid on "email" and "relation"; NotFound.
func (t *Teams) Unname(ctx context.Context, by account.User, email, role string) error {
	if err := operator(by, role); err != nil {
		return err
	}
	return t.s.db.Write(ctx, func(tx *db.Tx) error {
		who, err := t.accounts.FindPerson(ctx, tx, email)
		if err != nil {
			return err
		}
		ended, err := t.s.policy.Revoke(ctx, tx, by, policy.Relation{SubjectID: string(who.ID), Relation: role, Object: policy.Platform.Ref})
		if err == nil && !ended {
			err = errs.New(errs.NotFound, "team.role_not_held")
		}
		return err
	})
}

func operator(by account.User, role string) error {
	if !by.IsSystem() {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	if !slices.Contains(levels["platform"].roles, role) {
		return errs.NewInvalid("programme.invalid", []errs.Field{{Path: "relation", Key: "team.role_unknown", Args: []any{role}}})
	}
	return nil
}
