package app

import (
	"time"

	"transformateur/internal/policy"
)

func init() {
	fixtures["opinion"] = fixture{[]moment{{policy.Preparation, "asked"}}, (*world).opinion}
	inSelection = append(inSelection, func(w *world, id string, params map[string]string) {
		params["{opinion}"] = w.asked(id, params["{title}"])
	})
}

// asked is an opinion that waits for an answer, on a file of a selection.
func (w *world) asked(selection, file string) string {
	id := w.name("opinion")
	w.exec(`insert into opinions (id, selection_id, application_id, email, name, status, question, form, attached, due_at, asked_by, asked_at, confidentiality, reason, version)
		values ($1, $2, $3, $4, $1, 'asked', 'Une question ?', $5, true, $6, 'system', $7, '', '', 1)`, id, selection, file, id+"@example.org",
		`{"version":1,"steps":[{"id":"opinion","title":{"fr":"Votre avis"},"fields":[{"id":"opinion","type":"longtext","label":{"fr":"Une question ?"},"required":true}]}]}`, noon.Add(240*time.Hour), noon)
	return id
}

// opinion is one whose invitation was taken up, and that waits for the commitment.
func (w *world) opinion(m moment) made {
	selection := w.selection(moment{policy.Evaluation, "reading"})
	return w.made(ref("opinion", w.asked(selection.ID, selection.params["{title}"])), m)
}
