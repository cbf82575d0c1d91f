// Package compose makes a plan of a gathering out of its running order, its people and its rooms, and repairs one.
package compose

import (
	"fmt"
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/solve/timetable"
)

// Version is that of the JSON form of Input.
const Version = 1

// Input is a gathering as it is to be composed: what happens when, who comes, where, and
// who wants or must not meet whom. The same input gives the same plan, byte for byte.
type Input struct {
	Version  int            `json:"version"`
	Order    order.Order    `json:"order"`
	Places   []Place        `json:"places,omitempty"`
	People   []Person       `json:"people"`
	Projects []Project      `json:"projects"`
	Wishes   []Wish         `json:"wishes,omitempty"`
	Pairs    []Pair         `json:"pairs,omitempty"`
	Never    []Conflict     `json:"never,omitempty"`
	Pinned   []plan.Sitting `json:"pinned,omitempty"` // placed by hand: kept as they are
	Seed     uint64         `json:"seed,omitempty"`   // decides between equals
	// Tries bounds the search of the meetings, in changes tried; 0 is what a second holds.
	Tries int `json:"tries,omitempty"`
}

// Role is what somebody comes as.
type Role string

// The roles. Those of a team come with their project; sponsors and experts give coaching;
// peers, experts and guests visit projects at a mix; facilitators run the day and sit at
// no table.
const (
	Team        Role = "team"
	Sponsor     Role = "sponsor"
	Expert      Role = "expert"
	Peer        Role = "peer"
	Facilitator Role = "facilitator"
	Guest       Role = "guest"
)

// Person is somebody who comes.
type Person struct {
	ID           string      `json:"id"`
	Role         Role        `json:"role"`
	Organisation string      `json:"organisation,omitempty"`
	Access       []string    `json:"access,omitempty"` // what a room must offer her
	Away         []plan.Span `json:"away,omitempty"`
	// Least and Most bound her meetings of coaching; Most 0 is no bound.
	Least int `json:"least,omitempty"`
	Most  int `json:"most,omitempty"`
}

// Project is a team, with those who sponsor it: the first of them who is there meets it.
type Project struct {
	ID       string   `json:"id"`
	Title    string   `json:"title,omitempty"`
	Team     []string `json:"team"`
	Sponsors []string `json:"sponsors,omitempty"`
	Hosts    []string `json:"hosts,omitempty"` // those of the team who keep its table at a mix; the first when empty
}

// Place is a room. Capacity 0 is enough for all.
type Place struct {
	ID        string      `json:"id"`
	Capacity  int         `json:"capacity,omitempty"`
	Access    []string    `json:"access,omitempty"`
	Equipment []string    `json:"equipment,omitempty"`
	Closed    []plan.Span `json:"closed,omitempty"`
}

// Wish is that a project and somebody meet, whoever asks: an expert for a coaching, a
// partner who wants to know the project. Its weight is from 1 to 100.
type Wish struct {
	Project string `json:"project"`
	Person  string `json:"person"`
	Weight  int    `json:"weight"`
}

// Rule is what is said of two people.
type Rule string

// The rules of pairs.
const (
	MustMeet  Rule = "must"
	MustNever Rule = "never"
)

// Pair is two people who must, or must never, meet in a coaching or at a table.
type Pair struct {
	A    string `json:"a"`
	B    string `json:"b"`
	Rule Rule   `json:"rule"`
}

// Conflict is a conflict of interest: this person never coaches nor visits this project.
type Conflict struct {
	Person  string `json:"person"`
	Project string `json:"project"`
}

// The sizes that are accepted: beyond, a mistake is likelier than a gathering.
const (
	maxPeople, maxProjects, maxPlaces = 1000, 200, 64
	maxRules                          = 20_000
	maxWeight                         = 100
	maxTries                          = 1_000_000_000
)

// House is who comes and where they may be, for the judge of plans.
func (in *Input) House() plan.House {
	var h plan.House
	for _, p := range in.Places {
		h.Places = append(h.Places, plan.Place{ID: p.ID, Capacity: p.Capacity, Access: p.Access, Equipment: p.Equipment, Closed: p.Closed})
	}
	for _, p := range in.People {
		h.Guests = append(h.Guests, plan.Guest{ID: p.ID, Access: p.Access, Away: p.Away})
	}
	return h
}

func malformed(why, field string, args ...any) error {
	return &timetable.Malformed{Field: fmt.Sprintf(field, args...), Why: why}
}

