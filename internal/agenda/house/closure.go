package house

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
)

// closure is some time of a day when a room cannot be used.
type closure struct {
	room, day string
	span      plan.Span
}

func scanClosure(sc db.Scanner) (c closure, err error) {
	err = sc.Scan(&c.room, &c.day, &c.span.From, &c.span.To)
	return c, err
}

// closeRooms puts on rooms when they cannot be used, on days counted from 0.
func closeRooms(ctx context.Context, r db.Reader, g gathering.Gathering, rooms []Room) error {
	list, err := db.List(ctx, r, scanClosure, `select room_id, day, from_minute, to_minute from agenda_closures where gathering_id = $1 order by day, from_minute, to_minute, id`, string(g.ID))
	if err != nil {
		return fmt.Errorf("list the closed rooms of gathering %s: %w", g.ID, err)
	}
	days := DaysOf(g)
	for _, c := range list {
		c.span.Day = slices.Index(days, c.day)
		if i := at(rooms, c.room); i >= 0 && c.span.Day >= 0 {
			rooms[i].Closed = append(rooms[i].Closed, c.span)
		}
	}
	return nil
}

// NoteAway notes when a participant is not there, in the transaction of a plan that takes
// it into account: spans on days counted from 0. What was noted already stays.
func (s *Service) NoteAway(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, participant string, spans []plan.Span) error {
	g, p, err := s.whose(ctx, tx, by, id, participant)
	if err != nil {
		return err
	}
	days, now := DaysOf(g), s.clock.Now()
	for _, w := range spans {
		_, err := tx.Exec(ctx, `insert into agenda_absences (id, gathering_id, participant_id, day, from_minute, to_minute, noted_at, noted_by) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			db.NewID(), string(id), p.ID, days[w.Day], int(w.From), int(w.To), now, by.Actor())
		if err != nil {
			return fmt.Errorf("note an absence in gathering %s: %w", id, err)
		}
	}
	return s.note(ctx, tx, by, "agenda.absence_noted", id, map[string]any{"participant": p.ID})
}

// NoteClosed notes when a room cannot be used, in the transaction of a plan that takes it
// into account: spans on days counted from 0. Errors: NotFound; as the policy.
func (s *Service) NoteClosed(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, room string, spans []plan.Span) error {
	g, err := s.require(ctx, tx, by, "gathering.manage", id)
	if err != nil {
		return err
	}
	list, err := RoomsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	if at(list, room) < 0 {
		return notFound()
	}
	days, now := DaysOf(g), s.clock.Now()
	for _, w := range spans {
		_, err := tx.Exec(ctx, `insert into agenda_closures (id, gathering_id, room_id, day, from_minute, to_minute, noted_at, noted_by) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			db.NewID(), string(id), room, days[w.Day], int(w.From), int(w.To), now, by.Actor())
		if err != nil {
			return fmt.Errorf("close room %s: %w", room, err)
		}
	}
	return s.note(ctx, tx, by, "agenda.room_closed", id, map[string]any{"room": room})
}

// ReopenRoom takes back that a room cannot be used: plans made from now on use it. Errors:
// NotFound; as the policy.
func (s *Service) ReopenRoom(ctx context.Context, by account.User, id gathering.ID, room string) error {
	return s.onRooms(ctx, by, id, "agenda.room_reopened", func(tx *db.Tx, list []Room) (string, error) {
		if at(list, room) < 0 {
			return "", notFound()
		}
		n, err := tx.Exec(ctx, `delete from agenda_closures where room_id = $1`, room)
		if err != nil {
			return "", fmt.Errorf("reopen room %s: %w", room, err)
		}
		if n == 0 {
			return "", nil
		}
		return room, nil
	})
}
