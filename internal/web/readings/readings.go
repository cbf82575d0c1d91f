// Package readings is the pages of those who follow the reading of a selection: who has handed in, who is late, what is hidden from readers.
package readings

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"transformateur/internal/application/veil"
	"transformateur/internal/committee"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/review"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /readings; what is read is known by its selection.
type Handler struct {
	Reviews *review.Service
	Clock   clock.Clock
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	const on = "selection"
	return []ui.Route{
		{Pattern: "GET /readings/{id}", Action: "selection.progress", On: on, Handle: h.progress},
		{Pattern: "POST /readings/{id}/remind", Action: "selection.clerk", On: on, Handle: h.remind},
		{Pattern: "GET /readings/{id}/veil", Action: "selection.veil", On: on, Handle: h.veil},
		{Pattern: "POST /readings/{id}/veil", Action: "selection.veil", On: on, Handle: h.redact},
		{Pattern: "POST /readings/{id}/veil/{redaction}/lift", Action: "selection.veil", On: on, Handle: h.lift},
	}
}

func selectionID(r *http.Request) committee.SelectionID {
	return committee.SelectionID(r.PathValue("id"))
}

func at(id committee.SelectionID, page string) string {
	address := "/readings/" + url.PathEscape(string(id))
	if page != "" {
		address += "/" + page
	}
	return address
}

// followed is what the page of progress holds.
type followed struct {
	review.Progress
	now      time.Time
	mayTell  bool // may remind
	mayVeil  bool
	mayGrid  bool
	problems ui.Problems
}

// late lists those who still have files to hand in, and were not reminded today.
func (f followed) late() (n int) {
	for _, one := range f.Readers {
		if one.Left() > 0 && !one.Reminded {
			n++
		}
	}
	return n
}

func (h *Handler) followed(ctx context.Context, r *http.Request) (f followed, err error) {
	f.now = h.Clock.Now()
	if f.Progress, err = h.Reviews.Progress(ctx, ui.User(r), selectionID(r)); err != nil {
		return f, err
	}
	may, err := h.Reviews.May(ctx, ui.User(r), f.Selection, "selection.clerk", "selection.veil", "selection.manage")
	f.mayTell, f.mayVeil, f.mayGrid = may["selection.clerk"].Allowed, may["selection.veil"].Allowed, may["selection.manage"].Allowed
	return f, err
}

func (h *Handler) progress(w http.ResponseWriter, r *http.Request) error {
	f, err := h.followed(r.Context(), r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, progressPage(f))
}

func (h *Handler) remind(w http.ResponseWriter, r *http.Request) error {
	n, err := h.Reviews.Remind(r.Context(), ui.User(r), selectionID(r))
	if errs.KeyOf(err) == "review.not_reading" {
		f, ferr := h.followed(r.Context(), r)
		if ferr != nil {
			return err
		}
		f.problems = ui.Problems{{Text: ui.Sentence(r.Context(), err)}}
		return ui.Render(w, r, ui.StatusOf(err), progressPage(f))
	}
	if err != nil {
		return err
	}
	if n == 0 {
		return ui.Done(w, r, at(selectionID(r), ""), "readings.nobody_done")
	}
	return ui.Done(w, r, at(selectionID(r), ""), "readings.reminded_done")
}

// veiling is what the page of what is hidden holds.
type veiling struct {
	review.Veil
	typed    veil.Redaction
	problems ui.Problems
}

func (h *Handler) veil(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Reviews.Veil(r.Context(), ui.User(r), selectionID(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, veilPage(veiling{Veil: v, typed: veil.Redaction{File: r.URL.Query().Get("file")}}))
}

func (h *Handler) redact(w http.ResponseWriter, r *http.Request) error {
	x := veil.Redaction{File: r.PostFormValue("file"), Field: r.PostFormValue("field"), Passage: r.PostFormValue("passage")}
	err := h.Reviews.Redact(r.Context(), ui.User(r), selectionID(r), x)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		v, verr := h.Reviews.Veil(r.Context(), ui.User(r), selectionID(r))
		if verr != nil {
			return verr
		}
		return ui.Render(w, r, ui.StatusOf(err), veilPage(veiling{v, x, problems}))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(selectionID(r), "veil"), "readings.hidden_done")
}

func (h *Handler) lift(w http.ResponseWriter, r *http.Request) error {
	if err := h.Reviews.Lift(r.Context(), ui.User(r), selectionID(r), r.PathValue("redaction")); err != nil {
		return err
	}
	return ui.Done(w, r, at(selectionID(r), "veil"), "readings.lifted_done")
}
