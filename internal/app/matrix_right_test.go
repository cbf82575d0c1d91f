package app

func init() {
	unfilled["{ask}"] = "only the expert it was sent to finds it: the tests of internal/support/right try the others"
	widen("programme", func(w *world, made made) {
		id := w.name("expert")
		w.exec(`insert into experts (id, programme_id, invitation_id, email, name, organisation, subjects, languages, territory, availability, partner, day_cents, capacity_minutes, capacity_from, capacity_until, status, added_by, added_at, version)
			values ($1, $2, '', $3, $1, '', '["paie"]', '[]', '', '', '', 0, 0, '', '', 'invited', 'system', $4, 1)`, id, made.ID, id+"@example.org", noon)
		made.params["{expert}"] = id
	})
	widen("edition", func(w *world, made made) { made.params["{fund}"] = w.rightFund(made.ID) })
	widen("project", func(w *world, made made) {
		var edition string
		for _, ref := range made.Within {
			if ref.Kind == "edition" {
				edition = ref.ID
			}
		}
		id := w.name("request")
		w.exec(`insert into right_requests (id, project_id, fund_id, subject, purpose, minutes, urgency, language, status, consumed, missed_side, reason, asked_by, asked_at, ended_by, version)
			values ($1, $2, $3, 'Paie', 'Lire', 60, 'calm', '', 'open', 0, '', '', 'system', $4, '', 1)`, id, made.ID, w.rightFund(edition), noon)
		made.params["{request}"] = id
	})
}

// widen adds to what a fixture makes.
func widen(kind string, more func(w *world, made made)) {
	f := fixtures[kind]
	before := f.make
	f.make = func(w *world, m moment) made {
		made := before(w, m)
		more(w, made)
		return made
	}
	fixtures[kind] = f
}

// rightFund is a fund of an edition.
func (w *world) rightFund(edition string) string {
	id := w.name("fund")
	w.exec(`insert into right_funds (id, edition_id, funder, name, subjects, first_day, last_day, day_minutes, day_cents, ceiling_minutes, notice_hours, missed_rule, made_by, made_at)
		values ($1, $2, 'Région', $1, '[]', '2027-01-01', '2027-12-31', 420, 0, 600, 48, 'consume', 'system', $3)`, id, edition, noon)
	return id
}
