package wish

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// Wishes are what a plan takes into account.
type Wishes struct {
	Wishes []compose.Wish
	Pairs  []compose.Pair
	Never  []compose.Conflict
}

// Load gives what a plan takes into account: the meetings that are accepted, of people
// and projects that still come, the rules of pairs, and the conflicts of interest: those
// that are written here and those of the selection. A meeting that a conflict
// forbids is left out. It asks nobody who wants it: conflicts are for who runs the gathering.
func Load(ctx context.Context, r db.Reader, id gathering.ID) (w Wishes, err error) {
	if w.Never, err = recused(ctx, r, id); err != nil {
		return w, err
	}
	kept, err := rules(ctx, r, id)
	if err != nil {
		return w, err
	}
	for _, k := range kept {
		switch c := (compose.Conflict{Person: k.Participant, Project: k.Project}); {
		case k.Kind == Must:
			w.Pairs = append(w.Pairs, compose.Pair{A: k.Participant, B: k.Other, Rule: compose.MustMeet})
		case k.Kind == Never:
			w.Pairs = append(w.Pairs, compose.Pair{A: k.Participant, B: k.Other, Rule: compose.MustNever})
		case !slices.Contains(w.Never, c):
			w.Never = append(w.Never, c)
		}
	}
	all, err := db.List(ctx, r, func(sc db.Scanner) (m compose.Wish, err error) {
		return m, sc.Scan(&m.Project, &m.Person, &m.Weight)
	}, `select m.project_id, m.participant_id, m.weight from meetings m join participants s on s.id = m.participant_id join projects j on j.id = m.project_id
		where m.gathering_id = $1 and m.state = 'accepted' and s.left_at is null and j.status = 'active' order by m.project_id, m.participant_id`, string(id))
	if err != nil {
		return w, fmt.Errorf("list the meetings of gathering %s: %w", id, err)
	}
	for _, m := range all {
		if !slices.Contains(w.Never, compose.Conflict{Person: m.Person, Project: m.Project}) {
			w.Wishes = append(w.Wishes, m)
		}
	}
	return w, nil
}

// Named is a project with its title.
type Named struct{ ID, Title string }

// Someone is a participant, joined or invited.
type Someone struct {
	ID, Name, Organisation string
	Role                   gathering.Role
	Of                     string // the project for which she comes, "" for none
	Invited                bool   // she has not answered yet
}

// projects lists those that have somebody in a gathering, by title.
func (s *Service) projects(ctx context.Context, r db.Reader, id gathering.ID) ([]Named, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (n Named, err error) { return n, sc.Scan(&n.ID, &n.Title) },
		`select j.id, j.title from projects j where j.status = 'active' and j.id in (select s.project_id from participants s where s.gathering_id = $1 and s.role = 'team' and s.left_at is null) order by j.title, j.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the projects of gathering %s: %w", id, err)
	}
	return list, nil
}

// seats lists those who come to a gathering, by name.
func (s *Service) seats(ctx context.Context, r db.Reader, id gathering.ID) ([]Someone, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (o Someone, err error) {
		return o, sc.Scan(&o.ID, &o.Name, &o.Organisation, &o.Role, &o.Of, &o.Invited)
	}, `select id, case when name = '' then email else name end, organisation, role, coalesce(project_id, ''), person_id is null from participants where gathering_id = $1 and left_at is null order by 2, 1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list who comes to gathering %s: %w", id, err)
	}
	return list, nil
}

// people lists those whom projects ask to meet, by name: who was invited and has not
// answered is known to who runs the gathering only.
func (s *Service) people(ctx context.Context, r db.Reader, p floor.Speaker) (list []Someone, err error) {
	all, err := s.seats(ctx, r, p.ID)
	for _, one := range all {
		if slices.Contains(Meets, one.Role) && (p.Manages || !one.Invited) {
			list = append(list, one)
		}
	}
	return list, err
}
