package app

func init() {
	gathering := fixtures["gathering"].make
	f := fixtures["gathering"]
	f.make = func(w *world, m moment) made {
		made := gathering(w, m)
		plan := w.name("plan")
		w.exec(`insert into agenda_plans (id, gathering_id, number, state, running_order, body, based_on, reason, account, version, made_by, made_at, published_by) values ($1, $2, 1, 'draft', $3, $4, '', '', '', 1, 'system', $5, '')`, plan, made.ID,
			`{"version":1,"days":["2027-03-05","2027-03-06"],"activities":[{"id":"a1","kind":"plenary","day":0,"from":540,"to":600}]}`, `{"version":1,"sittings":[{"id":"s1","activity":"a1","day":0,"from":540,"to":600,"all":true}]}`, noon)
		made.params["{plan}"], made.params["{sitting}"] = plan, "s1"
		return made
	}
	fixtures["gathering"] = f
}
