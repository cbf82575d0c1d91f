package right

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
)

// The sides of a request.
const (
	TeamSide   = "team"
	ExpertSide = "expert"
)

// Event is what becomes of a request, as bookings or people tell it.
type Event struct {
	State State     // Chosen when a booking is undone, Booked, Done, Missed or Cancelled
	At    time.Time // of the meeting, when booked
	Side  string    // who cancelled, or did not come
	Late  bool      // cancelled without the notice that the fund asks for
	Words string    // why, "" for nothing
}

// Mark notes what became of a request in the transaction of the act that caused it: the
// caller has decided that by may. A meeting that is cancelled in time, or by the expert,
// gives the time back; one that the team missed follows the rule of the fund; one that the
// expert cancelled or missed leaves the request open to the others who said yes. The same
// event twice is one. Errors: NotFound; Conflict "right.moved_on" when the request is not
// where that may happen.
func (s *Service) Mark(ctx context.Context, tx *db.Tx, by account.User, id RequestID, e Event) error {
	q, err := LoadRequest(ctx, tx, id)
	if err != nil {
		return err
	}
	switch e.State {
	case Booked, Done:
		err = s.step(ctx, tx, q, e)
	case Chosen:
		err = s.undo(ctx, tx, q)
	case Missed, Cancelled:
		err = s.breakOff(ctx, tx, by, q, e)
	default:
		err = fmt.Errorf("a request does not become %q", e.State)
	}
	if err != nil {
		return err
	}
	return s.note(ctx, tx, by, "right.marked", policy.Ref{Kind: "project", ID: string(q.Project)}, map[string]any{"request": string(id), "state": string(e.State), "side": e.Side})
}

func (s *Service) step(ctx context.Context, tx *db.Tx, q Request, e Event) error {
	text, args := `update right_requests set status = 'done', version = version + 1 where id = $1 and status in ('chosen', 'booked', 'done')`, []any{string(q.ID)}
	if e.State == Booked {
		text, args = `update right_requests set status = 'booked', booked_for = $2, version = version + 1 where id = $1 and status in ('chosen', 'booked')`, append(args, e.At)
	}
	n, err := tx.Exec(ctx, text, args...)
	if err != nil {
		return fmt.Errorf("move request %s: %w", q.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "right.moved_on")
	}
	return nil
}

// breakOff ends a request whose meeting does not take place.
func (s *Service) breakOff(ctx context.Context, tx *db.Tx, by account.User, q Request, e Event) error {
	f, err := loadFund(ctx, tx, q.Fund)
	if err != nil {
		return err
	}
	late := e.State == Missed || e.Late || !q.BookedFor.IsZero() && s.clock.Now().Add(time.Duration(f.NoticeHours)*time.Hour).After(q.BookedFor)
	consumes := e.Side == TeamSide && late && f.MissedRule == MissedConsumes && q.State != Open && q.State != Chosen
	if e.State == Missed && e.Side == TeamSide {
		consumes = f.MissedRule == MissedConsumes
	}
	if e.Side == ExpertSide && q.Expert != "" {
		return s.reopen(ctx, tx, by, q, e)
	}
	from := `('open', 'chosen', 'booked')`
	if e.State == Missed {
		from = `('chosen', 'booked')`
	}
	side, consumed := "", int64(0)
	if e.State == Missed || consumes {
		side = TeamSide
	}
	if consumes {
		consumed = q.Minutes
	}
	n, err := tx.Exec(ctx, `update right_requests set status = $2, missed_side = $3, consumed = $4, reason = $5, ended_at = $6, ended_by = $7, version = version + 1 where id = $1 and version = $8 and status in `+from,
		string(q.ID), string(e.State), side, consumed, e.Words, s.clock.Now(), by.Actor(), q.Version)
	if err != nil {
		return fmt.Errorf("end request %s: %w", q.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "right.moved_on")
	}
	if q.State == Open {
		return nil // nothing was reserved
	}
	act := ledger.Release
	if consumes {
		act = ledger.Consume
	}
	return s.post(ctx, tx, by, move{act: act, way: q.way(), minutes: q.Minutes, request: q.ID, reason: e.Words})
}

