package app

import (
	"time"

	"transformateur/internal/policy"
)

// inSelection puts in each selection of the matrix what its other rooms need.
var inSelection []func(w *world, id string, params map[string]string)

func init() {
	fixtures["selection"] = fixture{[]moment{{policy.Admissibility, "preparation"}, {policy.Evaluation, "reading"}, {policy.Deliberation, "deliberation"}, {policy.Embargo, "decided"}, {policy.Announced, "announced"}}, (*world).selection}
	fixtures["seat"] = fixture{always, (*world).seat}
	alsoJudged["POST /applications/{id}/opposition/withdraw"] = "the opposition that is taken back"
}

// selection is the first round of a closed call, with a member who stepped aside from a
// file, another one who was invited, and a file that nobody stepped aside from.
func (w *world) selection(m moment) made {
	call := w.call(moment{max(m.stage, policy.Admissibility), "published"})
	id, seat, waits, recusal := w.name("selection"), w.name("seat"), w.name("seat"), w.name("recusal")
	phase := 0
	if m.state != "preparation" {
		phase = int(m.stage)
	}
	w.exec(`insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, confidentiality_fr, confidentiality_en, version, created_at, created_by)
		values ($1, $2, 1, $1, $1, $3, 'open', 'own', false, true, 1, 'Je garde le silence.', 'I keep silent.', 1, $4, 'system')`, id, call.ID, m.state, noon)
	w.seatIn(id, seat, "sitting", "")
	w.seatIn(id, waits, "invited", w.invitation(waits))
	var files []string
	for i := range 2 {
		file := w.name("application")
		w.exec(`insert into applications (id, call_id, number, title, status, form_revision, created_by, created_at, updated_at, submitted_at, selection_id, phase)
			values ($1, $2, $3, $1, 'submitted', 1, 'system', $4, $4, $4, $5, $6)`, file, call.ID, 100+i, noon.Add(-2*time.Hour), id, phase)
		w.exec(`insert into admissibility (application_id, verdict, reason, decided_by, decided_at, version) values ($1, 'admissible', '', 'system', $2, 1)`, file, noon)
		files = append(files, file)
	}
	w.exec(`insert into recusals (id, selection_id, application_id, member_id, status, found_at, declared_by, waived_by, waiver_reason, version)
		values ($1, $2, $3, $4, 'standing', $5, 'system', '', '', 1)`, recusal, id, files[0], seat, noon)
	w.exec(`insert into recusal_causes (id, recusal_id, kind, source, detail, added_by, added_at) values ($1, $2, 'family', 'member', '', 'system', $3)`, w.name("cause"), recusal, noon)
	made := w.made(ref("selection", id), m, append([]policy.Ref{call.Ref}, call.Within...)...)
	made.params = map[string]string{"{member}": waits, "{title}": files[1], "{recusal}": recusal}
	for _, put := range inSelection {
		put(w, id, made.params)
	}
	return made
}

// seatIn adds a seat to a selection.
func (w *world) seatIn(selection, id, status, invitation string) {
	w.exec(`insert into committee_members (id, selection_id, invitation_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, confidentiality, reason, version)
		values ($1, $2, $3, $4, $1, 'member', $5, '[]', '[]', 0, 0, 'system', $6, '', '', 1)`, id, selection, invitation, id+"@example.org", status, noon)
}

// invitation waits for an answer.
func (w *world) invitation(id string) string {
	name := w.name("invitation")
	w.exec(`insert into invitations (id, token_hash, email, lang, relation, object_kind, object_id, object_name, message, invited_by, created_at, sent_at, expires_at)
		values ($1, $1, $2, 'fr', 'seat', 'seat', $3, $3, '', 'system', $4, $4, $5)`, name, id+"@example.org", id, noon, noon.Add(240*time.Hour))
	return name
}

// seat is a place in a committee whose invitation was taken up and waits for the commitment.
func (w *world) seat(m moment) made {
	selection := w.selection(moment{policy.Admissibility, "preparation"})
	id := w.name("seat")
	w.seatIn(selection.ID, id, "invited", w.invitation(id))
	return w.made(ref("seat", id), m)
}
