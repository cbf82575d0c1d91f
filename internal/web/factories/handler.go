// Package factories is the pages of factory editions: the framing of a project, its gates, what a stop leaves, and the board of an edition.
package factories

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/factory"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at /projects/{id}/framing, /gates and /progress, and /editions/{id}/progress.
type Handler struct{ Factory *factory.Service }

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	at := func(pattern string, action policy.Action, handle ui.HandlerFunc) ui.Route {
		return ui.Route{Pattern: pattern, Action: action, On: "project", Handle: handle}
	}
	return []ui.Route{
		at("GET /projects/{id}/framing", "factory.read", h.framing),
		at("GET /projects/{id}/framing/edit", "factory.write", h.edit),
		at("POST /projects/{id}/framing", "factory.write", h.save),
		at("POST /projects/{id}/framing/submit", "factory.write", h.submit),
		at("POST /projects/{id}/framing/answer", "factory.approve", h.answer),
		at("POST /projects/{id}/framing/deliverables/{deliverable}", "factory.write", h.deliver),
		at("POST /projects/{id}/gates", "factory.approve", h.plan),
		at("GET /projects/{id}/gates/{gate}", "factory.read", h.gate),
		at("POST /projects/{id}/gates/{gate}", "factory.approve", h.decide),
		at("POST /projects/{id}/gates/{gate}/cancel", "factory.approve", h.cancel),
		at("GET /projects/{id}/progress", "factory.read", h.around),
		{Pattern: "GET /editions/{id}/progress", Action: "factory.follow", On: "edition", Handle: h.board},
	}
}

func idOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func gateOf(r *http.Request) factory.GateID { return factory.GateID(r.PathValue("gate")) }

func at(id project.ID, rest ...string) string {
	path := "/projects/" + url.PathEscape(string(id))
	for _, part := range rest {
		path += "/" + url.PathEscape(part)
	}
	return path
}

func versionOf(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	return n
}

// page is a project's framing and gates, with what was typed and what is wrong with it.
type page struct {
	factory.Page
	typed    factory.Framing
	verdict  factory.Verdict
	name     string
	day      string
	reasons  string
	problems ui.Problems
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request, status int, v page) (err error) {
	if v.Page, err = h.Factory.Read(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, framingPage(v))
}

// did answers an act: where it leads, or the framing again with what is wrong.
func (h *Handler) did(w http.ResponseWriter, r *http.Request, v page, err error, said string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return h.show(w, r, ui.StatusOf(err), v)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r), "framing"), said)
}

func (h *Handler) framing(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, http.StatusOK, page{})
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	p, err := h.Factory.Written(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	v := page{Page: p}
	if open, there := p.Open(); there {
		v.typed = open.Framing
	} else if agreed, there := p.Agreed(); there {
		v.typed = agreed.Framing
		v.typed.Version = 0
	}
	return ui.Render(w, r, http.StatusOK, editPage(v))
}

func typed(r *http.Request) factory.Framing {
	f := factory.Framing{Objectives: r.PostFormValue("objectives"), Resources: r.PostFormValue("resources"), Deadlines: r.PostFormValue("deadlines"), Version: versionOf(r)}
	for i := range factory.MaxDeliverables {
		n := strconv.Itoa(i + 1)
		if d := (factory.Deliverable{Title: r.PostFormValue("title-" + n), Due: r.PostFormValue("due-" + n)}); d.Title != "" || d.Due != "" {
			f.Deliverables = append(f.Deliverables, d)
		}
	}
	return f
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	in := typed(r)
	err := h.Factory.Save(r.Context(), ui.User(r), idOf(r), in)
	problems, show := ui.Again(r.Context(), err)
	if !show {
		if err != nil {
			return err
		}
		return ui.Done(w, r, at(idOf(r), "framing"), "factories.saved")
	}
	p, again := h.Factory.Written(r.Context(), ui.User(r), idOf(r))
	if again != nil {
		return again
	}
	return ui.Render(w, r, ui.StatusOf(err), editPage(page{Page: p, typed: in, problems: problems}))
}

