// Package sponsor is who goes with a project through an edition: one person at a time, named by the programme, and the handover from one to the next.
package sponsor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
)

// Relation is what a sponsor holds: on an edition she may be named, on a project she is.
const Relation = "sponsor"

// MaxHandover bounds a note of handover, in characters.
const MaxHandover = 4000

// Service keeps who sponsors what.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	people   *account.Service
	bookings *booking.Service
	calls    *call.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Bus      *event.Bus
	People   *account.Service
	Bookings *booking.Service
	Calls    *call.Service // nil where projects come from no call
}

// New makes the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, people: d.People, bookings: d.Bookings, calls: d.Calls}
	d.Bus.Subscribe("sponsor.merged", s.onMerged, "person.merged")
	return s
}

// Sponsorship is one person going with one project, for a time.
type Sponsorship struct {
	ID       string
	Project  project.ID
	Title    string
	Person   account.PersonID
	Name     string
	BegunAt  time.Time
	EndedAt  time.Time // zero while it lasts
	Handover string    // what was said to the next one, "" for who may not read it
}

const columns = `s.id, s.project_id, p.title, s.person_id, h.name, s.begun_at, s.ended_at, s.handover from sponsorships s join projects p on p.id = s.project_id join people h on h.id = s.person_id`

func scan(sc db.Scanner) (s Sponsorship, err error) {
	err = sc.Scan(&s.ID, &s.Project, &s.Title, &s.Person, &s.Name, &s.BegunAt, &s.EndedAt, &s.Handover)
	return s, err
}

