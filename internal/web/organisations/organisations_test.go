package organisations_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/register"
	"transformateur/internal/web/organisations"
	"transformateur/internal/web/ui/uitest"
)

type site struct {
	*uitest.Browser
	accounts *account.Service
	box      *accounttest.Mailbox
	lang     i18n.Lang
}

func inBoth(t *testing.T, body func(t *testing.T, s site)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			d, c, box := dbtest.SQLite(t), clock.NewFake(time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)), &accounttest.Mailbox{}
			accounts := account.New(d, c, account.Options{Mailer: box, Rights: policy.New(d, c).Rights(), Bus: event.NewBus(d, c), Check: func(name, number string) (string, error) {
				if name == "rna" {
					return register.RNA(number)
				}
				return register.SIRET(number)
			}})
			h := &organisations.Handler{Accounts: accounts}
			s := site{uitest.Open(t, accounts, lang, h.Routes()), accounts, box, lang}
			s.as(t, "ana@example.org")
			body(t, s)
		})
	}
}

// as signs somebody in, who reads in the language of the test.
func (s *site) as(t *testing.T, email string) account.User {
	t.Helper()
	var by account.User
	by, s.Cookie = accounttest.Person(t, s.accounts, email, email[:strings.IndexByte(email, '@')])
	if err := s.accounts.Save(t.Context(), by, account.Profile{Name: by.Name, Lang: string(s.lang), Zone: "Europe/Paris"}); err != nil {
		t.Fatal(err)
	}
	return by
}

func (s site) done(t *testing.T, p *uitest.Page, key string) *uitest.Page {
	t.Helper()
	next := s.Get(p.Want(303).Location).Want(200).WantSound(s.lang)
	if !strings.Contains(next.Text("body"), uitest.Say(s.lang, key)) {
		t.Errorf("%s is not said at %s", key, p.Location)
	}
	return next
}

func (s site) create(t *testing.T, name string, more map[string]string) *uitest.Page {
	t.Helper()
	typed := map[string]string{"name": name, "kind": "public_body"}
	for key, value := range more {
		typed[key] = value
	}
	return s.done(t, s.Submit(s.Get("/organisations/new").Want(200), "/organisations", typed), "organisation.saved_done")
}

func TestCreateAndFind(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		form := s.Get("/organisations/new").Want(200).WantSound(s.lang)
		bad := s.Submit(form, "/organisations", map[string]string{"siret": "73282932000047", "domain": "gmail.com", "parent": "zzz"}).Want(422).WantSound(s.lang)
		bad.WantProblem("name", "organisation.name_missing")
		bad.WantProblem("kind", "organisation.kind_missing")
		bad.WantProblem("siret", "register.siret_key")
		bad.WantProblem("domain", "organisation.domain_public", "gmail.com")
		bad.WantProblem("parent", "organisation.unknown")
		if bad.Value("siret") != "73282932000047" {
			t.Errorf("what was typed became %q", bad.Value("siret"))
		}
		sheet := s.create(t, "Région Île-de-France", map[string]string{"siret": "732 829 320 00074", "function": "chargée"})
		for _, want := range []string{"Région Île-de-France", "732 829 320 00074", "ana", "chargée"} {
			if !strings.Contains(sheet.Text("main"), want) {
				t.Errorf("the sheet does not show %q", want)
			}
		}
		twice := s.Submit(form, "/organisations", map[string]string{"name": "Autre", "kind": "company", "siret": "73282932000074"}).Want(422)
		twice.WantProblem("siret", "organisation.number_taken", "Région Île-de-France")
		found := s.Get("/organisations?q=ile+de").Want(200).WantSound(s.lang)
		if !strings.Contains(found.Text("main"), "Région Île-de-France") || found.Value("q") != "ile de" {
			t.Errorf("not found: %s", found.Text("main"))
		}
		none := s.Get("/organisations?q=" + url.QueryEscape(`"><script>`)).Want(200).WantSound(s.lang)
		if strings.Contains(none.Text("main"), "Région") {
			t.Error("found what was not asked for")
		}
	})
}

