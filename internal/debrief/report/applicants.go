package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
	"transformateur/internal/scheme/eligible"
	"transformateur/internal/territory"
)

// standing says in SQL which files are told by what they answer: those that were deposited
// and not withdrawn, once the window of their call is over and its seal lifted.
var standing = `a.call_id = $1 and a.deleted_at is null and a.status in ('submitted', 'reopened') and ` + judged

// applicantsChapter is who applies: what files answered to the questions of choice of each
// call, where they are, how they score themselves, then what is known of the projects.
func applicantsChapter(ctx context.Context, r db.Reader, of Of) (list []Paragraph, err error) {
	calls, err := callsOf(ctx, r, of)
	if err != nil {
		return nil, err
	}
	parts := []string{"withdrawn"}
	for _, c := range calls {
		files, err := one(ctx, r, `select count(*) from applications a join calls c on c.id = a.call_id where `+standing, c.id, of.Now)
		if err != nil {
			return nil, err
		}
		if files == 0 {
			continue
		}
		parts = append(parts, "applicants:"+c.id)
		told, err := answersOf(ctx, r, of, c)
		if err != nil {
			return nil, err
		}
		if len(calls) > 1 {
			list = append(list, Paragraph{Heading: &c.name})
		}
		list = append(list, say("applicants", Files, files).in(c.id).at(path("calls", c.id, "/files"), "call.files", "call", c.id))
		list = append(list, told...)
	}
	if len(parts) == 1+len(calls) && len(calls) > 0 { // those of every call: with those that were withdrawn, all that was deposited
		list = append(list, Paragraph{Sums: []Sum{{"deposited", parts}}})
	}
	if len(calls) == 1 && len(parts) == 2 {
		list = append(list, Paragraph{Sums: []Sum{{parts[1], []string{"admissible", "inadmissible", "unjudged"}}}})
	}
	known, err := knownOf(ctx, r, of)
	return append(list, known...), err
}

// answersOf are the tables of the questions of one call.
func answersOf(ctx context.Context, r db.Reader, of Of, c listed) (list []Paragraph, err error) {
	content, err := db.Get(ctx, r, db.Value[string], `select f.content from call_forms f join calls c on c.id = f.call_id and f.revision = c.form_revision where c.id = $1`, c.id)
	if err != nil {
		return nil, fmt.Errorf("read the form of call %s: %w", c.id, err)
	}
	f, err := form.Parse([]byte(content))
	if err != nil {
		return nil, err
	}
	rows, err := db.List(ctx, r, scanTallied, `select t.field, t.value, count(*) from application_facets t join applications a on a.id = t.application_id join calls c on c.id = a.call_id
		where `+standing+` group by t.field, t.value order by t.field, t.value`, c.id, of.Now)
	if err != nil {
		return nil, fmt.Errorf("count the answers of call %s: %w", c.id, err)
	}
	for _, field := range f.Fields() {
		var paragraphs []Paragraph
		switch field.Type {
		case "choice", "scale", "choices", "linked":
			paragraphs = choiceTable(c, field, rows)
		case "territory":
			paragraphs, err = placeTables(ctx, r, of, c, field)
		case "assessment":
			paragraphs, err = scoreTable(ctx, r, of, c, field)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, paragraphs...)
	}
	return list, nil
}

// words are a label of a form in both languages.
func words(l form.Localised) programme.Words {
	return programme.Words{FR: cmp.Or(l["fr"], l["en"]), EN: cmp.Or(l["en"], l["fr"])}
}

