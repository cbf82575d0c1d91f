package entrance

import (
	"context"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/zone"
)

// Half is half a day of a gathering, as funders count them: the meal parts them.
type Half struct {
	Day  string // "2027-03-05"
	Part house.Part
}

// noon is when the morning ends and the afternoon begins, as absences have it.
const noon order.Minute = 12*60 + 30

// Halves are those of a gathering, the first one first.
func Halves(g gathering.Gathering) (list []Half) {
	for _, day := range house.DaysOf(g) {
		list = append(list, Half{day, house.Morning}, Half{day, house.Afternoon})
	}
	return list
}

// span is when half a day begins and ends.
func (h Half) span() (from, to order.Minute) {
	if h.Part == house.Morning {
		return 0, noon
	}
	return noon, order.Latest
}

// Came is what is known of somebody during half a day.
type Came struct {
	Expected bool      // she comes, and is not away all that time
	There    bool      // she was there, for some of it at least
	At       time.Time // when she arrived that day; zero when she was not there
}

// Line is somebody, with each half day.
type Line struct {
	Guest
	Here   time.Time // since when she is there now; zero when she is not
	Last   string    // her last mark of today, "" for none: what is undone
	Halves []Came
}

// Came says whether she was there at all.
func (l Line) Came() bool { return slices.ContainsFunc(l.Halves, func(c Came) bool { return c.There }) }

// Figure is how many people were expected, and how many came.
type Figure struct{ Expected, Came int }

// RoleFigure is the figure of a role.
type RoleFigure struct {
	Role gathering.Role
	Figure
}

// Attendance is who came to a gathering and when, to who runs it.
type Attendance struct {
	gathering.Gathering
	Lines   []Line
	Halves  []Half
	ByHalf  []Figure
	ByRole  []RoleFigure // in the order in which people read roles, those that nobody has left out
	All     Figure
	Here    int // how many are there now
	Current int // which half day it is, -1 for none of them
}

// Missing is how many are expected now and not there.
func (a Attendance) Missing() (n int) {
	for _, l := range a.Lines {
		if l.Here.IsZero() && a.awaited(l) {
			n++
		}
	}
	return n
}

// Awaited says whether somebody is expected now: all those who come, outside the days of
// the gathering.
func (a Attendance) awaited(l Line) bool {
	if a.Current < 0 {
		return !l.Left
	}
	return l.Halves[a.Current].Expected
}

// Due is how many are expected now.
func (a Attendance) Due() (n int) {
	for _, l := range a.Lines {
		if a.awaited(l) {
			n++
		}
	}
	return n
}

// Attendance is who is expected at a gathering, who came and who is there. Errors: as the
// policy, on gathering.manage.
func (s *Service) Attendance(ctx context.Context, by account.User, id gathering.ID) (a Attendance, err error) {
	r := s.db.Reader()
	if a.Gathering, err = s.require(ctx, r, by, id); err != nil {
		return a, err
	}
	return Counted(ctx, r, a.Gathering, s.clock.Now())
}

// Counted is the attendance of a gathering as of an instant, without asking who wants it.
func Counted(ctx context.Context, r db.Reader, g gathering.Gathering, now time.Time) (a Attendance, err error) {
	a.Gathering = g
	who, err := guests(ctx, r, g.ID)
	if err != nil {
		return a, err
	}
	list, err := marks(ctx, r, g.ID)
	if err != nil {
		return a, err
	}
	away, err := absent(ctx, r, g)
	if err != nil {
		return a, err
	}
	a.count(who, list, away, now)
	return a, nil
}

// absent are the half days during all of which somebody said that she is not there.
func absent(ctx context.Context, r db.Reader, g gathering.Gathering) (map[string][]bool, error) {
	comers, err := house.Guests(ctx, r, g.ID)
	if err != nil {
		return nil, err
	}
	days, halves, away := house.DaysOf(g), Halves(g), map[string][]bool{}
	for _, one := range comers {
		off := make([]bool, len(halves))
		for i, half := range halves {
			from, to := half.span()
			for _, span := range one.Away {
				if days[span.Day] == half.Day && span.From <= max(from, workday[0]) && span.To >= min(to, workday[1]) {
					off[i] = true
				}
			}
		}
		away[one.ID] = off
	}
	return away, nil
}

