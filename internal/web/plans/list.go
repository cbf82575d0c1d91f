package plans

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// sceneOf reads what the plans of a gathering speak of; their running order is o.
func (h *Handler) sceneOf(ctx context.Context, by account.User, w planner.World, o order.Order) (scene, error) {
	v, err := h.House.Managed(ctx, by, w.Gathering.ID)
	return scene{w, v.Kits, o}, err
}

// shelf is the versions of the plan of a gathering.
type shelf struct {
	scene
	versions []schedule.Version
	current  *schedule.Version // that is followed
	clashes  []plan.Clash      // in it, as things are now
	begun    bool
	over     bool
	problems ui.Problems
}

func (h *Handler) shelfOf(ctx context.Context, by account.User, id gathering.ID) (v shelf, err error) {
	w, err := h.Planner.World(ctx, by, id)
	if err != nil {
		return v, err
	}
	if _, v.versions, err = h.Schedule.Versions(ctx, by, id); err != nil {
		return v, err
	}
	o := w.Input.Order
	if i := slices.IndexFunc(v.versions, func(one schedule.Version) bool { return one.State == schedule.Published }); i >= 0 {
		v.current, o = &v.versions[i], v.versions[i].Order
		if _, v.clashes, err = h.Schedule.Read(ctx, by, id, v.current.ID); err != nil {
			return v, err
		}
		day, at := schedule.Now(w.Gathering, o, h.Clock.Now())
		v.over = true
		for _, one := range v.current.Plan.Sittings {
			v.begun = v.begun || one.Day < day || one.Day == day && one.From < at
			v.over = v.over && (one.Day < day || one.Day == day && one.To <= at)
		}
	}
	v.scene, err = h.sceneOf(ctx, by, w, o)
	return v, err
}

// state is the badge of a version.
func state(v schedule.Version) (ui.Tone, string) {
	switch v.State {
	case schedule.Published:
		return ui.Success, "plans.state_published"
	case schedule.Retired:
		return ui.Info, "plans.state_retired"
	}
	return ui.Warning, "plans.state_draft"
}

// maker names who made a version, when she is of the gathering.
func (v shelf) maker(ctx context.Context, one schedule.Version) string {
	for _, p := range v.Seats {
		if p.Person != "" && "person:"+string(p.Person) == one.MadeBy {
			return p.Name
		}
	}
	return ""
}

func (h *Handler) list(w http.ResponseWriter, r *http.Request) error {
	v, err := h.shelfOf(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, listPage(v))
}

func (h *Handler) compose(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	made, err := h.Planner.Compose(ctx, by, id)
	if err == nil {
		return ui.Done(w, r, at(id, "plans", string(made.ID)), "plans.composed_done")
	}
	problems, show := ui.Again(ctx, err)
	if !show {
		return err
	}
	v, missing := h.shelfOf(ctx, by, id)
	if missing != nil {
		return missing
	}
	v.problems = problems
	return ui.Render(w, r, ui.StatusOf(err), listPage(v))
}

func (h *Handler) publish(w http.ResponseWriter, r *http.Request) error {
	err := h.Schedule.Publish(r.Context(), ui.User(r), idOf(r), versionOf(r))
	if err == nil {
		return ui.Done(w, r, at(idOf(r), "plans"), "plans.published_done")
	}
	problems, show := ui.Again(r.Context(), err)
	if !show {
		return err
	}
	v, missing := h.sheetOf(r)
	if missing != nil {
		return missing
	}
	v.problems = problems
	return ui.Render(w, r, ui.StatusOf(err), versionPage(v))
}

// comparison is what changes from one version to another.
type comparison struct {
	scene
	before, after schedule.Version
	versions      []schedule.Version
	changes       map[string][]plan.Change
}

// compare shows, person by person, what a version changes: by default from the one that
// it was made from.
func (h *Handler) compare(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	v := comparison{}
	world, err := h.Planner.World(ctx, by, id)
	if err != nil {
		return err
	}
	if _, v.versions, err = h.Schedule.Versions(ctx, by, id); err != nil {
		return err
	}
	from := schedule.ID(r.URL.Query().Get("with"))
	if from == "" {
		if i := slices.IndexFunc(v.versions, func(one schedule.Version) bool { return one.ID == versionOf(r) }); i >= 0 {
			from = v.versions[i].BasedOn
		}
	}
	v.before, v.after, v.changes, err = h.Schedule.Compare(ctx, by, id, from, versionOf(r))
	if err != nil {
		return err
	}
	if v.scene, err = h.sceneOf(ctx, by, world, v.after.Order); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, comparePage(v))
}

func (v comparison) choice(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.before.ID)}}
	for _, one := range v.versions {
		if one.ID != v.after.ID {
			_, key := state(one)
			c.Options = append(c.Options, ui.Option{Value: string(one.ID), Label: i18n.T(ctx, "plans.number_state", one.Number, i18n.T(ctx, key))})
		}
	}
	return c
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

// next is what stands at the top of the plans, and composes the act under it.
func (v shelf) next() string {
	if v.current == nil {
		return "plans.none"
	}
	return "plans.followed"
}

func (v shelf) composes() string {
	if len(v.versions) == 0 {
		return "plans.compose"
	}
	return "plans.compose_again"
}

// reason says why a version was made.
func (v shelf) reason(ctx context.Context, one schedule.Version) string {
	if one.Reason != "" {
		return one.Reason
	}
	var made planner.Made
	if json.Unmarshal(one.Account, &made) != nil {
		return ""
	}
	switch e := made.Event; {
	case e == nil:
		return ""
	case e.Person != "":
		return i18n.T(ctx, "plans.because", i18n.T(ctx, "plans.event_"+string(e.Kind)), v.person(ctx, e.Person))
	case e.Activity != "":
		return i18n.T(ctx, "plans.because", i18n.T(ctx, "plans.event_"+string(e.Kind)), v.activity(ctx, e.Activity))
	default:
		return i18n.T(ctx, "plans.event_"+string(e.Kind))
	}
}
