package deliberation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation/minutes"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Enter notes that by is in the room, on the spot. Error: Conflict while it is not open.
func (s *Service) Enter(ctx context.Context, by account.User, id committee.SelectionID) error {
	return s.enter(ctx, by, id, minutes.OnSite)
}

// Join notes that by takes part from elsewhere. Errors: as Enter.
func (s *Service) Join(ctx context.Context, by account.User, id committee.SelectionID) error {
	return s.enter(ctx, by, id, minutes.Remote)
}

func (s *Service) enter(ctx context.Context, by account.User, id committee.SelectionID, mode minutes.Mode) error {
	return s.act(ctx, by, "selection.deliberate", id, func(tx *db.Tx, m *meeting) error {
		seat, err := committee.SeatOf(ctx, tx, id, by.ID)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		came, err := s.comes(ctx, tx, m, stay{by.ID, seat.ID, mode, m.now, ""})
		if err != nil || !came {
			return err
		}
		return s.record(ctx, tx, by, "deliberation.entered", id, nil)
	})
}

// stay is the beginning of somebody's time in the room.
type stay struct {
	person account.PersonID
	seat   committee.MemberID // "" for who does not sit
	mode   minutes.Mode
	from   time.Time
	noted  string // actor who noted it; "" for herself
}

// comes begins a stay; false when she is there already. Error: Conflict while the room is
// not open.
func (s *Service) comes(ctx context.Context, tx *db.Tx, m *meeting, x stay) (bool, error) {
	if m.room.Status != Open {
		return false, errs.New(errs.Conflict, "deliberation.not_open")
	}
	n, err := tx.Exec(ctx, `insert into attendances (id, selection_id, person_id, member_id, entered_at, mode, noted_by)
		select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from attendances where selection_id = $2 and person_id = $3 and left_at is null)`,
		db.NewID(), string(m.sel.ID), string(x.person), db.Null(x.seat), x.from, string(x.mode), x.noted)
	if err != nil {
		return false, fmt.Errorf("note that %s came: %w", x.person, err)
	}
	if n == 0 {
		return false, nil
	}
	return true, s.doors(ctx, tx, m)
}

// Leave notes that by left; a vote that waited for her alone ends.
func (s *Service) Leave(ctx context.Context, by account.User, id committee.SelectionID) error {
	return s.act(ctx, by, "selection.deliberate", id, func(tx *db.Tx, m *meeting) error {
		went, err := s.goes(ctx, tx, m, by.ID, m.now)
		if err != nil || !went {
			return err
		}
		return s.record(ctx, tx, by, "deliberation.left", id, nil)
	})
}

// goes ends a stay, that began before; false when there is none.
func (s *Service) goes(ctx context.Context, tx *db.Tx, m *meeting, person account.PersonID, at time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `update attendances set left_at = $3 where selection_id = $1 and person_id = $2 and left_at is null and entered_at <= $3`, string(m.sel.ID), string(person), at)
	if err != nil {
		return false, fmt.Errorf("note that %s left: %w", person, err)
	}
	if n == 0 {
		return false, nil
	}
	if _, err := tx.Exec(ctx, `update absences set returned_at = $3 where selection_id = $1 and person_id = $2 and returned_at is null`, string(m.sel.ID), string(person), m.now); err != nil {
		return false, fmt.Errorf("end the stepping out of %s: %w", person, err)
	}
	return true, s.settle(ctx, tx, m)
}

// seats lists who sits and may be noted as present.
func (s *Service) seats(ctx context.Context, r db.Reader, id committee.SelectionID) (list []committee.Member, err error) {
	all, err := committee.Members(ctx, r, id)
	for _, m := range all {
		if m.Person != "" && m.SitsAt(s.clock.Now()) && m.Role != committee.Officer {
			list = append(list, m)
		}
	}
	return list, err
}

// Note is what who takes the minutes writes of somebody's presence.
type Note struct {
	Member committee.MemberID
	Mode   minutes.Mode // on arriving
	Leaves bool
	At     time.Time // zero: now
}

// Notes writes that a member came or left, for her: at a time since the room opened, and
// before now. Errors: Invalid on "member", "mode" and "at"; Conflict while the room is not
// open, to who waits outside, and when it was noted already.
func (s *Service) Notes(ctx context.Context, by account.User, id committee.SelectionID, n Note) error {
	return s.act(ctx, by, "selection.attendance", id, func(tx *db.Tx, m *meeting) error {
		if m.room.Status != Open {
			return errs.New(errs.Conflict, "deliberation.not_open")
		}
		if err := s.inside(ctx, tx, m); err != nil {
			return err
		}
		if n.At.IsZero() {
			n.At = m.now
		}
		members, err := s.seats(ctx, tx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(members, func(one committee.Member) bool { return one.ID == n.Member })
		var bad []errs.Field
		if i < 0 {
			bad = append(bad, errs.Field{Path: "member", Key: "deliberation.member_unknown"})
		}
		if !n.Leaves && n.Mode != minutes.OnSite && n.Mode != minutes.Remote {
			bad = append(bad, errs.Field{Path: "mode", Key: "deliberation.mode_missing"})
		}
		if n.At.After(m.now) || n.At.Before(m.room.OpenedAt.Truncate(time.Minute)) {
			bad = append(bad, errs.Field{Path: "at", Key: "deliberation.instant_wrong"})
		}
		if err := errs.NewInvalid("deliberation.presence_invalid", bad); err != nil {
			return err
		}
		did, act := false, "deliberation.noted_in"
		if n.Leaves {
			act = "deliberation.noted_out"
			did, err = s.goes(ctx, tx, m, members[i].Person, n.At)
		} else {
			did, err = s.comes(ctx, tx, m, stay{members[i].Person, n.Member, n.Mode, n.At, by.Actor()})
		}
		if err != nil {
			return err
		}
		if !did {
			return errs.New(errs.Conflict, "deliberation.noted_already")
		}
		return s.record(ctx, tx, by, act, id, map[string]any{"member": string(n.Member)})
	})
}
