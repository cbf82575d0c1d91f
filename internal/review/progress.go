package review

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
)

// Progress is who has handed in what, and never what it says.
type Progress struct {
	Selection committee.Selection
	Readers   []ReaderProgress // by name
	Given     int
	Due       int // files given to read, over all readers
	Today     string
}

// Late says whether the time of reading is over at an instant.
func (p Progress) Late(at time.Time) bool {
	return !p.Selection.ReviewsDueAt.IsZero() && at.After(p.Selection.ReviewsDueAt)
}

// ReaderProgress is how far a member is with her list.
type ReaderProgress struct {
	Member   committee.Member
	Readings []Standing // by the number of the file
	Given    int
	Reminded bool // today already
}

// Left says how many files wait.
func (p ReaderProgress) Left() int { return len(p.Readings) - p.Given }

// Standing is where one reading is.
type Standing struct {
	File   application.ID
	Number int
	Title  string
	Status Status
	At     time.Time // of handing in
}

// Progress tells who has handed in, for those who follow a selection. Files that by may
// not see, and who reads them, are left out.
func (s *Service) Progress(ctx context.Context, by account.User, id committee.SelectionID) (Progress, error) {
	sel, err := s.selectionFor(ctx, by, "selection.progress", id)
	p := Progress{Selection: sel}
	if err != nil {
		return p, err
	}
	r, now := s.db.Reader(), s.clock.Now()
	p.Today = day(now, sel.Call.Zone)
	members, err := committee.Members(ctx, r, id)
	if err != nil {
		return p, err
	}
	reminded, err := db.List(ctx, r, db.Value[string], `select member_id from review_reminders where day = $1`, p.Today)
	if err != nil {
		return p, fmt.Errorf("list who was reminded: %w", err)
	}
	standing, err := s.standing(ctx, r, by, id)
	if err != nil {
		return p, err
	}
	for _, m := range members {
		one := ReaderProgress{Member: m, Readings: standing[m.ID]}
		if len(one.Readings) == 0 {
			continue
		}
		for _, x := range one.Readings {
			if x.Status == Submitted || x.Status == Reopened && !x.At.IsZero() {
				one.Given++
			}
		}
		for _, who := range reminded {
			one.Reminded = one.Reminded || who == string(m.ID)
		}
		p.Given, p.Due = p.Given+one.Given, p.Due+len(one.Readings)
		p.Readers = append(p.Readers, one)
	}
	return p, nil
}

// standing lists the readings of a selection by member, but those of files from which by stepped aside.
func (s *Service) standing(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) (map[committee.MemberID][]Standing, error) {
	clear, args := s.policy.Unexcluded(ctx, by, "application", "a.id", []any{string(id)})
	type row struct {
		member committee.MemberID
		Standing
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.member, &x.File, &x.Number, &x.Title, &x.Status, &x.At)
		return x, err
	}, `
		select g.member_id, a.id, a.number, a.title, coalesce(v.status, ''), v.submitted_at
		from assignments g join applications a on a.id = g.application_id
		left join reviews v on v.member_id = g.member_id and v.application_id = g.application_id
		where g.selection_id = $1 and g.ended_at is null and a.deleted_at is null and a.status in ('submitted', 'reopened') and `+clear+`
		order by g.member_id, a.number`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the readings of %s: %w", id, err)
	}
	out := map[committee.MemberID][]Standing{}
	for _, x := range rows {
		out[x.member] = append(out[x.member], x.Standing)
	}
	return out, nil
}

// day is a calendar day in a zone: "2027-03-05".
func day(at time.Time, name string) string { return at.In(zone.Location(name)).Format(time.DateOnly) }

// Remind tells every member who still has files to hand in, in one act, and says how many
// were told: those who are done are left alone, and nobody is reminded twice the same day.
func (s *Service) Remind(ctx context.Context, by account.User, id committee.SelectionID) (int, error) {
	sel, err := s.selectionFor(ctx, by, "selection.clerk", id)
	if err != nil {
		return 0, err
	}
	if sel.Status != committee.Reading {
		return 0, errs.New(errs.Conflict, "review.not_reading")
	}
	now, told := s.clock.Now(), 0
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		told = 0
		all, err := s.standing(ctx, tx, account.System, id)
		if err != nil {
			return err
		}
		for member, list := range all {
			if done(list) {
				continue
			}
			n, err := tx.Exec(ctx, `insert into review_reminders (member_id, day, reminded_by, at) values ($1, $2, $3, $4) on conflict do nothing`, string(member), day(now, sel.Call.Zone), by.Actor(), now)
			if err != nil {
				return fmt.Errorf("remind %s: %w", member, err)
			}
			if n == 0 {
				continue
			}
			told++
			if err := s.publish(ctx, tx, "review.reminded", Event{Selection: string(id), Member: string(member)}); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, now, by, "review.reminded", id, map[string]any{"members": told})
	})
	return told, err
}

func done(list []Standing) bool {
	for _, x := range list {
		if x.Status != Submitted {
			return false
		}
	}
	return true
}
