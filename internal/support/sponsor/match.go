package sponsor

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/solve/assign"
)

// What a proposal weighs. A project with a sponsor outweighs all the rest, so that as many
// projects as can be have one; then what she knows, where she is, and how many she has.
const (
	weighsSome       = 100
	weighsCompetence = 1
	weighsRegion     = 0.4
	weighsRest       = 0.3
	weighsBalance    = 0.1
)

// Candidate is somebody who may be named, and how many projects she goes with.
type Candidate struct {
	Person  account.PersonID
	Name    string
	Carries int // in every edition
	Profile
}

// Left is how many more projects she may go with.
func (c Candidate) Left() int { return max(0, c.Capacity-c.Carries) }

// Wanting is a project without a sponsor, as the calculation sees it.
type Wanting struct {
	project.Project
	Themes  []string // in words, in the first language
	Said    string   // its title, its summary, and its themes in both languages
	Regions []string // of the organisations of its team
	Barred  map[account.PersonID]string
}

// Ground is what speaks for a pair.
type Ground struct {
	Kind  string   // "subjects", "region", "carries"
	Words []string // the subjects, or the region
	Count int      // projects she goes with already
}

// Suggestion is who could sponsor one project, "" for nobody, and why.
type Suggestion struct {
	Wanting
	Person  account.PersonID
	Grounds []Ground
}

// Proposal is who could sponsor all the projects of an edition that nobody sponsors. Nothing
// is kept of it: Stamp says what it was made from, and Confirm refuses it once that changed.
type Proposal struct {
	Edition    programme.Edition
	Stamp      string
	List       []Suggestion
	Candidates []Candidate
}

// Propose calculates who could sponsor the projects of an edition that nobody sponsors: the
// same state gives the same proposal. Errors: as the policy, on sponsor.manage.
func (s *Service) Propose(ctx context.Context, by account.User, id programme.EditionID) (Proposal, error) {
	return s.propose(ctx, s.db.Reader(), by, id)
}

func (s *Service) propose(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) (p Proposal, err error) {
	if p.Edition, err = s.managing(ctx, r, by, id); err != nil {
		return p, err
	}
	if p.Candidates, err = s.candidates(ctx, r, id); err != nil {
		return p, err
	}
	wanting, err := s.wanting(ctx, r, id, p.Candidates)
	if err != nil {
		return p, err
	}
	if p.Stamp, err = stamp(wanting, p.Candidates); err != nil {
		return p, err
	}
	p.List, err = match(ctx, wanting, p.Candidates)
	return p, err
}

// candidates lists who may be named in an edition, by name.
func (s *Service) candidates(ctx context.Context, r db.Reader, id programme.EditionID) (list []Candidate, err error) {
	people, err := s.named(ctx, r, id)
	if err != nil {
		return nil, err
	}
	known, err := profiles(ctx, r, id)
	if err != nil {
		return nil, err
	}
	for _, one := range people {
		c := Candidate{Person: one.Person, Name: one.Name, Profile: Profile{Capacity: DefaultCapacity}}
		if w, written := known[one.Person]; written {
			c.Profile = w
		}
		if c.Carries, err = db.Get(ctx, r, db.Value[int], `select count(*) from sponsorships where person_id = $1 and ended_at is null`, string(one.Person)); err != nil {
			return nil, fmt.Errorf("count what %s sponsors: %w", one.Person, err)
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Candidate) int {
		return strings.Compare(text.Fold(a.Name)+"\x00"+string(a.Person), text.Fold(b.Name)+"\x00"+string(b.Person))
	})
	return list, nil
}

// wanting lists the active projects of an edition that nobody sponsors, with what keeps each
// candidate from them.
func (s *Service) wanting(ctx context.Context, r db.Reader, id programme.EditionID, candidates []Candidate) (list []Wanting, err error) {
	all, err := project.In(ctx, r, id)
	if err != nil {
		return nil, err
	}
	now, err := listOf(ctx, r, id)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Status != project.Active || slices.ContainsFunc(now, func(one Sponsorship) bool { return one.Project == p.ID }) {
			continue
		}
		w := Wanting{Project: p, Barred: map[account.PersonID]string{}}
		if err := s.themes(ctx, r, &w); err != nil {
			return nil, err
		}
		if w.Regions, err = regions(ctx, r, p.ID); err != nil {
			return nil, err
		}
		for _, c := range candidates {
			if why, err := s.bars(ctx, r, p, c.Person); err != nil {
				return nil, err
			} else if len(why) > 0 {
				w.Barred[c.Person] = why[0]
			}
		}
		list = append(list, w)
	}
	return list, nil
}

