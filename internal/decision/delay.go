package decision

import (
	"time"

	"transformateur/internal/platform/zone"
)

// AppealUntil is the first instant at which a decision notified at an instant can no
// longer be contested, after a delay in months, where the zone is. The delay is "franc":
// neither the day of the notification nor the day on which it falls due counts, and it
// goes on to the next working day.
//
// Sources: code de justice administrative, art. R421-1 (two months from notification) and
// R421-5 (the notification must say so); code de procédure civile, art. 641 and 642, whose
// rules on the last day of a month and on days off administrative judges follow.
func AppealUntil(notified time.Time, months int, name string) time.Time {
	loc := zone.Location(name)
	y, m, d := notified.In(loc).Date()
	first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, loc)
	if last := first.AddDate(0, 1, -1).Day(); d > last {
		d = last
	}
	day := time.Date(first.Year(), first.Month(), d+1, 0, 0, 0, 0, loc)
	for off(day) {
		day = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, loc)
	}
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, loc)
}

// fixed are the public holidays that always fall on the same day.
// Source: code du travail, art. L3133-1.
var fixed = map[[2]int]bool{{1, 1}: true, {5, 1}: true, {5, 8}: true, {7, 14}: true, {8, 15}: true, {11, 1}: true, {11, 11}: true, {12, 25}: true}

// off says whether a day is a Saturday, a Sunday or a public holiday in France.
func off(day time.Time) bool {
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || fixed[[2]int{int(day.Month()), day.Day()}] {
		return true
	}
	easter := easterOf(day.Year(), day.Location())
	for _, after := range []int{1, 39, 50} { // Easter Monday, Ascension Day, Whit Monday
		if easter.AddDate(0, 0, after).Equal(day) {
			return true
		}
	}
	return false
}

// easterOf is Easter Sunday of a year of the Gregorian calendar.
// Source: J. Meeus, Astronomical Algorithms, 1991, ch. 8 (anonymous Gregorian algorithm).
func easterOf(year int, loc *time.Location) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, loc)
}
