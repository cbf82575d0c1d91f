package pool

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// Need is what a project looks for.
type Need struct {
	Project  project.Project
	Subject  string
	Language string // "" for any
	Place    string // the territory of the project in words, "" when unknown
	Minutes  int64
	Day      string // today, in the zone of the edition
}

// Match is an expert who may be asked, and why she fits.
type Match struct {
	Expert
	Subject  bool  // one of hers is the one that is looked for
	Language bool  // she speaks it
	Near     bool  // she works where the project is
	Left     int64 // minutes of her capacity, below zero for no limit
}

// Score ranks matches: the subject before all, then where she works, then the language.
func (m Match) Score() (score int) {
	for _, one := range []struct {
		fits   bool
		weight int
	}{{m.Subject, 4}, {m.Near, 2}, {m.Language, 1}} {
		if one.fits {
			score += one.weight
		}
	}
	return score
}

// Fit lists the active experts of the project's programme whom nothing ties to the project
// and whose capacity holds what is needed, the ones who fit best first. busy gives the
// minutes already promised by each. It is read for an act that was already decided.
func (s *Service) Fit(ctx context.Context, r db.Reader, need Need, busy map[ID]int64) (list []Match, err error) {
	for _, ref := range need.Project.Object().Within {
		if ref.Kind != "programme" {
			continue
		}
		all, err := db.List(ctx, r, scan, `select `+columns+` from experts x where x.programme_id = $1 and x.status = 'active' order by x.name, x.id`, ref.ID)
		if err != nil {
			return nil, fmt.Errorf("list the experts of %s: %w", ref.ID, err)
		}
		for _, x := range all {
			free, err := s.free(ctx, r, x, need)
			if err != nil {
				return nil, err
			}
			if m := match(x, need, busy[x.ID]); free && (m.Left < 0 || m.Left >= need.Minutes) {
				list = append(list, m)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Match) int { return b.Score() - a.Score() })
	return list, nil
}

func match(x Expert, need Need, busy int64) Match {
	m := Match{Expert: x, Left: -1, Subject: among(x.Subjects, need.Subject), Language: need.Language == "" || among(x.Languages, need.Language), Near: x.Territory == "" || need.Place != "" && text.Fold(x.Territory) == text.Fold(need.Place)}
	if x.Capacity > 0 {
		m.Left = max(0, x.Capacity-busy)
		if x.From != "" && need.Day < x.From || x.Until != "" && need.Day > x.Until {
			m.Left = 0
		}
	}
	return m
}

func among(words []string, one string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return text.Fold(word) == text.Fold(one) })
}

// Free says whether an expert may be asked for a project: she is active, the programme has
// not withdrawn its approval, and nothing ties her to it.
func (s *Service) Free(ctx context.Context, r db.Reader, id ID, p project.Project) (bool, error) {
	x, err := Load(ctx, r, id)
	if err != nil || x.Status != Active || !within(p.Object(), x.Programme) {
		return false, err
	}
	return s.free(ctx, r, x, Need{Project: p})
}

func (s *Service) free(ctx context.Context, r db.Reader, x Expert, need Need) (bool, error) {
	may, err := s.policy.Decide(ctx, r, account.User{ID: x.Person}, "expert.answer", policy.Object{Ref: policy.Ref{Kind: "programme", ID: string(x.Programme)}})
	if err != nil || !may.Allowed {
		return false, err
	}
	conflicts, err := Conflicts(ctx, r, x.ID)
	if err != nil {
		return false, err
	}
	houses, err := s.houses(ctx, r, need.Project)
	if err != nil {
		return false, err
	}
	for _, c := range conflicts {
		if c.Project == need.Project.ID || c.Organisation != "" && among(houses.names, c.Organisation) {
			return false, nil
		}
	}
	if x.Organisation != "" && among(houses.names, x.Organisation) || slices.Contains(houses.people, x.Person) {
		return false, nil
	}
	hers, err := s.people.OrganisationsOf(ctx, r, x.Person)
	if err != nil {
		return false, err
	}
	for _, m := range hers {
		if slices.Contains(houses.ids, string(m.Organisation)) {
			return false, nil
		}
	}
	return true, nil
}

// houses are the team of a project and the organisations that its people belong to.
type houses struct {
	people     []account.PersonID
	ids, names []string
}

func (s *Service) houses(ctx context.Context, r db.Reader, p project.Project) (h houses, err error) {
	team, err := project.Team(ctx, r, p.ID, s.clock.Now())
	if err != nil {
		return h, err
	}
	for _, m := range team {
		h.people = append(h.people, m.Person)
		list, err := s.people.OrganisationsOf(ctx, r, m.Person)
		if err != nil {
			return h, err
		}
		for _, one := range list {
			h.ids, h.names = append(h.ids, string(one.Organisation)), append(h.names, one.OrganisationName)
		}
	}
	return h, nil
}
