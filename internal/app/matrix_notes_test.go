package app

func init() {
	f := fixtures["gathering"]
	gathering := f.make
	f.make = func(w *world, m moment) made {
		made := gathering(w, m)
		project, item := w.name("coached"), w.name("agreed")
		w.exec(`insert into projects (id, edition_id, title, summary, status, version, created_at, created_by, updated_at) select $1, edition_id, $1, '', 'active', 1, $2, 'system', $2 from gatherings where id = $3`, project, noon, made.ID)
		w.exec(`insert into project_items (id, project_id, kind, title, detail, level_label, owner, due, body, board_id, card_id, state, made_by, created_at, updated_at)
			values ($1, $2, 'action', 'Appeler', '', '', '', '', '{"who":"team"}', $3, $1, 'standing', '', $4, $4)`, item, project, "coaching:"+made.ID, noon)
		seat, brought := w.name("brings"), w.name("deposit")
		w.exec(`insert into participants (id, gathering_id, email, name, role, organisation, added_by, added_at, joined_at, left_by, version) values ($1, $2, '', $1, 'peer', '', 'system', $3, $3, '', 1)`, seat, made.ID, noon)
		w.exec(`insert into gathering_deposits (id, gathering_id, activity, participant_id, title, credit, people, scope, kind, mime, name, digest, size, width, height, added_at, withdrawn_by, version)
			values ($1, $2, '', $3, 'Un panneau', 'Campus', 'nobody', 'programme', 'document', 'text/plain', 'panneau.txt', $4, 3, 0, 0, $5, '', 1)`, brought, made.ID, seat, w.blob, noon)
		w.exec(`insert into tasters (gathering_id, speaker, link, from_minute, to_minute, version, updated_at) values ($1, '', '', 750, 810, 1, $2)`, made.ID, noon)
		made.params["{deposit}"] = brought
		made.params["{project}"], made.params["{item}"], made.params["{sitting}"] = project, item, "outside"
		return made
	}
	fixtures["gathering"] = f
	unfilled["{taster}"] = "whoever reads may read one that is announced: page tests try the others"
	for _, pattern := range []string{"GET /gatherings/{id}/deposits/{deposit}", "GET /gatherings/{id}/deposits/{deposit}/file", "POST /gatherings/{id}/deposits/{deposit}", "POST /gatherings/{id}/deposits/{deposit}/withdraw"} {
		alsoJudged[pattern] = "who brought something, how far she lets it go, and a seat"
	}
	p := fixtures["project"]
	written := p.make
	p.make = func(w *world, m moment) made {
		made, item := written(w, m), w.name("action")
		w.exec(`insert into project_items (id, project_id, kind, title, detail, level_label, owner, due, body, board_id, card_id, state, made_by, created_at, updated_at)
			values ($1, $2, 'action', 'Appeler', '', '', '', '', '{}', 'board', $1, 'standing', '', $3, $3)`, item, made.ID, noon)
		made.params["{item}"] = item
		return made
	}
	fixtures["project"] = p
	for _, pattern := range []string{"GET /gatherings/{id}/coaching/{project}", "GET /gatherings/{id}/coaching/{project}/notes/{sitting}", "POST /gatherings/{id}/coaching/{project}/agreed", "POST /gatherings/{id}/coaching/{project}/agreed/{item}",
		"POST /gatherings/{id}/coaching/{project}/notes/{sitting}", "POST /gatherings/{id}/coaching/{project}/notes/{sitting}/save"} {
		alsoJudged[pattern] = "whom somebody accompanies, and the team of the project"
	}
}
