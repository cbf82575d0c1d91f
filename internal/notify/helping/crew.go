package helping

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/factory/crew"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// onCrew tells somebody that she is asked to join a crew, or that her place ends early; and
// who asked her what she answers. What changed meanwhile tells nobody anything.
func (s *Mails) onCrew(ctx context.Context, tx *db.Tx, e event.Event) error {
	var place struct{ project, person, name, status, words, asker string }
	err := tx.QueryRow(ctx, `select c.project_id, c.person_id, h.name, c.status, c.words, coalesce(a.id, '') from crew_places c join people h on h.id = c.person_id
		left join people a on c.asked_by = 'person:' || a.id where c.id = $1`, e.ObjectID).Scan(&place.project, &place.person, &place.name, &place.status, &place.words, &place.asker)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read place %s: %w", e.ObjectID, err)
	}
	p, err := project.Load(ctx, tx, project.ID(place.project))
	if err != nil {
		return err
	}
	m := notify.Mail{PersonID: place.person, Object: p.Object().Ref, Scope: policy.Ref{Kind: "edition", ID: string(p.Edition)}, Args: map[string]string{"What": p.Title, "Link": s.baseURL + "/crews"}}
	switch status := crew.Status(place.status); {
	case e.Kind == crew.ToldAsked && status == crew.Asked:
		m.Template = "crew_asked"
	case e.Kind == crew.ToldEnded && status == crew.Ended:
		m.Template, m.Args["Message"] = "crew_ended", place.words
	case e.Kind == crew.ToldAnswered && place.asker != "" && account.PersonID(place.asker) != account.PersonID(place.person):
		m.Template, m.PersonID = "crew_answered", place.asker
		m.Args["Author"], m.Args["Link"] = place.name, s.baseURL+"/projects/"+place.project+"/crew"
	default:
		return nil
	}
	m.Key = m.Template + ":" + e.ID
	return s.outbox.Enqueue(ctx, tx, m)
}
