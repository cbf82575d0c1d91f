package imports

import (
	"context"
	"strconv"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/intake"
	"transformateur/internal/web/ui"
)

func outcome(ctx context.Context, o intake.Outcome) string {
	if o == intake.Waiting {
		return i18n.T(ctx, "imports.outcome_waiting")
	}
	return i18n.T(ctx, "imports.outcome_"+string(o))
}

var tones = map[intake.Outcome]ui.Tone{intake.Created: ui.Success, intake.Updated: ui.Success, intake.Unchanged: ui.Info, intake.Refused: ui.Danger, intake.Waiting: ui.Info}

var statusTones = map[intake.Status]ui.Tone{intake.Mapping: ui.Warning, intake.Applying: ui.Warning, intake.Done: ui.Success, intake.Undone: ui.Info, intake.Put: ui.Info}

// say tells a problem of a row: where, then what.
func (b bench) say(ctx context.Context, p intake.Problem) string {
	return Say(ctx, b.form.Form, p)
}

// Say tells a problem of a row with the words of a form.
func Say(ctx context.Context, f *form.Form, p intake.Problem) string {
	lang := string(i18n.From(ctx))
	if id, ok := strings.CutPrefix(p.Path, "rules."); ok {
		for _, rule := range f.Rules {
			if rule.ID == id {
				return rule.Message.In(lang)
			}
		}
	}
	what := i18n.T(ctx, p.Key, p.Args...)
	if target, ok := strings.CutPrefix(p.Path, "@"); ok {
		return i18n.T(ctx, "imports.at", i18n.T(ctx, "imports.target_"+target), what)
	}
	id, _, _ := strings.Cut(p.Path, ".")
	if field := f.Field(id); field != nil {
		return i18n.T(ctx, "imports.at", field.Label.In(lang), what)
	}
	return what
}

// lead says what the file is, and where its files were deposited when that is another name.
func (b bench) lead(ctx context.Context) string {
	source, rows := i18n.T(ctx, "imports.source_"+string(b.of().Source)), i18n.N(ctx, "imports.rows", b.of().Rows)
	if b.of().Source == intake.Demarches {
		return i18n.T(ctx, "imports.at", source, rows)
	}
	return i18n.T(ctx, "imports.one_lead", source, b.of().Origin, rows)
}

func columnName(k int) string { return "c." + strconv.Itoa(k) }

func blockName(k int) string { return "b." + strconv.Itoa(k) }

// choice is what a column can become.
func (b bench) choice(ctx context.Context, chosen string) ui.Choice {
	lang := string(i18n.From(ctx))
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "imports.leave")}
	byField := map[string][]ui.Option{}
	own := ui.OptionGroup{Label: i18n.T(ctx, "imports.group_file")}
	for _, t := range intake.Offered(b.form.Form) {
		if target, ok := strings.CutPrefix(t.Key, "@"); ok {
			own.Options = append(own.Options, ui.Option{Value: t.Key, Label: i18n.T(ctx, "imports.target_"+target)})
			continue
		}
		id, _, _ := strings.Cut(strings.TrimPrefix(t.Key, "f."), ".")
		byField[id] = append(byField[id], ui.Option{Value: t.Key, Label: t.Label.In(lang)})
	}
	c.Groups = append(c.Groups, own)
	for _, step := range b.form.Form.Steps {
		g := ui.OptionGroup{Label: step.Title.In(lang)}
		for i := range step.Fields {
			g.Options = append(g.Options, byField[step.Fields[i].ID]...)
		}
		if len(g.Options) > 0 {
			c.Groups = append(c.Groups, g)
		}
	}
	return c
}

func (b bench) blockChoice(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "imports.leave_sheet")}
	for _, t := range intake.OfferedBlocks(b.form.Form) {
		c.Options = append(c.Options, ui.Option{Value: t.Key, Label: t.Label.In(string(i18n.From(ctx)))})
	}
	return c
}

// column is the control of one column.
func (b bench) column(ctx context.Context, k int) ui.Field {
	head := b.preview.Heads.Columns[k]
	if head == "" {
		head = i18n.T(ctx, "imports.column_unnamed", k+1)
	}
	f := ui.Field{Name: columnName(k), Label: head, Error: b.problems.At(columnName(k)), Attrs: map[string]any{"aria-required": "false"}}
	if sample := []rune(strings.Join(strings.Fields(b.preview.Samples[k]), " ")); len(sample) > 80 {
		f.Hint = i18n.T(ctx, "imports.sample", string(sample[:79])+"…")
	} else if len(sample) > 0 {
		f.Hint = i18n.T(ctx, "imports.sample", string(sample))
	}
	return f
}

func (b bench) block(ctx context.Context, k int) ui.Field {
	return ui.Field{Name: blockName(k), Label: i18n.T(ctx, "imports.sheet", b.preview.Heads.Blocks[k].Sheet), Error: b.problems.At(blockName(k)), Attrs: map[string]any{"aria-required": "false"}}
}

// tied lists the columns that become something, or those that are left out.
func (b bench) tied(something bool) (list []int) {
	for k, key := range b.preview.Mapping.Columns {
		if (key != "" || b.problems.At(columnName(k)) != "") == something {
			list = append(list, k)
		}
	}
	return list
}

// figures counts the rows by what becomes of them, or became once the import is applied.
func (b bench) figures(ctx context.Context, counts map[intake.Outcome]int, incomplete int) []ui.Figure {
	var list []ui.Figure
	for _, o := range intake.Outcomes {
		label := i18n.T(ctx, "imports.figure_"+string(o))
		if b.report != nil {
			label = i18n.T(ctx, "imports.count_"+string(o))
		}
		if n := counts[o]; n > 0 || o == intake.Created {
			list = append(list, ui.Figure{Label: label, Value: strconv.Itoa(n)})
		}
	}
	if incomplete > 0 {
		list = append(list, ui.Figure{Label: i18n.T(ctx, "imports.figure_incomplete"), Value: strconv.Itoa(incomplete)})
	}
	return list
}

// coming is how many files the import would create or change.
func (b bench) coming() int {
	return b.preview.Counts[intake.Created] + b.preview.Counts[intake.Updated]
}

func incompleteChoice(ctx context.Context, o intake.Options) ui.Choice {
	c := ui.Choice{Chosen: []string{"complete"}, Options: []ui.Option{
		{Value: "complete", Label: i18n.T(ctx, "imports.incomplete_complete"), Hint: i18n.T(ctx, "imports.incomplete_complete_hint")},
		{Value: "refuse", Label: i18n.T(ctx, "imports.incomplete_refuse"), Hint: i18n.T(ctx, "imports.incomplete_refuse_hint")}}}
	if o.Refuse {
		c.Chosen = []string{"refuse"}
	}
	return c
}

// shownLines bounds the rows of a report on the page; the spreadsheet has them all.
const shownLines = 200

// lines are the rows of the report that the page shows: those that were refused first.
func (b bench) lines() []intake.Line {
	var first, others []intake.Line
	for _, l := range b.report.Lines {
		if l.Outcome == intake.Refused {
			first = append(first, l)
		} else {
			others = append(others, l)
		}
	}
	all := append(first, others...)
	return all[:min(len(all), shownLines)]
}
