package experts

import (
	"context"
	"net/http"

	"transformateur/internal/i18n"
	"transformateur/internal/support/right"
	"transformateur/internal/web/ui"
)

// inbox is what an expert is asked.
type inbox struct {
	list  []right.Received
	lines []right.Line
}

func (h *Handler) mine(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	list, err := h.Rights.Mine(ctx, by)
	if err != nil {
		return err
	}
	hers, err := h.Rights.Hers(ctx, by)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, minePage(inbox{list, hers.Lines}))
}

// cards are the requests that were sent to an expert.
func (v inbox) cards(ctx context.Context) (list []ui.Card) {
	for _, one := range v.list {
		said, tone := badge(ctx, one)
		list = append(list, ui.Card{Over: one.Project, Title: one.Subject, URL: askURL(one.Ask), Badge: said, Tone: tone, Facts: received{Received: one}.facts(ctx)})
	}
	return list
}

// received is one request on its page.
type received struct {
	right.Received
	answer, words, reason, typed string
	problems                     ui.Problems
}

func (v received) facts(ctx context.Context) []string {
	list := []string{right.Clock(v.Minutes), i18n.T(ctx, "rights.urgency_"+v.Urgency)}
	if v.Language != "" {
		list = append(list, v.Language)
	}
	return append(list, i18n.T(ctx, "experts.sent_on", ui.ShortDay(ctx, ui.Local(v.SentAt, v.Zone))))
}

func badge(ctx context.Context, v right.Received) (string, ui.Tone) {
	switch {
	case v.Mine:
		return i18n.T(ctx, "rights.state_"+string(v.State)), ui.Success
	case !v.Open:
		return i18n.T(ctx, "experts.closed"), ui.Info
	case v.Answer == "":
		return i18n.T(ctx, "experts.waits"), ui.Warning
	}
	return i18n.T(ctx, "rights.answer_"+v.Answer), ui.Info
}

func (h *Handler) received(r *http.Request) (v received, err error) {
	v.Received, err = h.Rights.Received(r.Context(), ui.User(r), r.PathValue("ask"))
	v.answer, v.words, v.reason, v.typed = v.Answer, v.Words, r.PostFormValue("reason"), r.PostFormValue("minutes")
	if r.Method == http.MethodPost {
		v.answer, v.words = r.PostFormValue("answer"), r.PostFormValue("words")
	}
	return v, err
}

func (h *Handler) request(w http.ResponseWriter, r *http.Request) error {
	v, err := h.received(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, requestPage(v))
}

// settle shows the request again with what was wrong, or says what was done.
func (h *Handler) settle(w http.ResponseWriter, r *http.Request, v received, err error) error {
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), requestPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, askURL(v.Ask), "experts.answer_done")
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request) error {
	v, err := h.received(r)
	if err != nil {
		return err
	}
	return h.settle(w, r, v, h.Rights.Answer(r.Context(), ui.User(r), v.Ask, v.answer, v.words))
}

func (h *Handler) time(w http.ResponseWriter, r *http.Request) error {
	v, err := h.received(r)
	if err != nil {
		return err
	}
	minutes := scaled(v.typed, 1)
	if v.typed == "" {
		minutes = -1
	}
	return h.settle(w, r, v, h.Rights.SayHers(r.Context(), ui.User(r), v.Ask, minutes))
}

func (h *Handler) end(w http.ResponseWriter, r *http.Request) error {
	v, err := h.received(r)
	if err != nil {
		return err
	}
	e := right.Event{State: right.Cancelled, Words: v.reason}
	switch r.PostFormValue("what") {
	case "team":
		e.State, e.Side = right.Missed, right.TeamSide
	case "expert":
		e.State, e.Side = right.Missed, right.ExpertSide
	}
	err = h.Rights.EndHers(r.Context(), ui.User(r), v.Ask, e)
	return h.settle(w, r, v, err)
}

func answers(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, one := range right.Answers {
		c.Options = append(c.Options, ui.Option{Value: one, Label: i18n.T(ctx, "rights.answer_"+one)})
	}
	return c
}

func ends(ctx context.Context) ui.Choice {
	return ui.Choice{Chosen: []string{"cancel"}, Options: []ui.Option{{Value: "cancel", Label: i18n.T(ctx, "experts.end_cancel")}, {Value: "team", Label: i18n.T(ctx, "rights.missed_team")}, {Value: "expert", Label: i18n.T(ctx, "rights.missed_expert")}}}
}

func langs(chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, lang := range i18n.Langs {
		c.Options = append(c.Options, ui.Option{Value: string(lang), Label: i18n.Say(lang, "ui.lang_name")})
	}
	return c
}
