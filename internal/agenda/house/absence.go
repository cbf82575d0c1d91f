package house

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Part is a part of a day.
type Part string

// The parts of a day; Hours stands for hours that are said.
const (
	WholeDay  Part = "day"
	Morning   Part = "morning"
	Afternoon Part = "afternoon"
	Evening   Part = "evening"
	Hours     Part = "hours"
)

// Parts are all of them, in the order in which people read them.
var Parts = []Part{WholeDay, Morning, Afternoon, Evening, Hours}

// spans are the hours of each part of a day: the meal in the middle of it is in the
// morning for nobody.
var spans = map[Part][2]order.Minute{
	WholeDay:  {0, order.Latest},
	Morning:   {0, 12*60 + 30},
	Afternoon: {12*60 + 30, 18*60 + 30},
	Evening:   {18*60 + 30, order.Latest},
}

// maxAbsences bounds what is noted of one participant.
const maxAbsences = 40

// AbsenceSheet says when somebody is not there.
type AbsenceSheet struct {
	Day      string // "2027-03-05"
	Part     Part
	From, To order.Minute // for Hours; Latest stands for the end of the day
}

// Absence is some time of a day when a participant is not there.
type Absence struct {
	ID          string
	Participant string
	Day         string
	From, To    order.Minute
	NotedAt     time.Time
}

// Part is the part of the day that an absence is, Hours when it is none of them.
func (a Absence) Part() Part {
	for part, span := range spans {
		if span == [2]order.Minute{a.From, a.To} {
			return part
		}
	}
	return Hours
}

// DaysOf lists the days of a gathering, the first one first.
func DaysOf(g gathering.Gathering) (days []string) {
	day, err := time.Parse(time.DateOnly, g.StartsOn)
	if err != nil {
		return nil // no day was ever kept unread
	}
	for ; len(days) < gathering.MaxDays; day = day.AddDate(0, 0, 1) {
		if on := day.Format(time.DateOnly); on <= g.EndsOn {
			days = append(days, on)
		} else {
			break
		}
	}
	return days
}

func (w *AbsenceSheet) check(g gathering.Gathering) (bad []errs.Field) {
	if !slices.Contains(DaysOf(g), w.Day) {
		bad = append(bad, errs.Field{Path: "day", Key: "agenda.absence_day"})
	}
	if span, whole := spans[w.Part]; whole {
		w.From, w.To = span[0], span[1]
		return bad
	}
	switch {
	case w.Part != Hours:
		bad = append(bad, errs.Field{Path: "part", Key: "agenda.absence_part"})
	case w.From < 0 || w.To <= w.From || w.To > order.Latest:
		bad = append(bad, errs.Field{Path: "to", Key: "agenda.absence_hours"})
	}
	return bad
}

// Seat is the place of somebody in a gathering, joined or invited, that has not ended.
type Seat struct {
	ID           string
	Person       account.PersonID // "" until she answers
	Name         string
	Role         gathering.Role
	Project      string // "" for none
	ProjectTitle string
}

// Invited says whether she has not answered yet.
func (p Seat) Invited() bool { return p.Person == "" }

func scanSeat(sc db.Scanner) (p Seat, err error) {
	err = sc.Scan(&p.ID, &p.Person, &p.Name, &p.Role, &p.Project, &p.ProjectTitle)
	return p, err
}

const seatsOf = `select s.id, coalesce(s.person_id, ''), case when s.name = '' then s.email else s.name end, s.role, coalesce(s.project_id, ''), coalesce(j.title, '')
	from participants s left join projects j on j.id = s.project_id where s.gathering_id = $1 and s.left_at is null`

// mySeat is the seat of somebody who speaks for herself, before the gathering opens too.
// Error: NotFound.
func mySeat(ctx context.Context, r db.Reader, id gathering.ID, by account.User) (Seat, error) {
	p, err := db.Get(ctx, r, scanSeat, seatsOf+` and s.person_id = $2`, string(id), string(by.ID))
	if err != nil {
		return p, fmt.Errorf("find who speaks in gathering %s: %w", id, err)
	}
	return p, nil
}

func seatIn(ctx context.Context, r db.Reader, id gathering.ID, participant string) (Seat, error) {
	p, err := db.Get(ctx, r, scanSeat, seatsOf+` and s.id = $2`, string(id), participant)
	if err != nil {
		return p, fmt.Errorf("find participant %s: %w", participant, err)
	}
	return p, nil
}

func scanAbsence(sc db.Scanner) (a Absence, err error) {
	err = sc.Scan(&a.ID, &a.Participant, &a.Day, &a.From, &a.To, &a.NotedAt)
	return a, err
}