// choiceTable counts the answers to a question, in the order of its options. Where one
// answer is given, they add up to those who answered.
func choiceTable(c listed, field *form.Field, rows []tallied) []Paragraph {
	id := func(value string) string { return "answer:" + c.id + ":" + field.ID + ":" + value }
	t := &Table{Key: "answers", Args: []Arg{named(words(field.Label))}, First: "answer", Columns: []string{"files"}, Several: field.Type == "choices"}
	sum, answered := Sum{Total: "answered:" + c.id + ":" + field.ID}, int64(0)
	put := func(value string, label Arg) {
		i := slices.IndexFunc(rows, func(x tallied) bool { return x.group == field.ID && x.value == value })
		if i < 0 {
			return
		}
		link := &Link{path("calls", c.id, "/files?f."+field.ID+"="+value), "call.files", "call", c.id}
		t.Rows = append(t.Rows, Row{Label: label, Link: link, Cells: []Figure{{ID: id(value), Unit: Files, N: rows[i].n}}})
		sum.Parts, answered = append(sum.Parts, id(value)), answered+rows[i].n
	}
	for _, o := range field.Settings.Options {
		put(o.ID, named(words(o.Label)))
	}
	put("other", Arg{Key: "report.other"})
	if len(t.Rows) == 0 {
		return nil
	}
	if t.Several {
		return []Paragraph{{Table: t}}
	}
	t.Rows = append(t.Rows, Row{Label: Arg{Key: "report.all"}, Cells: []Figure{{ID: sum.Total, Unit: Files, N: answered}}})
	return []Paragraph{{Table: t}, {Sums: []Sum{sum}}}
}

// placeTables count files by region, then by département: a file that names several places
// of one counts once there.
func placeTables(ctx context.Context, r db.Reader, of Of, c listed, field *form.Field) (list []Paragraph, err error) {
	rows, err := db.List(ctx, r, scanTallied, `select t.application_id, t.value, 1 from application_facets t join applications a on a.id = t.application_id join calls c on c.id = a.call_id
		where `+standing+` and t.field = $3 order by t.application_id, t.value`, c.id, of.Now, field.ID)
	if err != nil {
		return nil, fmt.Errorf("read the places of call %s: %w", c.id, err)
	}
	for _, level := range []territory.Kind{territory.KindRegion, territory.KindDepartement} {
		files := map[string]map[string]bool{}
		for _, x := range rows {
			if code := placed(x.value, level); code != "" {
				if files[code] == nil {
					files[code] = map[string]bool{}
				}
				files[code][x.group] = true
			}
		}
		t := &Table{Key: "places_" + string(level), Args: []Arg{named(words(field.Label))}, First: string(level), Columns: []string{"files"}, Several: true}
		for code, who := range files {
			t.Rows = append(t.Rows, Row{Label: named(both(territory.Name(level, code))), Cells: []Figure{{ID: "place:" + c.id + ":" + field.ID + ":" + string(level) + ":" + code, Unit: Files, N: int64(len(who))}}})
		}
		slices.SortFunc(t.Rows, func(a, b Row) int {
			return cmp.Or(cmp.Compare(b.Cells[0].N, a.Cells[0].N), cmp.Compare(a.Cells[0].ID, b.Cells[0].ID))
		})
		if len(t.Rows) > 0 {
			list = append(list, Paragraph{Table: t})
		}
	}
	return list, nil
}

// placed is the code of the region or of the département in which a place is, "" for none.
func placed(value string, level territory.Kind) string {
	kind, code, _ := strings.Cut(value, ":")
	p, known := territory.Find(territory.Ref{Kind: territory.Kind(kind), Code: code})
	switch {
	case !known:
		return ""
	case p.Kind == level:
		return p.Code
	case level == territory.KindRegion:
		return p.Region
	}
	return p.Departement
}

