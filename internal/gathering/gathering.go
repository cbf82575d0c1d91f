// Package gathering is people together for a time on an edition's projects: who is there, as what, and how one comes in.
package gathering

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// ID identifies a gathering; it is random.
type ID string

// Status is where a gathering stands.
type Status string

// The statuses. A closed gathering may open again; its guests do not come back with it.
const (
	Planned Status = "planned"
	Open    Status = "open"
	Closed  Status = "closed"
)

// Role is what somebody is in a gathering, and on its boards.
type Role string

// The roles: the words of a kit.
const (
	Facilitator Role = "facilitator"
	Team        Role = "team"
	Coach       Role = "coach"
	Peer        Role = "peer"
	Expert      Role = "expert"
	Guest       Role = "guest"
	Reader      Role = "reader"
)

// Roles are those that somebody may be given, in the order in which people read them.
var Roles = []Role{Facilitator, Team, Coach, Peer, Expert, Guest, Reader}

// relation is what a role holds on the gathering: the policy knows who runs it, who takes
// part and who passes by; the boards know the rest.
func (r Role) relation() string {
	switch r {
	case Facilitator, Guest:
		return string(r)
	}
	return "participant"
}

// grace is how long after its last day a gathering that nobody closed closes by itself,
// and what guests were let into ends.
const grace = 24 * time.Hour

// Gathering is one, with its place and its days.
type Gathering struct {
	ID        ID
	Edition   programme.EditionID
	Title     string
	About     string // what people need to know to come
	Place     string
	Zone      string // IANA name of the zone of the place
	StartsOn  string // "2027-03-05", the first day
	EndsOn    string // the last one
	Status    Status
	Version   int64
	CreatedAt time.Time
	OpenedAt  time.Time
	ClosedAt  time.Time
	Programme programme.ProgrammeID
	Agency    programme.AgencyID
	code      string
}

// Ends is when the last day is over, where it takes place.
func (g Gathering) Ends() time.Time {
	day, err := time.ParseInLocation(time.DateOnly, g.EndsOn, zone.Location(g.Zone))
	if err != nil {
		return time.Time{} // no day was ever kept unread
	}
	return day.AddDate(0, 0, 1).UTC()
}

// Until is when what guests were let into ends, unless somebody closes the gathering before.
func (g Gathering) Until() time.Time { return g.Ends().Add(grace) }

// Object is the gathering as the policy sees it.
func (g Gathering) Object() policy.Object {
	return policy.Object{Ref: g.ref(), State: string(g.Status), Within: []policy.Ref{{Kind: "edition", ID: string(g.Edition)}, {Kind: "programme", ID: string(g.Programme)}, {Kind: "agency", ID: string(g.Agency)}}}
}

func (g Gathering) ref() policy.Ref { return policy.Ref{Kind: "gathering", ID: string(g.ID)} }

const (
	columns = `g.id, g.edition_id, g.title, g.about, g.place, g.zone, g.starts_on, g.ends_on, g.status, g.version, g.created_at, g.opened_at, g.closed_at, e.programme_id, pr.agency_id, g.join_code`
	tables  = `gatherings g join editions e on e.id = g.edition_id join programmes pr on pr.id = e.programme_id`
)

func scan(sc db.Scanner) (g Gathering, err error) {
	err = sc.Scan(&g.ID, &g.Edition, &g.Title, &g.About, &g.Place, &g.Zone, &g.StartsOn, &g.EndsOn, &g.Status, &g.Version, &g.CreatedAt, &g.OpenedAt, &g.ClosedAt, &g.Programme, &g.Agency, &g.code)
	return g, err
}

// Load reads a gathering without asking who wants it. Error: NotFound.
func Load(ctx context.Context, r db.Reader, id ID) (Gathering, error) {
	g, err := db.Get(ctx, r, scan, `select `+columns+` from `+tables+` where g.id = $1`, string(id))
	if err != nil {
		return g, fmt.Errorf("load gathering %s: %w", id, err)
	}
	return g, nil
}

// Participant is somebody in a gathering, or invited to it.
type Participant struct {
	ID           string
	Gathering    ID
	Person       account.PersonID // "" until an invitation is accepted
	Name         string
	Email        string // to which she was invited, "" otherwise
	Role         Role
	Project      project.ID // the one she comes for, "" for none
	ProjectTitle string
	Organisation string
	AddedAt      time.Time
	JoinedAt     time.Time // zero: invited
	LeftAt       time.Time
	Version      int64
	invitation   string
	leftBy       string
}

// Invited says whether she has not answered yet.
func (p Participant) Invited() bool { return p.Person == "" }

