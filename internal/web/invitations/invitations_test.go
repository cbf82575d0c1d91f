package invitations_test

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
	"transformateur/internal/web/invitations"
	"transformateur/internal/web/ui/uitest"
)

type site struct {
	*uitest.Browser
	accounts *account.Service
	box      *accounttest.Mailbox
	clock    *clock.Fake
	lang     i18n.Lang
	by       account.User // Ana, who invites
	id, link string       // of her invitation
}

var file = account.Ref{Kind: "application", ID: "a1"}

func inBoth(t *testing.T, body func(t *testing.T, s site)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			d, c, box := dbtest.SQLite(t), clock.NewFake(time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)), &accounttest.Mailbox{}
			accounts := account.New(d, c, account.Options{Mailer: box, Rights: policy.New(d, c).Rights(), Bus: event.NewBus(d, c)})
			h := &invitations.Handler{Accounts: accounts}
			s := site{Browser: uitest.Open(t, accounts, lang, h.Routes()), accounts: accounts, box: box, clock: c, lang: lang}
			s.by, _ = accounttest.Person(t, accounts, "ana@example.org", "Ana Martin")
			var err error
			s.id, err = accounts.Invite(t.Context(), s.by, account.Invite{Email: "bob@example.org", Lang: string(lang), Relation: "editor", Object: file, ObjectName: "L’atelier", Message: "Bonjour,\n<b>à bientôt</b>"})
			if err != nil {
				t.Fatal(err)
			}
			s.link = box.Last(t, "bob@example.org", account.MailInvitation).Args["Link"]
			body(t, s)
		})
	}
}

func (s *site) as(t *testing.T, email string) account.User {
	t.Helper()
	var by account.User
	by, s.Cookie = accounttest.Person(t, s.accounts, email, "Bob")
	if err := s.accounts.Save(t.Context(), by, account.Profile{Name: "Bob", Lang: string(s.lang), Zone: "Europe/Paris"}); err != nil {
		t.Fatal(err)
	}
	return by
}

func TestAVisitorIsAskedToSignIn(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		p := s.Get(s.link).Want(200).WantSound(s.lang)
		for _, want := range []string{"Ana Martin", "L’atelier", uitest.Say(s.lang, "invitation.relation_editor"), "bob@example.org", "<b>à bientôt</b>"} {
			if !strings.Contains(p.Text("main"), want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		form := p.Find("form", "action", "/signin?")
		if form == nil || !strings.Contains(p.Body, url.QueryEscape(s.link)) || p.Value("email") != "bob@example.org" {
			t.Errorf("signing in does not lead back")
		}
		unknown := p.Text("main")
		accounttest.Person(t, s.accounts, "bob@example.org", "Bob") // now the address has an account
		if known := s.Get(s.link).Text("main"); known != unknown {
			t.Errorf("the page tells whether the address has an account")
		}
		if p := s.Post(s.link+"/accept", nil).Want(303); !strings.HasPrefix(p.Location, "/signin") {
			t.Errorf("a visitor accepted: %s", p.Location)
		}
	})
}

func TestAccept(t *testing.T) {
	for _, c := range []struct {
		name, as, key string // key "" is the link's
		tick          bool
		addresses     int
	}{
		{"with the invited address", "bob@example.org", "", false, 1},
		{"from her account's page", "bob@example.org", "id", false, 1},
		{"with another address", "bob@home.example", "", false, 1},
		{"with another, and the invited one is his too", "bob@home.example", "", true, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBoth(t, func(t *testing.T, s site) {
				bob, path := s.as(t, c.as), s.link
				if c.key == "id" {
					path = "/invitations/" + s.id
				}
				p := s.Get(path).Want(200).WantSound(s.lang)
				if asked := p.Find("input", "name", "mine") != nil; asked != (c.as != "bob@example.org") {
					t.Errorf("asked whether the address is his: %v", asked)
				}
				typed := map[string]string{}
				if c.tick {
					typed["mine"] = "yes"
				}
				done := s.Submit(p, path+"/accept", typed).Want(303)
				if done.Location != "/applications/a1?done=invitation.accepted_done" {
					t.Errorf("then %s", done.Location)
				}
				if list, err := s.accounts.Addresses(t.Context(), bob); err != nil || len(list) != c.addresses {
					t.Errorf("%v %v", list, err)
				}
				s.Post(path+"/accept", nil).Want(404)
				s.Get(path).Want(404).WantSound(s.lang)
			})
		})
	}
}

func TestDecline(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		s.Submit(s.Get(s.link), s.link+"/decline", nil).Want(200).WantSound(s.lang)
		s.Get(s.link).Want(404).WantSound(s.lang)
		s.Post(s.link+"/decline", nil).Want(404)
		if list, err := s.accounts.MyInvitations(t.Context(), s.as(t, "bob@example.org")); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
	})
}

func TestDeadOnesAreToldApartByNobody(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		unknown := s.Get("/invitations/unknown").Want(404).Text("main")
		byID := s.Get("/invitations/" + s.id).Want(404).Text("main") // an identifier is no link
		s.clock.Advance(21 * 24 * time.Hour)
		expired := s.Get(s.link).Want(404).WantSound(s.lang).Text("main")
		if unknown != byID || unknown != expired {
			t.Errorf("%q %q %q", unknown, byID, expired)
		}
	})
}
