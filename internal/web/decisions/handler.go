// Package decisions is the pages of what a committee decided, for the programme's side: under embargo, announced, confirmed, contested.
package decisions

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/decision"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /decisions, where {id} is that of a selection.
type Handler struct {
	Decisions *decision.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "selection", Handle: handle}
	}
	return []ui.Route{
		on("GET /decisions/{id}", "selection.decisions", h.list),
		on("GET /decisions/{id}/decisions.csv", "selection.decisions", h.csv),
		on("GET /decisions/{id}/files/{file}", "selection.decisions", h.one),
		on("POST /decisions/{id}/files/{file}", "selection.announce", h.reword),
		on("POST /decisions/{id}/files/{file}/place", "selection.announce", h.place),
		on("POST /decisions/{id}/files/{file}/appeal", "selection.appeals", h.answer),
		on("GET /decisions/{id}/announcement", "selection.announce", h.preparing),
		on("POST /decisions/{id}/announcement", "selection.announce", h.prepare),
		on("POST /decisions/{id}/announcement/send", "selection.announce", h.announce),
	}
}

func id(r *http.Request) committee.SelectionID { return committee.SelectionID(r.PathValue("id")) }

func fileID(r *http.Request) application.ID { return application.ID(r.PathValue("file")) }

func address(id committee.SelectionID, parts ...string) string {
	return strings.Join(append([]string{"/decisions/" + url.PathEscape(string(id))}, parts...), "/")
}

func fileAddress(id committee.SelectionID, file application.ID, parts ...string) string {
	return address(id, append([]string{"files", url.PathEscape(string(file))}, parts...)...)
}

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }

// page is what the layout needs of any page here.
func page(ctx context.Context, sel committee.Selection, title, where string, failed bool) ui.Page {
	lang := "fr"
	if i18n.From(ctx) == i18n.FR {
		lang = "en"
	}
	p := ui.Page{Title: title, Over: in(ctx, sel.Name), LangURL: where + "?lang=" + lang, Failed: failed, Crumbs: []ui.Crumb{{Label: in(ctx, sel.Name), URL: "/selections/" + url.PathEscape(string(sel.ID))}}}
	if where != address(sel.ID) {
		p.Crumbs = append(p.Crumbs, ui.Crumb{Label: i18n.T(ctx, "decisions.title"), URL: address(sel.ID)})
	}
	return p
}

// shown says whether an error is shown on the page it comes from, and gives its words.
func shown(ctx context.Context, err error) (ui.Problems, bool) {
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict) {
		return nil, false
	}
	problems := ui.ProblemsOf(ctx, err)
	if len(problems) == 0 {
		problems = ui.Problems{{Text: ui.Sentence(ctx, err)}}
	}
	return problems, true
}

func itoa(n int) string { return strconv.Itoa(n) }

func version(n int64) string { return strconv.FormatInt(n, 10) }

func versionOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // what is not a number is no version: Conflict
	return n
}

// until reads an instant typed where the call is; what is not one is none, which is refused.
func until(r *http.Request, sel committee.Selection) time.Time {
	at, err := zone.Resolve(r.PostFormValue("confirm_by"), sel.Call.Zone)
	if err != nil {
		return time.Time{}
	}
	return at
}

// typed writes an instant as its field takes it.
func typed(at time.Time, sel committee.Selection) string {
	if at.IsZero() {
		return ""
	}
	return ui.Local(at, sel.Call.Zone).Format("2006-01-02T15:04")
}

func instant(ctx context.Context, at time.Time, sel committee.Selection) string {
	return ui.Instant(ctx, ui.Local(at, sel.Call.Zone))
}

// outcome says what was decided, and the rank on the reserve list.
func outcome(ctx context.Context, d decision.Decision) string {
	if d.Outcome == deliberation.Reserve && d.Rank > 0 {
		return i18n.T(ctx, "decisions.reserve_rank", d.Rank)
	}
	return i18n.T(ctx, "decisions.outcome_"+string(d.Outcome))
}

func tone(d decision.Decision) ui.Tone {
	switch {
	case d.Kept():
		return ui.Success
	case d.Outcome == deliberation.Refuse:
		return ui.Danger
	}
	return ui.Warning
}

func placeTone(p decision.Place) ui.Tone {
	switch p {
	case decision.Confirmed:
		return ui.Success
	case decision.Silent:
		return ui.Danger
	case decision.GivenUp:
		return ui.Warning
	}
	return ui.Info
}

func title(ctx context.Context, a application.Application) string {
	return i18n.T(ctx, "decisions.file", a.Number, a.Title)
}
