// Package sponsors is the pages of who goes with a project: those of an edition, and that of each project.
package sponsors

import (
	"context"
	"net/http"
	"net/url"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/roadmap"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/right"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/support/visit"
	"transformateur/internal/web/ui"
)

//go:generate go tool templ generate -path .

// Handler answers at /editions/{id}/sponsors, /projects/{id}/sponsor and /sponsorships.
type Handler struct {
	Sponsors *sponsor.Service
	Visits   *visit.Service
	Roadmaps *roadmap.Service
	Bookings *booking.Service
	Rights   *right.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /editions/{id}/sponsors", Action: "sponsor.manage", On: "edition", Handle: h.board},
		{Pattern: "POST /editions/{id}/sponsors", Action: "sponsor.manage", On: "edition", Handle: h.invite},
		{Pattern: "POST /editions/{id}/sponsors/profiles", Action: "sponsor.manage", On: "edition", Handle: h.describe},
		{Pattern: "GET /editions/{id}/sponsors/proposal", Action: "sponsor.manage", On: "edition", Handle: h.propose},
		{Pattern: "POST /editions/{id}/sponsors/proposal", Action: "sponsor.manage", On: "edition", Handle: h.confirm},
		{Pattern: "GET " + mineURL, Action: "sponsor.follow", Handle: h.mine},
		{Pattern: "GET /projects/{id}/sponsor", Action: "sponsor.read", On: "project", Handle: h.show},
		{Pattern: "POST /projects/{id}/sponsor", Action: "sponsor.manage", On: "project", Handle: h.name},
	}
}

func editionOf(r *http.Request) programme.EditionID { return programme.EditionID(r.PathValue("id")) }

func projectOf(r *http.Request) project.ID { return project.ID(r.PathValue("id")) }

func under(id programme.EditionID) string { return ui.EditionURL(id) + "/sponsors" }

func of(id project.ID) string { return "/projects/" + url.PathEscape(string(id)) + "/sponsor" }

// board is the sponsors of an edition, with an invitation as it was typed.
type board struct {
	sponsor.Board
	in       sponsor.Invited
	who      account.PersonID // whose sheet was typed, "" for none
	profile  sponsor.Profile
	problems ui.Problems
}

func (h *Handler) people(w http.ResponseWriter, r *http.Request, status int, v board) (err error) {
	if v.Board, err = h.Sponsors.People(r.Context(), ui.User(r), editionOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, boardPage(v))
}

func (h *Handler) board(w http.ResponseWriter, r *http.Request) error {
	return h.people(w, r, http.StatusOK, board{in: sponsor.Invited{Lang: string(i18n.From(r.Context()))}})
}

func (h *Handler) invite(w http.ResponseWriter, r *http.Request) error {
	in := sponsor.Invited{Email: r.PostFormValue("email"), Lang: r.PostFormValue("lang"), Message: r.PostFormValue("message")}
	err := h.Sponsors.Invite(r.Context(), ui.User(r), editionOf(r), in)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.people(w, r, ui.StatusOf(err), board{in: in, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, under(editionOf(r)), "sponsors.invited_done")
}

// page is the sponsor of a project, with a naming as it was typed.
type page struct {
	sponsor.Page
	naming   sponsor.Naming
	zone     string
	visits   visit.Page
	problems ui.Problems
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request, status int, v page) (err error) {
	v.zone = ui.User(r).Zone
	if v.Page, err = h.Sponsors.Around(r.Context(), ui.User(r), projectOf(r)); err != nil {
		return err
	}
	if v.visits, err = h.Visits.Around(r.Context(), ui.User(r), projectOf(r)); err != nil {
		return err
	}
	return ui.Render(w, r, status, onePage(v))
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.one(w, r, http.StatusOK, page{})
}

func (h *Handler) name(w http.ResponseWriter, r *http.Request) error {
	n := sponsor.Naming{Person: account.PersonID(r.PostFormValue("person")), Was: r.PostFormValue("was"), Handover: r.PostFormValue("handover")}
	if r.PostFormValue("do") == "end" {
		n.Person = ""
	}
	err := h.Sponsors.Name(r.Context(), ui.User(r), projectOf(r), n)
	if problems, show := ui.Again(r.Context(), err); show {
		return h.one(w, r, ui.StatusOf(err), page{naming: n, problems: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, of(projectOf(r)), "sponsors.named_done")
}

func (v page) choices(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.naming.Person)}, Empty: i18n.T(ctx, "sponsors.choose")}
	for _, s := range v.Choices {
		if v.Current == nil || v.Current.Person != s.Person {
			c.Options = append(c.Options, ui.Option{Value: string(s.Person), Label: s.Name})
		}
	}
	return c
}

func langs(chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, l := range i18n.Langs {
		c.Options = append(c.Options, ui.Option{Value: string(l), Label: i18n.Say(l, "ui.lang_name")})
	}
	return c
}

// cards are the projects of a board that nobody sponsors.
func (v board) cards() (cards []ui.Card) {
	for _, p := range v.Without {
		cards = append(cards, ui.Card{Title: p.Title, URL: of(p.ID), Text: p.Summary})
	}
	return cards
}
