package app

// It stands after the fixture of projects, which it adds to.
func init() {
	widen("project", func(w *world, made made) {
		id, helper, guest := w.name("booking"), w.name("helps"), w.name("meets")
		for _, one := range []string{helper, guest} {
			w.exec(`insert into people (id, name, lang, zone, created_at) values ($1, $1, 'fr', 'Europe/Paris', $2)`, one, noon)
		}
		w.meeting(id, made.ID, [2]string{helper, guest}, "booked")
		made.params["{booking}"] = id
	})
}
