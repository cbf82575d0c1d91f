package report

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/platform/db"
	"transformateur/internal/scheme"
)

// reached is how far orientations went: how many came to a state, of how many projects,
// and the sum that was said there, in cents.
type reached struct {
	state             scheme.State
	n, projects, told int64
	sum               int64
}

// orientationChapter is what came of support schemes: each step that was noted and not
// taken back, whatever followed it.
func orientationChapter(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x reached, err error) {
		return x, sc.Scan(&x.state, &x.n, &x.projects)
	}, `select s.state, count(distinct o.id), count(distinct o.project_id) from orientation_steps s join orientations o on o.id = s.orientation_id join projects p on p.id = o.project_id
		where p.edition_id = $1 and s.undone_at is null group by s.state`, string(of.ID))
	if err != nil {
		return nil, fmt.Errorf("count the orientation of %s: %w", of.ID, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	projects, err := one(ctx, r, `select count(distinct o.project_id) from orientations o join projects p on p.id = o.project_id where p.edition_id = $1 and o.state <> ''`, string(of.ID))
	if err != nil {
		return nil, err
	}
	money := map[scheme.State]reached{}
	for state, column := range map[scheme.State]string{scheme.Requested: "requested", scheme.Obtained: "obtained", scheme.Paid: "paid"} {
		var m reached
		if err := numbers(ctx, r, []any{&m.sum, &m.told}, `select coalesce(sum(o.`+column+`), 0), count(distinct o.project_id) from orientations o join projects p on p.id = o.project_id where p.edition_id = $1 and o.`+column+` is not null`, string(of.ID)); err != nil {
			return nil, err
		}
		money[state] = m
	}
	steps := &Table{Key: "orientation", First: "step", Columns: []string{"follow_ups", "projects"}}
	sums := &Table{Key: "money", First: "step", Columns: []string{"projects", "sum"}}
	for _, state := range scheme.Steps {
		i := slices.IndexFunc(rows, func(x reached) bool { return x.state == state })
		x := reached{state: state}
		if i >= 0 {
			x = rows[i]
		}
		label := Arg{Key: "schemes.state_" + string(state)}
		steps.Rows = append(steps.Rows, Row{Label: label, Cells: []Figure{{ID: "step:" + string(state), Unit: Files, N: x.n}, {ID: "stepping:" + string(state), Unit: Files, N: x.projects}}})
		if m, told := money[state]; told {
			sums.Rows = append(sums.Rows, Row{Label: label, Cells: []Figure{{ID: "paying:" + string(state), Unit: Files, N: m.told}, {ID: "sum:" + string(state), Unit: Cents, N: m.sum, Of: m.told}}})
		}
	}
	to := &Link{path("editions", string(of.ID), "/orientation"), "orientation.follow", "edition", string(of.ID)}
	for i := range steps.Rows {
		steps.Rows[i].Link = to
	}
	return []Paragraph{say("oriented", Files, projects).at(to.Path, to.Action, to.Kind, to.ID), {Table: steps}, {Table: sums}}, nil
}