func TestRenameAndSucceed(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		s.create(t, "Dreets", nil)
		old := s.create(t, "Direccte", nil)
		id := sheetOf(old)
		form := s.Get(id + "/edit").Want(200).WantSound(s.lang)
		s.Submit(form, id, map[string]string{"successor": "Direccte"}).Want(422).WantProblem("successor", "organisation.circle")
		sheet := s.done(t, s.Submit(form, id, map[string]string{"name": "Direccte Normandie", "successor": "dreets"}), "organisation.saved_done")
		if text := sheet.Text("main"); !strings.Contains(text, uitest.Say(s.lang, "organisation.replaced_by")+" Dreets") || !strings.Contains(text, uitest.Say(s.lang, "organisation.former")) {
			t.Errorf("the sheet: %s", text)
		}
		if again := s.Get(id + "/edit"); again.Value("successor") != "Dreets" {
			t.Errorf("the form shows the successor as %q", again.Value("successor"))
		}
		found := s.Get("/organisations?q=direccte").Want(200)
		if !strings.Contains(found.Text("main"), uitest.Say(s.lang, "organisation.replaced")) {
			t.Error("the list does not say that it was replaced")
		}
	})
}

// sheetOf is the address of a sheet, on the page of who may edit it.
func sheetOf(p *uitest.Page) string {
	return strings.TrimSuffix(p.Link("/organisations/", "/edit"), "/edit")
}

func TestOnlyWhoKeepsTheSheetChangesIt(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		id := sheetOf(s.create(t, "Agence", map[string]string{"domain": "agence.example"}))
		s.as(t, "eve@elsewhere.example")
		sheet := s.Get(id).Want(200).WantSound(s.lang)
		if sheet.Link("/organisations/", "/edit") != "" || sheet.Find("form", "action", id) != nil {
			t.Error("a stranger is offered to change it")
		}
		s.Get(id + "/edit").Want(403)
		for _, path := range []string{"", "/join", "/members/remove", "/invitations", "/invitations/revoke"} {
			s.Post(id+path, url.Values{"name": {"X"}, "kind": {"company"}, "email": {"x@example.org"}, "relation": {"member"}, "person": {"someone"}, "invitation": {"x"}}).Want(403)
		}
		s.Get("/organisations/nowhere").Want(404)
		s.as(t, "bob@agence.example")
		in := s.done(t, s.Submit(s.Get(id).Want(200).WantSound(s.lang), id+"/join", map[string]string{"function": "directeur"}), "account.joined_done")
		s.done(t, s.Submit(in, id+"/leave", nil), "account.left_done")
	})
}

func TestInviteFromTheSheet(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		sheet := s.create(t, "Agence", nil)
		id := sheetOf(sheet)
		bad := s.Submit(sheet, id+"/invitations", map[string]string{"email": "bob"}).Want(422).WantSound(s.lang)
		bad.WantProblem("email", "account.email_form")
		s.Submit(sheet, id+"/invitations", map[string]string{"email": "bob@example.org", "relation": "admin"}).Want(422).WantProblem("relation", "invitation.relation_missing")
		sheet = s.done(t, s.Submit(sheet, id+"/invitations", map[string]string{"email": "bob@example.org", "relation": "representative"}), "organisation.invited_done")
		if m := s.box.Last(t, "bob@example.org", account.MailInvitation); m.Args["What"] != "Agence" || m.Args["Role"] != "representative" {
			t.Errorf("%+v", m)
		}
		sheet = s.done(t, s.Submit(sheet, id+"/invitations/revoke", nil), "organisation.invitation_revoked_done")
		if strings.Contains(sheet.Text("main"), "bob@example.org") {
			t.Error("still there")
		}
	})
}

func TestVisitorsReadNothing(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		s.create(t, "Agence", nil)
		s.Cookie = ""
		for _, path := range []string{"/organisations", "/organisations/new", "/organisations/x", "/organisations/x/edit"} {
			if p := s.Get(path).Want(303); !strings.HasPrefix(p.Location, "/signin?next=") {
				t.Errorf("%s leads to %s", path, p.Location)
			}
		}
	})
}
