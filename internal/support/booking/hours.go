package booking

import (
	"slices"
	"time"

	"transformateur/internal/platform/zone"
)

// Step is the grain of all times, in minutes: a meeting begins and ends on it.
const Step = 5

// reach is how far from a local time its instant can be, with a margin; see zone.
const reach = 48 * time.Hour

// Span is a part of a day on the clocks, in minutes from midnight; To is at most 24 hours.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Day is a span of one date, "2027-03-05".
type Day struct {
	Date string `json:"date"`
	Span
}

// Week is the rhythm of somebody's days, with its exceptions.
type Week struct {
	Days [7][]Span `json:"days"` // Monday first
	Off  []string  `json:"off"`  // dates on which the rhythm does not hold
	Once []Day     `json:"once"` // windows of one date, off or not
}

// Hours say when somebody can be met.
type Hours struct {
	Zone    string
	Minutes int // how long a meeting is
	Pause   int // minutes between two
	Notice  int // hours before which a meeting is booked, or cancelled
	Ahead   int // days ahead that can be booked
	Place   string
	Video   string // an address, shown to those who meet alone
	Week    Week
	Version int64 // 0 when nothing was ever written
}

// Slot is a moment, from its start to its end, which is not in it.
type Slot struct{ Start, End time.Time }

func (s Slot) meets(o Slot) bool { return s.Start.Before(o.End) && o.Start.Before(s.End) }

// Slots lists the moments that can still be booked at now, in order, around those that are
// taken. The spans of a day are read on the clocks of the zone: an hour that the clocks skip
// gives no slot, one that they show twice gives its slots twice, each at its own instant.
func (h Hours) Slots(now time.Time, busy []Slot) (free []Slot) {
	if h.Version == 0 || h.Minutes <= 0 {
		return nil
	}
	loc := zone.Location(h.Zone)
	length, pause := time.Duration(h.Minutes)*time.Minute, time.Duration(h.Pause)*time.Minute
	earliest, latest := now.Add(time.Duration(h.Notice)*time.Hour), now.Add(time.Duration(h.Ahead)*24*time.Hour)
	for _, s := range h.Week.stretches(earliest, latest, loc) {
		for start := s.Start; !start.Add(length).After(s.End); start = start.Add(length + pause) {
			slot := Slot{start, start.Add(length)}
			around := Slot{start.Add(-pause), slot.End.Add(pause)}
			switch {
			case start.Before(earliest), start.After(latest):
			case slices.ContainsFunc(busy, around.meets):
			case len(free) > 0 && free[len(free)-1].meets(slot): // a single window over the rhythm
			default:
				free = append(free, slot)
			}
		}
	}
	return free
}

// stretches are the moments that a week opens from one instant to another, in order.
func (w Week) stretches(from, to time.Time, loc *time.Location) (list []Slot) {
	y, m, d := from.In(loc).Date()
	for day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); !day.After(to.Add(reach)); day = day.AddDate(0, 0, 1) {
		date := day.Format(time.DateOnly)
		var spans []Span
		if !slices.Contains(w.Off, date) {
			spans = append(spans, w.Days[(int(day.Weekday())+6)%7]...)
		}
		for _, one := range w.Once {
			if one.Date == date {
				spans = append(spans, one.Span)
			}
		}
		for _, s := range spans {
			list = append(list, shown(day.Add(time.Duration(s.From)*time.Minute), day.Add(time.Duration(s.To)*time.Minute), loc)...)
		}
	}
	slices.SortStableFunc(list, func(a, b Slot) int { return a.Start.Compare(b.Start) })
	return list
}

// shown are the stretches of time in which the clocks of loc show a time from one wall time
// to another, both given as if in UTC: between two changes of the clocks their offset is
// constant, so that each such period gives one stretch, and neighbours are joined.
func shown(from, to time.Time, loc *time.Location) (list []Slot) {
	at := from.Add(-reach).In(loc)
	for end := to.Add(reach); !at.After(end); {
		begins, ends := at.ZoneBounds()
		_, offset := at.Zone()
		by := -time.Duration(offset) * time.Second
		s := Slot{from.Add(by).In(loc), to.Add(by).In(loc)}
		if !begins.IsZero() && s.Start.Before(begins) {
			s.Start = begins
		}
		if !ends.IsZero() && s.End.After(ends) {
			s.End = ends
		}
		if last := len(list) - 1; s.Start.Before(s.End) {
			if last >= 0 && list[last].End.Equal(s.Start) {
				list[last].End = s.End
			} else {
				list = append(list, s)
			}
		}
		if ends.IsZero() {
			break
		}
		at = ends
	}
	return list
}

// cells are the numbers of the steps that a slot takes, from 1970 on.
func (s Slot) cells() (list []int64) {
	for at, end := s.Start.Unix()/(Step*60), (s.End.Unix()+Step*60-1)/(Step*60); at < end; at++ {
		list = append(list, at)
	}
	return list
}

// fits says whether a slot begins and ends on the grain.
func (s Slot) fits() bool {
	return s.Start.Unix()%(Step*60) == 0 && s.End.Unix()%(Step*60) == 0 && s.Start.Nanosecond() == 0 && s.Start.Before(s.End)
}
