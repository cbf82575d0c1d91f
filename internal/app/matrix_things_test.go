package app

import (
	"fmt"
	"strconv"
)

// inCall puts in a call one of each thing that addresses name, and says their names.
func (w *world) inCall(id string) map[string]string {
	document, question, view, label := w.name("document"), w.name("question"), w.name("view"), w.name("label")
	w.exec(`insert into labels (id, call_id, name, colour) values ($1, $2, $1, 'blue')`, label, id)
	w.exec(`insert into call_documents (id, call_id, name, size, digest, mime, position, added_by, added_at)
		values ($1, $2, 'reglement.pdf', 8, $3, 'application/pdf', 1, 'system', $4)`, document, id, w.blob, noon)
	w.exec(`insert into questions (id, call_id, asked_by, question, public, asked_at, answer, answered_by, version)
		values ($1, $2, 'system', 'Pourquoi ?', false, $3, '', '', 1)`, question, id, noon)
	w.exec(`insert into saved_views (id, call_id, person_id, name, query, shared, saved_at) values ($1, $2, 'system', $1, '', false, $3)`, view, id, noon)
	imported := w.name("import")
	w.exec(`insert into imports (id, call_id, source, origin, file_name, digest, heads, mapping, options, status, row_count, started_by, started_at, applied_by, version)
		values ($1, $2, 'table', 'Ailleurs', 'export.csv', '', '{"columns":["ID"]}', '{"columns":["@number"]}', '{}', 'done', 0, 'system', $3, '', 1)`, imported, id, noon)
	return map[string]string{"{import}": imported, "{document}": document, "{question}": question, "{view}": view, "{label}": label, "{section}": "text", "{name}": "receipt",
		"fields/{part}": "summary", "steps/{part}": "project", "rules/{part}": "size"} // of applicationtest.Form
}

// inFile puts in a file one of each thing that addresses name, and says their names.
func (w *world) inFile(id string) map[string]string {
	attachment, comment := w.name("attachment"), w.name("comment")
	mate, _ := w.person()
	w.grant(mate, "editor", ref("application", id), noon, noon.AddDate(9, 0, 0))
	w.exec(`insert into attachments (id, application_id, field, name, size, digest, kind, mime, status, problems, clean_digest, clean_size, uploaded_by, uploaded_at, checked_at)
		values ($1, $2, 'annex', 'annexe.pdf', 8, $3, 'pdf', 'application/pdf', 'clean', '[]', $3, 8, 'system', $4, $4)`, attachment, id, w.blob, noon)
	w.exec(`insert into application_comments (id, application_id, field, author, body, at) values ($1, $2, 'summary', 'system', 'À revoir', $3)`, comment, id, noon)
	number := w.n
	w.exec(`insert into receipts (number, application_id, kind, at, body, digest, previous, signature, key_id) values ($1, $2, 'deposit', $3, $4, '', '', '', '')`,
		number, id, noon, fmt.Sprintf(`{"number":%d,"received_at":"2027-03-05T11:00:00.000Z","application":{"id":%q}}`, number, id))
	return map[string]string{"{file}": attachment, "{attachment}": attachment, "{comment}": comment, "{enclosure}": w.name("enclosure"), "{person}": mate, "{number}": strconv.Itoa(number)}
}
