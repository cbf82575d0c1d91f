package right

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/pool"
)

// Relation is what a meeting with an expert stands on: a request.
const Relation = "request"

// Ties says which experts help a project, for bookings: those who were chosen, and those who
// said yes, whom a meeting chooses.
func Ties(ctx context.Context, r db.Reader, id project.ID) ([]booking.Tie, error) {
	ties, err := db.List(ctx, r, func(sc db.Scanner) (t booking.Tie, err error) {
		var state State
		t.About.Kind = Relation
		err = sc.Scan(&t.Person, &t.Name, &t.About.ID, &t.For, &state)
		t.Awaits, t.Closed = state == Open, state != Open && state != Chosen
		return t, err
	}, `select x.person_id, x.name, q.id, q.subject, q.status from right_requests q join right_asks a on a.request_id = q.id join experts x on x.id = a.expert_id join people h on h.id = x.person_id
		where q.project_id = $1 and h.disabled_at is null
		and (q.status = 'open' and a.answer = 'yes' and x.status = 'active' or q.status in ('chosen', 'booked', 'done') and q.expert_id = x.id) order by q.asked_at, q.id, x.name, x.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the experts who help project %s: %w", id, err)
	}
	return ties, nil
}

// Heed follows the meetings that spend a drawing right, in the transaction of each act: one
// that is made reserves the time, and chooses the expert when nobody was yet; what both say
// of its length settles it; one that is cancelled or missed follows the rules of Mark. A time
// that the other one never agreed on leaves the request as it was before. Errors: Conflict
// "right.met" when a meeting of this request stands already; as Choose, Mark and Say.
func (s *Service) Heed(ctx context.Context, tx *db.Tx, by account.User, h booking.Happening) error {
	q, err := LoadRequest(ctx, tx, RequestID(h.About.ID))
	if err != nil {
		return err
	}
	switch h.Event {
	case booking.MadeEvent:
		return s.met(ctx, tx, by, q, h)
	case booking.MovedEvent:
		return s.Mark(ctx, tx, by, q.ID, Event{State: Booked, At: h.Start})
	case booking.CancelledEvent:
		if h.State == booking.Refused || h.Side == booking.Both {
			return s.Mark(ctx, tx, by, q.ID, Event{State: Chosen})
		}
		return s.Mark(ctx, tx, by, q.ID, Event{State: Cancelled, Side: sideOf(h.Side), Words: h.Reason})
	case booking.HeldEvent:
		minutes := h.GuestMinutes
		if h.Side == booking.Helper {
			minutes = h.HelperMinutes
		}
		return s.say(ctx, tx, by, q, sideOf(h.Side), int64(minutes))
	case booking.MissedEvent:
		if h.Missing == booking.Both {
			return s.Mark(ctx, tx, by, q.ID, Event{State: Chosen})
		}
		return s.Mark(ctx, tx, by, q.ID, Event{State: Missed, Side: sideOf(h.Missing)})
	}
	return nil
}

func sideOf(side booking.Side) string {
	if side == booking.Helper {
		return ExpertSide
	}
	return TeamSide
}

// met notes that a meeting of a request was made.
func (s *Service) met(ctx context.Context, tx *db.Tx, by account.User, q Request, h booking.Happening) error {
	if q.State == Open {
		expert, err := db.Get(ctx, tx, db.Value[pool.ID], `select x.id from right_asks a join experts x on x.id = a.expert_id where a.request_id = $1 and a.answer = 'yes' and x.person_id = $2`, string(q.ID), string(h.Helper))
		if errs.Is(err, errs.NotFound) {
			return errs.New(errs.Conflict, "right.not_open")
		}
		if err != nil {
			return err
		}
		if err := s.choose(ctx, tx, by, q.Project, q.ID, expert); err != nil {
			return err
		}
	} else if q.State != Chosen {
		return errs.New(errs.Conflict, "right.met")
	}
	return s.Mark(ctx, tx, by, q.ID, Event{State: Booked, At: h.Start})
}

// undo brings a request back to where its expert is chosen and no meeting stands.
func (s *Service) undo(ctx context.Context, tx *db.Tx, q Request) error {
	n, err := tx.Exec(ctx, `update right_requests set status = 'chosen', booked_for = null, version = version + 1 where id = $1 and status in ('chosen', 'booked')`, string(q.ID))
	if err != nil {
		return fmt.Errorf("undo the meeting of request %s: %w", q.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "right.moved_on")
	}
	return nil
}

// part ends the meetings of a request that ended on its own page.
func (s *Service) part(ctx context.Context, tx *db.Tx, by account.User, id RequestID, reason string) error {
	if s.meet == nil {
		return nil
	}
	return s.meet.EndAbout(ctx, tx, by, policy.Ref{Kind: Relation, ID: string(id)}, reason)
}
