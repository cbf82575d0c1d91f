package plans

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/agenda/compose"
	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/planner"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// scene is what plans speak of: who comes, the rooms, and what each activity is called.
type scene struct {
	planner.World
	kits  []house.Kit
	order order.Order
}

// activity is what an activity is called: its title, that of its kit, or its kind.
func (s scene) activity(ctx context.Context, id string) string {
	a, known := s.order.Find(id)
	if !known {
		return i18n.T(ctx, "plans.activity_gone")
	}
	if a.Title != "" {
		return a.Title
	}
	if i := slices.IndexFunc(s.kits, func(k house.Kit) bool { return k.ID == a.Kit }); i >= 0 {
		return s.kits[i].Title.In(string(i18n.From(ctx)))
	}
	return i18n.T(ctx, "agendas.kind_"+string(a.Kind))
}

// person is somebody's name.
func (s scene) person(ctx context.Context, id string) string {
	p, comes := s.Seat(id)
	switch {
	case !comes:
		return i18n.T(ctx, "plans.person_gone")
	case p.Name == "":
		return i18n.T(ctx, "plans.person_nameless")
	}
	return p.Name
}

func (s scene) people(ctx context.Context, ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.person(ctx, id)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// room is where a sitting takes place, "" when it does not say.
func (s scene) room(ctx context.Context, one plan.Sitting) string {
	name := ""
	if one.Remote {
		name = i18n.T(ctx, "plans.remote")
	} else if m, known := s.Room(one.Room); known {
		name = m.Name
	} else if one.Room != "" {
		name = i18n.T(ctx, "plans.room_gone")
	}
	if one.Table == 0 {
		return name
	}
	table := i18n.T(ctx, "plans.table", one.Table)
	if name == "" {
		return table
	}
	return name + " · " + table
}

// whom says of whom a sitting is: its project, and those who come to it.
func (s scene) whom(ctx context.Context, one plan.Sitting) string {
	if one.All && one.Project == "" {
		return i18n.T(ctx, "plans.everybody")
	}
	title := s.Project(one.Project)
	if one.All || title == "" {
		return cmp.Or(title, s.people(ctx, one.People))
	}
	var visitors []string
	for _, id := range one.People {
		if p, comes := s.Seat(id); !comes || p.Project != one.Project || p.Role != "team" {
			visitors = append(visitors, id)
		}
	}
	if len(visitors) == 0 {
		return title
	}
	return i18n.T(ctx, "plans.whom", title, s.people(ctx, visitors))
}

// label names a sitting in a line.
func (s scene) label(ctx context.Context, one plan.Sitting) string {
	return i18n.T(ctx, "plans.sitting_label", s.activity(ctx, one.Activity), s.whom(ctx, one))
}

func hours(ctx context.Context, from, to order.Minute) string {
	return i18n.T(ctx, "plans.hours", from.Clock(), to.Clock())
}

// when is the time of a sitting, with its day when there are several.
func (s scene) when(ctx context.Context, one plan.Sitting) string {
	if len(s.order.Days) < 2 || one.Day < 0 || one.Day >= len(s.order.Days) {
		return hours(ctx, one.From, one.To)
	}
	return i18n.T(ctx, "plans.day_hours", i18n.T(ctx, "plans.day_short", one.Day+1), hours(ctx, one.From, one.To))
}

// clash says what cannot be, of whom and when.
func (s scene) clash(ctx context.Context, p plan.Plan, c plan.Clash) string {
	said := i18n.T(ctx, c.Key)
	var about []string
	if c.Person != "" {
		about = append(about, s.person(ctx, c.Person))
	}
	for _, id := range c.Sittings {
		if i := slices.IndexFunc(p.Sittings, func(one plan.Sitting) bool { return one.ID == id }); i >= 0 {
			about = append(about, fmt.Sprintf("%s (%s)", s.label(ctx, p.Sittings[i]), s.when(ctx, p.Sittings[i])))
		}
	}
	if len(about) == 0 {
		return said
	}
	return said + " " + strings.Join(about, " · ")
}

// refusal says what could not hold, and whom it is about.
func (s scene) refusal(ctx context.Context, f compose.Refusal) string {
	said := i18n.T(ctx, f.Key, f.Need, f.Have)
	var about []string
	if f.Activity != "" {
		about = append(about, s.activity(ctx, f.Activity))
	}
	for _, id := range f.Projects {
		about = append(about, cmp.Or(s.Project(id), i18n.T(ctx, "plans.project_gone")))
	}
	if len(f.People) > 0 {
		about = append(about, s.people(ctx, f.People))
	}
	for _, id := range f.Rooms {
		if m, known := s.Room(id); known {
			about = append(about, m.Name)
		}
	}
	if len(about) == 0 {
		return said
	}
	return said + " " + strings.Join(about, " · ")
}

// givenUp lists the meetings that a plan leaves out.
func (s scene) givenUp(ctx context.Context, f compose.Refusal) string {
	var list []string
	for _, g := range f.GiveUp {
		list = append(list, i18n.T(ctx, "plans.whom", s.Project(g.Project), s.person(ctx, g.Person)))
	}
	return strings.Join(list, " ; ")
}

// change says what becomes of a sitting for somebody, and how much it matters.
func (s scene) change(ctx context.Context, c plan.Change) (ui.Tone, string) {
	switch {
	case c.Was == nil:
		return ui.Success, i18n.T(ctx, "plans.change_new", s.place(ctx, *c.Is))
	case c.Is == nil:
		return ui.Danger, i18n.T(ctx, "plans.change_gone", s.place(ctx, *c.Was))
	}
	was, is := s.where(ctx, *c.Was), s.where(ctx, *c.Is)
	if was == is {
		return ui.Info, is + " · " + s.activity(ctx, c.Is.Activity) + s.turnover(ctx, *c.Was, *c.Is)
	}
	return ui.Warning, i18n.T(ctx, "plans.change_moved", was, is) + " · " + s.label(ctx, *c.Is)
}

// where is the time of a sitting, and its room.
func (s scene) where(ctx context.Context, one plan.Sitting) string {
	if room := s.room(ctx, one); room != "" {
		return s.when(ctx, one) + " · " + room
	}
	return s.when(ctx, one)
}

// turnover says who is no longer in a sitting, then who is now.
func (s scene) turnover(ctx context.Context, was, is plan.Sitting) (said string) {
	lacking := func(a, b []string) (list []string) {
		for _, id := range a {
			if !slices.Contains(b, id) {
				list = append(list, id)
			}
		}
		return list
	}
	if gone := lacking(was.People, is.People); len(gone) > 0 {
		said += " · " + i18n.T(ctx, "plans.without", s.people(ctx, gone))
	}
	if came := lacking(is.People, was.People); len(came) > 0 {
		said += " · " + i18n.T(ctx, "plans.with", s.people(ctx, came))
	}
	return said
}

// place is a sitting with its time and its room.
func (s scene) place(ctx context.Context, one plan.Sitting) string {
	said := s.when(ctx, one) + " · " + s.label(ctx, one)
	if room := s.room(ctx, one); room != "" {
		said += " · " + room
	}
	return said
}

// concerned lists people whose day changes, by name; what is for everybody comes first.
func (s scene) concerned(ctx context.Context, changes map[string][]plan.Change) (ids []string) {
	for id := range changes {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		if a == "" || b == "" {
			return cmp.Compare(len(a), len(b))
		}
		return cmp.Or(strings.Compare(s.person(ctx, a), s.person(ctx, b)), strings.Compare(a, b))
	})
	return ids
}

// who names somebody whose day changes.
func (s scene) who(ctx context.Context, id string) string {
	if id == "" {
		return i18n.T(ctx, "plans.everybody")
	}
	return s.person(ctx, id)
}
