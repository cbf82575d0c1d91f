package crew

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/pool"
)

// Ask asks an expert of the programme to join the crew of a project. She is told by mail and
// answers herself. Errors: Invalid on "expert", "part", "halves", "from", "until"; Conflict
// crew.asked_already; as the policy, on crew.manage.
func (s *Service) Ask(ctx context.Context, by account.User, id project.ID, w Wanted) (place ID, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := s.managed(ctx, tx, by, id)
		if err != nil {
			return err
		}
		e, err := programme.FindEdition(ctx, tx, p.Edition)
		if err != nil {
			return err
		}
		x, bad, err := s.expert(ctx, tx, p, w.Expert)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("crew.invalid", append(bad, w.check(s.today(e))...)); err != nil {
			return err
		}
		// what is over does not keep her from being asked again
		if _, err := tx.Exec(ctx, `update crew_places set status = 'ended', ended_by = 'system', ended_at = $4 where project_id = $1 and person_id = $2 and status in ('asked', 'in') and until_on < $3`,
			string(id), string(x.Person), s.today(e), s.clock.Now()); err != nil {
			return fmt.Errorf("close what is over: %w", err)
		}
		one := Place{ID: ID(db.NewID()), Project: id, Person: x.Person}
		n, err := tx.Exec(ctx, `insert into crew_places (id, project_id, person_id, part, halves, from_on, until_on, status, words, asked_by, asked_at, ended_by)
			values ($1, $2, $3, $4, $5, $6, $7, 'asked', '', $8, $9, '') on conflict do nothing`,
			string(one.ID), string(id), string(x.Person), w.Part, w.Halves, w.From, w.Until, by.Actor(), s.clock.Now())
		if err != nil {
			return fmt.Errorf("ask for %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "crew.asked_already")
		}
		place = one.ID
		if err := s.bus.Publish(ctx, tx, ToldAsked, string(place), nil); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "crew.asked", one)
	})
	return place, err
}

func (s *Service) managed(ctx context.Context, tx *db.Tx, by account.User, id project.ID) (project.Project, error) {
	p, err := project.Load(ctx, tx, id)
	if err == nil {
		_, err = s.policy.Require(ctx, tx, by, "crew.manage", p.Object())
	}
	return p, err
}

// expert finds whom to ask; what bars her is said at the field.
func (s *Service) expert(ctx context.Context, tx *db.Tx, p project.Project, id pool.ID) (x pool.Expert, bad []errs.Field, err error) {
	x, err = pool.Load(ctx, tx, id)
	if errs.Is(err, errs.NotFound) {
		return x, []errs.Field{{Path: "expert", Key: "crew.expert_unknown"}}, nil
	}
	if err != nil {
		return x, nil, err
	}
	free, err := s.pool.Free(ctx, tx, id, p)
	if err == nil && !free {
		bad = []errs.Field{{Path: "expert", Key: "crew.expert_unknown"}}
	}
	return x, bad, err
}

// Answer is what by says to a place that she was asked to take. Yes counts her weeks: nobody
// promises more than five days a week to all crews together. Errors: Invalid on "words";
// Conflict crew.full with the half-days left, crew.moved_on; NotFound when it is not hers.
func (s *Service) Answer(ctx context.Context, by account.User, id ID, yes bool, words string) error {
	words = strings.TrimSpace(text.Clean(words))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		// two answers of one person count one after the other
		if err := tx.Lock(ctx, "crew:"+string(by.ID)); err != nil {
			return err
		}
		one, err := s.Load(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case one.Person != by.ID:
			return errs.New(errs.NotFound, "errs.not_found")
		case utf8.RuneCountInString(words) > MaxWords:
			return errs.NewInvalid("crew.invalid", []errs.Field{{Path: "words", Key: "crew.words_long", Args: []any{MaxWords}}})
		case one.Status != Asked || one.Over():
			return errs.New(errs.Conflict, "crew.moved_on")
		}
		status := Declined
		if yes {
			status, words = In, ""
			if err := s.join(ctx, tx, by, one); err != nil {
				return err
			}
		}
		n, err := tx.Exec(ctx, `update crew_places set status = $2, words = $3, answered_at = $4 where id = $1 and status = 'asked'`, string(id), string(status), words, s.clock.Now())
		if err != nil {
			return fmt.Errorf("answer for place %s: %w", id, err)
		}
		if n == 0 { // taken back meanwhile
			return errs.New(errs.Conflict, "crew.moved_on")
		}
		if err := s.bus.Publish(ctx, tx, ToldAnswered, string(id), nil); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "crew."+string(status), one)
	})
}

