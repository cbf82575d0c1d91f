// Package organisations is the pages of the directory: find an organisation, read its sheet, keep it up to date.
package organisations

import (
	"context"
	"net/http"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/register"
	"transformateur/internal/web/ui"
)

// shown is how many organisations a search shows.
const shown = 100

// Handler serves the pages.
type Handler struct {
	Accounts *account.Service
}

// Routes lists the addresses of the package.
func (h *Handler) Routes() []ui.Route {
	const kind = "organisation"
	return []ui.Route{
		{Pattern: "GET /organisations", Action: "organisation.read", Handle: h.search},
		{Pattern: "GET /organisations/new", Action: "organisation.create", Handle: h.new},
		{Pattern: "POST /organisations", Action: "organisation.create", Handle: h.create},
		{Pattern: "GET /organisations/{id}", Action: "organisation.read", On: kind, Handle: h.sheet},
		{Pattern: "GET /organisations/{id}/edit", Action: "organisation.edit", On: kind, Handle: h.edit},
		{Pattern: "POST /organisations/{id}", Action: "organisation.edit", On: kind, Handle: h.save},
		{Pattern: "POST /organisations/{id}/join", Action: "account.manage", On: kind, Handle: h.join},
		{Pattern: "POST /organisations/{id}/leave", Action: "account.manage", On: kind, Handle: h.leave},
		{Pattern: "POST /organisations/{id}/members/remove", Action: "organisation.edit", On: kind, Handle: h.removeMember},
		{Pattern: "POST /organisations/{id}/invitations", Action: "organisation.edit", On: kind, Handle: h.invite},
		{Pattern: "POST /organisations/{id}/invitations/revoke", Action: "organisation.edit", On: kind, Handle: h.revoke},
	}
}

func idOf(r *http.Request) account.OrganisationID { return account.OrganisationID(r.PathValue("id")) }

func address(id account.OrganisationID) string { return "/organisations/" + string(id) }

func (h *Handler) search(w http.ResponseWriter, r *http.Request) error {
	query := r.FormValue("q")
	list, err := h.Accounts.SearchOrganisations(r.Context(), ui.User(r), query, shown+1)
	if err != nil {
		return err
	}
	more := len(list) > shown
	return ui.Render(w, r, http.StatusOK, searchPage(query, list[:min(len(list), shown)], more))
}

// sheetView is what the page of an organisation shows.
type sheetView struct {
	account.Sheet
	by       account.User
	pending  []account.Invitation // for who keeps the sheet
	joinable bool                 // the reader may join by herself
	invite   account.Invite       // typed in the form that invites
	problems ui.Problems
}

func (h *Handler) view(ctx context.Context, by account.User, id account.OrganisationID) (v sheetView, err error) {
	v.by, v.invite.Relation = by, account.Member
	if v.Sheet, err = h.Accounts.ReadOrganisation(ctx, by, id); err != nil {
		return v, err
	}
	if v.MayEdit {
		if v.pending, err = h.Accounts.OrganisationInvitations(ctx, by, id); err != nil {
			return v, err
		}
	}
	if v.Mine == nil {
		list, err := h.Accounts.Joinable(ctx, by)
		if err != nil {
			return v, err
		}
		for _, o := range list {
			v.joinable = v.joinable || o.ID == id
		}
	}
	return v, nil
}

func (h *Handler) sheet(w http.ResponseWriter, r *http.Request) error {
	v, err := h.view(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, sheetPage(v))
}

func (h *Handler) join(w http.ResponseWriter, r *http.Request) error {
	if err := h.Accounts.Join(r.Context(), ui.User(r), idOf(r), r.PostFormValue("function")); err != nil {
		return err
	}
	return ui.Done(w, r, address(idOf(r)), "account.joined_done")
}

func (h *Handler) leave(w http.ResponseWriter, r *http.Request) error {
	by := ui.User(r)
	if err := h.Accounts.Leave(r.Context(), by, idOf(r), by.ID); err != nil {
		return err
	}
	return ui.Done(w, r, address(idOf(r)), "account.left_done")
}

func (h *Handler) removeMember(w http.ResponseWriter, r *http.Request) error {
	if err := h.Accounts.Leave(r.Context(), ui.User(r), idOf(r), account.PersonID(r.PostFormValue("person"))); err != nil {
		return err
	}
	return ui.Done(w, r, address(idOf(r)), "organisation.member_removed_done")
}

func (h *Handler) invite(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	in := account.Invite{Email: r.PostFormValue("email"), Relation: r.PostFormValue("relation"), Message: r.PostFormValue("message"), Lang: string(i18n.From(ctx))}
	err := h.Accounts.InviteMember(ctx, by, id, in)
	if problems := ui.ProblemsOf(ctx, err); problems != nil {
		v, err := h.view(ctx, by, id)
		if err != nil {
			return err
		}
		v.invite, v.problems = in, problems
		return ui.Render(w, r, http.StatusUnprocessableEntity, sheetPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, address(id), "organisation.invited_done")
}

func (h *Handler) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := h.Accounts.WithdrawMemberInvitation(r.Context(), ui.User(r), idOf(r), r.PostFormValue("invitation")); err != nil {
		return err
	}
	return ui.Done(w, r, address(idOf(r)), "organisation.invitation_revoked_done")
}

