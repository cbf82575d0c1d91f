package roadmap

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// shown bounds how many changes a page shows, the latest first.
const shown = 500

// History is how the roadmap of a project changed, the latest change first. Errors: as the
// policy, on roadmap.read.
func (s *Service) History(ctx context.Context, by account.User, id project.ID) (p project.Project, list []Change, err error) {
	r := s.db.Reader()
	if p, err = s.open(ctx, r, by, "roadmap.read", id); err != nil {
		return p, nil, err
	}
	list, err = db.List(ctx, r, func(sc db.Scanner) (c Change, err error) {
		err = sc.Scan(&c.Entry, &c.Kind, &c.Title, &c.At, &c.By, &c.Field, &c.Was, &c.Became)
		return c, err
	}, `select c.entry_id, e.kind, e.title, c.at, coalesce(h.name, ''), c.field,
			case when c.field = 'after' then coalesce(a.title, '') else c.was end, case when c.field = 'after' then coalesce(b.title, '') else c.became end
		from roadmap_changes c join roadmap_entries e on e.id = c.entry_id left join people h on c.made_by = 'person:' || h.id
		left join roadmap_entries a on a.id = c.was left join roadmap_entries b on b.id = c.became
		where c.project_id = $1 order by c.at desc, c.id limit $2`, string(id), shown)
	if err != nil {
		return p, nil, fmt.Errorf("read how the roadmap of %s changed: %w", id, err)
	}
	return p, list, nil
}

// Line is the roadmap of one project among those of an edition.
type Line struct {
	Project                 project.Project
	Open, Doing, Late, Done int // actions
	Needs, Locks            int // that are open
	NextTitle, NextDay      string
	Changed                 string // the day of the last change, "" for none
}

// Board is the roadmaps of an edition.
type Board struct {
	Edition programme.EditionID
	In      programme.Words
	Lines   []Line
	Today   string
	Zone    string
}

// Of is what the roadmaps of an edition say together, a line a project that by may read.
// Errors: NotFound; as the policy, on roadmap.follow.
func (s *Service) Of(ctx context.Context, by account.User, id programme.EditionID) (b Board, err error) {
	r := s.db.Reader()
	e, err := programme.FindEdition(ctx, r, id)
	if err != nil {
		return b, err
	}
	if _, err = s.policy.Require(ctx, r, by, "roadmap.follow", e.PolicyObject()); err != nil {
		return b, err
	}
	b.Edition, b.In = id, e.Name
	if b.Today, b.Zone, err = s.today(ctx, r, id); err != nil {
		return b, err
	}
	all, err := project.In(ctx, r, id)
	if err != nil {
		return b, err
	}
	every, err := db.List(ctx, r, func(sc db.Scanner) (e struct {
		project project.ID
		Entry
	}, err error) {
		err = sc.Scan(&e.project, &e.Kind, &e.State, &e.Due, &e.Title, &e.At)
		return e, err
	}, `select r.project_id, r.kind, r.state, r.due_on, r.title, r.updated_at from roadmap_entries r join projects p on p.id = r.project_id where p.edition_id = $1 and p.status = 'active' order by r.due_on, r.id`, string(id))
	if err != nil {
		return b, fmt.Errorf("read the roadmaps of %s: %w", id, err)
	}
	at := map[project.ID]int{}
	for i, p := range all {
		at[p.ID] = i
		b.Lines = append(b.Lines, Line{Project: p})
	}
	for _, e := range every {
		b.Lines[at[e.project]].count(e.Entry, b.Today, b.Zone)
	}
	return b, nil
}

// count adds an entry to what its project's line says.
func (l *Line) count(e Entry, today, zoneName string) {
	if day := e.At.In(zone.Location(zoneName)).Format(time.DateOnly); day > l.Changed {
		l.Changed = day
	}
	switch {
	case e.Kind == Action && e.State == Done:
		l.Done++
	case !e.Open():
	case e.Kind == Action:
		l.Open++
		if e.State == Doing {
			l.Doing++
		}
		if e.Due != "" && e.Due < today {
			l.Late++
		}
	case e.Kind == Need:
		l.Needs++
	case e.Kind == Lock:
		l.Locks++
	case e.Kind == Milestone && e.Due >= today && l.NextDay == "":
		l.NextTitle, l.NextDay = e.Title, e.Due
	}
}
