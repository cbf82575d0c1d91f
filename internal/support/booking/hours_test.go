package booking

import (
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/zone"
)

// always has no notice and looks two days ahead.
func always(zoneName string, minutes, pause int, once ...Day) Hours {
	return Hours{Zone: zoneName, Minutes: minutes, Pause: pause, Ahead: 2, Version: 1, Week: Week{Once: once}}
}

func said(h Hours, slots []Slot) string {
	var list []string
	for _, s := range slots {
		list = append(list, s.Start.In(zone.Location(h.Zone)).Format("15:04-07"))
	}
	return strings.Join(list, " ")
}

func TestSlotsAndTheClocks(t *testing.T) {
	for _, c := range []struct {
		name, zone, date string
		from, to         int
		minutes, pause   int
		want             string
	}{
		{"an ordinary morning", "Europe/Paris", "2027-03-05", 9 * 60, 11 * 60, 30, 15, "09:00+01 09:45+01 10:30+01"},
		{"a window too short", "Europe/Paris", "2027-03-05", 9 * 60, 9*60 + 20, 30, 0, ""},
		{"the last Sunday of March has no 2 o'clock", "Europe/Paris", "2027-03-28", 60, 4 * 60, 30, 0, "01:00+01 01:30+01 03:00+02 03:30+02"},
		{"a window inside the hour that is not", "Europe/Paris", "2027-03-28", 2 * 60, 3 * 60, 30, 0, ""},
		{"a window that begins in it", "Europe/Paris", "2027-03-28", 150, 4 * 60, 30, 0, "03:00+02 03:30+02"},
		{"the last Sunday of October has 2 o'clock twice", "Europe/Paris", "2027-10-31", 60, 4 * 60, 60, 0, "01:00+02 02:00+02 02:00+01 03:00+01"},
		{"a window inside the hour that is twice", "Europe/Paris", "2027-10-31", 2 * 60, 150, 30, 0, "02:00+02 02:00+01"},
		{"a window that ends before it", "Europe/Paris", "2027-10-31", 60, 2 * 60, 30, 0, "01:00+02 01:30+02"},
		{"a meeting through the change lasts what it lasts", "Europe/Paris", "2027-03-28", 90, 4 * 60, 60, 0, "01:30+01"},
		{"half an hour on Lord Howe, forward", "Australia/Lord_Howe", "2027-10-03", 90, 3 * 60, 30, 0, "01:30+10 02:30+11"},
		{"half an hour on Lord Howe, back", "Australia/Lord_Howe", "2027-04-04", 60, 150, 30, 0, "01:00+11 01:30+11 01:30+10 02:00+10"},
		{"a zone without changes", "Indian/Reunion", "2027-03-28", 2 * 60, 3 * 60, 30, 0, "02:00+04 02:30+04"},
		{"the day that Samoa skipped", "Pacific/Apia", "2011-12-30", 9 * 60, 12 * 60, 60, 0, ""},
		{"until midnight", "Europe/Paris", "2027-03-05", 23 * 60, 24 * 60, 30, 0, "23:00+01 23:30+01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := always(c.zone, c.minutes, c.pause, Day{c.date, Span{c.from, c.to}})
			day, err := time.ParseInLocation(time.DateOnly, c.date, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			slots := h.Slots(day.Add(-16*time.Hour), nil)
			if got := said(h, slots); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			for i, s := range slots {
				if s.End.Sub(s.Start) != time.Duration(c.minutes)*time.Minute || !s.fits() || i > 0 && s.Start.Before(slots[i-1].End) {
					t.Errorf("slot %d is %v", i, s)
				}
			}
		})
	}
}

