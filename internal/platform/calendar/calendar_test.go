package calendar

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
)

func in(t *testing.T, zone string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestTextIsReadBack(t *testing.T) {
	paris, noumea := in(t, "Europe/Paris"), in(t, "Pacific/Noumea")
	deadline := time.Date(2027, 3, 5, 12, 0, 0, 0, paris)
	text := Text("Échéances", []Entry{
		{UID: "call-1@example.org", Title: "Clôture ; dernier jour, midi", Text: "Deux\nlignes", URL: "https://example.org/calls/1", Starts: deadline, Sequence: 7, Changed: deadline.Add(-time.Hour)},
		{UID: "stage-2@example.org", Title: "Session", Place: "Nouméa", Starts: time.Date(2027, 7, 1, 9, 0, 0, 0, noumea), Ends: time.Date(2027, 7, 2, 18, 0, 0, 0, noumea), Changed: deadline},
	})
	cal, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	events := cal.Events()
	if len(events) != 2 || events[0].Id() != "call-1@example.org" {
		t.Fatalf("%d events", len(events))
	}
	at, err := events[0].GetStartAt()
	if err != nil || !at.Equal(deadline) {
		t.Errorf("the deadline reads %v %v, want %v", at, err, deadline)
	}
	if got := events[0].GetProperty(ics.ComponentPropertySummary).Value; got != "Clôture ; dernier jour, midi" {
		t.Errorf("the title reads %q", got)
	}
	if got := events[0].GetProperty(ics.ComponentPropertySequence).Value; got != "7" {
		t.Errorf("the sequence reads %s", got)
	}
	ends, err := events[1].GetEndAt()
	if err != nil || ends.UTC().Format(time.DateTime) != "2027-07-02 07:00:00" {
		t.Errorf("the gathering ends %v %v", ends, err)
	}
}

func TestZonesComeWithTheirRules(t *testing.T) {
	text := Text("x", []Entry{{UID: "1", Starts: time.Date(2027, 3, 5, 12, 0, 0, 0, in(t, "Europe/Paris"))}, {UID: "2", Starts: time.Date(2027, 3, 5, 12, 0, 0, 0, in(t, "Pacific/Noumea"))}})
	for _, want := range []string{
		"BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n",
		"BEGIN:STANDARD\r\nDTSTART:20271031T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\n",
		"TZID:Pacific/Noumea", "TZOFFSETTO:+1100",
		"DTSTART;TZID=Europe/Paris:20270305T120000",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Count(text, "BEGIN:VTIMEZONE") != 2 {
		t.Error("each zone is told once")
	}
}

func TestOffsets(t *testing.T) {
	for seconds, want := range map[int]string{0: "+0000", 3600: "+0100", -34200: "-0930", 20700: "+0545"} {
		if got := offsetText(seconds); got != want {
			t.Errorf("%d: %s, want %s", seconds, got, want)
		}
	}
}

// What is given up is taken away by its own method, with the sequence that outranks what a
// calendar has (RFC 5546, 3.2.5).
func TestACancelledMomentSaysSo(t *testing.T) {
	start := time.Date(2027, 3, 5, 9, 0, 0, 0, time.UTC)
	text := Cancel("Rendez-vous", []Entry{{UID: "booking-1@example.org", Title: "Le budget", Starts: start, Ends: start.Add(time.Hour), Sequence: 2, Changed: start, Gone: true}})
	for _, want := range []string{"METHOD:CANCEL\r\n", "STATUS:CANCELLED\r\n", "SEQUENCE:2\r\n", "UID:booking-1@example.org\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the calendar lacks %q:\n%s", want, text)
		}
	}
}
