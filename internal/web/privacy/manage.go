package privacy

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/privacy"
	"transformateur/internal/web/ui"
)

// calendarView is the page of the calendar.
type calendarView struct {
	privacy.Calendar
	zone     string
	base     string // address of the page
	typed    typed
	problems ui.Problems
}

// typed is what was written in a form that comes back.
type typed struct{ rule, days, file, until, reason, email string }

func base(programme string) string {
	if programme == "" {
		return "/privacy/calendar"
	}
	return "/privacy/programmes/" + programme
}

func (h *Handler) calendar(w http.ResponseWriter, r *http.Request) error {
	return h.showCalendar(w, r, http.StatusOK, typed{}, nil)
}

func (h *Handler) showCalendar(w http.ResponseWriter, r *http.Request, status int, t typed, problems ui.Problems) error {
	by, programme := ui.User(r), r.PathValue("programme")
	c, err := h.Privacy.Calendar(r.Context(), by, programme)
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, calendarPage(calendarView{Calendar: c, zone: by.Zone, base: base(programme), typed: t, problems: problems}))
}

func (h *Handler) setDays(w http.ResponseWriter, r *http.Request) error {
	programme := r.PathValue("programme")
	t := typed{rule: r.PostFormValue("rule"), days: r.PostFormValue("days"), reason: r.PostFormValue("why")}
	n, _ := strconv.Atoi(t.days) // what is no number is out of bounds
	err := h.Privacy.SetDays(r.Context(), ui.User(r), privacy.Duration{Programme: programme, Rule: t.rule, Days: n, Reason: t.reason})
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.showCalendar(w, r, http.StatusUnprocessableEntity, t, renamed(problems))
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, base(programme), "privacy.calendar_set_done")
}

func (h *Handler) extend(w http.ResponseWriter, r *http.Request) error {
	programme := r.PathValue("programme")
	t := typed{file: r.PostFormValue("file"), until: r.PostFormValue("until"), reason: r.PostFormValue("reason")}
	by := ui.User(r)
	var until time.Time
	if day, err := time.ParseInLocation("2006-01-02", t.until, zone.Location(by.Zone)); err == nil {
		until = day.AddDate(0, 0, 1) // the day itself included
	}
	err := h.Privacy.Extend(r.Context(), by, privacy.Longer{Programme: programme, Object: t.file, Until: until, Reason: t.reason})
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.showCalendar(w, r, http.StatusUnprocessableEntity, t, problems)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, base(programme), "privacy.extended_done")
}

// lasts says how long a rule keeps.
func lasts(ctx context.Context, l privacy.Line) string {
	switch {
	case l.Days == 0:
		return i18n.T(ctx, "privacy.calendar_open")
	case l.Reach == privacy.PerCall:
		return i18n.T(ctx, "privacy.calendar_percall", l.Now)
	}
	return i18n.N(ctx, "privacy.calendar_days_n", l.Now)
}

func bounds(ctx context.Context, l privacy.Line) string {
	if l.Reach == privacy.Fixed {
		return ""
	}
	return i18n.T(ctx, "privacy.calendar_bounds", l.Min, l.Max)
}

// changeable lists the rules whose duration may be changed on this page.
func (v calendarView) changeable(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.typed.rule}}
	for _, l := range v.Lines {
		if l.Reach != privacy.Fixed && (v.Programme == "" || l.Reach == privacy.Programme) {
			c.Options = append(c.Options, ui.Option{Value: l.Key, Label: i18n.T(ctx, "privacy.rule_"+l.Key) + " (" + bounds(ctx, l) + ")"})
		}
	}
	return c
}

func (v calendarView) extendable(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.typed.file}}
	for _, e := range v.Endings {
		c.Options = append(c.Options, ui.Option{Value: e.Object.ID, Label: ends(ctx, e)})
	}
	return c
}

// ends says what will go.
func ends(ctx context.Context, e privacy.Ending) string {
	switch {
	case e.Object.Kind == "application":
		return i18n.T(ctx, "privacy.endings_file", e.Number, e.Call)
	case e.Title == "":
		return i18n.T(ctx, "privacy.endings_project_untold", e.Object.ID, e.Edition)
	}
	return i18n.T(ctx, "privacy.endings_project", e.Title, e.Edition)
}

