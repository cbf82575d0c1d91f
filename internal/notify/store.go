package notify

import (
	"transformateur/internal/platform/db"
)

const columns = `m.id, m.dedupe_key, m.message_id, m.to_email, coalesce(m.person_id, ''), m.lang, m.template, m.subject, m.body, m.urgent, m.secret, m.discreet,
	m.object_kind, m.object_id, coalesce(m.call_id, ''), coalesce(m.edition_id, ''), coalesce(m.programme_id, ''), coalesce(m.agency_id, ''),
	m.batch_id, m.status, m.due_at, m.since_at, m.created_at, m.edited_at, m.edited_by, m.version, m.attempts, m.sent_at, m.problem, m.claimed_until`

func scanLetter(s db.Scanner) (l Letter, err error) {
	err = s.Scan(&l.ID, &l.Key, &l.MessageID, &l.To, &l.PersonID, &l.Lang, &l.Template, &l.Subject, &l.Body, &l.Urgent, &l.Secret, &l.Discreet,
		&l.Object.Kind, &l.Object.ID, &l.CallID, &l.EditionID, &l.Programme, &l.AgencyID,
		&l.Batch, &l.Status, &l.DueAt, &l.SinceAt, &l.CreatedAt, &l.EditedAt, &l.EditedBy, &l.Version, &l.Attempts, &l.SentAt, &l.Problem, &l.claimUntil)
	return l, err
}

func (l Letter) place() place { return place{l.CallID, l.EditionID, l.Programme, l.AgencyID} }
