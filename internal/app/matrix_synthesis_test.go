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
		w.exec(`insert into partners (id, edition_id, invitation_id, email, name, organisation, status, added_by, added_at, removed_by) values ($1, $2, '', $3, $1, 'Région', 'invited', 'system', $4, '')`, id, edition, id+"@example.org", noon)
		made.params["{line}"], made.params["{partner}"] = line, id
	})
	alsoJudged["GET /editions/{id}/partners/projects"] = "who is a partner of the edition as well as holding its relation"
	alsoJudged["POST /editions/{id}/partners/projects/export"] = "who is a partner of the edition as well as holding its relation"
	unfilled["{export}"] = "only the partner who took it finds it: the tests of internal/debrief/synthesis try the others"
}