func (h *Handler) submit(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, page{}, h.Factory.Submit(r.Context(), ui.User(r), idOf(r), versionOf(r)), "factories.submitted")
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request) error {
	approved, reasons := r.PostFormValue("answer") == "approve", r.PostFormValue("reasons")
	said := "factories.returned"
	if approved {
		said = "factories.approved"
	}
	return h.did(w, r, page{reasons: reasons}, h.Factory.Answer(r.Context(), ui.User(r), idOf(r), versionOf(r), approved, reasons), said)
}

func (h *Handler) deliver(w http.ResponseWriter, r *http.Request) error {
	which := factory.DeliverableID(r.PathValue("deliverable"))
	return h.did(w, r, page{}, h.Factory.Deliver(r.Context(), ui.User(r), idOf(r), which, r.PostFormValue("there") == "yes"), "factories.delivered_done")
}

func (h *Handler) plan(w http.ResponseWriter, r *http.Request) error {
	v := page{name: r.PostFormValue("name"), day: r.PostFormValue("day")}
	_, err := h.Factory.Plan(r.Context(), ui.User(r), idOf(r), v.name, v.day)
	return h.did(w, r, v, err, "factories.planned")
}

func (h *Handler) cancel(w http.ResponseWriter, r *http.Request) error {
	return h.did(w, r, page{}, h.Factory.Cancel(r.Context(), ui.User(r), idOf(r), gateOf(r)), "factories.cancelled")
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request, status int, v page) (err error) {
	if v.Page, err = h.Factory.Read(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	g, there := v.Gate(gateOf(r))
	if !there {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	return ui.Render(w, r, status, gatePage(v, g))
}

func (h *Handler) gate(w http.ResponseWriter, r *http.Request) error {
	return h.one(w, r, http.StatusOK, page{})
}

func (h *Handler) decide(w http.ResponseWriter, r *http.Request) error {
	f := r.PostFormValue
	d := factory.Verdict{Decision: factory.Decision(f("decision")), Reasons: f("reasons"), Learnt: f("learnt"), Kept: f("kept"), Thanks: f("thanks"), Next: f("next")}
	err := h.Factory.Decide(r.Context(), ui.User(r), idOf(r), gateOf(r), d)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.one(w, r, ui.StatusOf(err), page{verdict: d, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r), "gates", string(gateOf(r))), "factories.decided")
}

func (h *Handler) around(w http.ResponseWriter, r *http.Request) error {
	p, b, err := h.Factory.Around(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, boardPage(b, at(p.ID, "progress"), []ui.Crumb{{Label: p.Title, URL: at(p.ID)}, {Label: i18n.T(r.Context(), "factories.title"), URL: at(p.ID, "framing")}}))
}

func (h *Handler) board(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Factory.Of(r.Context(), ui.User(r), programme.EditionID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, boardPage(b, ui.EditionURL(b.Edition)+"/progress", []ui.Crumb{{Label: b.In.In(string(i18n.From(r.Context()))), URL: ui.EditionURL(b.Edition)}, {Label: i18n.T(r.Context(), "projects.title"), URL: ui.EditionURL(b.Edition) + "/projects"}}))
}

// rows are the deliverables that the form has room for.
func (v page) rows() []factory.Deliverable {
	list := make([]factory.Deliverable, factory.MaxDeliverables)
	copy(list, v.typed.Deliverables)
	return list
}

func toneOf(s factory.Status) ui.Tone {
	switch s {
	case factory.Approved:
		return ui.Success
	case factory.Returned:
		return ui.Warning
	}
	return ui.Info
}

// standing says where a project stands.
func standing(ctx context.Context, d factory.Decision) string {
	if d == "" {
		return i18n.T(ctx, "factories.stands_begun")
	}
	return i18n.T(ctx, "factories.stands_"+string(d))
}

func decisions(ctx context.Context, chosen factory.Decision) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, d := range factory.Decisions {
		c.Options = append(c.Options, ui.Option{Value: string(d), Label: i18n.T(ctx, "factories.decision_"+string(d))})
	}
	return c
}

// state says whether a deliverable is there, late or to come.
func state(ctx context.Context, d factory.Deliverable, today, zone string) (ui.Tone, string) {
	switch {
	case d.Delivered != "":
		return ui.Success, i18n.T(ctx, "factories.delivered", ui.DayOf(ctx, zone, d.Delivered))
	case d.Late(today):
		return ui.Warning, i18n.T(ctx, "factories.late")
	}
	return ui.Info, i18n.T(ctx, "factories.to_come")
}
