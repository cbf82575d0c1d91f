// Package webhooks is the pages where a lead says which programs outside are told of what happens, and sees what became of it.
package webhooks

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
	"transformateur/internal/webhook"
)

//go:generate go tool templ generate -path .

// Handler serves the pages.
type Handler struct {
	Webhooks *webhook.Service
}

const manage = "webhook.manage"

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	const on = "webhook"
	all := []ui.Route{
		{Pattern: "GET /webhooks/{id}", Action: manage, On: on, Handle: h.show},
		{Pattern: "POST /webhooks/{id}", Action: manage, On: on, Handle: h.edit},
		{Pattern: "POST /webhooks/{id}/rotate", Action: manage, On: on, Handle: h.rotate},
		{Pattern: "POST /webhooks/{id}/ping", Action: manage, On: on, Handle: h.act((*webhook.Service).Ping, "webhooks.pinged_done")},
		{Pattern: "POST /webhooks/{id}/enable", Action: manage, On: on, Handle: h.act((*webhook.Service).Enable, "webhooks.enabled_done")},
		{Pattern: "POST /webhooks/{id}/disable", Action: manage, On: on, Handle: h.act((*webhook.Service).Disable, "webhooks.disabled_done")},
		{Pattern: "POST /webhooks/{id}/remove", Action: manage, On: on, Handle: h.remove},
		{Pattern: "GET /webhooks/{id}/deliveries/{delivery}", Action: manage, On: on, Handle: h.delivery},
		{Pattern: "POST /webhooks/{id}/deliveries/{delivery}/replay", Action: manage, On: on, Handle: h.replay},
	}
	for _, kind := range []string{"edition", "programme"} {
		all = append(all,
			ui.Route{Pattern: "GET /" + kind + "s/{id}/webhooks", Action: manage, On: kind, Handle: h.list(kind)},
			ui.Route{Pattern: "POST /" + kind + "s/{id}/webhooks", Action: manage, On: kind, Handle: h.create(kind)})
	}
	return all
}

// logged is how many deliveries the page of an endpoint shows.
const logged = 50

// listing is the page of the endpoints of an edition or a programme.
type listing struct {
	on       policy.Ref
	name     string
	list     []webhook.Endpoint
	typed    webhook.Wanted
	problems ui.Problems
}

func address(on policy.Ref) string { return "/" + on.Kind + "s/" + url.PathEscape(on.ID) + "/webhooks" }

func home(e webhook.Endpoint) string { return "/webhooks/" + e.ID }

// above leads back to what the endpoints are on.
func above(on policy.Ref) string {
	if on.Kind == "edition" {
		return "/editions/" + url.PathEscape(on.ID) + "/manage"
	}
	return "/programmes/" + url.PathEscape(on.ID)
}

func (h *Handler) read(r *http.Request, kind string) (v listing, err error) {
	v.on = policy.Ref{Kind: kind, ID: r.PathValue("id")}
	v.list, v.name, err = h.Webhooks.List(r.Context(), ui.User(r), v.on)
	return v, err
}

func (h *Handler) list(kind string) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := h.read(r, kind)
		if err != nil {
			return err
		}
		return ui.Render(w, r, http.StatusOK, listPage(v))
	}
}

func wanted(r *http.Request) (webhook.Wanted, error) {
	if err := r.ParseForm(); err != nil {
		return webhook.Wanted{}, errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	return webhook.Wanted{URL: r.PostFormValue("url"), Name: r.PostFormValue("name"), Kinds: r.PostForm["kinds"]}, nil
}

// create shows the signing secret on the page that answers: it is not shown again.
func (h *Handler) create(kind string) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		typed, err := wanted(r)
		if err != nil {
			return err
		}
		e, secret, err := h.Webhooks.Create(r.Context(), ui.User(r), policy.Ref{Kind: kind, ID: r.PathValue("id")}, typed)
		problems := ui.ProblemsOf(r.Context(), err)
		if problems == nil && err != nil {
			return err
		}
		if problems == nil {
			return ui.Render(w, r, http.StatusCreated, secretPage(e, secret))
		}
		v, again := h.read(r, kind)
		if again != nil {
			return again
		}
		v.typed, v.problems = typed, problems
		return ui.Render(w, r, ui.StatusOf(err), listPage(v))
	}
}

