package app

import "transformateur/internal/policy"

func init() {
	fixtures["scheme"] = fixture{[]moment{{policy.Preparation, "draft"}, {policy.Preparation, "published"}, {policy.Preparation, "archived"}}, (*world).scheme}
	p := fixtures["project"]
	written := p.make
	p.make = func(w *world, m moment) made {
		made := written(w, m)
		id := w.name("offered")
		w.exec(`insert into schemes (id, agency_id, name, folded, state, valid_from, valid_to, sheet, checked_on, checked_by, version, created_at, created_by, updated_at)
			select $1, m.agency_id, $1, $1, 'published', '', '', '{"name":"Conseil"}', '', '', 1, $2, 'system', $2
			from projects p join editions e on e.id = p.edition_id join programmes m on m.id = e.programme_id where p.id = $3`, id, noon, made.ID)
		made.params["{scheme}"] = id
		return made
	}
	fixtures["project"] = p
}

// scheme stands in the catalogue of an agency.
func (w *world) scheme(m moment) made {
	agency := w.agency(moment{})
	id := w.name("scheme")
	w.exec(`insert into schemes (id, agency_id, name, folded, state, valid_from, valid_to, sheet, checked_on, checked_by, version, created_at, created_by, updated_at)
		values ($1, $2, $1, $1, $3, '', '', '{"name":"Conseil"}', '', '', 1, $4, 'system', $4)`, id, agency.ID, m.state, noon)
	w.exec(`insert into scheme_procedures (scheme_id, address, form, mapping, brought_by, brought_at, version)
		values ($1, 'https://site.example/commencer/conseil', '{"number":1,"title":"Conseil","fields":[{"id":"a","label":"Titre","kind":"line"}]}', '{}', 'system', $2, 1)`, id, noon)
	return w.made(ref("scheme", id), m, agency.Ref)
}
