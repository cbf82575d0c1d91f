package bookings_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

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

func TestTheProgrammeCancelsWithAReason(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := gatheringtest.New(t, dbtest.SQLite(t))
			leo := w.Signed("leo@labo.example", "Léo Fabre")
			ties := func(context.Context, db.Reader, project.ID) ([]booking.Tie, error) {
				return []booking.Tie{{Person: leo.ID, Name: leo.Name}}, nil
			}
			service := booking.New(booking.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Ties: []booking.Ties{ties}})
			as := func(by account.User) pagetest.Site {
				return pagetest.Site{Routes: (&bookings.Handler{Bookings: service}).Routes(), By: by, Lang: lang}
			}
			campus := w.Project("Campus", w.Ana)
			all := "/projects/" + string(campus) + "/bookings/all"
			holds(t, as(w.Lead).Page(t, all), i18n.Say(lang, "bookings.overseen_none"))
			id, err := service.Record(context.Background(), leo, campus, booking.Agreed{With: w.Ana.ID, Start: w.Clock.Now().Add(72 * time.Hour), Minutes: 60, Subject: "Le budget", Video: "https://visio.example/secret"})
			w.Must(err)
			page := as(w.Lead).Page(t, all)
			holds(t, page, "Le budget", "Léo Fabre", w.Ana.Name)
			if strings.Contains(page, "visio.example") {
				t.Error("the programme is given the address of a call")
			}
			wants(t, as(w.Ana).Get(t, all), http.StatusForbidden)
			wants(t, as(w.Bob).Get(t, all), http.StatusNotFound)
			end := "/projects/" + string(campus) + "/bookings/" + string(id) + "/end"
			holds(t, wants(t, as(w.Lead).Post(t, end, url.Values{"version": {"1"}}), http.StatusUnprocessableEntity), i18n.Say(lang, "booking.reason_missing"), `name="reason.`+string(id))
			wants(t, as(w.Lead).Post(t, end, url.Values{"version": {"1"}, "reason." + string(id): {"Grève des trains"}}), http.StatusSeeOther)
			holds(t, as(w.Lead).Page(t, all), "Grève des trains", i18n.Say(lang, "bookings.state_cancelled"))
		})
	}
}
