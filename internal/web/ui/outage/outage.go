// Package outage is the drawing of the extensions that were drafted after an outage, with their evidence.
package outage

import (
	"context"
	"net/url"

	"transformateur/internal/call"
	"transformateur/internal/continuity"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Drafts are the extensions drafted for a call, as its page shows them.
type Drafts struct {
	Call    call.Call
	List    []continuity.Draft
	Decides bool   // the reader may move the deadline
	Typed   string // a reason for not moving it that came back
	Problem string // with it
}

func at(id call.ID, act string) string { return "/calls/" + url.PathEscape(string(id)) + "/" + act }

func who(ctx context.Context, name string) string {
	if name == "" {
		return i18n.T(ctx, "calls.somebody")
	}
	return name
}

// lasted says how long something took, to the second under an hour.
func lasted(ctx context.Context, d continuity.Draft) string {
	return duration(ctx, int(d.Lost.Seconds()))
}

func duration(ctx context.Context, seconds int) string {
	switch {
	case seconds < 60:
		return i18n.N(ctx, "calls.seconds", seconds)
	case seconds%60 == 0:
		return i18n.N(ctx, "calls.minutes", seconds/60)
	}
	return i18n.T(ctx, "calls.minutes_seconds", i18n.N(ctx, "calls.minutes", seconds/60), i18n.N(ctx, "calls.seconds", seconds%60))
}

// line is one outage of the evidence.
func line(ctx context.Context, o continuity.Outage, c call.Call) string {
	from, until, lang := ui.Local(o.From, c.Zone), ui.Local(o.Until, c.Zone), string(i18n.From(ctx))
	exact := func(hours string, seconds string) string { return i18n.T(ctx, "calls.hour_seconds", hours, seconds) }
	return i18n.T(ctx, "calls.outage_line", exact(text.Clock(lang, from), from.Format("05")), exact(text.Clock(lang, until), until.Format("05")),
		duration(ctx, int(o.Until.Sub(o.From).Seconds())), i18n.T(ctx, "calls.outage_"+o.Kind))
}

// followURL leads to the usual act that moves a deadline, with its date and its
// reason already written; nothing is done before she has read them and confirmed.
func followURL(ctx context.Context, d continuity.Draft, c call.Call) string {
	typed := call.Call{ClosesAt: d.Suggested, Zone: c.Zone}.Dates().ClosesAt
	reason := i18n.T(ctx, "calls.outage_reason", lasted(ctx, d))
	return at(c.ID, "extend") + "?" + url.Values{"closes_at": {typed}, "reason": {reason}}.Encode()
}
