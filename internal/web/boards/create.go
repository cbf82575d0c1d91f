package boards

import (
	"context"
	"net/http"

	"transformateur/internal/board/kit"
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
	m.projects, err = h.Projects.List(r.Context(), ui.User(r), v.Gathering.Edition)
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
	asked := room.Asked{Gathering: m.gathering.ID, Kit: m.kit, Title: m.title, Variant: variantOf(m.kit, m.set)}
	if m.title == "" {
		if k, known := kit.Find(m.kit); known {
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

// variantOf is the set of decks that was picked, if it is one of the kit's.
func variantOf(id, picked string) string {
	k, known := kit.Find(id)
	if !known {
		return ""
	}
	for _, v := range k.Variants() {
		if v == picked {
			return v
		}
	}
	return ""
}

// kits are those to choose from, each with its aim.
func kits(ctx context.Context) (list []ui.Option) {
	for _, k := range kit.Shipped() {
		list = append(list, ui.Option{Value: k.ID, Label: in(ctx, k.Title), Hint: in(ctx, k.Notes.Aim)})
	}
	return list
}

// variants are the sets of decks of the kits that have several.
func variants(ctx context.Context) (list []ui.OptionGroup) {
	for _, k := range kit.Shipped() {
		group := ui.OptionGroup{Label: in(ctx, k.Title)}
		for _, v := range k.Variants() {
			for _, d := range k.Decks {
				if d.Variant == v {
					group.Options = append(group.Options, ui.Option{Value: v, Label: in(ctx, d.Title)})
					break
				}
			}
		}
		if len(group.Options) > 0 {
			list = append(list, group)
		}
	}
	return list
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
