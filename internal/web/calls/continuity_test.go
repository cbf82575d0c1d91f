package calls_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"transformateur/internal/continuity"
	"transformateur/internal/i18n"
)

// After three minutes without the service in the last hour of a call, its lead finds
// the evidence, a date and a prepared text; she decides.
func TestOutageOnTheCallsPage(t *testing.T) {
	w, site := open(t)
	record := func() *continuity.Service { return continuity.New(w.DB, w.Clock, w.Policy, w.Bus, w.Calls) }
	w.Must(record().Beat(ctx))
	w.Clock.Advance(3*time.Minute + 5*time.Second)
	later := record()
	w.Must(later.Beat(ctx))
	fr, en := site(w.Lead, i18n.FR), site(w.Lead, i18n.EN)
	page := fr.Page(t, "/calls/appel/manage")
	has(t, page, "Service interrompu pendant 3 minutes 5 secondes dans la dernière heure", "le programme ne tournait pas", "De 12 h 00 min 00 s à 12 h 03 min 05 s",
		"Nouvelle clôture proposée : vendredi 5 mars 2027 à 14 h 00", "closes_at=2027-03-05T14%3A00")
	has(t, en.Page(t, "/calls/appel/manage"), "Service interrupted for 3 minutes 5 seconds in the last hour", "Suggested new deadline")

	drafts, err := later.Drafts(ctx, w.Lead, w.Call.ID)
	w.Must(err)
	query := url.Values{"closes_at": {"2027-03-05T14:00"}, "reason": {"Le service a été interrompu pendant 3 minutes 5 secondes."}}
	has(t, fr.Page(t, "/calls/appel/extend?"+query.Encode()), "Le service a été interrompu pendant 3 minutes 5 secondes.")

	for _, c := range []struct {
		name, reason string
		status       int
	}{
		{"without a reason", " ", http.StatusUnprocessableEntity},
		{"with a reason", "Personne n’écrivait", http.StatusSeeOther},
		{"twice", "encore", http.StatusConflict},
	} {
		rec := fr.Post(t, "/calls/appel/continuity", url.Values{"draft": {drafts[0].ID}, "dismissal": {c.reason}})
		if rec.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.name, rec.Code, c.status)
		}
	}
	has(t, fr.Page(t, "/calls/appel/manage"), "n’a pas reporté la clôture. Motif : Personne n’écrivait")
}
