package boards

import (
	"context"
	"net/http"

	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

// making is the form that makes boards.
type making struct {
	gathering gathering.Gathering
	projects  []project.Overview
	kits      offers
	own       string // where the edition's kits are, "" for who does not read them
	kit, set  string
	title     string
	chosen    []string
	problems  ui.Problems
}

func (h *Handler) making(r *http.Request) (m making, err error) {
	v, err := h.Gatherings.Managed(r.Context(), ui.User(r), gathering.ID(r.PathValue("id")))
	if err != nil {
		return m, err
	}
	m.gathering = v.Gathering
	if m.projects, err = h.Projects.List(r.Context(), ui.User(r), v.Gathering.Edition); err != nil {
		return m, err
	}
	m.kits, m.own, err = h.offers(r, v.Gathering)
	return m, err
}

// create asks which kit, and for which projects.
func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	m, err := h.making(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, createPage(m))
}

// made makes the boards.
func (h *Handler) made(w http.ResponseWriter, r *http.Request) error {
	m, err := h.making(r)
	if err != nil {
		return err
	}
	m.kit, m.set, m.title, m.chosen = r.FormValue("kit"), r.FormValue("variant"), r.FormValue("title"), r.Form["project"]
	asked := room.Asked{Gathering: m.gathering.ID, Kit: m.kit, Title: m.title, Variant: m.kits.variantOf(m.kit, m.set)}
	if m.title == "" {
		if k, known := m.kits.find(m.kit); known {
			asked.Title = in(r.Context(), k.Title)
		}
	}
	for _, id := range m.chosen {
		asked.Projects = append(asked.Projects, project.ID(id))
	}
	list, err := h.Rooms.Create(r.Context(), ui.User(r), asked)
	if errs.Is(err, errs.Invalid) {
		m.problems = ui.ProblemsOf(r.Context(), err)
		return ui.Render(w, r, http.StatusUnprocessableEntity, createPage(m))
	}
	if err != nil {
		return err
	}
	if len(list) == 1 {
		return ui.See(w, r, address(list[0].ID, ""))
	}
	return ui.See(w, r, "/gatherings/"+string(m.gathering.ID)+"#boards")
}

func offered(list []project.Overview) (options []ui.Option) {
	for _, p := range list {
		options = append(options, ui.Option{Value: string(p.ID), Label: p.Title, Hint: p.Summary})
	}
	return options
}

func (m making) page(ctx context.Context) ui.Page {
	return ui.Page{Title: i18n.T(ctx, "boards.new"), Lead: i18n.T(ctx, "boards.new_lead"), Failed: len(m.problems) > 0, Crumbs: []ui.Crumb{{Label: m.gathering.Title, URL: "/gatherings/" + string(m.gathering.ID)}}}
}
