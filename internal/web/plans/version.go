package plans

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// The ways of looking at a plan.
const (
	byTime   = "time"
	byRooms  = "rooms"
	byPeople = "people"
)

// sheet is a version on its page.
type sheet struct {
	scene
	schedule.Version
	clashes  []plan.Clash
	made     *planner.Made // what the computation says of it
	view     string
	problems ui.Problems
}

func (h *Handler) sheetOf(r *http.Request) (v sheet, err error) {
	ctx, by, id := r.Context(), ui.User(r), idOf(r)
	if v.Version, v.clashes, err = h.Schedule.Read(ctx, by, id, versionOf(r)); err != nil {
		return v, err
	}
	w, err := h.Planner.World(ctx, by, id)
	if err != nil {
		return v, err
	}
	if v.scene, err = h.sceneOf(ctx, by, w, v.Order); err != nil {
		return v, err
	}
	var made planner.Made
	if json.Unmarshal(v.Account, &made) == nil && (len(made.Account.Projects) > 0 || len(made.Refused) > 0) {
		v.made = &made
	}
	if v.view = r.URL.Query().Get("view"); v.view != byRooms && v.view != byPeople {
		v.view = byTime
	}
	return v, nil
}

func (h *Handler) version(w http.ResponseWriter, r *http.Request) error {
	v, err := h.sheetOf(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, versionPage(v))
}

// url is the address of a version, in one way of looking at it.
func (v sheet) url(view string) string {
	here := at(v.Version.Gathering, "plans", string(v.ID))
	if view != byTime {
		here += "?view=" + view
	}
	return here
}

func (v sheet) tabs(ctx context.Context) (list []ui.NavItem) {
	for _, view := range []string{byTime, byRooms, byPeople} {
		list = append(list, ui.NavItem{Label: i18n.T(ctx, "plans.view_"+view), URL: v.url(view), Current: v.view == view})
	}
	return list
}

// figures are what the computation says of a plan, in numbers.
func (v sheet) figures(ctx context.Context) (list []ui.Figure) {
	a := v.made.Account
	add := func(key, value string, args ...any) {
		list = append(list, ui.Figure{Value: value, Label: i18n.T(ctx, "plans.figure_"+key), Note: i18n.T(ctx, "plans.figure_note_"+key, args...)})
	}
	asked, held := 0, 0
	for _, p := range a.Projects {
		asked, held = asked+p.Asked, held+p.Held
	}
	if asked > 0 {
		add("wishes", i18n.T(ctx, "plans.of", held, asked))
	}
	if len(a.Projects) > 0 {
		add("meetings", between(ctx, a.Fewest, a.Most))
		fewest, most := a.Projects[0].Visitors, 0
		for _, p := range a.Projects {
			fewest, most = min(fewest, p.Visitors), max(most, p.Visitors)
		}
		if len(a.Mixes) > 0 {
			add("visitors", between(ctx, fewest, most))
		}
		add("holes", i18n.T(ctx, "plans.count", a.Holes))
	}
	return list
}

// between says two figures, or one when they are the same.
func between(ctx context.Context, least, most int) string {
	if least == most {
		return i18n.T(ctx, "plans.count", least)
	}
	return i18n.T(ctx, "plans.from_to", least, most)
}

// best says how good a plan is known to be.
func (v sheet) best(ctx context.Context) string {
	a := v.made.Account
	switch {
	case a.Proved:
		return i18n.T(ctx, "plans.proved")
	case a.Bound > 0 && a.Weight < a.Bound:
		return i18n.T(ctx, "plans.bounded", a.Weight, a.Bound)
	}
	return ""
}

// part is an activity of a day, with its sittings.
type part struct {
	order.Activity
	sittings []plan.Sitting
}

// parts are the activities of a day, the first one first.
func (v sheet) parts(day int) (list []part) {
	for _, a := range v.Order.Activities {
		if a.Day != day {
			continue
		}
		p := part{Activity: a}
		for _, s := range v.Plan.Sittings {
			if s.Activity == a.ID {
				p.sittings = append(p.sittings, s)
			}
		}
		slices.SortStableFunc(p.sittings, func(a, b plan.Sitting) int {
			return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Table, b.Table))
		})
		list = append(list, p)
	}
	return list
}

// slots groups the sittings of a part by their hours.
func (p part) slots() (list [][]plan.Sitting) {
	for _, s := range p.sittings {
		if n := len(list); n > 0 && list[n-1][0].From == s.From && list[n-1][0].To == s.To {
			list[n-1] = append(list[n-1], s)
			continue
		}
		list = append(list, []plan.Sitting{s})
	}
	return list
}

// clashing says whether something is wrong with a sitting.
func (v sheet) clashing(id string) bool {
	return slices.ContainsFunc(v.clashes, func(c plan.Clash) bool { return slices.Contains(c.Sittings, id) })
}

// movable says whether a sitting may be dragged: one of a draft that is for some people.
func (v sheet) movable(s plan.Sitting) bool { return v.State == schedule.Draft && !s.All }

// agenda of one person.
type hers struct {
	id       string
	sittings []plan.Sitting
}

// each lists people with what each takes part in, by name, but for what is for everybody.
func (v sheet) each() (list []hers) {
	for _, p := range v.Seats {
		one := hers{id: p.ID}
		for _, s := range v.Plan.Of(p.ID) {
			if !s.All {
				one.sittings = append(one.sittings, s)
			}
		}
		list = append(list, one)
	}
	return list
}

// refused are the things that could not hold.
func (v sheet) refused() []compose.Refusal { return v.made.Refused }
