package entrances

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"transformateur/internal/agenda/registration"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// wish is the page on which somebody asks to come.
type wish struct {
	registration.View
	registration.Wish
	problems ui.Problems
}

func (h *Handler) wish(r *http.Request) (v wish, err error) {
	v.View, err = h.Registrations.Mine(r.Context(), ui.User(r), idOf(r))
	v.Wish = registration.Wish{Role: gathering.Role(r.PostFormValue("role")), Organisation: r.PostFormValue("organisation"), Note: r.PostFormValue("note")}
	return v, err
}

func (h *Handler) registration(w http.ResponseWriter, r *http.Request) error {
	v, err := h.wish(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, registrationPage(v))
}

// onWish leads back to what became of it, or shows there why nothing was done.
func (h *Handler) onWish(w http.ResponseWriter, r *http.Request, err error, said string) error {
	return acted(w, r, err, acting{at(idOf(r), "registration"), said, func(problems ui.Problems, status int) error {
		v, missing := h.wish(r)
		if missing != nil {
			return missing
		}
		v.problems = problems
		return ui.Render(w, r, status, registrationPage(v))
	}})
}

func (h *Handler) ask(w http.ResponseWriter, r *http.Request) error {
	state, err := h.Registrations.Ask(r.Context(), ui.User(r), idOf(r), registration.Wish{Role: gathering.Role(r.PostFormValue("role")), Organisation: r.PostFormValue("organisation"), Note: r.PostFormValue("note")})
	said := "entrances.asked_done"
	if state == registration.Waiting {
		said = "entrances.waiting_done"
	}
	return h.onWish(w, r, err, said)
}

// withdraw takes back a registration: there may be no page to come back to.
func (h *Handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := h.Registrations.Withdraw(r.Context(), ui.User(r), idOf(r)); err != nil {
		return h.onWish(w, r, err, "")
	}
	return ui.Done(w, r, at(idOf(r), "registration"), "entrances.withdrawn_done")
}

func roles(ctx context.Context, chosen gathering.Role) ui.Choice {
	c := ui.Choice{Chosen: []string{string(chosen)}}
	for _, r := range registration.Roles {
		c.Options = append(c.Options, ui.Option{Value: string(r), Label: roleName(ctx, r), Hint: i18n.T(ctx, "gatherings.role_hint_"+string(r))})
	}
	return c
}

// desk is the page on which registrations are opened and decided.
type desk struct {
	registration.Listed
	set      registration.Desk // as it was typed
	address  string            // to give to people
	problems ui.Problems
}

func (h *Handler) desk(r *http.Request) (v desk, err error) {
	v.Listed, err = h.Registrations.All(r.Context(), ui.User(r), idOf(r))
	v.set, v.address = v.Desk, h.BaseURL+at(idOf(r), "registration")
	return v, err
}

func (h *Handler) registrations(w http.ResponseWriter, r *http.Request) error {
	v, err := h.desk(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, registrationsPage(v))
}

// onDesk leads back to the registrations, or shows there why nothing was done.
func (h *Handler) onDesk(w http.ResponseWriter, r *http.Request, err error, said string) error {
	return acted(w, r, err, acting{at(idOf(r), "registrations"), said, func(problems ui.Problems, status int) error {
		v, missing := h.desk(r)
		if missing != nil {
			return missing
		}
		if v.problems = problems; r.PostForm.Has("capacity") {
			typed := typedDesk(r)
			typed.Version = v.Desk.Version // she is told that somebody wrote meanwhile: saving again is her choice
			v.set = typed
		}
		return ui.Render(w, r, status, registrationsPage(v))
	}})
}

func typedDesk(r *http.Request) registration.Desk {
	capacity, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("capacity")))
	if err != nil {
		capacity = -1
	}
	version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		version = -1
	}
	return registration.Desk{Capacity: capacity, ClosesOn: r.PostFormValue("closes_on"), About: r.PostFormValue("about"), Version: version}
}

func (h *Handler) setDesk(w http.ResponseWriter, r *http.Request) error {
	return h.onDesk(w, r, h.Registrations.SetDesk(r.Context(), ui.User(r), idOf(r), typedDesk(r)), "entrances.desk_done")
}

func (h *Handler) accept(w http.ResponseWriter, r *http.Request) error {
	return h.onDesk(w, r, h.Registrations.Accept(r.Context(), ui.User(r), idOf(r), r.PathValue("registration")), "entrances.accepted_done")
}

func (h *Handler) decline(w http.ResponseWriter, r *http.Request) error {
	return h.onDesk(w, r, h.Registrations.Decline(r.Context(), ui.User(r), idOf(r), r.PathValue("registration")), "entrances.declined_done")
}

// among are the registrations that stand in some states, in their order.
func (v desk) among(states ...registration.State) (list []registration.Registration) {
	for _, x := range v.List {
		for _, state := range states {
			if x.State == state {
				list = append(list, x)
			}
		}
	}
	return list
}

// capacity is what the field shows: nothing before it was ever set.
func (v desk) capacity() string {
	if v.set.Capacity < 1 {
		return ""
	}
	return strconv.Itoa(v.set.Capacity)
}

// tone is that of where a registration stands.
func tone(s registration.State) ui.Tone {
	switch s {
	case registration.Accepted:
		return ui.Success
	case registration.Waiting:
		return ui.Warning
	}
	return ui.Info
}
