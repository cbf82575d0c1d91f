package deliberation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation/minutes"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Person is somebody in the room.
type Person struct {
	ID      account.PersonID
	Member  committee.MemberID // "" for the programme's team, who do not sit
	Name    string
	Sits    string // the organisation she sits for
	Role    committee.Role
	Entered time.Time
	Mode    minutes.Mode
	Out     bool // she stepped out for what is discussed
	sits    bool // her mandate runs
}

// votes says whether the person votes on what is discussed.
func (p Person) votes() bool {
	return p.sits && !p.Out && (p.Role == committee.Chair || p.Role == committee.Juror)
}

// closed lists those of the files that are closed to somebody.
func (s *Service) closed(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID, files []application.ID) (list []application.ID, err error) {
	if len(files) == 0 {
		return nil, nil
	}
	open, err := s.open(ctx, r, by, id)
	for _, one := range files {
		if !open[one] {
			list = append(list, one)
		}
	}
	return list, err
}

// present lists who is in the room, by name.
func (s *Service) present(ctx context.Context, r db.Reader, room Room) ([]Person, error) {
	now := s.clock.Now()
	list, err := db.List(ctx, r, func(sc db.Scanner) (p Person, err error) {
		var m committee.Member
		err = sc.Scan(&p.ID, &p.Member, &p.Name, &p.Sits, &p.Role, &p.Entered, &p.Mode, &p.Out, &m.Status, &m.MandateFrom, &m.MandateUntil)
		p.sits = m.SitsAt(now)
		return p, err
	}, `select t.person_id, coalesce(t.member_id, ''), p.name, coalesce(o.name, ''), coalesce(m.role, ''), t.entered_at, t.mode,
			exists (select 1 from absences x where x.selection_id = t.selection_id and x.person_id = t.person_id and x.returned_at is null),
			coalesce(m.status, ''), m.mandate_from, m.mandate_until
		from attendances t join people p on p.id = t.person_id left join committee_members m on m.id = t.member_id left join organisations o on o.id = m.organisation_id
		where t.selection_id = $1 and t.left_at is null order by p.name, p.id`, string(room.Selection))
	if err != nil {
		return nil, fmt.Errorf("list who is in the room of %s: %w", room.Selection, err)
	}
	return list, nil
}

// doors has those step out to whom what is discussed is closed, and the others come back:
// each passage is a line, for the minutes.
func (s *Service) doors(ctx context.Context, tx *db.Tx, m *meeting) error {
	people, err := s.present(ctx, tx, m.room)
	if err != nil {
		return err
	}
	floor := m.room.floor()
	for _, p := range people {
		closed, err := s.closed(ctx, tx, account.User{ID: p.ID}, m.room.Selection, floor)
		if err != nil {
			return err
		}
		var out []application.ID
		if p.Out {
			if out, err = db.List(ctx, tx, db.Value[application.ID], `select application_id from absences where selection_id = $1 and person_id = $2 and returned_at is null and discussion = $3`,
				string(m.room.Selection), string(p.ID), m.room.discussion); err != nil {
				return fmt.Errorf("find the leaving of %s: %w", p.ID, err)
			}
			if _, err := tx.Exec(ctx, `update absences set returned_at = $3 where selection_id = $1 and person_id = $2 and returned_at is null and (discussion <> $4 or $5)`,
				string(m.room.Selection), string(p.ID), m.now, m.room.discussion, len(closed) == 0); err != nil {
				return fmt.Errorf("have %s come back: %w", p.ID, err)
			}
		}
		for _, file := range closed {
			if slices.Contains(out, file) {
				continue
			}
			if _, err := tx.Exec(ctx, `insert into absences (id, selection_id, application_id, discussion, person_id, member_id, left_at) values ($1, $2, $3, $4, $5, $6, $7)`,
				db.NewID(), string(m.room.Selection), string(file), m.room.discussion, string(p.ID), db.Null(p.Member), m.now); err != nil {
				return fmt.Errorf("have %s step out: %w", p.ID, err)
			}
		}
	}
	return nil
}

// meeting is a room in the hands of an act.
type meeting struct {
	by   account.User
	sel  committee.Selection
	room Room
	now  time.Time
}

// act does something in a room, one act at a time, then tells the open pages.
func (s *Service) act(ctx context.Context, by account.User, action policy.Action, id committee.SelectionID, do func(*db.Tx, *meeting) error) error {
	var before, after []application.ID
	var version int64
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "deliberation:"+string(id)); err != nil {
			return err
		}
		sel, err := s.require(ctx, tx, by, action, id)
		if err != nil {
			return err
		}
		m := &meeting{by: by, sel: sel, now: s.clock.Now()}
		if m.room, err = roomOf(ctx, tx, id); err != nil {
			return err
		}
		before = m.room.floor()
		if err := do(tx, m); err != nil {
			return err
		}
		after = m.room.floor()
		if m.room.Version == 0 {
			return nil
		}
		// Whatever happened moves the room: pages of other processes compare its version.
		err = m.room.save(ctx, tx, by.Actor())
		version = m.room.Version
		return err
	})
	if err == nil {
		s.live.tell(id, version, !slices.Equal(before, after))
	}
	return err
}

// inside refuses whoever waits outside for what is discussed.
func (s *Service) inside(ctx context.Context, r db.Reader, m *meeting) error {
	closed, err := s.closed(ctx, r, m.by, m.room.Selection, m.room.floor())
	if err != nil {
		return err
	}
	if len(closed) > 0 {
		return errs.New(errs.Conflict, "deliberation.waiting")
	}
	return nil
}
