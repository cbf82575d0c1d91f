package decisions

import (
	"context"
	"slices"
	"strings"
	"time"

	"transformateur/internal/decision"
	"transformateur/internal/deliberation"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// facts are what is known of a decision, each with its date.
func (v sheetOf) facts(ctx context.Context) (rows []ui.Pair) {
	d := v.Row.Decision
	add := func(key, text string) {
		if text != "" {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, "decisions."+key), Text: text})
		}
	}
	at := func(key string, t time.Time) {
		if !t.IsZero() {
			add(key, instant(ctx, t, v.Selection))
		}
	}
	add("col_reason", in(ctx, v.Row.Reason))
	add("wording", d.Wording)
	add("comments", strings.Join(d.Comments, "\n"))
	at("col_decided", d.At)
	at("col_announced", d.AnnouncedAt)
	at("col_offered", d.PromotedAt)
	at("col_confirm_by", d.ConfirmBy)
	at("col_confirmed", d.ConfirmedAt)
	at("col_given_up", d.GaveUpAt)
	add("given_up_reason", d.GaveUpReason)
	return rows
}

// others are the remarks that may be passed on and are not yet.
func (v sheetOf) others() (list []ui.Option) {
	for _, c := range v.Shareable {
		if !strings.Contains(v.comments, c) {
			list = append(list, ui.Option{Value: c, Label: c})
		}
	}
	return list
}

func (v sheetOf) said() []string {
	if v.upheld {
		return []string{"yes"}
	}
	return []string{"no"}
}

// becoming are the outcomes that an appeal may lead to.
func (v sheetOf) becoming(ctx context.Context) (list []ui.Option) {
	for _, o := range slices.DeleteFunc(slices.Clone(decision.Outcomes), func(o deliberation.Outcome) bool { return o == v.Row.Decision.Outcome }) {
		list = append(list, ui.Option{Value: string(o), Label: i18n.T(ctx, "decisions.outcome_"+string(o))})
	}
	return list
}

func (v bill) prepareLabel(ctx context.Context) string {
	if v.Announcement.PreparedAt.IsZero() {
		return i18n.T(ctx, "decisions.prepare")
	}
	return i18n.T(ctx, "decisions.prepare_again")
}
