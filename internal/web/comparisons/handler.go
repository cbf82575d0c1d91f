// Package comparisons is the pages where a committee compares files two by two: the pair that waits for a member, the rounds, and the order that follows.
package comparisons

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/agenda/pitch"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/review/comparison"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /comparisons, where {id} is that of a selection.
type Handler struct {
	Comparisons *comparison.Service
	Pitches     *pitch.Service // nil where no gathering takes place
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	on := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "selection", Handle: handle}
	}
	return []ui.Route{
		on("GET /comparisons/{id}", "selection.compare", h.pair),
		on("POST /comparisons/{id}", "selection.compare", h.answer),
		on("POST /comparisons/{id}/undo", "selection.compare", h.undo),
		on("GET /comparisons/{id}/round", "selection.poll", h.round),
		on("POST /comparisons/{id}/round", "selection.poll", h.begin),
		on("POST /comparisons/{id}/round/close", "selection.poll", h.end),
		on("GET /comparisons/{id}/results", "selection.ranking", h.results),
		on("GET /comparisons/{id}/results.csv", "selection.ranking", h.resultsCSV),
	}
}

func id(r *http.Request) committee.SelectionID { return committee.SelectionID(r.PathValue("id")) }

func address(id committee.SelectionID, part string) string {
	where := "/comparisons/" + url.PathEscape(string(id))
	if part != "" {
		where += "/" + part
	}
	return where
}

func in(ctx context.Context, l form.Localised) string { return l.In(string(i18n.From(ctx))) }

// frame is what every page here shows around its own matter.
type frame struct {
	tabs     []ui.NavItem
	selected bool // the selection's own page may be opened
	problems ui.Problems
}

// frame finds the pages that the reader may open.
func (h *Handler) frame(r *http.Request, sel committee.Selection, current string) (f frame, err error) {
	ctx := r.Context()
	may, err := h.Comparisons.May(ctx, ui.User(r), sel)
	f.selected = may["selection.read"]
	for _, one := range []struct {
		part   string
		action policy.Action
	}{{"", "selection.compare"}, {"round", "selection.poll"}, {"results", "selection.ranking"}} {
		name := one.part
		if name == "" {
			name = "pair"
		}
		if may[one.action] {
			f.tabs = append(f.tabs, ui.NavItem{Label: i18n.T(ctx, "comparisons.tab_"+name), URL: address(sel.ID, one.part), Current: one.part == current})
		}
	}
	return f, err
}

// page is what the layout needs of any page here.
func (f frame) page(ctx context.Context, sel committee.Selection, title, part string) ui.Page {
	lang := "fr"
	if i18n.From(ctx) == i18n.FR {
		lang = "en"
	}
	p := ui.Page{Title: title, Over: in(ctx, sel.Name), LangURL: address(sel.ID, part) + "?lang=" + lang, Failed: len(f.problems) > 0}
	if f.selected {
		p.Crumbs = []ui.Crumb{{Label: in(ctx, sel.Name), URL: "/selections/" + url.PathEscape(string(sel.ID))}}
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

// number reads a figure that somebody typed, −1 when it is none.
func number(typed string) int {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return -1
	}
	return n
}

func itoa(n int) string { return strconv.Itoa(n) }

func percent(ctx context.Context, share float64) string {
	return i18n.T(ctx, "comparisons.percent", itoa(int(math.Round(100*share))))
}

func fileURL(id application.ID) string { return "/files/" + url.PathEscape(string(id)) }

func numbered(ctx context.Context, a application.Application) string {
	return i18n.T(ctx, "comparisons.file", a.Number, a.Title)
}
