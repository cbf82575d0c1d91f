package files

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
	"transformateur/internal/web/ui"
)

// perPage is how many files one page of the list shows.
const perPage = 200

// listing is what the page of the list holds.
type listing struct {
	call     call.Call
	now      time.Time
	filter   screening.Filter
	items    []screening.Item // of this page
	total    int
	page     int
	funnel   screening.Funnel
	labels   map[string]screening.Label
	order    []screening.Label
	facets   []screening.Facet
	views    []screening.View
	all      bool // every box is ticked
	imports  bool // the reader may bring files from elsewhere
	problems ui.Problems
	typed    url.Values // what came back from a form that was refused
}

func (l listing) query() url.Values { return valuesOf(l.filter) }

// opensAt is when the files can be read: at the closing, or later when sealed.
func (l listing) opensAt() time.Time {
	at := l.call.ClosesAt
	if l.call.Sealed && l.call.UnsealAt.After(at) {
		at = l.call.UnsealAt
	}
	return ui.Local(at, l.call.Zone)
}

// open says whether the files can be read now.
func (l listing) open() bool {
	return l.call.StageAt(l.now) >= policy.Admissibility && l.call.UnsealedNow(l.now)
}

// deposited is how many files a team can hope to see.
func (l listing) deposited() int {
	return l.funnel.Submitted + l.funnel.Reopened + l.funnel.Withdrawn
}

// closedToMe is how many files are deposited and not shown to this person.
func (l listing) closedToMe() int {
	if narrowed(l.filter) || !l.open() {
		return 0
	}
	return l.deposited() - l.total
}

// steps are the funnel from the drafts to what is admissible.
func (l listing) steps(ctx context.Context) []ui.FunnelStep {
	n, list := l.funnel, listURL(l.call.ID)
	link := func(query string) string {
		if !l.open() {
			return ""
		}
		return list + query
	}
	deposited := n.Submitted + n.Reopened
	return []ui.FunnelStep{
		{Label: i18n.T(ctx, "files.funnel_begun"), Count: n.Drafts + deposited + n.Withdrawn},
		{Label: i18n.T(ctx, "files.funnel_deposited"), Count: deposited, URL: link("")},
		{Label: i18n.T(ctx, "files.funnel_judged"), Count: n.Admissible + n.Inadmissible},
		{Label: i18n.T(ctx, "files.funnel_admissible"), Count: n.Admissible, URL: link("?verdict=admissible")},
	}
}

// load reads what the list shows: a number of queries that does not depend on the files.
func (h *Handler) load(r *http.Request, f screening.Filter) (listing, error) {
	ctx, by, id := r.Context(), ui.User(r), call.ID(r.PathValue("id"))
	l := listing{filter: f, now: h.Clock.Now(), page: 1, all: r.FormValue("all") != "", labels: map[string]screening.Label{}}
	var err error
	if l.call, err = h.Screening.FollowedCall(ctx, by, id); err != nil {
		return l, err
	}
	if l.funnel, err = h.Screening.Funnel(ctx, by, id); err != nil {
		return l, err
	}
	if !l.open() {
		return l, nil
	}
	if l.items, err = h.Screening.List(ctx, by, id, f); err != nil {
		return l, err
	}
	if l.order, err = h.Screening.Labels(ctx, by, id); err != nil {
		return l, err
	}
	for _, label := range l.order {
		l.labels[label.ID] = label
	}
	if l.facets, err = h.Screening.Facets(ctx, by, id, speech(ctx, nil)); err != nil {
		return l, err
	}
	if h.Origins != nil {
		_, refused := h.Origins.Call(ctx, by, id)
		l.imports = refused == nil
	}
	l.total = len(l.items)
	if page, err := strconv.Atoi(r.FormValue("page")); err == nil && page > 1 && (page-1)*perPage < l.total {
		l.page = page
	}
	first := (l.page - 1) * perPage
	l.items = l.items[first:min(first+perPage, l.total)]
	l.views, err = h.Screening.Views(ctx, by, id)
	return l, err
}

func (l listing) pages() int { return (l.total + perPage - 1) / perPage }

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	l, err := h.load(r, filterOf(r.URL.Query()))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(l))
}

