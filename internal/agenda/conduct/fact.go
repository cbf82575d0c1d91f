package conduct

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// What is noted of an activity.
const (
	began  = "began"
	ended  = "ended"
	opened = "opened" // its boards, for everybody
)

// Fact is what really happened of an activity; what did not is zero.
type Fact struct {
	Began  time.Time
	Ended  time.Time // of the last time it ended, zero when it began again since
	Opened time.Time // its boards, for everybody, the last time
}

// Runs says whether it began and has not ended.
func (f Fact) Runs() bool { return !f.Began.IsZero() && f.Ended.IsZero() }

type noted struct {
	activity, fact string
	at             time.Time
}

// factsOf reads what really happened in a gathering, by activity.
func factsOf(ctx context.Context, r db.Reader, id gathering.ID) (map[string]Fact, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (n noted, err error) {
		err = sc.Scan(&n.activity, &n.fact, &n.at)
		return n, err
	}, `select activity, fact, at from agenda_facts where gathering_id = $1 order by at, id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read what happened in gathering %s: %w", id, err)
	}
	return gathered(list), nil
}

// gathered puts together what was noted, the first thing first: what begins again after it
// ended goes on from when it first began.
func gathered(list []noted) map[string]Fact {
	out := map[string]Fact{}
	for _, n := range list {
		f := out[n.activity]
		switch n.fact {
		case began:
			if f.Began.IsZero() {
				f.Began = n.at
			}
			f.Ended = time.Time{}
		case ended:
			f.Ended = n.at
		case opened:
			f.Opened = n.at
		}
		out[n.activity] = f
	}
	return out
}

// Begin notes that an activity begins now, or goes on after it ended. Errors: Conflict
// conduct.began when it runs already, schedule.none when no programme is published;
// NotFound; as the policy, on gathering.manage.
func (s *Service) Begin(ctx context.Context, by account.User, id gathering.ID, activity string) error {
	return s.note(ctx, by, id, activity, began)
}

// Finish notes that an activity ends now. Errors: Conflict conduct.not_begun when it does
// not run; as Begin.
func (s *Service) Finish(ctx context.Context, by account.User, id gathering.ID, activity string) error {
	return s.note(ctx, by, id, activity, ended)
}

func (s *Service) note(ctx context.Context, by account.User, id gathering.ID, activity, fact string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "gathering.manage", id); err != nil {
			return err
		}
		v, err := s.followed(ctx, tx, id)
		if err != nil {
			return err
		}
		if v.ID == "" {
			return errs.New(errs.Conflict, "schedule.none")
		}
		if _, there := v.Order.Find(activity); !there {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		facts, err := factsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		switch runs := facts[activity].Runs(); {
		case fact == began && runs:
			return errs.New(errs.Conflict, "conduct.began")
		case fact == ended && !runs:
			return errs.New(errs.Conflict, "conduct.not_begun")
		}
		return s.insert(ctx, tx, by, id, activity, fact)
	})
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, activity, fact string) error {
	if _, err := tx.Exec(ctx, `insert into agenda_facts (id, gathering_id, activity, fact, at, noted_by) values ($1, $2, $3, $4, $5, $6)`, db.NewID(), string(id), activity, fact, s.Clock.Now(), by.Actor()); err != nil {
		return fmt.Errorf("note that activity %s of gathering %s %s: %w", activity, id, fact, err)
	}
	return s.told(ctx, tx, by, "day."+fact, id, map[string]any{"activity": activity})
}
