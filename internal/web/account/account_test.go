package account_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/credential"
	"transformateur/internal/credential/credentialtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	pages "transformateur/internal/web/account"
	"transformateur/internal/web/ui/uitest"
)

type site struct {
	*uitest.Browser
	accounts *account.Service
	box      *accounttest.Mailbox
	clock    *clock.Fake
	by       account.User // Ana, signed in
	lang     i18n.Lang
	keys     *credential.Service
	db       *db.DB
}

func inBoth(t *testing.T, body func(t *testing.T, s site)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			d, c, box := dbtest.SQLite(t), clock.NewFake(time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)), &accounttest.Mailbox{}
			rights := policy.New(d, c)
			accounts := account.New(d, c, account.Options{Mailer: box, Rights: rights.Rights(), Bus: event.NewBus(d, c)})
			keys := credentialtest.New(t, credentialtest.World{DB: d, Clock: c, Accounts: accounts, Mailer: box, Policy: rights})
			h := &pages.Handler{Accounts: accounts, Keys: keys}
			s := site{uitest.Open(t, accounts, lang, h.Routes()), accounts, box, c, account.User{}, lang, keys, d}
			s.by, s.Cookie = accounttest.Person(t, accounts, "ana@example.org", "Ana Martin")
			if err := accounts.Save(t.Context(), s.by, account.Profile{Name: "Ana Martin", Lang: string(lang), Zone: "Europe/Paris"}); err != nil {
				t.Fatal(err)
			}
			body(t, s)
		})
	}
}

func (s site) done(t *testing.T, p *uitest.Page, key string) *uitest.Page {
	t.Helper()
	next := s.Get(p.Want(303).Location).Want(200).WantSound(s.lang)
	if !strings.Contains(next.Text("body"), uitest.Say(s.lang, key)) {
		t.Errorf("%s is not said at %s", key, p.Location)
	}
	return next
}

func TestProfile(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		p := s.Get("/account").Want(200).WantSound(s.lang)
		if p.Value("name") != "Ana Martin" {
			t.Errorf("name %q", p.Value("name"))
		}
		bad := s.Submit(p, "/account", map[string]string{"name": "", "zone": "Mars"}).Want(422).WantSound(s.lang)
		bad.WantProblem("name", "account.name_missing")
		bad.WantProblem("zone", "account.zone_unknown")
		p = s.done(t, s.Submit(p, "/account", map[string]string{"name": "Ana Le Goff"}), "account.saved_done")
		if p.Value("name") != "Ana Le Goff" {
			t.Errorf("name %q", p.Value("name"))
		}
	})
}

func TestAddressesPage(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		p := s.Get("/account")
		if p.Find("form", "action", "/account/addresses/remove") != nil {
			t.Error("the only address can be removed")
		}
		bad := s.Submit(p, "/account/addresses", map[string]string{"email": "ana@"}).Want(422).WantSound(s.lang)
		bad.WantProblem("email", "account.email_form")
		if bad.Value("email") != "ana@" {
			t.Errorf("what was typed became %q", bad.Value("email"))
		}
		s.Submit(p, "/account/addresses", map[string]string{"email": "ana@example.org"}).Want(422).WantProblem("email", "account.address_yours")
		s.done(t, s.Submit(p, "/account/addresses", map[string]string{"email": "ana@work.example"}), "account.address_asked_done")
		proof := s.Get(s.box.Last(t, "ana@work.example", account.MailAddress).Args["Link"]).Want(200).WantSound(s.lang)
		p = s.done(t, s.Submit(proof, "/account/addresses/confirm/", nil), "account.address_done")
		p = s.done(t, s.Submit(p, "/account/addresses/main", nil), "account.main_done")
		s.done(t, s.Submit(p, "/account/addresses/remove", nil), "account.removed_done")
		list, err := s.accounts.Addresses(t.Context(), s.by)
		if err != nil || len(list) != 1 || list[0].Email != "ana@work.example" {
			t.Errorf("%v %v", list, err)
		}
		s.Post("/account/addresses/remove", url.Values{"address": {"ana@work.example"}}).Want(409)
	})
}

