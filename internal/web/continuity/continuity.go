// Package continuity is the page where somebody decides what an outage of the last hour of a call leads to.
package continuity

import (
	"context"
	"net/http"
	"strings"

	"transformateur/internal/call"
	"transformateur/internal/continuity"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/outage"
)

//go:generate go tool templ generate -path .

// Handler answers for the extensions drafted after an outage.
type Handler struct {
	Calls      *call.Service
	Continuity *continuity.Service
}

// Routes is every address of the record.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /calls/{id}/continuity", Action: "call.files", On: "call", Handle: h.show},
		{Pattern: "POST /calls/{id}/continuity", Action: "call.publish", On: "call", Handle: h.dismiss},
	}
}

func (h *Handler) drafts(r *http.Request) (d outage.Drafts, err error) {
	ctx, by, id := r.Context(), ui.User(r), call.ID(r.PathValue("id"))
	if d.Call, err = h.Calls.Follow(ctx, by, id); err != nil {
		return d, err
	}
	rights, err := h.Calls.Rights(ctx, by, d.Call)
	if err != nil {
		return d, err
	}
	d.Decides = rights.Publish
	d.List, err = h.Continuity.Drafts(ctx, by, id)
	return d, err
}

// show is the record of one call.
func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	d, err := h.drafts(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, page(d, r.URL.Query().Get("done") == "dismissed"))
}

// dismiss decides that the deadline does not move.
func (h *Handler) dismiss(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	ctx, id, reason := r.Context(), call.ID(r.PathValue("id")), strings.TrimSpace(r.PostForm.Get("dismissal"))
	err := h.Continuity.Dismiss(ctx, ui.User(r), id, r.PostForm.Get("draft"), reason)
	if fields, ok := ui.FieldsOf(err); ok {
		d, err := h.drafts(r)
		if err != nil {
			return err
		}
		d.Typed, d.Problem = reason, i18n.T(ctx, fields[0].Key)
		return ui.Render(w, r, http.StatusUnprocessableEntity, page(d, false))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, r.URL.Path+"?done=dismissed")
}

func notice(ctx context.Context, done bool) string {
	if !done {
		return ""
	}
	return i18n.T(ctx, "calls.done_dismissed")
}
