package taster

import (
	"time"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
)

// Rhythm is when tasters come: every so many weeks from a day to another one, on the
// weekday of the first.
type Rhythm struct {
	First, Last string // "2027-03-04"
	Weeks       int    // 2 for every second week
	Zone        string
}

// MaxDates bounds a series, and MaxWeeks its rhythm.
const (
	MaxDates = 60
	MaxWeeks = 12
)

// Date is a day of a rhythm, with what makes it unlike the others.
type Date struct {
	Day     string
	Holiday string // the name of a public holiday of France, as a key; "" for none
	Shift   int    // how many minutes the clocks moved by since the day before in the rhythm: people elsewhere have it at another hour
}

// Dates lists the days of a rhythm. None is left out because it is a holiday: that is for
// whoever prepares the series to decide. Errors: Invalid on "first", "last", "weeks", "zone".
func (r Rhythm) Dates() (list []Date, err error) {
	var bad []errs.Field
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	_, unknown := zone.Load(r.Zone)
	fault(unknown != nil, "zone", "account.zone_unknown")
	there := zone.Location(r.Zone)
	first, wrongFirst := time.ParseInLocation(time.DateOnly, r.First, there)
	last, wrongLast := time.ParseInLocation(time.DateOnly, r.Last, there)
	fault(wrongFirst != nil, "first", "gathering.day_missing")
	fault(wrongLast != nil, "last", "gathering.day_missing")
	fault(wrongFirst == nil && wrongLast == nil && last.Before(first), "last", "gathering.ends_before")
	fault(r.Weeks < 1 || r.Weeks > MaxWeeks, "weeks", "taster.weeks", MaxWeeks)
	if err := errs.NewInvalid("taster.invalid", bad); err != nil {
		return nil, err
	}
	offset := 0
	for i := 0; ; i++ {
		day := time.Date(first.Year(), first.Month(), first.Day()+7*r.Weeks*i, 12, 0, 0, 0, there)
		if day.Format(time.DateOnly) > r.Last {
			return list, nil
		}
		if len(list) == MaxDates {
			return nil, errs.NewInvalid("taster.invalid", []errs.Field{{Path: "last", Key: "taster.long", Args: []any{MaxDates}}})
		}
		_, now := day.Zone()
		d := Date{Day: day.Format(time.DateOnly), Holiday: Holiday(day)}
		if i > 0 {
			d.Shift = (now - offset) / 60
		}
		offset = now
		list = append(list, d)
	}
}

// Holiday names the public holiday of France that a day is, as a key, "" for none: the
// eleven of article L3133-1 of the code du travail; those that Alsace and Moselle add are
// not counted.
func Holiday(t time.Time) string {
	fixed := map[[2]int]string{{1, 1}: "new_year", {5, 1}: "labour", {5, 8}: "victory", {7, 14}: "national", {8, 15}: "assumption", {11, 1}: "all_saints", {11, 11}: "armistice", {12, 25}: "christmas"}
	if name := fixed[[2]int{int(t.Month()), t.Day()}]; name != "" {
		return name
	}
	sunday := easter(t.Year())
	today := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	switch int(today.Sub(sunday).Hours()) / 24 {
	case 1:
		return "easter_monday"
	case 39:
		return "ascension"
	case 50:
		return "whit_monday"
	}
	return ""
}

// easter is Easter Sunday of a year of the Gregorian calendar: J. Meeus, Astronomical
// Algorithms, 2nd edition, chapter 8.
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}
