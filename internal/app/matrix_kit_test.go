package app

import (
	"transformateur/internal/board/kit"
	"transformateur/internal/policy"
)

func init() {
	fixtures["kit"] = fixture{[]moment{{policy.Preparation, "draft"}, {policy.Preparation, "published"}, {policy.Preparation, "retired"}}, (*world).kit}
}

// kit is one that ships, taken to the shelf of an edition.
func (w *world) kit(m moment) made {
	edition := w.edition(moment{0, "published"})
	id := w.name("kit")
	body := string(kit.Shipped()[0].Encode())
	version := 0
	if m.state != "draft" {
		version = 1
	}
	w.exec(`insert into kits (id, edition_id, title, draft, revision, version, published_revision, created_at, created_by, updated_at, updated_by) values ($1, $2, $1, $3, 2, $4, $4, $5, 'system', $5, 'system')`,
		id, edition.ID, body, version, noon)
	if version > 0 {
		w.exec(`insert into kit_versions (id, kit_id, number, body, published_at, published_by) values ($1, $2, 1, $3, $4, 'system')`, w.name("version"), id, body, noon)
	}
	if m.state == "retired" {
		w.exec(`update kits set retired_at = $2 where id = $1`, id, noon)
	}
	made := w.made(ref("kit", id), m, append([]policy.Ref{edition.Ref}, edition.Within...)...)
	made.params["{part}"] = "zones"
	return made
}
