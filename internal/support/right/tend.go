package right

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
)

// WarnDays is how long before its last day the end of a right is told, in days.
const WarnDays = 15

// reminders say how long an expert is left in peace before she is reminded, by urgency.
var reminders = map[string]time.Duration{"calm": 7 * 24 * time.Hour, "soon": 3 * 24 * time.Hour, "urgent": 24 * time.Hour}

// Tend lets rights expire, warns those that soon will, and reminds experts who have not
// answered: each once. It does nothing that it did before.
func (s *Service) Tend(ctx context.Context, by account.User) error {
	editions, err := db.List(ctx, s.db.Reader(), db.Value[programme.EditionID], `select distinct edition_id from right_funds order by edition_id`)
	if err != nil {
		return fmt.Errorf("find the editions that have funds: %w", err)
	}
	for _, id := range editions {
		e, err := programme.FindEdition(ctx, s.db.Reader(), id)
		if err != nil {
			return err
		}
		if err := s.expire(ctx, by, e); err != nil {
			return err
		}
		if err := s.warn(ctx, e); err != nil {
			return err
		}
	}
	return s.remind(ctx)
}

type due struct {
	fund    FundID
	project project.ID
}

func (s *Service) due(ctx context.Context, where string, args ...any) ([]due, error) {
	return db.List(ctx, s.db.Reader(), func(sc db.Scanner) (d due, err error) { return d, sc.Scan(&d.fund, &d.project) },
		`select h.fund_id, h.project_id from right_shares h join right_funds f on f.id = h.fund_id
		join right_accounts a on a.fund_id = h.fund_id and a.project_id = h.project_id and a.kind = 'available' and a.balance > 0
		where f.edition_id = $1 and `+where+` order by h.fund_id, h.project_id`, args...)
}

// expire takes what projects may use no more. What is released later expires the next time.
func (s *Service) expire(ctx context.Context, by account.User, e programme.Edition) error {
	list, err := s.due(ctx, `h.last_day < $2`, string(e.ID), s.today(e))
	if err != nil {
		return fmt.Errorf("find the rights that end: %w", err)
	}
	for _, d := range list {
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			if err := tx.Lock(ctx, "right:"+string(d.fund)); err != nil {
				return err
			}
			left, err := db.Get(ctx, tx, db.Value[int64], `select a.balance from right_accounts a join right_shares h on h.fund_id = a.fund_id and h.project_id = a.project_id
				where a.fund_id = $1 and a.project_id = $2 and a.kind = 'available' and h.last_day < $3`, string(d.fund), string(d.project), s.today(e))
			if errs.Is(err, errs.NotFound) || err == nil && left == 0 {
				return nil // it was prolonged or used meanwhile
			}
			if err != nil {
				return err
			}
			return s.post(ctx, tx, by, move{act: ledger.Expire, way: ledger.Way{Fund: string(d.fund), Project: string(d.project)}, minutes: left})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) warn(ctx context.Context, e programme.Edition) error {
	until := s.clock.Now().In(e.Location()).AddDate(0, 0, WarnDays).Format(time.DateOnly)
	list, err := s.due(ctx, `h.last_day >= $2 and h.last_day <= $3 and h.warned_at is null`, string(e.ID), s.today(e), until)
	if err != nil {
		return fmt.Errorf("find the rights that soon end: %w", err)
	}
	for _, d := range list {
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `update right_shares set warned_at = $3 where fund_id = $1 and project_id = $2 and warned_at is null`, string(d.fund), string(d.project), s.clock.Now())
			if err != nil || n == 0 {
				return err
			}
			return s.bus.Publish(ctx, tx, ToldEnding, string(d.project), map[string]string{"fund": string(d.fund)})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// remind writes again, once, to experts who have not answered a request that is still open.
func (s *Service) remind(ctx context.Context) error {
	for urgency, patience := range reminders {
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			list, err := db.List(ctx, tx, db.Value[string], `update right_asks set reminded_at = $1 where answer = '' and reminded_at is null and sent_at <= $2
				and exists (select 1 from right_requests q where q.id = right_asks.request_id and q.status = 'open' and q.urgency = $3)
				and exists (select 1 from experts x where x.id = right_asks.expert_id and x.status = 'active') returning id`, s.clock.Now(), s.clock.Now().Add(-patience), urgency)
			if err != nil {
				return fmt.Errorf("remind experts: %w", err)
			}
			for _, ask := range list {
				if err := s.bus.Publish(ctx, tx, ToldReminded, ask, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
