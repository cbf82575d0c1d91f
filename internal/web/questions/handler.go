// Package questions is the pages on which those who listen ask, and the list of what takes place on stage.
package questions

import (
	"context"
	"net/http"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/agenda/offer"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/question"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/dayview"
)

//go:generate go tool templ generate -path .

// onWall is how many questions a projector shows.
const onWall = 5

// Needs are written down where they are heard.
type Needs interface {
	Of(ctx context.Context, by account.User, id gathering.ID, a order.Activity) (hears bool, here []offer.Named, needs []offer.Need, err error)
	Hear(ctx context.Context, by account.User, id gathering.ID, w offer.Heard) error
}

// Handler answers at /gatherings/{id}/questions/{activity} and /gatherings/{id}/stage.
type Handler struct {
	Questions *question.Service
	Needs     Needs
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(method, path string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: method + " /gatherings/{id}/" + path, Action: action, On: "gathering", Handle: handle}
	}
	return []ui.Route{
		at("GET", "stage", "gathering.read", h.stage),
		at("GET", "questions/{activity}", "gathering.people", h.show),
		at("POST", "questions/{activity}", "question.ask", h.ask),
		at("POST", "questions/{activity}/{question}/vote", "question.ask", h.vote),
		at("POST", "questions/{activity}/{question}/mark", "stage.run", h.mark),
		at("POST", "questions/{activity}/links", "stage.run", h.addLink),
		at("POST", "questions/{activity}/links/{link}/remove", "stage.run", h.removeLink),
		at("POST", "questions/{activity}/needs", "stage.run", h.hear),
	}
}

func atOf(r *http.Request) question.At {
	return question.At{Gathering: dayview.ID(r), Activity: r.PathValue("activity")}
}

// view is the page, with what was typed.
type view struct {
	question.View
	hears    bool
	projects []offer.Named
	needs    []offer.Need
	wall     bool
	problems ui.Problems
	form     string // the one in which something went wrong
	typed    func(string) string
}

func (v view) url(parts ...string) string {
	return dayview.At(v.ID, append([]string{"questions", v.Activity.ID}, parts...)...)
}

func (v view) said(form, name string) string {
	if v.form != form {
		return ""
	}
	return v.typed(name)
}

func (v view) wrong(form, name string) string {
	if v.form != form {
		return ""
	}
	return v.problems.At(name)
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems, form string) (err error) {
	ctx, by := r.Context(), ui.User(r)
	v := view{wall: r.URL.Query().Has("wall"), problems: problems, form: form, typed: r.PostFormValue}
	if v.View, err = h.Questions.Read(ctx, by, atOf(r)); err != nil {
		return err
	}
	if v.Activity.Kind == order.RoundTable {
		if v.hears, v.projects, v.needs, err = h.Needs.Of(ctx, by, v.ID, v.Activity); err != nil {
			return err
		}
	}
	if v.wall {
		v.Questions = top(v.Questions)
	}
	return ui.Render(w, r, status, page(v))
}

// top are the questions that a projector shows.
func top(all []question.Question) (list []question.Question) {
	for _, q := range all {
		if q.State == question.Answering || q.State == question.Asked && len(list) < onWall {
			list = append(list, q)
		}
	}
	return list
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.page(w, r, http.StatusOK, nil, "")
}

func (h *Handler) did(w http.ResponseWriter, r *http.Request, err error, said, form string) error {
	at := atOf(r)
	return dayview.Acted(w, r, err, dayview.Acting{Where: dayview.At(at.Gathering, "questions", at.Activity), Said: said, Show: func(problems ui.Problems, status int) error {
		for i, one := range problems {
			if form == "need" && one.Path != "" {
				problems[i].Path = "need_" + one.Path
			}
		}
		return h.page(w, r, status, problems, form)
	}})
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	err := h.Questions.Put(r.Context(), ui.User(r), atOf(r), r.PostFormValue("body"), r.PostFormValue("signed") != "")
	return h.did(w, r, err, "questions.asked_done", "ask")
}

func (h *Handler) vote(w http.ResponseWriter, r *http.Request) error {
	wants := r.PostFormValue("vote") == "yes"
	said := "questions.unvoted_done"
	if wants {
		said = "questions.voted_done"
	}
	return h.did(w, r, h.Questions.Vote(r.Context(), ui.User(r), atOf(r), r.PathValue("question"), wants), said, "")
}

func (h *Handler) mark(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, h.Questions.Mark(r.Context(), ui.User(r), atOf(r), r.PathValue("question"), question.State(r.PostFormValue("state"))), "questions.marked_done", "")
}

func (h *Handler) addLink(w http.ResponseWriter, r *http.Request) error {
	l := question.Link{Title: r.PostFormValue("title"), URL: r.PostFormValue("url")}
	return h.did(w, r, h.Questions.AddLink(r.Context(), ui.User(r), atOf(r), l), "questions.link_done", "link")
}

func (h *Handler) removeLink(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, h.Questions.RemoveLink(r.Context(), ui.User(r), atOf(r), r.PathValue("link")), "questions.link_removed_done", "")
}

func (h *Handler) hear(w http.ResponseWriter, r *http.Request) error {
	at := atOf(r)
	err := h.Needs.Hear(r.Context(), ui.User(r), at.Gathering, offer.Heard{Activity: at.Activity, Project: r.PostFormValue("need_project"), Body: r.PostFormValue("need_body")})
	return h.did(w, r, err, "questions.need_done", "need")
}

func (h *Handler) stage(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Questions.Stage(r.Context(), ui.User(r), dayview.ID(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, stagePage(v))
}

// marks are what may become of a question from where it stands.
func marks(q question.Question) (list []question.State) {
	switch q.State {
	case question.Asked:
		return []question.State{question.Answering, question.Answered, question.Hidden}
	case question.Answering:
		return []question.State{question.Answered, question.Asked}
	}
	return []question.State{question.Asked}
}

func projects(ctx context.Context, list []offer.Named, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Empty: i18n.T(ctx, "questions.choose")}
	for _, one := range list {
		c.Options = append(c.Options, ui.Option{Value: one.ID, Label: one.Title})
	}
	return c
}

// about is the page of an activity of the stage.
func about(id gathering.ID, a order.Activity) string {
	if a.Kind == order.Pitch {
		return dayview.At(id, "pitches", a.ID)
	}
	return dayview.At(id, "questions", a.ID)
}

// host is where a document is, for who wonders before going there.
func host(link string) string {
	_, rest, _ := strings.Cut(link, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

func tone(s question.State) ui.Tone {
	if s == question.Answering {
		return ui.Success
	}
	return ui.Info
}