func (v calendarView) when(ctx context.Context, at time.Time) string {
	return text.Date(lang(ctx), ui.Local(at, v.zone))
}

// requestsView is the page of the data protection officer.
type requestsView struct {
	zone     string
	requests []privacy.Request
	holds    []privacy.Hold
	typed    typed
	held     typed
	erasure  ui.Problems // of the form that erases
	holding  ui.Problems // of the form that holds
}

func (h *Handler) requests(w http.ResponseWriter, r *http.Request) error {
	return h.showRequests(w, r, http.StatusOK, requestsView{})
}

func (h *Handler) showRequests(w http.ResponseWriter, r *http.Request, status int, v requestsView) (err error) {
	by := ui.User(r)
	v.zone = by.Zone
	if v.requests, err = h.Privacy.Requests(r.Context(), by); err != nil {
		return err
	}
	if v.holds, err = h.Privacy.Holds(r.Context(), by); err != nil {
		return err
	}
	return ui.Render(w, r, status, requestsPage(v))
}

func (h *Handler) eraseFor(w http.ResponseWriter, r *http.Request) error {
	t := typed{email: r.PostFormValue("email"), reason: r.PostFormValue("reason")}
	err := h.Privacy.EraseFor(r.Context(), ui.User(r), t.email, t.reason)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.showRequests(w, r, http.StatusUnprocessableEntity, requestsView{typed: t, erasure: problems})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, "/privacy/requests", "privacy.erase_for_done")
}

func (h *Handler) hold(w http.ResponseWriter, r *http.Request) error {
	t := typed{email: r.PostFormValue("person"), file: r.PostFormValue("file"), reason: r.PostFormValue("why")}
	err := h.Privacy.PlaceHold(r.Context(), ui.User(r), t.email, t.file, t.reason)
	if problems := ui.ProblemsOf(r.Context(), err); problems != nil {
		return h.showRequests(w, r, http.StatusUnprocessableEntity, requestsView{held: t, holding: renamed(problems)})
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, "/privacy/requests", "privacy.hold_placed_done")
}

// renamed gives problems the names that the fields have in the second form of the page.
func renamed(problems ui.Problems) ui.Problems {
	for i, p := range problems {
		switch p.Path {
		case "email":
			problems[i].Path = "person"
		case "reason":
			problems[i].Path = "why"
		}
	}
	return problems
}

func (h *Handler) lift(w http.ResponseWriter, r *http.Request) error {
	if err := h.Privacy.LiftHold(r.Context(), ui.User(r), r.PostFormValue("hold")); err != nil {
		return err
	}
	return ui.Done(w, r, "/privacy/requests", "privacy.hold_lifted_done")
}

func (v requestsView) state(ctx context.Context, q privacy.Request) string {
	day := func(at time.Time) string { return text.Date(lang(ctx), ui.Local(at, v.zone)) }
	switch {
	case !q.DoneAt.IsZero():
		return i18n.T(ctx, "privacy.requests_done", day(q.DoneAt))
	case !q.CancelledAt.IsZero():
		return i18n.T(ctx, "privacy.requests_cancelled", day(q.CancelledAt))
	case q.Held:
		return i18n.T(ctx, "privacy.requests_held")
	}
	return i18n.T(ctx, "privacy.requests_due", day(q.DueAt))
}

func who(ctx context.Context, q privacy.Request) string {
	if q.Name == privacy.Gone {
		return i18n.T(ctx, "privacy.requests_nobody")
	}
	return q.Name
}

func askedHow(ctx context.Context, q privacy.Request) string {
	if q.AskedBy == "person:"+q.PersonID {
		return i18n.T(ctx, "privacy.requests_own")
	}
	return i18n.T(ctx, "privacy.requests_officer", q.Reason)
}

// The page of the calendar has two forms that ask for a reason: each keeps its own.
func (v calendarView) extendError(path string) string {
	if v.typed.rule != "" {
		return ""
	}
	return v.problems.At(path)
}

func (v calendarView) extendReason() string {
	if v.typed.rule != "" {
		return ""
	}
	return v.typed.reason
}

func (v calendarView) changeReason() string {
	if v.typed.rule == "" {
		return ""
	}
	return v.typed.reason
}
