package comparisons

import (
	"context"
	"net/http"

	"transformateur/internal/i18n"
	"transformateur/internal/review/comparison"
	"transformateur/internal/web/ui"
)

// asked is the page of the pair that waits for a member.
type asked struct {
	comparison.Turn
	frame
	note string // typed, when the answer was refused
}

func (h *Handler) pair(w http.ResponseWriter, r *http.Request) error {
	return h.ask(w, r, http.StatusOK, func(*asked) {})
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request, status int, with func(*asked)) error {
	t, err := h.Comparisons.Show(r.Context(), ui.User(r), id(r))
	if err != nil {
		return err
	}
	v := asked{Turn: t}
	if v.frame, err = h.frame(r, t.Selection, ""); err != nil {
		return err
	}
	with(&v)
	return ui.Render(w, r, status, pairPage(v))
}

// answer keeps what she chose, then shows the next pair.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	err := h.Comparisons.Answer(ctx, ui.User(r), id(r), comparison.Reply{
		Round: number(r.PostFormValue("round")), Turn: number(r.PostFormValue("turn")), Choice: comparison.Choice(r.PostFormValue("choice")), Note: r.PostFormValue("note")})
	if problems, show := shown(ctx, err); show {
		return h.ask(w, r, ui.StatusOf(err), func(v *asked) { v.problems, v.note = problems, r.PostFormValue("note") })
	}
	if err != nil {
		return err
	}
	return ui.See(w, r, address(id(r), "")+"#pair")
}

func (h *Handler) undo(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	err := h.Comparisons.Undo(ctx, ui.User(r), id(r), number(r.PostFormValue("round")), number(r.PostFormValue("turn")))
	if problems, show := shown(ctx, err); show {
		return h.ask(w, r, ui.StatusOf(err), func(v *asked) { v.problems = problems })
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, address(id(r), "")+"#pair", "comparisons.undone_done")
}

// said is one of her answers in words.
func said(ctx context.Context, a comparison.Answered) string {
	switch a.Choice {
	case comparison.Left:
		return i18n.T(ctx, "comparisons.said_prefers", a.LeftTitle, a.RightTitle)
	case comparison.Right:
		return i18n.T(ctx, "comparisons.said_prefers", a.RightTitle, a.LeftTitle)
	case comparison.Equal:
		return i18n.T(ctx, "comparisons.said_equal", a.LeftTitle, a.RightTitle)
	}
	return i18n.T(ctx, "comparisons.said_unsure", a.LeftTitle, a.RightTitle)
}
