package app

import (
	"time"

	"transformateur/internal/policy"
)

func init() {
	fixtures["approval"] = fixture{[]moment{{0, "waiting"}, {0, "open"}, {0, "decided"}}, (*world).approval}
}

// approval is an administrator's request to read a file.
func (w *world) approval(m moment) made {
	file := w.application(moment{policy.Admissibility, "submitted"})
	id, relation := w.name("approval"), ""
	asker, _ := w.person()
	status, expires, until := "waiting", noon.Add(48*time.Hour), time.Time{}
	switch m.state {
	case "open":
		status, until, relation = "approved", noon.Add(time.Hour), w.name("relation")
		w.exec(`insert into relations (id, subject_kind, subject_id, relation, object_kind, object_id, valid_from, valid_until, granted_by, reason, granted_at)
			values ($1, 'person', $2, 'emergency', 'application', $3, $4, $5, 'system', $6, $4)`, relation, asker, file.ID, noon.Add(-time.Minute), until, "approval:"+id)
	case "decided":
		status = "refused"
	}
	w.exec(`insert into approvals (id, kind, object_kind, object_id, reason, asked_by, asked_at, expires_at, status, note, opens_until, relation_id)
		values ($1, 'emergency', 'application', $2, 'matrix', $3, $4, $5, $6, '', $7, $8)`, id, file.ID, asker, noon.Add(-time.Hour), expires, status, until, relation)
	made := w.made(ref("approval", id), m, file.Within...)
	made.Flags["emergency"] = true
	return made
}
