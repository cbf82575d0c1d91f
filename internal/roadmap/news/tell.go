package news

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
)

func location(zoneName string) *time.Location { return zone.Location(zoneName) }

// Open is what a link asks, with the actions that are open. It changes nothing: programs
// that look at mails follow links. Error: NotFound, the same for a link that never was and
// for one whose holder may not write the roadmap any more.
func (s *Service) Open(ctx context.Context, secret string) (Asked, []roadmap.Entry, error) {
	a, err := s.open(ctx, s.db.Reader(), secret)
	if err != nil {
		return a, nil, err
	}
	open, err := s.actions(ctx, account.User{ID: a.Person}, a.Project.ID)
	return a, open, err
}

// actions are those of a roadmap that are open.
func (s *Service) actions(ctx context.Context, by account.User, id project.ID) (open []roadmap.Entry, err error) {
	v, err := s.roadmaps.Read(ctx, by, id)
	if err != nil {
		return nil, err
	}
	for _, e := range v.Of(roadmap.Action) {
		if e.Open() {
			open = append(open, e)
		}
	}
	return open, nil
}

func (s *Service) open(ctx context.Context, r db.Reader, secret string) (a Asked, err error) {
	var about project.ID
	err = r.QueryRow(ctx, `select l.project_id, l.person_id, n.id, n.due_on, n.opened_at, n.closes_at, n.questions from news_links l join news_rounds n on n.id = l.round_id where l.link_hash = $1 or l.reminder_hash = $1`, hash(secret)).
		Scan(&about, &a.Person, &a.Round.ID, &a.Round.Due, &a.Round.OpenedAt, &a.Round.ClosesAt, &a.Round.asks)
	if err != nil {
		return a, err
	}
	if a.Project, err = project.Load(ctx, r, about); err != nil {
		return a, err
	}
	may, err := s.policy.Decide(ctx, r, account.User{ID: a.Person}, "news.tell", a.Project.Object())
	if err == nil && !may.Allowed {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	if err != nil {
		return a, err
	}
	e, err := programme.FindEdition(ctx, r, a.Project.Edition)
	if err != nil {
		return a, err
	}
	a.Zone, a.Open = e.Zone, s.clock.Now().Before(a.Round.ClosesAt)
	all, err := versions(ctx, r, e.ID)
	if err != nil {
		return a, err
	}
	a.Round.Asks = all[a.Round.asks]
	told, err := tellings(ctx, r, e.ID, `t.round_id = $1 and t.project_id = $2`, a.Round.ID, string(about))
	if list := told[about]; len(list) > 0 {
		a.Last = &list[0]
	}
	return a, err
}

// Tell keeps what the holder of a link tells, with the actions that she says are done. What
// was told before in the round stays in the history. Errors: Invalid on "state", "moved",
// "blocks" and by question; Conflict news.over; NotFound as [Service.Open].
func (s *Service) Tell(ctx context.Context, secret string, t Told, done []roadmap.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := s.open(ctx, tx, secret)
		if err != nil {
			return err
		}
		if !a.Open {
			return errs.New(errs.Conflict, "news.over")
		}
		return s.keep(ctx, tx, account.User{ID: a.Person}, a, t, done)
	})
}

// Answer is [Service.Tell] for somebody who is signed in, in the round that is open. Errors:
// Conflict news.over when none is; as the policy, on news.tell.
func (s *Service) Answer(ctx context.Context, by account.User, id project.ID, t Told, done []roadmap.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := project.Load(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err = s.policy.Require(ctx, tx, by, "news.tell", p.Object()); err != nil {
			return err
		}
		round, open, err := s.current(ctx, tx, p.Edition)
		if err != nil {
			return err
		}
		if !open {
			return errs.New(errs.Conflict, "news.over")
		}
		return s.keep(ctx, tx, by, Asked{Project: p, Round: round}, t, done)
	})
}

// current is the last round of an edition, and whether it still takes answers.
func (s *Service) current(ctx context.Context, r db.Reader, id programme.EditionID) (Round, bool, error) {
	all, err := rounds(ctx, r, id)
	if err != nil || len(all) == 0 {
		return Round{}, false, err
	}
	return all[0], s.clock.Now().Before(all[0].ClosesAt), nil
}

// keep writes what was told, once all of it is as it should be.
func (s *Service) keep(ctx context.Context, tx *db.Tx, by account.User, a Asked, t Told, done []roadmap.ID) error {
	bad := t.check()
	own, wrong := a.Round.Asks.check(t.Values, s.clock.Now())
	if err := errs.NewInvalid("news.invalid", append(bad, wrong...)); err != nil {
		return err
	}
	body, err := json.Marshal(own)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into news_told (id, round_id, project_id, state, moved, blocks, answers, told_at, told_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		db.NewID(), a.Round.ID, string(a.Project.ID), string(t.State), t.Moved, t.Blocks, string(body), s.clock.Now(), by.Actor()); err != nil {
		return fmt.Errorf("keep what %s tells: %w", a.Project.ID, err)
	}
	if err := s.roadmaps.Finish(ctx, tx, by, a.Project.ID, done); err != nil {
		return err
	}
	return s.note(ctx, tx, by, "news.told", a.Project.Object().Ref, map[string]any{"round": a.Round.ID, "state": string(t.State)})
}
