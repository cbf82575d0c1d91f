package app

func init() {
	widen("project", func(w *world, made made) {
		author, id := w.name("sponsors"), w.name("visit")
		w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, author, noon)
		w.exec(`insert into visits (id, project_id, person_id, day, place, by_video, met_whom, shared, made_at, changed_at, version) values ($1, $2, $3, '2027-03-05', 'Caen', $4, 'Ana', 'Un bon début', $5, $5, 1)`, id, made.ID, author, false, noon)
		made.params["{visit}"] = id
	})
	for _, pattern := range []string{"GET /projects/{id}/visits/{visit}", "POST /projects/{id}/visits/{visit}", "POST /projects/{id}/visits/{visit}/remove"} {
		alsoJudged[pattern] = "who wrote the visit"
	}
}
