package app

func init() {
	widen("project", func(w *world, made made) {
		sheet, deliverable, gate := w.name("framing"), w.name("deliverable"), w.name("gate")
		w.exec(`insert into factory_sheets (id, project_id, number, objectives, resources, deadlines, status, reasons, version, created_at, created_by, changed_at, answered_by, answered_at)
			values ($1, $2, 1, $1, $1, $1, 'approved', '', 3, $3, 'system', $3, 'system', $3)`, sheet, made.ID, noon)
		w.exec(`insert into factory_deliverables (id, sheet_id, position, title, due_on, delivered_on) values ($1, $2, 1, $1, '2027-04-01', '')`, deliverable, sheet)
		w.exec(`insert into factory_gates (id, project_id, name, day, decision, reasons, learnt, kept, thanks, next_carrier, created_at, created_by, decided_by)
			values ($1, $2, $1, '2027-05-01', '', '', '', '', '', '', $3, 'system', '')`, gate, made.ID, noon)
		made.params["{deliverable}"], made.params["{gate}"] = deliverable, gate
	})
}
