package bookings

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"transformateur/internal/i18n"
	"transformateur/internal/platform/calendar"
	"transformateur/internal/platform/text"
	"transformateur/internal/support/booking"
	"transformateur/internal/web/ui"
)

// meeting is the page of one booking.
type meeting struct {
	booking.Meeting
	problems ui.Problems
	typed    func(string) string
}

func (h *Handler) one(w http.ResponseWriter, r *http.Request, status int, problems ui.Problems) error {
	m, err := h.Bookings.Read(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, onePage(meeting{m, problems, r.PostFormValue}))
}

func (h *Handler) show(w http.ResponseWriter, r *http.Request) error {
	return h.one(w, r, http.StatusOK, nil)
}

func (h *Handler) acted(w http.ResponseWriter, r *http.Request, err error, said string) error {
	if problems, show := ui.Again(r.Context(), err); show {
		return h.one(w, r, ui.StatusOf(err), problems)
	}
	if err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r)), said)
}

func (h *Handler) move(w http.ResponseWriter, r *http.Request) error {
	by := ui.User(r)
	start := picked(r.PostFormValue("slot"))
	if start.IsZero() {
		var err error
		if start, err = typed(r.PostFormValue("start"), by); err != nil {
			return h.acted(w, r, err, "")
		}
	}
	return h.acted(w, r, h.Bookings.Move(r.Context(), by, idOf(r), version(r), start), "bookings.moved_done")
}

func (h *Handler) cancel(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Bookings.Cancel(r.Context(), ui.User(r), idOf(r), version(r), r.PostFormValue("reason")), "bookings.cancelled_done")
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Bookings.Refuse(r.Context(), ui.User(r), idOf(r), version(r), r.PostFormValue("reason")), "bookings.refused_done")
}

func (h *Handler) held(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Bookings.Hold(r.Context(), ui.User(r), idOf(r), version(r), number(r.PostFormValue("minutes"))), "bookings.held_done")
}

func (h *Handler) missed(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Bookings.Miss(r.Context(), ui.User(r), idOf(r), version(r), booking.Side(r.PostFormValue("missing"))), "bookings.missed_done")
}

func (h *Handler) notes(w http.ResponseWriter, r *http.Request) error {
	return h.acted(w, r, h.Bookings.Write(r.Context(), ui.User(r), idOf(r), version(r), r.PostFormValue("notes")), "bookings.notes_done")
}

// file is the meeting for one's own calendar.
func (h *Handler) file(w http.ResponseWriter, r *http.Request) error {
	m, err := h.Bookings.Read(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	return h.calendar(w, r.Context(), []booking.Meeting{m}, true)
}

// feed is what a calendar reads at a secret address, in the language of its owner.
func (h *Handler) feed(w http.ResponseWriter, r *http.Request) error {
	f, err := h.Bookings.Follow(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return h.calendar(w, i18n.With(r.Context(), i18n.Lang(f.Lang)), f.Meetings, false)
}

func (h *Handler) calendar(w http.ResponseWriter, ctx context.Context, list []booking.Meeting, saved bool) error {
	var entries []calendar.Entry
	for _, m := range list {
		entries = append(entries, h.entry(ctx, m))
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	if saved {
		w.Header().Set("Content-Disposition", ui.Attachment(text.Slug(i18n.T(ctx, "bookings.meeting"))+".ics"))
	}
	write := calendar.Text
	if saved && len(entries) == 1 && entries[0].Gone {
		write = calendar.Cancel
	}
	_, err := w.Write([]byte(write(i18n.T(ctx, "bookings.title"), entries)))
	return err
}

// entry is a meeting as a calendar tells it: the same event from one time to the next.
func (h *Handler) entry(ctx context.Context, m booking.Meeting) calendar.Entry {
	host := "transformateur"
	if u, err := url.Parse(h.BaseURL); err == nil && u.Host != "" {
		host = u.Hostname()
	}
	e := calendar.Entry{UID: "booking-" + string(m.ID) + "@" + host, Title: i18n.T(ctx, "bookings.with", m.Other()), Place: m.Place, URL: h.BaseURL + at(m.ID),
		Starts: ui.Local(m.Start, m.Zone), Ends: ui.Local(m.End, m.Zone), Sequence: m.Sequence, Changed: m.ChangedAt, Gone: m.State == booking.Cancelled || m.State == booking.Refused}
	for _, line := range []string{m.Subject, m.Video, e.URL} {
		if line != "" && e.Text != "" {
			e.Text += "\n"
		}
		e.Text += line
	}
	return e
}

// facts are what stands of a meeting besides its time.
func (v meeting) facts(ctx context.Context) (rows []ui.Pair) {
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, ui.Pair{Term: i18n.T(ctx, key), Text: value})
		}
	}
	add("bookings.project", v.Title)
	add("bookings.helper", v.HelperName)
	add("bookings.guest", v.GuestName)
	add("bookings.subject", v.Subject)
	add("bookings.place", v.Place)
	if v.Video != "" {
		rows = append(rows, ui.Pair{Term: i18n.T(ctx, "bookings.video"), Detail: videoLink(v.Video)})
	}
	add("bookings.origin", i18n.T(ctx, "bookings.origin_"+v.Origin))
	if v.State == booking.Cancelled || v.State == booking.Refused {
		add("bookings.ended", v.ended(ctx))
		add("bookings.reason", v.Reason)
	}
	if v.State == booking.Missed {
		add("bookings.missing", i18n.T(ctx, "bookings.missing_"+string(v.Missing)))
	}
	if v.HelperMinutes > 0 {
		add("bookings.helper_said", i18n.N(ctx, "bookings.minutes_count", v.HelperMinutes))
	}
	if v.GuestMinutes > 0 {
		add("bookings.team_said", i18n.N(ctx, "bookings.minutes_count", v.GuestMinutes))
	}
	return rows
}

// ended says how long before its time a meeting was given up.
func (v meeting) ended(ctx context.Context) string {
	said := i18n.N(ctx, "bookings.ended_hours", v.EndedBefore/60)
	if v.Late {
		said += " " + i18n.N(ctx, "bookings.ended_late", v.Notice)
	}
	return said
}

func sides(ctx context.Context, chosen string) ui.Choice {
	c := ui.Choice{Chosen: []string{chosen}}
	for _, s := range []booking.Side{booking.Helper, booking.Team, booking.Both} {
		c.Options = append(c.Options, ui.Option{Value: string(s), Label: i18n.T(ctx, "bookings.missing_"+string(s))})
	}
	return c
}

func (v meeting) length() string { return strconv.Itoa(v.Minutes()) }

// request is where the drawing right that a meeting spends is followed, by each side.
func (v meeting) request() string {
	if v.Side == booking.Helper {
		return "/experts/requests"
	}
	return "/projects/" + url.PathEscape(string(v.Project)) + "/rights/" + url.PathEscape(v.About.ID)
}
