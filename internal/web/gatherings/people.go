package gatherings

import (
	"context"
	"net/http"

	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

// crowd is the page of people, and the form that invites as it was typed.
type crowd struct {
	view
	gathering.Invited
}

func (h *Handler) crowd(r *http.Request) (v crowd, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.View, err = h.Gatherings.Crowd(ctx, by, idOf(r)); err != nil {
		return v, err
	}
	if h.Away != nil && v.Manages {
		if v.away, err = h.Away(r, v.ID); err != nil {
			return v, err
		}
	}
	v.Invited = gathering.Invited{Email: r.PostFormValue("email"), Name: r.PostFormValue("name"), Organisation: r.PostFormValue("organisation"), Role: gathering.Role(r.PostFormValue("role")),
		Project: project.ID(r.PostFormValue("project")), Lang: r.PostFormValue("lang"), Message: r.PostFormValue("message")}
	if v.Lang == "" {
		v.Lang = string(i18n.From(ctx))
	}
	return v, nil
}

func (h *Handler) people(w http.ResponseWriter, r *http.Request) error {
	v, err := h.crowd(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, peoplePage(v))
}

// gathered leads back to the people, or shows there why nothing was done.
func (h *Handler) gathered(w http.ResponseWriter, r *http.Request, err error, said string) error {
	problems, show := ui.Again(r.Context(), err)
	if !show && err != nil {
		return err
	}
	if !show {
		return ui.Done(w, r, at(idOf(r), "people"), said)
	}
	v, missing := h.crowd(r)
	if missing != nil {
		return err
	}
	v.problems = problems
	return ui.Render(w, r, ui.StatusOf(err), peoplePage(v))
}

func (h *Handler) invite(w http.ResponseWriter, r *http.Request) error {
	v, err := h.crowd(r)
	if err != nil {
		return err
	}
	return h.gathered(w, r, h.Gatherings.Invite(r.Context(), ui.User(r), v.ID, v.Invited), "gatherings.invited_done")
}

func (h *Handler) addTeams(w http.ResponseWriter, r *http.Request) error {
	n, err := h.Gatherings.AddTeams(r.Context(), ui.User(r), idOf(r))
	said := "gatherings.teams_done"
	if n == 0 {
		said = "gatherings.teams_none_done"
	}
	return h.gathered(w, r, err, said)
}

// seat is the page of one participant.
type seat struct {
	view
	who gathering.Participant
	gathering.Change
}

func (h *Handler) seat(r *http.Request) (v seat, err error) {
	ctx, by := r.Context(), ui.User(r)
	if v.View, err = h.Gatherings.Managed(ctx, by, idOf(r)); err != nil {
		return v, err
	}
	for _, p := range v.People {
		if p.ID == r.PathValue("participant") {
			v.who, v.Change = p, gathering.Change{Role: p.Role, Project: p.Project}
			return v, nil
		}
	}
	return v, errs.New(errs.NotFound, "errs.not_found")
}

func (h *Handler) participant(w http.ResponseWriter, r *http.Request) error {
	v, err := h.seat(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, seatPage(v))
}

// seated leads to the people, or shows the page of a participant with why nothing was done.
func (h *Handler) seated(w http.ResponseWriter, r *http.Request, err error, said string) error {
	problems, show := ui.Again(r.Context(), err)
	if !show && err != nil {
		return err
	}
	if !show {
		return ui.Done(w, r, at(idOf(r), "people"), said)
	}
	v, missing := h.seat(r)
	if missing != nil {
		return err
	}
	v.problems = problems
	return ui.Render(w, r, ui.StatusOf(err), seatPage(v))
}

func (h *Handler) change(w http.ResponseWriter, r *http.Request) error {
	c := gathering.Change{Role: gathering.Role(r.PostFormValue("role")), Project: project.ID(r.PostFormValue("project"))}
	return h.seated(w, r, h.Gatherings.Change(r.Context(), ui.User(r), idOf(r), r.PathValue("participant"), c), "gatherings.changed_done")
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) error {
	return h.seated(w, r, h.Gatherings.Remove(r.Context(), ui.User(r), idOf(r), r.PathValue("participant")), "gatherings.removed_done")
}

// group are the people who have one role.
type group struct {
	role gathering.Role
	list []gathering.Participant
}

// groups are the people who came, by role; those who have not answered stand apart.
func (v view) groups() (list []group, invited []gathering.Participant) {
	byRole := map[gathering.Role][]gathering.Participant{}
	for _, p := range v.People {
		if p.Invited() {
			invited = append(invited, p)
			continue
		}
		byRole[p.Role] = append(byRole[p.Role], p)
	}
	for _, role := range gathering.Roles {
		if len(byRole[role]) > 0 {
			list = append(list, group{role, byRole[role]})
		}
	}
	return list, invited
}

// present counts those who came.
func (v view) present() (n int) {
	for _, p := range v.People {
		if !p.Invited() {
			n++
		}
	}
	return n
}

// chip is how somebody is shown; who runs the gathering finds her seat behind her name.
func (v view) chip(ctx context.Context, p gathering.Participant) ui.Person {
	one := ui.Person{Name: p.Name, Role: p.ProjectTitle, Organisation: p.Organisation}
	if one.Name == "" {
		one.Name = p.Email
	}
	if p.Invited() {
		one.Role = roleName(ctx, p.Role)
	}
	if v.Manages {
		one.URL = at(v.ID, "people", p.ID)
	}
	return one
}

func roles(ctx context.Context, chosen gathering.Role) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, r := range gathering.Roles {
		c.Options = append(c.Options, ui.Option{Value: string(r), Label: roleName(ctx, r), Hint: i18n.T(ctx, "gatherings.role_hint_"+string(r))})
	}
	return c
}

func (v view) projects(ctx context.Context, chosen project.ID) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}, Empty: i18n.T(ctx, "gatherings.project_none")}
	for _, p := range v.Projects {
		c.Options = append(c.Options, ui.Option{Value: string(p.ID), Label: p.Title})
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
