package bookings

import (
	"net/http"
	"strconv"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/zone"
	"transformateur/internal/support/booking"
	"transformateur/internal/web/ui"
)

// agenda is the page of one's own meetings.
type agenda struct {
	booking.Agenda
	secret string // the address of the calendar, shown this once
}

func (h *Handler) mine(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Bookings.Mine(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, minePage(agenda{Agenda: a}))
}

// subscribe shows the secret address this once: nothing keeps it.
func (h *Handler) subscribe(w http.ResponseWriter, r *http.Request) error {
	secret, err := h.Bookings.Subscribe(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	a, err := h.Bookings.Mine(r.Context(), ui.User(r))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return ui.Render(w, r, http.StatusOK, minePage(agenda{a, h.BaseURL + "/calendar/bookings/" + secret}))
}

func (h *Handler) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := h.Bookings.Revoke(r.Context(), ui.User(r)); err != nil {
		return err
	}
	return ui.Done(w, r, "/bookings", "bookings.revoked_done")
}

// hoursForm is when one can be met, as it is typed.
type hoursForm struct {
	booking.Sheet
	lang     string
	problems ui.Problems
	numbers  [4]string // length, pause, notice, ahead, as they were typed
}

func (h *Handler) hours(w http.ResponseWriter, r *http.Request) error {
	by := ui.User(r)
	was, err := h.Bookings.Open(r.Context(), by)
	if err != nil {
		return err
	}
	if was.Version == 0 {
		was.Zone, was.Minutes, was.Pause, was.Notice, was.Ahead = zoneName(by.Zone), 45, 15, 48, 30
	}
	s := was.Sheet()
	return ui.Render(w, r, http.StatusOK, hoursPage(hoursForm{Sheet: s, lang: string(i18n.From(r.Context())),
		numbers: [4]string{strconv.Itoa(s.Minutes), strconv.Itoa(s.Pause), strconv.Itoa(s.Notice), strconv.Itoa(s.Ahead)}}))
}

func (h *Handler) offer(w http.ResponseWriter, r *http.Request) error {
	form := r.PostFormValue
	v := hoursForm{lang: string(i18n.From(r.Context())), numbers: [4]string{form("minutes"), form("pause"), form("notice"), form("ahead")}}
	v.Sheet = booking.Sheet{Zone: form("zone"), Minutes: number(form("minutes")), Pause: number(form("pause")), Notice: number(form("notice")), Ahead: number(form("ahead")),
		Place: form("place"), Video: form("video"), Off: form("off"), Once: form("once"), Version: version(r)}
	for i := range v.Days {
		v.Days[i] = form(dayField(i))
	}
	err := h.Bookings.Offer(r.Context(), ui.User(r), v.Sheet)
	if problems, show := ui.Again(r.Context(), err); show {
		v.problems = problems
		return ui.Render(w, r, ui.StatusOf(err), hoursPage(v))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, "/bookings", "bookings.hours_done")
}

// dayField is the name of the field of a day of the week, Monday first.
func dayField(i int) string { return "day-" + strconv.Itoa(i+1) }

// zones are those that can be chosen, and the one that stands.
func (v hoursForm) zones() ui.Choice {
	c := ui.Choice{Chosen: []string{v.Zone}}
	for _, z := range zone.Offered() {
		c.Options = append(c.Options, ui.Option{Value: z.Name, Label: z.Label(v.lang)})
	}
	if _, known := zone.Find(v.Zone); !known && v.Zone != "" {
		c.Options = append(c.Options, ui.Option{Value: v.Zone, Label: v.Zone})
	}
	return c
}
