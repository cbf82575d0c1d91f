// Package deliberations is the pages of a deliberation: what the readings say together, the room, decisions and minutes.
package deliberations

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/review/opinion"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /deliberations, where {id} is that of a selection.
type Handler struct {
	Rooms    *deliberation.Service
	Opinions *opinion.Service // nil where nobody outside the committee is asked
	Clock    clock.Clock
	Name     string // of the install
	Alive    func(*http.Request) bool
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "selection", Handle: handle}
	}
	return []ui.Route{
		on("GET /deliberations/{id}", "selection.deliberate", h.room),
		on("GET /deliberations/{id}/stream", "selection.deliberate", h.stream),
		on("POST /deliberations/{id}/presence", "selection.deliberate", h.presence),
		on("POST /deliberations/{id}/attendance", "selection.attendance", h.note),
		on("POST /deliberations/{id}/motions", "selection.deliberate", h.propose),
		on("POST /deliberations/{id}/motions/withdraw", "selection.deliberate", h.withdraw),
		on("POST /deliberations/{id}/votes", "selection.deliberate", h.vote),
		on("POST /deliberations/{id}/floor", "selection.preside", h.call),
		on("POST /deliberations/{id}/order", "selection.preside", h.arrange),
		on("POST /deliberations/{id}/timer", "selection.preside", h.timer),
		on("POST /deliberations/{id}/motions/open", "selection.preside", h.putToVote),
		on("POST /deliberations/{id}/motions/close", "selection.preside", h.closeVote),
		on("GET /deliberations/{id}/decisions/{file}", "selection.preside", h.deciding),
		on("POST /deliberations/{id}/decisions/{file}", "selection.preside", h.decide),
		on("POST /deliberations/{id}/reserve", "selection.preside", h.rerank),
		on("GET /deliberations/{id}/settings", "selection.convene", h.settings),
		on("POST /deliberations/{id}/settings", "selection.convene", h.set),
		on("GET /deliberations/{id}/results", "selection.results", h.results),
		on("GET /deliberations/{id}/results.csv", "selection.results", h.resultsCSV),
		on("GET /deliberations/{id}/minutes", "selection.minutes", h.minutes),
		on("GET /deliberations/{id}/minutes.pdf", "selection.minutes", h.minutesPDF),
		on("GET /deliberations/{id}/minutes.csv", "selection.minutes", h.minutesCSV),
		on("GET /deliberations/{id}/attendance.csv", "selection.minutes", h.attendanceCSV),
		on("POST /deliberations/{id}/minutes/sign", "selection.sign", h.sign),
		on("POST /deliberations/{id}/minutes/countersign", "selection.countersign", h.countersign),
		on("POST /deliberations/{id}/minutes/void", "selection.sign", h.void),
	}
}

func id(r *http.Request) committee.SelectionID { return committee.SelectionID(r.PathValue("id")) }

func address(id committee.SelectionID, parts ...string) string {
	return strings.Join(append([]string{"/deliberations/" + url.PathEscape(string(id))}, parts...), "/")
}

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }

// page is what the layout needs of any page here.
func page(ctx context.Context, sel committee.Selection, title, part string) ui.Page {
	where := address(sel.ID)
	if part != "" {
		where = address(sel.ID, part)
	}
	return ui.Page{Title: title, Over: in(ctx, sel.Name), LangURL: where + "?lang=" + other(ctx), Crumbs: []ui.Crumb{{Label: in(ctx, sel.Name), URL: "/selections/" + url.PathEscape(string(sel.ID))}}}
}

func other(ctx context.Context) string {
	if i18n.From(ctx) == i18n.FR {
		return "en"
	}
	return "fr"
}

// tabs are the pages of the deliberation that the reader may open.
func (h *Handler) tabs(r *http.Request, sel committee.Selection, current string) ([]ui.NavItem, error) {
	may, err := h.Rooms.May(r.Context(), ui.User(r), sel)
	return tabs(r.Context(), sel, current, may), err
}

func tabs(ctx context.Context, sel committee.Selection, current string, may map[policy.Action]bool) (items []ui.NavItem) {
	for _, one := range []struct {
		part   string
		action policy.Action
	}{{"", "selection.deliberate"}, {"results", "selection.results"}, {"minutes", "selection.minutes"}, {"settings", "selection.convene"}} {
		where, name := address(sel.ID), "room"
		if one.part != "" {
			where, name = address(sel.ID, one.part), one.part
		}
		if may[one.action] {
			items = append(items, ui.NavItem{Label: i18n.T(ctx, "deliberations.tab_"+name), URL: where, Current: name == current})
		}
	}
	return items
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

// decimal writes a figure with one digit after the point, or the comma.
func decimal(ctx context.Context, x float64) string {
	return point(ctx, strconv.FormatFloat(x, 'f', 1, 64))
}

func point(ctx context.Context, s string) string {
	s = strings.ReplaceAll(s, "-", "−")
	if i18n.From(ctx) == i18n.FR {
		return strings.ReplaceAll(s, ".", ",")
	}
	return s
}

func itoa(n int) string { return strconv.Itoa(n) }

func fileID(r *http.Request) application.ID { return application.ID(r.PathValue("file")) }

func fileNamed(typed string) application.ID { return application.ID(strings.TrimSpace(typed)) }
