package app

import "transformateur/internal/review/rubric"

func init() {
	inSelection = append(inSelection, func(w *world, id string, params map[string]string) { params["{redaction}"] = w.inReading(id) })
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
