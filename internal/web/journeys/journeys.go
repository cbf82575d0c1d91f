// Package journeys is the pages of journeys: the ready-made lists of stages, and the ones an agency makes its own.
package journeys

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
)

// Handler answers under /journeys.
type Handler struct {
	Programmes *programme.Service
	Clock      clock.Clock
}

// Routes are the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /journeys", Action: "site.visit", Handle: h.list},
		{Pattern: "GET /journeys/models/{key}", Action: "site.visit", Handle: h.model},
		{Pattern: "POST /journeys", Action: "programme.start", Handle: h.clone},
		{Pattern: "GET /journeys/{id}", Action: "journey.read", On: "journey", Handle: h.show},
		{Pattern: "POST /journeys/{id}", Action: "journey.edit", On: "journey", Handle: h.save},
		{Pattern: "POST /journeys/{id}/remove", Action: "journey.edit", On: "journey", Handle: h.remove},
	}
}

func address(id programme.JourneyID) string { return "/journeys/" + url.PathEscape(string(id)) }

// listed is what the list of journeys shows.
type listed struct {
	own    []ui.Card
	models []ui.Card
	notice string
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	var v listed
	for _, j := range programme.Shipped() {
		v.models = append(v.models, h.card(ctx, j, "/journeys/models/"+j.Key))
	}
	if !by.IsVisitor() {
		own, err := h.Programmes.Journeys(ctx, by)
		if err != nil {
			return err
		}
		for _, j := range own {
			v.own = append(v.own, h.card(ctx, j.Journey, address(j.ID)))
		}
	}
	if r.URL.Query().Get("done") == "removed" {
		v.notice = i18n.T(ctx, "journey.done_removed")
	}
	return ui.Render(w, r, http.StatusOK, listPage(v))
}

// card shows a journey with its frise, as if it began tomorrow.
func (h *Handler) card(ctx context.Context, j programme.Journey, to string) ui.Card {
	lang := string(i18n.From(ctx))
	return ui.Card{Title: j.Name.In(lang), URL: to, Text: j.About.In(lang), Frise: h.frise(ctx, j), Facts: []string{
		i18n.N(ctx, "edition.journey_stages", len(j.Stages)), i18n.N(ctx, "journey.months", months(j))}}
}

// months is how long a journey lasts, rounded up to whole months of 30 days.
func months(j programme.Journey) int {
	last := 0
	for _, s := range j.Stages {
		last = max(last, s.After+s.Days)
	}
	return (last + 29) / 30
}

func (h *Handler) frise(ctx context.Context, j programme.Journey) ui.Frise {
	now := h.Clock.Now()
	stages, err := j.Plan(now.AddDate(0, 0, 1).Format(time.DateOnly), zone.Default)
	if err != nil {
		return ui.Frise{Now: now} // a journey being written badly: its form says why
	}
	f := ui.FriseOf(ctx, programme.Edition{Zone: zone.Default}, stages, now, nil)
	f.Thin = true
	return f
}

// modelled is what the page of a shipped journey shows.
type modelled struct {
	programme.Journey
	agencies []programme.Agency // that may make it theirs
	frise    ui.Frise
}

func (h *Handler) model(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	j, ok := programme.ShippedJourney(r.PathValue("key"))
	if !ok {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	v := modelled{Journey: j, frise: h.frise(ctx, j)}
	if !by.IsVisitor() {
		var err error
		if v.agencies, err = h.Programmes.AgenciesToCreateIn(ctx, by); err != nil {
			return err
		}
	}
	return ui.Render(w, r, http.StatusOK, modelPage(v))
}

func (v modelled) agencyChoice(ctx context.Context) ui.Choice {
	var c ui.Choice
	for _, a := range v.agencies {
		c.Options = append(c.Options, ui.Option{Value: string(a.ID), Label: a.Name.In(string(i18n.From(ctx)))})
	}
	return c
}

func (h *Handler) clone(w http.ResponseWriter, r *http.Request) error {
	agency := programme.AgencyID(r.FormValue("agency"))
	if agency == "" {
		return errs.New(errs.Invalid, "programme.choose_agency")
	}
	j, err := h.Programmes.CloneJourney(r.Context(), ui.User(r), agency, r.FormValue("from"))
	if err != nil {
		return err
	}
	return ui.See(w, r, address(j.ID)+"?done=cloned")
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) error {
	if err := h.Programmes.RemoveJourney(r.Context(), ui.User(r), programme.JourneyID(r.PathValue("id"))); err != nil {
		return err
	}
	return ui.See(w, r, "/journeys?done=removed")
}
