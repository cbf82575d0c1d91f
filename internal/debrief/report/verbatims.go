package report

import (
	"context"

	"transformateur/internal/debrief/coding"
	"transformateur/internal/platform/db"
)

// verbatimsChapter is what people wrote in surveys and on the boards of the hot debrief: how
// much of it may be quoted, the themes that the programme's team read in it, and under each
// a few of the words themselves. Each text is somebody's: small counts are hidden as those
// of people are, and so are those of many texts that come from few people.
func verbatimsChapter(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	all, err := coding.Count(ctx, r, of.ID)
	if err != nil || all.Texts == 0 {
		return nil, err
	}
	to := &Link{path("editions", string(of.ID), "/themes"), "verbatim.code", "edition", string(of.ID)}
	at := func(key string, n int64) Paragraph {
		p := say(key, People, n).at(to.Path, to.Action, to.Kind, to.ID)
		p.Sentence.Figure.Of = min(n, all.Authors)
		return p
	}
	list := []Paragraph{at("texts", all.Texts), at("quotable", all.Quotable), at("unquotable", all.Texts-all.Quotable), at("sorted", all.Sorted), at("unsorted", all.Texts-all.Sorted)}
	t := &Table{Key: "themes", First: "theme", Columns: []string{"texts"}}
	for _, theme := range all.Themes {
		if theme.Texts > 0 {
			t.Rows = append(t.Rows, Row{Label: named(both(theme.Name)), Link: to, Cells: []Figure{{ID: "theme:" + theme.ID, Unit: People, N: theme.Texts, Of: theme.Authors}}})
		}
	}
	if len(t.Rows) > 0 {
		list = append(list, Paragraph{Table: t})
	}
	choices, err := choicesOf(ctx, r, of.ID)
	if err != nil {
		return nil, err
	}
	list = append(list, quoted(all.Themes, choices)...)
	return append(list, Paragraph{Sums: []Sum{{"texts", []string{"quotable", "unquotable"}}, {"texts", []string{"sorted", "unsorted"}}}}), nil
}
