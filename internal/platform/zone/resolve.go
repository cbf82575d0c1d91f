package zone

import (
	"strings"
	"time"

	"transformateur/internal/platform/errs"
)

// layouts of a local time, as an HTML datetime-local field or a person writes it.
var layouts = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"}

// reach is how far from a local time its instant can be: the widest offset (14 h) and the widest
// jump of a zone in its history (24 h, when Samoa crossed the date line), with a margin.
const reach = 48 * time.Hour

// Resolve reads a local time ("2027-03-05T12:00", seconds allowed) in the named zone and returns
// its one instant, carrying the zone. A local time that the clocks skip in spring or show twice
// in autumn is refused rather than guessed: a deadline must mean one instant to everybody.
//
// Errors, all Invalid: zone.unknown (the name); zone.unreadable (what was typed);
// zone.no_such_date for a day or an hour that no calendar has (what was typed);
// zone.does_not_exist and zone.exists_twice, whose two arguments are the last valid minute
// before and the first valid one after, as time.Time in the zone.
func Resolve(localDateTime, zoneName string) (time.Time, error) {
	loc, err := Load(zoneName)
	if err != nil {
		return time.Time{}, err
	}
	wall, err := parse(localDateTime)
	if err != nil {
		return time.Time{}, err
	}
	candidates, jump := instants(wall, loc)
	switch len(candidates) {
	case 1:
		return candidates[0], nil
	case 0:
		return time.Time{}, errs.New(errs.Invalid, "zone.does_not_exist", jump.Add(-time.Minute), jump)
	}
	twice := candidates[len(candidates)-1].Sub(candidates[0])
	return time.Time{}, errs.New(errs.Invalid, "zone.exists_twice", jump.Add(-twice-time.Minute), jump.Add(twice))
}

func parse(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err == nil {
			return t, nil
		}
		if strings.HasSuffix(err.Error(), "out of range") {
			return time.Time{}, errs.New(errs.Invalid, "zone.no_such_date", s).Because(err)
		}
	}
	return time.Time{}, errs.New(errs.Invalid, "zone.unreadable", s)
}

// instants are those at which the clocks of loc show wall (given as if in UTC), in order, and
// the change of clocks that makes them none or several.
func instants(wall time.Time, loc *time.Location) (found []time.Time, jump time.Time) {
	at := wall.Add(-reach).In(loc)
	for end := wall.Add(reach); !at.After(end); {
		from, until := at.ZoneBounds()
		_, offset := at.Zone()
		t := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		if !t.Before(from) && (until.IsZero() || t.Before(until)) {
			found = append(found, t)
		}
		if until.IsZero() {
			break
		}
		if crosses(wall, at, until) {
			jump = until
		}
		at = until
	}
	return found, jump
}

// crosses says whether the change of clocks at until skips or repeats the wall time.
func crosses(wall, before, until time.Time) bool {
	_, old := before.Zone()
	_, next := until.Zone()
	low := until.Add(time.Duration(min(old, next)) * time.Second)
	high := until.Add(time.Duration(max(old, next)) * time.Second)
	return !wall.Before(low) && wall.Before(high)
}
