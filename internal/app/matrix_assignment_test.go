package app

import "time"

func init() { inSelection = append(inSelection, (*world).assignment) }

// assignment gives a selection a calculation, a plan, a bid, and a member who may read.
func (w *world) assignment(selection string, params map[string]string) {
	run := w.name("run")
	params["{run}"] = run
	w.exec(`insert into assignment_runs (id, selection_id, kind, status, input, output, digest, ran_by, ran_at) values ($1, $2, 'fresh', 'optimal', $3, $4, '', 'system', $5)`,
		run, selection, `{"version":1,"items":[],"agents":[]}`, `{"version":1,"status":"optimal","pairs":[]}`, noon)
	w.exec(`insert into assignment_plans (selection_id, settings, pairs, run_id, frozen, version, changed_by, changed_at, published_by)
		values ($1, '{"readers":1,"objective":"total"}', '[]', $2, false, 1, 'system', $3, '')`, selection, run, noon)
	reader, seat := w.name("reader"), w.name("seat")
	params["{seat}"] = seat
	w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, reader, noon)
	w.seatIn(selection, seat, "sitting", "")
	w.exec(`update committee_members set person_id = $2 where id = $1`, seat, reader)
	w.exec(`insert into bids (id, selection_id, application_id, member_id, wish, said_at) values ($1, $2, $3, $4, 'eager', $5)`, w.name("bid"), selection, params["{title}"], params["{member}"], noon.Add(-time.Hour))
}
