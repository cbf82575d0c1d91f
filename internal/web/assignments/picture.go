package assignments

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"transformateur/internal/assignment"
	"transformateur/internal/i18n"
	"transformateur/internal/solve/assign"
	"transformateur/internal/web/ui"
)

// The measures of the picture, in its own units.
const (
	cell      = 26
	leftSide  = 190
	topSide   = 120
	rightSide = 40
	barHeight = 44
)

// mark is one cell that says something.
type mark struct {
	state  string // "reads", "barred", "added" or "ended"
	x, y   int    // its middle
	radius string
	title  string
}

// picture is the matrix as it is drawn: files in rows, members in columns, readings as
// discs whose size is the affinity, loads on the margins.
type picture struct {
	board
	width, height int
	marks         []mark
	most          int // the heaviest load or bound, the scale of the bars
}

func (v board) picture(ctx context.Context) picture {
	p := picture{board: v, width: leftSide + cell*len(v.Members) + rightSide, height: topSide + cell*len(v.Files) + barHeight}
	highest := assign.Affinity(1)
	for _, a := range v.Account.Pairs {
		highest = max(highest, a.Value)
	}
	for _, m := range v.Members {
		p.most = max(p.most, v.Load(m.ID), 1)
	}
	for row, f := range v.Files {
		for col, m := range v.Members {
			pair := assignment.Pair{File: f.ID, Member: m.ID}
			k := mark{x: leftSide + cell*col + cell/2, y: topSide + cell*row + cell/2}
			switch value, _ := v.Value(pair); {
			case v.Barred(pair):
				k.state = "barred"
			case v.Reads(pair):
				k.state, k.radius = "reads", fmt.Sprintf("%.1f", 4+7*max(value.Float(), 0)/highest.Float())
				if len(v.Live) > 0 && slices.Contains(v.Changes.Added, pair) {
					k.state = "added"
				}
			case slices.Contains(v.Changes.Ended, pair):
				k.state, k.radius = "ended", "5"
			default:
				continue
			}
			k.title = i18n.T(ctx, "assignments.mark_"+k.state, m.Name, f.Title)
			p.marks = append(p.marks, k)
		}
	}
	return p
}

func (p picture) box() string { return fmt.Sprintf("0 0 %d %d", p.width, p.height) }

func (p picture) row(i int) string { return strconv.Itoa(topSide + cell*i + cell/2) }

func (p picture) line(i int) string { return strconv.Itoa(topSide + cell*i) }

func (p picture) column(i int) string { return strconv.Itoa(leftSide + cell*i + cell/2) }

// turn sets a member's name along her column.
func (p picture) turn(i int) string {
	return fmt.Sprintf("rotate(-55 %d %d)", leftSide+cell*i+cell/2, topSide-8)
}

// corner is the top left of the square around a mark.
func (k mark) corner() (x, y string) {
	return strconv.Itoa(k.x - cell/2 + 1), strconv.Itoa(k.y - cell/2 + 1)
}

// bar is the load of a member under her column.
func (p picture) bar(i int) (y, height string) {
	h := (barHeight - 18) * p.Load(p.Members[i].ID) / p.most
	return strconv.Itoa(p.height - barHeight + 4), strconv.Itoa(h)
}

// short cuts a text that the margin cannot hold.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// table is the same thing as a table: what the picture shows, read cell by cell.
func (v board) table(ctx context.Context) ui.Matrix {
	m := ui.Matrix{Caption: i18n.T(ctx, "assignments.table_caption"), Corner: i18n.T(ctx, "assignments.file"), Total: true}
	for _, who := range v.Members {
		m.Columns = append(m.Columns, ui.MatrixHead{Label: who.Name, Total: strconv.Itoa(v.Load(who.ID))})
	}
	for i, f := range v.Files {
		row := ui.MatrixRow{Head: ui.MatrixHead{Label: i18n.T(ctx, "assignments.numbered", i+1, f.Title), URL: v.url(f), Total: strconv.Itoa(len(v.Readers(f.ID)))}}
		for _, who := range v.Members {
			pair := assignment.Pair{File: f.ID, Member: who.ID}
			c := ui.MatrixCell{}
			if v.Barred(pair) {
				c.State = "barred"
			} else if v.Reads(pair) {
				c.State = "done"
			}
			row.Cells = append(row.Cells, c)
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}