// Check says whether an input can be read: ids that are known and bear one meaning, numbers
// within their bounds. What is wrong in the running order itself is told by Compose. Its
// errors are *timetable.Malformed.
func (in *Input) Check() error {
	switch {
	case in.Version != Version:
		return malformed("this program reads version 1", "version")
	case len(in.People) > maxPeople:
		return malformed("more than 1,000 people", "people")
	case len(in.Projects) > maxProjects:
		return malformed("more than 200 projects", "projects")
	case len(in.Places) > maxPlaces:
		return malformed("more than 64 places", "places")
	case len(in.Wishes) > maxRules || len(in.Pairs) > maxRules || len(in.Never) > maxRules:
		return malformed("more than 20,000 of them", "wishes, pairs or never")
	case len(in.Pinned) > plan.MaxSittings:
		return malformed("more than 5,000 sittings", "pinned")
	case len(in.Order.Activities) > order.MaxActivities || len(in.Order.Days) > order.MaxDays:
		return malformed("more than 200 activities, or 10 days", "order")
	case in.Tries < 0 || in.Tries > maxTries:
		return malformed("from 0 to 1,000,000,000", "tries")
	}
	people := map[string]bool{}
	for _, step := range []func(map[string]bool) error{in.checkPeople, in.checkPlaces, in.checkProjects, in.checkRules} {
		if err := step(people); err != nil {
			return err
		}
	}
	return nil
}

func (in *Input) checkPeople(people map[string]bool) error {
	roles := []Role{Team, Sponsor, Expert, Peer, Facilitator, Guest}
	for i, p := range in.People {
		switch {
		case p.ID == "":
			return malformed("an id is missing", "people[%d].id", i)
		case people[p.ID]:
			return malformed("two people have this id", "people[%d].id", i)
		case !slices.Contains(roles, p.Role):
			return malformed(`"team", "sponsor", "expert", "peer", "facilitator" or "guest"`, "people[%d].role", i)
		case p.Least < 0 || p.Most < 0 || p.Least > maxRules || p.Most > maxRules || p.Most > 0 && p.Least > p.Most:
			return malformed("from 0 to 20,000, the least not above the most", "people[%d].most", i)
		}
		people[p.ID] = true
	}
	return nil
}

func (in *Input) checkPlaces(map[string]bool) error {
	seen := map[string]bool{}
	for i, p := range in.Places {
		switch {
		case p.ID == "":
			return malformed("an id is missing", "places[%d].id", i)
		case seen[p.ID]:
			return malformed("two places have this id", "places[%d].id", i)
		case p.Capacity < 0 || p.Capacity > 1_000_000:
			return malformed("from 0 to 1,000,000", "places[%d].capacity", i)
		}
		seen[p.ID] = true
	}
	return nil
}

func (in *Input) checkProjects(people map[string]bool) error {
	seen, team := map[string]bool{}, map[string]bool{}
	for i, p := range in.Projects {
		switch {
		case p.ID == "":
			return malformed("an id is missing", "projects[%d].id", i)
		case seen[p.ID]:
			return malformed("two projects have this id", "projects[%d].id", i)
		case len(p.Team) == 0:
			return malformed("a project has somebody", "projects[%d].team", i)
		}
		seen[p.ID] = true
		for k, id := range p.Team {
			if !people[id] {
				return malformed("nobody has this id", "projects[%d].team[%d]", i, k)
			}
			if team[id] {
				return malformed("somebody is of one team, once", "projects[%d].team[%d]", i, k)
			}
			team[id] = true
		}
		for k, id := range p.Sponsors {
			if !people[id] || slices.Contains(p.Sponsors[:k], id) || slices.Contains(p.Team, id) {
				return malformed("somebody who comes, once, who is not of the team", "projects[%d].sponsors[%d]", i, k)
			}
		}
		for k, id := range p.Hosts {
			if !slices.Contains(p.Team, id) {
				return malformed("somebody of the team", "projects[%d].hosts[%d]", i, k)
			}
		}
	}
	return nil
}

func (in *Input) checkRules(people map[string]bool) error {
	projects := map[string]bool{}
	for _, p := range in.Projects {
		projects[p.ID] = true
	}
	for i, w := range in.Wishes {
		switch {
		case !projects[w.Project]:
			return malformed("no project has this id", "wishes[%d].project", i)
		case !people[w.Person]:
			return malformed("nobody has this id", "wishes[%d].person", i)
		case w.Weight < 1 || w.Weight > maxWeight:
			return malformed("from 1 to 100", "wishes[%d].weight", i)
		}
	}
	for i, p := range in.Pairs {
		switch {
		case !people[p.A] || !people[p.B] || p.A == p.B:
			return malformed("two people who come", "pairs[%d]", i)
		case p.Rule != MustMeet && p.Rule != MustNever:
			return malformed(`"must" or "never"`, "pairs[%d].rule", i)
		}
	}
	for i, c := range in.Never {
		if !people[c.Person] || !projects[c.Project] {
			return malformed("somebody who comes, and a project", "never[%d]", i)
		}
	}
	return nil
}
