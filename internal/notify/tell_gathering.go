package notify

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// onSeat tells somebody that a seat was taken for her in a gathering, with her project's
// team: who accepts an invitation or types a code knows it already.
func (s *Service) onSeat(ctx context.Context, tx *db.Tx, e event.Event) error {
	var id, person, lang string
	err := tx.QueryRow(ctx, `select s.gathering_id, p.id, p.lang from participants s join people p on p.id = s.person_id
		where s.id = $1 and s.left_at is null and p.disabled_at is null`, e.ObjectID).Scan(&id, &person, &lang)
	if errs.Is(err, errs.NotFound) { // she left meanwhile
		return nil
	}
	if err != nil {
		return fmt.Errorf("read seat %s: %w", e.ObjectID, err)
	}
	g, err := gathering.Load(ctx, tx, gathering.ID(id))
	if err != nil {
		return err
	}
	day, err := firstDay(g, lang)
	if err != nil {
		return err
	}
	return s.Enqueue(ctx, tx, Mail{PersonID: person, Template: "gathering_seated", Key: "gathering_seated:" + e.ObjectID, Object: g.Object().Ref, Scope: policy.Ref{Kind: "edition", ID: string(g.Edition)},
		Args: map[string]string{"What": g.Title, "Instant": day, "Link": s.opt.BaseURL + "/gatherings/" + id}})
}

// firstDay is the first day of a gathering, where it takes place, as a mail says it.
func firstDay(g gathering.Gathering, lang string) (string, error) {
	day, err := time.ParseInLocation(time.DateOnly, g.StartsOn, zone.Location(g.Zone))
	if err != nil {
		return "", fmt.Errorf("read the first day of gathering %s: %w", g.ID, err)
	}
	return text.Date(lang, day), nil
}
