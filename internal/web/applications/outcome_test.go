package applications_test

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
	"transformateur/internal/web/applications"
	"transformateur/internal/web/ui/pagetest"
)

func held(w *deliberationtest.World) decision.Outbox {
	mails := notify.New(w.DB, w.Clock, w.Jobs, w.Policy, notify.Options{Sender: mail.Hold{}, Install: "Essai", From: "essai@exemple.invalid", BaseURL: "https://exemple.invalid"})
	return announce.New(w.DB, w.Clock, w.Jobs, mails, "https://exemple.invalid")
}

func tells(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, one := range words {
		if !strings.Contains(page, one) {
			t.Errorf("the page does not say %q", one)
		}
	}
}

// A team reads its outcome, answers and contests, in both languages.
func TestOutcome(t *testing.T) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			w := decisiontest.New(t, dbtest.SQLite(t), held, deliberation.Retain, deliberation.Refuse, deliberation.Reserve)
			routes := (&applications.Handler{Files: w.World.World.Files, Decisions: w.Decisions, Clock: w.Clock}).Routes()
			as := func(by account.User) pagetest.Site { return pagetest.Site{Routes: routes, By: by, Lang: lang} }
			say := func(key string, args ...any) string { return i18n.Say(lang, key, args...) }
			done := func(by account.User, where string, form url.Values) {
				t.Helper()
				if a := as(by).Post(t, where, form); a.Status != http.StatusSeeOther {
					t.Fatalf("%s: %d", where, a.Status)
				}
			}
			mine := func(file application.ID) string { return "/applications/" + string(file) + "/outcome" }
			w.Announce()
			refused := as(w.Ana).Page(t, mine(w.Files[1]))
			tells(t, refused, say("applications.outcome_refuse"), "Le comité a pesé la demande.", say("applications.appeal_send"))
			for _, name := range []string{w.Chair.Name, w.Mia.Name, w.Noe.Name} {
				if strings.Contains(refused, ">"+name+"<") || strings.Contains(refused, " "+name+" ") {
					t.Errorf("the outcome names %s", name)
				}
			}
			done(w.Ana, mine(w.Files[0])+"/place", url.Values{"selection": {"selection"}, "act": {"leave"}, "reason": {"Plus le temps."}})
			w.Must(w.Decisions.Offer(t.Context(), w.Lead, "selection", w.Files[2], w.Clock.Now().AddDate(0, 0, 20)))
			done(w.Ana, mine(w.Files[2])+"/place", url.Values{"selection": {"selection"}, "act": {"accept"}})
			if empty := as(w.Ana).Post(t, mine(w.Files[1])+"/appeal", url.Values{"selection": {"selection"}}); empty.Status != http.StatusUnprocessableEntity {
				t.Errorf("an appeal without grounds: %d", empty.Status)
			}
			done(w.Ana, mine(w.Files[1])+"/appeal", url.Values{"selection": {"selection"}, "grounds": {"Une pièce n’a pas été lue."}})
			one, err := w.Decisions.One(t.Context(), w.Lead, "selection", w.Files[1])
			w.Must(err)
			w.Must(w.Decisions.Answer(t.Context(), w.Lead, "selection", one.Appeals[0].ID, decision.Answer{Words: "Elle a été lue.", Version: 1}))
			tells(t, as(w.Ana).Page(t, mine(w.Files[1])), say("applications.appeal_rejected"), "Elle a été lue.")
		})
	}
}
