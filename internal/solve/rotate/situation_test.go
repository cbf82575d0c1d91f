package rotate

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// gathering is a small problem that has a plan, to be spoilt.
func gathering(mode Mode, people, tables, rounds int) *Problem {
	p := &Problem{Version: 1, Mode: mode, Rounds: rounds}
	for i := range people {
		p.People = append(p.People, Person{ID: string(rune('A' + i))})
	}
	for t := range tables {
		p.Tables = append(p.Tables, Table{ID: "T" + string(rune('1'+t))})
	}
	return p
}

func TestWhatIsImpossibleIsNamed(t *testing.T) {
	for _, c := range []struct {
		situation string
		mode      Mode
		spoil     func(p *Problem)
		kind      string
		people    string
		tables    string
		need      int
		have      int
	}{
		{"seven people of one organisation for five tables", Gather, func(p *Problem) {
			for i := range 7 {
				p.People[i].Organisation = "Caf"
			}
		}, ClashOrganisation, "A B C D E F G", "T1 T2 T3 T4 T5", 7, 5},
		{"two of them are away, so that five tables are enough in that round", Gather, func(p *Problem) {
			for i := range 7 {
				p.People[i].Organisation = "Caf"
			}
			p.People[0].Absent, p.People[1].Absent = []int{1, 2}, []int{1, 2}
		}, ClashOrganisation, "A B C D E F G", "T1 T2 T3 T4 T5", 7, 5},
		{"six people who must never meet, two by two", Gather, func(p *Problem) {
			for i := range 6 {
				for j := range i {
					p.Pairs = append(p.Pairs, PairRule{A: p.People[i].ID, B: p.People[j].ID, Rule: Never})
				}
			}
		}, ClashApart, "A B C D E F", "T1 T2 T3 T4 T5", 6, 5},
		{"ten people for five places", Gather, func(p *Problem) {
			for i := range p.Tables {
				p.Tables[i].Max = 1
			}
		}, ClashPlaces, "A B C D E F G H I J", "T1 T2 T3 T4 T5", 10, 5},
		{"tables that want more than there are", Gather, func(p *Problem) {
			for i := range p.Tables {
				p.Tables[i].Min, p.Tables[i].Max = 3, 4
			}
		}, ClashEmpty, "A B C D E F G H I J", "T1 T2 T3 T4 T5", 15, 10},
		{"four experts for five tables", Gather, func(p *Problem) {
			for i := range 4 {
				p.People[i].Role = "expert"
			}
			p.Quotas = []Quota{{Role: "expert", Min: 1}}
		}, ClashRole, "A B C D", "T1 T2 T3 T4 T5", 5, 4},
		{"six experts for five tables of one", Gather, func(p *Problem) {
			for i := range 6 {
				p.People[i].Role = "expert"
			}
			p.Quotas = []Quota{{Role: "expert", Min: 1, Max: 1}}
		}, ClashRole, "A B C D E F", "T1 T2 T3 T4 T5", 5, 6},
		{"two people who must meet and must not", Gather, func(p *Problem) {
			p.Pairs = []PairRule{{A: "B", B: "A", Rule: Must}, {A: "A", B: "B", Rule: Never}}
		}, ClashMeet, "A B", "", 1, 0},
		{"two people who must meet and are never there together", Gather, func(p *Problem) {
			p.Pairs = []PairRule{{A: "A", B: "B", Rule: Must}}
			p.People[0].Absent, p.People[1].Absent = []int{1}, []int{2, 3}
			p.People[0].Absent = []int{1}
		}, ClashMeet, "A B", "", 1, 0},
		{"somebody who must meet more people than she has places beside her", Gather, func(p *Problem) {
			for _, id := range []string{"B", "C", "D", "E"} {
				p.Pairs = append(p.Pairs, PairRule{A: "A", B: id, Rule: Must})
			}
		}, ClashMeet, "A B C D E", "", 4, 3},
		{"a conflict of interest that must be visited", Circulate, func(p *Problem) {
			p.Visits = []VisitRule{{Person: "C", Table: "T2", Rule: Must}, {Person: "C", Table: "T2", Rule: Never}}
		}, ClashVisit, "C", "T2", 1, 0},
		{"more projects to visit than rounds", Circulate, func(p *Problem) {
			for _, table := range p.Tables[:4] {
				p.Visits = append(p.Visits, VisitRule{Person: "C", Table: table.ID, Rule: Must})
			}
		}, ClashVisit, "C", "T1 T2 T3 T4", 4, 3},
		{"a project that everybody must visit", Circulate, func(p *Problem) {
			for _, x := range p.People {
				p.Visits = append(p.Visits, VisitRule{Person: x.ID, Table: "T1", Rule: Must})
			}
		}, ClashVisit, "A B C D E F G H I J", "T1", 10, 6},
		{"a visitor in conflict with nearly every project", Circulate, func(p *Problem) {
			for _, table := range p.Tables[:3] {
				p.Visits = append(p.Visits, VisitRule{Person: "D", Table: table.ID, Rule: Never})
			}
		}, ClashVisits, "D", "T4 T5", 3, 2},
		{"projects that nobody may visit", Circulate, func(p *Problem) {
			for _, x := range p.People {
				for _, table := range p.Tables[:2] {
					p.Visits = append(p.Visits, VisitRule{Person: x.ID, Table: table.ID, Rule: Never})
				}
			}
		}, ClashShare, "", "T1 T2", 12, 0},
		{"visitors who all have the same three small projects left", Circulate, func(p *Problem) {
			p.Tables = append(p.Tables, Table{ID: "T6"}, Table{ID: "T7"})
			for i, most := range []int{1, 1, 1, 4, 5, 5, 5} {
				p.Tables[i].Max = most
			}
			for _, x := range p.People[:4] {
				for _, table := range p.Tables[3:] {
					p.Visits = append(p.Visits, VisitRule{Person: x.ID, Table: table.ID, Rule: Never})
				}
			}
		}, ClashVisits, "A B C D", "T1 T2 T3", 12, 9},
		{"a project that too few people may visit", Circulate, func(p *Problem) {
			for _, x := range p.People[:8] {
				p.Visits = append(p.Visits, VisitRule{Person: x.ID, Table: "T1", Rule: Never})
			}
		}, ClashShare, "I J", "T1", 6, 2},
		{"too few experts for what projects need of them", Circulate, func(p *Problem) {
			p.People[0].Role = "expert"
			p.Quotas = []Quota{{Role: "expert", Visits: 1}}
		}, ClashShare, "A", "T1 T2 T3 T4 T5", 5, 3},
	} {
		t.Run(c.situation, func(t *testing.T) {
			p := gathering(c.mode, 10, 5, 3)
			if r := solved(t, p); r.Status != Optimal {
				t.Fatalf("before it is spoilt: %s", r.Status)
			}
			c.spoil(p)
			r, err := Solve(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			if r.Status != None || len(r.Clashes) == 0 {
				t.Fatalf("%s", r.Status)
			}
			got := r.Clashes[len(r.Clashes)-1]
			if got.Kind != c.kind || strings.Join(got.People, " ") != c.people || strings.Join(got.Tables, " ") != c.tables || got.Need != c.need || got.Have != c.have {
				t.Errorf("got %+v", got)
			}
			if said := got.String(); !strings.Contains(said, "(") && !strings.Contains(said, "people") {
				t.Errorf("said %q", said)
			}
		})
	}
}

// What no counting shows is still not hidden: the nearest plan is given, with what it
// breaks. Here two pairs must each meet in the one round, at two tables of two, and a ban
// crosses them.
func TestWhatIsNotFoundSaysWhatIsBroken(t *testing.T) {
	p := gathering(Gather, 4, 2, 1)
	p.Pairs = []PairRule{{A: "A", B: "B", Rule: Must}, {A: "C", B: "D", Rule: Never}}
	p.Work = 20
	r, err := Solve(context.Background(), p)
	if err != nil || r.Status != NotFound || len(r.Breaches) != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	if b := r.Breaches[0]; b.Kind != BreachPair && b.Kind != BreachMustMeet || b.String() == "" {
		t.Errorf("%+v", b)
	}
}

// Each obligation, broken by hand in a good plan, is seen by the checker.
func TestCheckerSeesEachBreach(t *testing.T) {
	for _, c := range []struct {
		situation string
		kind      string
		spoil     func(p *Problem, plan Plan)
	}{
		{"a round is missing", BreachRounds, func(p *Problem, _ Plan) { p.Rounds = 4 }},
		{"somebody unknown", BreachUnknown, func(_ *Problem, plan Plan) { plan[0][0][0] = "Z" }},
		{"a table unknown", BreachUnknown, func(p *Problem, _ Plan) { p.Tables[0].ID = "Z" }},
		{"somebody at two tables", BreachTwice, func(_ *Problem, plan Plan) { plan[0][0][0] = plan[0][1][0] }},
		{"somebody nowhere", BreachMissing, func(_ *Problem, plan Plan) { plan[0][0] = plan[0][0][1:] }},
		{"somebody who is away", BreachAbsent, func(p *Problem, _ Plan) { p.People[2].Absent = []int{2} }},
		{"a table too full", BreachCapacity, func(p *Problem, _ Plan) { p.Tables[1].Max = 1 }},
		{"a closed table", BreachCapacity, func(p *Problem, _ Plan) { p.Tables[1].Sizes = []Size{{Round: 3}} }},
		{"a ban on a visit", BreachVisit, func(p *Problem, plan Plan) {
			p.Visits = []VisitRule{{Person: plan[1][2][0], Table: "T3", Rule: Never}}
		}},
		{"her own project", BreachVisit, func(p *Problem, plan Plan) { p.person(plan[1][2][0]).Own = "T3" }},
		{"a project visited again", BreachRevisit, func(_ *Problem, plan Plan) { plan[1] = plan[0] }},
		{"a ban on a meeting", BreachPair, func(p *Problem, plan Plan) {
			p.Pairs = []PairRule{{A: plan[0][0][1], B: plan[0][0][0], Rule: Never}}
		}},
		{"one organisation", BreachOrganisation, func(p *Problem, plan Plan) {
			p.person(plan[2][0][0]).Organisation, p.person(plan[2][0][1]).Organisation = "Caf", "Caf"
		}},
		{"a table without expert", BreachRole, func(p *Problem, _ Plan) { p.Quotas = []Quota{{Role: "expert", Min: 1}} }},
		{"a project that experts do not visit", BreachRoleVisits, func(p *Problem, _ Plan) { p.Quotas = []Quota{{Role: "expert", Visits: 1}} }},
		{"a visit that had to be", BreachMustVisit, func(p *Problem, _ Plan) {
			p.Visits = []VisitRule{{Person: "A", Table: "T1", Rule: Must}, {Person: "A", Table: "T2", Rule: Must}, {Person: "A", Table: "T3", Rule: Must}, {Person: "A", Table: "T4", Rule: Must}}
		}},
		{"a meeting that had to be", BreachMustMeet, func(p *Problem, _ Plan) {
			for _, x := range p.People[1:] {
				p.Pairs = append(p.Pairs, PairRule{A: "A", B: x.ID, Rule: Must})
			}
		}},
		{"visits that are not shared evenly", BreachVisits, func(_ *Problem, plan Plan) {
			plan[0][0], plan[0][1] = slices.Concat(plan[0][0], plan[0][1]), nil
		}},
	} {
		p := gathering(Circulate, 10, 5, 3)
		r := solved(t, p)
		if c.spoil(p, r.Rounds); !slices.ContainsFunc(Check(p, r.Tables, r.Rounds).Breaches, func(b Breach) bool { return b.Kind == c.kind && b.String() != "" }) {
			t.Errorf("%s: %+v", c.situation, Check(p, r.Tables, r.Rounds).Breaches)
		}
	}
}

func (p *Problem) person(id string) *Person {
	return &p.People[slices.IndexFunc(p.People, func(x Person) bool { return x.ID == id })]
}
