package report

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/board"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
)

// scored is what projects say of themselves on one dimension.
type scored struct {
	title         string
	n             int64 // projects that scored it
	before, twice int64 // sums of medians: of all of them first, of those that scored it again
	again, first  int64 // how many did, and the sum of their first ones
	most          int64
}

// dimensionsChapter sets beside each other what projects said of themselves on boards of the
// six dimensions, at first and later. A first score is the one agreed together, else the
// median of each one's; a later one is the one of the vote "after" of the shipped kit.
func dimensionsChapter(ctx context.Context, r db.Reader, of Of) ([]Paragraph, error) {
	type line struct{ title, body string }
	rows, err := db.List(ctx, r, func(sc db.Scanner) (l line, err error) {
		return l, sc.Scan(&l.title, &l.body)
	}, `select i.title, i.body from project_items i join projects p on p.id = i.project_id where p.edition_id = $1 and i.state = 'standing' and i.kind = 'dimension' order by i.created_at, i.id`, string(of.ID))
	if err != nil {
		return nil, fmt.Errorf("read the dimensions of projects: %w", err)
	}
	var list []scored
	for _, l := range rows {
		var body struct {
			Moments []board.Moment `json:"moments"`
		}
		if json.Unmarshal([]byte(l.body), &body) != nil || len(body.Moments) == 0 {
			continue // of a kit that kept no moments
		}
		i := slices.IndexFunc(list, func(s scored) bool { return s.title == l.title })
		if i < 0 {
			i, list = len(list), append(list, scored{title: l.title})
		}
		list[i].add(body.Moments)
	}
	slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(text.Fold(a.title), text.Fold(b.title)) })
	return dimensionTables(list), nil
}

// add takes the moments of one project.
func (s *scored) add(moments []board.Moment) {
	named := func(vote string) (board.Moment, bool) {
		i := slices.IndexFunc(moments, func(m board.Moment) bool { return m.Vote == vote })
		if i < 0 {
			return board.Moment{}, false
		}
		return moments[i], true
	}
	first, agreed := named("together")
	if !agreed {
		first = moments[0]
	}
	s.n, s.before, s.most = s.n+1, s.before+int64(first.Median), int64(first.Most)
	if later, again := named("after"); again && first.Vote != "after" {
		s.again, s.first, s.twice = s.again+1, s.first+int64(first.Median), s.twice+int64(later.Median)
	}
}

// dimensionTables are all projects first, then those that scored themselves twice: a mean of
// some is not set beside a mean of others.
func dimensionTables(list []scored) (out []Paragraph) {
	first := &Table{Key: "dimensions", First: "dimension", Columns: []string{"projects", "mean_before"}}
	twice := &Table{Key: "dimensions_twice", First: "dimension", Columns: []string{"projects", "mean_before", "mean_after"}}
	for _, s := range list {
		mean := func(key string, sum, n int64) Figure {
			return Figure{ID: key + ":" + s.title, Unit: Mean, N: (200*sum + n) / (2 * n), Of: n}
		}
		first.Rows = append(first.Rows, Row{Label: named(both(s.title)), Cells: []Figure{{ID: "dimension:" + s.title, Unit: Files, N: s.n}, mean("before", s.before, s.n)}})
		if s.again > 0 {
			twice.Rows = append(twice.Rows, Row{Label: named(both(s.title)), Cells: []Figure{{ID: "twice:" + s.title, Unit: Files, N: s.again}, mean("first", s.first, s.again), mean("after", s.twice, s.again)}})
		}
	}
	for _, t := range []*Table{first, twice} {
		if len(t.Rows) > 0 {
			out = append(out, Paragraph{Table: t})
		}
	}
	return out
}
