package app

func init() {
	unfilled["{place}"] = "only the person who is asked finds it: the tests of internal/factory/crew try another one"
	widen("project", func(w *world, made made) {
		sheet, deliverable, gate := w.name("framing"), w.name("deliverable"), w.name("gate")
		w.exec(`insert into factory_sheets (id, project_id, number, objectives, resources, deadlines, status, reasons, version, created_at, created_by, changed_at, answered_by, answered_at)
			values ($1, $2, 1, $1, $1, $1, 'approved', '', 3, $3, 'system', $3, 'system', $3)`, sheet, made.ID, noon)
		w.exec(`insert into factory_deliverables (id, sheet_id, position, title, due_on, delivered_on) values ($1, $2, 1, $1, '2027-04-01', '')`, deliverable, sheet)
		w.exec(`insert into factory_gates (id, project_id, name, day, decision, reasons, learnt, kept, thanks, next_carrier, created_at, created_by, decided_by)
			values ($1, $2, $1, '2027-05-01', '', '', '', '', '', '', $3, 'system', '')`, gate, made.ID, noon)
		member, place := w.name("member"), w.name("place")
		w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, member, noon)
		w.exec(`insert into crew_places (id, project_id, person_id, part, halves, from_on, until_on, status, words, asked_by, asked_at, ended_by)
			values ($1, $2, $3, $1, 2, '2027-03-01', '2099-12-31', 'asked', '', 'system', $4, '')`, place, made.ID, member, noon)
		made.params["{crew}"] = place
		made.params["{deliverable}"], made.params["{gate}"] = deliverable, gate
	})
}
