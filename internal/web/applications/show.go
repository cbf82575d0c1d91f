package applications

import (
	"net/http"

	"transformateur/internal/application"
	"transformateur/internal/application/receipt"
	"transformateur/internal/intake"
	"transformateur/internal/web/ui"
)

// proof is what tells that a file was deposited: receipts, or where it came from.
type proof struct {
	receipts []receipt.Signed
	origin   *intake.Origin
	decided  bool // a decision on the file was announced
}

// show is the file's own page: where it stands, and what to do next.
func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	var p proof
	if p.receipts, err = h.Files.Receipts(r.Context(), ui.User(r), f.ID); err != nil {
		return err
	}
	if h.Origins != nil && len(p.receipts) == 0 && f.Status != application.Draft {
		if p.origin, err = h.Origins.Origin(r.Context(), ui.User(r), f.ID); err != nil {
			return err
		}
	}
	revision, err := h.Files.Revision(r.Context(), ui.User(r), f.ID)
	if err != nil {
		return err
	}
	if p.decided, err = h.Decisions.Announced(r.Context(), ui.User(r), f.ID); err != nil {
		return err
	}
	v := view(r.Context(), h, f)
	return ui.Render(w, r, http.StatusOK, showPage(f, v, p, revision, h.Clock.Now()))
}

// print is the whole file to read and print, filled or not.
func (h *Handler) print(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, printPage(f, view(r.Context(), h, f)))
}

func (h *Handler) rename(w http.ResponseWriter, r *http.Request) error {
	err := h.Files.Rename(r.Context(), ui.User(r), fileID(r), r.FormValue("title"))
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		f, oerr := h.Files.Open(r.Context(), ui.User(r), fileID(r))
		if oerr != nil {
			return oerr
		}
		return ui.Render(w, r, ui.StatusOf(err), renamePage(f, r.FormValue("title"), problems))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), ""), "applications.renamed_done")
}

func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Files.Withdraw(r.Context(), ui.User(r), fileID(r)); err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), ""), "applications.withdrawn_done")
}

func (h *Handler) reopen(w http.ResponseWriter, r *http.Request) error {
	if err := h.Files.Reopen(r.Context(), ui.User(r), fileID(r)); err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), "edit"), "applications.reopened_done")
}

func (h *Handler) delete(w http.ResponseWriter, r *http.Request) error {
	if err := h.Files.Delete(r.Context(), ui.User(r), fileID(r)); err != nil {
		return err
	}
	return ui.Done(w, r, "/applications", "applications.deleted_done")
}

// todo is the next act that a file waits for, as a message key.
func todo(m application.Mine) string {
	switch {
	case m.Status == application.Submitted:
		return "applications.next_wait"
	case m.Status == application.Withdrawn:
		return "applications.next_withdrawn"
	case m.Missing > 0:
		return "applications.next_complete"
	}
	return "applications.next_submit"
}
