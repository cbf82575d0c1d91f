package roadmap

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

// Along is the roadmap of a project as who sponsors it sees it among those that she follows.
type Along struct {
	Line
	In        programme.Words // the name of the edition
	Today     string          // in its zone
	Zone      string
	NeedNames []string // the titles of what is open, in the order of their days
	LockNames []string
}

// Along is the roadmaps of the projects that by sponsors now, by title: two questions to the
// database, however many projects there are. Who sponsors nothing has none.
func (s *Service) Along(ctx context.Context, by account.User) ([]Along, error) {
	if by.IsVisitor() {
		return nil, nil
	}
	r, now := s.db.Reader(), s.clock.Now()
	where, args := s.policy.Where(ctx, by, "roadmap.read", policy.Columns{Kind: "project", ID: "p.id", State: "p.status",
		Within: map[string]string{"application": "coalesce(p.application_id, '')", "edition": "p.edition_id", "programme": "e.programme_id", "agency": "g.agency_id"}}, []any{string(by.ID)})
	list, err := db.List(ctx, r, func(sc db.Scanner) (a Along, err error) {
		err = sc.Scan(&a.Project.ID, &a.Project.Edition, &a.Project.Title, &a.Project.Summary, &a.Project.Status, &a.In.FR, &a.In.EN, &a.Zone)
		a.Today = now.In(zone.Location(a.Zone)).Format(time.DateOnly)
		return a, err
	}, `select p.id, p.edition_id, p.title, p.summary, p.status, e.name_fr, e.name_en, e.zone
		from sponsorships h join projects p on p.id = h.project_id join editions e on e.id = p.edition_id join programmes g on g.id = e.programme_id
		where h.person_id = $1 and h.ended_at is null and `+where+` order by p.title, p.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the projects that %s sponsors: %w", by.ID, err)
	}
	at := map[project.ID]int{}
	for i, a := range list {
		at[a.Project.ID] = i
	}
	type owned struct {
		Entry
		project project.ID
	}
	every, err := db.List(ctx, r, func(sc db.Scanner) (e owned, err error) {
		err = sc.Scan(&e.project, &e.Kind, &e.State, &e.Due, &e.Title, &e.At)
		return e, err
	}, `select r.project_id, r.kind, r.state, r.due_on, r.title, r.updated_at from roadmap_entries r join sponsorships h on h.project_id = r.project_id
		where h.person_id = $1 and h.ended_at is null order by case when r.due_on = '' then '9999' else r.due_on end, r.created_at, r.id`, string(by.ID))
	if err != nil {
		return nil, fmt.Errorf("read the roadmaps of the projects that %s sponsors: %w", by.ID, err)
	}
	for _, e := range every {
		if i, reads := at[e.project]; reads {
			list[i].add(e.Entry)
		}
	}
	return list, nil
}

// add counts an entry, and keeps the title of a need or a lock that is open.
func (a *Along) add(e Entry) {
	a.count(e, a.Today, a.Zone)
	switch {
	case !e.Open():
	case e.Kind == Need:
		a.NeedNames = append(a.NeedNames, e.Title)
	case e.Kind == Lock:
		a.LockNames = append(a.LockNames, e.Title)
	}
}
