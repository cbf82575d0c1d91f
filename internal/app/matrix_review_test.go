package app

import (
	"transformateur/internal/policy"
	"transformateur/internal/review/rubric"
)

func init() {
	if _, known := fixtures["selection"]; !known {
		fixtures["selection"] = fixture{selectionMoments(), (*world).readSelection}
	}
}

func selectionMoments() []moment {
	return []moment{{policy.Admissibility, "preparation"}, {policy.Evaluation, "reading"}, {policy.Deliberation, "deliberation"}, {policy.Embargo, "decided"}, {policy.Announced, "announced"}}
}

// readSelection is a selection with a grid, and words hidden from its readers.
func (w *world) readSelection(m moment) made {
	call := w.call(moment{policy.Admissibility, "closed"})
	id := w.name("selection")
	w.exec(`insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, confidentiality, version, created_at, created_by)
		values ($1, $2, 1, 'Sélection', 'Selection', $3, 'open', 'own', false, false, 2, '', 1, $4, 'system')`, id, call.ID, m.state, noon)
	made := w.made(ref("selection", id), m, append([]policy.Ref{call.Ref}, call.Within...)...)
	made.params["{redaction}"] = w.inReading(id)
	return made
}

// inReading puts in a selection what the addresses of its reading name, and says its name.
func (w *world) inReading(id string) string {
	r, err := rubric.ReadyRubric("six_dimensions")
	if err != nil {
		w.t.Fatal(err)
	}
	redaction := w.name("redaction")
	w.exec(`insert into rubrics (selection_id, revision, content, note, version, saved_at, saved_by) values ($1, 1, $2, '', 1, $3, 'system')`, id, string(r.JSON()), noon)
	w.exec(`insert into redactions (id, selection_id, field, passage, added_by, added_at, lifted_by) values ($1, $2, '', 'Acme', 'system', $3, '')`, redaction, id, noon)
	return redaction
}
