package gatherings

import (
	"context"
	"net/http"
	"strconv"

	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// sheet is the form of a gathering, as it was typed.
type sheet struct {
	gathering.Sheet
	title    string // of the page
	url      string
	back     string
	crumbs   []ui.Crumb
	problems ui.Problems
}

func typed(r *http.Request) gathering.Sheet {
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // anything else is an old version
	return gathering.Sheet{Title: r.PostFormValue("title"), About: r.PostFormValue("about"), Place: r.PostFormValue("place"), Zone: r.PostFormValue("zone"),
		StartsOn: r.PostFormValue("starts_on"), EndsOn: r.PostFormValue("ends_on"), Version: version}
}

// preparing is the form of a gathering to come, in an edition that the reader may see.
func (h *Handler) preparing(r *http.Request) (v sheet, err error) {
	ctx, by := r.Context(), ui.User(r)
	edition := programme.EditionID(r.PathValue("id"))
	if err := h.Gatherings.Creatable(ctx, by, edition); err != nil {
		return v, err
	}
	e, err := h.Programmes.Edition(ctx, by, edition)
	if err != nil {
		return v, err
	}
	v.title, v.url, v.back = i18n.T(ctx, "gatherings.new"), ui.EditionURL(e.ID)+"/gatherings/new", ui.EditionURL(e.ID)
	v.crumbs = []ui.Crumb{{Label: e.Name.In(string(i18n.From(ctx))), URL: ui.EditionURL(e.ID)}}
	v.Place, v.Zone = e.Place, e.Zone
	return v, nil
}

func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	v, err := h.preparing(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editPage(v))
}

func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := h.Gatherings.Create(ctx, ui.User(r), programme.EditionID(r.PathValue("id")), typed(r))
	problems, show := ui.Again(ctx, err)
	if !show && err != nil {
		return err
	}
	if !show {
		return ui.Done(w, r, at(id), "gatherings.created_done")
	}
	v, missing := h.preparing(r)
	if missing != nil {
		return missing
	}
	v.Sheet, v.problems = typed(r), problems
	return ui.Render(w, r, ui.StatusOf(err), editPage(v))
}

func (h *Handler) editing(r *http.Request) (v sheet, err error) {
	ctx, by := r.Context(), ui.User(r)
	g, err := h.Gatherings.Managed(ctx, by, idOf(r))
	if err != nil {
		return v, err
	}
	v = sheet{title: i18n.T(ctx, "gatherings.edit"), url: at(g.ID, "edit"), back: at(g.ID), crumbs: view{View: g}.crumbs(ctx)}
	v.Sheet = gathering.Sheet{Title: g.Title, About: g.About, Place: g.Place, Zone: g.Zone, StartsOn: g.StartsOn, EndsOn: g.EndsOn, Version: g.Version}
	return v, nil
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	v, err := h.editing(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, editPage(v))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	err := h.Gatherings.Edit(ctx, ui.User(r), idOf(r), typed(r))
	problems, show := ui.Again(ctx, err)
	if !show && err != nil {
		return err
	}
	if !show {
		return ui.Done(w, r, at(idOf(r)), "gatherings.saved_done")
	}
	v, missing := h.editing(r)
	if missing != nil {
		return missing
	}
	now := v.Version
	v.Sheet, v.problems = typed(r), problems
	v.Version = now // she is told that somebody wrote meanwhile: saving again is her choice
	return ui.Render(w, r, ui.StatusOf(err), editPage(v))
}

func zones(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	known := false
	for _, z := range zone.Offered() {
		known = known || z.Name == chosen
		c.Options = append(c.Options, ui.Option{Value: z.Name, Label: z.Label(string(i18n.From(ctx)))})
	}
	if !known && chosen != "" {
		c.Options = append(c.Options, ui.Option{Value: chosen, Label: chosen})
	}
	return c
}
