package project

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// File is a project as somebody who may read it sees it.
type File struct {
	Project
	In      programme.Words // the name of the edition
	Items   []Item          // those that stand, by kind
	Team    []Mate
	Pending []account.Invitation // to the team, for those who invite
	Edits   bool                 // she may change the sheet
	Manages bool                 // she may invite
	Reads   bool                 // she may read the file it came from
}

// Read gives the file of a project. Errors: as the policy, on project.read.
func (s *Service) Read(ctx context.Context, by account.User, id ID) (f File, err error) {
	r := s.db.Reader()
	if f.Project, err = s.require(ctx, r, by, "project.read", id); err != nil {
		return f, err
	}
	e, err := programme.FindEdition(ctx, r, f.Edition)
	if err != nil {
		return f, err
	}
	f.In = e.Name
	may, err := s.policy.Decisions(ctx, r, by, f.Object(), "project.edit", "project.manage")
	if err != nil {
		return f, err
	}
	f.Edits, f.Manages = may["project.edit"].Allowed, may["project.manage"].Allowed
	if f.Application != "" {
		own, err := s.policy.Decide(ctx, r, by, "application.read", policy.Object{Ref: policy.Ref{Kind: "application", ID: f.Application}})
		if err != nil {
			return f, err
		}
		f.Reads = own.Allowed
	}
	if f.Items, err = ItemsOf(ctx, r, id); err != nil {
		return f, err
	}
	if f.Team, err = Team(ctx, r, id, s.clock.Now()); err != nil {
		return f, err
	}
	if f.Manages {
		f.Pending, err = s.people.PendingInvitations(ctx, r, account.Ref(f.ref()))
	}
	return f, err
}

// Edited is the sheet of a project to who may change it. Errors: as the policy, on project.edit.
func (s *Service) Edited(ctx context.Context, by account.User, id ID) (Project, error) {
	return s.require(ctx, s.db.Reader(), by, "project.edit", id)
}

// Items lists what stands in a project, by kind, the oldest first. Errors: as the policy,
// on project.read.
func (s *Service) Items(ctx context.Context, r db.Reader, by account.User, id ID) ([]Item, error) {
	if _, err := s.require(ctx, r, by, "project.read", id); err != nil {
		return nil, err
	}
	return ItemsOf(ctx, r, id)
}

// Overview is a project in a list.
type Overview struct {
	Project
	Standing int // items
}

// policyColumns say where the policy finds what contains a project.
var policyColumns = policy.Columns{Kind: "project", ID: "p.id", State: "p.status",
	Within: map[string]string{"application": "coalesce(p.application_id, '')", "edition": "p.edition_id", "programme": "e.programme_id", "agency": "g.agency_id"}}

// List lists the projects of an edition that by may read, by title, those that left last.
func (s *Service) List(ctx context.Context, by account.User, edition programme.EditionID) ([]Overview, error) {
	if _, err := programme.FindEdition(ctx, s.db.Reader(), edition); err != nil {
		return nil, err
	}
	where, args := s.policy.Where(ctx, by, "project.read", policyColumns, []any{string(edition)})
	return s.list(ctx, `p.edition_id = $1 and `+where, args)
}

// Mine lists the projects of which by is of the team, by title, those that left last.
func (s *Service) Mine(ctx context.Context, by account.User) ([]Overview, error) {
	return s.list(ctx, `exists (select 1 from relations r where r.object_kind = 'project' and r.object_id = p.id and r.subject_kind = 'person' and r.subject_id = $1 and r.relation in `+ofTeam+`
		and r.revoked_at is null and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2))`, []any{string(by.ID), s.clock.Now()})
}

func (s *Service) list(ctx context.Context, where string, args []any) ([]Overview, error) {
	list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (o Overview, err error) {
		err = sc.Scan(append(dest(&o.Project), &o.Standing)...)
		return o, err
	}, `select `+columns+`, (select count(*) from project_items i where i.project_id = p.id and i.state = 'standing') from `+tables+` where `+where+` order by p.status, p.title, p.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list projects: %w", err)
	}
	return list, nil
}
