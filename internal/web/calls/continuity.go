package calls

import (
	"net/http"
	"strings"

	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// dismiss decides that the deadline does not move after an outage.
func (h *Handler) dismiss(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid")
	}
	reason := strings.TrimSpace(r.PostForm.Get("dismissal"))
	err := h.Continuity.Dismiss(r.Context(), ui.User(r), id(r), r.PostForm.Get("draft"), reason)
	if fields, ok := ui.FieldsOf(err); ok {
		b, err := h.board(r)
		if err != nil {
			return err
		}
		b.Dismissal, b.Problems = reason, say(r.Context(), "", fields)
		return ui.Render(w, r, http.StatusUnprocessableEntity, managePage(b))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, link(id(r), "manage")+"?done=dismissed")
}
