// Package opinions is the pages of opinions: of who is asked outside the committee, and of the lead and the chair who ask.
package opinions

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/policy"
	"transformateur/internal/review/opinion"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /opinions, for who is asked, and under /consultations, where
// {id} is that of a selection, for who asks.
type Handler struct {
	Opinions *opinion.Service
	Accounts *account.Service
	Files    *application.Service
	Clock    clock.Clock
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	asking := func(pattern string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: "selection.consult", On: "selection", Handle: handle}
	}
	asked := func(pattern string, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: policy.Action("opinion.answer"), On: "opinion", Handle: handle}
	}
	return []ui.Route{
		{Pattern: "GET /opinions", Action: "account.manage", Handle: h.mine},
		asked("GET /opinions/{id}", h.open),
		asked("POST /opinions/{id}", h.savePage),
		asked("POST /opinions/{id}/save", h.autosave),
		asked("POST /opinions/{id}/accept", h.accept),
		asked("POST /opinions/{id}/decline", h.decline),
		asking("GET /consultations/{id}", h.list),
		asking("GET /consultations/{id}/ask", h.asking),
		asking("POST /consultations/{id}/ask", h.ask),
		asking("GET /consultations/{id}/{opinion}", h.one),
		asking("POST /consultations/{id}/{opinion}/remind", h.remind),
		asking("POST /consultations/{id}/{opinion}/revoke", h.revoke),
	}
}

func opinionID(r *http.Request) opinion.ID { return opinion.ID(r.PathValue("id")) }

func selectionID(r *http.Request) committee.SelectionID {
	return committee.SelectionID(r.PathValue("id"))
}

func named(r *http.Request) opinion.ID { return opinion.ID(r.PathValue("opinion")) }

// at is an address of who is asked.
func at(id opinion.ID, parts ...string) string {
	return strings.Join(append([]string{"/opinions/" + url.PathEscape(string(id))}, parts...), "/")
}

// from is an address of who asks.
func from(id committee.SelectionID, parts ...string) string {
	return strings.Join(append([]string{"/consultations/" + url.PathEscape(string(id))}, parts...), "/")
}

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }

// instant tells when, in the zone of the call.
func instant(ctx context.Context, sel committee.Selection, t time.Time) string {
	return ui.Instant(ctx, ui.Local(t, sel.Call.Zone))
}

// badge is where a request stands.
func badge(s opinion.Status) (ui.Tone, string) {
	tone := ui.Info
	switch s {
	case opinion.Given:
		tone = ui.Success
	case opinion.Declined, opinion.Expired:
		tone = ui.Warning
	case opinion.Revoked:
		tone = ui.Danger
	}
	return tone, "opinions.state_" + string(s)
}

// chosen adds the first line of a list from which nothing is chosen yet.
func chosen(c ui.Choice, empty string) ui.Choice {
	c.Empty = empty
	return c
}

// paragraphs are those of a text that people read before they commit.
func paragraphs(text string) (list []string) {
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, p)
		}
	}
	return list
}
