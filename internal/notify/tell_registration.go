package notify

import (
	"context"
	"fmt"

	"transformateur/internal/agenda/registration"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
)

// onRegistration tells somebody what became of her asking to come, while it still stands so:
// who withdrew meanwhile learns nothing.
func (s *Service) onRegistration(ctx context.Context, tx *db.Tx, e event.Event) error {
	state, path := string(registration.Asked), "/registration"
	template := "registration_promoted"
	switch e.Kind {
	case registration.ToldAccepted:
		state, path, template = string(registration.Accepted), "", "registration_accepted"
	case registration.ToldDeclined:
		state, template = string(registration.Declined), "registration_declined"
	}
	var id, person, lang string
	err := tx.QueryRow(ctx, `select x.gathering_id, p.id, p.lang from registrations x join people p on p.id = x.person_id
		where x.id = $1 and x.state = $2 and p.disabled_at is null`, e.ObjectID, state).Scan(&id, &person, &lang)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read registration %s: %w", e.ObjectID, err)
	}
	g, err := gathering.Load(ctx, tx, gathering.ID(id))
	if err != nil {
		return err
	}
	day, err := firstDay(g, lang)
	if err != nil {
		return err
	}
	return s.Enqueue(ctx, tx, Mail{PersonID: person, Template: template, Key: template + ":" + e.ObjectID, Object: g.Object().Ref, Scope: policy.Ref{Kind: "edition", ID: string(g.Edition)},
		Args: map[string]string{"What": g.Title, "Instant": day, "Link": s.opt.BaseURL + "/gatherings/" + id + path}})
}
