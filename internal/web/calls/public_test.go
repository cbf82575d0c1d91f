package calls_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/i18n"
)

func TestPublicPage(t *testing.T) {
	w, site := open(t)
	bench(t, w)
	visitor, ana := site(account.User{}, i18n.FR), site(w.Ana, i18n.FR)
	text := visitor.Page(t, "/calls/appel")
	has(t, text, "vendredi 5 mars 2027 à 13 h 00, heure de Paris", "Déposer un dossier", "/signin?next=", "Voies et délais de recours", "Se connecter pour poser une question", `type="application/atom+xml"`, "schema.org")
	if strings.Contains(text, "/manage") {
		t.Error("a visitor is led to the team's page")
	}
	has(t, ana.Page(t, "/calls/appel"), `action="/applications?call=appel"`, "Poser une question")
	if a := visitor.Get(t, "/calls/atelier"); a.Status != http.StatusNotFound {
		t.Errorf("a draft call shows to visitors: %d", a.Status)
	}
	if strings.Contains(visitor.Page(t, "/calls"), "Atelier") || !strings.Contains(site(w.Lead, i18n.FR).Page(t, "/calls"), "Atelier") {
		t.Error("the list shows the wrong calls")
	}
	if a := ana.Post(t, "/calls/appel/questions", url.Values{"question": {" "}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("an empty question: %d", a.Status)
	}
	if a := ana.Post(t, "/calls/appel/questions", url.Values{"question": {"Une question"}}); a.Status != http.StatusSeeOther {
		t.Errorf("a question: %d", a.Status)
	}
	if strings.Contains(visitor.Page(t, "/calls/appel"), "Une question") {
		t.Error("a question shows before its answer")
	}
	has(t, ana.Page(t, "/calls/appel"), "Une question", "En attente de réponse")
}

var mark = regexp.MustCompile(`action="/calls/atelier/edit/text"[^>]*>\s*<input type="hidden" name="was" value="([^"]*)"`)

// Two people on the same section: both versions are shown; on two sections: both are kept.
func TestEditSections(t *testing.T) {
	w, site := open(t)
	id := bench(t, w)
	lead := site(w.Lead, i18n.FR)
	text := lead.Page(t, "/calls/atelier/edit")
	was := mark.FindStringSubmatch(text)[1]
	dates := regexp.MustCompile(`action="/calls/atelier/edit/dates"[^>]*>\s*<input type="hidden" name="was" value="([^"]*)"`).FindStringSubmatch(text)[1]
	if a := lead.Post(t, "/calls/atelier/edit/text", url.Values{"was": {was}, "title_fr": {"Titre de Claire"}}); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	a := lead.Post(t, "/calls/atelier/edit/text", url.Values{"was": {was}, "title_fr": {"Titre d’Omar"}})
	if a.Status != http.StatusConflict {
		t.Errorf("a stale save: %d", a.Status)
	}
	has(t, a.Body, "Titre de Claire", "Titre d’Omar", "Rien n’a été remplacé")
	a = lead.Post(t, "/calls/atelier/edit/dates", url.Values{"was": {dates}, "zone": {"Europe/Paris"}, "closes_at": {"2027-03-28T02:30"}})
	if a.Status != http.StatusUnprocessableEntity {
		t.Errorf("an hour that does not exist: %d", a.Status)
	}
	has(t, a.Body, "les horloges avancent", "au plus tard dimanche 28 mars 2027 à 01 h 59, heure de Paris", "au plus tôt dimanche 28 mars 2027 à 03 h 00, heure de Paris")
	if a := lead.Post(t, "/calls/atelier/edit/dates", url.Values{"was": {dates}, "zone": {"Europe/Paris"}, "closes_at": {"2027-03-29T12:00"}}); a.Status != http.StatusSeeOther {
		t.Errorf("another section after a save: %d", a.Status)
	}
	c, err := w.Calls.Get(ctx, w.Lead, id)
	w.Must(err)
	if c.Title["fr"] != "Titre de Claire" || c.ClosesAt.IsZero() {
		t.Errorf("%q %v", c.Title["fr"], c.ClosesAt)
	}
}

// The mail that drafts will get is shown before the deadline moves.
func TestExtendShowsTheMailFirst(t *testing.T) {
	w, site := open(t)
	w.Draft()
	lead := site(w.Lead, i18n.FR)
	has(t, lead.Page(t, "/calls/appel/extend?closes_at=2027-03-06T12:00&reason=Panne"), "1 brouillon sera prévenu", "Date limite reportée : Appel", "samedi 6 mars 2027 à 12 h 00, heure de Paris", "Raison : Panne")
	for name, v := range map[string]url.Values{
		"earlier":          {"closes_at": {"2027-03-05T12:30"}, "reason": {"x"}},
		"without a reason": {"closes_at": {"2027-03-06T12:00"}, "reason": {" "}},
		"not a date":       {"closes_at": {"demain"}, "reason": {"x"}},
	} {
		if a := lead.Post(t, "/calls/appel/extend", v); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	if a := lead.Post(t, "/calls/appel/extend", url.Values{"closes_at": {"2027-03-06T12:00"}, "reason": {"Panne"}}); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	has(t, lead.Page(t, "/calls/appel/manage"), "a reporté la date limite", "Panne")
	has(t, site(account.User{}, i18n.FR).Page(t, "/calls/appel"), "samedi 6 mars 2027 à 12 h 00, heure de Paris", "Panne")
}
