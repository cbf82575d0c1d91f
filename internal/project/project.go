// Package project is what people carry through the stages of an edition: its sheet, its team, and what the cards of boards became in it.
package project

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// ID identifies a project; it is random.
type ID string

// Status is where a project stands in its edition.
type Status string

// The statuses.
const (
	Active Status = "active"
	Left   Status = "left" // it gave its place up; what was written stays
)

// The relations of a team on its project: those of the team of a file.
var relations = []string{"owner", "editor", "reader", "signatory", "helper"}

// ofTeam is the same list in SQL: who accompanies a project holds a relation on it too.
const ofTeam = `('owner', 'editor', 'reader', 'signatory', 'helper')`

// Project is its sheet.
type Project struct {
	ID          ID
	Edition     programme.EditionID
	Application string // the file it came from, "" when it was written by hand
	Title       string
	Summary     string // one line, may be empty
	Status      Status
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
	PurgedAt    time.Time // when its time was over and what it left was emptied; zero: it is kept
	programme   programme.ProgrammeID
	agency      programme.AgencyID
}

// Object is the project as the policy sees it. The file it came from contains it: who is
// kept from the file is kept from the project.
func (p Project) Object() policy.Object {
	within := []policy.Ref{{Kind: "edition", ID: string(p.Edition)}, {Kind: "programme", ID: string(p.programme)}, {Kind: "agency", ID: string(p.agency)}}
	if p.Application != "" {
		within = append([]policy.Ref{{Kind: "application", ID: p.Application}}, within...)
	}
	return policy.Object{Ref: p.ref(), Within: within, State: string(p.Status)}
}

func (p Project) ref() policy.Ref { return policy.Ref{Kind: "project", ID: string(p.ID)} }

const (
	columns = `p.id, p.edition_id, coalesce(p.application_id, ''), p.title, p.summary, p.status, p.version, p.created_at, p.updated_at, p.purged_at, e.programme_id, g.agency_id`
	tables  = `projects p join editions e on e.id = p.edition_id join programmes g on g.id = e.programme_id`
)

func dest(p *Project) []any {
	return []any{&p.ID, &p.Edition, &p.Application, &p.Title, &p.Summary, &p.Status, &p.Version, &p.CreatedAt, &p.UpdatedAt, &p.PurgedAt, &p.programme, &p.agency}
}

func scan(sc db.Scanner) (p Project, err error) {
	err = sc.Scan(dest(&p)...)
	return p, err
}

// Load reads a project without asking who wants it. Error: NotFound.
func Load(ctx context.Context, r db.Reader, id ID) (Project, error) {
	p, err := db.Get(ctx, r, scan, `select `+columns+` from `+tables+` where p.id = $1`, string(id))
	if err != nil {
		return p, fmt.Errorf("load project %s: %w", id, err)
	}
	return p, nil
}

// In lists the projects of an edition that stand, by title, without asking who wants them.
func In(ctx context.Context, r db.Reader, edition programme.EditionID) ([]Project, error) {
	list, err := db.List(ctx, r, scan, `select `+columns+` from `+tables+` where p.edition_id = $1 and p.status = 'active' order by p.title, p.id`, string(edition))
	if err != nil {
		return nil, fmt.Errorf("list the projects of %s: %w", edition, err)
	}
	return list, nil
}

// From finds the project that came from a file, without asking who wants it. Error: NotFound.
func From(ctx context.Context, r db.Reader, application string) (Project, error) {
	return db.Get(ctx, r, scan, `select `+columns+` from `+tables+` where p.application_id = $1`, application)
}

// Mate is somebody of a project's team.
type Mate struct {
	Person   account.PersonID
	Name     string
	Relation string
}

// Team lists the people of a project's team, once each, in the order they came, without
// asking who wants them.
func Team(ctx context.Context, r db.Reader, id ID, now time.Time) ([]Mate, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (m Mate, err error) {
		err = sc.Scan(&m.Person, &m.Name, &m.Relation)
		return m, err
	}, `select pe.id, pe.name, r.relation from relations r join people pe on pe.id = r.subject_id
		where r.object_kind = 'project' and r.object_id = $1 and r.subject_kind = 'person' and r.relation in `+ofTeam+` and r.revoked_at is null
		  and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2) and pe.disabled_at is null
		order by r.granted_at, r.id`, string(id), now)
	if err != nil {
		return nil, fmt.Errorf("list the team of project %s: %w", id, err)
	}
	seen := map[account.PersonID]bool{}
	var once []Mate
	for _, m := range list {
		if !seen[m.Person] {
			seen[m.Person] = true
			once = append(once, m)
		}
	}
	return once, nil
}

// TeamsOf lists the projects of whose team somebody is, by the same rule as Team.
func TeamsOf(ctx context.Context, r db.Reader, who account.PersonID, now time.Time) ([]ID, error) {
	list, err := db.List(ctx, r, db.Value[ID], `select distinct r.object_id from relations r join people pe on pe.id = r.subject_id
		where r.object_kind = 'project' and r.subject_kind = 'person' and r.subject_id = $1 and r.relation in `+ofTeam+` and r.revoked_at is null
		  and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2) and pe.disabled_at is null`, string(who), now)
	if err != nil {
		return nil, fmt.Errorf("list the teams of %s: %w", who, err)
	}
	return list, nil
}
