package approvals

import (
	"context"
	"time"

	"transformateur/internal/approval"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// what says what a request is for.
func what(ctx context.Context, r approval.Request) string {
	if r.Kind == approval.Emergency {
		return i18n.T(ctx, "approval.what_emergency", r.Number, r.Title)
	}
	return i18n.T(ctx, "approval.what_"+string(r.Kind), r.Title)
}

// state says where a request stands, and how that looks.
func state(ctx context.Context, r approval.Request, now time.Time) (ui.Tone, string) {
	switch {
	case r.Status == approval.Waiting && !r.WaitsAt(now):
		return ui.Info, i18n.T(ctx, "approval.status_expired")
	case r.Status == approval.Waiting:
		return ui.Warning, i18n.T(ctx, "approval.status_waiting")
	case r.OpenAt(now):
		return ui.Success, i18n.T(ctx, "approval.status_open")
	case r.Status == approval.Refused:
		return ui.Danger, i18n.T(ctx, "approval.status_refused")
	}
	return ui.Info, i18n.T(ctx, "approval.status_"+string(r.Status))
}

// story is who asked what, who decided, until when.
func story(ctx context.Context, v shown) []ui.Pair {
	at := func(t time.Time) string { return ui.Instant(ctx, ui.Local(t, v.zone)) }
	rows := []ui.Pair{
		{Term: i18n.T(ctx, "approval.asker"), Text: i18n.T(ctx, "approval.by_at", v.Asker, at(v.AskedAt))},
		{Term: i18n.T(ctx, "approval.reason"), Text: v.Reason},
	}
	switch {
	case v.WaitsAt(v.now):
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "approval.lapses"), Text: at(v.ExpiresAt)})
	case !v.DecidedAt.IsZero():
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "approval.decider"), Text: i18n.T(ctx, "approval.by_at", v.Decider, at(v.DecidedAt))})
		if v.Note != "" {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, "approval.note_said"), Text: v.Note})
		}
		if !v.OpensUntil.IsZero() {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, "approval.until"), Text: at(v.OpensUntil)})
		}
	}
	return rows
}

// next is where whoever asked goes once her request is open.
func next(ctx context.Context, r approval.Request) ui.Action {
	switch r.Kind {
	case approval.Emergency:
		return ui.Action{Label: i18n.T(ctx, "approval.go_emergency"), URL: "/files/" + r.Object.ID, Main: true}
	case approval.Export:
		return ui.Action{Label: i18n.T(ctx, "approval.go_export"), URL: "/calls/" + r.Object.ID + "/files/export", Main: true}
	}
	return ui.Action{Label: i18n.T(ctx, "approval.go_deletion"), URL: "/calls/" + r.Object.ID + "/approvals/deletion", Main: true}
}

func said(ctx context.Context, key string) string {
	if key == "" {
		return ""
	}
	return i18n.T(ctx, key)
}

// in is the title of the call that is asked about.
func in(ctx context.Context, v asking) string { return v.call.Title.In(string(i18n.From(ctx))) }

// path leads back to the call, or to the requests.
func path(ctx context.Context, v asking) []ui.Crumb {
	if v.call.ID == "" {
		return []ui.Crumb{{Label: i18n.T(ctx, "approval.title"), URL: "/approvals"}}
	}
	return []ui.Crumb{{Label: in(ctx, v), URL: "/calls/" + string(v.call.ID) + "/manage"}}
}
