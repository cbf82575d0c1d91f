package report

import (
	"cmp"
	"context"
	"fmt"

	"transformateur/internal/debrief/outcome"
	"transformateur/internal/platform/db"
)

// outcomesChapter is what became of the projects: six and twelve months after the gathering,
// once these have come, and now. To stop is a result like the others.
func outcomesChapter(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	edition, today := string(of.ID), of.Now.Format("2006-01-02")
	type line struct {
		project string
		outcome.Entry
	}
	lines, err := db.List(ctx, r, func(sc db.Scanner) (l line, err error) {
		return l, sc.Scan(&l.project, &l.Number, &l.State, &l.Day, &l.Learnt, &l.Wave)
	}, `select o.project_id, o.number, o.state, o.day, o.learnt, o.wave from project_outcomes o join projects p on p.id = o.project_id where p.edition_id = $1 order by o.project_id, o.number`, edition)
	if err != nil {
		return nil, fmt.Errorf("list what became of the projects of %s: %w", of.ID, err)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	projects, err := one(ctx, r, `select count(*) from projects where edition_id = $1`, edition)
	if err != nil {
		return nil, err
	}
	ended, err := outcome.Ended(ctx, r, of.ID, today)
	if err != nil {
		return nil, err
	}
	known, learnt := map[string][]outcome.Entry{}, map[string]bool{}
	for _, l := range lines {
		known[l.project] = append(known[l.project], l.Entry)
		if l.Learnt != "" {
			learnt[l.project] = true
		}
	}
	heard := int64(len(known))
	to := &Link{path("editions", edition, "/outcomes"), "outcome.follow", "edition", edition}
	table, sums := becameTable(known, projects, outcome.MarksOf(ended, today), to)
	return append([]Paragraph{say("heard", Files, heard).at(to.Path, to.Action, to.Kind, to.ID), say("unheard", Files, projects-heard).at(to.Path, to.Action, to.Kind, to.ID),
		say("learnt", Files, int64(len(learnt))).at(to.Path, to.Action, to.Kind, to.ID), table},
		Paragraph{Sums: append(sums, Sum{"projects", []string{"heard", "unheard"}})}), nil
}

// keyOf is the part of a mark in the keys of figures, columnOf its column.
func keyOf(m outcome.Mark) string { return cmp.Or(m.Wave, "now") }

func columnOf(m outcome.Mark) string {
	if m.Wave == "" {
		return "now"
	}
	return "after_" + m.Wave
}

// becameTable counts the projects of each state on each day; each column adds up to them all.
func becameTable(known map[string][]outcome.Entry, projects int64, marks []outcome.Mark, to *Link) (Paragraph, []Sum) {
	t, sums := &Table{Key: "outcomes", First: "outcome"}, make([]Sum, len(marks))
	counts := make([]map[outcome.State]int64, len(marks))
	for i, m := range marks {
		t.Columns = append(t.Columns, columnOf(m))
		counts[i], sums[i].Total = map[outcome.State]int64{"": projects}, "projects"
		for _, history := range known {
			if last, ok := outcome.On(history, m); ok {
				counts[i][last.State]++
				counts[i][""]--
			}
		}
	}
	row := func(label Arg, state outcome.State, key string) {
		line := Row{Label: label, Link: to}
		for i, m := range marks {
			f := Figure{ID: "became_" + keyOf(m) + ":" + key, Unit: Files, N: counts[i][state]}
			line.Cells, sums[i].Parts = append(line.Cells, f), append(sums[i].Parts, f.ID)
		}
		t.Rows = append(t.Rows, line)
	}
	for _, state := range outcome.States {
		row(Arg{Key: "outcomes.state_" + string(state)}, state, string(state))
	}
	row(Arg{Key: "report.unheard"}, "", "unknown")
	return Paragraph{Table: t}, sums
}

// surveysChapter is whom the surveys reached and how many answered.
func surveysChapter(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	type sent struct {
		id, title       string
		asked, answered int64
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (s sent, err error) {
		return s, sc.Scan(&s.id, &s.title, &s.asked, &s.answered)
	}, `select s.id, s.title, count(l.id), count(l.id) filter (where l.answered) from surveys s left join survey_links l on l.survey_id = s.id
		where s.edition_id = $1 and s.status in ('sent', 'closed') group by s.id, s.title, s.due_day order by s.due_day, s.id`, string(of.ID))
	if err != nil {
		return nil, fmt.Errorf("count the answers to the surveys of %s: %w", of.ID, err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	t := &Table{Key: "surveys", First: "survey", Columns: []string{"surveyed", "replied", "silent"}}
	var sums []Sum
	for _, s := range list {
		t.Rows = append(t.Rows, Row{Label: named(both(s.title)), Link: &Link{path("editions", string(of.ID), "/surveys/"+s.id), "survey.manage", "edition", string(of.ID)},
			Cells: []Figure{{ID: "surveyed:" + s.id, Unit: People, N: s.asked}, {ID: "replied:" + s.id, Unit: People, N: s.answered}, {ID: "silent:" + s.id, Unit: People, N: s.asked - s.answered}}})
		sums = append(sums, Sum{"surveyed:" + s.id, []string{"replied:" + s.id, "silent:" + s.id}})
	}
	return []Paragraph{say("surveys", Things, int64(len(list))).at(path("editions", string(of.ID), "/surveys"), "survey.manage", "edition", string(of.ID)), {Table: t}, {Sums: sums}}, nil
}

// commitmentsChapter is what partners promised and what became of it. A promise to a project
// tells of that project: small counts are hidden as those of projects are.
func commitmentsChapter(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	edition, today := string(of.ID), of.Now.Format("2006-01-02")
	var all, projects, kept, dropped, late int64
	if err := numbers(ctx, r, []any{&all, &projects, &kept, &dropped, &late}, `select count(*), count(distinct k.project_id), count(*) filter (where k.state = 'kept'), count(*) filter (where k.state = 'dropped'),
		count(*) filter (where k.state in ('promised', 'underway') and k.due <> '' and k.due < $2) from commitments k where k.edition_id = $1`, edition, today); err != nil {
		return nil, err
	}
	if all == 0 {
		return nil, nil
	}
	to := &Link{path("editions", edition, "/commitments"), "commitment.follow", "edition", edition}
	t := &Table{Key: "commitments", First: "commitment", Columns: []string{"commitments"}}
	sum := Sum{Total: "promises"}
	for _, x := range []struct {
		label, key string
		n          int64
	}{{"commitments.state_kept", "kept", kept}, {"report.waiting", "waiting", all - kept - dropped - late}, {"report.late", "late", late}, {"commitments.state_dropped", "dropped", dropped}} {
		id := "promise:" + x.key
		t.Rows, sum.Parts = append(t.Rows, Row{Label: Arg{Key: x.label}, Link: to, Cells: []Figure{{ID: id, Unit: Files, N: x.n}}}), append(sum.Parts, id)
	}
	return []Paragraph{say("promises", Files, all).at(to.Path, to.Action, to.Kind, to.ID), say("promised_to", Files, projects).at(to.Path, to.Action, to.Kind, to.ID), {Table: t}, {Sums: []Sum{sum}}}, nil
}
