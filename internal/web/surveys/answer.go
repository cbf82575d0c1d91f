package surveys

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"transformateur/internal/debrief/survey"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/formview"
)

// answerPage is a page of the questionnaire, to who holds the link.
type answerPage struct {
	survey.Answer
	token    string
	step     string
	problems ui.Problems
	failed   bool
}

func linkURL(token string) string { return "/survey/" + url.PathEscape(token) }

func (v answerPage) view() formview.View {
	return formview.View{Form: v.Compiled, State: v.State, Answers: v.Answer.Answers, StepID: v.step, Problems: v.failed}
}

// near is the step before or after the one shown, "" for none.
func (v answerPage) near(by int) string {
	for i, st := range v.Survey.Form.Steps {
		if st.ID == v.step && i+by >= 0 && i+by < len(v.Survey.Form.Steps) {
			return v.Survey.Form.Steps[i+by].ID
		}
	}
	return ""
}

// number is the place of the step shown, from 1.
func (v answerPage) number() int {
	for i, st := range v.Survey.Form.Steps {
		if st.ID == v.step {
			return i + 1
		}
	}
	return 0
}

func (h *Handler) open(w http.ResponseWriter, r *http.Request) error {
	return h.renderAnswer(w, r, http.StatusOK, answerPage{step: r.URL.Query().Get("step")})
}

func (h *Handler) renderAnswer(w http.ResponseWriter, r *http.Request, status int, v answerPage) (err error) {
	v.token = r.PathValue("token")
	if v.Answer, err = h.Surveys.Open(r.Context(), v.token); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	if !v.Open || v.Complete && v.step == "" {
		return ui.Render(w, r, status, thanksPage(v))
	}
	if v.number() == 0 {
		v.step = v.Survey.Form.Steps[0].ID
	}
	return ui.Render(w, r, status, stepPage(v))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	r.PostFormValue("") // reads the form, whatever its encoding
	token, step := r.PathValue("token"), r.PostFormValue("step")
	in := survey.Typed{Step: step, Values: r.PostForm, Quote: survey.Quote(r.PostFormValue("quote")), Name: r.PostFormValue("name"), Send: r.PostFormValue("do") == "send"}
	err := h.Surveys.Save(r.Context(), token, in)
	var e *errs.Error
	if errors.As(err, &e) && e.Kind == errs.Invalid {
		v := answerPage{step: h.first(r.Context(), token, step, e), failed: true}
		if in.Send {
			v.problems = ui.ProblemsOf(r.Context(), err)
		}
		return h.renderAnswer(w, r, http.StatusUnprocessableEntity, v)
	}
	if errs.Is(err, errs.Conflict) {
		return h.renderAnswer(w, r, http.StatusConflict, answerPage{})
	}
	if err != nil {
		return err
	}
	if in.Send {
		return ui.Done(w, r, linkURL(token), "surveys.sent_done")
	}
	v := answerPage{step: step}
	if v.Answer, err = h.Surveys.Open(r.Context(), token); err != nil {
		return err
	}
	by := map[string]int{"next": 1, "back": -1}[r.PostFormValue("do")]
	if to := v.near(by); to != "" {
		step = to
	}
	http.Redirect(w, r, linkURL(token)+"?step="+url.QueryEscape(step), http.StatusSeeOther)
	return nil
}

// first is the first step on which something is missing or wrong.
func (h *Handler) first(ctx context.Context, token, step string, e *errs.Error) string {
	a, err := h.Surveys.Open(ctx, token)
	if err != nil {
		return step
	}
	for _, st := range a.Survey.Form.Steps {
		for _, f := range st.Fields {
			for _, bad := range e.Fields {
				if bad.Path == f.ID {
					return st.ID
				}
			}
		}
	}
	return step
}

func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	err := h.Surveys.Withdraw(r.Context(), r.PathValue("token"))
	if errs.Is(err, errs.Conflict) {
		return h.renderAnswer(w, r, http.StatusConflict, answerPage{})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, linkURL(r.PathValue("token")), "surveys.withdrawn_done")
}

func quotes(ctx context.Context, chosen survey.Quote) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, q := range survey.Quotes {
		c.Options = append(c.Options, ui.Option{Value: string(q), Label: i18n.T(ctx, "surveys.quote_"+string(q))})
	}
	return c
}

// promise says who will know what: an answer on the gathering bears no name, one on a
// project speaks for it.
func promise(ctx context.Context, v answerPage) string {
	if v.Survey.Kind.Impact() {
		return i18n.T(ctx, "surveys.promise_project")
	}
	return i18n.T(ctx, "surveys.promise_nameless", survey.Least)
}

func thanksTitle(ctx context.Context, v answerPage) string {
	if v.Complete {
		return i18n.T(ctx, "surveys.thanks")
	}
	return i18n.T(ctx, "surveys.over_title")
}
