// Package account is the pages where a person keeps her account: what she is called, her addresses, her sign-ins, where she belongs.
package account

import (
	"context"
	"net/http"

	"transformateur/internal/account"
	"transformateur/internal/credential"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// Handler serves the pages.
type Handler struct {
	Accounts *account.Service
	Keys     *credential.Service
	HTTPS    bool // cookies are for HTTPS only
	Proxied  bool // a proxy stands in front
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	const manage = "account.manage"
	return append(h.securityRoutes(), []ui.Route{
		{Pattern: "GET /account", Action: manage, Handle: h.page},
		{Pattern: "POST /account", Action: manage, Handle: h.save},
		{Pattern: "POST /account/addresses", Action: manage, Handle: h.addAddress},
		{Pattern: "POST /account/addresses/main", Action: manage, Handle: h.setMain},
		{Pattern: "POST /account/addresses/remove", Action: manage, Handle: h.removeAddress},
		{Pattern: "GET /account/addresses/confirm/{token}", Action: manage, Handle: h.proof},
		{Pattern: "POST /account/addresses/confirm/{token}", Action: manage, Handle: h.confirm},
		{Pattern: "POST /account/logins/revoke", Action: manage, Handle: h.revoke},
		{Pattern: "POST /account/logins/others", Action: manage, Handle: h.revokeOthers},
		{Pattern: "POST /account/organisations/join", Action: manage, Handle: h.join},
		{Pattern: "POST /account/organisations/leave", Action: manage, Handle: h.leave},
		{Pattern: "POST /account/organisations/employer", Action: manage, Handle: h.joinEmployer},
	}...)
}

// view is everything the account's page shows.
type view struct {
	by            account.User
	profile       account.Profile
	addresses     []account.Address
	logins        []account.Login
	organisations []account.Membership
	joinable      []account.Organisation
	label         func(provider string) string
	employers     []credential.Employer
	invitations   []account.Invitation
	email         string // typed in the form that adds an address
	problems      ui.Problems
}

func (h *Handler) read(ctx context.Context, by account.User) (v view, err error) {
	me, err := h.Accounts.Me(ctx, by)
	if err != nil {
		return v, err
	}
	v.label = h.Keys.Label
	v.by, v.profile = by, account.Profile{Name: me.Name, Lang: me.Lang, Zone: me.Zone}
	if v.addresses, err = h.Accounts.Addresses(ctx, by); err != nil {
		return v, err
	}
	if v.logins, err = h.Accounts.Logins(ctx, by); err != nil {
		return v, err
	}
	if v.organisations, err = h.Accounts.MyOrganisations(ctx, by); err != nil {
		return v, err
	}
	if v.joinable, err = h.Accounts.Joinable(ctx, by); err != nil {
		return v, err
	}
	if v.employers, err = h.Keys.Employers(ctx, by); err != nil {
		return v, err
	}
	v.invitations, err = h.Accounts.MyInvitations(ctx, by)
	return v, err
}

func (h *Handler) page(w http.ResponseWriter, r *http.Request) error {
	v, err := h.read(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, accountPage(v))
}

// again shows the page with what a form got wrong, keeping what was typed.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, err error, typed func(v *view)) error {
	problems := ui.ProblemsOf(r.Context(), err)
	if problems == nil {
		return err
	}
	v, err := h.read(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	v.problems = problems
	typed(&v)
	return ui.Render(w, r, http.StatusUnprocessableEntity, accountPage(v))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	p := account.Profile{Name: r.PostFormValue("name"), Lang: r.PostFormValue("lang"), Zone: r.PostFormValue("zone")}
	if err := h.Accounts.Save(r.Context(), ui.User(r), p); err != nil {
		return h.again(w, r, err, func(v *view) { v.profile = p })
	}
	return ui.Done(w, r, "/account", "account.saved_done")
}

func (h *Handler) addAddress(w http.ResponseWriter, r *http.Request) error {
	email := r.PostFormValue("email")
	if err := h.Accounts.AddAddress(r.Context(), ui.User(r), email, ui.RemoteIP(r, h.Proxied)); err != nil {
		return h.again(w, r, err, func(v *view) { v.email = email })
	}
	return ui.Done(w, r, "/account", "account.address_asked_done")
}

// act answers a form of one button.
func act(w http.ResponseWriter, r *http.Request, err error, done string) error {
	return actOn(w, r, "/account", err, done)
}

func actOn(w http.ResponseWriter, r *http.Request, page string, err error, done string) error {
	if err != nil {
		return err
	}
	return ui.Done(w, r, page, done)
}

func (h *Handler) setMain(w http.ResponseWriter, r *http.Request) error {
	return act(w, r, h.Accounts.SetMain(r.Context(), ui.User(r), r.PostFormValue("address")), "account.main_done")
}

func (h *Handler) removeAddress(w http.ResponseWriter, r *http.Request) error {
	return act(w, r, h.Accounts.RemoveAddress(r.Context(), ui.User(r), r.PostFormValue("address")), "account.removed_done")
}

func (h *Handler) revoke(w http.ResponseWriter, r *http.Request) error {
	return act(w, r, h.Accounts.RevokeLogin(r.Context(), ui.User(r), r.PostFormValue("login")), "account.revoked_done")
}

func (h *Handler) revokeOthers(w http.ResponseWriter, r *http.Request) error {
	_, err := h.Accounts.RevokeOthers(r.Context(), ui.User(r))
	return act(w, r, err, "account.revoked_others_done")
}

func (h *Handler) join(w http.ResponseWriter, r *http.Request) error {
	err := h.Accounts.Join(r.Context(), ui.User(r), account.OrganisationID(r.PostFormValue("organisation")), "")
	return act(w, r, err, "account.joined_done")
}

func (h *Handler) joinEmployer(w http.ResponseWriter, r *http.Request) error {
	err := h.Keys.JoinEmployer(r.Context(), ui.User(r), account.OrganisationID(r.PostFormValue("organisation")))
	return act(w, r, err, "account.joined_done")
}

func (h *Handler) leave(w http.ResponseWriter, r *http.Request) error {
	by := ui.User(r)
	err := h.Accounts.Leave(r.Context(), by, account.OrganisationID(r.PostFormValue("organisation")), by.ID)
	return act(w, r, err, "account.left_done")
}

// proof says what the link sent to an address would do, and uses nothing.
func (h *Handler) proof(w http.ResponseWriter, r *http.Request) error {
	return h.showProof(w, r, http.StatusOK, nil)
}

func (h *Handler) showProof(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems) error {
	p, err := h.Accounts.ReadProof(r.Context(), ui.User(r), r.PathValue("token"))
	if errs.Is(err, errs.NotFound) {
		return ui.Render(w, r, http.StatusNotFound, deadProofPage())
	}
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, proofPage(r.PathValue("token"), p, problems))
}

