package app

import "transformateur/internal/policy"

func init() {
	fixtures["scheme"] = fixture{[]moment{{policy.Preparation, "draft"}, {policy.Preparation, "published"}, {policy.Preparation, "archived"}}, (*world).scheme}
	unfilled["{scheme}"] = "whoever reads a project may read one of its agency: page tests try them"
}

// scheme stands in the catalogue of an agency.
func (w *world) scheme(m moment) made {
	agency := w.agency(moment{})
	id := w.name("scheme")
	w.exec(`insert into schemes (id, agency_id, name, folded, state, valid_from, valid_to, sheet, checked_on, checked_by, version, created_at, created_by, updated_at)
		values ($1, $2, $1, $1, $3, '', '', '{"name":"Conseil"}', '', '', 1, $4, 'system', $4)`, id, agency.ID, m.state, noon)
	return w.made(ref("scheme", id), m, agency.Ref)
}
