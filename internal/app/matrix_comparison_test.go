package app

import "time"

func init() { inSelection = append(inSelection, (*world).comparison) }

// comparison gives a selection a round of comparisons that closed, with one answer.
func (w *world) comparison(selection string, params map[string]string) {
	round := w.name("round")
	w.exec(`insert into comparison_rounds (id, selection_id, number, status, fields, advised, seed, opened_by, opened_at, closed_by, closed_at, version)
		values ($1, $2, 1, 'closed', '["summary"]', 4, 7, 'system', $3, 'system', $4, 2)`, round, selection, noon.Add(-2*time.Hour), noon.Add(-time.Hour))
	w.exec(`insert into comparisons (id, round_id, member_id, turn, left_id, right_id, choice, note, shown_at, answered_at)
		select $1, $2, $3, 1, a.id, $4, 'left', 'Une note', $5, $5 from applications a where a.selection_id = $6 and a.id <> $4`,
		w.name("comparison"), round, params["{member}"], params["{title}"], noon.Add(-time.Hour), selection)
}
