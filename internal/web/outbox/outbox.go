// Package outbox is the pages where a programme reads, corrects, stops and releases the mails it sends.
package outbox

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
)

// Handler serves the pages.
type Handler struct {
	Mails *notify.Service
	Zone  string // in which times are told
}

// kinds are the scopes that have an outbox, as their addresses name them.
var kinds = []string{"agency", "programme", "edition", "call"}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	all := []ui.Route{
		{Pattern: "GET /outbox", Action: "account.manage", Handle: h.places},
		{Pattern: "GET /outbox/mails/{id}", Action: "outbox.read", On: "mail", Handle: h.mail},
		{Pattern: "GET /outbox/mails/{id}/letter", Action: "outbox.read", On: "mail", Handle: h.letter},
		{Pattern: "POST /outbox/mails/{id}", Action: "outbox.edit", On: "mail", Handle: h.edit},
		{Pattern: "POST /outbox/mails/{id}/cancel", Action: "outbox.edit", On: "mail", Handle: h.act(cancelMail, "outbox.cancelled_done")},
		{Pattern: "POST /outbox/mails/{id}/release", Action: "outbox.edit", On: "mail", Handle: h.act(releaseMail, "outbox.released_done")},
		{Pattern: "POST /outbox/mails/{id}/retry", Action: "outbox.edit", On: "mail", Handle: h.act(retryMail, "outbox.released_done")},
		{Pattern: "GET /outbox/batches/{id}", Action: "outbox.read", On: "batch", Handle: h.batch},
		{Pattern: "POST /outbox/batches/{id}/release", Action: "outbox.edit", On: "batch", Handle: h.releaseBatch},
		{Pattern: "POST /outbox/batches/{id}/cancel", Action: "outbox.edit", On: "batch", Handle: h.cancelBatch},
	}
	for _, kind := range kinds {
		at := "/outbox/" + kind + "/{id}"
		all = append(all,
			ui.Route{Pattern: "GET " + at, Action: "outbox.read", On: kind, Handle: on(kind, h.list)},
			ui.Route{Pattern: "GET " + at + "/templates", Action: "outbox.read", On: kind, Handle: on(kind, h.wordings)},
			ui.Route{Pattern: "GET " + at + "/templates/{name}", Action: "outbox.read", On: kind, Handle: on(kind, h.wording)},
			ui.Route{Pattern: "POST " + at + "/templates/{name}", Action: "outbox.edit", On: kind, Handle: on(kind, h.reword)})
	}
	return all
}

// on gives a handler the scope that its address names.
func on(kind string, handle func(http.ResponseWriter, *http.Request, policy.Ref) error) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		return handle(w, r, policy.Ref{Kind: kind, ID: r.PathValue("id")})
	}
}

// home is the address of the outbox of a scope.
func home(ref policy.Ref) string { return "/outbox/" + ref.Kind + "/" + url.PathEscape(ref.ID) }

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
	return address(home(f.Scope), "status", string(f.Status), "template", f.Template, "batch", f.Batch, "q", f.Search, "page", number)
}

func (l listed) narrowed() bool {
	return l.filter.Status != "" || l.filter.Template != "" || l.filter.Batch != "" || l.filter.Search != ""
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request, scope policy.Ref) error {
	ctx, by := r.Context(), ui.User(r)
	page, _ := strconv.Atoi(r.FormValue("page"))
	f := notify.Filter{Scope: scope, Status: notify.Status(r.FormValue("status")), Template: r.FormValue("template"),
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

// places leads to the outboxes that who asks may read; "?scope=edition:ID" to one.
func (h *Handler) places(w http.ResponseWriter, r *http.Request) error {
	if kind, id, found := strings.Cut(r.FormValue("scope"), ":"); found && slices.Contains(kinds, kind) {
		return ui.See(w, r, home(policy.Ref{Kind: kind, ID: id}))
	}
	places, err := h.Mails.Places(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	if len(places) == 1 {
		return ui.See(w, r, home(places[0].Ref))
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

// title is the subject of a mail, or what it is once its words were erased.
func title(ctx context.Context, subject, template string) string {
	if subject == "" {
		return kindName(ctx, template)
	}
	return subject
}

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
