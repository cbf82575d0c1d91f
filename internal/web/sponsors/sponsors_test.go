package sponsors_test

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
	"transformateur/internal/policy"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/sponsor"
	"transformateur/internal/support/visit"
	"transformateur/internal/web/sponsors"
	"transformateur/internal/web/ui/pagetest"
)

func TestSponsorsWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w, ctx := gatheringtest.New(t, dbtest.SQLite(t)), context.Background()
			bookings := booking.New(booking.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Ties: []booking.Ties{sponsor.Ties}})
			service := sponsor.New(sponsor.Deps{DB: w.DB, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Bookings: bookings})
			routes := (&sponsors.Handler{Sponsors: service, Visits: visit.New(w.DB, w.Clock, w.Policy, w.Bus)}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			holds := func(page string, texts ...string) {
				t.Helper()
				for _, want := range texts {
					if !strings.Contains(page, want) {
						t.Errorf("the page lacks %q", want)
					}
				}
			}
			wants := func(a pagetest.Answer, status int) string {
				t.Helper()
				if a.Status != status {
					t.Fatalf("answers %d, want %d: %s", a.Status, status, a.Body)
				}
				return a.Body
			}
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			one, all := "/projects/"+string(w.Project("Campus", w.Ana))+"/sponsor", "/editions/"+gatheringtest.Edition+"/sponsors"
			leo, eva := w.Signed("leo@labo.example", "Léo Fabre"), w.Signed("eva@labo.example", "Eva Sage")
			for _, who := range []account.User{leo, eva} {
				w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
					return w.Policy.Grant(ctx, tx, w.Lead, policy.Relation{SubjectID: string(who.ID), Relation: sponsor.Relation, Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}})
				}))
			}
			holds(as(w.Lead).Page(t, all), "Léo Fabre", "Campus", say("sponsors.without"))
			wants(as(w.Lead).Post(t, all, url.Values{"email": {"personne"}, "lang": {"fr"}}), http.StatusUnprocessableEntity)
			wants(as(w.Lead).Post(t, all, url.Values{"email": {"max@labo.example"}, "lang": {"fr"}}), http.StatusSeeOther)
			holds(as(w.Lead).Page(t, all), "max@labo.example")
			wants(as(w.Lead).Post(t, one, nil), http.StatusUnprocessableEntity)
			wants(as(w.Lead).Post(t, one, url.Values{"person": {string(leo.ID)}}), http.StatusSeeOther)
			holds(as(w.Ana).Page(t, one), "Léo Fabre", say("sponsors.meet"))
			was := regexp.MustCompile(`name="was" value="([a-z0-9]+)"`).FindStringSubmatch(as(w.Lead).Page(t, one))
			change := url.Values{"person": {string(eva.ID)}, "was": {was[1]}}
			holds(wants(as(w.Lead).Post(t, one, change), http.StatusUnprocessableEntity), say("sponsor.handover_missing"))
			change.Set("handover", "Le budget reste à revoir.")
			wants(as(w.Lead).Post(t, one, change), http.StatusSeeOther)
			holds(as(eva).Page(t, one), "Le budget reste à revoir.", "Léo Fabre")
			if strings.Contains(as(w.Ana).Page(t, one), "Le budget") {
				t.Error("the team reads the note of handover")
			}
			wants(as(leo).Get(t, one), http.StatusNotFound)
			sheet := url.Values{"person": {string(leo.ID)}, "version": {"0"}, "subjects": {"Jardins"}, "capacity": {"beaucoup"}}
			holds(wants(as(w.Lead).Post(t, all+"/profiles", sheet), http.StatusUnprocessableEntity), say("sponsor.capacity_wrong", sponsor.MaxCapacity))
			sheet.Set("capacity", "3")
			wants(as(w.Lead).Post(t, all+"/profiles", sheet), http.StatusSeeOther)
			wants(as(w.Lead).Post(t, all+"/profiles", sheet), http.StatusConflict)
			garden := w.Project("Jardin partagé", w.Bob)
			proposed := as(w.Lead).Page(t, all+"/proposal")
			holds(proposed, say("sponsors.why_subjects", "Jardins"), "named."+string(garden))
			stamp := regexp.MustCompile(`name="stamp" value="([a-z0-9]+)"`).FindStringSubmatch(proposed)
			chosen := url.Values{"stamp": {"vieux"}, "named." + string(garden): {string(leo.ID)}}
			holds(wants(as(w.Lead).Post(t, all+"/proposal", chosen), http.StatusConflict), say("sponsor.proposal_stale"))
			chosen.Set("stamp", stamp[1])
			wants(as(w.Lead).Post(t, all+"/proposal", chosen), http.StatusSeeOther)
			holds(as(w.Bob).Page(t, "/projects/"+string(garden)+"/sponsor"), "Léo Fabre")
			wants(as(w.Ana).Get(t, all+"/proposal"), http.StatusForbidden)
		})
	}
}
