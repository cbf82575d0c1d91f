package report

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// K is the smallest number of people or projects that leaves the house as it is: smaller
// ones are said "fewer than five". It is the rule of the permission document (aggregates,
// k ≥ 5); the notion is L. Sweeney's, "k-anonymity: a model for protecting privacy", 2002.
const K = 5

// cell is a figure while it is decided what of it is shown.
type cell struct {
	Figure
	sums []int // those it stands in
}

// hiding decides what of the figures of a report may be shown to who does not run it.
type hiding struct {
	cells map[string]*cell
	order []string
	sums  []Sum
}

// ForAll gives what of a report may be shown to anybody: no count of people or projects
// from 1 to 4, and nothing from which one could be computed. The lead's words are hers:
// they stay as they are. Hidden chapters are left out, and so are the quotations of a theme
// whose count is not shown.
func (d Doc) ForAll() Doc {
	out := d.copied()
	out.Chapters = slices.DeleteFunc(out.Chapters, func(c Said) bool { return c.Hidden })
	h := hidingOf(&out)
	h.decide()
	for _, f := range out.Figures() {
		f.Shown = h.cells[f.ID].Shown
		if f.Shown != Whole {
			f.N, f.Of = 0, 0
		} else {
			f.Of = 0
		}
	}
	for c := range out.Chapters {
		out.Chapters[c].prune()
		out.Chapters[c].Paragraphs = slices.DeleteFunc(out.Chapters[c].Paragraphs, func(p Paragraph) bool {
			return p.Quotes != nil && (h.cells[p.Quotes.Count] == nil || h.cells[p.Quotes.Count].Shown != Whole)
		})
	}
	return out
}

// prune takes out what says nothing any more, with the links and the sums, which are for
// who runs the edition.
func (c *Said) prune() {
	c.Paragraphs = slices.DeleteFunc(c.Paragraphs, func(p Paragraph) bool {
		switch {
		case p.Sentence != nil:
			return p.Sentence.Figure.Shown == Unsaid || slices.ContainsFunc(p.Sentence.Args, func(a Arg) bool { return a.Figure != nil && a.Figure.Shown == Unsaid })
		case p.Table != nil:
			p.Table.Rows = slices.DeleteFunc(p.Table.Rows, func(r Row) bool {
				return !slices.ContainsFunc(r.Cells, func(f Figure) bool { return f.Shown != Unsaid })
			})
			return len(p.Table.Rows) == 0
		}
		return len(p.Sums) > 0
	})
	for i := range c.Paragraphs {
		if s := c.Paragraphs[i].Sentence; s != nil {
			s.Link = nil
		}
		if t := c.Paragraphs[i].Table; t != nil {
			for r := range t.Rows {
				t.Rows[r].Link = nil
			}
		}
	}
}

// copied shares nothing with d.
func (d Doc) copied() (out Doc) {
	body, err := json.Marshal(d)
	if err == nil {
		err = json.Unmarshal(body, &out)
	}
	if err != nil {
		panic(err) // a report is made of texts and numbers
	}
	for c := range d.Chapters {
		for p, from := range d.Chapters[c].Paragraphs {
			if from.Quotes != nil { // their words are not part of what is kept
				copy(out.Chapters[c].Paragraphs[p].Quotes.List, from.Quotes.List)
			}
		}
	}
	return out
}

func hidingOf(d *Doc) *hiding {
	h := &hiding{cells: map[string]*cell{}}
	for _, f := range d.Figures() {
		if h.cells[f.ID] == nil {
			h.cells[f.ID] = &cell{Figure: *f}
			h.order = append(h.order, f.ID)
		}
	}
	for _, c := range d.Chapters {
		for _, p := range c.Paragraphs {
			for _, s := range p.Sums {
				h.add(s)
			}
		}
	}
	h.addEqual()
	return h
}

// alike are the keys of figures that count the same files, or the same projects, when they
// are the same number: who reads one takes it for the other, so both are hidden or none.
var alike = [][]string{{"deposited", "applicants", "admissible", "decided", "read_files", "answered", "scored"}, {"projects", "present", "sponsored", "places", "confirmed", "heard", "learnt", "promised_to"}}

// addEqual ties the figures that readers take for one another.
func (h *hiding) addEqual() {
	for _, family := range alike {
		first := map[int64]string{}
		for _, id := range h.order {
			key, _, _ := strings.Cut(id, ":")
			n := h.cells[id].N
			if !slices.Contains(family, key) || n < K {
				continue
			}
			if first[n] == "" {
				first[n] = id
				continue
			}
			h.add(Sum{first[n], []string{id}})
		}
	}
}

// add takes a sum whose total is told; a part that is not told leaves nothing to compute
// exactly, and the sum is left out.
func (h *hiding) add(s Sum) {
	all := append([]string{s.Total}, s.Parts...)
	if slices.ContainsFunc(all, func(id string) bool { return h.cells[id] == nil }) {
		return
	}
	for _, id := range all {
		h.cells[id].sums = append(h.cells[id].sums, len(h.sums))
	}
	h.sums = append(h.sums, s)
}

