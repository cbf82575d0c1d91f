// Package surveys is the pages of the surveys of an edition, and those that a link opens to who answers.
package surveys

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"transformateur/internal/debrief/survey"
	"transformateur/internal/i18n"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers under /editions/{id}/surveys and at the links of surveys.
type Handler struct {
	Surveys *survey.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "edition", Handle: handle}
	}
	return []ui.Route{
		at("GET /editions/{id}/surveys", "survey.manage", h.list),
		at("POST /editions/{id}/surveys", "survey.manage", h.start),
		at("GET /editions/{id}/surveys/{survey}", "survey.manage", h.show),
		at("POST /editions/{id}/surveys/{survey}", "survey.manage", h.edit),
		at("POST /editions/{id}/surveys/{survey}/move", "survey.manage", h.move),
		at("GET /editions/{id}/surveys/{survey}/figures.csv", "survey.manage", h.figures),
		{Pattern: "GET /survey/{token}", Action: "survey.answer", Handle: h.open},
		{Pattern: "POST /survey/{token}", Action: "survey.answer", Handle: h.save},
		{Pattern: "POST /survey/{token}/withdraw", Action: "survey.answer", Handle: h.withdraw},
	}
}

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }
func surveyOf(r *http.Request) survey.ID            { return survey.ID(r.PathValue("survey")) }

func shelf(id programme.EditionID) string { return ui.EditionURL(id) + "/surveys" }

func at(id programme.EditionID, one survey.ID) string {
	return shelf(id) + "/" + url.PathEscape(string(one))
}

// shelfPage is the surveys of an edition, with what was typed of a new one.
type shelfPage struct {
	survey.Shelf
	kind, title, base string
	problems          ui.Problems
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	return h.renderList(w, r, http.StatusOK, shelfPage{kind: string(survey.Satisfaction)})
}

func (h *Handler) renderList(w http.ResponseWriter, r *http.Request, status int, v shelfPage) (err error) {
	if v.Shelf, err = h.Surveys.List(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return err
	}
	if v.base == "" {
		v.base = v.Base
	}
	return ui.Render(w, r, status, listPage(v))
}

func (h *Handler) start(w http.ResponseWriter, r *http.Request) error {
	v := shelfPage{kind: r.PostFormValue("kind"), title: strings.TrimSpace(r.PostFormValue("title")), base: r.PostFormValue("base")}
	if v.title == "" && known(v.kind) {
		v.title = i18n.T(r.Context(), "surveys.title_"+v.kind)
	}
	id, err := h.Surveys.Start(r.Context(), ui.User(r), editionOf(r), survey.Survey{Kind: survey.Kind(v.kind), Title: v.title, BaseDay: v.base})
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return h.renderList(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(editionOf(r), id), "surveys.started_done")
}

func known(kind string) bool {
	for _, k := range survey.Kinds {
		if string(k) == kind {
			return true
		}
	}
	return false
}

// onePage is a survey: its questions before it leaves, its results after.
type onePage struct {
	survey.Results
	outside  bool
	typed    *survey.Sheet
	problems ui.Problems
}

func (v onePage) url() string { return at(v.Edition.ID, v.Survey.ID) }

// written says whether its questions may still change.
func (v onePage) written() bool {
	return v.Survey.Status == survey.Draft || v.Survey.Status == survey.Opened
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.renderOne(w, r, http.StatusOK, onePage{outside: r.URL.Query().Get("view") == "outside"})
}

func (h *Handler) renderOne(w http.ResponseWriter, r *http.Request, status int, v onePage) (err error) {
	if v.Results, err = h.Surveys.Results(r.Context(), ui.User(r), editionOf(r), surveyOf(r)); err != nil {
		return err
	}
	if v.outside {
		v.Results = v.Outside()
	}
	return ui.Render(w, r, status, showPage(v))
}

// asked are the questions as they stand, or as somebody typed them.
func (v onePage) asked() (list []survey.Question) {
	for _, f := range v.Survey.Form.Fields() {
		q := survey.Question{ID: f.ID, Fr: f.Label["fr"], En: f.Label["en"], Asked: true}
		if v.typed != nil {
			for _, one := range v.typed.Questions {
				if one.ID == f.ID {
					q = one
				}
			}
		}
		list = append(list, q)
	}
	return list
}

func (v onePage) sheet() survey.Sheet {
	if v.typed != nil {
		return *v.typed
	}
	return survey.Sheet{Title: v.Survey.Title, DueDay: v.Survey.DueDay, Version: v.Survey.Version}
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	in := survey.Sheet{Title: r.PostFormValue("title"), DueDay: r.PostFormValue("due"), Own: survey.Question{Fr: r.PostFormValue("own.fr"), En: r.PostFormValue("own.en")}}
	in.Version, _ = strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	for _, id := range r.PostForm["question"] {
		in.Questions = append(in.Questions, survey.Question{ID: id, Fr: r.PostFormValue("label." + id), En: r.PostFormValue("english." + id), Asked: r.PostFormValue("asked."+id) != ""})
	}
	typed := in
	err := h.Surveys.Edit(r.Context(), ui.User(r), editionOf(r), surveyOf(r), in)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.renderOne(w, r, ui.StatusOf(err), onePage{typed: &typed, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(editionOf(r), surveyOf(r)), "surveys.edited_done")
}

func (h *Handler) move(w http.ResponseWriter, r *http.Request) error {
	err := h.Surveys.Move(r.Context(), ui.User(r), editionOf(r), surveyOf(r), survey.Status(r.PostFormValue("to")))
	if problems, show := ui.Again(r.Context(), err); show {
		return h.renderOne(w, r, ui.StatusOf(err), onePage{problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(editionOf(r), surveyOf(r)), "surveys.moved_done")
}

func kinds(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, k := range survey.Kinds {
		c.Options = append(c.Options, ui.Option{Value: string(k), Label: i18n.T(ctx, "surveys.kind_"+string(k)), Hint: i18n.T(ctx, "surveys.kind_hint_"+string(k))})
	}
	return c
}

func statusWord(ctx context.Context, s survey.Status) string {
	return i18n.T(ctx, "surveys.status_"+string(s))
}

var tones = map[survey.Status]ui.Tone{survey.Draft: ui.Info, survey.Opened: ui.Info, survey.Sent: ui.Success, survey.Closed: ui.Info}

func card(ctx context.Context, v survey.Survey) ui.Card {
	c := ui.Card{Over: i18n.T(ctx, "surveys.kind_"+string(v.Kind)), Title: v.Title, URL: at(v.Edition, v.ID), Badge: statusWord(ctx, v.Status), Tone: tones[v.Status]}
	if v.SentAt.IsZero() {
		c.Facts = append(c.Facts, i18n.T(ctx, "surveys.due_on", dayOf(ctx, v.DueDay)))
	} else {
		c.Facts = append(c.Facts, i18n.T(ctx, "surveys.sent_on", ui.Day(ctx, v.SentAt)), i18n.T(ctx, "surveys.answered_of", v.Counts.Answered, v.Counts.Asked))
	}
	return c
}

func cards(ctx context.Context, list []survey.Survey) (all []ui.Card) {
	for _, v := range list {
		all = append(all, card(ctx, v))
	}
	return all
}