func TestMergePage(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		accounttest.Person(t, s.accounts, "old@example.org", "Ana d’Avant")
		s.Submit(s.Get("/account"), "/account/addresses", map[string]string{"email": "old@example.org"}).Want(303)
		link := s.box.Last(t, "old@example.org", account.MailAddress).Args["Link"]
		proof := s.Get(link).Want(200).WantSound(s.lang)
		if !strings.Contains(proof.Text("main"), "Ana d’Avant") {
			t.Error("the page does not say whose account it is")
		}
		again := s.Submit(proof, "/account/addresses/confirm/", nil).Want(422).WantSound(s.lang)
		again.WantProblem("merge", "account.merge_unsaid")
		s.done(t, s.Submit(again, "/account/addresses/confirm/", map[string]string{"merge": "yes"}), "account.address_done")
		dead := s.Get(link).Want(404).WantSound(s.lang)
		if strings.Contains(dead.Text("main"), "Avant") {
			t.Error("a dead link tells whose account it was")
		}
	})
}

func TestALinkIsForWhoAskedForIt(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		s.Submit(s.Get("/account"), "/account/addresses", map[string]string{"email": "new@example.org"}).Want(303)
		link := s.box.Last(t, "new@example.org", account.MailAddress).Args["Link"]
		s.Cookie = ""
		if p := s.Get(link).Want(303); p.Location != "/signin?next="+url.QueryEscape(link) {
			t.Errorf("a visitor goes to %s", p.Location)
		}
		_, s.Cookie = accounttest.Person(t, s.accounts, "eve@example.org", "Eve")
		if p := s.Get(link).Want(404); strings.Contains(p.Body, "new@example.org") {
			t.Error("somebody else reads the address")
		}
		s.Post(link, url.Values{"merge": {"yes"}}).Want(404)
	})
}

func TestSignInsPage(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		mine := s.Cookie
		demo := account.OpenDemo(s.accounts)
		var others []string
		for range 3 {
			other, err := demo.SignIn(t.Context(), s.by.ID, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")
			if err != nil {
				t.Fatal(err)
			}
			others = append(others, other)
		}
		p := s.Get("/account").Want(200)
		if !strings.Contains(p.Text("main"), "Firefox, Windows") {
			t.Error("the device is not named")
		}
		p = s.done(t, s.Submit(p, "/account/logins/revoke", nil), "account.revoked_done")
		s.done(t, s.Submit(p, "/account/logins/others", nil), "account.revoked_others_done")
		for _, cookie := range others {
			s.Cookie = cookie
			s.Get("/account").Want(303)
		}
		s.Cookie = mine
		s.Get("/account").Want(200)
		_, s.Cookie = accounttest.Person(t, s.accounts, "eve@example.org", "Eve")
		s.Post("/account/logins/revoke", url.Values{"login": {s.by.LoginID}}).Want(404)
	})
}

func TestOrganisationsAndInvitationsOnThePage(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		bob, _ := accounttest.Person(t, s.accounts, "bob@example.com", "Bob")
		id, err := s.accounts.CreateOrganisation(t.Context(), bob, account.Description{Name: "Agence & fils", Kind: account.Company, Domain: "example.org"}, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.accounts.InviteMember(t.Context(), bob, id, account.Invite{Email: "ana@example.org", Relation: account.Representative}); err != nil {
			t.Fatal(err)
		}
		p := s.Get("/account").Want(200).WantSound(s.lang)
		if !strings.Contains(p.Text("main"), uitest.Say(s.lang, "invitation.relation_representative")) || p.Find("a", "href", "/invitations/") == nil {
			t.Error("the invitation is not there")
		}
		p = s.done(t, s.Submit(p, "/account/organisations/join", nil), "account.joined_done")
		s.done(t, s.Submit(p, "/account/organisations/leave", nil), "account.left_done")
		s.Post("/account/organisations/leave", url.Values{"organisation": {string(id)}}).Want(404)
	})
}

func TestVisitorsSeeNothing(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		s.Cookie = ""
		h := &pages.Handler{Accounts: s.accounts}
		for _, route := range h.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			path = strings.Replace(path, "{token}", "x", 1)
			var p *uitest.Page
			if method == "GET" {
				p = s.Get(path)
			} else {
				p = s.Post(path, nil)
			}
			if p.Status != 303 || !strings.HasPrefix(p.Location, "/signin") {
				t.Errorf("%s: %d %s", route.Pattern, p.Status, p.Location)
			}
		}
	})
}

// weaken makes the sign-in one that has a single proof.
func (s site) weaken(t *testing.T) {
	t.Helper()
	if err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `update logins set strong_at = null`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
