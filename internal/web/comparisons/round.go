package comparisons

import (
	"context"
	"net/http"

	"transformateur/internal/i18n"
	"transformateur/internal/review/comparison"
	"transformateur/internal/web/ui"
)

// opening is the page of those who open and close rounds.
type opening struct {
	comparison.Overview
	frame
	fields  []string // chosen on the page
	advised string   // typed
}

func (h *Handler) opening(r *http.Request) (v opening, err error) {
	if v.Overview, err = h.Comparisons.Overview(r.Context(), ui.User(r), id(r)); err != nil {
		return v, err
	}
	v.advised = itoa(comparison.UsualAdvice)
	if had := v.Current(); had.ID != "" {
		v.advised = itoa(had.Advised)
	}
	for _, q := range v.Questions {
		if q.Chosen {
			v.fields = append(v.fields, q.ID)
		}
	}
	v.frame, err = h.frame(r, v.Selection, "round")
	return v, err
}

func (h *Handler) round(w http.ResponseWriter, r *http.Request) error {
	v, err := h.opening(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, roundPage(v))
}

// again shows the page once more, with what kept an act from being done.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, act error, with func(*opening)) error {
	problems, show := shown(r.Context(), act)
	if !show {
		return act
	}
	v, err := h.opening(r)
	if err != nil {
		return err
	}
	v.problems = problems
	with(&v)
	return ui.Render(w, r, ui.StatusOf(act), roundPage(v))
}

func (h *Handler) begin(w http.ResponseWriter, r *http.Request) error {
	advised := r.PostFormValue("advised")
	fields := r.PostForm["fields"]
	err := h.Comparisons.Begin(r.Context(), ui.User(r), id(r), comparison.Settings{Fields: fields, Advised: number(advised), After: number(r.PostFormValue("after"))})
	if err != nil {
		return h.again(w, r, err, func(v *opening) { v.fields, v.advised = fields, advised })
	}
	return ui.Done(w, r, address(id(r), "round"), "comparisons.opened_done")
}

func (h *Handler) end(w http.ResponseWriter, r *http.Request) error {
	if err := h.Comparisons.End(r.Context(), ui.User(r), id(r), number(r.PostFormValue("round"))); err != nil {
		return h.again(w, r, err, func(*opening) {})
	}
	return ui.Done(w, r, address(id(r), "results"), "comparisons.closed_done")
}

// options are the questions that a pitch may show.
func (v opening) options(ctx context.Context) (list []ui.Option) {
	for _, q := range v.Questions {
		list = append(list, ui.Option{Value: q.ID, Label: in(ctx, q.Label)})
	}
	return list
}

// state is where a round stands, in words.
func (v opening) state(ctx context.Context, one comparison.Round) string {
	if one.Status == comparison.Open {
		return i18n.T(ctx, "comparisons.since", v.since(ctx, one))
	}
	return i18n.T(ctx, "comparisons.between", v.since(ctx, one), ui.Instant(ctx, ui.Local(one.ClosedAt, v.Selection.Call.Zone)))
}

func (v opening) since(ctx context.Context, one comparison.Round) string {
	return ui.Instant(ctx, ui.Local(one.OpenedAt, v.Selection.Call.Zone))
}
