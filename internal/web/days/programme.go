package days

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// sought is what of a programme is shown: "" and -1 are for all of it.
type sought struct {
	room, project, person string
	only                  int
}

// whole is the programme of everybody in words.
type whole struct {
	scene
	sought
	me string // the seat of who reads
}

// programme shows the whole programme that is published.
func (h *Handler) programme(w http.ResponseWriter, r *http.Request) error {
	m, err := h.Days.Mine(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	v := whole{scene: scene{m.Scene}, sought: soughtOf(r.URL.Query())}
	if m.Seat != nil {
		v.me = m.Seat.ID
	}
	if !v.Names && v.person != v.me { // whoever may not know who comes finds nobody but herself
		v.person = ""
	}
	letsWork(w)
	return ui.Render(w, r, http.StatusOK, programmePage(v))
}

func soughtOf(q url.Values) sought {
	day, err := strconv.Atoi(q.Get("day"))
	if err != nil || day < 1 {
		day = 0
	}
	return sought{room: q.Get("room"), project: q.Get("project"), person: q.Get("person"), only: day - 1}
}

// query is what is sought, as an address says it.
func (s sought) query() string {
	q := url.Values{}
	for name, value := range map[string]string{"room": s.room, "project": s.project, "person": s.person} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if s.only >= 0 {
		q.Set("day", strconv.Itoa(s.only+1))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// holds says whether a sitting is one that is sought.
func (v whole) holds(one plan.Sitting) bool {
	switch {
	case v.room != "" && one.Room != v.room:
		return false
	case v.person != "" && !one.Has(v.person):
		return false
	case v.project != "" && one.Project != v.project && !one.All && !slices.ContainsFunc(one.People, func(id string) bool { return v.People[id].Project == v.project }):
		return false
	}
	return true
}

// part is an activity with its sittings that are sought.
type part struct {
	order.Activity
	sittings []plan.Sitting
}

// parts lists the activities of a day in their order.
func (v whole) parts(day int) (list []part) {
	if v.only >= 0 && v.only != day {
		return nil
	}
	at := map[string]int{}
	for _, a := range v.Version.Order.Activities {
		if a.Day == day {
			at[a.ID] = len(list)
			list = append(list, part{Activity: a})
		}
	}
	for _, one := range v.Version.Plan.Sittings {
		if i, there := at[one.Activity]; there && one.Day == day && v.holds(one) {
			list[i].sittings = append(list[i].sittings, one)
		}
	}
	return slices.DeleteFunc(list, func(p part) bool {
		return len(p.sittings) == 0 && (v.filtered() || p.Kind != order.Free && p.Kind != order.Meal)
	})
}

// filtered says whether only some of the programme is sought.
func (v whole) filtered() bool { return v.room != "" || v.project != "" || v.person != "" }

// plain says whether an activity is one thing for everybody, of which its line says all.
func (p part) plain() bool { return len(p.sittings) == 0 || len(p.sittings) == 1 && p.sittings[0].All }

// choice is a link that shows a part of the programme.
type choice struct {
	label, url string
	current    bool
}

func (v whole) link(s sought) string { return v.url("programme") + s.query() }

// days are the choices of a day.
func (v whole) days(ctx context.Context) []choice {
	all := v.sought
	all.only = -1
	list := []choice{{i18n.T(ctx, "days.all_days"), v.link(all), v.only < 0}}
	for n := range v.Version.Order.Days {
		one := all
		one.only = n
		list = append(list, choice{v.day(ctx, n), v.link(one), v.only == n})
	}
	return list
}

// rooms, projects and people are the choices of each kind, in the order of reading.
func (v whole) rooms(ctx context.Context) (list []choice) {
	for _, m := range v.Rooms {
		list = append(list, choice{roomName(ctx, m), v.link(sought{room: m.ID, only: v.only}), v.room == m.ID})
	}
	return list
}

func (v whole) projects() (list []choice) {
	for id, title := range v.Projects {
		if slices.ContainsFunc(v.Version.Plan.Sittings, func(one plan.Sitting) bool { return one.Project == id }) {
			list = append(list, choice{title, v.link(sought{project: id, only: v.only}), v.project == id})
		}
	}
	return byLabel(list)
}

func (v whole) people() (list []choice) {
	if !v.Names {
		return nil
	}
	named := map[string]bool{}
	for _, one := range v.Version.Plan.Sittings {
		for _, id := range one.People {
			if p := v.People[id]; p.Name != "" && !named[id] {
				named[id] = true
				list = append(list, choice{p.Name, v.link(sought{person: id, only: v.only}), v.person == id})
			}
		}
	}
	return byLabel(list)
}

func byLabel(list []choice) []choice {
	slices.SortFunc(list, func(a, b choice) int { return cmp.Or(strings.Compare(a.label, b.label), strings.Compare(a.url, b.url)) })
	return list
}

// filter says what of the programme is shown, "" for all.
func (v whole) filter(ctx context.Context) string {
	var list []string
	if m, there := v.Room(v.room); there {
		list = append(list, roomName(ctx, m))
	}
	if title := v.Projects[v.project]; title != "" {
		list = append(list, title)
	}
	if p := v.People[v.person]; v.person != "" && p.Name != "" {
		list = append(list, p.Name)
	}
	return strings.Join(list, " · ")
}
