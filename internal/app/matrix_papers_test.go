package app

func init() {
	f := fixtures["gathering"]
	gathering := f.make
	f.make = func(w *world, m moment) made {
		made := gathering(w, m)
		asks, registration := w.name("person"), w.name("registration")
		w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, asks, noon)
		w.exec(`insert into registration_desks (gathering_id, capacity, closes_on, about, version, updated_at, updated_by) values ($1, 900, '2027-03-06', '', 1, $2, 'system')`, made.ID, noon)
		w.exec(`insert into registrations (id, gathering_id, person_id, place, role, organisation, note, state, asked_at, decided_by, version) values ($1, $2, $3, 1, 'peer', '', '', 'asked', $4, '', 1)`, registration, made.ID, asks, noon)
		made.params["{registration}"] = registration
		return made
	}
	fixtures["gathering"] = f
	alsoJudged["POST /gatherings/{id}/registration/withdraw"] = "what somebody asked before"
	alsoJudged["POST /gatherings/{id}/papers/subscription"] = "the seat of whose agenda it is"
}
