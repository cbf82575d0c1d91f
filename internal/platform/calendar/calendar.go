// Package calendar is dates that people put in their own calendar: the iCalendar text of a list of moments.
package calendar

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
)

// Entry is one moment. Its UID never changes; its Sequence grows when it does (RFC
// 5545, 3.8.7.4), so that calendars replace it instead of adding another.
type Entry struct {
	UID      string
	Title    string
	Text     string
	Place    string
	URL      string
	Starts   time.Time // carries the zone it is written in
	Ends     time.Time // zero for an instant, such as a deadline
	Sequence int64
	Changed  time.Time
	Gone     bool // it will not take place: calendars strike it out or take it away
}

// local is a date-time with a TZID, RFC 5545, 3.3.5 form 3.
const local = "20060102T150405"

// Text writes a calendar. Each zone in use comes with its rules (VTIMEZONE) over the
// years of the entries, as RFC 5545, 3.6.5 requires.
func Text(name string, entries []Entry) string { return written(ics.MethodPublish, name, entries) }

// Cancel writes moments that will not take place, for calendars that have them: they go by
// the UID and a Sequence higher than the one they know (RFC 5546, 3.2.5).
func Cancel(name string, entries []Entry) string {
	return written(ics.MethodCancel, name, entries)
}

func written(method ics.Method, name string, entries []Entry) string {
	cal := ics.NewCalendarFor("transformateur")
	cal.SetMethod(method)
	cal.SetXWRCalName(plain(name))
	cal.SetRefreshInterval("PT6H")
	for _, z := range zones(entries) {
		z.write(cal)
	}
	for _, e := range entries {
		e.write(cal)
	}
	return cal.Serialize(ics.WithNewLineWindows)
}

func (e Entry) write(cal *ics.Calendar) {
	event := cal.AddEvent(e.UID)
	event.SetDtStampTime(e.Changed)
	event.SetLastModifiedAt(e.Changed)
	event.SetSequence(int(e.Sequence))
	event.SetSummary(plain(e.Title))
	if e.Gone {
		event.SetStatus(ics.ObjectStatusCancelled)
	}
	if e.Text != "" {
		event.SetDescription(plain(e.Text))
	}
	if e.Place != "" {
		event.SetLocation(plain(e.Place))
	}
	if e.URL != "" {
		event.SetURL(e.URL)
	}
	setTime(event, ics.ComponentPropertyDtStart, e.Starts)
	if e.Ends.IsZero() {
		event.SetTimeTransparency(ics.TransparencyTransparent) // a deadline keeps nobody busy
		return
	}
	setTime(event, ics.ComponentPropertyDtEnd, e.Ends)
}

func setTime(event *ics.VEvent, property ics.ComponentProperty, t time.Time) {
	if t.Location() == time.UTC {
		event.SetProperty(property, t.Format(local+"Z"))
		return
	}
	event.SetProperty(property, t.Format(local), ics.WithTZID(t.Location().String()))
}

// rules is a zone and the years over which its clocks must be told.
type rules struct {
	loc         *time.Location
	first, last int
}

func zones(entries []Entry) []*rules {
	var all []*rules
	known := map[string]*rules{}
	for _, e := range entries {
		loc := e.Starts.Location()
		if loc == time.UTC {
			continue
		}
		z := known[loc.String()]
		if z == nil {
			z = &rules{loc, e.Starts.Year(), e.Starts.Year()}
			known[loc.String()] = z
			all = append(all, z)
		}
		z.first, z.last = min(z.first, e.Starts.Year()), max(z.last, e.Starts.Year(), e.Ends.In(loc).Year())
	}
	return all
}

// write tells every change of clocks from the year before the first to the year after the last.
func (z *rules) write(cal *ics.Calendar) {
	tz := cal.AddTimezone(z.loc.String())
	at := time.Date(z.first-1, 1, 1, 0, 0, 0, 0, z.loc)
	end := time.Date(z.last+2, 1, 1, 0, 0, 0, 0, z.loc)
	was := at
	for at.Before(end) {
		name, offset := at.Zone()
		_, before := was.Zone()
		var period ics.Component
		component := ics.ComponentBase{}
		// The moment of the change is written as the clocks showed it before.
		component.SetProperty(ics.ComponentPropertyDtStart, at.In(time.FixedZone("", before)).Format(local))
		component.SetProperty("TZOFFSETFROM", offsetText(before))
		component.SetProperty("TZOFFSETTO", offsetText(offset))
		component.SetProperty("TZNAME", name)
		if period = (&ics.Standard{ComponentBase: component}); at.IsDST() {
			period = &ics.Daylight{ComponentBase: component}
		}
		tz.Components = append(tz.Components, period)
		_, next := at.ZoneBounds()
		if next.IsZero() {
			return
		}
		was, at = at, next
	}
}

func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds%3600/60)
}

// plain is a text in the characters that a calendar may hold (RFC 5545, 3.1 and 3.3.11):
// lines end in one way, and nothing but them and tabulations controls anything.
func plain(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, ""))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}
