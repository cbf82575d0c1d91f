// Package editions is the pages of an edition: its public page, and what its team changes.
package editions

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/calendar"
	"transformateur/internal/platform/clock"
	"transformateur/internal/programme"
	"transformateur/internal/web/ui"
	"transformateur/internal/web/ui/teampage"
)

// Handler answers under /editions.
type Handler struct {
	Programmes *programme.Service
	Calls      programme.CallLister // nil while no capability lists calls
	Clock      clock.Clock
	BaseURL    string
	Teams      *programme.Teams
	Gatherings *gathering.Service // nil shows none
	Steered    *call.Service      // the calls of an edition as its team sees them; nil shows none
	// NewCallURL leads to the page of another package that adds a call to an edition; nil shows no link.
	NewCallURL func(programme.EditionID) string
}

// Routes are the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return append([]ui.Route{
		{Pattern: "GET /editions", Action: "site.visit", Handle: h.list},
		{Pattern: "GET /editions/new", Action: "programme.start", Handle: h.blank},
		{Pattern: "POST /editions/new", Action: "programme.start", Handle: h.create},
		{Pattern: "GET /editions/{id}", Action: "edition.read", On: "edition", Handle: h.show},
		{Pattern: "GET /editions/{id}/calendar.ics", Action: "edition.read", On: "edition", Handle: h.calendar},
		{Pattern: "GET /editions/{id}/manage", Action: "edition.manage", On: "edition", Handle: h.manage},
		{Pattern: "POST /editions/{id}/publish", Action: "edition.manage", On: "edition", Handle: h.publish},
		{Pattern: "POST /editions/{id}/close", Action: "edition.manage", On: "edition", Handle: h.close},
		{Pattern: "GET /editions/{id}/edit", Action: "edition.manage", On: "edition", Handle: h.edit},
		{Pattern: "POST /editions/{id}/edit", Action: "edition.manage", On: "edition", Handle: h.save},
		{Pattern: "GET /editions/{id}/clone", Action: "edition.manage", On: "edition", Handle: h.cloneForm},
		{Pattern: "POST /editions/{id}/clone", Action: "edition.manage", On: "edition", Handle: h.clone},
		{Pattern: "GET /editions/{id}/stages/new", Action: "edition.manage", On: "edition", Handle: h.newStage},
		{Pattern: "POST /editions/{id}/stages/new", Action: "edition.manage", On: "edition", Handle: h.addStage},
		{Pattern: "GET /editions/{id}/stages/{stage}", Action: "edition.manage", On: "edition", Handle: h.editStage},
		{Pattern: "POST /editions/{id}/stages/{stage}", Action: "edition.manage", On: "edition", Handle: h.saveStage},
		{Pattern: "POST /editions/{id}/stages/{stage}/move", Action: "edition.manage", On: "edition", Handle: h.moveStage},
		{Pattern: "POST /editions/{id}/stages/{stage}/remove", Action: "edition.manage", On: "edition", Handle: h.removeStage},
	}, teampage.Desk{Teams: h.Teams, Kind: "edition", Base: "/editions/{id}", Action: "edition.invite", Back: "/editions/{id}/manage", Listed: true}.Routes()...)
}

func idOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

func manageURL(id programme.EditionID, done string) string {
	where := ui.EditionURL(id) + "/manage"
	if done != "" {
		where += "?done=" + done
	}
	return where
}

// notice is what was just done, as the address says it.
func notice(r *http.Request) string {
	if key := "edition.done_" + r.URL.Query().Get("done"); i18n.Has(key) {
		return i18n.T(r.Context(), key)
	}
	return ""
}

// notices are the calls of an edition that a person may see.
func (h *Handler) notices(ctx context.Context, by account.User, id programme.EditionID) ([]programme.CallNotice, error) {
	if h.Calls == nil {
		return nil, nil
	}
	return h.Calls.Notices(ctx, by, id)
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	by := ui.User(r)
	list, err := h.Programmes.Editions(r.Context(), by, programme.Filter{})
	if err != nil {
		return err
	}
	mayOpen := false
	if !by.IsVisitor() {
		programmes, err := h.Programmes.ProgrammesToOpenIn(r.Context(), by)
		if err != nil {
			return err
		}
		mayOpen = len(programmes) > 0
	}
	return ui.Render(w, r, http.StatusOK, listPage(ui.EditionCards(r.Context(), list, h.Clock.Now()), mayOpen))
}

// shown is what the public page of an edition shows.
type shown struct {
	programme.Overview
	agency     programme.Agency
	frise      ui.Frise
	calls      []ui.Card
	gatherings []gathering.Gathering
	mayManage  bool
	mayGather  bool // prepare a gathering
	mayFollow  bool // the projects
	mayKits    bool // read the kits of its boards
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	ctx, by, now := r.Context(), ui.User(r), h.Clock.Now()
	o, err := h.Programmes.Edition(ctx, by, idOf(r))
	if err != nil {
		return err
	}
	v := shown{Overview: o, frise: ui.FriseOf(ctx, o.Edition, o.Stages, now, func(s programme.Stage) string { return "#stage-" + string(s.ID) })}
	if v.agency, err = h.Programmes.Agency(ctx, by, o.Agency); err != nil {
		return err
	}
	calls, err := h.notices(ctx, by, o.ID)
	if err != nil {
		return err
	}
	for _, c := range calls {
		v.calls = append(v.calls, ui.CallCard(ctx, c, "", now))
	}
	may, err := h.Programmes.Allowed(ctx, by, o.PolicyObject(), "edition.manage", "gathering.create", "project.manage", "kit.read")
	if err != nil {
		return err
	}
	v.mayManage, v.mayGather, v.mayFollow, v.mayKits = may["edition.manage"], may["gathering.create"], may["project.manage"], may["kit.read"]
	if h.Gatherings != nil && !by.IsVisitor() {
		if v.gatherings, err = h.Gatherings.Of(ctx, by, o.ID); err != nil {
			return err
		}
	}
	return ui.Render(w, r, http.StatusOK, showPage(v))
}

func (h *Handler) calendar(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), ui.User(r)
	o, err := h.Programmes.Edition(ctx, by, idOf(r))
	if err != nil {
		return err
	}
	calls, err := h.notices(ctx, by, o.ID)
	if err != nil {
		return err
	}
	host := "localhost"
	if u, err := url.Parse(h.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	_, err = io.WriteString(w, calendar.Text(o.Name.In(string(i18n.From(ctx))), ui.Moments(ctx, h.BaseURL, host, []programme.Overview{o}, calls)))
	return err
}
