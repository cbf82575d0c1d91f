package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/i18n"
)

// Day is a day in full, "vendredi 5 mars 2027", in the zone that t carries.
func Day(ctx context.Context, t time.Time) string {
	return i18n.T(ctx, "ui.day", weekday(ctx, t), dayOfMonth(ctx, t), month(ctx, t), t.Year())
}

// ShortDay is a day in a list or on the frise: "5 mars 2027".
func ShortDay(ctx context.Context, t time.Time) string {
	return i18n.T(ctx, "ui.day_short", dayOfMonth(ctx, t), month(ctx, t), t.Year())
}

// Instant is a day, a time and its zone in words, so that a deadline cannot be misread:
// "vendredi 5 mars 2027 à 12 h 00, heure de Paris". The zone is the one that t carries.
func Instant(ctx context.Context, t time.Time) string {
	return i18n.T(ctx, "ui.instant", Day(ctx, t), TimeOfDay(ctx, t), zone(ctx, t))
}

// TimeOfDay is "12 h 00" or "12:00".
func TimeOfDay(ctx context.Context, t time.Time) string {
	return i18n.T(ctx, "ui.time_of_day", fmt.Sprintf("%02d", t.Hour()), fmt.Sprintf("%02d", t.Minute()))
}

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
	case from.Year() != to.Year():
		return i18n.T(ctx, "ui.span", ShortDay(ctx, from), ShortDay(ctx, to))
	case from.Month() != to.Month():
		start := i18n.T(ctx, "ui.day_month", dayOfMonth(ctx, from), month(ctx, from))
		return i18n.T(ctx, "ui.span", start, ShortDay(ctx, to))
	}
	return i18n.T(ctx, "ui.span", dayOfMonth(ctx, from), ShortDay(ctx, to))
}

// Left says how long remains: days above two days, then hours and minutes, then minutes.
// The countdown island says the same words as time passes.
func Left(ctx context.Context, d time.Duration) string {
	switch minutes := int(d / time.Minute); {
	case d <= 0:
		return i18n.T(ctx, "ui.left_none")
	case minutes == 0:
		return i18n.T(ctx, "ui.left_moment")
	case minutes < 60:
		return i18n.N(ctx, "ui.left_minutes", minutes)
	case minutes < 48*60:
		return i18n.N(ctx, "ui.left_hours", minutes/60, fmt.Sprintf("%02d", minutes%60))
	default:
		return i18n.N(ctx, "ui.left_days", minutes/(24*60))
	}
}

// Size is a number of bytes in the units people know, powers of ten: "1,2 Mo".
func Size(ctx context.Context, bytes int64) string {
	if bytes < 1000 {
		return i18n.N(ctx, "ui.size_bytes", int(bytes))
	}
	value, unit := float64(bytes)/1000, 0
	for value >= 999.5 && unit < 2 {
		value, unit = value/1000, unit+1
	}
	digits := 1
	if value >= 10 {
		digits = 0
	}
	text := fmt.Sprintf("%.*f", digits, value)
	if i18n.From(ctx) == i18n.FR {
		text = strings.Replace(text, ".", ",", 1)
	}
	return i18n.T(ctx, "ui.size_"+[]string{"kilo", "mega", "giga"}[unit], text)
}

func weekday(ctx context.Context, t time.Time) string {
	return i18n.T(ctx, fmt.Sprintf("ui.weekday_%d", int(t.Weekday())))
}

func month(ctx context.Context, t time.Time) string {
	return i18n.T(ctx, fmt.Sprintf("ui.month_%d", int(t.Month())))
}

// dayOfMonth is "1er" on the first in French, the bare number otherwise.
func dayOfMonth(ctx context.Context, t time.Time) string {
	if t.Day() == 1 {
		return i18n.T(ctx, "ui.day_first")
	}
	return fmt.Sprint(t.Day())
}

// zone names the zones that French calls use; another is shown by its database name.
func zone(ctx context.Context, t time.Time) string {
	name := t.Location().String()
	key := "ui.zone_" + strings.ToLower(strings.ReplaceAll(name, "/", "_"))
	if i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return name
}