// join gives the rights of a place, from its first day until the end of its last.
func (s *Service) join(ctx context.Context, tx *db.Tx, by account.User, one Place) error {
	p, err := project.Load(ctx, tx, one.Project)
	if err != nil {
		return err
	}
	if p.Status == project.Left {
		return errs.New(errs.Conflict, "crew.moved_on")
	}
	free, err := s.free(ctx, tx, p, by.ID)
	if err != nil {
		return err
	}
	if !free {
		return errs.New(errs.Conflict, "crew.moved_on")
	}
	promised, err := s.promised(ctx, tx, by.ID, one.From, one.Until)
	if err != nil {
		return err
	}
	if promised+one.Halves > Week {
		return errs.New(errs.Conflict, "crew.full", float64(Week-promised)/2)
	}
	first, last, err := days(one)
	if err != nil {
		return err
	}
	return s.policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(by.ID), Relation: Relation, Object: p.Object().Ref, ValidFrom: first, ValidUntil: last, Reason: reason(one.ID)})
}

// free says whether the programme still vets a person, and nothing ties her to the project.
func (s *Service) free(ctx context.Context, tx *db.Tx, p project.Project, who account.PersonID) (bool, error) {
	fit, err := s.pool.Fit(ctx, tx, pool.Need{Project: p}, nil)
	return slices.ContainsFunc(fit, func(m pool.Match) bool { return m.Person == who }), err
}

func reason(id ID) string { return "crew:" + string(id) }

// days are the instants at which a place begins and ends.
func days(one Place) (first, last time.Time, err error) {
	loc := zone.Location(one.Zone)
	if first, err = time.ParseInLocation(time.DateOnly, one.From, loc); err == nil {
		last, err = time.ParseInLocation(time.DateOnly, one.Until, loc)
	}
	return first, last.AddDate(0, 0, 1), err
}

// End takes back a place before its last day, or what was asked and not answered: her
// rights go at once. Errors: Invalid on "words" without a reason; Conflict crew.moved_on;
// NotFound; as the policy, on crew.manage.
func (s *Service) End(ctx context.Context, by account.User, of project.ID, id ID, words string) error {
	words = strings.TrimSpace(text.Clean(words))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := s.managed(ctx, tx, by, of)
		if err != nil {
			return err
		}
		one, err := s.Load(ctx, tx, id)
		if err != nil {
			return err
		}
		// her answer and this end come one after the other
		if err := tx.Lock(ctx, "crew:"+string(one.Person)); err != nil {
			return err
		}
		if one, err = s.Load(ctx, tx, id); err != nil {
			return err
		}
		var bad []errs.Field
		if words == "" {
			bad = []errs.Field{{Path: "words", Key: "crew.words_missing"}}
		} else if utf8.RuneCountInString(words) > MaxWords {
			bad = []errs.Field{{Path: "words", Key: "crew.words_long", Args: []any{MaxWords}}}
		}
		switch {
		case one.Project != of:
			return errs.New(errs.NotFound, "errs.not_found")
		case len(bad) > 0:
			return errs.NewInvalid("crew.invalid", bad)
		case !standing(one):
			return errs.New(errs.Conflict, "crew.moved_on")
		}
		n, err := tx.Exec(ctx, `update crew_places set status = 'ended', words = $2, ended_by = $3, ended_at = $4 where id = $1 and status in ('asked', 'in')`, string(id), words, by.Actor(), s.clock.Now())
		if err != nil {
			return fmt.Errorf("end place %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "crew.moved_on")
		}
		if err := s.policy.EndFor(ctx, tx, by, p.Object().Ref, reason(id)); err != nil {
			return err
		}
		if err := s.bus.Publish(ctx, tx, ToldEnded, string(id), nil); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "crew.ended", one)
	})
}
