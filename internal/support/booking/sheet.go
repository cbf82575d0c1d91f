package booking

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

// The bounds of what people write, in characters, and of what they choose.
const (
	MaxPlace  = 200
	MaxLink   = 500
	MaxLines  = 100 // days off, and single windows
	MaxHours  = 8   // of one meeting
	MaxNotice = 14 * 24
	MaxAhead  = 180
)

// Sheet is Hours as somebody types them.
type Sheet struct {
	Zone                          string
	Minutes, Pause, Notice, Ahead int
	Place, Video                  string
	Days                          [7]string // "9:00-12:00, 14:00-17:30", Monday first
	Off                           string    // a date on each line
	Once                          string    // "2027-03-05 14:00-16:00" on each line
	Version                       int64
}

// Sheet writes hours as they are typed.
func (h Hours) Sheet() Sheet {
	w := Sheet{Zone: h.Zone, Minutes: h.Minutes, Pause: h.Pause, Notice: h.Notice, Ahead: h.Ahead, Place: h.Place, Video: h.Video, Version: h.Version, Off: strings.Join(h.Week.Off, "\n")}
	for i, spans := range h.Week.Days {
		var list []string
		for _, s := range spans {
			list = append(list, s.text())
		}
		w.Days[i] = strings.Join(list, ", ")
	}
	var once []string
	for _, d := range h.Week.Once {
		once = append(once, d.Date+" "+d.text())
	}
	w.Once = strings.Join(once, "\n")
	return w
}

func (s Span) text() string { return clockText(s.From) + "-" + clockText(s.To) }

func clockText(minute int) string { return fmt.Sprintf("%d:%02d", minute/60, minute%60) }

// read says what hours a sheet means, and all that is wrong with it.
func (w Sheet) read() (h Hours, bad []errs.Field) {
	wrong := func(path, key string, args ...any) { bad = append(bad, errs.Field{Path: path, Key: key, Args: args}) }
	h = Hours{Zone: w.Zone, Minutes: w.Minutes, Pause: w.Pause, Notice: w.Notice, Ahead: w.Ahead, Place: one(w.Place), Video: strings.TrimSpace(w.Video), Version: w.Version}
	if _, err := zone.Load(w.Zone); err != nil {
		wrong("zone", "booking.zone_unknown")
	}
	if w.Minutes < Step || w.Minutes > MaxHours*60 || w.Minutes%Step != 0 {
		wrong("minutes", "booking.minutes_wrong", MaxHours)
	}
	if w.Pause < 0 || w.Pause > 120 || w.Pause%Step != 0 {
		wrong("pause", "booking.pause_wrong")
	}
	if w.Notice < 0 || w.Notice > MaxNotice {
		wrong("notice", "booking.notice_wrong", MaxNotice)
	}
	if w.Ahead < 1 || w.Ahead > MaxAhead {
		wrong("ahead", "booking.ahead_wrong", MaxAhead)
	}
	bad = append(bad, checkPlace(h.Place, h.Video)...)
	for i, day := range w.Days {
		spans, ok := readSpans(day)
		if h.Week.Days[i] = spans; !ok {
			wrong("day-"+strconv.Itoa(i+1), "booking.spans_wrong")
		}
	}
	var ok bool
	if h.Week.Off, ok = readOff(w.Off); !ok {
		wrong("off", "booking.off_wrong", MaxLines)
	}
	if h.Week.Once, ok = readOnce(w.Once); !ok {
		wrong("once", "booking.once_wrong", MaxLines)
	}
	return h, bad
}

// checkPlace says what is wrong with where people meet.
func checkPlace(place, video string) (bad []errs.Field) {
	if utf8.RuneCountInString(place) > MaxPlace {
		bad = append(bad, errs.Field{Path: "place", Key: "booking.place_long", Args: []any{MaxPlace}})
	}
	if u, err := url.Parse(video); video != "" && (err != nil || u.Scheme != "https" || u.Host == "" || len(video) > MaxLink) {
		bad = append(bad, errs.Field{Path: "video", Key: "booking.video_wrong"})
	}
	return bad
}

// one is a text on one line.
func one(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

// readSpans reads "9:00-12:00, 14h-17h30"; spans come in order and do not overlap.
func readSpans(s string) (list []Span, ok bool) {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		span, ok := readSpan(part)
		if !ok || len(list) > 0 && span.From < list[len(list)-1].To {
			return nil, false
		}
		list = append(list, span)
	}
	return list, true
}

func readSpan(s string) (span Span, ok bool) {
	from, to, cut := strings.Cut(strings.ReplaceAll(s, "–", "-"), "-")
	a, goodFrom := readClock(from)
	b, goodTo := readClock(to)
	return Span{a, b}, cut && goodFrom && goodTo && a < b && a%Step == 0 && b%Step == 0
}

// readClock reads "9", "9:30", "9h30" as minutes from midnight.
func readClock(s string) (minute int, ok bool) {
	hours, minutes, cut := strings.Cut(strings.ReplaceAll(strings.TrimSpace(s), "h", ":"), ":")
	h, err := strconv.Atoi(strings.TrimSpace(hours))
	if err != nil || h < 0 || h > 24 {
		return 0, false
	}
	m := 0
	if minutes = strings.TrimSpace(minutes); cut && minutes != "" {
		if m, err = strconv.Atoi(minutes); err != nil || m < 0 || m > 59 {
			return 0, false
		}
	}
	return h*60 + m, h*60+m <= 24*60
}

func lines(s string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' }), func(l string) bool { return strings.TrimSpace(l) == "" })
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func readOff(s string) (list []string, ok bool) {
	for _, line := range lines(s) {
		if line = strings.TrimSpace(line); !isDate(line) {
			return nil, false
		}
		list = append(list, line)
	}
	slices.Sort(list)
	return slices.Compact(list), len(list) <= MaxLines
}

func readOnce(s string) (list []Day, ok bool) {
	for _, line := range lines(s) {
		date, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		span, good := readSpan(rest)
		if !good || !isDate(date) {
			return nil, false
		}
		list = append(list, Day{date, span})
	}
	slices.SortFunc(list, func(a, b Day) int {
		if a.Date != b.Date {
			return strings.Compare(a.Date, b.Date)
		}
		return a.From - b.From
	})
	return list, len(list) <= MaxLines
}

func (w Week) encode() (string, error) {
	body, err := json.Marshal(w)
	if err != nil {
		return "", fmt.Errorf("write a week: %w", err)
	}
	return string(body), nil
}
