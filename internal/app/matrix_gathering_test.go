package app

import (
	"strings"

	"transformateur/internal/policy"
)

func init() {
	fixtures["gathering"] = fixture{[]moment{{policy.Preparation, "planned"}, {policy.Preparation, "open"}, {policy.Preparation, "closed"}}, (*world).gathering}
	fixtures["project"] = fixture{[]moment{{policy.Preparation, "active"}, {policy.Preparation, "left"}}, (*world).project}
	alsoJudged["POST /gatherings/{id}/leave"] = "the seat of who leaves"
	unfilled["{code}"] = "whoever holds it may come in: other tests try it"
}

// gathering has somebody who was invited and has not answered.
func (w *world) gathering(m moment) made {
	edition := w.edition(moment{0, "published"})
	id, invited := w.name("gathering"), w.name("participant")
	w.exec(`insert into gatherings (id, edition_id, title, about, place, zone, starts_on, ends_on, status, join_code, version, created_at, created_by)
		values ($1, $2, $1, '', 'Caen', 'Europe/Paris', '2027-03-05', '2027-03-06', $3, $4, 1, $5, 'system')`, id, edition.ID, m.state, strings.ToUpper(id), noon)
	w.exec(`insert into participants (id, gathering_id, email, name, role, organisation, added_by, added_at, left_by, version)
		values ($1, $2, $3, $1, 'peer', '', 'system', $4, '', 1)`, invited, id, invited+"@example.org", noon)
	made := w.made(ref("gathering", id), m, append([]policy.Ref{edition.Ref}, edition.Within...)...)
	made.params["{participant}"] = invited
	return made
}

// project was written down by hand, and a board gave it a lock.
func (w *world) project(m moment) made {
	edition := w.edition(moment{0, "published"})
	id := w.name("project")
	w.exec(`insert into projects (id, edition_id, title, summary, status, version, created_at, created_by, updated_at) values ($1, $2, $1, '', $3, 1, $4, 'system', $4)`, id, edition.ID, m.state, noon)
	w.exec(`insert into project_items (id, project_id, kind, title, detail, level_label, owner, due, body, board_id, card_id, state, made_by, created_at, updated_at)
		values ($1, $2, 'lock', 'Un verrou', '', '', '', '', '{}', 'board', $1, 'standing', '', $3, $3)`, w.name("item"), id, noon)
	return w.made(ref("project", id), m, append([]policy.Ref{edition.Ref}, edition.Within...)...)
}
