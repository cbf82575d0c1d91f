package app

func init() {
	widen("edition", func(w *world, made made) {
		id := w.name("partner")
		w.exec(`insert into partners (id, edition_id, invitation_id, email, name, organisation, status, added_by, added_at, removed_by) values ($1, $2, '', $3, $1, 'Région', 'active', 'system', $4, '')`, id, made.ID, id+"@example.org", noon)
		made.params["{partner}"] = id
	})
	widen("project", func(w *world, made made) {
		var edition string
		for _, ref := range made.Within {
			if ref.Kind == "edition" {
				edition = ref.ID
			}
		}
		line, id := w.name("line"), w.name("partner")
		w.exec(`insert into syntheses (project_id, state, version, updated_at, updated_by) values ($1, 'ready', 1, $2, 'system')`, made.ID, noon)
		w.exec(`insert into synthesis_lines (id, project_id, part, body, help, addressee, origin, seq, state, version, made_at, made_by, updated_at) values ($1, $2, 'help', 'Un local', '', '', '', 1, 'standing', 1, $3, 'system', $3)`, line, made.ID, noon)
		w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, id, noon)
		w.exec(`insert into relations (id, subject_kind, subject_id, relation, object_kind, object_id, valid_from, granted_by, reason, granted_at) values ($1, 'person', $1, 'partner', 'edition', $2, $3, 'system', '', $3)`, id, edition, noon)
		w.exec(`insert into partners (id, edition_id, person_id, invitation_id, email, name, organisation, status, added_by, added_at, removed_by) values ($1, $2, $1, '', $3, $1, 'Région', 'active', 'system', $4, '')`, id, edition, id+"@example.org", noon)
		held := w.name("commitment")
		w.exec(`insert into commitments (id, edition_id, project_id, partner_id, what, due, contact, state, why, made_at, made_by, moved_at, confirmed_by, version) values ($1, $2, $3, $4, 'Une salle', '', '', 'promised', '', $5, 'system', $5, '', 1)`, held, edition, made.ID, id, noon)
		made.params["{commitment}"] = held
		made.params["{line}"], made.params["{partner}"] = line, id
	})
	for _, pattern := range []string{"GET /editions/{id}/commitments", "POST /editions/{id}/commitments", "GET /editions/{id}/commitments/account", "GET /editions/{id}/commitments/account.csv"} {
		alsoJudged[pattern] = "who is a partner of the edition as well as holding its relation"
	}
	unfilled["{promise}"] = "only its partner and who runs the programme find it: the tests of internal/debrief/commitment try the others"
	alsoJudged["GET /editions/{id}/partners/projects"] = "who is a partner of the edition as well as holding its relation"
	alsoJudged["POST /editions/{id}/partners/projects/export"] = "who is a partner of the edition as well as holding its relation"
	unfilled["{export}"] = "only the partner who took it finds it: the tests of internal/debrief/synthesis try the others"
}

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