// absences lists when participants of a gathering who have not left are not there.
func absences(ctx context.Context, r db.Reader, id gathering.ID) ([]Absence, error) {
	list, err := db.List(ctx, r, scanAbsence, `select a.id, a.participant_id, a.day, a.from_minute, a.to_minute, a.noted_at from agenda_absences a join participants s on s.id = a.participant_id
		where a.gathering_id = $1 and s.left_at is null order by a.day, a.from_minute, a.to_minute, a.id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the absences of gathering %s: %w", id, err)
	}
	return list, nil
}

// about keeps the absences of one participant.
func about(list []Absence, participant string) (hers []Absence) {
	for _, a := range list {
		if a.Participant == participant {
			hers = append(hers, a)
		}
	}
	return hers
}

// Presence is one participant and when she is not there.
type Presence struct {
	gathering.Gathering
	Seat     Seat
	Absences []Absence
}

// Absences tells when a participant is not there, to who runs the gathering. Errors:
// NotFound; as the policy, on gathering.manage.
func (s *Service) Absences(ctx context.Context, by account.User, id gathering.ID, participant string) (v Presence, err error) {
	r := s.db.Reader()
	if v.Gathering, err = s.require(ctx, r, by, "gathering.manage", id); err != nil {
		return v, err
	}
	if v.Seat, err = seatIn(ctx, r, id, participant); err != nil {
		return v, err
	}
	all, err := absences(ctx, r, id)
	v.Absences = about(all, participant)
	return v, err
}

// AllAbsences tells when each participant is not there, by participant, to who runs the
// gathering; nothing to others.
func (s *Service) AllAbsences(ctx context.Context, by account.User, id gathering.ID) (map[string][]Absence, error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if may, err := s.manages(ctx, r, by, g); err != nil || !may {
		return nil, err
	}
	all, err := absences(ctx, r, id)
	if err != nil {
		return nil, err
	}
	each := map[string][]Absence{}
	for _, a := range all {
		each[a.Participant] = append(each[a.Participant], a)
	}
	return each, nil
}

// whose finds about whom something is noted: the participant that is named, by who runs
// the gathering, or who speaks for herself when none is.
func (s *Service) whose(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, participant string) (g gathering.Gathering, p Seat, err error) {
	action := policy.Action("gathering.manage")
	if participant == "" {
		action = "gathering.attend"
	}
	if g, err = s.require(ctx, tx, by, action, id); err != nil {
		return g, p, err
	}
	if participant == "" {
		p, err = mySeat(ctx, tx, id, by)
	} else {
		p, err = seatIn(ctx, tx, id, participant)
	}
	return g, p, err
}

// NoteAbsence notes when a participant is not there; an empty participant is by herself.
// Errors: NotFound; Invalid on the sheet; Conflict "agenda.absences_full"; as the policy,
// on gathering.manage, or gathering.attend for oneself.
func (s *Service) NoteAbsence(ctx context.Context, by account.User, id gathering.ID, participant string, w AbsenceSheet) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		g, p, err := s.whose(ctx, tx, by, id, participant)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("agenda.invalid", w.check(g)); err != nil {
			return err
		}
		all, err := absences(ctx, tx, id)
		if err != nil {
			return err
		}
		hers := about(all, p.ID)
		if len(hers) >= maxAbsences {
			return errs.New(errs.Conflict, "agenda.absences_full", maxAbsences)
		}
		if slices.ContainsFunc(hers, func(a Absence) bool { return a.Day == w.Day && a.From <= w.From && w.To <= a.To }) {
			return errs.New(errs.Conflict, "agenda.absence_known")
		}
		_, err = tx.Exec(ctx, `insert into agenda_absences (id, gathering_id, participant_id, day, from_minute, to_minute, noted_at, noted_by) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			db.NewID(), string(id), p.ID, w.Day, int(w.From), int(w.To), s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("note an absence in gathering %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "agenda.absence_noted", id, map[string]any{"participant": p.ID})
	})
}

// RemoveAbsence takes back that somebody is not there; an empty participant is by herself.
// Errors: NotFound; as NoteAbsence.
func (s *Service) RemoveAbsence(ctx context.Context, by account.User, id gathering.ID, participant, absence string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, p, err := s.whose(ctx, tx, by, id, participant)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `delete from agenda_absences where id = $1 and participant_id = $2`, absence, p.ID)
		if err != nil {
			return fmt.Errorf("remove absence %s: %w", absence, err)
		}
		if n == 0 {
			return notFound()
		}
		return s.note(ctx, tx, by, "agenda.absence_removed", id, map[string]any{"participant": p.ID})
	})
}
