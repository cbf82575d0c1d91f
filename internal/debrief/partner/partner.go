// Package partner is the institutional partners of an edition: who was asked, for which organisation, and until when.
package partner

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// ID identifies a partner of an edition; it is random.
type ID string

// Relation is what a partner holds on the edition, for as long as she is one.
const Relation = "partner"

// Status is where a partner stands.
type Status string

// The statuses. One who was removed and is asked again is another partner: what was agreed
// with the first one does not come back.
const (
	Invited  Status = "invited"
	Active   Status = "active"
	Declined Status = "declined"
	Removed  Status = "removed"
)

// MaxLine bounds a name and an organisation, in characters; MaxPartners how many partners an
// edition has at a time.
const (
	MaxLine     = 120
	MaxPartners = 40
)

// Partner is a person who speaks for an organisation beside an edition.
type Partner struct {
	ID           ID
	Edition      programme.EditionID
	Person       account.PersonID // "" until she accepts
	Email        string
	Name         string
	Organisation string
	Status       Status
	AddedAt      time.Time
	RemovedAt    time.Time // zero while she is not removed
}

// Title names a partner by her organisation, then by herself.
func (p Partner) Title() string {
	if p.Name == "" {
		return p.Organisation
	}
	return p.Organisation + " · " + p.Name
}

// Service keeps the partners of editions.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	people *account.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	People *account.Service
}

// New makes the service, and has it follow who answers an invitation.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, people: d.People}
	d.Bus.Subscribe("partners.answered", s.onAnswer, "invitation.accepted", "invitation.declined")
	d.Bus.Subscribe("partners.merged", s.onMerged, "person.merged")
	return s
}

// Live is the SQL for "the partner t is one now": she accepted, and still holds her relation.
const Live = `t.status = 'active' and exists (select 1 from relations v where v.subject_kind = 'person' and v.subject_id = t.person_id
	and v.relation = 'partner' and v.object_kind = 'edition' and v.object_id = t.edition_id and v.revoked_at is null)`

// the name that people gave themselves is better than the one they were asked by
const columns = `t.id, t.edition_id, coalesce(t.person_id, ''), t.email, coalesce(h.name, t.name), t.organisation, t.status, t.added_at, t.removed_at`

const tables = ` from partners t left join people h on h.id = t.person_id `

func scan(sc db.Scanner) (p Partner, err error) {
	return p, sc.Scan(&p.ID, &p.Edition, &p.Person, &p.Email, &p.Name, &p.Organisation, &p.Status, &p.AddedAt, &p.RemovedAt)
}

