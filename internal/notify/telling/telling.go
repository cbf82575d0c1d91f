// Package telling is what becomes of a programme, in the words in which people are told of it.
package telling

import (
	"slices"
	"strings"
	"time"

	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
)

// Words say a programme in a language, with the names of what is in it.
type Words struct {
	Lang i18n.Lang
	Days []string                     // "2027-03-05"
	Zone *time.Location               // of the place
	Name func(activity string) string // what an activity is called
	Room func(id string) string       // "" for none
}

// Clock is a minute as people say it: "9 h 30".
func (w Words) Clock(m order.Minute) string {
	return text.Clock(string(w.Lang), time.Date(2000, 1, 1, 0, int(m), 0, 0, time.UTC))
}

// Far is the day and the time at which something begins.
func (w Words) Far(one plan.Sitting) string {
	if one.Day < 0 || one.Day >= len(w.Days) {
		return w.Clock(one.From)
	}
	day, err := order.Minute(0).At(w.Days[one.Day], w.Zone)
	if err != nil {
		return w.Clock(one.From)
	}
	return i18n.Say(w.Lang, "telling.far", text.Date(string(w.Lang), day), w.Clock(one.From))
}

// Where is the room and the table of a sitting, "" when everywhere is meant.
func (w Words) Where(one plan.Sitting) string {
	var list []string
	if name := w.Room(one.Room); name != "" {
		list = append(list, name)
	} else if one.Remote {
		list = append(list, i18n.Say(w.Lang, "telling.remote"))
	}
	if one.Table > 0 {
		list = append(list, i18n.Say(w.Lang, "telling.table", one.Table))
	}
	return strings.Join(list, " · ")
}

// Change says one change in a line: "Coaching : 10 h 20 → 10 h 40, salle B".
func (w Words) Change(c plan.Change) string {
	switch {
	case c.Was == nil:
		return i18n.Say(w.Lang, "telling.new", w.Name(c.Is.Activity), w.place(*c.Is))
	case c.Is == nil:
		return i18n.Say(w.Lang, "telling.gone", w.Name(c.Was.Activity), w.place(*c.Was))
	}
	list := []string{w.Clock(c.Is.From)}
	if c.Was.Day != c.Is.Day {
		list[0] = i18n.Say(w.Lang, "telling.moved", w.Far(*c.Was), w.Far(*c.Is))
	} else if c.Was.From != c.Is.From {
		list[0] = i18n.Say(w.Lang, "telling.moved", w.Clock(c.Was.From), w.Clock(c.Is.From))
	}
	if c.Was.To-c.Was.From != c.Is.To-c.Is.From {
		list = append(list, i18n.Say(w.Lang, "telling.until", w.Clock(c.Is.To)))
	}
	if where := w.Where(*c.Is); where != "" {
		list = append(list, where)
	}
	if !slices.Equal(c.Was.People, c.Is.People) {
		list = append(list, i18n.Say(w.Lang, "telling.people"))
	}
	return i18n.Say(w.Lang, "telling.change", w.Name(c.Is.Activity), strings.Join(list, ", "))
}

// place is when and where a sitting is.
func (w Words) place(one plan.Sitting) string {
	if where := w.Where(one); where != "" {
		return w.Clock(one.From) + ", " + where
	}
	return w.Clock(one.From)
}
