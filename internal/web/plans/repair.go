package plans

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// guest is somebody who comes.
type guest = house.Guest

// kinds are what may happen, the likeliest first.
var kinds = []compose.EventKind{compose.Absent, compose.Late, compose.RoomLost, compose.Overrun, compose.Shortened, compose.ActivityLost, compose.PersonAdded}

// concerns says which fields tell an event of a kind.
var concerns = map[compose.EventKind][]string{
	compose.Absent: {"person", "from"}, compose.Late: {"person", "to"}, compose.RoomLost: {"place", "from", "to"}, compose.ActivityLost: {"activity"},
	compose.Shortened: {"activity", "minutes"}, compose.Overrun: {"activity", "minutes"}, compose.PersonAdded: {"person"},
}

// mending is something that happened, on the page where one chooses how to go on.
type mending struct {
	scene
	asked    url.Values
	base     schedule.Version
	proposal *planner.Proposal
	problems ui.Problems
}

// has says whether the kind that is asked for needs a field.
func (v mending) has(field string) bool {
	return slices.Contains(concerns[compose.EventKind(v.asked.Get("kind"))], field)
}

func (h *Handler) mendingOf(r *http.Request, asked url.Values) (v mending, err error) {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	w, err := h.Planner.World(ctx, by, id)
	if err != nil {
		return v, err
	}
	v.asked = asked
	o := w.Input.Order
	_, all, err := h.Schedule.Versions(ctx, by, id)
	if err != nil {
		return v, err
	}
	if i := slices.IndexFunc(all, func(one schedule.Version) bool { return one.State == schedule.Published }); i >= 0 {
		v.base, o = all[i], all[i].Order
	}
	v.scene, err = h.sceneOf(ctx, by, w, o)
	return v, err
}

// eventOf is what a form says that happened.
func (v mending) eventOf() (e compose.Event, err error) {
	e = compose.Event{Kind: compose.EventKind(v.asked.Get("kind"))}
	var bad []errs.Field
	wants := func(field, key string, wrong bool) {
		if v.has(field) && wrong {
			bad = append(bad, errs.Field{Path: field, Key: key})
		}
	}
	if v.has("person") {
		e.Person = v.asked.Get("person")
	}
	if v.has("place") {
		e.Place = v.asked.Get("place")
	}
	if v.has("activity") {
		e.Activity = v.asked.Get("activity")
	}
	if v.has("minutes") {
		e.Minutes = number(v.asked.Get("minutes"))
	}
	if !slices.Contains(kinds, e.Kind) {
		bad = append(bad, errs.Field{Path: "kind", Key: "planner.what"})
	}
	wants("person", "planner.whom", e.Person == "")
	wants("place", "planner.where", e.Place == "")
	wants("activity", "planner.which", e.Activity == "")
	wants("minutes", "planner.minutes", e.Minutes < 1 || e.Minutes > schedule.MaxDelay)
	if v.has("from") {
		var wrong bool
		e.From, wrong = v.instant("from")
		wants("from", "planner.time", wrong)
	}
	if v.has("to") {
		var wrong bool
		e.To, wrong = v.instant("to")
		wants("to", "planner.time", wrong || e.Kind == compose.Late && e.To == compose.Instant{})
	}
	return e, errs.NewInvalid("planner.invalid", bad)
}

// instant reads a day and a time; without a time, it is nothing that is said.
func (v mending) instant(field string) (compose.Instant, bool) {
	typed, day := v.asked.Get(field), number(v.asked.Get(field+"_day"))
	if typed == "" && (field == "to" || day <= 0) {
		return compose.Instant{}, false
	}
	m, ok := minuteOf(cmp.Or(typed, "00:00"))
	if !ok || day < 0 || day >= max(1, len(v.order.Days)) {
		return compose.Instant{}, true
	}
	return compose.Instant{Day: day, At: m}, false
}

// repair asks what happened, then shows the ways of going on: nothing is kept.
func (h *Handler) repair(w http.ResponseWriter, r *http.Request) error {
	v, err := h.mendingOf(r, r.URL.Query())
	if err != nil {
		return err
	}
	if !v.asked.Has("look") {
		return ui.Render(w, r, http.StatusOK, repairPage(v))
	}
	event, err := v.eventOf()
	if err == nil {
		var p planner.Proposal
		if p, err = h.Planner.Repair(r.Context(), ui.User(r), idOf(r), event, nil); err == nil {
			v.proposal = &p
			return ui.Render(w, r, http.StatusOK, repairPage(v))
		}
	}
	return h.notMended(w, r, v, err)
}