func list(ctx context.Context, r db.Reader, where string, args ...any) ([]Partner, error) {
	all, err := db.List(ctx, r, scan, `select `+columns+tables+`where `+where+` order by t.organisation, t.added_at, t.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list partners: %w", err)
	}
	return all, nil
}

// Of lists the partners that an edition has now, by organisation, without asking who wants
// to know.
func Of(ctx context.Context, r db.Reader, id programme.EditionID) ([]Partner, error) {
	return list(ctx, r, `t.edition_id = $1 and `+Live, string(id))
}

// Ever lists the partners that an edition has or had, without asking who wants to know.
func Ever(ctx context.Context, r db.Reader, id programme.EditionID) ([]Partner, error) {
	return list(ctx, r, `t.edition_id = $1 and t.status in ('active', 'removed')`, string(id))
}

// As finds what a person is to an edition. Error: NotFound when she is no partner of it now.
func As(ctx context.Context, r db.Reader, id programme.EditionID, who account.PersonID) (Partner, error) {
	p, err := db.Get(ctx, r, scan, `select `+columns+tables+`where t.edition_id = $1 and t.person_id = $2 and `+Live+` order by t.added_at, t.id limit 1`, string(id), string(who))
	if err != nil {
		return p, fmt.Errorf("find a partner of %s: %w", id, err)
	}
	return p, nil
}

// Mine lists what by is a partner of now.
func (s *Service) Mine(ctx context.Context, by account.User) ([]Partner, error) {
	if by.IsVisitor() {
		return nil, nil
	}
	return list(ctx, s.db.Reader(), `t.person_id = $1 and `+Live, string(by.ID))
}

// Board is the partners of an edition, to who asks them.
type Board struct {
	programme.Edition
	Partners []Partner // those who were removed or declined come with the others
}

// People is the board of an edition. Errors: as the policy, on partner.manage.
func (s *Service) People(ctx context.Context, by account.User, id programme.EditionID) (b Board, err error) {
	r := s.db.Reader()
	if b.Edition, err = s.managing(ctx, r, by, id); err != nil {
		return b, err
	}
	b.Partners, err = list(ctx, r, `t.edition_id = $1`, string(id))
	return b, err
}

func (s *Service) managing(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) (programme.Edition, error) {
	e, err := programme.FindEdition(ctx, r, id)
	if err == nil {
		_, err = s.policy.Require(ctx, r, by, "partner.manage", e.PolicyObject())
	}
	return e, err
}

// Asked is somebody whom an edition asks to be its partner.
type Asked struct{ Email, Name, Organisation, Lang, Message string }

func (a *Asked) check() (bad []errs.Field) {
	a.Name, a.Organisation = oneLine(a.Name), oneLine(a.Organisation)
	if a.Organisation == "" {
		bad = append(bad, errs.Field{Path: "organisation", Key: "partner.organisation_missing"})
	}
	for path, line := range map[string]string{"name": a.Name, "organisation": a.Organisation} {
		if utf8.RuneCountInString(line) > MaxLine {
			bad = append(bad, errs.Field{Path: path, Key: "partner.line_long", Args: []any{MaxLine}})
		}
	}
	if _, err := account.ParseEmail(a.Email); err != nil {
		bad = append(bad, errs.Field{Path: "email", Key: "partner.email_wrong"})
	}
	return bad
}

func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

// Invite asks somebody by mail to be a partner of an edition. Errors: Invalid on "email",
// "name", "organisation", "message"; Conflict partner.already, partner.many; TooMany; as the
// policy, on partner.manage.
func (s *Service) Invite(ctx context.Context, by account.User, id programme.EditionID, a Asked) error {
	bad := a.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.managing(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("partner.invalid", bad); err != nil {
			return err
		}
		email, err := account.ParseEmail(a.Email)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "partners:"+string(id)); err != nil {
			return err
		}
		standing, err := list(ctx, tx, `t.edition_id = $1 and (t.status = 'invited' or `+Live+`)`, string(id))
		if err != nil {
			return err
		}
		for _, p := range standing {
			if p.Email == email && p.Status == Active {
				return errs.New(errs.Conflict, "partner.already")
			}
		}
		if len(standing) >= MaxPartners {
			return errs.New(errs.Conflict, "partner.many", MaxPartners)
		}
		// asked again, the former invitation is replaced with its row
		if _, err := tx.Exec(ctx, `update partners set status = 'removed', removed_at = $3, removed_by = $4 where edition_id = $1 and email = $2 and status = 'invited'`, string(id), email, s.clock.Now(), by.Actor()); err != nil {
			return fmt.Errorf("replace an invitation of %s: %w", id, err)
		}
		invitation, err := s.people.InviteIn(ctx, tx, by, account.Invite{Email: email, Lang: a.Lang, Relation: Relation, Object: account.Ref{Kind: "edition", ID: string(id)}, ObjectName: e.Name.In(a.Lang), Message: a.Message})
		if err != nil {
			return err
		}
		which := ID(db.NewID())
		if _, err := tx.Exec(ctx, `insert into partners (id, edition_id, invitation_id, email, name, organisation, status, added_by, added_at, removed_by) values ($1, $2, $3, $4, $5, $6, 'invited', $7, $8, '')`,
			string(which), string(id), invitation, email, a.Name, a.Organisation, by.Actor(), s.clock.Now()); err != nil {
			return fmt.Errorf("ask a partner of %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "partner.invited", id, which)
	})
}

// Remove ends what a partner is to an edition: she reads nothing more from her next request
// on. Errors: NotFound when she is none any more; as the policy, on partner.manage.
func (s *Service) Remove(ctx context.Context, by account.User, id programme.EditionID, which ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managing(ctx, tx, by, id); err != nil {
			return err
		}
		var invitation string
		if err := tx.QueryRow(ctx, `update partners set status = 'removed', removed_at = $3, removed_by = $4 where id = $1 and edition_id = $2 and status in ('invited', 'active') returning invitation_id`,
			string(which), string(id), s.clock.Now(), by.Actor()).Scan(&invitation); err != nil {
			return fmt.Errorf("remove a partner of %s: %w", id, err)
		}
		on := policy.Ref{Kind: "edition", ID: string(id)}
		err := s.people.RevokeInvitationIn(ctx, tx, by, account.Ref(on), invitation)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		// by the invitation rather than by the person: she may have accepted a moment ago
		if err := s.policy.EndFor(ctx, tx, by, on, "invitation:"+invitation); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "partner.removed", id, which)
	})
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id programme.EditionID, which ID) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "edition", ID: string(id), Detail: map[string]any{"partner": string(which)}})
}

// onAnswer follows the answer to an invitation.
func (s *Service) onAnswer(ctx context.Context, tx *db.Tx, e event.Event) error {
	var a account.Accepted
	if err := e.Read(&a); err != nil || a.Relation != Relation || a.Object.Kind != "edition" {
		return err
	}
	status := Active
	if e.Kind == "invitation.declined" {
		status = Declined
	}
	if _, err := tx.Exec(ctx, `update partners set status = $2, person_id = coalesce($3, person_id) where invitation_id = $1 and status = 'invited'`, a.Invitation, string(status), db.Null(a.Person)); err != nil {
		return fmt.Errorf("note the answer of a partner: %w", err)
	}
	return nil
}

// onMerged follows one person who had two accounts; her rights moved already.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update partners set person_id = $2 where person_id = $1`, string(m.From), string(m.To)); err != nil {
		return fmt.Errorf("hand over the partnerships of %s: %w", m.From, err)
	}
	return nil
}

// Standing is what somebody is to what partners say of an edition.
type Standing struct {
	Edition programme.Edition
	Manages bool
	Partner Partner // empty for none
}

// Stand asks the policy for an action on an edition, and says what by is there. Errors:
// NotFound for who is neither a partner nor runs the edition; as the policy, on action.
func Stand(ctx context.Context, r db.Reader, p *policy.Service, by account.User, action policy.Action, id programme.EditionID) (st Standing, err error) {
	if st.Edition, err = programme.FindEdition(ctx, r, id); err != nil {
		return st, err
	}
	if _, err = p.Require(ctx, r, by, action, st.Edition.PolicyObject()); err != nil {
		return st, err
	}
	may, err := p.Decide(ctx, r, by, "partner.manage", st.Edition.PolicyObject())
	if err != nil {
		return st, err
	}
	st.Manages = may.Allowed
	st.Partner, err = As(ctx, r, id, by.ID)
	if errs.Is(err, errs.NotFound) && st.Manages {
		err = nil
	}
	return st, err
}
