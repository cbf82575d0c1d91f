package plans

import (
	"context"
	"slices"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/i18n"
)

// grid is a day as rooms by hours. Rows begin whenever something does, or could: the slots
// of coachings and the rounds of mixes are there even when empty.
type grid struct {
	day   int
	rooms []column
	rows  []row
}

// column is a room; "" is for what has none.
type column struct{ id, name string }

// row is the time between two instants at which something begins or ends.
type row struct {
	from, to order.Minute
	cells    []cell
}

// cell is what is in a room from a row on, for some rows; covered ones are not drawn.
type cell struct {
	room     string
	span     int
	wide     bool // for everybody: over all rooms
	sittings []plan.Sitting
}

func (v sheet) grid(ctx context.Context, day int) grid {
	g := grid{day: day}
	for _, m := range v.Rooms {
		g.rooms = append(g.rooms, column{m.ID, m.Name})
	}
	var all, some []plan.Sitting
	for _, s := range v.Plan.Sittings {
		switch {
		case s.Day != day:
		case s.All:
			all = append(all, s)
		default:
			some = append(some, s)
		}
	}
	if len(g.rooms) == 0 || slices.ContainsFunc(some, func(s plan.Sitting) bool { return g.at(s) < 0 }) {
		g.rooms = append(g.rooms, column{"", i18n.T(ctx, "plans.elsewhere")})
	}
	edges := v.edges(day)
	for i := range max(0, len(edges)-1) {
		g.rows = append(g.rows, row{from: edges[i], to: edges[i+1]})
	}
	for c, col := range g.rooms {
		g.fill(c, col.id, some)
	}
	g.cover(all)
	return g
}

// at is the column of a sitting, -1 for that of what has no room.
func (g grid) at(s plan.Sitting) int {
	return slices.IndexFunc(g.rooms, func(c column) bool { return c.id == s.Room && s.Room != "" && !s.Remote })
}

// edges are the instants of a day at which something begins or ends, or could.
func (v sheet) edges(day int) (list []order.Minute) {
	for _, a := range v.Order.Activities {
		if a.Day == day {
			list = append(list, a.From, a.To)
			if a.Kind == order.Mix {
				for _, t := range order.RoundsOf(a) {
					list = append(list, t.From, t.To)
				}
			}
		}
	}
	for _, t := range v.Order.Slots() {
		if t.Day == day {
			list = append(list, t.From, t.To)
		}
	}
	for _, s := range v.Plan.Sittings {
		if s.Day == day && !s.All {
			list = append(list, s.From, s.To)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// fill puts the sittings of a room in its column: those that overlap share a cell.
func (g *grid) fill(c int, room string, sittings []plan.Sitting) {
	for i := 0; i < len(g.rows); {
		one := cell{room: room, span: 1}
		to := g.rows[i].to
		for n := i; n < len(g.rows) && g.rows[n].from < to; n++ {
			for _, s := range sittings {
				here := g.at(s) == c || room == "" && g.at(s) < 0
				if here && s.From < g.rows[n].to && g.rows[n].from < s.To && !slices.ContainsFunc(one.sittings, func(o plan.Sitting) bool { return o.ID == s.ID }) {
					one.sittings, to = append(one.sittings, s), max(to, s.To)
				}
			}
			one.span = n - i + 1
		}
		g.rows[i].cells = append(g.rows[i].cells, one)
		i += one.span
	}
}

// cover replaces the cells of the rows in which there is something for everybody, when
// nothing else is there.
func (g *grid) cover(all []plan.Sitting) {
	for i := 0; i < len(g.rows); i++ {
		n := i
		var here []plan.Sitting
		for ; n < len(g.rows); n++ {
			now := during(all, g.rows[n])
			if len(now) == 0 || n > i && (len(here) == 0 || now[0].Activity != here[0].Activity) || g.busy(n) {
				break
			}
			for _, s := range now {
				if !slices.ContainsFunc(here, func(o plan.Sitting) bool { return o.ID == s.ID }) {
					here = append(here, s)
				}
			}
		}
		if n == i {
			continue
		}
		for k := i; k < n; k++ {
			g.rows[k].cells = nil
		}
		g.rows[i].cells = []cell{{wide: true, span: n - i, sittings: here}}
		i = n - 1
	}
}

// busy says whether somebody sits in a room during a row, or a cell that began before it
// goes on.
func (g *grid) busy(n int) bool {
	if len(g.rows[n].cells) < len(g.rooms) {
		return true
	}
	return slices.ContainsFunc(g.rows[n].cells, func(c cell) bool { return len(c.sittings) > 0 || c.span > 1 })
}

func during(list []plan.Sitting, r row) (now []plan.Sitting) {
	for _, s := range list {
		if s.From < r.to && r.from < s.To {
			now = append(now, s)
		}
	}
	return now
}