func (h *Handler) notMended(w http.ResponseWriter, r *http.Request, v mending, err error) error {
	var show bool
	if v.problems, show = ui.Again(r.Context(), err); !show {
		return err
	}
	return ui.Render(w, r, ui.StatusOf(err), repairPage(v))
}

// accept has everybody follow the way of going on that was chosen.
func (h *Handler) accept(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.New(errs.Invalid, "errs.invalid").Because(err)
	}
	v, err := h.mendingOf(r, r.PostForm)
	if err != nil {
		return err
	}
	event, err := v.eventOf()
	if err != nil {
		return h.notMended(w, r, v, err)
	}
	form := r.PostForm
	since := compose.Instant{Day: number(form.Get("at_day")), At: order.Minute(number(form.Get("at")))}
	_, err = h.Planner.Accept(r.Context(), ui.User(r), idOf(r), planner.Accepted{Event: event, At: since, Base: schedule.ID(form.Get("base")), Digest: form.Get("choice"), Reason: form.Get("reason")})
	if err == nil {
		return ui.Done(w, r, at(idOf(r), "plans"), "plans.repaired_done")
	}
	return h.notMended(w, r, v, err)
}

// hidden are the fields that say again what happened.
func (v mending) hidden() (list [][2]string) {
	for _, name := range []string{"kind", "person", "place", "activity", "minutes", "from", "from_day", "to", "to_day", "reason"} {
		if v.asked.Get(name) != "" {
			list = append(list, [2]string{name, v.asked.Get(name)})
		}
	}
	return append(list, [2]string{"base", string(v.proposal.Base.ID)}, [2]string{"at_day", strconv.Itoa(v.proposal.At.Day)}, [2]string{"at", strconv.Itoa(int(v.proposal.At.At))})
}

func (v mending) kindChoice(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.asked.Get("kind")}}
	for _, k := range kinds {
		c.Options = append(c.Options, ui.Option{Value: string(k), Label: i18n.T(ctx, "plans.event_"+string(k))})
	}
	return c
}

// choice is a list with nothing chosen at first.
func (v mending) choice(ctx context.Context, field string) ui.Choice {
	c := ui.Choice{Chosen: []string{v.asked.Get(field)}, Options: []ui.Option{{Value: "", Label: i18n.T(ctx, "plans.choose")}}}
	add := func(value, label string) { c.Options = append(c.Options, ui.Option{Value: value, Label: label}) }
	switch field {
	case "person":
		for _, p := range v.Seats {
			add(p.ID, v.person(ctx, p.ID)+" · "+cmp.Or(p.ProjectTitle, roleName(ctx, p.Role)))
		}
		for i, id := range v.Gone(v.base.Plan) {
			add(id, i18n.T(ctx, "plans.person_left", i+1))
		}
	case "place":
		for _, m := range v.Rooms {
			add(m.ID, m.Name)
		}
	case "activity":
		for _, a := range v.order.Activities {
			add(a.ID, v.when(ctx, plan.Sitting{Day: a.Day, From: a.From, To: a.To})+" · "+v.activity(ctx, a.ID))
		}
	}
	return c
}

func (v mending) dayChoice(ctx context.Context, field string) ui.Choice {
	c := ui.Choice{Chosen: []string{v.asked.Get(field)}}
	for i, day := range v.order.Days {
		c.Options = append(c.Options, ui.Option{Value: strconv.Itoa(i), Label: ui.DayOf(ctx, v.Gathering.Zone, day)})
	}
	return c
}

// cost says in figures what a way of going on changes.
func cost(ctx context.Context, c planner.Choice) (list []string) {
	add := func(key string, n int) {
		if n > 0 {
			list = append(list, i18n.N(ctx, "plans.cost_"+key, n))
		}
	}
	list = append(list, i18n.N(ctx, "plans.told", c.Cost.Told))
	add("moved", c.Cost.Moved)
	add("altered", c.Cost.Altered)
	add("cancelled", c.Cost.Cancelled)
	add("added", c.Cost.Added)
	add("lost", c.Cost.Lost)
	return list
}

// hintOf says what an hour that is not given means.
func (v mending) hintOf(ctx context.Context, field string, optional bool) string {
	if !optional {
		return ""
	}
	return i18n.T(ctx, "plans.hint_"+field)
}
