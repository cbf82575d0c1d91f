package committee

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
)

// MemberID identifies a seat: a person who sits in two committees has two.
type MemberID string

// Role is what a member is in a committee; it is also the relation that she holds on
// the selection once she has accepted. An officer holds hers on the call.
type Role string

// The roles.
const (
	Chair     Role = "chair"
	Secretary Role = "secretary"
	Officer   Role = "officer" // checks admissibility; reads no review
	Juror     Role = "member"
)

// MemberStatus is where an invitation to sit stands.
type MemberStatus string

// The statuses of a seat.
const (
	Invited  MemberStatus = "invited"
	Sitting  MemberStatus = "sitting" // accepted, and committed to confidentiality
	Declined MemberStatus = "declined"
	Ended    MemberStatus = "ended"
)

// Member is one seat of a committee.
type Member struct {
	ID                MemberID
	Selection         SelectionID
	Person            account.PersonID // "" until she accepted
	Email             string           // to which she was invited
	Name              string
	OrganisationID    account.OrganisationID // that she sits for; "" for nobody but herself
	Organisation      string                 // its name
	Role              Role
	Status            MemberStatus
	Competences       []string // values of the call's themes, or words of the programme
	Presence          []string // days on which she is there, "2027-03-05"
	Least, Most       int      // how many files she reads; Most is 0 for no bound
	MandateFrom       time.Time
	MandateUntil      time.Time // zero: no end
	InvitedAt         time.Time
	AnsweredAt        time.Time
	Confidentiality   string // the text she committed to
	ConfidentialityAt time.Time
	DeclaredAt        time.Time // she went through the titles and said what ties her to them
	EndedAt           time.Time
	Invitation        string // that waits for her answer, or had it
	Reason            string // why she declined, or why her mandate ended
	Version           int64
}

// SitsAt says whether the member may act at an instant.
func (m Member) SitsAt(at time.Time) bool {
	return m.Status == Sitting && !at.Before(m.MandateFrom) && (m.MandateUntil.IsZero() || at.Before(m.MandateUntil))
}

const memberColumns = `m.id, m.selection_id, coalesce(m.person_id, ''), m.email, m.name, coalesce(m.organisation_id, ''), coalesce(o.name, ''), m.role, m.status, m.competences, m.presence,
	m.least, m.most, m.mandate_from, m.mandate_until, m.invited_at, m.answered_at, m.confidentiality, m.confidentiality_at, m.declared_at, m.ended_at, m.reason, coalesce(m.invitation_id, ''), m.version`

const memberTables = `committee_members m left join organisations o on o.id = m.organisation_id`

func scanMember(sc db.Scanner) (m Member, err error) {
	var competences, presence string
	err = sc.Scan(&m.ID, &m.Selection, &m.Person, &m.Email, &m.Name, &m.OrganisationID, &m.Organisation, &m.Role, &m.Status, &competences, &presence,
		&m.Least, &m.Most, &m.MandateFrom, &m.MandateUntil, &m.InvitedAt, &m.AnsweredAt, &m.Confidentiality, &m.ConfidentialityAt, &m.DeclaredAt, &m.EndedAt, &m.Reason, &m.Invitation, &m.Version)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(competences), &m.Competences); err != nil {
		return m, fmt.Errorf("read the competences of member %s: %w", m.ID, err)
	}
	if err := json.Unmarshal([]byte(presence), &m.Presence); err != nil {
		return m, fmt.Errorf("read the presence of member %s: %w", m.ID, err)
	}
	return m, nil
}

// Members lists the seats of a selection by name, without asking who wants them.
func Members(ctx context.Context, r db.Reader, id SelectionID) ([]Member, error) {
	return db.List(ctx, r, scanMember, `select `+memberColumns+` from `+memberTables+` where m.selection_id = $1 order by m.name, m.id`, string(id))
}

// SeatOf finds the seat of a person in a selection, without asking who wants it. Error: NotFound.
func SeatOf(ctx context.Context, r db.Reader, id SelectionID, person account.PersonID) (Member, error) {
	return db.Get(ctx, r, scanMember, `select `+memberColumns+` from `+memberTables+` where m.selection_id = $1 and m.person_id = $2
		order by m.status = 'sitting' desc, m.invited_at desc limit 1`, string(id), string(person))
}
