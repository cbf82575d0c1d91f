package app

func init() {
	gathering := fixtures["gathering"].make
	f := fixtures["gathering"]
	f.make = func(w *world, m moment) made {
		made := gathering(w, m)
		room, absence, participant := w.name("room"), w.name("absence"), made.params["{participant}"]
		w.exec(`insert into agenda_rooms (id, gathering_id, name, site, capacity, access, equipment, note, link, position, version, created_at) values ($1, $2, $1, '', 0, '', '', '', '', 1, 1, $3)`, room, made.ID, noon)
		w.exec(`insert into agenda_absences (id, gathering_id, participant_id, day, from_minute, to_minute, noted_at, noted_by) values ($1, $2, $3, '2027-03-05', 0, 660, $4, 'system')`, absence, made.ID, participant, noon)
		w.exec(`insert into agenda_orders (gathering_id, body, version, updated_at, updated_by) values ($1, $2, 1, $3, 'system')`, made.ID,
			`{"version":1,"days":["2027-03-05","2027-03-06"],"activities":[{"id":"a1","kind":"plenary","day":0,"from":540,"to":600},{"id":"a2","kind":"free","day":0,"from":600,"to":630}]}`, noon)
		made.params["{room}"], made.params["{absence}"], made.params["{activity}"] = room, absence, "a1"
		return made
	}
	fixtures["gathering"] = f
	for _, pattern := range []string{"POST /gatherings/{id}/needs", "POST /gatherings/{id}/absences", "POST /gatherings/{id}/absences/{absence}/remove"} {
		alsoJudged[pattern] = "the seat of who speaks for herself"
	}
}
