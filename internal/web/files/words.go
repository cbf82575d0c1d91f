package files

import (
	"context"
	"slices"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// stateWords are the words of the table, said once and not on each of its lines.
type stateWords struct {
	tick, admissible, inadmissible, waiting, withdrawn, reopened string
}

func wordsOf(ctx context.Context) stateWords {
	return stateWords{i18n.T(ctx, "files.tick") + " ", i18n.T(ctx, "files.verdict_admissible"), i18n.T(ctx, "files.verdict_inadmissible"),
		i18n.T(ctx, "files.verdict_waiting"), i18n.T(ctx, "files.status_withdrawn"), i18n.T(ctx, "files.status_reopened")}
}

func followedCards(ctx context.Context, list []application.Followed, now time.Time) []ui.Card {
	cards := make([]ui.Card, len(list))
	for i, f := range list {
		cards[i] = ui.Card{Title: f.Title.In(string(i18n.From(ctx))), URL: listURL(f.ID),
			Facts:    []string{i18n.N(ctx, "files.fact_deposited", f.Deposited), i18n.N(ctx, "files.fact_drafts", f.Drafts)},
			Deadline: ui.Deadline{Label: i18n.T(ctx, "files.closing"), At: ui.Local(f.ClosesAt, f.Zone), Now: now}}
		if f.Waiting > 0 && !f.ClosesAt.After(now) {
			cards[i].Facts = append(cards[i].Facts, i18n.N(ctx, "files.fact_waiting", f.Waiting))
		}
	}
	return cards
}

func clearURL(l listing) string {
	if !narrowed(l.filter) {
		return ""
	}
	return listURL(l.call.ID)
}

func emptyKey(l listing) string {
	if narrowed(l.filter) {
		return "files.none_found"
	}
	return "files.none"
}

func emptyAction(ctx context.Context, l listing) ui.Action {
	if narrowed(l.filter) {
		return ui.Action{Label: i18n.T(ctx, "ui.filter_clear"), URL: listURL(l.call.ID)}
	}
	return ui.Action{}
}

func viewURL(l listing, v application.View) string {
	return withQuery(listURL(l.call.ID), valuesOf(kept(v.Query)))
}

// ticked says whether a file was ticked in the form that came back.
func (l listing) ticked(id application.ID) bool {
	return slices.Contains(l.typed["file"], string(id))
}

func has(list []string, value string) bool { return slices.Contains(list, value) }
