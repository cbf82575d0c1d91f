package reports

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"transformateur/internal/debrief/report"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// cell is what stands in a table, and where it leads.
type cell struct{ text, url string }

// block is a heading, a sentence or a table in words; every output says the same.
type block struct {
	heading string
	text    string
	url     string
	caption string
	note    string
	head    []string
	rows    [][]cell
	quoted  bool // the text is somebody's
}

// part is a chapter in words.
type part struct {
	report.Said
	title  string
	blocks []block
}

func lang(ctx context.Context) string { return string(i18n.From(ctx)) }

// partsOf are the chapters in the reader's language. Those that are hidden keep their title
// and their words for who may show them again, without what they tell.
func partsOf(ctx context.Context, d report.Doc) (list []part) {
	for _, c := range d.Chapters {
		p := part{Said: c, title: i18n.T(ctx, "report.chapter_"+c.Key)}
		if !c.Hidden {
			p.blocks = blocksOf(ctx, d, c)
		}
		list = append(list, p)
	}
	return list
}

func blocksOf(ctx context.Context, d report.Doc, c report.Said) (list []block) {
	for _, p := range c.Paragraphs {
		switch {
		case p.Heading != nil:
			list = append(list, block{heading: p.Heading.In(lang(ctx))})
		case p.Sentence != nil:
			list = append(list, sentence(ctx, d, *p.Sentence))
		case p.Table != nil:
			list = append(list, table(ctx, d, *p.Table))
		case p.Quotes != nil:
			list = append(list, quotations(ctx, d, *p.Quotes)...)
		}
	}
	if len(list) == 0 {
		list = append(list, block{text: i18n.T(ctx, "report.empty_"+c.Key)})
	}
	return list
}

// quotations are the words under a theme, with how many texts bear it; what was taken back
// is said, without saying what it was.
func quotations(ctx context.Context, d report.Doc, q report.Quotes) []block {
	head := q.Theme.In(lang(ctx))
	if f := d.Figure(q.Count); f != nil {
		many := f.N
		if f.Shown != report.Whole {
			many = report.K
		}
		head = i18n.N(ctx, "report.quotes_of", int(many), head, number(ctx, *f))
	}
	list, gone := []block{{heading: head}}, 0
	for _, one := range q.List {
		switch {
		case one.Words == "":
			gone++
		case one.Name != "":
			list = append(list, block{text: i18n.T(ctx, "report.quotation_named", one.Words, one.Name), quoted: true})
		default:
			list = append(list, block{text: i18n.T(ctx, "report.quotation", one.Words), quoted: true})
		}
	}
	if gone > 0 {
		list = append(list, block{text: i18n.N(ctx, "report.quotes_gone", gone)})
	}
	return list
}

func sentence(ctx context.Context, d report.Doc, s report.Sentence) block {
	f := s.Figure
	args := []any{number(ctx, f)}
	for _, a := range s.Args {
		args = append(args, argument(ctx, d, a))
	}
	b := block{url: linkOf(s.Link)}
	if f.N == 0 && f.Shown == report.Whole {
		b.text = i18n.T(ctx, "report.none_"+s.Key, args...)
		return b
	}
	many := f.N
	if f.Shown != report.Whole {
		many = report.K
	}
	b.text = capital(i18n.N(ctx, "report.say_"+s.Key, int(many), args...))
	return b
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func linkOf(l *report.Link) string {
	if l == nil {
		return ""
	}
	return l.Path
}

func argument(ctx context.Context, d report.Doc, a report.Arg) string {
	var words []string
	if a.Figure != nil {
		words = append(words, number(ctx, *a.Figure))
	}
	if a.Words != nil {
		words = append(words, a.Words.In(lang(ctx)))
	}
	if a.Day != "" {
		words = append(words, ui.DayOf(ctx, d.Zone, a.Day))
	}
	if a.Key != "" {
		words = append(words, i18n.T(ctx, a.Key))
	}
	return strings.Join(words, ", ")
}

// number is a figure inside a sentence.
func number(ctx context.Context, f report.Figure) string {
	switch f.Shown {
	case report.Few:
		return i18n.T(ctx, "report.few")
	case report.Masked:
		return i18n.T(ctx, "report.masked")
	}
	return exact(ctx, f)
}

// figure is a figure alone, in a table.
func figure(ctx context.Context, f report.Figure) string {
	switch {
	case f.Shown == report.Whole:
		return exact(ctx, f)
	case f.Shown == report.Few:
		return i18n.T(ctx, "report.few_short")
	case f.Shown == report.Masked && (f.Unit == report.People || f.Unit == report.Files):
		return i18n.T(ctx, "report.masked_short")
	}
	return i18n.T(ctx, "report.unsaid")
}

// exact is a figure as it is, with its unit.
func exact(ctx context.Context, f report.Figure) string {
	switch f.Unit {
	case report.Cents:
		return text.Money(lang(ctx), f.N)
	case report.Minutes:
		if f.N%60 == 0 {
			return i18n.T(ctx, "report.hours", text.Number(lang(ctx), f.N/60))
		}
		return i18n.T(ctx, "report.hours_minutes", text.Number(lang(ctx), f.N/60), f.N%60)
	case report.Mean:
		return text.Decimal(lang(ctx), float64(f.N)/100, 1)
	}
	return text.Number(lang(ctx), f.N)
}

func table(ctx context.Context, d report.Doc, t report.Table) block {
	var args []any
	for _, a := range t.Args {
		args = append(args, argument(ctx, d, a))
	}
	b := block{caption: i18n.T(ctx, "report.table_"+t.Key, args...), head: []string{i18n.T(ctx, "report.column_"+t.First)}}
	if t.Several {
		b.note = i18n.T(ctx, "report.several")
	}
	for _, c := range t.Columns {
		b.head = append(b.head, i18n.T(ctx, "report.column_"+c))
	}
	for _, r := range t.Rows {
		row := []cell{{argument(ctx, d, r.Label), linkOf(r.Link)}}
		for _, f := range r.Cells {
			row = append(row, cell{text: figure(ctx, f)})
		}
		b.rows = append(b.rows, row)
	}
	return b
}

// texts are the rows of a table without where they lead.
func (b block) texts() (rows [][]string) {
	for _, r := range b.rows {
		var row []string
		for _, c := range r {
			row = append(row, c.text)
		}
		rows = append(rows, row)
	}
	return rows
}

// dated says what a report is of, and when it was counted.
func (v view) dated(ctx context.Context) string {
	at := ui.Local(v.At, v.Zone)
	if v.Version == nil {
		return i18n.T(ctx, "report.as_of", text.DateTime(lang(ctx), at))
	}
	return i18n.T(ctx, "report.frozen_on", v.Version.Number, text.DateTime(lang(ctx), ui.Local(v.Version.At, v.Zone)))
}

// stamp is the instant that files bear.
func (v view) stamp() time.Time { return v.At }
