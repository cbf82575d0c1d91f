package app

func init() {
	for _, name := range []string{"{slug}", "{edition}", "{programme}", "{picture}", "{resource}", "{rest...}"} {
		unfilled[name] = "what is in the showcase is for everybody, and nothing else answers at its addresses: the tests of internal/showcase and the worlds try what is not there yet"
	}
	widen("project", func(w *world, made made) {
		sheet, image := w.name("sheet"), w.name("image")
		w.exec(`insert into showcase_sheets (id, project_id, state, remark, public, version, begun_at, begun_by, asked_by, proposed_by, cleared_by, published_by, withdrawn_by) values ($1, $2, 'draft', '', '{"title":"Campus"}', 1, $3, 'system', '', '', '', '', '')`, sheet, made.ID, noon)
		for _, field := range []string{"title", "sentence"} {
			w.exec(`insert into showcase_fields (sheet_id, field, value, saved_at, saved_by, agreed_at, agreed_by) values ($1, $2, 'Campus', $3, 'system', $3, 'system')`, sheet, field, noon)
		}
		w.exec(`insert into showcase_pictures (id, sheet_id, alt, credit, digest, width, height, added_at, added_by, agreed_by) values ($1, $2, 'Une salle', 'Campus', $3, 1, 1, $4, 'system', '')`, image, sheet, w.blob, noon)
		made.params["{image}"] = image
	})
	widen("edition", func(w *world, made made) {
		image := w.name("image")
		w.exec(`insert into showcase_pictures (id, edition_id, alt, credit, digest, width, height, added_at, added_by, agreed_at, agreed_by) values ($1, $2, 'Une salle', 'Campus', $3, 1, 1, $4, 'system', $4, 'system')`, image, made.ID, w.blob, noon)
		made.params["{image}"] = image
	})
	widen("programme", func(w *world, made made) {
		id := w.name("resource")
		w.exec(`insert into showcase_resources (id, programme_id, kind, title, about, author, language, licence, link, name, mime, digest, size, state, version, added_at, added_by, updated_at)
			values ($1, $2, 'guide', 'Un guide', '', 'Agence', 'fr', 'cc0-1.0', 'https://example.org', '', '', '', 0, 'draft', 1, $3, 'system', $3)`, id, made.ID, noon)
		made.params["{resource}"] = id
	})
}
