package news

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	fields "transformateur/internal/form"
	"transformateur/internal/i18n"
	"transformateur/internal/roadmap/news"
	"transformateur/internal/web/ui"
)

// asking is the page of the questions, as they were typed.
type asking struct {
	news.Asking
	was      int64
	list     []news.Question
	added    news.Question
	model    bool // it proposes the questions that ship
	problems ui.Problems
}

func (h *Handler) asking(w http.ResponseWriter, r *http.Request) error {
	return h.showAsking(w, r, http.StatusOK, asking{}, false)
}

func (h *Handler) showAsking(w http.ResponseWriter, r *http.Request, status int, v asking, again bool) (err error) {
	if v.Asking, err = h.News.Asking(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return err
	}
	if !again {
		v.was = v.Questions.Number
		for _, f := range v.Questions.Fields() {
			v.list = append(v.list, news.Shown(f))
		}
		if r.URL.Query().Get("model") != "" && len(v.list) == 0 {
			v.model = true
			if v.list, err = news.Model(); err != nil {
				return err
			}
		}
	}
	return ui.Render(w, r, status, askingPage(v))
}

// setQuestions saves all the questions of the page, those to take away left out, and the one
// that is added when its label or its options were written.
func (h *Handler) setQuestions(w http.ResponseWriter, r *http.Request) error {
	v := asking{}
	v.was, _ = strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	count, _ := strconv.Atoi(r.PostFormValue("count"))              // anything else is none
	for i := range min(max(count, 0), 2*news.MaxQuestions) {
		if q := typedQuestion(r, i); r.PostFormValue("remove."+strconv.Itoa(i)) == "" {
			v.list = append(v.list, q)
		}
	}
	if v.added = typedQuestion(r, count); v.added.Fr != "" || v.added.En != "" || v.added.Options != "" {
		v.list, v.added = append(v.list, v.added), news.Question{}
	}
	err := h.News.SetQuestions(r.Context(), ui.User(r), editionOf(r), v.was, v.list)
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return h.showAsking(w, r, ui.StatusOf(err), v, true)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(editionOf(r), "questions"), "news.questions_done")
}

func typedQuestion(r *http.Request, i int) news.Question {
	f := func(name string) string { return r.PostFormValue(name + "." + strconv.Itoa(i)) }
	return news.Question{ID: f("id"), Type: f("type"), Fr: f("label"), En: f("label_en"), HelpFr: f("help"), HelpEn: f("help_en"), Required: f("required") != "", Options: f("options")}
}

func types(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, id := range news.Types {
		c.Options = append(c.Options, ui.Option{Value: id, Label: i18n.T(ctx, "form.type_"+id)})
	}
	return c
}

// speech says answers in the reader's language.
func speech(ctx context.Context) fields.Speech {
	return fields.Speech{Lang: string(i18n.From(ctx)), Say: func(key string, args ...any) string { return i18n.T(ctx, key, args...) }}
}

// answered is one question of the edition, with its answer in words.
type answered struct{ label, words string }

// own lists what was answered to the questions of the edition.
func own(ctx context.Context, t *news.Told) (list []answered) {
	if t == nil {
		return nil
	}
	for _, f := range t.Asked.Fields() {
		if words := f.Plain(t.Own[f.ID], speech(ctx)); words != "" {
			list = append(list, answered{f.Label.In(string(i18n.From(ctx))), words})
		}
	}
	return list
}

// ticked is a box of its own.
func ticked(ctx context.Context, on bool, label string) ui.Choice {
	c := ui.Choice{Options: []ui.Option{{Value: "yes", Label: i18n.T(ctx, label)}}}
	if on {
		c.Chosen = []string{"yes"}
	}
	return c
}

// ownTold says whether any project answered the questions of its edition.
func (v board) ownTold(ctx context.Context) bool {
	return slices.ContainsFunc(v.Lines, func(l news.Line) bool { return len(own(ctx, l.Told)) > 0 })
}
