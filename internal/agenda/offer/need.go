package offer

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// Heard is a need that somebody writes down about a project.
type Heard struct {
	Activity string // during which it was heard; "" when it does not matter, for who runs the gathering
	Project  string
	Body     string
}

// board names, in the file of a project, what was heard in a gathering.
func board(id gathering.ID) string { return "heard:" + string(id) }

// leading does something as who runs the gathering or leads an activity of it.
func (s *Service) leading(ctx context.Context, by account.User, id gathering.ID, activity string, act func(*db.Tx, floor.Speaker) error) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.floor.Enter(ctx, tx, by, id, "stage.run")
		if err != nil {
			return err
		}
		if activity != "" {
			a, _, err := s.floor.Activity(ctx, tx, p, activity)
			if err != nil {
				return err
			}
			if p.Leads(a) {
				return act(tx, p)
			}
		}
		if !p.Manages {
			return errs.New(errs.Forbidden, "offer.not_hers")
		}
		return act(tx, p)
	})
}

// Hear writes a need down, in one line: it is seen by those who are there, and stands in
// the file of the project. Errors: Invalid on "project", "body"; Conflict offer.needs_full;
// Forbidden offer.not_hers; NotFound; as the policy, on stage.run.
func (s *Service) Hear(ctx context.Context, by account.User, id gathering.ID, w Heard) error {
	return s.leading(ctx, by, id, w.Activity, func(tx *db.Tx, p floor.Speaker) error {
		if err := tx.Lock(ctx, "heard:"+string(id)); err != nil {
			return err
		}
		here, err := projects(ctx, tx, id)
		if err != nil {
			return err
		}
		var bad []errs.Field
		if !slices.ContainsFunc(here, func(one Named) bool { return one.ID == w.Project }) {
			bad = append(bad, errs.Field{Path: "project", Key: "offer.project_missing"})
		}
		if w.Body = floor.Line(w.Body); w.Body == "" || floor.Long(w.Body, MaxNeed) {
			bad = append(bad, errs.Field{Path: "body", Key: "offer.need_wrong", Args: []any{MaxNeed}})
		}
		if err := errs.NewInvalid("offer.invalid", bad); err != nil {
			return err
		}
		n, err := db.Get(ctx, tx, db.Value[int64], `select count(*) from heard_needs where gathering_id = $1`, string(id))
		if err != nil {
			return fmt.Errorf("count the needs of gathering %s: %w", id, err)
		}
		if n >= MaxNeeds {
			return errs.New(errs.Conflict, "offer.needs_full", MaxNeeds)
		}
		which := db.NewID()
		_, err = tx.Exec(ctx, `insert into heard_needs (id, gathering_id, activity_id, project_id, body, noted_by, noted_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			which, string(id), w.Activity, w.Project, w.Body, by.Actor(), s.floor.Clock.Now())
		if err != nil {
			return fmt.Errorf("write down a need in gathering %s: %w", id, err)
		}
		if err := s.land(ctx, tx, p, w.Project); err != nil {
			return err
		}
		return s.floor.Note(ctx, tx, p, "need.heard", map[string]any{"need": which, "project": w.Project})
	})
}

// Forget takes a need away, from the file of its project too. Errors: NotFound; as Hear.
func (s *Service) Forget(ctx context.Context, by account.User, id gathering.ID, need string) error {
	var activity, of string
	err := s.floor.DB.Reader().QueryRow(ctx, `select activity_id, project_id from heard_needs where id = $1 and gathering_id = $2`, need, string(id)).Scan(&activity, &of)
	if errs.Is(err, errs.NotFound) {
		activity, err = "", nil // whoever may not look is told so first
	}
	if err != nil {
		return fmt.Errorf("find need %s: %w", need, err)
	}
	return s.leading(ctx, by, id, activity, func(tx *db.Tx, p floor.Speaker) error {
		n, err := tx.Exec(ctx, `delete from heard_needs where id = $1 and gathering_id = $2`, need, string(id))
		if err != nil {
			return fmt.Errorf("forget need %s: %w", need, err)
		}
		if n == 0 {
			return floor.NotFound()
		}
		if err := s.land(ctx, tx, p, of); err != nil {
			return err
		}
		return s.floor.Note(ctx, tx, p, "need.forgotten", map[string]any{"need": need, "project": of})
	})
}

// land makes what the file of a project holds of a gathering what was heard there.
func (s *Service) land(ctx context.Context, tx *db.Tx, p floor.Speaker, of string) error {
	list, err := db.List(ctx, tx, func(sc db.Scanner) (i project.Item, err error) {
		i.Kind = "need"
		return i, sc.Scan(&i.Card, &i.Title)
	}, `select id, body from heard_needs where gathering_id = $1 and project_id = $2 order by noted_at, id`, string(p.ID), of)
	if err != nil {
		return fmt.Errorf("list what was heard of project %s: %w", of, err)
	}
	return s.projects.Land(ctx, tx, p.By, project.ID(of), board(p.ID), list)
}

// Tie says that an offer answers a need, or no more: to who wrote the offer and to who
// runs the gathering. Errors: NotFound; as the policy, on gathering.people.
func (s *Service) Tie(ctx context.Context, by account.User, id gathering.ID, offer, need string, answers bool) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.floor.Enter(ctx, tx, by, id, "gathering.people", "offer.write")
		if err != nil {
			return err
		}
		var author string
		if err := tx.QueryRow(ctx, `select o.participant_id from partner_offers o join heard_needs n on n.gathering_id = o.gathering_id where o.id = $1 and n.id = $2 and o.gathering_id = $3`, offer, need, string(id)).Scan(&author); err != nil {
			return fmt.Errorf("find offer %s and need %s: %w", offer, need, err)
		}
		if !p.Manages && (author != p.Seat.ID || !p.May("offer.write")) {
			return floor.NotFound()
		}
		statement, args := `insert into offer_answers (offer_id, need_id, tied_by, tied_at) values ($1, $2, $3, $4) on conflict (offer_id, need_id) do nothing`, []any{offer, need, by.Actor(), s.floor.Clock.Now()}
		act := "offer.tied"
		if !answers {
			statement, args, act = `delete from offer_answers where offer_id = $1 and need_id = $2`, args[:2], "offer.untied"
		}
		n, err := tx.Exec(ctx, statement, args...)
		if err != nil {
			return fmt.Errorf("tie offer %s to need %s: %w", offer, need, err)
		}
		if n == 0 {
			return nil // it was so already
		}
		return s.floor.Note(ctx, tx, p, act, map[string]any{"offer": offer, "need": need})
	})
}
