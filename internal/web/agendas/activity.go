package agendas

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/errs"
	"transformateur/internal/web/ui"
)

// sheet is the form of an activity, as it was typed.
type sheet struct {
	view
	order.Activity
	From, To string // hours as they were typed
	push     bool
	url      string
}

func (v view) dayChoice(ctx context.Context, n int) ui.Choice {
	c := ui.Choice{Chosen: []string{strconv.Itoa(n + 1)}}
	for i, date := range v.Order.Days {
		c.Options = append(c.Options, ui.Option{Value: strconv.Itoa(i + 1), Label: ui.DayOf(ctx, v.Gathering.Zone, date)})
	}
	return c
}

func (s sheet) kinds(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(s.Kind)}, Side: true}
	for _, k := range order.Kinds {
		c.Options = append(c.Options, ui.Option{Value: string(k), Label: kindName(ctx, k), Hint: i18n.T(ctx, "agendas.kind_hint_"+string(k))})
	}
	return c
}

func (s sheet) roomChoice(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{s.Room}, Empty: i18n.T(ctx, "agendas.room_any")}
	for _, m := range s.Rooms {
		c.Options = append(c.Options, ui.Option{Value: m.ID, Label: roomName(ctx, m)})
	}
	return c
}

func (s sheet) kitChoice(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{s.Kit}, Empty: i18n.T(ctx, "agendas.kit_none")}
	for _, k := range s.Kits {
		c.Options = append(c.Options, ui.Option{Value: k.ID, Label: k.Title.In(string(i18n.From(ctx)))})
	}
	return c
}

func (s sheet) leadChoice() ui.Choice {
	c := ui.Choice{Chosen: s.Leads}
	for _, p := range s.Seats {
		c.Options = append(c.Options, ui.Option{Value: p.ID, Label: p.Name})
	}
	return c
}

// before lists what an activity may have to come after.
func (s sheet) before(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: s.After}
	for _, a := range s.Order.Activities {
		if a.ID != s.ID && a.Kind != order.Free && a.Kind != order.Meal && a.Kind != order.Evening {
			c.Options = append(c.Options, ui.Option{Value: a.ID, Label: i18n.T(ctx, "agendas.after_option", s.name(ctx, a), s.dayOf(ctx, a), a.From.Clock())})
		}
	}
	return c
}

func (v view) dayOf(ctx context.Context, a order.Activity) string {
	if a.Day < 0 || a.Day >= len(v.Order.Days) {
		return i18n.T(ctx, "agendas.lost_days")
	}
	return ui.DayOf(ctx, v.Gathering.Zone, v.Order.Days[a.Day])
}

// words is a choice among words that have a name in the catalogue.
func words(ctx context.Context, name naming, known, chosen []string) ui.Choice {
	c := ui.Choice{Chosen: chosen, Side: true}
	for _, word := range known {
		c.Options = append(c.Options, ui.Option{Value: word, Label: name(ctx, word)})
	}
	return c
}

// measure is a number that an activity of some kinds has.
type measure struct {
	name  string
	value int
	usual int
	unit  string
	of    []order.Kind
}

// measures are those of the kind of the activity, and what is said of others; a new
// activity may be of any kind.
func (s sheet) measures() []measure {
	all := []measure{
		{"slot", s.Slot, order.UsualSlot, "agendas.minutes", []order.Kind{order.Coaching}}, {"pause", s.Pause, 0, "agendas.minutes", []order.Kind{order.Coaching, order.Mix}},
		{"rounds", s.Rounds, order.UsualRounds, "agendas.unit_rounds", []order.Kind{order.Mix}}, {"size", s.Size, order.UsualSize, "agendas.unit_people", []order.Kind{order.Mix, order.Collective}},
		{"speak", s.Speak, order.UsualSpeak, "agendas.minutes", []order.Kind{order.Pitch}}, {"ask", s.Ask, order.UsualAsk, "agendas.minutes", []order.Kind{order.Pitch}},
	}
	return slices.DeleteFunc(all, func(m measure) bool {
		return s.ID != "" && m.value == 0 && !slices.Contains(m.of, s.Kind)
	})
}

