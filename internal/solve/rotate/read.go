package rotate

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"transformateur/internal/solve/table"
)

// Read reads a problem in its JSON form, and refuses fields it does not know. Its errors
// are *table.Fault.
func Read(r io.Reader) (*Problem, error) {
	var p Problem
	if err := decode(r, &p, true); err != nil {
		return nil, err
	}
	if _, err := ready(&p); err != nil {
		return nil, err
	}
	return &p, nil
}

// mix is the short form of a problem of visitors who circulate among projects.
type mix struct {
	Projects []string `json:"projects"`
	Visitors []struct {
		ID   string  `json:"id"`
		Role string  `json:"role"`
		Own  *string `json:"own"`
		Org  *string `json:"org"`
	} `json:"visitors"`
	Rounds    int          `json:"rounds"`
	TableMin  int          `json:"table_min"`
	TableMax  int          `json:"table_max"`
	Experts   int          `json:"min_expert_visits_per_project"`
	Affinity  [][]*float64 `json:"affinity"`
	Conflicts [][2]string  `json:"conflicts"`
	Must      [][2]string  `json:"must"`
	Avoid     [][2]string  `json:"avoid"`
}

// ReadMix reads the short form: a matrix of affinities of visitors (lines) with projects,
// where null is a conflict of interest; pairs of visitor and project that must not, must,
// or had better not be. Other fields are left alone. Its errors are *table.Fault.
func ReadMix(r io.Reader) (*Problem, error) {
	var m mix
	if err := decode(r, &m, false); err != nil {
		return nil, err
	}
	p := &Problem{Version: Version, Mode: Circulate, Rounds: m.Rounds}
	for _, id := range m.Projects {
		p.Tables = append(p.Tables, Table{ID: id, Min: m.TableMin, Max: m.TableMax})
	}
	for _, v := range m.Visitors {
		person := Person{ID: v.ID, Role: v.Role}
		if v.Own != nil {
			person.Own = *v.Own
		}
		if v.Org != nil {
			person.Organisation = *v.Org
		}
		p.People = append(p.People, person)
	}
	if m.Experts != 0 {
		p.Quotas = []Quota{{Role: "expert", Visits: m.Experts}}
	}
	if err := m.values(p); err != nil {
		return nil, err
	}
	m.rule(p, Never, m.Conflicts)
	m.rule(p, Must, m.Must)
	m.rule(p, Avoid, m.Avoid)
	if _, err := ready(p); err != nil {
		return nil, err
	}
	return p, nil
}

func (m *mix) rule(p *Problem, rule Rule, pairs [][2]string) {
	for _, pair := range pairs {
		p.Visits = append(p.Visits, VisitRule{Person: pair[0], Table: pair[1], Rule: rule})
	}
}

// values reads the matrix.
func (m *mix) values(p *Problem) error {
	if len(m.Affinity) > 0 && len(m.Affinity) != len(m.Visitors) {
		return fault(table.OutOfRange, fmt.Sprint(len(m.Affinity)), "affinity")
	}
	for i, row := range m.Affinity {
		if len(row) != len(m.Projects) {
			return fault(table.OutOfRange, fmt.Sprint(len(row)), "affinity[%d]", i)
		}
		for k, v := range row {
			person, project := m.Visitors[i].ID, m.Projects[k]
			switch {
			case v == nil:
				p.Visits = append(p.Visits, VisitRule{Person: person, Table: project, Rule: Never})
			case !(*v >= 0 && *v <= 1):
				return fault(table.OutOfRange, fmt.Sprint(*v), "affinity[%d][%d]", i, k)
			default:
				p.Affinities = append(p.Affinities, Affinity{Person: person, Table: project, Value: *v})
			}
		}
	}
	return nil
}

// Golfers is the problem of people, numbered from 1, who all move between that many tables
// of that size. When the number of people is given, it is they who are shared between the
// tables, as evenly as can be; 0 fills the tables. Its errors are *table.Fault.
func Golfers(groups, size, rounds, people int) (*Problem, error) {
	switch {
	case groups < 1 || groups > maxTables:
		return nil, fault(table.OutOfRange, fmt.Sprint(groups), "groups")
	case size < 1 || size > maxPeople:
		return nil, fault(table.OutOfRange, fmt.Sprint(size), "size")
	case people < 0 || people > maxPeople || people == 0 && groups*size > maxPeople:
		return nil, fault(table.OutOfRange, fmt.Sprint(people), "people")
	}
	if people == 0 {
		people = groups * size
	}
	p := &Problem{Version: Version, Mode: Gather, Rounds: rounds}
	for i := range people {
		p.People = append(p.People, Person{ID: fmt.Sprint(i + 1)})
	}
	for g := range groups {
		p.Tables = append(p.Tables, Table{ID: fmt.Sprint(g + 1)})
	}
	return p, nil
}

// Visits is the form of a plan where each round tells the table of each person.
func (r *Result) Visits() []map[string]string {
	rounds := []map[string]string{}
	for _, round := range r.Rounds {
		visits := map[string]string{}
		for t, people := range round {
			for _, id := range people {
				visits[id] = r.Tables[t]
			}
		}
		rounds = append(rounds, visits)
	}
	return rounds
}

func decode(r io.Reader, into any, strict bool) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read the problem: %w", err)
	}
	from := json.NewDecoder(strings.NewReader(string(text)))
	if strict {
		from.DisallowUnknownFields()
	}
	err = from.Decode(into)
	if err == nil {
		if _, more := from.Token(); !errors.Is(more, io.EOF) {
			return &table.Fault{Line: lineAt(text, from.InputOffset()), Problem: table.Unreadable}
		}
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return &table.Fault{Line: lineAt(text, syntax.Offset), Value: syntax.Error(), Problem: table.Unreadable}
	case errors.As(err, &kind):
		return &table.Fault{Line: lineAt(text, kind.Offset), Field: kind.Field, Value: cmp.Or(kind.Value, "null"), Problem: table.Unreadable}
	}
	return &table.Fault{Line: lineAt(text, from.InputOffset()), Value: err.Error(), Problem: table.Unreadable}
}

func lineAt(text []byte, offset int64) int {
	return 1 + strings.Count(string(text[:min(max(offset, 0), int64(len(text)))]), "\n")
}