// draft is the form of a sheet as it was typed: related organisations by their name or number.
type draft struct {
	id                account.OrganisationID // "" for a new one
	d                 account.Description
	function          string
	successor, parent string
	problems          ui.Problems
}

func typed(r *http.Request) draft {
	f := draft{id: idOf(r), function: r.PostFormValue("function"), successor: r.PostFormValue("successor"), parent: r.PostFormValue("parent")}
	f.d = account.Description{Name: r.PostFormValue("name"), Kind: account.Kind(r.PostFormValue("kind")), SIRET: r.PostFormValue("siret"),
		RNA: r.PostFormValue("rna"), Domain: r.PostFormValue("domain")}
	return f
}

// related finds the organisations that the form names, and every problem of that.
func (h *Handler) related(r *http.Request, f *draft) (bad []errs.Field, err error) {
	for _, one := range []struct {
		path, typed string
		into        *account.OrganisationID
	}{{"successor", f.successor, &f.d.Successor}, {"parent", f.parent, &f.d.Parent}} {
		id, err := h.Accounts.FindOrganisation(r.Context(), ui.User(r), one.path, one.typed)
		fields, invalid := ui.FieldsOf(err)
		if err != nil && !invalid {
			return nil, err
		}
		bad, *one.into = append(bad, fields...), id
	}
	return bad, nil
}

// answer keeps the sheet with keep, or shows the form again with every problem.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, f draft, keep func(d account.Description) (account.OrganisationID, error)) error {
	bad, err := h.related(r, &f)
	if err != nil {
		return err
	}
	var id account.OrganisationID
	if len(bad) == 0 {
		id, err = keep(f.d)
	} else {
		fields, _ := ui.FieldsOf(h.Accounts.CheckDescription(r.Context(), ui.User(r), f.d))
		err = errs.NewInvalid("errs.invalid", append(fields, bad...))
	}
	if f.problems = ui.ProblemsOf(r.Context(), err); f.problems != nil {
		return ui.Render(w, r, http.StatusUnprocessableEntity, formPage(f))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, address(id), "organisation.saved_done")
}

func (h *Handler) new(w http.ResponseWriter, r *http.Request) error {
	if ui.User(r).IsVisitor() {
		return errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	return ui.Render(w, r, http.StatusOK, formPage(draft{d: account.Description{Name: r.FormValue("name"), SIRET: r.FormValue("siret")}}))
}

func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	f := typed(r)
	return h.answer(w, r, f, func(d account.Description) (account.OrganisationID, error) {
		return h.Accounts.CreateOrganisation(r.Context(), ui.User(r), d, f.function)
	})
}

func (h *Handler) edit(w http.ResponseWriter, r *http.Request) error {
	s, err := h.Accounts.ReadOrganisation(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	if !s.MayEdit {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	f := draft{id: s.ID, d: s.Description, successor: nameOf(s.Successor), parent: nameOf(s.Parent)}
	f.d.SIRET = register.Format(f.d.SIRET)
	return ui.Render(w, r, http.StatusOK, formPage(f))
}

func (h *Handler) save(w http.ResponseWriter, r *http.Request) error {
	by, id := ui.User(r), idOf(r)
	old, err := h.Accounts.ReadOrganisation(r.Context(), by, id)
	if err != nil {
		return err
	}
	if !old.MayEdit {
		return errs.New(errs.Forbidden, "errs.forbidden")
	}
	f := typed(r)
	f.d.Territory = old.Territory
	return h.answer(w, r, f, func(d account.Description) (account.OrganisationID, error) {
		return id, h.Accounts.EditOrganisation(r.Context(), by, id, d)
	})
}

// nameOf is how a form names a related organisation: its number when it has one, which no other has.
func nameOf(o *account.Organisation) string {
	switch {
	case o == nil:
		return ""
	case o.SIRET != "":
		return register.Format(o.SIRET)
	}
	return o.Name
}

func kinds(ctx context.Context, chosen account.Kind) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}, Empty: i18n.T(ctx, "organisation.kind_choose")}
	for _, kind := range account.Kinds {
		c.Options = append(c.Options, ui.Option{Value: string(kind), Label: i18n.T(ctx, "organisation.kind_"+string(kind))})
	}
	return c
}

func relations(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, relation := range []string{account.Member, account.Representative} {
		c.Options = append(c.Options, ui.Option{Value: relation, Label: i18n.T(ctx, "invitation.relation_"+relation), Hint: i18n.T(ctx, "organisation.may_"+relation)})
	}
	return c
}
