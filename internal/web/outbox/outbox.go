// Package outbox is the pages where a programme reads, corrects, stops and releases the mails it sends.
package outbox

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

// Handler serves the pages.
type Handler struct {
	Mails *notify.Service
	Zone  string // in which times are told
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /outbox", Action: "outbox.read", Handle: h.list},
		{Pattern: "GET /outbox/mails/{id}", Action: "outbox.read", On: "mail", Handle: h.mail},
		{Pattern: "GET /outbox/mails/{id}/letter", Action: "outbox.read", On: "mail", Handle: h.letter},
		{Pattern: "POST /outbox/mails/{id}", Action: "outbox.edit", On: "mail", Handle: h.edit},
		{Pattern: "POST /outbox/mails/{id}/cancel", Action: "outbox.edit", On: "mail", Handle: h.act(cancelMail, "outbox.cancelled_done")},
		{Pattern: "POST /outbox/mails/{id}/release", Action: "outbox.edit", On: "mail", Handle: h.act(releaseMail, "outbox.released_done")},
		{Pattern: "POST /outbox/mails/{id}/retry", Action: "outbox.edit", On: "mail", Handle: h.act(retryMail, "outbox.released_done")},
		{Pattern: "GET /outbox/batches/{batch}", Action: "outbox.read", On: "batch", Handle: h.batch},
		{Pattern: "POST /outbox/batches/{batch}/release", Action: "outbox.edit", On: "batch", Handle: h.releaseBatch},
		{Pattern: "POST /outbox/batches/{batch}/cancel", Action: "outbox.edit", On: "batch", Handle: h.cancelBatch},
		{Pattern: "GET /outbox/templates", Action: "outbox.read", Handle: h.wordings},
		{Pattern: "GET /outbox/templates/{name}", Action: "outbox.read", Handle: h.wording},
		{Pattern: "POST /outbox/templates/{name}", Action: "outbox.edit", Handle: h.reword},
	}
}

// scopeOf reads "edition:normandie-2018".
func scopeOf(value string) policy.Ref {
	kind, id, _ := strings.Cut(value, ":")
	return policy.Ref{Kind: kind, ID: id}
}

func scopeText(ref policy.Ref) string { return ref.Kind + ":" + ref.ID }

func address(path string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func (h *Handler) local(at time.Time) time.Time { return ui.Local(at, h.Zone) }

// listed is what the list shows.
type listed struct {
	place  notify.Place
	filter notify.Filter
	mails  []notify.Letter
	total  int
	holds  bool
	at     func(time.Time) time.Time
}

func (l listed) pages() int { return (l.total + notify.PageSize - 1) / notify.PageSize }

func (l listed) url(page int) string {
	f := l.filter
	number := ""
	if page > 1 {
		number = strconv.Itoa(page)
	}
	return address("/outbox", "scope", scopeText(f.Scope), "status", string(f.Status), "template", f.Template, "batch", f.Batch, "q", f.Search, "page", number)
}

func (l listed) narrowed() bool {
	return l.filter.Status != "" || l.filter.Template != "" || l.filter.Batch != "" || l.filter.Search != ""
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	if r.FormValue("scope") == "" {
		return h.places(w, r)
	}
	page, _ := strconv.Atoi(r.FormValue("page"))
	f := notify.Filter{Scope: scopeOf(r.FormValue("scope")), Status: notify.Status(r.FormValue("status")), Template: r.FormValue("template"),
		Batch: r.FormValue("batch"), Search: r.FormValue("q"), Page: min(max(page, 1), 1_000_000)}
	place, err := h.Mails.At(ctx, by, f.Scope)
	if err != nil {
		return err
	}
	mails, total, err := h.Mails.List(ctx, by, f)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(listed{place, f, mails, total, h.Mails.Holds(), h.local}))
}

// places leads to the only outbox of who asks, or lets her choose.
func (h *Handler) places(w http.ResponseWriter, r *http.Request) error {
	if ui.User(r).IsVisitor() {
		return errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	places, err := h.Mails.Places(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	switch len(places) {
	case 0:
		return errs.New(errs.NotFound, "errs.not_found")
	case 1:
		return ui.See(w, r, address("/outbox", "scope", scopeText(places[0].Ref)))
	}
	return ui.Render(w, r, http.StatusOK, placesPage(places))
}

func kindOptions(ctx context.Context) []ui.Option {
	var all []ui.Option
	for _, kind := range notify.Kinds {
		if kind.Editable() {
			all = append(all, ui.Option{Value: kind.Name, Label: kindName(ctx, kind.Name)})
		}
	}
	return all
}

func kindName(ctx context.Context, name string) string { return i18n.T(ctx, "notify.template_"+name) }

func statusOptions(ctx context.Context) []ui.Option {
	var all []ui.Option
	for _, status := range notify.Statuses {
		all = append(all, ui.Option{Value: string(status), Label: statusName(ctx, status)})
	}
	return all
}

func statusName(ctx context.Context, status notify.Status) string {
	return i18n.T(ctx, "outbox.status_"+string(status))
}

var tones = map[notify.Status]ui.Tone{notify.Held: ui.Warning, notify.Ready: ui.Info, notify.Sending: ui.Info, notify.Sent: ui.Success, notify.Failed: ui.Danger, notify.Cancelled: ui.Info}

// problem says what keeps a mail: our own words, or the server's.
func problem(ctx context.Context, l notify.Letter) string {
	if i18n.Has(l.Problem) {
		return i18n.T(ctx, l.Problem)
	}
	return l.Problem
}
