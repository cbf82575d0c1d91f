package app

import "transformateur/internal/policy"

func init() {
	fixtures["booking"] = fixture{[]moment{{policy.Preparation, "booked"}}, (*world).booking}
	const meets = "who helps the project, and its team"
	for _, pattern := range []string{"GET /bookings/{id}", "GET /bookings/{id}/meeting.ics", "POST /bookings/{id}/move", "POST /bookings/{id}/cancel", "POST /bookings/{id}/refuse", "POST /bookings/{id}/held", "POST /bookings/{id}/missed", "POST /bookings/{id}/notes",
		"GET /projects/{id}/bookings", "POST /projects/{id}/bookings", "POST /projects/{id}/bookings/agreed", "POST /projects/{id}/bookings/proposals", "POST /projects/{id}/bookings/proposals/{proposal}/pick", "POST /projects/{id}/bookings/proposals/{proposal}/drop"} {
		alsoJudged[pattern] = meets
	}
	unfilled["{proposal}"] = "whoever may answer one may answer any of the project: the service's tests try the others"
}

// booking is a meeting of two people who are nobody else.
func (w *world) booking(m moment) made {
	p := w.project(moment{policy.Preparation, "active"})
	id, helper, guest := w.name("booking"), w.name("helps"), w.name("meets")
	for _, one := range []string{helper, guest} {
		w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, one, noon)
	}
	w.meeting(id, p.ID, [2]string{helper, guest}, m.state)
	return w.made(ref("booking", id), m)
}

// meeting writes a meeting of a helper and a guest down, in a month.
func (w *world) meeting(id, of string, who [2]string, state string) {
	w.exec(`insert into bookings (id, project_id, helper_id, guest_id, about_kind, about_id, origin, subject, starts_at, ends_at, place, video, notice, state, sequence, made_by, made_at, changed_at, ended_by, ended_before, late, reason, helper_minutes, guest_minutes, missing, notes, version)
		values ($1, $2, $3, $4, '', '', 'slot', 'Le budget', $5, $6, '', '', 0, $7, 0, $4, $8, $8, '', 0, $9, '', 0, 0, '', '', 1)`, id, of, who[0], who[1], noon.AddDate(0, 1, 0), noon.AddDate(0, 1, 0).Add(1800e9), state, noon, false)
}
