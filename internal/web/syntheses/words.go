package syntheses

import (
	"context"

	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

func parts(ctx context.Context, chosen synthesis.Part) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, p := range synthesis.Parts {
		c.Options = append(c.Options, ui.Option{Value: string(p), Label: i18n.T(ctx, "syntheses.part_"+string(p))})
	}
	return c
}

func helps(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "syntheses.help_unsaid")}
	for _, one := range synthesis.Helps {
		c.Options = append(c.Options, ui.Option{Value: one, Label: i18n.T(ctx, "syntheses.help_"+one)})
	}
	return c
}

// facts are what a line says besides its words.
func facts(ctx context.Context, l synthesis.Line) (list []string) {
	if l.Help != "" {
		list = append(list, i18n.T(ctx, "syntheses.help_"+l.Help))
	}
	if l.Addressee != "" {
		list = append(list, i18n.T(ctx, "syntheses.addressed", l.Addressee))
	}
	return list
}

// origin says from what a line was proposed, "" for what the team wrote by itself.
func origin(ctx context.Context, l synthesis.Line) string {
	if l.Origin == "" {
		return ""
	}
	return i18n.T(ctx, "syntheses.from_"+l.Origin)
}

// title names a recipient.
func title(ctx context.Context, titles map[string]string, to string) string {
	if to == synthesis.All {
		return i18n.T(ctx, "syntheses.all")
	}
	return titles[to]
}

// readBy says who reads a line.
func (v page) readBy(ctx context.Context, l synthesis.Line) string {
	var names []string
	for _, to := range v.Readers[l.ID] {
		names = append(names, title(ctx, v.Titles, to))
	}
	if len(names) == 0 {
		return i18n.T(ctx, "syntheses.read_by_nobody")
	}
	return i18n.T(ctx, "syntheses.read_by", joined(names))
}

func joined(names []string) (text string) {
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += name
	}
	return text
}

// of are the words that the form of a line shows: those that were typed in it, or the line's.
func (v page) of(l synthesis.Line) (synthesis.Words, ui.Problems) {
	if v.typed && v.line == l.ID {
		w := v.words
		w.Version = l.Version
		return w, v.problems
	}
	return synthesis.Words{Part: l.Part, Body: l.Body, Help: l.Help, Addressee: l.Addressee, Version: l.Version}, nil
}

// fresh are the words that the form of a new line shows.
func (v page) fresh() (synthesis.Words, ui.Problems) {
	if v.typed && v.line == "" {
		return v.words, v.problems
	}
	return synthesis.Words{Part: synthesis.Brought}, nil
}

// recipients are the columns of the table: all partners, then each one.
func (v readers) recipients(ctx context.Context) (list []ui.Option) {
	list = append(list, ui.Option{Value: synthesis.All, Label: i18n.T(ctx, "syntheses.all")})
	for _, p := range v.Partners {
		list = append(list, ui.Option{Value: string(p.ID), Label: p.Title()})
	}
	return list
}

// names lists what is said of lines in one text, for a cell.
func quoted(ctx context.Context, lines []string) (list []string) {
	for _, l := range lines {
		list = append(list, i18n.T(ctx, "syntheses.quoted", l))
	}
	return list
}
