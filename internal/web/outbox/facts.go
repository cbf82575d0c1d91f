package outbox

import (
	"context"
	"strconv"
	"strings"

	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

func mailFacts(ctx context.Context, o opened) []ui.Pair {
	m := o.mail
	facts := []ui.Pair{
		{Term: i18n.T(ctx, "outbox.to"), Text: m.To},
		{Term: i18n.T(ctx, "outbox.status"), Detail: mailState(o)},
		{Term: i18n.T(ctx, "outbox.made"), Text: ui.Instant(ctx, o.at(m.CreatedAt))},
	}
	if !m.EditedAt.IsZero() {
		facts = append(facts, ui.Pair{Term: i18n.T(ctx, "outbox.edited"), Text: ui.Instant(ctx, o.at(m.EditedAt))})
	}
	if m.Attempts > 0 {
		facts = append(facts, ui.Pair{Term: i18n.T(ctx, "outbox.attempts"), Text: strconv.Itoa(m.Attempts)})
	}
	switch {
	case !o.trouble.PausedAt.IsZero():
		facts = append(facts, ui.Pair{Term: i18n.T(ctx, "outbox.address"), Text: i18n.T(ctx, "outbox.address_paused", ui.Instant(ctx, o.at(o.trouble.PausedAt)))})
	case o.trouble.Temporary > 0:
		facts = append(facts, ui.Pair{Term: i18n.T(ctx, "outbox.address"), Text: i18n.N(ctx, "outbox.address_late", o.trouble.Temporary)})
	}
	return facts
}

func batchFacts(ctx context.Context, g gathered) []ui.Pair {
	var facts []ui.Pair
	for _, status := range notify.Statuses {
		if n := g.batch.Counts[status]; n > 0 {
			facts = append(facts, ui.Pair{Term: statusName(ctx, status), Text: i18n.N(ctx, "outbox.recipients", n)})
		}
	}
	if g.batch.Discreet {
		facts = append(facts, ui.Pair{Term: i18n.T(ctx, "outbox.to"), Text: i18n.T(ctx, "outbox.discreet_why")})
	}
	return facts
}

// whose says where a text comes from.
func whose(ctx context.Context, place notify.Place, w notify.Wording) string {
	switch w.From {
	case place.Ref:
		return i18n.T(ctx, "outbox.text_own")
	case policy.Ref{}:
		return i18n.T(ctx, "outbox.text_default")
	}
	return i18n.T(ctx, "outbox.text_inherited")
}

func langTabs(d worded) []ui.NavItem {
	var tabs []ui.NavItem
	for _, lang := range i18n.Langs {
		tabs = append(tabs, ui.NavItem{Label: i18n.Say(lang, "ui.lang_name"), URL: d.action(lang), Current: lang == d.wording.Lang})
	}
	return tabs
}

func placeholderRows(ctx context.Context, kind notify.Kind) []ui.Pair {
	var rows []ui.Pair
	for _, name := range kind.Placeholders {
		rows = append(rows, ui.Pair{Term: "{{." + name + "}}", Text: i18n.T(ctx, "notify.placeholder_"+strings.ToLower(name))})
	}
	return rows
}
