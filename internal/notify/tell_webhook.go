package notify

import (
	"context"
	"fmt"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/webhook"
)

// onWebhook tells the leads, and whoever set it up, that an endpoint stopped by itself.
func (s *Service) onWebhook(ctx context.Context, tx *db.Tx, e event.Event) error {
	var p webhook.DisabledEvent
	if err := e.Read(&p); err != nil {
		return err
	}
	var name, owner string
	var on policy.Ref
	if err := tx.QueryRow(ctx, `select name, owner_id, object_kind, object_id from webhooks where id = $1`, e.ObjectID).Scan(&name, &owner, &on.Kind, &on.ID); err != nil {
		return fmt.Errorf("find the endpoint that stopped: %w", err)
	}
	people, err := db.List(ctx, tx, scanTold, `
		select distinct p.id, p.lang from people p left join relations r on r.subject_id = p.id and r.subject_kind = 'person' and r.relation = 'lead'
			and r.object_kind = $2 and r.object_id = $3 and r.revoked_at is null and r.valid_from <= $4 and (r.valid_until is null or r.valid_until > $4)
		where p.disabled_at is null and (r.id is not null or p.id = $1) order by p.id`, owner, on.Kind, on.ID, s.clock.Now())
	if err != nil {
		return fmt.Errorf("find who to tell that an endpoint stopped: %w", err)
	}
	for _, person := range people {
		m := Mail{PersonID: person.id, Template: "webhook_disabled", Key: "webhook_disabled:" + e.ID + ":" + person.id, Object: on, Scope: on,
			Args: map[string]string{"What": name, "Result": i18n.Say(i18n.Parse(person.lang), p.Reason), "Link": s.opt.BaseURL + "/webhooks/" + e.ObjectID}}
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}
