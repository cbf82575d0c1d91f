// Package programmes is the pages of a programme: what it is, its editions, and its description being written.
package programmes

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/teampage"
)

// Handler answers under /programmes.
type Handler struct {
	Programmes *programme.Service
	Teams      *programme.Teams
	Clock      clock.Clock
}

// Routes are the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return append([]ui.Route{
		{Pattern: "GET /programmes/new", Action: "programme.start", Handle: h.blank},
		{Pattern: "POST /programmes/new", Action: "programme.start", Handle: h.create},
		{Pattern: "GET /programmes/{id}", Action: "programme.read", On: "programme", Handle: h.show},
		{Pattern: "GET /programmes/{id}/edit", Action: "programme.edit", On: "programme", Handle: h.edit},
		{Pattern: "POST /programmes/{id}/edit", Action: "programme.edit", On: "programme", Handle: h.save},
	}, teampage.Desk{Teams: h.Teams, Kind: "programme", Base: "/programmes/{id}", Action: "edition.invite", Back: "/programmes/{id}"}.Routes()...)
}

func address(id programme.ProgrammeID) string { return "/programmes/" + url.PathEscape(string(id)) }

// shown is what the page of a programme shows.
type shown struct {
	programme.Programme
	agency   programme.Agency
	editions []ui.Card
	mayEdit  bool
	mayOpen  bool
	mayName  bool
	mayVet   bool // experts
	mayKeep  bool // sets how long things are kept
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	p, err := h.Programmes.Programme(ctx, by, programme.ProgrammeID(r.PathValue("id")))
	if err != nil {
		return err
	}
	v := shown{Programme: p}
	if v.agency, err = h.Programmes.Agency(ctx, by, p.Agency); err != nil {
		return err
	}
	list, err := h.Programmes.Editions(ctx, by, programme.Filter{Programme: p.ID})
	if err != nil {
		return err
	}
	v.editions = ui.EditionCards(ctx, list, h.Clock.Now())
	may, err := h.Programmes.Allowed(ctx, by, p.PolicyObject(), "programme.edit", "edition.create", "edition.invite", "expert.manage", "retention.manage")
	if err != nil {
		return err
	}
	v.mayEdit, v.mayOpen, v.mayName = may["programme.edit"], may["edition.create"], may["edition.invite"]
	v.mayVet, v.mayKeep = may["expert.manage"], may["retention.manage"]
	return ui.Render(w, r, http.StatusOK, showPage(v))
}

// writing is the form of a programme.
type writing struct {
	programme.Programme
	agencies []programme.Agency // to choose from, for a new one
	problems ui.Problems
	stale    bool
}

func (v writing) agencyChoice(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.Agency)}}
	for _, a := range v.agencies {
		c.Options = append(c.Options, ui.Option{Value: string(a.ID), Label: a.Name.In(string(i18n.From(ctx)))})
	}
	return c
}

func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	agencies, err := h.Programmes.AgenciesToCreateIn(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	v := writing{Programme: programme.Programme{Agency: programme.AgencyID(r.URL.Query().Get("agency"))}, agencies: agencies}
	return ui.Render(w, r, http.StatusOK, formPage(v))
}

func read(r *http.Request) programme.Programme {
	version, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err != nil {
		version = 0
	}
	return programme.Programme{ID: programme.ProgrammeID(r.PathValue("id")), Agency: programme.AgencyID(r.FormValue("agency")), Version: version,
		Name:  programme.Words{FR: r.FormValue("name_fr"), EN: r.FormValue("name_en")},
		About: programme.Words{FR: r.FormValue("about_fr"), EN: r.FormValue("about_en")}}
}

func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	v := writing{Programme: read(r)}
	var err error
	if v.agencies, err = h.Programmes.AgenciesToCreateIn(ctx, by); err != nil {
		return err
	}
	if v.Agency == "" {
		v.problems = ui.ProblemsOf(ctx, errs.NewInvalid("programme.invalid", []errs.Field{{Path: "agency", Key: "programme.required"}}))
		return ui.Render(w, r, http.StatusUnprocessableEntity, formPage(v))
	}
	made, err := h.Programmes.CreateProgramme(ctx, by, v.Programme)
	if err == nil {
		return ui.See(w, r, address(made.ID))
	}
	if v.problems = ui.ProblemsOf(ctx, err); v.problems == nil {
		return err
	}
	return ui.Render(w, r, ui.Status(errs.KindOf(err)), formPage(v))
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	p, err := h.Programmes.ProgrammeToEdit(ctx, by, programme.ProgrammeID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, formPage(writing{Programme: p}))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	v := writing{Programme: read(r)}
	_, err := h.Programmes.EditProgramme(r.Context(), ui.User(r), v.Programme)
	if err == nil {
		return ui.See(w, r, address(v.ID))
	}
	if v.problems = ui.ProblemsOf(r.Context(), err); v.problems == nil {
		return err
	}
	v.stale, v.Version = ui.Stale(err, v.Version)
	return ui.Render(w, r, ui.Status(errs.KindOf(err)), formPage(v))
}
