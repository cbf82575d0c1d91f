package papers

import (
	"context"
	"strings"
	"time"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/papers"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/web/ui"
)

// titleOf is the name of an activity: the one it was given, that of its kit, or that of its kind.
func titleOf(ctx context.Context, b papers.Book, a order.Activity) string {
	if a.Title != "" {
		return a.Title
	}
	if kit := b.Kit(a); kit != nil {
		return kit.In(string(i18n.From(ctx)))
	}
	return i18n.T(ctx, "agendas.kind_"+string(a.Kind))
}

// when is the line above a title: the gathering, its days, its place.
func when(ctx context.Context, g gathering.Gathering) string {
	there := zone.Location(g.Zone)
	first, err := time.ParseInLocation(time.DateOnly, g.StartsOn, there)
	last, wrong := time.ParseInLocation(time.DateOnly, g.EndsOn, there)
	if err != nil || wrong != nil {
		return g.Title
	}
	parts := []string{g.Title, ui.Span(ctx, first, last)}
	if g.Place != "" {
		parts = append(parts, g.Place)
	}
	return strings.Join(parts, " · ")
}

// clock is a minute as people read it, in fewer signs than a sentence takes.
func clock(m order.Minute) string { return m.Clock() }

func hours(from, to order.Minute) string { return clock(from) + " – " + clock(to) }

func tintOf(k order.Kind) papers.Tint {
	switch {
	case k.Alone():
		return papers.Alone
	case k.Together():
		return papers.Together
	}
	return papers.Rest
}

// head is that of a paper: which version of the plan it is, and since when.
func head(ctx context.Context, b papers.Book, title string) papers.Head {
	h := papers.Head{Title: title, Over: when(ctx, b.Gathering)}
	if b.Version != nil {
		at := b.Version.PublishedAt.In(zone.Location(b.Zone))
		h.Foot = i18n.T(ctx, "papers.version", b.Version.Number, ui.ShortDay(ctx, at), text.Clock(string(i18n.From(ctx)), at))
	}
	return h
}

// most is how many people are named in a line; more are counted.
const most = 8

// companions are those whom somebody meets in a sitting; how many, where names are not known.
func companions(ctx context.Context, b papers.Book, s plan.Sitting, but string) string {
	var names []string
	others := 0
	for _, id := range s.People {
		if id == but {
			continue
		}
		others++
		if p := b.Person(id); p.Name != "" {
			names = append(names, p.Name)
		}
	}
	switch {
	case !b.Names && others > 0:
		return i18n.N(ctx, "papers.with_count", others)
	case len(names) == 0:
		return ""
	case len(names) > most:
		return i18n.N(ctx, "papers.with_count", len(names))
	}
	return i18n.T(ctx, "papers.with", strings.Join(names, ", "))
}

// place says where a sitting takes place.
func place(ctx context.Context, b papers.Book, s plan.Sitting) string {
	var parts []string
	if m := b.Room(s.Room); m.Name != "" {
		parts = append(parts, m.Name)
		if m.Site != "" {
			parts = append(parts, m.Site)
		}
	}
	if s.Remote {
		parts = append(parts, i18n.T(ctx, "papers.remote"))
	}
	if s.Table > 0 {
		parts = append(parts, i18n.T(ctx, "papers.table", s.Table))
	}
	return strings.Join(parts, " · ")
}

func joined(parts ...string) string {
	var list []string
	for _, part := range parts {
		if part != "" {
			list = append(list, part)
		}
	}
	return strings.Join(list, " · ")
}

// about is the project of a sitting, unless its title says it already.
func about(b papers.Book, s plan.Sitting, title string) string {
	if name := b.Project(s.Project); name != title {
		return name
	}
	return ""
}

// byDay puts sittings on the days of the gathering, those without any left out.
func byDay(ctx context.Context, b papers.Book, list []plan.Sitting, line func(plan.Sitting, order.Activity) papers.Line) (days []papers.Day) {
	if b.Version == nil {
		return nil
	}
	for i, day := range b.Version.Order.Days {
		one := papers.Day{Name: ui.DayOf(ctx, b.Gathering.Zone, day)}
		for _, s := range list {
			if s.Day == i {
				a, _ := b.Version.Order.Find(s.Activity)
				one.Lines = append(one.Lines, line(s, a))
			}
		}
		if len(one.Lines) > 0 {
			days = append(days, one)
		}
	}
	return days
}

// own are the days of somebody.
func own(ctx context.Context, b papers.Book, participant string) []papers.Day {
	return byDay(ctx, b, b.Of(participant), func(s plan.Sitting, a order.Activity) papers.Line {
		title := titleOf(ctx, b, a)
		return papers.Line{Hours: hours(s.From, s.To), Title: title, Tint: tintOf(a.Kind), More: joined(place(ctx, b, s), about(b, s, title), companions(ctx, b, s, participant))}
	})
}

// inRoom are the days of a room: names stay inside it.
func inRoom(ctx context.Context, b papers.Book, room string) []papers.Day {
	return byDay(ctx, b, b.In(room), func(s plan.Sitting, a order.Activity) papers.Line {
		title, table := titleOf(ctx, b, a), ""
		if s.Table > 0 {
			table = i18n.T(ctx, "papers.table", s.Table)
		}
		return papers.Line{Hours: hours(s.From, s.To), Title: title, Tint: tintOf(a.Kind), More: joined(table, about(b, s, title))}
	})
}

// everybodys are the days as the running order has them: what takes place, and in which rooms.
func everybodys(ctx context.Context, b papers.Book) (days []papers.Day) {
	if b.Version == nil {
		return nil
	}
	for i, day := range b.Version.Order.Days {
		one := papers.Day{Name: ui.DayOf(ctx, b.Gathering.Zone, day)}
		for _, a := range b.Version.Order.Activities {
			if a.Day == i {
				one.Lines = append(one.Lines, papers.Line{Hours: hours(a.From, a.To), Title: titleOf(ctx, b, a), Tint: tintOf(a.Kind), More: joined(rooms(b, a), a.About)})
			}
		}
		if len(one.Lines) > 0 {
			days = append(days, one)
		}
	}
	return days
}

// rooms are those in which an activity takes place.
func rooms(b papers.Book, a order.Activity) string {
	var names []string
	seen := map[string]bool{}
	for _, s := range b.Version.Plan.Sittings {
		if name := b.Room(s.Room).Name; s.Activity == a.ID && name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func roleName(ctx context.Context, r gathering.Role) string {
	return i18n.T(ctx, "gatherings.role_"+string(r))
}
