// Package invitations is the page where somebody invited answers.
package invitations

import (
	"net/http"
	"net/url"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// Handler serves the pages.
type Handler struct {
	Accounts *account.Service
	Proxied  bool // a proxy stands in front
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	return []ui.Route{
		{Pattern: "GET /invitations/{token}", Action: "site.visit", Handle: h.offer},
		{Pattern: "POST /invitations/{token}/accept", Action: "account.manage", Handle: h.accept},
		{Pattern: "POST /invitations/{token}/decline", Action: "site.visit", Handle: h.decline},
	}
}

// view is what the page shows.
type view struct {
	account.Offer
	by    account.User
	token string
}

// zone is the one in which the reader is told the end of the offer.
func (v view) zone() string {
	if v.by.Zone == "" {
		return "Europe/Paris"
	}
	return v.by.Zone
}

func (h *Handler) offer(w http.ResponseWriter, r *http.Request) error {
	v := view{by: ui.User(r), token: r.PathValue("token")}
	var err error
	if v.Offer, err = h.Accounts.ReadInvitation(r.Context(), v.by, v.token); err != nil {
		return dead(w, r, err)
	}
	return ui.Render(w, r, http.StatusOK, offerPage(v))
}

// dead says that an offer does not stand any more, whatever ended it.
func dead(w http.ResponseWriter, r *http.Request, err error) error {
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	return ui.Render(w, r, http.StatusNotFound, deadPage())
}

func (h *Handler) accept(w http.ResponseWriter, r *http.Request) error {
	a := account.Acceptance{AddAddress: r.PostFormValue("mine") == "yes", IP: ui.RemoteIP(r, h.Proxied)}
	i, err := h.Accounts.AcceptInvitation(r.Context(), ui.User(r), r.PathValue("token"), a)
	if err != nil {
		return dead(w, r, err)
	}
	if i.Object.Kind == "seat" || i.Object.Kind == "opinion" { // she has only asked to read what it means
		return ui.See(w, r, home(i.Object))
	}
	return ui.Done(w, r, home(i.Object), "invitation.accepted_done")
}

func (h *Handler) decline(w http.ResponseWriter, r *http.Request) error {
	if err := h.Accounts.DeclineInvitation(r.Context(), ui.User(r), r.PathValue("token")); err != nil {
		return dead(w, r, err)
	}
	return ui.Render(w, r, http.StatusOK, declinedPage())
}

// homes are where the objects that people are invited to have their page.
var homes = map[string]string{"application": "/applications/", "call": "/calls/", "edition": "/editions/", "organisation": "/organisations/", "seat": "/seats/", "opinion": "/opinions/", "gathering": "/gatherings/", "project": "/projects/"}

func home(object account.Ref) string {
	if path, known := homes[object.Kind]; known {
		return path + object.ID
	}
	return "/account"
}

// signIn is where a visitor signs in before answering.
func (v view) signIn(lang i18n.Lang) string {
	return "/signin?" + url.Values{"next": {"/invitations/" + v.token}, "lang": {string(lang)}}.Encode()
}
