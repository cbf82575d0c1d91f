package continuity_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"transformateur/internal/application/applicationtest"
	"transformateur/internal/continuity"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	pages "transformateur/internal/web/continuity"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&#39;", "'", "&amp;", "&").Replace(s)
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(plain(text), part) {
			t.Errorf("no %q in %s", part, plain(text))
		}
	}
}

// After three minutes without the service in the last hour of a call, its lead finds
// the evidence, a date and a prepared text; she decides.
func TestOutageOfTheLastHour(t *testing.T) {
	w := applicationtest.New(t, dbtest.SQLite(t))
	record := func() *continuity.Service { return continuity.New(w.DB, w.Clock, w.Policy, w.Bus, w.Calls) }
	w.Must(record().Beat(ctx))
	later := record()
	h := &pages.Handler{Calls: w.Calls, Continuity: later}
	fr, en := pagetest.Site{Routes: h.Routes(), By: w.Lead, Lang: i18n.FR}, pagetest.Site{Routes: h.Routes(), By: w.Lead, Lang: i18n.EN}
	has(t, fr.Page(t, "/calls/appel/continuity"), "Aucune interruption n’a touché")
	w.Clock.Advance(3*time.Minute + 5*time.Second)
	w.Must(later.Beat(ctx))
	has(t, fr.Page(t, "/calls/appel/continuity"), "Service interrompu pendant 3 minutes 5 secondes dans la dernière heure", "le programme ne tournait pas",
		"De 12 h 00 min 00 s à 12 h 03 min 05 s", "Nouvelle clôture proposée : vendredi 5 mars 2027 à 14 h 00", "/calls/appel/extend?closes_at=2027-03-05T14%3A00&reason=Le+service+a+")
	has(t, en.Page(t, "/calls/appel/continuity"), "Service interrupted for 3 minutes 5 seconds in the last hour", "From 12:00:00 to 12:03:05", "Suggested new deadline")

	drafts, err := later.Drafts(ctx, w.Lead, w.Call.ID)
	w.Must(err)
	for _, c := range []struct {
		name, reason string
		status       int
	}{
		{"without a reason", " ", http.StatusUnprocessableEntity},
		{"with a reason", "Personne n’écrivait", http.StatusSeeOther},
		{"twice", "encore", http.StatusConflict},
	} {
		got := fr.Post(t, "/calls/appel/continuity", url.Values{"draft": {drafts[0].ID}, "dismissal": {c.reason}})
		if got.Status != c.status {
			t.Errorf("%s: status %d, want %d", c.name, got.Status, c.status)
		}
		if got.Status == http.StatusUnprocessableEntity {
			pagetest.Check(t, got.Body)
			has(t, got.Body, "Pourquoi la clôture ne change pas")
		}
	}
	has(t, fr.Page(t, "/calls/appel/continuity?done=dismissed"), "n’a pas reporté la clôture. Motif : Personne n’écrivait", "Le report préparé est écarté")
	stranger := pagetest.Site{Routes: h.Routes(), By: w.Bob, Lang: i18n.FR}
	if got := stranger.Get(t, "/calls/appel/continuity"); got.Status != http.StatusForbidden && got.Status != http.StatusNotFound {
		t.Errorf("an applicant reads the record: %d", got.Status)
	}
}
