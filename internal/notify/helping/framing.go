package helping

import (
	"context"
	"fmt"

	"transformateur/internal/factory"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// onFraming tells who leads an edition that a framing waits for an answer, and a team what
// was answered. What changed meanwhile tells nobody anything.
func (s *Mails) onFraming(ctx context.Context, tx *db.Tx, e event.Event) error {
	var about, status, reasons, by string
	err := tx.QueryRow(ctx, `select f.project_id, f.status, f.reasons, coalesce(h.name, '') from factory_sheets f left join people h on f.answered_by = 'person:' || h.id where f.id = $1`, e.ObjectID).Scan(&about, &status, &reasons, &by)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read framing %s: %w", e.ObjectID, err)
	}
	p, err := project.Load(ctx, tx, project.ID(about))
	if err != nil {
		return err
	}
	args := map[string]string{"What": p.Title, "Link": s.baseURL + "/projects/" + about + "/framing"}
	switch status := factory.Status(status); {
	case e.Kind == factory.ToldSubmitted && status == factory.Submitted:
		return s.tellLeads(ctx, tx, p, notify.Mail{Template: "framing_submitted", Key: "framing_submitted:" + e.ID, Args: args})
	case e.Kind == factory.ToldAnswered && status == factory.Approved:
		args["Author"] = by
		return s.tellTeam(ctx, tx, p, notify.Mail{Template: "framing_approved", Key: "framing_approved:" + e.ID, Args: args})
	case e.Kind == factory.ToldAnswered && status == factory.Returned:
		args["Author"], args["Reasons"] = by, reasons
		return s.tellTeam(ctx, tx, p, notify.Mail{Template: "framing_returned", Key: "framing_returned:" + e.ID, Args: args})
	}
	return nil
}

// tellLeads writes to who approves framings in the edition of a project: those named on it,
// or on what it is part of.
func (s *Mails) tellLeads(ctx context.Context, tx *db.Tx, p project.Project, m notify.Mail) error {
	key := m.Key
	for _, place := range p.Object().Within {
		list, err := db.List(ctx, tx, db.Value[string], `select distinct p.id from relations r join people p on p.id = r.subject_id join addresses a on a.person_id = p.id and a.main
			where r.subject_kind = 'person' and r.relation in ('lead', 'region') and r.object_kind = $1 and r.object_id = $2 and r.revoked_at is null and r.valid_from <= $3 and (r.valid_until is null or r.valid_until > $3) and p.disabled_at is null order by p.id`,
			place.Kind, place.ID, s.clock.Now())
		if err != nil {
			return fmt.Errorf("find who leads %s: %w", p.Edition, err)
		}
		for _, one := range list {
			m.PersonID, m.Key, m.Object, m.Scope = one, key+":"+one, p.Object().Ref, policy.Ref{Kind: "edition", ID: string(p.Edition)}
			if err := s.outbox.Enqueue(ctx, tx, m); err != nil {
				return err
			}
		}
		if len(list) > 0 { // who is nearest answers: those above are not told of every project
			return nil
		}
	}
	return nil
}
