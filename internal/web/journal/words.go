package journal

import (
	"context"
	"encoding/json"
	"strings"

	"transformateur/internal/admin"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// What the program does and to what is said by keys made from the names that the
// journal keeps: "login.opened" is journal.act_login_opened. A name without a
// sentence shows as it is.
const (
	actKey  = "journal.act_"
	kindKey = "journal.kind_"
)

func actWords(ctx context.Context, act string) string {
	return orItself(ctx, actKey+strings.ReplaceAll(act, ".", "_"), act)
}

func kindWords(ctx context.Context, kind string) string { return orItself(ctx, kindKey+kind, kind) }

func orItself(ctx context.Context, key, name string) string {
	if i18n.Has(key) {
		return i18n.T(ctx, key)
	}
	return name
}

// who names the actor: a person, the program, a visitor.
func who(ctx context.Context, l admin.JournalLine) string {
	switch {
	case l.Name != "":
		return l.Name
	case l.Actor == "system":
		return i18n.T(ctx, "journal.actor_system")
	case l.Actor == "visitor":
		return i18n.T(ctx, "journal.actor_visitor")
	}
	return l.Actor
}

// tokenOf is the access token with which a program acted in somebody's name, or "".
func tokenOf(l admin.JournalLine) string {
	var detail struct {
		Token string `json:"token"`
	}
	if json.Unmarshal([]byte(l.Detail), &detail) != nil {
		return ""
	}
	return detail.Token
}

// events are the lines as the list shows them.
func events(ctx context.Context, lines []admin.JournalLine) []ui.Event {
	var all []ui.Event
	for _, l := range lines {
		what := i18n.T(ctx, "journal.line", actWords(ctx, l.Act), kindWords(ctx, l.Kind), l.ID)
		detail := i18n.T(ctx, "journal.trace", l.Seq, l.Actor, l.Hash[:min(12, len(l.Hash))])
		if l.Detail != "{}" {
			detail += " · " + l.Detail
		}
		name := who(ctx, l)
		if token := tokenOf(l); token != "" {
			name += " (" + i18n.T(ctx, "journal.by_token", token) + ")"
		}
		all = append(all, ui.Event{At: ui.Local(l.At, auditZone), Who: name, What: what, Detail: detail})
	}
	return all
}

// knownActs are the acts that the catalogue can say, for the filter.
func knownActs(ctx context.Context, chosen string) []ui.Option {
	var all []ui.Option
	seen := false
	for _, key := range i18n.Keys(i18n.FR) {
		name, ok := strings.CutPrefix(key, actKey)
		if !ok {
			continue
		}
		act := strings.Replace(name, "_", ".", 1)
		seen = seen || act == chosen
		all = append(all, ui.Option{Value: act, Label: i18n.T(ctx, key)})
	}
	if chosen != "" && !seen {
		all = append(all, ui.Option{Value: chosen, Label: chosen})
	}
	return all
}
