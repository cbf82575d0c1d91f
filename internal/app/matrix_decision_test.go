package app

func init() {
	inSelection = append(inSelection, (*world).decided)
	alsoJudged["POST /decisions/{id}/files/{file}/appeal"] = "the appeal that is answered"
}

// decided puts the decisions in a selection of the matrix: one on the file from which
// nobody stepped aside.
func (w *world) decided(id string, params map[string]string) {
	w.exec(`insert into decisions (id, selection_id, application_id, outcome, reason, wording, comments, decided_by, decided_at, confirmed_by, gave_up_by, gave_up_reason, version)
		values ($1, $2, $3, 'retain', '', '', '[]', 'system', $4, '', '', '', 1) on conflict do nothing`, w.name("decision"), id, params["{title}"], noon)
}

// outcome puts an announced decision on a file of the matrix that stands so far.
func (w *world) outcome(file, call string) {
	id := w.name("selection")
	w.exec(`insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, confidentiality_fr, confidentiality_en, version, created_at, created_by)
		values ($1, $2, 1, $1, $1, 'announced', 'open', 'own', false, true, 1, '', '', 1, $3, 'system')`, id, call, noon)
	w.exec(`insert into decisions (id, selection_id, application_id, outcome, reason, wording, comments, decided_by, decided_at, announced_at, confirmed_by, gave_up_by, gave_up_reason, version)
		values ($1, $2, $3, 'retain', '', '', '[]', 'system', $4, $4, '', '', '', 1)`, w.name("decision"), id, file, noon)
}
