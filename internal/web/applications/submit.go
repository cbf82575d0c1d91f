package applications

import (
	"net/http"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// submitPage shows what will be deposited, and everything that is missing.
func (h *Handler) submitPage(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	return h.renderSubmit(w, r, http.StatusOK, f, "")
}

func (h *Handler) renderSubmit(w http.ResponseWriter, r *http.Request, status int, f application.File, refused string) error {
	v := view(r.Context(), h, f)
	v.Problems = true
	return ui.Render(w, r, status, submitPage(f, v, f.State.Missing(), refused, h.Clock.Now()))
}

// submit deposits the file, then shows the receipt.
func (h *Handler) submit(w http.ResponseWriter, r *http.Request) error {
	id := fileID(r)
	receipt, err := h.Files.Submit(r.Context(), ui.User(r), id)
	switch {
	case err == nil:
		return ui.Done(w, r, at(id, "")+"#receipt-"+strconv.FormatInt(receipt.Receipt.Number, 10), "applications.submitted_done")
	case errs.KeyOf(err) == "application.form_changed":
		return ui.See(w, r, at(id, "revision"))
	case (errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict)) && !ui.WantsJSON(r):
		f, oerr := h.Files.Open(r.Context(), ui.User(r), id)
		if oerr != nil {
			return err
		}
		return h.renderSubmit(w, r, ui.StatusOf(err), f, ui.Sentence(r.Context(), err))
	}
	return err
}

// revision shows what changed in the form since the file was begun.
func (h *Handler) revision(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Files.Open(r.Context(), ui.User(r), fileID(r))
	if err != nil {
		return err
	}
	rev, err := h.Files.Revision(r.Context(), ui.User(r), f.ID)
	if err != nil {
		return err
	}
	if rev == nil {
		return ui.See(w, r, at(f.ID, ""))
	}
	return ui.Render(w, r, http.StatusOK, revisionPage(f, rev, speech(r.Context(), h.Files.Checks(f))))
}

// accept moves the file to the form that its author was shown.
func (h *Handler) accept(w http.ResponseWriter, r *http.Request) error {
	seen, err := strconv.Atoi(r.FormValue("revision"))
	if err != nil {
		return errs.New(errs.Invalid, "applications.unreadable")
	}
	err = h.Files.Accept(r.Context(), ui.User(r), fileID(r), seen)
	if errs.KeyOf(err) == "application.form_changed" {
		return ui.See(w, r, at(fileID(r), "revision"))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(fileID(r), "edit"), "applications.accepted_done")
}
