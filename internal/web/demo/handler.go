// Package demo is the page of the demonstration on which one chooses whom to be.
package demo

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/demo"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// Handler lets anybody sign in as a fictitious person, only where Open is true.
type Handler struct {
	Accounts *account.Service
	HTTPS    bool
	Open     bool // the demonstration: on a real install these addresses do not exist
	Clock    clock.Clock
	// Skip says that the time until an instant is no outage, before the clock is moved there.
	Skip func(ctx context.Context, to time.Time) error
}

// Routes lists the addresses of the package: none on a real install.
func (h *Handler) Routes() []ui.Route {
	if !h.Open {
		return nil
	}
	return []ui.Route{
		{Pattern: "GET /demo", Action: "site.visit", Handle: h.choose},
		{Pattern: "POST /demo/clock", Action: "site.visit", Handle: h.forward},
		{Pattern: "POST /demo/{role}", Action: "site.visit", Handle: h.become},
	}
}

// furthest is how far ahead the clock may be moved at once.
const furthest = 40 * 24 * time.Hour

// forward moves the clock of the demonstration: by so many minutes, or to an hour of a day.
func (h *Handler) forward(w http.ResponseWriter, r *http.Request) error {
	now := h.Clock.Now()
	movable, is := h.Clock.(*clock.Movable)
	to, err := time.ParseInLocation("2006-01-02T15:04", r.PostFormValue("to"), zone.Location(zone.Default))
	if minutes, wrong := strconv.Atoi(r.PostFormValue("minutes")); wrong == nil {
		to, err = now.Add(time.Duration(minutes)*time.Minute), nil
	}
	if !is || err != nil || !to.After(now) || to.Sub(now) > furthest {
		return errs.New(errs.Conflict, "demo.clock_refused")
	}
	if err := h.Skip(r.Context(), to); err != nil {
		return err
	}
	if _, err := movable.Forward(to); err != nil {
		return err
	}
	return ui.Done(w, r, "/demo", "demo.clock_done")
}

// leaps are by how many minutes the clock is moved at once.
var leaps = []int{10, 60, 12 * 60}

// visitor is the role of who is nobody any more.
const visitor = "visitor"

// group is the roles of one side, with its title.
type group struct {
	key   string
	roles []demo.Role
}

func (h *Handler) choose(w http.ResponseWriter, r *http.Request) error {
	var groups []group
	for _, role := range demo.Roles {
		i := slices.IndexFunc(groups, func(g group) bool { return g.key == role.Group })
		if i < 0 {
			i, groups = len(groups), append(groups, group{key: role.Group})
		}
		groups[i].roles = append(groups[i].roles, role)
	}
	return ui.Render(w, r, http.StatusOK, choosePage(groups, h.Clock.Now().In(zone.Location(zone.Default))))
}

func (h *Handler) become(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("role")
	role, known := demo.Find(key)
	if !known && key != visitor {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	if by := ui.User(r); !by.IsVisitor() {
		if err := h.Accounts.SignOut(r.Context(), by); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	if key == visitor {
		ui.ClearLogin(w, h.HTTPS)
		return ui.See(w, r, "/")
	}
	token, err := h.signIn(r.Context(), role, r.UserAgent())
	if err != nil {
		return err
	}
	ui.SetLogin(w, h.HTTPS, token)
	return ui.See(w, r, role.Start)
}

func (h *Handler) signIn(ctx context.Context, role demo.Role, device string) (string, error) {
	door := account.OpenDemo(h.Accounts)
	person, err := door.Find(ctx, role.Email())
	if err != nil {
		return "", err
	}
	return door.SignIn(ctx, person, device)
}

// is says whether the reader is the person of a role already.
func is(ctx context.Context, role demo.Role) bool { return account.From(ctx).Name == role.Name }

func say(ctx context.Context, key string) string { return i18n.T(ctx, key) }

// try is something to do first: as whom, and where it leads.
type try struct{ key, role string }

var tries = []try{{"write", "owner"}, {"check", "officer"}, {"build", "lead"}, {"select", "chair"}}
