package ui

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

// Day is a day in full, "vendredi 5 mars 2027", in the zone that t carries.
func Day(ctx context.Context, t time.Time) string { return text.Date(lang(ctx), t) }

// DayOf is a day written as "2027-03-05", in full; what is no day is said as it stands.
func DayOf(ctx context.Context, zoneName, day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, zone.Location(zoneName))
	if err != nil {
		return day
	}
	return Day(ctx, t)
}

// ShortDay is a day in a list or on the frise: "5 mars 2027".
func ShortDay(ctx context.Context, t time.Time) string {
	_, day, _ := strings.Cut(Day(ctx, t), " ")
	return day
}

// Instant is a day, a time and its zone in words, so that a deadline cannot be misread:
// "vendredi 5 mars 2027 à 12 h 00, heure de Paris". The zone is the one that t carries.
func Instant(ctx context.Context, t time.Time) string { return text.DateTime(lang(ctx), t) }

func lang(ctx context.Context) string { return string(i18n.From(ctx)) }

// Span is a window in the fewest words: "du 5 au 12 mars 2027", "le 5 mars 2027".
func Span(ctx context.Context, from, to time.Time) string {
	switch {
	case from.IsZero() && to.IsZero():
		return i18n.T(ctx, "ui.span_unknown")
	case to.IsZero():
		return i18n.T(ctx, "ui.span_from", ShortDay(ctx, from))
	case from.IsZero():
		return i18n.T(ctx, "ui.span_until", ShortDay(ctx, to))
	case from.YearDay() == to.YearDay() && from.Year() == to.Year():
		return i18n.T(ctx, "ui.span_on", ShortDay(ctx, from))
	}
	start := ShortDay(ctx, from)
	if from.Year() == to.Year() {
		start, _, _ = strings.Cut(start, " ") // day and month, held by a non-breaking space
		if from.Month() == to.Month() {
			start, _, _ = strings.Cut(start, "\u00a0")
		}
	}
	return i18n.T(ctx, "ui.span", start, ShortDay(ctx, to))
}

// Left says how long remains, in two units at most: "Il reste 2 jours et 3 heures".
// The countdown island says the same words as time passes.
func Left(ctx context.Context, d time.Duration) string {
	if d <= 0 {
		return i18n.T(ctx, "ui.left_none")
	}
	return i18n.T(ctx, "ui.left", text.Remaining(lang(ctx), d))
}

// leftWords are the sentences of Left, for the countdown.
func leftWords(ctx context.Context) templ.Attributes {
	a := templ.Attributes{
		"data-none": i18n.T(ctx, "ui.left_none"),
		"data-left": i18n.T(ctx, "ui.left", "%s"),
		"data-less": text.Remaining(lang(ctx), time.Second),
		"data-and":  i18n.T(ctx, "ui.left_and"),
	}
	for unit, length := range map[string]time.Duration{"minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour} {
		a["data-"+unit+"-one"] = strings.Replace(text.Remaining(lang(ctx), length), "1", "%d", 1)
		a["data-"+unit+"-many"] = strings.Replace(text.Remaining(lang(ctx), 2*length), "2", "%d", 1)
	}
	return a
}