func TestSlotsOfARhythm(t *testing.T) {
	friday := time.Date(2027, 3, 5, 8, 0, 0, 0, zone.Location("Europe/Paris"))
	h := Hours{Zone: "Europe/Paris", Minutes: 60, Pause: 0, Notice: 2, Ahead: 7, Version: 1}
	h.Week.Days[4] = []Span{{540, 720}} // Fridays
	h.Week.Days[0] = []Span{{840, 960}} // Mondays
	dates := func() (list []string) {
		for _, s := range h.Slots(friday, nil) {
			list = append(list, s.Start.In(friday.Location()).Format("01-02T15"))
		}
		return list
	}
	if got := strings.Join(dates(), " "); got != "03-05T10 03-05T11 03-08T14 03-08T15" {
		t.Errorf("within notice and horizon: %s", got)
	}
	h.Week.Off = []string{"2027-03-08"}
	h.Week.Once = []Day{{"2027-03-08", Span{870, 930}}, {"2027-03-05", Span{630, 690}}}
	if got := strings.Join(dates(), " "); got != "03-05T10 03-05T11 03-08T14" {
		t.Errorf("with a day off and single windows: %s", got)
	}
	h.Pause = 30
	busy := []Slot{{friday.Add(4 * time.Hour), friday.Add(5 * time.Hour)}} // noon
	for _, s := range h.Slots(friday, busy) {
		if s.End.Add(30*time.Minute).After(busy[0].Start) && s.Start.Before(busy[0].End.Add(30*time.Minute)) {
			t.Errorf("%v leaves no pause", s)
		}
	}
	if (Hours{Minutes: 30, Ahead: 9, Week: h.Week}).Slots(friday, nil) != nil {
		t.Error("who wrote nothing offers nothing")
	}
}

func TestSheetIsReadBack(t *testing.T) {
	w := Sheet{Zone: "Europe/Paris", Minutes: 30, Pause: 10, Notice: 24, Ahead: 30, Place: " Tour  A ", Video: "https://visio.example.org/x", Off: "2027-03-12\n2027-03-05", Once: "2027-03-06 9h-10h30"}
	w.Days[0], w.Days[6] = "9-12, 14:00–17:30", "8:00-24:00"
	h, bad := w.read()
	if len(bad) > 0 {
		t.Fatalf("%+v", bad)
	}
	again, bad := h.Sheet().read()
	if len(bad) > 0 || h.Sheet() != again.Sheet() || h.Sheet().Days[0] != "9:00-12:00, 14:00-17:30" || h.Place != "Tour A" {
		t.Errorf("%+v then %+v %+v", h.Sheet(), again.Sheet(), bad)
	}
}

func TestSheetsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Sheet)
		path   string
	}{
		"a zone that is none":         {func(w *Sheet) { w.Zone = "Mars" }, "zone"},
		"seven minutes":               {func(w *Sheet) { w.Minutes = 7 }, "minutes"},
		"no length":                   {func(w *Sheet) { w.Minutes = 0 }, "minutes"},
		"a pause before":              {func(w *Sheet) { w.Pause = -5 }, "pause"},
		"a year of notice":            {func(w *Sheet) { w.Notice = 9000 }, "notice"},
		"no horizon":                  {func(w *Sheet) { w.Ahead = 0 }, "ahead"},
		"a link that is no web page":  {func(w *Sheet) { w.Video = "javascript:alert(1)" }, "video"},
		"hours backwards":             {func(w *Sheet) { w.Days[2] = "12-9" }, "day-3"},
		"hours over one another":      {func(w *Sheet) { w.Days[2] = "9-12, 11-14" }, "day-3"},
		"hours off the grain":         {func(w *Sheet) { w.Days[2] = "9:01-12" }, "day-3"},
		"words":                       {func(w *Sheet) { w.Days[0] = "le matin" }, "day-1"},
		"a day that no calendar has":  {func(w *Sheet) { w.Off = "2027-02-30" }, "off"},
		"a window without its hours":  {func(w *Sheet) { w.Once = "2027-02-03" }, "once"},
		"a window without its day":    {func(w *Sheet) { w.Once = "9-10" }, "once"},
		"a place as long as a letter": {func(w *Sheet) { w.Place = strings.Repeat("x", MaxPlace+1) }, "place"},
	} {
		w := Sheet{Zone: "Europe/Paris", Minutes: 30, Ahead: 30}
		c.change(&w)
		if _, bad := w.read(); len(bad) != 1 || bad[0].Path != c.path {
			t.Errorf("%s: %+v", name, bad)
		}
	}
}
