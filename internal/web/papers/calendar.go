package papers

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"time"

	"transformateur/internal/agenda/papers"
	"transformateur/internal/gathering"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/calendar"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/web/ui"
)

// index is the page of papers and calendars.
type index struct {
	papers.Book
	badge      string // the code of the reader's own, "" for none
	badgeURL   string
	subscribed time.Time
	secret     string // the address, shown once after it was made
}

func (h *Handler) reading(r *http.Request) (v index, err error) {
	ctx := r.Context()
	if v.Book, err = h.open(r); err != nil {
		return v, err
	}
	if v.Seat == nil {
		return v, nil
	}
	if v.badge, err = h.Entrance.Badge(ctx, ui.User(r), v.ID); err != nil {
		return v, err
	}
	v.badgeURL = h.BaseURL + at(v.ID, "entrance") + "?badge=" + v.badge
	v.subscribed, err = h.Papers.Subscribed(ctx, ui.User(r), v.ID)
	return v, err
}

func (h *Handler) index(w http.ResponseWriter, r *http.Request) error {
	v, err := h.reading(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, indexPage(v))
}

// subscribe shows the secret address this once: nothing keeps it.
func (h *Handler) subscribe(w http.ResponseWriter, r *http.Request) error {
	secret, err := h.Papers.Subscribe(r.Context(), ui.User(r), idOf(r))
	if err != nil {
		return err
	}
	v, err := h.reading(r)
	if err != nil {
		return err
	}
	v.secret = h.BaseURL + "/calendar/" + secret
	w.Header().Set("Cache-Control", "no-store")
	return ui.Render(w, r, http.StatusOK, indexPage(v))
}

func (h *Handler) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := h.Papers.Revoke(r.Context(), ui.User(r), idOf(r)); err != nil {
		return err
	}
	return ui.Done(w, r, at(idOf(r), "papers"), "papers.revoked_done")
}

// calendar is the reader's own agenda, to keep.
func (h *Handler) calendar(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Papers.Mine(r.Context(), ui.User(r), idOf(r))
	if err == nil && a.Version == nil {
		err = errs.New(errs.Conflict, "schedule.none")
	}
	if err != nil {
		return err
	}
	return h.tell(w, r.Context(), a, telling{a.Title, "mine", a.Seat.ID, true})
}

// roomCalendar is that of a room.
func (h *Handler) roomCalendar(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Papers.OfRoom(r.Context(), ui.User(r), idOf(r), r.PathValue("room"))
	if err == nil && a.Version == nil {
		err = errs.New(errs.Conflict, "schedule.none")
	}
	if err != nil {
		return err
	}
	return h.tell(w, r.Context(), a, telling{a.Room(r.PathValue("room")).Name, "room", "", true})
}

// feed is what a calendar reads at a secret address, in the language of its owner.
func (h *Handler) feed(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Papers.Read(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return h.tell(w, i18n.With(r.Context(), i18n.Lang(a.Lang)), a, telling{a.Title, "mine", a.Seat.ID, false})
}

// telling is how an agenda is told.
type telling struct {
	name  string // of the calendar
	of    string // "mine" or "room": who meets whom is said to who is in it alone
	but   string // the reader's seat
	saved bool   // as a file
}

func (h *Handler) tell(w http.ResponseWriter, ctx context.Context, a papers.Agenda, t telling) error {
	var out bytes.Buffer
	out.WriteString(calendar.Text(t.name, h.entries(ctx, a, t)))
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	if t.saved {
		w.Header().Set("Content-Disposition", ui.Attachment(text.Slug(t.name)+".ics"))
	}
	_, err := out.WriteTo(w)
	return err
}

// entries are the moments of an agenda as a calendar tells them.
func (h *Handler) entries(ctx context.Context, a papers.Agenda, t telling) (list []calendar.Entry) {
	host := "transformateur"
	if u, err := url.Parse(h.BaseURL); err == nil && u.Host != "" {
		host = u.Hostname()
	}
	now := h.BaseURL + at(a.ID, "now")
	for _, m := range a.Moments {
		title := titleOf(ctx, a.Book, m.Activity)
		what := joined(about(a.Book, m.Sitting, title), m.Activity.About)
		if t.of == "mine" {
			what = joined(what, companions(ctx, a.Book, m.Sitting, t.but))
		}
		where := joined(place(ctx, a.Book, m.Sitting), a.Place)
		list = append(list, calendar.Entry{UID: uid(t.of, a.ID, m.ID, host), Title: title, Text: lines(what, now), Place: where, URL: now,
			Starts: m.Starts, Ends: m.Ends, Sequence: m.Sequence, Changed: m.Changed, Gone: m.Gone})
	}
	return list
}

// uid is what a sitting is called in calendars, from one version of the plan to the next: a
// person's and a room's are two events, which change each for itself.
func uid(of string, id gathering.ID, sitting, host string) string {
	return of + "-" + string(id) + "-" + sitting + "@" + host
}

func lines(what, address string) string {
	if what == "" {
		return address
	}
	return what + "\n" + address
}
