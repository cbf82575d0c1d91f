package app

func init() {
	widen("edition", func(w *world, made made) {
		id := w.name("assembly")
		w.exec(`insert into assemblies (id, edition_id, title, held_on, place, state, spent, extra, beats, version, created_at, created_by) values ($1, $2, 'Réunion', '2027-05-05', '', 'planned', 0, 0, 1, 1, $3, 'system')`, id, made.ID, noon)
		made.params["{assembly}"] = id
	})
	widen("project", func(w *world, made made) {
		var edition string
		for _, ref := range made.Within {
			if ref.Kind == "edition" {
				edition = ref.ID
			}
		}
		id := w.name("proposal")
		w.exec(`insert into proposals (id, edition_id, project_id, partner_id, kind, body, quantity, valid_until, state, why, made_at, made_by, moved_at, moved_by, version) values ($1, $2, $3, $4, 'place', 'Une salle', '', '', 'offered', '', $5, 'system', $5, 'system', 1)`,
			id, edition, made.ID, made.params["{partner}"], noon)
		made.params["{given}"] = id
	})
	unfilled["{offered}"] = "only its partner and who runs the programme find it: the tests of internal/debrief/proposal try the others"
	for _, pattern := range []string{"GET /editions/{id}/offers", "POST /editions/{id}/offers", "GET /editions/{id}/offers/needs", "GET /editions/{id}/offers/needs.csv", "GET /editions/{id}/assemblies"} {
		alsoJudged[pattern] = "who is a partner of the edition as well as holding its relation"
	}
	for _, pattern := range []string{"GET /editions/{id}/assemblies/{assembly}", "GET /editions/{id}/assemblies/{assembly}/stream", "POST /editions/{id}/assemblies/{assembly}/say", "GET /editions/{id}/assemblies/{assembly}/account", "GET /editions/{id}/assemblies/{assembly}/account.csv"} {
		alsoJudged[pattern] = "which partners are named in the meeting"
	}
}