// typed is the activity of a form.
func typed(r *http.Request) (s sheet) {
	form := r.PostFormValue
	from, okFrom := minuteOf(form("from"))
	to, okTo := minuteOf(form("to"))
	if !okFrom {
		from = -1
	}
	switch {
	case !okTo:
		to = -1
	case okFrom && to < from && to <= order.Latest-24*60: // an evening goes on after midnight
		to += 24 * 60
	}
	s.From, s.To, s.push = form("from"), form("to"), form("push") == "yes"
	s.Activity = order.Activity{ID: r.PathValue("activity"), Kind: order.Kind(form("kind")), Title: form("title"), About: form("about"), Day: number(form("day")) - 1, From: from, To: to,
		Room: form("room"), Kit: form("kit"), Needs: r.PostForm["needs"], Leads: r.PostForm["leads"], After: r.PostForm["after"], Sponsor: form("sponsor") == "yes",
		Slot: number(form("slot")), Pause: number(form("pause")), Rounds: number(form("rounds")), Size: number(form("size")), Speak: number(form("speak")), Ask: number(form("ask"))}
	return s
}

// blank is the form of an activity to add, on the day that is asked for, when it ends.
func (h *Handler) blank(w http.ResponseWriter, r *http.Request) error {
	v, err := h.House.Managed(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	s := sheet{view: view{View: v}, url: at(v.ID, "agenda", "activities"), push: true}
	if n := number(r.URL.Query().Get("day")) - 1; n > 0 && n < len(v.Order.Days) {
		s.Day = n
	}
	from := order.Minute(9 * 60)
	for _, a := range v.Order.Activities {
		if a.Day == s.Day && a.Kind != order.Evening {
			from = max(from, a.To)
		}
	}
	s.Kind, s.From, s.To = order.Plenary, from.Clock(), (from + 30).Clock()
	return ui.Render(w, r, http.StatusOK, activityPage(s))
}

func (h *Handler) activity(w http.ResponseWriter, r *http.Request) error {
	v, err := h.House.Managed(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	a, there := v.Order.Find(r.PathValue("activity"))
	if !there {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	s := sheet{view: view{View: v}, Activity: a, From: a.From.Clock(), To: a.To.Clock(), url: at(v.ID, "agenda", "activities", a.ID)}
	for _, f := range s.of(a) {
		if !f.Remark {
			s.problems = append(s.problems, ui.FieldError{Path: f.Field, Text: faultText(r.Context(), f)})
		}
	}
	return ui.Render(w, r, http.StatusOK, activityPage(s))
}

func (h *Handler) add(w http.ResponseWriter, r *http.Request) error {
	return h.put(w, r, at(idOf(r), "agenda", "activities"), "agendas.added_done")
}

func (h *Handler) change(w http.ResponseWriter, r *http.Request) error {
	return h.put(w, r, at(idOf(r), "agenda", "activities", r.PathValue("activity")), "agendas.changed_done")
}

func (h *Handler) put(w http.ResponseWriter, r *http.Request, url, said string) error {
	s := typed(r)
	id, err := h.House.PutActivity(r.Context(), ui.User(r), idOf(r), versionOf(r), house.Put{Activity: s.Activity, Push: s.push})
	return acted(w, r, err, acting{at(idOf(r), "agenda") + "#activity-" + id, said, func(problems ui.Problems, status int) error {
		v, missing := h.House.Managed(r.Context(), ui.User(r), idOf(r))
		if missing != nil {
			return missing
		}
		s.view, s.url = view{v, problems}, url
		return ui.Render(w, r, status, activityPage(s))
	}})
}

// has says whether a field of an activity has something in it, or is wrong: its part of
// the form stands open.
func (s sheet) has() bool {
	return s.Kit != "" || len(s.Leads)+len(s.Needs)+len(s.After) > 0 || s.About != "" || s.Sponsor ||
		slices.ContainsFunc(s.measures(), func(m measure) bool { return m.value != 0 || s.problems.At(m.name) != "" })
}

// remarksOf is what is worth a look in the activity as it is kept.
func (s sheet) remarksOf() []order.Fault {
	return slices.DeleteFunc(s.of(s.Activity), func(f order.Fault) bool { return !f.Remark })
}
