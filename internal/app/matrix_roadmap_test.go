package app

func init() {
	p := fixtures["project"]
	written := p.make
	p.make = func(w *world, m moment) made {
		made := written(w, m)
		id := w.name("planned")
		w.exec(`insert into roadmap_entries (id, project_id, kind, title, body, carried_by, starts_on, due_on, state, reason, item_id, version, created_at, created_by, updated_at, updated_by)
			values ($1, $2, 'action', $1, '', '', '', '', 'todo', '', '', 1, $3, 'system', $3, 'system')`, id, made.ID, noon)
		made.params["{entry}"] = id
		return made
	}
	fixtures["project"] = p
}
