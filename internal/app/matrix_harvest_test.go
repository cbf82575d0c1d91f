package app

func init() {
	a := fixtures["agency"]
	opened := a.make
	a.make = func(w *world, m moment) made {
		made := opened(w, m)
		id := w.name("list")
		w.exec(`insert into scheme_imports (id, agency_id, kind, list, list_key, page_address, licence, file_name, heads, mapping, publish, whole, state, row_count, started_by, started_at, ended_by, version)
			values ($1, $2, 'table', 'Liste', 'liste', '', '', 'liste.csv', '["id","nom"]', '["number","name"]', $3, $3, 'waiting', 1, 'system', $4, '', 1)`, id, made.ID, false, noon)
		w.exec(`insert into scheme_import_rows (import_id, line, cells, left_out, outcome, number, name, problems) values ($1, 2, '["1","Aide"]', $2, '', '', '', '[]')`, id, false)
		if made.params == nil {
			made.params = map[string]string{}
		}
		made.params["{import}"] = id
		return made
	}
	fixtures["agency"] = a
}
