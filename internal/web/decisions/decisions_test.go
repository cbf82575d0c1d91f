package decisions_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/decision"
	"transformateur/internal/decision/decisiontest"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/notify/announce"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/mail"
	"transformateur/internal/web/decisions"
	"transformateur/internal/web/ui/pagetest"
)

const room = "/decisions/selection"

func outbox(w *deliberationtest.World) decision.Outbox {
	mails := notify.New(w.DB, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Essai", From: "essai@exemple.invalid", BaseURL: "https://exemple.invalid"})
	return announce.New(w.DB, w.Clock, w.Jobs, mails, "https://exemple.invalid")
}

func has(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, one := range words {
		if !strings.Contains(page, one) {
			t.Errorf("the page does not say %q", one)
		}
	}
}

// From the embargo to the answer to an appeal, by the pages alone, in both languages.
func TestPages(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := decisiontest.New(t, dbtest.SQLite(t), outbox, deliberation.Retain, deliberation.Refuse, deliberation.Reserve)
			routes := (&decisions.Handler{Decisions: w.Decisions}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			done := func(by account.User, where string, form url.Values) {
				t.Helper()
				if a := as(by).Post(t, where, form); a.Status != http.StatusSeeOther {
					t.Fatalf("%s: %d", where, a.Status)
				}
			}
			page := func(file application.ID) string { return room + "/files/" + string(file) }
			has(t, as(w.Lead).Page(t, room), say("decisions.embargo"), say("decisions.funnel"), say("decisions.outcome_retain"))
			if strings.Contains(as(w.Mia).Page(t, room), say("decisions.funnel")) {
				t.Error("a member is shown figures of the whole call")
			}
			done(w.Lead, page(w.Files[1]), url.Values{"version": {"1"}, "wording": {"D’autres besoins étaient plus pressants."}, "comments": {"Clair.\n\nBien tenu."}})
			if bad := as(w.Lead).Post(t, room+"/announcement", url.Values{"version": {"0"}, "confirm_by": {"demain"}, "appeal_months": {"deux"}}); bad.Status != http.StatusUnprocessableEntity || !strings.Contains(bad.Body, `value="deux"`) {
				t.Errorf("terms in words: %d", bad.Status)
			}
			by := w.Clock.Now().AddDate(0, 0, 20).Format("2006-01-02T15:04")
			done(w.Lead, room+"/announcement", url.Values{"version": {"0"}, "confirm_by": {by}, "appeal_months": {"2"}})
			has(t, as(w.Lead).Page(t, room+"/announcement"), say("decisions.announce"), "ana@exemple.invalid")
			done(w.Lead, room+"/announcement/send", url.Values{"version": {"1"}})
			if again := as(w.Lead).Post(t, room+"/announcement/send", url.Values{"version": {"1"}}); again.Status != http.StatusConflict {
				t.Errorf("announced again: %d", again.Status)
			}
			w.Must(w.Decisions.GiveUp(t.Context(), w.Ana, "selection", w.Files[0], "Plus le temps."))
			has(t, as(w.Lead).Page(t, room), say("decisions.offer_next"))
			done(w.Lead, page(w.Files[2])+"/place", url.Values{"act": {"offer"}, "confirm_by": {by}})
			w.Must(w.Decisions.Confirm(t.Context(), w.Ana, "selection", w.Files[2]))
			has(t, as(w.Lead).Page(t, room), say("decisions.place_confirmed"), say("decisions.place_given_up"))
			w.Must(w.Decisions.Appeal(t.Context(), w.Ana, "selection", w.Files[1], "Une pièce n’a pas été lue."))
			one, err := w.Decisions.One(t.Context(), w.Lead, "selection", w.Files[1])
			w.Must(err)
			has(t, as(w.Lead).Page(t, page(w.Files[1])), "Une pièce n’a pas été lue.")
			done(w.Lead, page(w.Files[1])+"/appeal", url.Values{"appeal": {one.Appeals[0].ID}, "version": {"1"}, "upheld": {"no"}, "words": {"Elle a été lue."}})
			has(t, as(w.Lead).Page(t, page(w.Files[1])), say("decisions.appeal_rejected"), "Elle a été lue.")
		})
	}
}