// regions are the territories of the organisations that the team of a project belongs to.
func regions(ctx context.Context, r db.Reader, id project.ID) ([]string, error) {
	list, err := db.List(ctx, r, db.Value[string], `select distinct o.territory from relations x join organisation_members m on m.person_id = x.subject_id and m.until_at is null join organisations o on o.id = m.organisation_id
		where x.subject_kind = 'person' and x.object_kind = 'project' and x.object_id = $1 and x.relation in ('owner', 'editor') and x.revoked_at is null and o.territory <> '' order by o.territory`, string(id))
	if err != nil {
		return nil, fmt.Errorf("find where project %s is: %w", id, err)
	}
	return list, nil
}

// stamp names what decides who may sponsor what: a project that is written again changes
// nothing in it.
func stamp(wanting []Wanting, candidates []Candidate) (string, error) {
	barred := map[project.ID]map[account.PersonID]string{}
	for _, w := range wanting {
		barred[w.ID] = w.Barred
	}
	body, err := json.Marshal([]any{barred, candidates})
	if err != nil {
		return "", fmt.Errorf("write what a proposal rests on: %w", err)
	}
	sum := sha256.Sum256(body)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15])), nil
}

// match gives the best sponsor of each project, by the engine of assignments.
func match(ctx context.Context, wanting []Wanting, candidates []Candidate) (list []Suggestion, err error) {
	chosen := map[string]account.PersonID{}
	if p := instance(wanting, candidates); len(p.Items) > 0 && len(p.Agents) > 0 {
		result, err := assign.Solve(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("match sponsors: %w", err)
		}
		for _, l := range result.Pairs {
			chosen[l.Item] = account.PersonID(l.Agent)
		}
	}
	for _, w := range wanting {
		one := Suggestion{Wanting: w, Person: chosen[string(w.ID)]}
		for _, c := range candidates {
			if c.Person == one.Person {
				one.Grounds = grounds(w, c)
			}
		}
		list = append(list, one)
	}
	return list, nil
}

// instance is the matching as the engine takes it: each project wants one sponsor at most,
// each sponsor takes what is left of her capacity, and what bars a pair forbids it.
func instance(wanting []Wanting, candidates []Candidate) *assign.Problem {
	p := &assign.Problem{Version: assign.Version, Objective: assign.Total, Balance: weighsBalance,
		Terms: []assign.Term{{Name: "some", Weight: weighsSome}, {Name: "competence", Weight: weighsCompetence}, {Name: "region", Weight: weighsRegion}, {Name: "rest", Weight: weighsRest}}}
	for _, c := range candidates {
		if c.Left() > 0 {
			p.Agents = append(p.Agents, assign.Agent{ID: string(c.Person), Label: c.Name, Max: c.Left()})
		}
	}
	for _, w := range wanting {
		p.Items = append(p.Items, assign.Item{ID: string(w.ID), Label: w.Title, Max: 1})
		for _, c := range candidates {
			if c.Left() == 0 {
				continue
			}
			if why := w.Barred[c.Person]; why != "" {
				p.Forbidden = append(p.Forbidden, assign.Forbidden{Item: string(w.ID), Agent: string(c.Person), Reason: why})
				continue
			}
			near := 0.0
			if shared(w.Regions, c.Territory) {
				near = 1
			}
			p.Pairs = append(p.Pairs, assign.Pair{Item: string(w.ID), Agent: string(c.Person), Values: []float64{1, competence(w, c), near, 1 / float64(1+c.Carries)}})
		}
	}
	return p
}

// competence is the share of a project's themes that are subjects of a sponsor; without any,
// half for a subject of which the title or the summary speaks.
func competence(w Wanting, c Candidate) float64 {
	n := 0
	for _, theme := range w.Themes {
		if shared(c.Subjects, theme) {
			n++
		}
	}
	if n > 0 {
		return float64(n) / float64(len(w.Themes))
	}
	if len(spoken(w, c)) > 0 {
		return 0.5
	}
	return 0
}

// spoken are the subjects of a sponsor of which a project speaks: all the words of each.
func spoken(w Wanting, c Candidate) (list []string) {
	said := text.Words(w.Said)
	for _, subject := range c.Subjects {
		words := text.Words(subject)
		if len(words) > 0 && !slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(said, word) }) {
			list = append(list, subject)
		}
	}
	return list
}

// shared says whether a text is one of a list, whatever its accents and endings.
func shared(list []string, one string) bool {
	root := strings.Join(text.Words(one), " ")
	return root != "" && slices.ContainsFunc(list, func(other string) bool { return strings.Join(text.Words(other), " ") == root })
}

// grounds says in what a pair is right.
func grounds(w Wanting, c Candidate) (list []Ground) {
	subjects := spoken(w, c)
	for _, theme := range w.Themes {
		if shared(c.Subjects, theme) && !shared(subjects, theme) {
			subjects = append(subjects, theme)
		}
	}
	if len(subjects) > 0 {
		list = append(list, Ground{Kind: "subjects", Words: subjects})
	}
	if shared(w.Regions, c.Territory) {
		list = append(list, Ground{Kind: "region", Words: []string{c.Territory}})
	}
	return append(list, Ground{Kind: "carries", Count: c.Carries})
}
