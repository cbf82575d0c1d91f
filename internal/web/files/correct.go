package files

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

func (h *Handler) correction(w http.ResponseWriter, r *http.Request) error {
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	if !f.May["application.correct"].Allowed {
		return errs.New(errs.Conflict, "application.not_now")
	}
	return ui.Render(w, r, http.StatusOK, correctionPage(*f))
}

// askCorrection reopens the questions that are ticked until a date, which is read in
// the call's zone: an hour that does not exist there, or exists twice, is refused.
func (h *Handler) askCorrection(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), application.ID(r.PathValue("id"))
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	due, unclear := zone.Resolve(r.PostFormValue("due_at"), f.Call.Zone)
	k := application.Correction{Kind: r.PostFormValue("kind"), Fields: r.PostForm["fields"], Message: strings.TrimSpace(text.Clean(r.PostFormValue("message"))), DueAt: due}
	refused := unclear
	if refused == nil {
		refused = h.Screening.AskCorrection(ctx, by, id, k)
	}
	if refused == nil {
		return ui.Done(w, r, fileURL(id, f.suffix()), "files.correction_done")
	}
	problems := ui.ProblemsOf(ctx, refused)
	if unclear != nil {
		problems = dateProblem(ctx, unclear)
	}
	if problems == nil {
		return refused
	}
	f.problems, f.typed = problems, r.PostForm
	return ui.Render(w, r, http.StatusUnprocessableEntity, correctionPage(*f))
}

// dateProblem says what is wrong with a date and time.
func dateProblem(ctx context.Context, err error) ui.Problems {
	var e *errs.Error
	if !errors.As(err, &e) {
		return nil
	}
	args := make([]any, len(e.Args))
	for i, arg := range e.Args {
		if at, ok := arg.(time.Time); ok {
			arg = ui.Instant(ctx, at)
		}
		args[i] = arg
	}
	return ui.Problems{{Path: "due_at", Text: i18n.T(ctx, e.Key, args...)}}
}

func (h *Handler) cancelCorrection(w http.ResponseWriter, r *http.Request) error {
	f, err := h.read(w, r)
	if err != nil || f == nil {
		return err
	}
	if !f.May["application.admit"].Allowed {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	if f.Correction == nil {
		return errs.New(errs.Conflict, "application.changed_meanwhile")
	}
	if err := h.Screening.CancelCorrection(r.Context(), ui.User(r), f.ID, f.Correction.ID); err != nil {
		return err
	}
	return ui.Done(w, r, fileURL(f.ID, f.suffix()), "files.correction_cancelled_done")
}