// scoreTable is the mean of what files say of themselves, dimension by dimension.
func scoreTable(ctx context.Context, r db.Reader, of Of, c listed, field *form.Field) ([]Paragraph, error) {
	contents, err := db.List(ctx, r, db.Value[string], `select s.content from applications a join calls c on c.id = a.call_id join submissions s on s.application_id = a.id
		where `+standing+` and s.seq = (select max(n.seq) from submissions n where n.application_id = a.id)`, c.id, of.Now)
	if err != nil {
		return nil, fmt.Errorf("read the files of call %s: %w", c.id, err)
	}
	sum, n := map[string]int64{}, map[string]int64{}
	for _, content := range contents {
		answers, err := form.ParseAnswers([]byte(content))
		if err != nil {
			return nil, err
		}
		scored, _ := answers[field.ID].(map[string]any)
		for _, d := range field.Settings.Dimensions {
			said, _ := scored[d.ID].(map[string]any)
			if score, ok := said["score"].(int64); ok {
				sum[d.ID], n[d.ID] = sum[d.ID]+score, n[d.ID]+1
			}
		}
	}
	t := &Table{Key: "scores", Args: []Arg{named(words(field.Label))}, First: "dimension", Columns: []string{"files", "mean"}}
	for _, d := range field.Settings.Dimensions {
		if n[d.ID] == 0 {
			continue
		}
		id := c.id + ":" + field.ID + ":" + d.ID
		t.Rows = append(t.Rows, Row{Label: named(words(d.Label)), Cells: []Figure{{ID: "scored:" + id, Unit: Files, N: n[d.ID]}, {ID: "score:" + id, Unit: Mean, N: (200*sum[d.ID] + n[d.ID]) / (2 * n[d.ID]), Of: n[d.ID]}}})
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return []Paragraph{{Table: t}}, nil
}

// bands are the sizes of organisations by staff: those of décret no 2008-1354 of 18 December
// 2008, article 3, whose money thresholds are not known here.
var bands = []struct {
	key   string
	below float64
}{{"micro", 10}, {"small", 50}, {"medium", 250}, {"large", -1}}

// knownOf is what is known of the projects of the edition, as schemes ask it: what
// structure carries each one, of what size.
func knownOf(ctx context.Context, r db.Reader, of Of) (list []Paragraph, err error) {
	rows, err := db.List(ctx, r, scanTallied, `select f.fact, f.value, count(*) from project_facts f join projects p on p.id = f.project_id
		where p.edition_id = $1 and f.fact in ('structure', 'headcount') group by f.fact, f.value order by f.fact, f.value`, string(of.ID))
	if err != nil {
		return nil, fmt.Errorf("count what is known of projects: %w", err)
	}
	found := map[string]map[string]int64{"structure": {}, "headcount": {}}
	for _, x := range rows {
		value, err := form.ParseValue([]byte(x.value))
		if err != nil {
			return nil, err
		}
		found[x.group][knownAs(x.group, value)] += x.n
	}
	for _, kind := range []string{"structure", "headcount"} {
		t := &Table{Key: kind, First: kind, Columns: []string{"projects"}}
		sum, all := Sum{Total: "known:" + kind}, int64(0)
		for _, value := range knownValues(kind) {
			n := found[kind][value]
			if n == 0 {
				continue
			}
			label := Arg{Key: "schemes.choice_structure_" + value}
			if kind == "headcount" {
				label = Arg{Key: "report.band_" + value}
			}
			id := "known:" + kind + ":" + value
			t.Rows = append(t.Rows, Row{Label: label, Cells: []Figure{{ID: id, Unit: Files, N: n}}})
			sum.Parts, all = append(sum.Parts, id), all+n
		}
		if len(t.Rows) > 0 {
			t.Rows = append(t.Rows, Row{Label: Arg{Key: "report.all"}, Cells: []Figure{{ID: sum.Total, Unit: Files, N: all}}})
			list = append(list, Paragraph{Table: t}, Paragraph{Sums: []Sum{sum}})
		}
	}
	return list, nil
}

// knownAs is the line on which a fact stands.
func knownAs(fact string, value any) string {
	if fact == "structure" {
		return fmt.Sprint(value)
	}
	staff := 0.0
	switch n := value.(type) {
	case int64:
		staff = float64(n)
	case float64:
		staff = n
	}
	for _, b := range bands {
		if b.below < 0 || staff < b.below {
			return b.key
		}
	}
	return ""
}

func knownValues(fact string) (list []string) {
	if fact == "structure" {
		return eligible.Structures
	}
	for _, b := range bands {
		list = append(list, b.key)
	}
	return list
}