// decide hides what is small, then, beside each hidden figure, the next smallest one of
// its sum, until every hidden figure could be another number.
func (h *hiding) decide() {
	for _, id := range h.order {
		c := h.cells[id]
		switch {
		case c.Unit.counts() && c.N > 0 && c.N < K:
			c.Shown = Few
		case c.Unit.counts() && c.N >= K && c.Of > 0 && c.Of < K: // many texts of few people
			c.Shown = Masked
		case c.Unit.measured() && c.Of > 0 && c.Of < K:
			c.Shown = Masked
		}
	}
	for h.together() || h.checked() {
	}
}

// together hides a second figure in each sum where only one is hidden.
func (h *hiding) together() (changed bool) {
	for _, s := range h.sums {
		hidden := 0
		for _, id := range append([]string{s.Total}, s.Parts...) {
			if h.cells[id].Shown != Whole {
				hidden++
			}
		}
		if hidden == 1 && h.hideNext(s) {
			changed = true
		}
	}
	return changed
}

// checked finds a hidden figure that could be computed, and hides more around it.
func (h *hiding) checked() bool {
	for _, id := range h.order {
		if c := h.cells[id]; c.Shown == Whole || len(c.sums) == 0 || h.uncertain(id) {
			continue
		}
		for _, n := range h.around(id) {
			if h.hideNext(h.sums[n]) || h.unsay(h.sums[n]) {
				return true
			}
		}
	}
	return false
}

// around lists the sums in which a figure stands, then those that share a figure with them,
// and so on: what could tell it, the nearest first.
func (h *hiding) around(id string) (list []int) {
	list = slices.Clone(h.cells[id].sums)
	for i := 0; i < len(list); i++ {
		s := h.sums[list[i]]
		for _, other := range append([]string{s.Total}, s.Parts...) {
			for _, n := range h.cells[other].sums {
				if !slices.Contains(list, n) {
					list = append(list, n)
				}
			}
		}
	}
	return list
}

// hideNext hides the smallest figure of a sum that is shown and is not zero, its total last.
func (h *hiding) hideNext(s Sum) bool {
	var next *cell
	for _, id := range s.Parts {
		if c := h.cells[id]; c.Shown == Whole && c.N > 0 && (next == nil || c.N < next.N) {
			next = c
		}
	}
	if next == nil {
		if next = h.cells[s.Total]; next.Shown != Whole || next.N == 0 {
			return false
		}
	}
	next.Shown = Masked
	return true
}

// unsay leaves all the parts of a sum out, those that are zero too; then its total.
func (h *hiding) unsay(s Sum) (changed bool) {
	for _, id := range s.Parts {
		if c := h.cells[id]; c.Shown != Unsaid {
			c.Shown, changed = Unsaid, true
		}
	}
	if c := h.cells[s.Total]; !changed && c.Shown != Unsaid {
		c.Shown, changed = Unsaid, true
	}
	return changed
}

// bounds are what a reader knows of a hidden figure: most is -1 for no bound.
func (c *cell) bounds() (least, most int64) {
	switch {
	case c.Shown == Few:
		return 1, K - 1
	case c.Shown == Masked && c.Unit.counts():
		return K, -1
	case c.Shown == Masked && c.Unit == Things:
		return 1, -1
	}
	return 0, -1
}

// tries bounds the search for another way to read a report; beyond it more is hidden.
const tries = 20_000

// uncertain says whether a hidden figure could be one more or one less than it is, other
// hidden figures moving by one with it so that every sum still holds. Then nothing that is
// printed tells it.
func (h *hiding) uncertain(id string) bool {
	left := tries
	for _, by := range []int64{1, -1} {
		if h.may(id, by) && h.settles(map[string]int64{id: by}, &left) {
			return true
		}
	}
	return false
}

// may says whether a figure is hidden, and may move as far as a reader knows.
func (h *hiding) may(id string, by int64) bool {
	c := h.cells[id]
	least, most := c.bounds()
	return c.Shown != Whole && c.N+by >= least && (most < 0 || c.N+by <= most)
}

// settles moves more figures until no sum is off: the sum that leaves least choice first.
func (h *hiding) settles(moved map[string]int64, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	var choice map[string]int64
	for _, s := range h.sums {
		off := moved[s.Total]
		for _, id := range s.Parts {
			off -= moved[id]
		}
		if off == 0 {
			continue
		}
		if c := h.choices(s, sign(off), moved); choice == nil || len(c) < len(choice) {
			choice = c
		}
	}
	if choice == nil {
		return true
	}
	for _, id := range slices.Sorted(maps.Keys(choice)) {
		moved[id] = choice[id]
		if h.settles(moved, left) {
			return true
		}
		delete(moved, id)
	}
	return false
}

// choices are the figures of a sum that may move to bring it nearer to what it was: a part
// the way the total went, or the total back.
func (h *hiding) choices(s Sum, off int64, moved map[string]int64) map[string]int64 {
	list := map[string]int64{}
	for _, id := range s.Parts {
		if _, already := moved[id]; !already && h.may(id, off) {
			list[id] = off
		}
	}
	if _, already := moved[s.Total]; !already && h.may(s.Total, -off) {
		list[s.Total] = -off
	}
	return list
}

func sign(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}