// reopen gives the time back and lets the team choose somebody else: the expert who was
// chosen cannot come, or did not.
func (s *Service) reopen(ctx context.Context, tx *db.Tx, by account.User, q Request, e Event) error {
	n, err := tx.Exec(ctx, `update right_requests set status = 'open', expert_id = null, booked_for = null, missed_side = $3, reason = $4, version = version + 1 where id = $1 and version = $2 and status in ('chosen', 'booked')`,
		string(q.ID), q.Version, map[State]string{Missed: ExpertSide}[e.State], e.Words)
	if err != nil {
		return fmt.Errorf("open request %s again: %w", q.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "right.moved_on")
	}
	if _, err := tx.Exec(ctx, `update right_asks set answer = 'no' where request_id = $1 and expert_id = $2`, string(q.ID), string(q.Expert)); err != nil {
		return fmt.Errorf("note that an expert cannot come: %w", err)
	}
	if err := s.post(ctx, tx, by, move{act: ledger.Release, way: q.way(), minutes: q.Minutes, request: q.ID, reason: e.Words}); err != nil {
		return err
	}
	return s.tellAnswer(ctx, tx, q.ID, q.Expert)
}

// End is Mark for a team that cancels a request, or says that a meeting did not take place.
// Errors: as Mark; Invalid on "reason"; as the policy, on right.settle.
func (s *Service) End(ctx context.Context, by account.User, of project.ID, id RequestID, e Event) error {
	bad := because(&e.Words)
	if e.State == Cancelled {
		e.Side = TeamSide
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, q, err := s.about(ctx, tx, by, "right.settle", of, id)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("right.invalid", bad); err != nil {
			return err
		}
		if err := s.Mark(ctx, tx, by, id, e); err != nil {
			return err
		}
		if e.State == Cancelled && q.Expert != "" && !q.BookedFor.After(s.clock.Now()) { // a meeting that is cancelled is told by itself
			if err := s.bus.Publish(ctx, tx, ToldCancelled, string(id), map[string]string{"expert": string(q.Expert)}); err != nil {
				return err
			}
		}
		return s.part(ctx, tx, by, id, e.Words)
	})
}

// Say notes how long an hour of help took, as the team of a project says it. Errors:
// Invalid on "minutes"; Conflict "right.moved_on"; as the policy, on right.settle.
func (s *Service) Say(ctx context.Context, by account.User, of project.ID, id RequestID, minutes int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, q, err := s.about(ctx, tx, by, "right.settle", of, id)
		if err != nil {
			return err
		}
		return s.say(ctx, tx, by, q, TeamSide, minutes)
	})
}

// say writes what one side says; once both have, the smaller is consumed at once, and the
// rest waits until they say the same, which ends the request.
func (s *Service) say(ctx context.Context, tx *db.Tx, by account.User, q Request, side string, minutes int64) error {
	if minutes < 0 || minutes > q.Minutes {
		return errs.NewInvalid("right.invalid", []errs.Field{{Path: "minutes", Key: "right.minutes_reserved", Args: []any{Clock(q.Minutes)}}})
	}
	column := map[string]string{TeamSide: "team_minutes", ExpertSide: "expert_minutes"}[side]
	var team, hers *int64
	err := tx.QueryRow(ctx, `update right_requests set status = 'done', `+column+` = $2, version = version + 1 where id = $1 and status in ('chosen', 'booked', 'done') returning team_minutes, expert_minutes, consumed`, string(q.ID), minutes).Scan(&team, &hers, &q.Consumed)
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.Conflict, "right.moved_on")
	}
	if err != nil {
		return fmt.Errorf("note how long request %s took: %w", q.ID, err)
	}
	if err := s.note(ctx, tx, by, "right.said", policy.Ref{Kind: "project", ID: string(q.Project)}, map[string]any{"request": string(q.ID), "side": side, "minutes": minutes}); err != nil {
		return err
	}
	if team == nil || hers == nil {
		return nil
	}
	return s.settle(ctx, tx, by, q, min(*team, *hers), *team == *hers)
}

// settle brings what is consumed to a number of minutes; once both agree, the rest is released.
func (s *Service) settle(ctx context.Context, tx *db.Tx, by account.User, q Request, minutes int64, agreed bool) error {
	moves := []move{}
	switch more := minutes - q.Consumed; {
	case more > 0:
		moves = append(moves, move{act: ledger.Consume, minutes: more})
	case more < 0:
		moves = append(moves, move{act: ledger.Correct, minutes: -more})
	}
	if agreed && q.Minutes > minutes {
		moves = append(moves, move{act: ledger.Release, minutes: q.Minutes - minutes})
	}
	for _, m := range moves {
		m.way, m.request = q.way(), q.ID
		if err := s.post(ctx, tx, by, m); err != nil {
			return err
		}
	}
	state, ended := Done, any(nil)
	if agreed {
		state, ended = Confirmed, s.clock.Now()
	}
	if _, err := tx.Exec(ctx, `update right_requests set status = $2, consumed = $3, ended_at = $4 where id = $1`, string(q.ID), string(state), minutes, ended); err != nil {
		return fmt.Errorf("settle request %s: %w", q.ID, err)
	}
	return nil
}
