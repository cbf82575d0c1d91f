package roadmaps

import (
	"fmt"
	"time"
	"unicode/utf8"

	"transformateur/internal/roadmap"
)

// The measures of the drawing, in its own units.
const (
	rowHeight  = 30
	headHeight = 28
	dayWidth   = 4.0
	mostWidth  = 1400.0
	leastWidth = 560.0
)

// gantt is the drawing of a roadmap in time; the list beside it says the same in words.
type gantt struct {
	width, height, scale float64
	first                time.Time
	rows                 []ganttRow
	months               []ganttMonth
	today                float64 // -1 outside
}

type ganttRow struct {
	roadmap.Entry
	y, x, w float64
	dot     bool // a day, and no length
}

type ganttMonth struct {
	x   float64
	day time.Time
}

// drawn places the actions and milestones that have a day; none means no drawing.
func drawn(v roadmap.Page) *gantt {
	g := &gantt{today: -1}
	var last time.Time
	for _, e := range v.Entries {
		if e.Kind != roadmap.Action && e.Kind != roadmap.Milestone || e.State == roadmap.Dropped {
			continue
		}
		from, to, dated := span(e)
		if !dated {
			continue
		}
		if g.first.IsZero() || from.Before(g.first) {
			g.first = from
		}
		if to.After(last) {
			last = to
		}
		g.rows = append(g.rows, ganttRow{Entry: e})
	}
	if len(g.rows) == 0 {
		return nil
	}
	now, err := time.Parse(time.DateOnly, v.Today)
	g.first = time.Date(g.first.Year(), g.first.Month(), 1, 0, 0, 0, 0, time.UTC)
	last = time.Date(last.Year(), last.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	days := last.Sub(g.first).Hours() / 24
	g.width = min(max(days*dayWidth, leastWidth), mostWidth)
	g.scale, g.height = g.width/days, headHeight+rowHeight*float64(len(g.rows))
	for i := range g.rows {
		row := &g.rows[i]
		from, to, _ := span(row.Entry)
		row.y, row.x = headHeight+rowHeight*float64(i), g.at(from)
		row.dot = row.Kind == roadmap.Milestone || row.Starts == "" || row.Due == ""
		row.w = max(g.at(to.AddDate(0, 0, 1))-row.x, 3)
	}
	for day := g.first; day.Before(last); day = day.AddDate(0, 1, 0) {
		g.months = append(g.months, ganttMonth{g.at(day), day})
	}
	if err == nil && !now.Before(g.first) && now.Before(last) {
		g.today = g.at(now)
	}
	return g
}

func (g *gantt) at(day time.Time) float64 { return day.Sub(g.first).Hours() / 24 * g.scale }

// span is the first and the last day of an entry.
func span(e roadmap.Entry) (from, to time.Time, dated bool) {
	to, err := time.Parse(time.DateOnly, e.Due)
	from, bad := time.Parse(time.DateOnly, e.Starts)
	switch {
	case err != nil && bad != nil:
		return from, to, false
	case err != nil:
		return from, from, true
	case bad != nil:
		return to, to, true
	}
	return from, to, true
}

func (g *gantt) box() string { return fmt.Sprintf("0 0 %.0f %.0f", g.width, g.height) }

func num(f float64) string { return fmt.Sprintf("%.1f", f) }

// diamond is the outline of a day on its row.
func (r ganttRow) diamond() string {
	x, y := r.x, r.y+rowHeight/2
	return fmt.Sprintf("M%.1f %.1f l8 8 l-8 8 l-8 -8 z", x, y-8)
}

// letter is what a letter of a label takes at most, on average, in the units of the drawing.
const letter = 7.6

// label is the title of an entry, after its bar or before it, where it fits; where it fits
// on neither side it is cut on the wider one. The list below the drawing has it whole.
func (g *gantt) label(r ganttRow) (x, anchor, title string) {
	end := r.x + r.w
	if r.dot {
		end = r.x + 10
	}
	after, before := int((g.width-end-6)/letter), int((r.x-10)/letter)
	length := utf8.RuneCountInString(r.Title)
	if length > after && (length <= before || before > after) {
		return num(r.x - 10), "end", short(r.Title, before)
	}
	return num(end + 6), "start", short(r.Title, after)
}

func (r ganttRow) class() string {
	class := "gantt-bar gantt-" + string(r.State)
	if r.Late {
		class += " gantt-late"
	}
	return class
}
