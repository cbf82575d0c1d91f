package booking

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

const columns = `b.id, b.project_id, p.title, b.helper_id, h.name, b.guest_id, g.name, b.about_kind, b.about_id, b.origin, b.subject, b.starts_at, b.ends_at, b.place, b.video, b.notice,
	b.state, b.sequence, b.made_by, b.made_at, b.changed_at, b.ended_by, b.ended_before, b.late, b.reason, b.helper_minutes, b.guest_minutes, b.missing, b.notes, b.version`

const tables = ` from bookings b join projects p on p.id = b.project_id join people h on h.id = b.helper_id join people g on g.id = b.guest_id `

func scan(sc db.Scanner) (b Booking, err error) {
	err = sc.Scan(&b.ID, &b.Project, &b.Title, &b.Helper, &b.HelperName, &b.Guest, &b.GuestName, &b.About.Kind, &b.About.ID, &b.Origin, &b.Subject, &b.Start, &b.End, &b.Place, &b.Video, &b.Notice,
		&b.State, &b.Sequence, &b.MadeBy, &b.MadeAt, &b.ChangedAt, &b.EndedBy, &b.EndedBefore, &b.Late, &b.Reason, &b.HelperMinutes, &b.GuestMinutes, &b.Missing, &b.Notes, &b.Version)
	return b, err
}

// Load reads a booking without asking who wants it. Error: NotFound.
func Load(ctx context.Context, r db.Reader, id ID) (Booking, error) {
	b, err := db.Get(ctx, r, scan, `select `+columns+tables+`where b.id = $1`, string(id))
	if err != nil {
		return b, fmt.Errorf("load booking %s: %w", id, err)
	}
	return b, nil
}

func list(ctx context.Context, r db.Reader, where string, args ...any) ([]Booking, error) {
	all, err := db.List(ctx, r, scan, `select `+columns+tables+`where `+where+` order by b.starts_at, b.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list bookings: %w", err)
	}
	return all, nil
}

// busy lists when somebody is taken from an instant on.
func busy(ctx context.Context, r db.Reader, who account.PersonID, from time.Time, but ID) ([]Slot, error) {
	all, err := db.List(ctx, r, func(sc db.Scanner) (s Slot, err error) {
		err = sc.Scan(&s.Start, &s.End)
		return s, err
	}, `select starts_at, ends_at from bookings where (helper_id = $1 or guest_id = $1) and state = 'booked' and ends_at > $2 and id <> $3 order by starts_at`, string(who), from, string(but))
	if err != nil {
		return nil, fmt.Errorf("read when %s is taken: %w", who, err)
	}
	return all, nil
}

// hoursOf reads when somebody can be met; who wrote nothing has Version 0.
func hoursOf(ctx context.Context, r db.Reader, who account.PersonID) (h Hours, err error) {
	var body string
	err = r.QueryRow(ctx, `select zone, minutes, pause, notice, ahead, place, video, body, version from booking_hours where person_id = $1`, string(who)).
		Scan(&h.Zone, &h.Minutes, &h.Pause, &h.Notice, &h.Ahead, &h.Place, &h.Video, &body, &h.Version)
	if errs.Is(err, errs.NotFound) {
		return Hours{}, nil
	}
	if err != nil {
		return h, fmt.Errorf("read the hours of %s: %w", who, err)
	}
	if err := json.Unmarshal([]byte(body), &h.Week); err != nil {
		return h, fmt.Errorf("read the week of %s: %w", who, err)
	}
	return h, nil
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, by account.User, b *Booking) error {
	now := s.clock.Now()
	b.ID, b.State, b.Version, b.MadeBy, b.MadeAt, b.ChangedAt = ID(db.NewID()), Booked, 1, by.ID, now, now
	_, err := tx.Exec(ctx, `insert into bookings (id, project_id, helper_id, guest_id, about_kind, about_id, origin, subject, starts_at, ends_at, place, video, notice, state, sequence, made_by, made_at, changed_at,
		  ended_by, ended_before, late, reason, helper_minutes, guest_minutes, missing, notes, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'booked', 0, $14, $15, $15, '', 0, $16, '', 0, 0, '', '', 1)`,
		string(b.ID), string(b.Project), string(b.Helper), string(b.Guest), b.About.Kind, b.About.ID, b.Origin, b.Subject, b.Start, b.End, b.Place, b.Video, b.Notice, string(by.ID), now, false)
	if err != nil {
		return fmt.Errorf("book a meeting: %w", err)
	}
	return take(ctx, tx, by, *b)
}

// take writes the cells of a booking for both who meet. Of two that want the same, the key
// lets one in: the other one gets Conflict booking.taken, or booking.taken_own when it is she
// herself who is busy. People come in one order, so that no two acts wait for one another.
func take(ctx context.Context, tx *db.Tx, by account.User, b Booking) error {
	cells := b.Slot().cells()
	people := []account.PersonID{b.Helper, b.Guest}
	slices.Sort(people)
	for _, who := range people {
		args := []any{string(who), string(b.ID)}
		var places []string
		for i, cell := range cells {
			places = append(places, fmt.Sprintf("($1, $%d, $2)", i+3))
			args = append(args, cell)
		}
		n, err := tx.Exec(ctx, `insert into booking_cells (person_id, cell, booking_id) values `+strings.Join(places, ", ")+` on conflict do nothing`, args...)
		if err != nil {
			return fmt.Errorf("take the time of %s: %w", who, err)
		}
		if n < len(cells) && who == by.ID {
			return errs.New(errs.Conflict, "booking.taken_own")
		}
		if n < len(cells) {
			return errs.New(errs.Conflict, "booking.taken")
		}
	}
	return nil
}

// free gives back the time of a booking.
func free(ctx context.Context, tx *db.Tx, id ID) error {
	if _, err := tx.Exec(ctx, `delete from booking_cells where booking_id = $1`, string(id)); err != nil {
		return fmt.Errorf("give the time of booking %s back: %w", id, err)
	}
	return nil
}

// Met lists the meetings about a project that took place, the oldest first, without asking
// who wants to know.
func Met(ctx context.Context, r db.Reader, id project.ID) ([]Booking, error) {
	return list(ctx, r, `b.project_id = $1 and b.state = 'held'`, string(id))
}
