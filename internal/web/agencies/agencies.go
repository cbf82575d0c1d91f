// Package agencies is the pages of an agency: who it is, what it runs, and its presentation being written.
package agencies

import (
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/teampage"
)

// Handler answers under /agencies.
type Handler struct {
	Programmes *programme.Service
	Teams      *programme.Teams
	Clock      clock.Clock
}

// Routes are the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return append([]ui.Route{
		{Pattern: "GET /agencies/new", Action: "agency.edit", Handle: h.blank},
		{Pattern: "POST /agencies/new", Action: "agency.edit", Handle: h.create},
		{Pattern: "GET /agencies/{id}", Action: "agency.read", On: "agency", Handle: h.show},
		{Pattern: "GET /agencies/{id}/edit", Action: "agency.edit", On: "agency", Handle: h.edit},
		{Pattern: "POST /agencies/{id}/edit", Action: "agency.edit", On: "agency", Handle: h.save},
	}, teampage.Desk{Teams: h.Teams, Kind: "agency", Base: "/agencies/{id}", Action: "agency.invite", Back: "/agencies/{id}"}.Routes()...)
}

func address(id programme.AgencyID) string { return "/agencies/" + url.PathEscape(string(id)) }

// shown is what the page of an agency shows.
type shown struct {
	programme.Agency
	programmes []programme.Programme
	editions   []ui.Card
	mayEdit    bool
	mayCreate  bool
	mayName    bool
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	a, err := h.Programmes.Agency(ctx, by, programme.AgencyID(r.PathValue("id")))
	if err != nil {
		return err
	}
	v := shown{Agency: a}
	if v.programmes, err = h.Programmes.Programmes(ctx, by, a.ID); err != nil {
		return err
	}
	list, err := h.Programmes.Editions(ctx, by, programme.Filter{Agency: a.ID})
	if err != nil {
		return err
	}
	v.editions = ui.EditionCards(ctx, list, h.Clock.Now())
	may, err := h.Programmes.Allowed(ctx, by, a.PolicyObject(), "agency.edit", "programme.create", "agency.invite")
	if err != nil {
		return err
	}
	v.mayEdit, v.mayCreate, v.mayName = may["agency.edit"], may["programme.create"], may["agency.invite"]
	return ui.Render(w, r, http.StatusOK, showPage(v))
}

// writing is the form of an agency.
type writing struct {
	programme.Agency
	lead     bool
	problems ui.Problems
	stale    bool
}

func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	if err := h.Programmes.MayCreateAgency(r.Context(), ui.User(r)); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, formPage(writing{}))
}

func read(r *http.Request) programme.Agency {
	version, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err != nil {
		version = 0
	}
	return programme.Agency{ID: programme.AgencyID(r.PathValue("id")), Contact: r.FormValue("contact"), Version: version,
		Name:  programme.Words{FR: r.FormValue("name_fr"), EN: r.FormValue("name_en")},
		About: programme.Words{FR: r.FormValue("about_fr"), EN: r.FormValue("about_en")}}
}

func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	v := writing{Agency: read(r), lead: r.FormValue("lead") == "yes"}
	made, err := h.Programmes.CreateAgency(r.Context(), ui.User(r), v.Agency, v.lead)
	if err == nil {
		return ui.See(w, r, address(made.ID))
	}
	if v.problems = ui.ProblemsOf(r.Context(), err); v.problems == nil {
		return err
	}
	return ui.Render(w, r, ui.Status(errs.KindOf(err)), formPage(v))
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Programmes.AgencyToEdit(r.Context(), ui.User(r), programme.AgencyID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, formPage(writing{Agency: a}))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	v := writing{Agency: read(r)}
	_, err := h.Programmes.EditAgency(r.Context(), ui.User(r), v.Agency)
	if err == nil {
		return ui.See(w, r, address(v.ID))
	}
	if v.problems = ui.ProblemsOf(r.Context(), err); v.problems == nil {
		return err
	}
	v.stale, v.Version = ui.Stale(err, v.Version)
	return ui.Render(w, r, ui.Status(errs.KindOf(err)), formPage(v))
}
