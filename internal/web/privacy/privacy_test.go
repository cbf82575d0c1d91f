package privacy_test

import (
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/policy"
	"transformateur/internal/privacy"
	"transformateur/internal/privacy/statement"
	pages "transformateur/internal/web/privacy"
	"transformateur/internal/web/ui/uitest"
)

// inBoth opens the pages in both languages, as somebody who administers the install
// and protects its data.
func inBoth(t *testing.T, body func(t *testing.T, s *uitest.Browser, lang i18n.Lang)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			d, c := dbtest.SQLite(t), clock.NewFake(time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC))
			rights := policy.New(d, c)
			accounts := account.New(d, c, account.Options{Mailer: &accounttest.Mailbox{}, Rights: rights.Rights(), Bus: event.NewBus(d, c)})
			h := &pages.Handler{Privacy: privacy.New(privacy.Deps{DB: d, Clock: c, Policy: rights, Bus: event.NewBus(d, c), Jobs: job.NewQueue(d, c)}), Statements: statement.New(d, c, rights),
				Name: "Appels & projets", BaseURL: "https://appels.example.org", Contact: "equipe@example.org"}
			s := uitest.Open(t, accounts, lang, h.Routes())
			by, cookie := accounttest.Person(t, accounts, "dpo@example.org", "Dominique")
			if err := accounts.Save(t.Context(), by, account.Profile{Name: "Dominique", Lang: string(lang), Zone: "Europe/Paris"}); err != nil {
				t.Fatal(err)
			}
			for _, relation := range []string{"dpo", "admin"} {
				if err := d.Write(t.Context(), func(tx *db.Tx) error {
					return rights.Grant(t.Context(), tx, account.System, policy.Relation{SubjectID: string(by.ID), Relation: relation, Object: policy.Platform.Ref})
				}); err != nil {
					t.Fatal(err)
				}
			}
			s.Cookie = cookie
			body(t, s, lang)
		})
	}
}

var all = []string{"/legal", "/privacy", "/accessibility", "/privacy/register", "/privacy/register/full", "/privacy/settings", "/privacy/calendar", "/privacy/requests"}

// Every page is sound, and says which statement is missing to who can write it, only to her.
func TestPagesAreSound(t *testing.T) {
	inBoth(t, func(t *testing.T, s *uitest.Browser, lang i18n.Lang) {
		for _, path := range all {
			s.Get(path).Want(200).WantSound(lang)
		}
		todo := uitest.Say(lang, "privacy.todo")
		if !strings.Contains(s.Get("/legal").Text("main"), todo) {
			t.Error("the administrator is not told what is missing")
		}
		s.Cookie = ""
		for _, path := range all[:4] {
			text := s.Get(path + "?lang=" + string(lang)).Want(200).WantSound(lang).Text("main")
			if strings.Contains(text, todo) {
				t.Errorf("%s: visitors read what is to be completed", path)
			}
		}
		if !strings.Contains(s.Get("/accessibility?lang="+string(lang)).Text("main"), "equipe@example.org") {
			t.Error("nobody to write to")
		}
	})
}

func TestSettings(t *testing.T) {
	inBoth(t, func(t *testing.T, s *uitest.Browser, lang i18n.Lang) {
		p := s.Get("/privacy/settings")
		bad := s.Submit(p, "/privacy/settings", map[string]string{"access_state": "full", "publisher_email": "nulle part", "access_plan": "javascript:alert(1)", "access_audited": "hier"}).Want(422).WantSound(lang)
		for field, key := range map[string]string{"access_state": "privacy.access_unaudited", "publisher_email": "privacy.part_email", "access_plan": "privacy.part_link", "access_audited": "privacy.part_day"} {
			bad.WantProblem(field, key)
		}
		whole := map[string]string{"publisher": "Agence <b>d'essai</b>", "publisher_address": "Caen", "publisher_phone": "02", "publisher_email": "agence@example.org", "director": "Directrice", "host": "Hébergeur", "host_address": "Caen", "host_phone": "03",
			"controller": "Agence", "dpo": "Dominique", "dpo_contact": "dpo@example.org", "access_state": "partial", "access_rate": "72,5", "access_auditor": "Cabinet", "access_audited": "2027-01-10", "access_declared": "2027-02-01", "access_contact": "a11y@example.org",
			"access_failing_fr": "Les cartes.\nLes tableaux.", "access_failing_en": "Maps."}
		seen := s.Submit(p, "/privacy/settings", with(whole, "do", "preview")).Want(200).WantSound(lang)
		if !strings.Contains(seen.Text("main"), "Cabinet") || strings.Contains(s.Get("/legal").Text("main"), "Directrice") {
			t.Error("the preview shows nothing, or was kept")
		}
		s.Submit(p, "/privacy/settings", with(whole, "do", "save")).Want(303)
		text := s.Get("/accessibility").Want(200).WantSound(lang).Text("main")
		for _, want := range []string{"72,5", "Cabinet", map[i18n.Lang]string{i18n.FR: "Les tableaux.", i18n.EN: "Maps."}[lang]} {
			if !strings.Contains(text, want) {
				t.Errorf("the statement does not say %q", want)
			}
		}
		if text := s.Get("/legal").Text("main"); !strings.Contains(text, "Agence <b>d'essai</b>") || strings.Contains(text, uitest.Say(lang, "privacy.todo")) {
			t.Errorf("the legal notice says %q", text)
		}
	})
}

func with(form map[string]string, name, value string) map[string]string {
	out := map[string]string{name: value}
	for k, v := range form {
		out[k] = v
	}
	return out
}

func TestRequests(t *testing.T) {
	inBoth(t, func(t *testing.T, s *uitest.Browser, lang i18n.Lang) {
		p := s.Get("/privacy/requests")
		s.Submit(p, "/privacy/requests", map[string]string{"email": "nobody@example.org", "reason": "Courrier"}).Want(422).WantSound(lang).WantProblem("email", "privacy.email_unknown")
		s.Submit(p, "/privacy/holds", map[string]string{"person": "dpo@example.org", "why": ""}).Want(422).WantSound(lang).WantProblem("why", "privacy.reason_missing")
		s.Submit(p, "/privacy/holds", map[string]string{"person": "dpo@example.org", "why": "Contentieux"}).Want(303)
		held := s.Get("/privacy/requests").Want(200).WantSound(lang)
		if !strings.Contains(held.Text("main"), "Contentieux") {
			t.Error("the hold is not shown")
		}
		s.Submit(held, "/privacy/holds/lift", nil).Want(303)
		c := s.Get("/privacy/calendar")
		s.Submit(c, "/privacy/calendar", map[string]string{"rule": "mails", "days": "9", "why": ""}).Want(422).WantSound(lang).WantProblem("days", "privacy.days_bounds", 30, 730)
		s.Submit(c, "/privacy/calendar", map[string]string{"rule": "mails", "days": "60", "why": "Minimisation"}).Want(303)
		if text := s.Get("/privacy/register").Text("main"); !strings.Contains(text, "60") {
			t.Error("the register does not say the new duration")
		}
	})
}
