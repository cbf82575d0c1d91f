package applications

import (
	"net/http"

	"transformateur/internal/call"
	"transformateur/internal/web/ui"
)

// mine lists the person's files, the nearest deadline first.
func (h *Handler) mine(w http.ResponseWriter, r *http.Request) error {
	if ui.User(r).IsVisitor() {
		return signIn
	}
	files, err := h.Files.ListMine(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, minePage(files, h.Clock.Now()))
}

// create opens a draft, then leads to its first step.
func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	id := call.ID(r.FormValue("call"))
	if !r.Form.Has("title") { // she comes from the page of the call
		if err := h.Files.MayCreate(r.Context(), ui.User(r), id); err != nil {
			return err
		}
		return ui.Render(w, r, http.StatusOK, newPage(string(id), "", nil))
	}
	a, err := h.Files.Create(r.Context(), ui.User(r), id, r.FormValue("title"))
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return ui.Render(w, r, ui.StatusOf(err), newPage(string(id), r.FormValue("title"), problems))
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, at(a.ID, "edit"))
}
