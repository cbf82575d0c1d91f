package compose

import (
	"slices"

	"transformateur/internal/agenda/plan"
	"transformateur/internal/solve/rotate"
)

// problem is a mix as the solver of tables knows it: those who keep a table are at it, and
// not of the problem meanwhile.
func (m *mixing) problem(step relaxed) *rotate.Problem {
	p := &rotate.Problem{Version: rotate.Version, Mode: rotate.Circulate, Rounds: step.rounds, Together: !step.apart, Seed: m.in.Seed, Work: mixWork}
	for k, project := range m.in.Projects {
		t := rotate.Table{ID: project.ID}
		for r := range step.rounds {
			if !m.open[r][k] {
				t.Sizes = append(t.Sizes, rotate.Size{Round: r + 1})
			}
		}
		p.Tables = append(p.Tables, t)
	}
	coaches := 0
	for _, who := range m.in.People {
		x := rotate.Person{ID: who.ID, Role: string(who.Role), Organisation: who.Organisation, Own: m.of[who.ID]}
		if x.Organisation == "" && x.Own != "" {
			x.Organisation = "\x00" + x.Own // a team spreads
		}
		if m.coaches(who.ID) {
			x.Role = string(Expert)
		}
		here := 0
		for r := range step.rounds {
			if slices.Contains(m.visitors[r], who.ID) {
				here++
			} else {
				x.Absent = append(x.Absent, r+1)
			}
		}
		if here == 0 {
			continue
		}
		if x.Role == string(Expert) {
			coaches += here
		}
		p.People = append(p.People, x)
		m.rules(p, who, step)
	}
	if visits := min(coaches/max(1, len(p.Tables)), step.rounds); step.quotas && visits > 0 {
		p.Quotas = []rotate.Quota{{Role: string(Expert), Visits: visits}}
	}
	m.affinities(p)
	m.pairs(p, step)
	return p
}

// rules are those on the visits of one person: never where there is a conflict of interest,
// people of her organisation, or a room that she cannot enter; rather not where she was at
// another mix.
func (m *mixing) rules(p *rotate.Problem, who Person, step relaxed) {
	for k, project := range m.in.Projects {
		if m.of[who.ID] == project.ID {
			continue
		}
		kin := who.Organisation != "" && slices.ContainsFunc(project.Team, func(id string) bool { return m.person[id].Organisation == who.Organisation })
		room, known := m.in.place(m.rooms[k])
		shut := known && !offers(room.Access, who.Access)
		been := m.visited[[2]string{who.ID, project.ID}]
		fixed := slices.ContainsFunc(m.fixed(m.activity.ID), sits(who.ID, project.ID))
		must := m.mustVisit(who.ID, project)
		switch {
		case kin || shut || fixed || m.barred(who.ID, project.ID):
			p.Visits = append(p.Visits, rotate.VisitRule{Person: who.ID, Table: project.ID, Rule: rotate.Never})
		case must && step.musts:
			p.Visits = append(p.Visits, rotate.VisitRule{Person: who.ID, Table: project.ID, Rule: rotate.Must})
		case must:
			p.Visits = append(p.Visits, rotate.VisitRule{Person: who.ID, Table: project.ID, Rule: rotate.Must, Weight: 1})
		case been:
			p.Visits = append(p.Visits, rotate.VisitRule{Person: who.ID, Table: project.ID, Rule: rotate.Avoid, Weight: 1})
		}
	}
}

// mustVisit says whether somebody must meet one of those who keep a table, and has not.
func (m *mixing) mustVisit(id string, p Project) bool {
	for _, pair := range m.in.Pairs {
		other := pair.B
		if pair.B == id {
			other = pair.A
		} else if pair.A != id {
			continue
		}
		if pair.Rule == MustMeet && !m.met[[2]string{id, other}] && m.of[other] == p.ID && m.hosts(other, p) {
			return true
		}
	}
	return false
}

// hosts says whether somebody keeps the table of her project in every round.
func (m *mixing) hosts(id string, p Project) bool {
	k := slices.IndexFunc(m.in.Projects, func(o Project) bool { return o.ID == p.ID })
	for r := range m.rounds {
		if !m.open[r][k] || !slices.Contains(m.keepers[r][k], id) {
			return false
		}
	}
	return true
}

// affinities are the wishes, as parts of the greatest.
func (m *mixing) affinities(p *rotate.Problem) {
	worth := map[[2]string]int{}
	for _, w := range m.in.Wishes {
		worth[[2]string{w.Person, w.Project}] += w.Weight
	}
	for _, who := range p.People {
		for _, t := range p.Tables {
			if w := worth[[2]string{who.ID, t.ID}]; w > 0 {
				p.Affinities = append(p.Affinities, rotate.Affinity{Person: who.ID, Table: t.ID, Value: min(float64(w)/maxWeight, 1)})
			}
		}
	}
}

// pairs are the rules on two people who both go round.
func (m *mixing) pairs(p *rotate.Problem, step relaxed) {
	in := map[string]bool{}
	for _, x := range p.People {
		in[x.ID] = true
	}
	for _, pair := range m.in.Pairs {
		rule := rotate.PairRule{A: pair.A, B: pair.B, Rule: rotate.Never}
		if pair.Rule == MustMeet {
			if m.met[[2]string{pair.A, pair.B}] || m.of[pair.A] != "" && m.of[pair.A] == m.of[pair.B] {
				continue
			}
			rule.Rule = rotate.Must
			if !step.musts {
				rule.Weight = 1
			}
		}
		if in[pair.A] && in[pair.B] {
			p.Pairs = append(p.Pairs, rule)
		}
	}
}

// sits looks for somebody at the table of a project.
func sits(id, project string) func(plan.Sitting) bool {
	return func(s plan.Sitting) bool { return s.Project == project && s.Has(id) }
}
