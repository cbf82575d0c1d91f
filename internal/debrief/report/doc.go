// Package report is the report of an edition: chapters of sentences and tables, each figure counted in the database, with what the lead adds, the versions she freezes, and what of it may leave the house.
package report

import (
	"context"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// Unit is what a figure counts or measures. It says whether a small one may tell of somebody.
type Unit string

// The units. People and Files (of projects) are counts that may tell of somebody; Things
// never do; Minutes, Cents and Mean (hundredths) are measured on the people or projects that
// they come from.
const (
	People  Unit = "people"
	Files   Unit = "files"
	Things  Unit = "things"
	Minutes Unit = "minutes"
	Cents   Unit = "cents"
	Mean    Unit = "mean"
)

// counts says whether the figure is itself a number of people or projects.
func (u Unit) counts() bool { return u == People || u == Files }

// measured says whether the figure is measured on people or projects.
func (u Unit) measured() bool { return u == Minutes || u == Cents || u == Mean }

// Shown is how much of a figure a reader gets.
type Shown string

// What is shown of a figure: all of it; that it is from 1 to 4; that it is 5 or more, so
// that another cannot be computed; nothing at all.
const (
	Whole  Shown = ""
	Few    Shown = "few"
	Masked Shown = "masked"
	Unsaid Shown = "unsaid"
)

// Figure is one count or measure. Two figures of a report that bear the same ID are the same one.
type Figure struct {
	ID    string `json:"id"`
	Unit  Unit   `json:"unit"`
	N     int64  `json:"n"`            // minutes, cents, hundredths of a mean
	Of    int64  `json:"of,omitempty"` // how many people or projects a measure comes from
	Shown Shown  `json:"shown,omitempty"`
}

// Link leads to what a figure counts, for who may do Action on the object.
type Link struct {
	Path   string        `json:"path"`
	Action policy.Action `json:"action"`
	Kind   string        `json:"kind"`
	ID     string        `json:"object"`
}

// Arg is something that a sentence names besides its figure; one of its parts is set.
type Arg struct {
	Figure *Figure          `json:"figure,omitempty"`
	Words  *programme.Words `json:"words,omitempty"`
	Key    string           `json:"key,omitempty"` // of a word of the catalogue
	Day    string           `json:"day,omitempty"` // "2027-03-05", before the word
}

// Sentence is a figure in words: "report.say_" and Key, or "report.none_" and Key for zero.
type Sentence struct {
	Key    string `json:"key"`
	Figure Figure `json:"figure"`
	Args   []Arg  `json:"args,omitempty"`
	Link   *Link  `json:"link,omitempty"`
}

// Row is a line of a table: what it is about, and its figures.
type Row struct {
	Label Arg      `json:"label"`
	Cells []Figure `json:"cells"`
	Link  *Link    `json:"link,omitempty"`
}

// Table holds figures under the columns "report.column_" and each key; its caption is
// "report.table_" and Key.
type Table struct {
	Key     string   `json:"key"`
	Args    []Arg    `json:"args,omitempty"`
	First   string   `json:"first"` // the column of the labels
	Columns []string `json:"columns"`
	Rows    []Row    `json:"rows"`
	Several bool     `json:"several,omitempty"` // one project may stand on several lines
}

// Sum says that a figure is the sum of others, by their IDs: who knows all but one of them
// knows that one.
type Sum struct {
	Total string   `json:"total"`
	Parts []string `json:"parts"`
}

// Paragraph is a heading, a sentence, a table, quotations, or sums that the figures around
// it obey.
type Paragraph struct {
	Heading  *programme.Words `json:"heading,omitempty"`
	Sentence *Sentence        `json:"sentence,omitempty"`
	Table    *Table           `json:"table,omitempty"`
	Quotes   *Quotes          `json:"quotes,omitempty"`
	Sums     []Sum            `json:"sums,omitempty"`
}

// Of is what a chapter is about: an edition, at an instant.
type Of struct {
	programme.Edition
	Now time.Time
}

// Chapter is one part of a report. Build reads its figures; a chapter that has nothing to
// say gives no paragraph. Its title is "report.chapter_" and Key, what it says when empty
// "report.empty_" and Key.
type Chapter struct {
	Key   string
	Build func(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error)
}

// Said is a chapter once built.
type Said struct {
	Key        string      `json:"key"`
	Paragraphs []Paragraph `json:"paragraphs,omitempty"`
	Words
}

// Words are what the lead adds to a chapter, and whether she hides it; those of the report
// as a whole bear the empty key. Version is 0 before the first ones.
type Words struct {
	Before  string `json:"before,omitempty"`
	After   string `json:"after,omitempty"`
	Hidden  bool   `json:"hidden,omitempty"`
	Version int64  `json:"-"`
}

// Doc is a report.
type Doc struct {
	Edition  programme.EditionID `json:"edition"`
	Name     programme.Words     `json:"name"`
	Theme    programme.Words     `json:"theme"`
	Zone     string              `json:"zone"`
	At       time.Time           `json:"at"`
	Words    Words               `json:"words"`
	Chapters []Said              `json:"chapters"`
}

// say makes a sentence with a figure whose ID is its key.
func say(key string, unit Unit, n int64, args ...Arg) Paragraph {
	return Paragraph{Sentence: &Sentence{Key: key, Figure: Figure{ID: key, Unit: unit, N: n}, Args: args}}
}

// in tells the same figure of several objects apart.
func (p Paragraph) in(id string) Paragraph {
	p.Sentence.Figure.ID += ":" + id
	return p
}

// at links a sentence.
func (p Paragraph) at(path string, action policy.Action, kind, id string) Paragraph {
	p.Sentence.Link = &Link{path, action, kind, id}
	return p
}

func named(w programme.Words) Arg { return Arg{Words: &w} }

// Figures gives every figure of the report, hidden chapters included.
func (d *Doc) Figures() (list []*Figure) {
	for c := range d.Chapters {
		for p := range d.Chapters[c].Paragraphs {
			list = append(list, d.Chapters[c].Paragraphs[p].figures()...)
		}
	}
	return list
}

func (p *Paragraph) figures() (list []*Figure) {
	if s := p.Sentence; s != nil {
		list = append(list, &s.Figure)
		for i := range s.Args {
			if s.Args[i].Figure != nil {
				list = append(list, s.Args[i].Figure)
			}
		}
	}
	if t := p.Table; t != nil {
		for i := range t.Rows {
			for c := range t.Rows[i].Cells {
				list = append(list, &t.Rows[i].Cells[c])
			}
		}
	}
	return list
}

// Figure finds one; nil when the report does not tell it.
func (d *Doc) Figure(id string) *Figure {
	for _, f := range d.Figures() {
		if f.ID == id {
			return f
		}
	}
	return nil
}
