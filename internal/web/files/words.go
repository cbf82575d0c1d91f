package files

import (
	"context"
	"slices"
	"strings"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/i18n"
	"transformateur/internal/intake"
	"transformateur/internal/screening"
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

func followedCards(ctx context.Context, list []screening.Followed, now time.Time) []ui.Card {
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

// atKey and byKey name the instant and the person of the last deposit, or of the import.
func atKey(f reading) string {
	if f.Kind == application.KindImport {
		return "files.imported_at"
	}
	return "files.deposited_at"
}

func byKey(f reading) string {
	if f.Kind == application.KindImport {
		return "files.imported_by"
	}
	return "files.deposited_by"
}

// sayProblem tells what an imported file lacked: the question, then what is wrong.
func sayProblem(ctx context.Context, f reading, p intake.Problem) string {
	lang := string(i18n.From(ctx))
	id, _, _ := strings.Cut(p.Path, ".")
	if field := f.Form.Form.Field(id); field != nil {
		return i18n.T(ctx, "imports.at", field.Label.In(lang), i18n.T(ctx, p.Key, p.Args...))
	}
	if target, ok := strings.CutPrefix(p.Path, "@"); ok {
		return i18n.T(ctx, "imports.at", i18n.T(ctx, "imports.target_"+target), i18n.T(ctx, p.Key, p.Args...))
	}
	if id, ok := strings.CutPrefix(p.Path, "rules."); ok {
		for _, rule := range f.Form.Form.Rules {
			if rule.ID == id {
				return rule.Message.In(lang)
			}
		}
	}
	return i18n.T(ctx, p.Key, p.Args...)
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

func viewURL(l listing, v screening.View) string {
	return withQuery(listURL(l.call.ID), valuesOf(kept(v.Query)))
}

// ticked says whether a file was ticked in the form that came back.
func (l listing) ticked(id application.ID) bool {
	return slices.Contains(l.typed["file"], string(id))
}

func has(list []string, value string) bool { return slices.Contains(list, value) }
