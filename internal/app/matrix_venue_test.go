package app

func init() {
	gathering := fixtures["gathering"].make
	f := fixtures["gathering"]
	f.make = func(w *world, m moment) made {
		made := gathering(w, m)
		id := w.name("venue")
		w.exec(`insert into venues (id, gathering_id, label, key_digest, created_at, created_by, revoked_by) values ($1, $2, $1, $1, $3, 'system', '')`, id, made.ID, noon)
		made.params["{venue}"] = id
		return made
	}
	fixtures["gathering"] = f
}
