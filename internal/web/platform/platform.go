// Package platform is the pages of those who administer the install: how it does, who runs it.
package platform

import (
	"context"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/admin"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/text"
	"transformateur/internal/privacy/statement"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/teampage"
)

//go:generate go tool templ generate -path .

// Handler answers under /platform.
type Handler struct {
	Watch *admin.Watch
	Teams *programme.Teams

	Statements *statement.Service
}

// Routes are the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return append([]ui.Route{{Pattern: "GET /platform", Action: "platform.administer", On: "platform", Handle: h.health}},
		teampage.Desk{Teams: h.Teams, Kind: "platform", Base: "/platform", Action: "platform.administer", Back: "/platform"}.Routes()...)
}

// shown is what the page shows.
type shown struct {
	admin.Health
	zone    string // in which who reads tells times
	missing int    // parts of the statements that nobody filled in
}

func (h *Handler) health(w http.ResponseWriter, r *http.Request) error {
	by := ui.User(r)
	health, err := h.Watch.Health(r.Context(), by)
	if err != nil {
		return err
	}
	statements, err := h.Statements.Edit(r.Context(), by)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, page(shown{health, by.Zone, len(statements.Missing())}))
}

// tight is the share of a disk above which it is time to make room.
const tight = .9

// worries are what an administrator should see to, the gravest first.
func (v shown) worries(ctx context.Context) (list []string) {
	if v.Journal.Broken > 0 {
		list = append(list, i18n.T(ctx, "platform.worry_journal", v.Journal.Broken))
	}
	if v.Schema != v.Expected {
		list = append(list, i18n.T(ctx, "platform.worry_schema"))
	}
	if v.Disk.Used() > tight {
		list = append(list, i18n.T(ctx, "platform.worry_disk", text.Percent(lang(ctx), v.Disk.Used())))
	}
	if v.Holds {
		list = append(list, i18n.T(ctx, "platform.worry_holds"))
	}
	if v.missing > 0 {
		list = append(list, i18n.N(ctx, "privacy.todo_banner", v.missing))
	}
	for _, q := range v.Mails {
		if q.Status == notify.Failed {
			list = append(list, i18n.N(ctx, "platform.worry_failed", q.Mails))
		}
	}
	return list
}

func (v shown) facts(ctx context.Context) []ui.Pair {
	pairs := []ui.Pair{
		{Term: i18n.T(ctx, "platform.database"), Text: i18n.T(ctx, "platform.database_text", v.Engine, v.Schema, v.Expected)},
		{Term: i18n.T(ctx, "platform.writes"), Text: v.writes(ctx)},
		{Term: i18n.T(ctx, "platform.disk"), Text: v.disk(ctx)},
	}
	mails := ui.Pair{Term: i18n.T(ctx, "platform.mails"), Text: i18n.T(ctx, "platform.mails_none")}
	if len(v.Mails) > 0 {
		mails.Text, mails.Detail = "", lines(v.queue(ctx))
	}
	return append(pairs, mails,
		ui.Pair{Term: i18n.T(ctx, "platform.journal"), Text: v.chain(ctx)},
		ui.Pair{Term: i18n.T(ctx, "platform.backup"), Text: i18n.T(ctx, "platform.backup_unknown")})
}

func (v shown) writes(ctx context.Context) string {
	if v.Commits == 0 {
		return i18n.T(ctx, "platform.writes_none")
	}
	return i18n.T(ctx, "platform.writes_text", v.Writes, v.Commits, text.Decimal(lang(ctx), float64(v.Commit)/float64(time.Millisecond), 1))
}

func (v shown) disk(ctx context.Context) string {
	if !v.Disk.Known() {
		return i18n.T(ctx, "platform.disk_unknown")
	}
	return i18n.T(ctx, "platform.disk_text", text.Bytes(lang(ctx), int64(v.Disk.Free)), text.Bytes(lang(ctx), int64(v.Disk.Total)), text.Percent(lang(ctx), v.Disk.Used()))
}

func (v shown) queue(ctx context.Context) (list []string) {
	for _, q := range v.Mails {
		list = append(list, i18n.N(ctx, "platform.mails_"+string(q.Status), q.Mails, ui.Instant(ctx, ui.Local(q.Since, v.zone))))
	}
	return list
}

func (v shown) chain(ctx context.Context) string {
	switch {
	case v.Journal.At.IsZero():
		return i18n.T(ctx, "platform.journal_never")
	case v.Journal.Broken > 0:
		return i18n.T(ctx, "platform.worry_journal", v.Journal.Broken)
	}
	return i18n.T(ctx, "platform.journal_whole", v.Journal.Lines, ui.Local(v.Journal.At, v.zone))
}

func lang(ctx context.Context) string { return string(i18n.From(ctx)) }

// spaced cuts a fingerprint into fours, so that it can be compared aloud.
func spaced(fingerprint string) string {
	var parts []string
	for ; len(fingerprint) > 4; fingerprint = fingerprint[4:] {
		parts = append(parts, fingerprint[:4])
	}
	return strings.Join(append(parts, fingerprint), " ")
}
