package app

func init() {
	gathering := fixtures["gathering"].make
	f := fixtures["gathering"]
	f.make = func(w *world, m moment) made {
		made := gathering(w, m)
		said := w.name("announcement")
		w.exec(`insert into agenda_announcements (id, gathering_id, body, said_by, said_at, ended_by) values ($1, $2, $1, 'system', $3, '')`, said, made.ID, noon)
		made.params["{announcement}"] = said
		return made
	}
	fixtures["gathering"] = f
	alsoJudged["POST /gatherings/{id}/now/read"] = "the seat of who reads, and what was published"
}
