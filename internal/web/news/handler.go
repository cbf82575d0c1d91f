// Package news is the pages of news: how often projects are asked and what they tell, and the page that a mail's link opens.
package news

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/sheet"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/roadmap/news"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/formview"
)

//go:generate go tool templ generate -path .

// Handler answers at /editions/{id}/news, /projects/{id}/news and /news/{token}.
type Handler struct {
	News  *news.Service
	Clock clock.Clock
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /editions/{id}/news", Action: "news.follow", On: "edition", Handle: h.of},
		{Pattern: "GET /editions/{id}/news.csv", Action: "news.follow", On: "edition", Handle: h.table},
		{Pattern: "POST /editions/{id}/news", Action: "news.manage", On: "edition", Handle: h.rhythm},
		{Pattern: "POST /editions/{id}/news/ask", Action: "news.manage", On: "edition", Handle: h.ask},
		{Pattern: "GET /editions/{id}/news/questions", Action: "news.manage", On: "edition", Handle: h.asking},
		{Pattern: "POST /editions/{id}/news/questions", Action: "news.manage", On: "edition", Handle: h.setQuestions},
		{Pattern: "GET /projects/{id}/news", Action: "roadmap.read", On: "project", Handle: h.about},
		{Pattern: "POST /projects/{id}/news", Action: "news.tell", On: "project", Handle: h.reply},
		{Pattern: "GET /news/{token}", Action: "news.answer", Handle: h.open},
		{Pattern: "POST /news/{token}", Action: "news.answer", Handle: h.tell},
	}
}

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

func at(id programme.EditionID, rest ...string) string {
	return strings.Join(append([]string{ui.EditionURL(id), "news"}, rest...), "/")
}

func projectURL(id project.ID) string { return "/projects/" + url.PathEscape(string(id)) }

// board is the news of an edition, with the rhythm as it was typed.
type board struct {
	news.Board
	typed    news.Rhythm
	weeks    string
	problems ui.Problems
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request, status int, v board) (err error) {
	typed := v.typed
	if v.Board, err = h.News.Of(r.Context(), ui.User(r), editionOf(r), r.URL.Query().Get("round")); err != nil {
		return err
	}
	if len(v.problems) == 0 {
		v.typed, v.weeks = v.Rhythm, strconv.FormatInt(v.Rhythm.Weeks, 10)
	} else {
		v.typed = typed
	}
	return ui.Render(w, r, status, boardPage(v))
}

func (h *Handler) of(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, http.StatusOK, board{})
}

func (h *Handler) did(w http.ResponseWriter, r *http.Request, v board, err error, said string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return h.show(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(editionOf(r)), said)
}

func (h *Handler) rhythm(w http.ResponseWriter, r *http.Request) error {
	f := r.PostFormValue
	weeks, _ := strconv.ParseInt(strings.TrimSpace(f("weeks")), 10, 64) // anything else is refused as none
	version, _ := strconv.ParseInt(f("version"), 10, 64)                // anything else is an old version
	in := news.Rhythm{First: f("first"), Last: f("last"), Weeks: weeks, Version: version}
	return h.did(w, r, board{typed: in, weeks: f("weeks")}, h.News.SetRhythm(r.Context(), ui.User(r), editionOf(r), in), "news.rhythm_done")
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, board{}, h.News.AskNow(r.Context(), ui.User(r), editionOf(r)), "news.asked_done")
}