func (h *Handler) confirm(w http.ResponseWriter, r *http.Request) error {
	err := h.Accounts.ConfirmAddress(r.Context(), ui.User(r), r.PathValue("token"), r.PostFormValue("merge") == "yes")
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.showProof(w, r, http.StatusUnprocessableEntity, problems)
	}
	if errs.Is(err, errs.NotFound) {
		return ui.Render(w, r, http.StatusNotFound, deadProofPage())
	}
	return act(w, r, err, "account.address_done")
}

func proofTitle(ctx context.Context, p account.Proof) string {
	if p.Other {
		return i18n.T(ctx, "account.merge_title")
	}
	return i18n.T(ctx, "account.proof_title")
}

func zones(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, z := range zone.Offered() {
		c.Options = append(c.Options, ui.Option{Value: z.Name, Label: z.Label(string(i18n.From(ctx)))})
	}
	if _, offered := zone.Find(chosen); !offered && chosen != "" {
		c.Options = append(c.Options, ui.Option{Value: chosen, Label: chosen})
	}
	return c
}

func langs(chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}, Side: true}
	for _, lang := range i18n.Langs {
		c.Options = append(c.Options, ui.Option{Value: string(lang), Label: i18n.Say(lang, "ui.lang_name")})
	}
	return c
}

// langURL leads back to the page in the other language, from the addresses of its forms too.
func langURL(ctx context.Context) string {
	if i18n.From(ctx) == i18n.EN {
		return "/account?lang=fr"
	}
	return "/account?lang=en"
}