// watched is the page of one endpoint.
type watched struct {
	webhook.Endpoint
	deliveries []webhook.Delivery
	typed      webhook.Wanted
	problems   ui.Problems
	zone       string
}

func (h *Handler) watch(r *http.Request) (v watched, err error) {
	by := ui.User(r)
	if v.Endpoint, err = h.Webhooks.Get(r.Context(), by, r.PathValue("id")); err != nil {
		return v, err
	}
	v.typed, v.zone = webhook.Wanted{URL: v.URL, Name: v.Name, Kinds: v.Kinds}, by.Zone
	v.deliveries, err = h.Webhooks.Deliveries(r.Context(), by, v.ID, logged)
	return v, err
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	v, err := h.watch(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, endpointPage(v))
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	typed, err := wanted(r)
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	err = h.Webhooks.Edit(r.Context(), ui.User(r), r.PathValue("id"), typed, version)
	problems := ui.ProblemsOf(r.Context(), err)
	if problems == nil && err != nil {
		return err
	}
	if problems == nil {
		return ui.Done(w, r, "/webhooks/"+r.PathValue("id"), "webhooks.saved_done")
	}
	v, again := h.watch(r)
	if again != nil {
		return again
	}
	v.typed, v.problems = typed, problems
	return ui.Render(w, r, ui.StatusOf(err), endpointPage(v))
}

func (h *Handler) rotate(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), r.PathValue("id")
	secret, err := h.Webhooks.Rotate(ctx, by, id)
	if err != nil {
		return err
	}
	e, err := h.Webhooks.Get(ctx, by, id)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, secretPage(e, secret))
}

// deed is an act on one endpoint that needs nothing more.
type deed func(s *webhook.Service, ctx context.Context, by account.User, id string) error

// act answers a form of one button.
func (h *Handler) act(do deed, done string) ui.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := do(h.Webhooks, r.Context(), ui.User(r), r.PathValue("id")); err != nil {
			return err
		}
		return ui.Done(w, r, "/webhooks/"+r.PathValue("id"), done)
	}
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), r.PathValue("id")
	e, err := h.Webhooks.Get(ctx, by, id)
	if err != nil {
		return err
	}
	if err := h.Webhooks.Remove(ctx, by, id); err != nil {
		return err
	}
	return ui.Done(w, r, address(e.On), "webhooks.removed_done")
}

func (h *Handler) delivery(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	e, err := h.Webhooks.Get(ctx, by, r.PathValue("id"))
	if err != nil {
		return err
	}
	d, attempts, err := h.Webhooks.Delivery(ctx, by, e.ID, r.PathValue("delivery"))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, deliveryPage(e, d, attempts, by.Zone))
}

func (h *Handler) replay(w http.ResponseWriter, r *http.Request) error {
	id, delivery := r.PathValue("id"), r.PathValue("delivery")
	if err := h.Webhooks.Replay(r.Context(), ui.User(r), id, delivery); err != nil {
		return err
	}
	return ui.Done(w, r, "/webhooks/"+id+"/deliveries/"+delivery, "webhooks.replayed_done")
}

func kindName(ctx context.Context, kind string) string {
	return i18n.T(ctx, "webhooks.kind_"+strings.ReplaceAll(kind, ".", "_"))
}

func kindOptions(ctx context.Context) (all []ui.Option) {
	for _, kind := range webhook.Kinds {
		all = append(all, ui.Option{Value: kind, Label: kindName(ctx, kind), Hint: kind})
	}
	return all
}

var tones = map[string]ui.Tone{webhook.Pending: ui.Info, webhook.Delivered: ui.Success, webhook.Failed: ui.Danger, webhook.Active: ui.Success, webhook.Disabled: ui.Warning}

// statusName says the status of an endpoint or of a delivery.
func statusName(ctx context.Context, status string) string {
	return i18n.T(ctx, "webhooks.status_"+status)
}

// answered is the status of an answer, or that there was none.
func answered(ctx context.Context, status int) string {
	if status == 0 {
		return i18n.T(ctx, "webhooks.no_answer")
	}
	return strconv.Itoa(status)
}