// again shows the list with what is wrong in what was asked of it.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, refused error) error {
	problems := ui.ProblemsOf(r.Context(), refused)
	if problems == nil {
		return refused
	}
	l, err := h.load(r, kept(r.PostFormValue("back")))
	if err != nil {
		return err
	}
	l.problems, l.typed = problems, r.PostForm
	return ui.Render(w, r, ui.Status(errs.KindOf(refused)), listPage(l))
}

// back is the address of the list as it was filtered.
func back(r *http.Request) string {
	return withQuery(listURL(call.ID(r.PathValue("id"))), valuesOf(kept(r.PostFormValue("back"))))
}

func (h *Handler) addLabel(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Screening.AddLabel(r.Context(), ui.User(r), call.ID(r.PathValue("id")), r.PostFormValue("name"), r.PostFormValue("colour"))
	if err != nil {
		return h.again(w, r, err)
	}
	return ui.Done(w, r, back(r), "files.label_done")
}

func (h *Handler) saveView(w http.ResponseWriter, r *http.Request) error {
	v := screening.View{Name: r.PostFormValue("view"), Query: valuesOf(kept(r.PostFormValue("back"))).Encode(), Shared: r.PostFormValue("shared") != ""}
	if _, err := h.Screening.SaveView(r.Context(), ui.User(r), call.ID(r.PathValue("id")), v); err != nil {
		var refused *errs.Error
		if errors.As(err, &refused) {
			for i := range refused.Fields {
				refused.Fields[i].Path = "view" // the page has another field called name
			}
		}
		return h.again(w, r, err)
	}
	return ui.Done(w, r, back(r), "files.view_done")
}

func (h *Handler) removeView(w http.ResponseWriter, r *http.Request) error {
	if err := h.Screening.RemoveView(r.Context(), ui.User(r), call.ID(r.PathValue("id")), r.PathValue("view")); err != nil {
		return err
	}
	return ui.Done(w, r, back(r), "files.view_removed_done")
}

// speech lets answers be written in the reader's language.
func speech(ctx context.Context, checks form.Checks) form.Speech {
	return form.Speech{Lang: string(i18n.From(ctx)), Checks: checks, Say: func(key string, args ...any) string { return i18n.T(ctx, key, args...) }}
}

// options makes the choices of a list whose labels are messages with a common beginning.
func options(ctx context.Context, key string, values ...string) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, value := range values {
		out[i] = ui.Option{Value: value, Label: i18n.T(ctx, key+value)}
	}
	return out
}

func (l listing) labelOptions() []ui.Option {
	out := make([]ui.Option, len(l.order))
	for i, label := range l.order {
		out[i] = ui.Option{Value: label.ID, Label: label.Name}
	}
	return out
}

// facetOptions are the answers of a question with how many files gave each.
func facetOptions(ctx context.Context, f screening.Facet) []ui.Option {
	out := make([]ui.Option, len(f.Values))
	for i, v := range f.Values {
		out[i] = ui.Option{Value: v.Value, Label: i18n.T(ctx, "files.facet_value", v.Label, v.Count)}
	}
	return out
}

// lostFacets are the filters on questions that no file answers any more: they are
// kept in the form, so that the address and the list agree.
func (l listing) lostFacets() []string {
	return slices.DeleteFunc(facetNames(l.filter), func(name string) bool {
		return slices.ContainsFunc(l.facets, func(f screening.Facet) bool { return f.Field.ID == name })
	})
}

// sortURL is the address that orders by a column, the other way round when it does already.
func (l listing) sortURL(column string) string {
	f := l.filter
	f.Sort = column
	if l.filter.Sort == column || l.filter.Sort == "" && column == "number" {
		f.Sort = "-" + column
	}
	return withQuery(listURL(l.call.ID), valuesOf(f))
}

// sorted is the value of aria-sort of a column, "" when the list is in another order.
func (l listing) sorted(column string) string {
	switch l.filter.Sort {
	case column:
		return "ascending"
	case "-" + column:
		return "descending"
	case "":
		if column == "number" {
			return "ascending"
		}
	}
	return ""
}

func (l listing) pageURL(page int) string {
	q := l.query()
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return withQuery(listURL(l.call.ID), q)
}

func (l listing) allURL() string {
	q := l.query()
	q.Set("all", "1")
	if l.page > 1 {
		q.Set("page", strconv.Itoa(l.page))
	}
	return withQuery(listURL(l.call.ID), q)
}
