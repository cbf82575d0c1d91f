package app

func init() {
	widen("edition", func(w *world, made made) {
		id := w.name("survey")
		w.exec(`insert into surveys (id, edition_id, kind, title, form, base_day, due_day, status, version, created_at, created_by)
			values ($1, $2, 'satisfaction', $1, '{"version":1,"steps":[{"id":"one","title":{"fr":"Une"},"fields":[{"id":"kept","type":"longtext","label":{"fr":"Quoi ?"}}]}]}', '2027-03-06', '2027-03-07', 'draft', 1, $3, 'system')`, id, made.ID, noon)
		made.params["{survey}"] = id
	})
}