func (h *Handler) table(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := h.News.Of(ctx, ui.User(r), editionOf(r), r.URL.Query().Get("round"))
	if err != nil {
		return err
	}
	s := sheet.Sheet{Name: i18n.T(ctx, "news.title")}
	for _, key := range []string{"project", "state", "moved", "blocks", "told", "changed"} {
		s.Head = append(s.Head, i18n.T(ctx, "news.head_"+key))
	}
	said, own := speech(ctx), b.Shown.Asks.Fields()
	for _, f := range own {
		for _, head := range f.Headers(said.Lang) {
			s.Head = append(s.Head, head.Label)
		}
	}
	for _, l := range b.Lines {
		row := []any{l.Project.Title, saying(ctx, l), "", "", "", ""}
		if l.Told != nil {
			row[2], row[3], row[4] = l.Told.Moved, l.Told.Blocks, ui.Local(l.Told.At, b.Zone).Format("2006-01-02")
		}
		if !l.Moved.IsZero() {
			row[5] = ui.Local(l.Moved, b.Zone).Format("2006-01-02")
		}
		for _, f := range own {
			var value any
			if l.Told != nil {
				value = l.Told.Own[f.ID]
			}
			row = append(row, f.Cells(value, said)...)
		}
		s.Rows = append(s.Rows, row)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", ui.Attachment("news.csv"))
	return sheet.Book{}.CSV(w, s, true)
}

// about is all that a project told, with what was typed of the next answer.
type about struct {
	news.Page
	typed    form
	problems ui.Problems
}

func (h *Handler) shown(w http.ResponseWriter, r *http.Request, status int, v about) (err error) {
	if v.Page, err = h.News.About(r.Context(), ui.User(r), project.ID(r.PathValue("id"))); err != nil {
		return err
	}
	v.typed.zone, v.typed.open, v.typed.problems = v.Zone, v.Actions, v.problems
	v.typed.asks(v.Round, len(v.problems) > 0, h.Clock.Now())
	return ui.Render(w, r, status, aboutPage(v))
}

func (h *Handler) about(w http.ResponseWriter, r *http.Request) error {
	return h.shown(w, r, http.StatusOK, about{})
}

func (h *Handler) reply(w http.ResponseWriter, r *http.Request) error {
	in, ids := typed(r)
	err := h.News.Answer(r.Context(), ui.User(r), project.ID(r.PathValue("id")), in.Told, ids)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.shown(w, r, ui.StatusOf(err), about{typed: in, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, projectURL(project.ID(r.PathValue("id")))+"/news", "news.told_done")
}

// form is an answer as it was typed, and the actions that it may tick.
type form struct {
	news.Told
	done     []string
	open     []roadmap.Entry
	zone     string
	own      formview.View // the questions of the edition
	problems ui.Problems
}

// asks prepares the questions of a round, with what was typed, else what was answered.
func (v *form) asks(round news.Round, again bool, now time.Time) {
	if !round.Asks.Asks() {
		return
	}
	if again {
		v.Own, _ = round.Asks.Take(v.Values) // what no page of ours sends is left out
	}
	v.own = formview.View{Form: round.Asks.Compiled, State: round.Asks.State(v.Own, now), Answers: v.Own, StepID: round.Asks.Form.Steps[0].ID, Problems: again}
}

func typed(r *http.Request) (form, []roadmap.ID) {
	f := r.PostFormValue
	in := form{Told: news.Told{State: news.State(f("state")), Moved: f("moved"), Blocks: f("blocks"), Values: r.PostForm}, done: r.PostForm["done"]}
	var ids []roadmap.ID
	for _, id := range in.done {
		ids = append(ids, roadmap.ID(id))
	}
	return in, ids
}

// answer is the page of a link, with what was typed.
type answer struct {
	news.Asked
	token    string
	typed    form
	problems ui.Problems
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request, status int, v answer) (err error) {
	v.token = r.PathValue("token")
	if v.Asked, v.typed.open, err = h.News.Open(r.Context(), v.token); err != nil {
		return err
	}
	if len(v.problems) == 0 && v.Last != nil {
		v.typed.Told = *v.Last
	}
	v.typed.zone, v.typed.problems = v.Zone, v.problems
	v.typed.asks(v.Round, len(v.problems) > 0, h.Clock.Now())
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	return ui.Render(w, r, status, tellPage(v))
}

func (h *Handler) open(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, answer{})
}

func (h *Handler) tell(w http.ResponseWriter, r *http.Request) error {
	in, ids := typed(r)
	err := h.News.Tell(r.Context(), r.PathValue("token"), in.Told, ids)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.page(w, r, ui.StatusOf(err), answer{typed: in, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, "/news/"+url.PathEscape(r.PathValue("token")), "news.told_done")
}

// saying says in words what a project told, or that it is silent.
func saying(ctx context.Context, l news.Line) string {
	switch {
	case l.Told != nil:
		return i18n.T(ctx, "news.state_"+string(l.Told.State))
	case !l.Moved.IsZero():
		return i18n.T(ctx, "news.moves")
	}
	return i18n.T(ctx, "news.silent")
}

func tone(l news.Line) ui.Tone {
	switch {
	case l.Told == nil && l.Moved.IsZero(), l.Told != nil && l.Told.State == news.Stuck:
		return ui.Warning
	case l.Told != nil && l.Told.State == news.Well:
		return ui.Success
	}
	return ui.Info
}

func states(ctx context.Context, chosen news.State) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, s := range news.States {
		c.Options = append(c.Options, ui.Option{Value: string(s), Label: i18n.T(ctx, "news.state_"+string(s))})
	}
	return c
}

// ticks are the open actions that may be said to be done.
func (v form) ticks(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: v.done}
	for _, e := range v.open {
		o := ui.Option{Value: string(e.ID), Label: e.Title}
		if e.Due != "" {
			o.Hint = ui.DayOf(ctx, v.zone, e.Due)
		}
		c.Options = append(c.Options, o)
	}
	return c
}

func lines(words string) []string { return strings.Split(words, "\n") }