const (
	seatColumns = `s.id, s.gathering_id, coalesce(s.person_id, ''), s.name, s.email, s.role, coalesce(s.project_id, ''), coalesce(j.title, ''), s.organisation, s.added_at, s.joined_at, s.left_at, s.version, coalesce(s.invitation_id, ''), s.left_by`
	seatTables  = `participants s left join projects j on j.id = s.project_id`
)

func scanSeat(sc db.Scanner) (p Participant, err error) {
	err = sc.Scan(&p.ID, &p.Gathering, &p.Person, &p.Name, &p.Email, &p.Role, &p.Project, &p.ProjectTitle, &p.Organisation, &p.AddedAt, &p.JoinedAt, &p.LeftAt, &p.Version, &p.invitation, &p.leftBy)
	return p, err
}

// held is the condition of a seat that holds: she came, has not left, and her account stands.
const held = ` s.left_at is null and s.joined_at is not null and exists (select 1 from people q where q.id = s.person_id and q.disabled_at is null and q.merged_into is null)`

// Seat finds what a person is in a gathering now: boards ask at each connection, and each
// second for those who are connected. While the gathering is planned, only those who run
// it have a seat; once it is closed, everybody who stayed reads. Error: NotFound when she
// has none, or not any more.
func Seat(ctx context.Context, r db.Reader, id ID, person account.PersonID) (Participant, error) {
	list, err := seats(ctx, r, id, ` and s.person_id = $2`, string(person))
	if err != nil {
		return Participant{}, err
	}
	if len(list) == 0 {
		return Participant{}, notFound()
	}
	return list[0], nil
}

// Comes finds the seat of a person in a gathering whether it is open or not: a programme is
// read the evening before. Error: NotFound when she has none, or not any more.
func Comes(ctx context.Context, r db.Reader, id ID, person account.PersonID) (Participant, error) {
	p, err := db.Get(ctx, r, scanSeat, `select `+seatColumns+` from `+seatTables+` where s.gathering_id = $1 and s.person_id = $2 and`+held, string(id), string(person))
	if err != nil {
		return p, fmt.Errorf("find who comes to gathering %s: %w", id, err)
	}
	return p, nil
}

// People lists those who have a seat in a gathering now, as Seat finds each of them, by
// name; without asking who wants them.
func People(ctx context.Context, r db.Reader, id ID) ([]Participant, error) {
	return seats(ctx, r, id, "")
}

func seats(ctx context.Context, r db.Reader, id ID, and string, args ...any) ([]Participant, error) {
	type seated struct {
		Participant
		status Status
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (one seated, err error) {
		p := &one.Participant
		err = sc.Scan(&p.ID, &p.Gathering, &p.Person, &p.Name, &p.Email, &p.Role, &p.Project, &p.ProjectTitle, &p.Organisation, &p.AddedAt, &p.JoinedAt, &p.LeftAt, &p.Version, &p.invitation, &p.leftBy, &one.status)
		return one, err
	}, `select `+seatColumns+`, g.status from `+seatTables+` join gatherings g on g.id = s.gathering_id where s.gathering_id = $1 and`+held+and+` order by s.name, s.id`, append([]any{string(id)}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("list who is in gathering %s: %w", id, err)
	}
	var out []Participant
	for _, one := range list {
		var sits bool
		if one.Role, sits = one.Role.in(one.status); sits {
			out = append(out, one.Participant)
		}
	}
	return out, nil
}

// in is what a role is while a gathering has a status, and whether it is anything.
func (r Role) in(s Status) (Role, bool) {
	switch {
	case s == Planned && r != Facilitator:
		return r, false
	case s == Closed && r != Facilitator:
		return Reader, true
	}
	return r, true
}

// Signed gives, for each sign-in that holds at an instant, the seat that it gives in a
// gathering, as Seat finds it, with its name, role and project alone: boards ask for it
// several times a second.
func Signed(ctx context.Context, r db.Reader, id ID, at time.Time) (map[string]Participant, error) {
	seats := map[string]Participant{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var login string
		var status Status
		p := Participant{Gathering: id}
		if err := sc.Scan(&login, &p.ID, &p.Name, &p.Role, &p.Project, &status); err != nil {
			return false, err
		}
		if role, sits := p.Role.in(status); sits {
			p.Role = role
			seats[login] = p
		}
		return true, nil
	}, `select l.id, s.id, s.name, s.role, coalesce(s.project_id, ''), g.status
		from participants s join gatherings g on g.id = s.gathering_id join logins l on l.person_id = s.person_id
		where s.gathering_id = $1 and`+held+` and l.revoked_at is null and l.expires_at > $2`, string(id), at)
	if err != nil {
		return nil, fmt.Errorf("read who is signed in at gathering %s: %w", id, err)
	}
	return seats, nil
}
