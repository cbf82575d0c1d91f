package editions

import (
	"context"
	"net/http"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// opening is the form that opens an edition.
type opening struct {
	programme.NewEdition
	programmes []programme.Programme
	journeys   []programme.Journey
	own        []programme.AgencyJourney
	preview    *ui.Frise
	planned    []programme.Stage
	problems   ui.Problems
}

// openingOf gathers the choices of the form, for the agencies of the programmes in
// which the person may open an edition.
func (h *Handler) openingOf(ctx context.Context, by account.User, n programme.NewEdition) (o opening, err error) {
	o = opening{NewEdition: n, journeys: programme.Shipped()}
	if o.programmes, err = h.Programmes.ProgrammesToOpenIn(ctx, by); err != nil {
		return o, err
	}
	agency := programme.AgencyID("")
	for _, p := range o.programmes {
		if p.ID == n.Programme || n.Programme == "" && len(o.programmes) == 1 {
			agency = p.Agency
		}
	}
	all, err := h.Programmes.Journeys(ctx, by)
	for _, j := range all {
		if agency == "" || j.Agency == agency {
			o.own = append(o.own, j)
		}
	}
	if len(o.programmes) == 1 {
		o.Programme = o.programmes[0].ID
	}
	return o, err
}

func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	n := programme.NewEdition{Programme: programme.ProgrammeID(q.Get("programme")), Journey: q.Get("journey"), Zone: zone.Default}
	o, err := h.openingOf(r.Context(), ui.User(r), n)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, newPage(o))
}

func newEditionOf(r *http.Request) programme.NewEdition {
	return programme.NewEdition{Programme: programme.ProgrammeID(r.FormValue("programme")), Journey: r.FormValue("journey"),
		Name: wordsOf(r, "name"), Theme: wordsOf(r, "theme"), Place: r.FormValue("place"), Territory: r.FormValue("territory"),
		Zone: r.FormValue("zone"), FirstDay: strings.TrimSpace(r.FormValue("starts"))}
}

func wordsOf(r *http.Request, name string) programme.Words {
	return programme.Words{FR: r.FormValue(name + "_fr"), EN: r.FormValue(name + "_en")}
}

// create shows the frise that the choices would give, or opens the edition.
func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	ctx, by, n := r.Context(), ui.User(r), newEditionOf(r)
	o, err := h.openingOf(ctx, by, n)
	if err != nil {
		return err
	}
	if n.Programme == "" {
		o.problems = ui.ProblemsOf(ctx, errs.NewInvalid("programme.invalid", []errs.Field{{Path: "programme", Key: "programme.required"}}))
		return ui.Render(w, r, http.StatusUnprocessableEntity, newPage(o))
	}
	if r.FormValue("act") == "create" {
		e, err := h.Programmes.CreateEdition(ctx, by, n)
		if err == nil {
			return ui.See(w, r, manageURL(e.ID, "created"))
		}
		if o.problems = ui.ProblemsOf(ctx, err); o.problems == nil {
			return err
		}
		return ui.Render(w, r, http.StatusUnprocessableEntity, newPage(o))
	}
	if o.planned, err = h.Programmes.Preview(ctx, by, n); err != nil {
		if o.problems = ui.ProblemsOf(ctx, err); o.problems == nil {
			return err
		}
		return ui.Render(w, r, http.StatusUnprocessableEntity, newPage(o))
	}
	frise := ui.FriseOf(ctx, programme.Edition{Zone: n.Zone}, o.planned, h.Clock.Now(), nil)
	o.preview = &frise
	return ui.Render(w, r, http.StatusOK, newPage(o))
}

// journeyChoice describes the journeys to start from, those of the agency first.
func (o opening) journeyChoice(ctx context.Context) ui.Choice {
	lang := string(i18n.From(ctx))
	c := ui.Choice{Chosen: []string{o.Journey}}
	for _, j := range o.own {
		c.Options = append(c.Options, ui.Option{Value: string(j.ID), Label: j.Name.In(lang) + " " + i18n.T(ctx, "edition.journey_own"), Hint: describe(ctx, j.Journey)})
	}
	for _, j := range o.journeys {
		c.Options = append(c.Options, ui.Option{Value: j.Key, Label: j.Name.In(lang), Hint: describe(ctx, j)})
	}
	return c
}

func describe(ctx context.Context, j programme.Journey) string {
	return j.About.In(string(i18n.From(ctx))) + " (" + i18n.N(ctx, "edition.journey_stages", len(j.Stages)) + ")"
}

func (o opening) programmeChoice(ctx context.Context) ui.Choice {
	c := ui.Choice{Empty: i18n.T(ctx, "edition.choose"), Chosen: []string{string(o.Programme)}}
	for _, p := range o.programmes {
		c.Options = append(c.Options, ui.Option{Value: string(p.ID), Label: p.Name.In(string(i18n.From(ctx)))})
	}
	return c
}
