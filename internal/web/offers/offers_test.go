package offers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor/floortest"
	"transformateur/internal/agenda/offer"
	"transformateur/internal/agenda/wish"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/web/offers"
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

func lacks(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, unwanted := range texts {
		if strings.Contains(page, unwanted) {
			t.Errorf("the page says %q", unwanted)
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

func TestNeedsAndOffersWithoutScript(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := floortest.New(t, dbtest.SQLite(t))
			routes := (&offers.Handler{Offers: offer.New(w.Floor, wish.New(w.Floor, w.Bus), w.Projects)}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			gathering := "/gatherings/" + string(w.ID)
			home := gathering + "/offers"
			holds(t, as(w.Ana).Page(t, home), say("offers.not_yet"))
			holds(t, as(w.Leo).Page(t, home), say("offers.add"))
			holds(t, wants(t, as(w.Leo).Post(t, home, url.Values{"places.add": {"beaucoup"}, "about.add": {"Un prêt"}}), http.StatusUnprocessableEntity), say("offer.title_wrong", offer.MaxTitle), say("offer.places_wrong", offer.MaxPlaces), "Un prêt")
			wants(t, as(w.Leo).Post(t, home, url.Values{"title.add": {"Atelier"}, "places.add": {"3"}, "until.add": {"2027-06-30"}}), http.StatusSeeOther)
			lacks(t, as(w.Ana).Page(t, home), "Atelier")
			w.Opens()
			page := as(w.Ana).Page(t, home)
			holds(t, page, "Atelier", "Labo", i18n.SayN(lang, "offers.places_count", 3))
			lacks(t, page, say("offers.add"), say("offers.remove"))
			interest := regexp.MustCompile(home + `/[a-z0-9]{20}/interest`).FindString(page)
			which := strings.TrimSuffix(interest, "/interest")
			wants(t, as(w.Ana).Post(t, interest, nil), http.StatusSeeOther)
			holds(t, as(w.Ana).Page(t, home), say("offers.said"))
			holds(t, as(w.Leo).Page(t, home), say("offers.interested", "Campus"))
			lacks(t, as(w.Bob).Page(t, home), say("offers.interested", "Campus"))

			wants(t, as(w.Ana).Post(t, gathering+"/heard", url.Values{"project.hear": {string(w.Anses)}, "body.hear": {"Un local"}}), http.StatusForbidden)
			holds(t, wants(t, as(w.Lead).Post(t, gathering+"/heard", url.Values{"body.hear": {"Un local"}}), http.StatusUnprocessableEntity), say("offer.project_missing"), `value="Un local"`)
			wants(t, as(w.Lead).Post(t, gathering+"/heard", url.Values{"project.hear": {string(w.Anses)}, "body.hear": {"Un local"}}), http.StatusSeeOther)
			page = as(w.Leo).Page(t, home)
			holds(t, page, say("offers.nobody"), say("offers.table"))
			need := regexp.MustCompile(`name="need" value="([a-z0-9]{20})"`).FindStringSubmatch(page)[1]
			wants(t, as(w.Leo).Post(t, which+"/answers", url.Values{"need": {need}, "answers": {"yes"}}), http.StatusSeeOther)
			page = as(w.Bob).Page(t, home)
			lacks(t, page, say("offers.nobody"))
			holds(t, page, say("offers.answered_by", "Atelier", "Labo"))

			wants(t, as(w.Leo).Post(t, which, url.Values{"title." + strings.TrimPrefix(which, home+"/"): {"Deux ateliers"}, "version": {"1"}}), http.StatusSeeOther)
			holds(t, wants(t, as(w.Leo).Post(t, which, url.Values{"title." + strings.TrimPrefix(which, home+"/"): {"Trop tard"}, "version": {"1"}}), http.StatusConflict), say("offer.meanwhile"), "Trop tard")
			wants(t, as(w.Lead).Post(t, gathering+"/heard/"+need+"/remove", nil), http.StatusSeeOther)
			wants(t, as(w.Leo).Post(t, which+"/remove", nil), http.StatusSeeOther)
			page = as(w.Lead).Page(t, home)
			lacks(t, page, "ateliers", "Un local")
		})
	}
}
