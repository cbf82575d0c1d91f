package agendas

import (
	"context"
	"net/http"
	"strings"
	"time"

	"transformateur/internal/agenda/house"
	"transformateur/internal/agenda/order"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

// away is the form of an absence, as it was typed.
type away struct {
	day, part, from, to string
}

// needsView is the page of needs: mine, then, for who runs the gathering, everybody's.
type needsView struct {
	house.NeedsView
	mine     house.Needs
	away     away
	problems ui.Problems
}

// presence is the page of when somebody is not there, for who runs the gathering.
type presence struct {
	house.Presence
	away     away
	problems ui.Problems
}

func dayOptions(ctx context.Context, g gathering.Gathering, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, d := range house.DaysOf(g) {
		c.Options = append(c.Options, ui.Option{Value: d, Label: ui.DayOf(ctx, g.Zone, d)})
	}
	return c
}

func parts(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, p := range house.Parts {
		c.Options = append(c.Options, ui.Option{Value: string(p), Label: i18n.T(ctx, "agendas.part_"+string(p))})
	}
	return c
}

// absenceText says when somebody is not there.
func absenceText(ctx context.Context, g gathering.Gathering, a house.Absence) string {
	return i18n.T(ctx, "agendas.absence_on", ui.DayOf(ctx, g.Zone, a.Day), absenceHours(ctx, a))
}

func absenceHours(ctx context.Context, a house.Absence) string {
	switch part := a.Part(); {
	case part != house.Hours:
		return i18n.T(ctx, "agendas.part_"+string(part))
	case a.From == 0:
		return i18n.T(ctx, "agendas.absence_until", a.To.Clock())
	case a.To == order.Latest:
		return i18n.T(ctx, "agendas.absence_from", a.From.Clock())
	}
	return i18n.T(ctx, "agendas.absence_between", a.From.Clock(), a.To.Clock())
}

// AwayWords says in a line when each participant is not there, to who runs a gathering:
// the pages of its people show it beside names.
func (h *Handler) AwayWords(r *http.Request, id gathering.ID) (map[string]string, error) {
	ctx := r.Context()
	all, err := h.House.AllAbsences(ctx, ui.User(r), id)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	said := map[string]string{}
	for who, list := range all {
		var one []string
		for _, a := range list {
			one = append(one, i18n.T(ctx, "agendas.absence_on", shortDay(ctx, a.Day), absenceHours(ctx, a)))
		}
		said[who] = i18n.T(ctx, "agendas.away", strings.Join(one, " ; "))
	}
	return said, nil
}

// list says words of a list in a line.
func list(ctx context.Context, name naming, said []string) string {
	var names []string
	for _, word := range said {
		names = append(names, name(ctx, word))
	}
	return strings.Join(names, ", ")
}

func pictures(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, one := range []string{house.PicturesYes, house.PicturesNo} {
		c.Options = append(c.Options, ui.Option{Value: one, Label: picturesName(ctx, one)})
	}
	return c
}

func typedNeeds(r *http.Request) house.Needs {
	form := r.PostFormValue
	return house.Needs{Note: form("note"), Pictures: form("pictures"), Access: r.PostForm["access"], Diets: r.PostForm["diet"]}
}

// typedAway is an absence as it was typed: hours from the morning when the first is
// missing, until the night when the second is; neither is no hours.
func typedAway(r *http.Request) (a away, w house.AbsenceSheet) {
	form := r.PostFormValue
	a = away{form("day"), form("part"), form("from"), form("to")}
	w = house.AbsenceSheet{Day: a.day, Part: house.Part(a.part), To: order.Latest}
	okFrom, okTo := a.from == "", a.to == ""
	if okFrom && okTo {
		w.To = 0
	}
	if !okFrom {
		w.From, okFrom = minuteOf(a.from)
	}
	if !okTo {
		w.To, okTo = minuteOf(a.to)
	}
	if !okFrom || !okTo {
		w.From = -1
	}
	return a, w
}

func (h *Handler) needsView(r *http.Request) (v needsView, err error) {
	v.NeedsView, err = h.House.Needs(r.Context(), ui.User(r), idOf(r))
	v.mine = v.Mine
	return v, err
}

func (h *Handler) needs(w http.ResponseWriter, r *http.Request) error {
	v, err := h.needsView(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, needsPage(v))
}

// onNeeds leads back to the needs, or shows there why nothing was done, with what was typed.
func (h *Handler) onNeeds(w http.ResponseWriter, r *http.Request, err error, said string, keep func(*needsView)) error {
	return acted(w, r, err, acting{at(idOf(r), "needs"), said, func(problems ui.Problems, status int) error {
		v, missing := h.needsView(r)
		if missing != nil {
			return missing
		}
		v.problems = problems
		keep(&v)
		return ui.Render(w, r, status, needsPage(v))
	}})
}

func (h *Handler) tell(w http.ResponseWriter, r *http.Request) error {
	said := typedNeeds(r)
	return h.onNeeds(w, r, h.House.TellNeeds(r.Context(), ui.User(r), idOf(r), said), "agendas.needs_done", func(v *needsView) { v.mine = said })
}

func (h *Handler) noteMine(w http.ResponseWriter, r *http.Request) error {
	a, sheet := typedAway(r)
	return h.onNeeds(w, r, h.House.NoteAbsence(r.Context(), ui.User(r), idOf(r), "", sheet), "agendas.absence_done", func(v *needsView) { v.away = a })
}

func (h *Handler) removeMine(w http.ResponseWriter, r *http.Request) error {
	return h.onNeeds(w, r, h.House.RemoveAbsence(r.Context(), ui.User(r), idOf(r), "", r.PathValue("absence")), "agendas.absence_removed_done", func(*needsView) {})
}

func (h *Handler) presence(r *http.Request) (v presence, err error) {
	v.Presence, err = h.House.Absences(r.Context(), ui.User(r), idOf(r), r.PathValue("participant"))
	return v, err
}

func (h *Handler) absences(w http.ResponseWriter, r *http.Request) error {
	v, err := h.presence(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, presencePage(v))
}

// onPresence leads back to somebody's absences, or shows there why nothing was done.
func (h *Handler) onPresence(w http.ResponseWriter, r *http.Request, err error, said string) error {
	return acted(w, r, err, acting{at(idOf(r), "people", r.PathValue("participant"), "absences"), said, func(problems ui.Problems, status int) error {
		v, missing := h.presence(r)
		if missing != nil {
			return missing
		}
		v.problems = problems
		v.away, _ = typedAway(r)
		return ui.Render(w, r, status, presencePage(v))
	}})
}

func (h *Handler) noteHers(w http.ResponseWriter, r *http.Request) error {
	_, sheet := typedAway(r)
	return h.onPresence(w, r, h.House.NoteAbsence(r.Context(), ui.User(r), idOf(r), r.PathValue("participant"), sheet), "agendas.absence_done")
}

func (h *Handler) removeHers(w http.ResponseWriter, r *http.Request) error {
	return h.onPresence(w, r, h.House.RemoveAbsence(r.Context(), ui.User(r), idOf(r), r.PathValue("participant"), r.PathValue("absence")), "agendas.absence_removed_done")
}

// counts are what is counted, in rows.
func (v needsView) counts(ctx context.Context) (rows []ui.Pair) {
	for _, of := range []struct {
		title string
		name  naming
		list  []house.Count
	}{{"agendas.count_diet", dietName, v.Diets}, {"agendas.count_access", needName, v.Access}, {"agendas.count_pictures", picturesName, v.Pictures}} {
		var said []string
		for _, c := range of.list {
			said = append(said, i18n.T(ctx, "agendas.count", of.name(ctx, c.Word), c.N))
		}
		if len(said) > 0 {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, of.title), Text: strings.Join(said, " · ")})
		}
	}
	return rows
}

func shortDay(ctx context.Context, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return ui.ShortDay(ctx, t)
}
