package app

func init() {
	f := fixtures["edition"]
	edition := f.make
	f.make = func(w *world, m moment) made {
		made := edition(w, m)
		w.exec(`insert into report_versions (edition_id, number, content, note, made_at, made_by, shared, published_by) values ($1, 1, '{}', '', $2, 'system', 'public', '')`, made.ID, noon)
		made.params["{number}"] = "1"
		return made
	}
	fixtures["edition"] = f
}
