package venues

import (
	"context"
	"time"

	"transformateur/internal/board/carriage"
	"transformateur/internal/i18n"
	"transformateur/internal/venue"
	"transformateur/internal/web/ui"
)

var tones = map[string]ui.Tone{carriage.Delayed: ui.Warning, carriage.Refused: ui.Danger}

// pairs are what is told of a laptop: when it took and brought, then what came home.
func (v view) pairs(ctx context.Context, one venue.Known) []ui.Pair {
	when := func(at time.Time) string {
		if at.IsZero() {
			return i18n.T(ctx, "venues.never")
		}
		return i18n.T(ctx, "venues.when", ui.Local(at, v.zone))
	}
	p := one.Report
	list := []ui.Pair{
		{Term: i18n.T(ctx, "venues.taken"), Text: when(one.TakenAt)},
		{Term: i18n.T(ctx, "venues.brought"), Text: when(one.BroughtAt)},
	}
	if p.Brought == 0 && p.Guests == 0 {
		return list
	}
	list = append(list, ui.Pair{Term: i18n.T(ctx, "venues.operations"), Text: i18n.N(ctx, "venues.operations_count", p.Brought)},
		ui.Pair{Term: i18n.T(ctx, "venues.merged"), Text: i18n.N(ctx, "venues.operations_count", p.Merged+p.Twice)})
	for _, line := range []struct {
		n          int
		term, text string
	}{{p.Twice, i18n.T(ctx, "venues.twice"), i18n.N(ctx, "venues.twice_count", p.Twice)},
		{p.Late, i18n.T(ctx, "venues.late"), i18n.N(ctx, "venues.late_count", p.Late)},
		{p.Refused, i18n.T(ctx, "venues.refused"), i18n.N(ctx, "venues.refused_count", p.Refused)}} {
		if line.n > 0 {
			list = append(list, ui.Pair{Term: line.term, Text: line.text})
		}
	}
	return append(list, ui.Pair{Term: i18n.T(ctx, "venues.guests"), Text: i18n.N(ctx, "venues.guests_count", p.Guests)})
}

// whys tell why something was not taken at home, to who reads about somebody else's work.
var whys = map[string]string{
	"board.left":              "venues.why_left",
	"board.frozen":            "venues.why_frozen",
	"board.zone_closed":       "venues.why_zone",
	"board.vote_closed":       "venues.why_vote",
	"board.closed":            "venues.why_closed",
	"gathering.closed":        "venues.why_over",
	"board.reader":            "venues.why_rights",
	"board.not_yours":         "venues.why_rights",
	"board.not_facilitator":   "venues.why_rights",
	"board.unknown":           "venues.why_unknown",
	"board.changed":           "venues.why_changed",
	"board.overwritten":       "venues.why_overwritten",
	"board.nothing_to_undo":   "venues.why_undone",
	"board.full":              "venues.why_full",
	"board.no_dots":           "venues.why_dots",
	"board.too_many":          "venues.why_full",
	"board.picture_many":      "venues.why_full",
	"board.too_many_versions": "venues.why_versions",
}

// Why is the message key of the reason for which something was not taken at home.
func Why(key string) string {
	if said, known := whys[key]; known {
		return said
	}
	return "venues.why_other"
}
