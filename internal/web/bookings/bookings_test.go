package bookings_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
	"transformateur/internal/web/bookings"
	"transformateur/internal/web/ui/pagetest"
)

func holds(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func wants(t *testing.T, a pagetest.Answer, status int) string {
	t.Helper()
	if a.Status != status {
		t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
	}
	return a.Body
}

func TestBookingWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			leo := w.Signed("leo@labo.example", "Léo Fabre")
			ties := func(context.Context, db.Reader, project.ID) ([]booking.Tie, error) {
				return []booking.Tie{{Person: leo.ID, Name: leo.Name}}, nil
			}
			service := booking.New(booking.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Ties: []booking.Ties{ties}})
			routes := (&bookings.Handler{Bookings: service, BaseURL: "https://appels.example.org"}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			desk := "/projects/" + string(w.Project("Campus", w.Ana)) + "/bookings"
			holds(t, as(w.Ana).Page(t, desk), "Léo Fabre", say("bookings.offers_nothing"))
			wants(t, as(w.Bob).Get(t, desk), http.StatusNotFound)

			week := url.Values{"zone": {"Europe/Paris"}, "minutes": {"30"}, "pause": {"0"}, "notice": {"24"}, "ahead": {"14"}, "version": {"0"}, "place": {"Tour A"}, "video": {"https://visio.example.org/leo"}}
			wrong := url.Values{"zone": {"Europe/Paris"}, "minutes": {"beaucoup"}, "day-1": {"le matin"}}
			holds(t, as(leo).Page(t, "/bookings/hours"), say("bookings.week"))
			holds(t, wants(t, as(leo).Post(t, "/bookings/hours", wrong), http.StatusUnprocessableEntity), say("booking.spans_wrong"), "le matin", "beaucoup")
			for _, day := range []string{"1", "2", "3", "4", "5"} {
				week.Set("day-"+day, "9:00-12:00")
			}
			wants(t, as(leo).Post(t, "/bookings/hours", week), http.StatusSeeOther)

			page := as(w.Ana).Page(t, desk)
			slots := regexp.MustCompile(`<option value="([^"]+Z)"`).FindAllStringSubmatch(page, -1)
			if len(slots) < 10 {
				t.Fatalf("%d slots in %s", len(slots), page)
			}
			wanted := url.Values{"helper": {string(leo.ID)}, "slot": {slots[0][1]}, "subject": {"Le budget"}}
			holds(t, wants(t, as(w.Ana).Post(t, desk, url.Values{"helper": {string(leo.ID)}, "slot": {slots[0][1]}}), http.StatusUnprocessableEntity), say("booking.subject_missing"))
			wants(t, as(w.Ana).Post(t, desk, wanted), http.StatusSeeOther)
			holds(t, wants(t, as(w.Ana).Post(t, desk, wanted), http.StatusConflict), say("booking.taken"), say("bookings.taken_next"))
			page = as(leo).Page(t, "/bookings")
			holds(t, page, "Le budget", w.Ana.Name)
			one := regexp.MustCompile(`/bookings/[a-z0-9]{20}`).FindString(page)
			holds(t, as(w.Ana).Page(t, one), "https://visio.example.org/leo", say("bookings.move"))
			wants(t, as(w.Bob).Get(t, one), http.StatusNotFound)
			holds(t, as(w.Ana).Get(t, one+"/meeting.ics").Body, "BEGIN:VEVENT", "SEQUENCE:0", "UID:booking-")
			wants(t, as(w.Ana).Post(t, one+"/move", url.Values{"version": {"1"}, "slot": {slots[4][1]}}), http.StatusSeeOther)
			wants(t, as(leo).Post(t, one+"/held", url.Values{"version": {"2"}, "minutes": {"30"}}), http.StatusConflict)
			wants(t, as(leo).Post(t, one+"/cancel", url.Values{"version": {"2"}, "reason": {"Un train"}}), http.StatusSeeOther)
			holds(t, as(w.Ana).Get(t, one+"/meeting.ics").Body, "SEQUENCE:2", "STATUS:CANCELLED", "METHOD:CANCEL")
			holds(t, as(w.Ana).Page(t, one), "Un train", say("bookings.state_cancelled"))

			at := w.Clock.Now().AddDate(0, 0, 3).Format("2006-01-02")
			proposed := url.Values{"start-1": {at + "T10:00"}, "start-2": {at + "T14:00"}, "minutes": {"45"}, "subject": {"Le pitch"}}
			holds(t, wants(t, as(leo).Post(t, desk+"/proposals", url.Values{"minutes": {"45"}}), http.StatusUnprocessableEntity), say("booking.starts_few", booking.MinProposed, booking.MaxProposed))
			wants(t, as(leo).Post(t, desk+"/proposals", proposed), http.StatusSeeOther)
			page = as(w.Ana).Page(t, desk)
			pick := regexp.MustCompile(desk + `/proposals/[a-z0-9]{20}/pick`).FindString(page)
			start := regexp.MustCompile(`name="(pick-[a-z0-9]{20})"[^>]*value="([^"]+Z)"`).FindStringSubmatch(page)
			if start == nil {
				t.Fatalf("no moment to pick in %s", page)
			}
			wants(t, as(w.Ana).Post(t, pick, url.Values{start[1]: {start[2]}}), http.StatusSeeOther)
			wants(t, as(leo).Post(t, desk+"/agreed", url.Values{"with": {string(w.Ana.ID)}, "start": {at + "T16:00"}, "minutes": {"30"}, "subject": {"Au téléphone"}}), http.StatusSeeOther)
			holds(t, as(w.Ana).Page(t, desk), "Au téléphone", "Le pitch")
			holds(t, wants(t, as(leo).Post(t, "/bookings/calendar", nil), http.StatusOK), "https://appels.example.org/calendar/bookings/")
		})
	}
}