func list(ctx context.Context, r db.Reader, where string, args ...any) ([]Sponsorship, error) {
	all, err := db.List(ctx, r, scan, `select `+columns+` where `+where+` order by s.begun_at desc, s.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list sponsorships: %w", err)
	}
	return all, nil
}

// Ties says who sponsors a project now, for bookings.
func Ties(ctx context.Context, r db.Reader, id project.ID) (ties []booking.Tie, err error) {
	now, err := list(ctx, r, `s.project_id = $1 and s.ended_at is null and h.disabled_at is null`, string(id))
	for _, s := range now {
		ties = append(ties, booking.Tie{Person: s.Person, Name: s.Name, About: policy.Ref{Kind: Relation, ID: s.ID}})
	}
	return ties, err
}

// Mine lists the projects that by sponsors now.
func (s *Service) Mine(ctx context.Context, by account.User) ([]Sponsorship, error) {
	if by.IsVisitor() {
		return nil, nil
	}
	return list(ctx, s.db.Reader(), `s.person_id = $1 and s.ended_at is null`, string(by.ID))
}

// Sponsor is somebody who may be named in an edition.
type Sponsor struct {
	Person  account.PersonID
	Name    string
	Follows []Sponsorship
}

// Board is the sponsors of an edition and its projects, to who names them.
type Board struct {
	Edition  programme.EditionID
	In       programme.Words
	Sponsors []Sponsor
	Pending  []account.Invitation
	Without  []project.Project // that nobody sponsors
	Profiles map[account.PersonID]Profile
}

// listOf lists who sponsors the projects of an edition now.
func listOf(ctx context.Context, r db.Reader, id programme.EditionID) ([]Sponsorship, error) {
	return list(ctx, r, `p.edition_id = $1 and s.ended_at is null`, string(id))
}

// People is the board of an edition. Errors: as the policy, on sponsor.manage.
func (s *Service) People(ctx context.Context, by account.User, id programme.EditionID) (b Board, err error) {
	r := s.db.Reader()
	e, err := s.managing(ctx, r, by, id)
	if err != nil {
		return b, err
	}
	b.Edition, b.In = id, e.Name
	if b.Sponsors, err = s.named(ctx, r, id); err != nil {
		return b, err
	}
	if b.Profiles, err = profiles(ctx, r, id); err != nil {
		return b, err
	}
	now, err := listOf(ctx, r, id)
	if err != nil {
		return b, err
	}
	for _, one := range now {
		i := slices.IndexFunc(b.Sponsors, func(p Sponsor) bool { return p.Person == one.Person })
		if i < 0 { // she may not be named any more, and still goes with a project
			b.Sponsors, i = append(b.Sponsors, Sponsor{Person: one.Person, Name: one.Name}), len(b.Sponsors)
		}
		b.Sponsors[i].Follows = append(b.Sponsors[i].Follows, one)
	}
	if b.Pending, err = s.pending(ctx, r, id); err != nil {
		return b, err
	}
	all, err := project.In(ctx, r, id)
	b.Without = slices.DeleteFunc(all, func(p project.Project) bool {
		return slices.ContainsFunc(now, func(one Sponsorship) bool { return one.Project == p.ID })
	})
	return b, err
}

func (s *Service) managing(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) (programme.Edition, error) {
	e, err := programme.FindEdition(ctx, r, id)
	if err == nil {
		_, err = s.policy.Require(ctx, r, by, "sponsor.manage", e.PolicyObject())
	}
	return e, err
}

// named lists who may be named in an edition.
func (s *Service) named(ctx context.Context, r db.Reader, id programme.EditionID) (people []Sponsor, err error) {
	held, err := s.policy.Holders(ctx, r, policy.Ref{Kind: "edition", ID: string(id)})
	for _, h := range held {
		known := slices.ContainsFunc(people, func(p Sponsor) bool { return string(p.Person) == h.SubjectID })
		if h.Relation != Relation || h.SubjectKind != "person" || known {
			continue
		}
		name, err := db.Get(ctx, r, db.Value[string], `select name from people where id = $1 and disabled_at is null`, h.SubjectID)
		if errs.Is(err, errs.NotFound) {
			continue // suspended, or gone
		}
		if err != nil {
			return nil, fmt.Errorf("name sponsor %s: %w", h.SubjectID, err)
		}
		people = append(people, Sponsor{Person: account.PersonID(h.SubjectID), Name: name})
	}
	return people, err
}

func (s *Service) pending(ctx context.Context, r db.Reader, id programme.EditionID) ([]account.Invitation, error) {
	all, err := s.people.PendingInvitations(ctx, r, account.Ref{Kind: "edition", ID: string(id)})
	return slices.DeleteFunc(all, func(i account.Invitation) bool { return i.Relation != Relation }), err
}

// Invited is somebody whom an edition asks to sponsor projects.
type Invited struct{ Email, Lang, Message string }

// Invite asks somebody by mail to sponsor projects of an edition. Errors: Invalid on "email",
// "message"; TooMany; as the policy, on sponsor.manage.
func (s *Service) Invite(ctx context.Context, by account.User, id programme.EditionID, in Invited) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.managing(ctx, tx, by, id)
		if err != nil {
			return err
		}
		_, err = s.people.InviteIn(ctx, tx, by, account.Invite{Email: in.Email, Lang: in.Lang, Relation: Relation, Object: account.Ref{Kind: "edition", ID: string(id)}, ObjectName: e.Name.In(in.Lang), Message: in.Message})
		return err
	})
}

// Page is who sponsors a project, and who did.
type Page struct {
	Project project.Project
	Current *Sponsorship
	Past    []Sponsorship
	Mine    bool
	Meets   bool      // she may book: the team, or the sponsor
	Manages bool      // she names
	Watches bool      // she runs the programme, and sees the meetings of the project
	Choices []Sponsor // whom she may name
}

// Around is the page of a project. What one sponsor said to the next is read by who sponsors
// it now and by the programme; the team knows who, and since when. Errors: as the policy, on
// sponsor.read.
func (s *Service) Around(ctx context.Context, by account.User, id project.ID) (v Page, err error) {
	r := s.db.Reader()
	if v.Project, err = project.Load(ctx, r, id); err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "sponsor.read", v.Project.Object()); err != nil {
		return v, err
	}
	both, err := s.policy.Decisions(ctx, r, by, v.Project.Object(), "sponsor.manage", "booking.oversee")
	if err != nil {
		return v, err
	}
	may := both["sponsor.manage"]
	v.Watches = both["booking.oversee"].Allowed
	v.Manages = may.Allowed && v.Project.Status == project.Active
	all, err := list(ctx, r, `s.project_id = $1`, string(id))
	if err != nil {
		return v, err
	}
	for i, one := range all {
		if one.EndedAt.IsZero() {
			v.Current, v.Mine = &all[i], one.Person == by.ID
		}
	}
	for _, one := range all {
		if !may.Allowed && !v.Mine {
			one.Handover = ""
		}
		if !one.EndedAt.IsZero() {
			v.Past = append(v.Past, one)
		}
	}
	team, err := project.Team(ctx, r, id, s.clock.Now())
	if err != nil {
		return v, err
	}
	v.Meets = v.Mine || slices.ContainsFunc(team, func(m project.Mate) bool { return m.Person == by.ID })
	if v.Manages {
		v.Choices, err = s.named(ctx, r, v.Project.Edition)
	}
	return v, err
}

// Naming is who sponsors a project from now on.
type Naming struct {
	Person   account.PersonID // "" for nobody
	Was      string           // the sponsorship that was shown, "" for none
	Handover string           // to the next one; needed when somebody is replaced
}

// Name names the sponsor of a project. Who sponsored it until then loses her access at once,
// and what she had to come with the team is cancelled; the next one has hers at once. Errors:
// Invalid on "person", "handover"; Conflict sponsor.meanwhile; as the policy, on sponsor.manage.
func (s *Service) Name(ctx context.Context, by account.User, id project.ID, n Naming) error {
	n.Handover = strings.TrimSpace(text.Clean(n.Handover))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := project.Load(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err = s.policy.Require(ctx, tx, by, "sponsor.manage", p.Object()); err != nil {
			return err
		}
		bad, err := s.check(ctx, tx, p, n)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("sponsor.invalid", bad); err != nil {
			return err
		}
		if err := s.end(ctx, tx, by, p, n); err != nil || n.Person == "" {
			return err
		}
		return s.begin(ctx, tx, by, p, n.Person)
	})
}

// end closes the sponsorship that was shown; the where clause decides between two acts.
func (s *Service) end(ctx context.Context, tx *db.Tx, by account.User, p project.Project, n Naming) error {
	if n.Was == "" {
		return nil
	}
	now := s.clock.Now()
	was, err := db.List(ctx, tx, db.Value[account.PersonID], `update sponsorships set ended_at = $3, ended_by = $4, handover = $5 where id = $1 and project_id = $2 and ended_at is null returning person_id`,
		n.Was, string(p.ID), now, by.Actor(), n.Handover)
	if err != nil {
		return fmt.Errorf("end a sponsorship of %s: %w", p.ID, err)
	}
	if len(was) == 0 {
		return errs.New(errs.Conflict, "sponsor.meanwhile")
	}
	if _, err := s.policy.Revoke(ctx, tx, by, policy.Relation{SubjectID: string(was[0]), Relation: Relation, Object: p.Object().Ref}); err != nil {
		return err
	}
	if err := s.bookings.EndWith(ctx, tx, by, was[0], p.ID, ""); err != nil {
		return err
	}
	return s.note(ctx, tx, by, "sponsor.ended", p, was[0])
}

func (s *Service) begin(ctx context.Context, tx *db.Tx, by account.User, p project.Project, who account.PersonID) error {
	n, err := tx.Exec(ctx, `insert into sponsorships (id, project_id, person_id, begun_at, begun_by, ended_by, handover) values ($1, $2, $3, $4, $5, '', '') on conflict do nothing`,
		db.NewID(), string(p.ID), string(who), s.clock.Now(), by.Actor())
	if err != nil {
		return fmt.Errorf("name the sponsor of %s: %w", p.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "sponsor.meanwhile")
	}
	if err := s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: string(who), Relation: Relation, Object: p.Object().Ref}); err != nil {
		return err
	}
	return s.note(ctx, tx, by, "sponsor.named", p, who)
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, p project.Project, who account.PersonID) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "project", ID: string(p.ID), Detail: map[string]any{"sponsor": "person:" + string(who)}})
}

// onMerged follows one person who had two accounts; her rights moved already.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	for _, text := range []string{
		`update sponsorships set person_id = $2 where person_id = $1`,
		`update sponsor_profiles set person_id = $2 where person_id = $1 and not exists (select 1 from sponsor_profiles o where o.person_id = $2 and o.edition_id = sponsor_profiles.edition_id)`,
		`delete from sponsor_profiles where person_id = $1 and $2 <> ''`,
	} {
		if _, err := tx.Exec(ctx, text, string(m.From), string(m.To)); err != nil {
			return fmt.Errorf("hand over the sponsorships of %s: %w", m.From, err)
		}
	}
	return nil
}
