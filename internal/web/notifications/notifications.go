// Package notifications is the page where a person chooses how often she hears of something.
package notifications

import (
	"context"
	"net/http"

	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// Handler serves the page.
type Handler struct {
	Mails *notify.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /notifications", Action: "account.manage", Handle: h.form},
		{Pattern: "POST /notifications", Action: "account.manage", Handle: h.save},
		{Pattern: "POST /notifications/resume", Action: "account.manage", Handle: h.resume},
	}
}

func (h *Handler) form(w http.ResponseWriter, r *http.Request) error {
	chosen, err := h.Mails.Preferences(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return h.show(w, r, http.StatusOK, chosen, nil)
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request, status int, chosen map[string]notify.Pace, problems ui.Problems) error {
	troubles, err := h.Mails.Troubles(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, formPage(chosen, troubles, problems))
}

// resume sends mail again to an address whose mailbox is mended.
func (h *Handler) resume(w http.ResponseWriter, r *http.Request) error {
	if err := h.Mails.Resume(r.Context(), ui.User(r), r.PostFormValue("address")); err != nil {
		return err
	}
	return ui.Done(w, r, "/notifications", "notifications.resumed_done")
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	ctx, chosen := r.Context(), map[string]notify.Pace{}
	for _, topic := range notify.Topics {
		chosen[topic] = notify.Pace(r.PostFormValue(topic))
		err := h.Mails.Prefer(ctx, ui.User(r), topic, chosen[topic])
		if errs.Is(err, errs.Invalid) {
			return h.show(w, r, http.StatusUnprocessableEntity, chosen, ui.ProblemsOf(ctx, err))
		}
		if err != nil {
			return err
		}
	}
	return ui.Done(w, r, "/notifications", "notifications.saved_done")
}

func paces(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(notify.Instant), Label: i18n.T(ctx, "notify.pace_instant")}, {Value: string(notify.Daily), Label: i18n.T(ctx, "notify.pace_daily")}}
}