// workday are the hours outside which an absence changes nothing of half a day: the
// afternoon that absences know ends when the evening begins.
var workday = [2]order.Minute{8 * 60, 18*60 + 30}

// stay is a time during which somebody was there, on one day.
type stay struct {
	day      string
	from, to order.Minute
	at       time.Time
}

// stays puts marks together: who does not say that she leaves stays until the day ends,
// or until now.
func stays(g gathering.Gathering, list []mark, now time.Time) map[string][]stay {
	out, open := map[string][]stay{}, map[string]*stay{}
	minute := func(at time.Time) order.Minute {
		here := at.In(zone.Location(g.Zone))
		m := order.Minute(here.Hour()*60 + here.Minute())
		if m < order.Latest-24*60 {
			m += 24 * 60
		}
		return m
	}
	end := func(participant string) {
		if s := open[participant]; s != nil {
			if s.day == dayOf(g, now) && s.to == order.Latest {
				s.to = max(minute(now), s.from)
			}
			out[participant] = append(out[participant], *s)
			delete(open, participant)
		}
	}
	for _, m := range list {
		day := dayOf(g, m.at)
		s := open[m.participant]
		if s != nil && s.day != day {
			end(m.participant)
			s = nil
		}
		switch {
		case m.kind == In && s == nil:
			open[m.participant] = &stay{day, minute(m.at), order.Latest, m.at}
		case m.kind == Out && s != nil:
			s.to = minute(m.at)
			end(m.participant)
		}
	}
	for participant := range open {
		end(participant)
	}
	return out
}

// during is when she arrived on the day of half a day during which she was there.
func during(list []stay, h Half) (first time.Time, there bool) {
	from, to := h.span()
	for _, s := range list {
		if s.day != h.Day {
			continue
		}
		if first.IsZero() || s.at.Before(first) {
			first = s.at
		}
		there = there || s.from < to && max(s.to, s.from+1) > from
	}
	if !there {
		return time.Time{}, false
	}
	return first, true
}

// count fills an attendance.
func (a *Attendance) count(who []Guest, list []mark, away map[string][]bool, now time.Time) {
	a.Halves, a.Current = Halves(a.Gathering), -1
	today := dayOf(a.Gathering, now)
	clock := now.In(zone.Location(a.Zone))
	for i, half := range a.Halves {
		from, to := half.span()
		if at := order.Minute(clock.Hour()*60 + clock.Minute()); half.Day == today && clock.Format(time.DateOnly) == today && from <= at && at < to {
			a.Current = i
		}
	}
	there, here := stays(a.Gathering, list, now), hereNow(a.Gathering, list, today)
	last := map[string]string{}
	for _, m := range list {
		if dayOf(a.Gathering, m.at) == today {
			last[m.participant] = m.id
		}
	}
	a.ByHalf = make([]Figure, len(a.Halves))
	roles := map[gathering.Role]*Figure{}
	for _, g := range who {
		l := Line{Guest: g, Last: last[g.ID], Here: here[g.ID].at}
		role := roles[g.Role]
		if role == nil {
			role = &Figure{}
			roles[g.Role] = role
		}
		for i, half := range a.Halves {
			at, was := during(there[g.ID], half)
			came := Came{Expected: !g.Left && (len(away[g.ID]) <= i || !away[g.ID][i]), There: was, At: at}
			l.Halves = append(l.Halves, came)
			a.ByHalf[i].add(came.Expected, was)
		}
		expected := slices.ContainsFunc(l.Halves, func(c Came) bool { return c.Expected })
		role.add(expected, l.Came())
		a.All.add(expected, l.Came())
		if !l.Here.IsZero() {
			a.Here++
		}
		a.Lines = append(a.Lines, l)
	}
	for _, role := range gathering.Roles {
		if f := roles[role]; f != nil {
			a.ByRole = append(a.ByRole, RoleFigure{role, *f})
		}
	}
}

func (f *Figure) add(expected, came bool) {
	if expected {
		f.Expected++
	}
	if came {
		f.Came++
	}
}
