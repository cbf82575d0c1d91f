package signin_test

import (
	"net/http"
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
	"transformateur/internal/platform/openid"
	"transformateur/internal/policy"
	"transformateur/internal/web/signin"
	"transformateur/internal/web/ui/uitest"
)

type site struct {
	*uitest.Browser
	accounts *account.Service
	box      *accounttest.Mailbox
	clock    *clock.Fake
	policy   *policy.Service
	keys     *credential.Service
	db       *db.DB
}

func inBoth(t *testing.T, body func(t *testing.T, s site, lang i18n.Lang), providers ...*openid.Provider) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			d, c, box := dbtest.SQLite(t), clock.NewFake(time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)), &accounttest.Mailbox{}
			rights := policy.New(d, c).AskTwice()
			s := account.New(d, c, account.Options{Mailer: box, Rights: rights.Rights(), Bus: event.NewBus(d, c)})
			keys := credentialtest.New(t, credentialtest.World{DB: d, Clock: c, Accounts: s, Mailer: box, Policy: rights, Providers: providers})
			h := &signin.Handler{Accounts: s, Keys: keys}
			body(t, site{uitest.Open(t, s, lang, h.Routes()), s, box, c, rights, keys, d}, lang)
		})
	}
}

func (s site) mail(t *testing.T, to string) account.Mail {
	return s.box.Last(t, to, account.MailSignIn)
}

func TestFirstSignIn(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		ask := s.Get("/signin?next=%2Fcalls%2Fc1").Want(200).WantSound(lang)
		sent := s.Submit(ask, "/signin", map[string]string{"email": "ana@example.org"}).Want(303)
		page := s.Get(sent.Location).Want(200).WantSound(lang)
		if !strings.Contains(page.Text("main"), "ana@example.org") {
			t.Errorf("the page does not show the address that was typed")
		}
		m := s.mail(t, "ana@example.org")
		if m.Lang != string(lang) {
			t.Errorf("the mail is in %s", m.Lang)
		}
		link := s.Get(m.Args["Link"]).Want(200).WantSound(lang)
		s.Get(m.Args["Link"]).Want(200) // a scanner opened it first
		if s.Cookie != "" {
			t.Fatal("opening the link signed in")
		}
		in := s.Submit(link, "/signin/link/", nil).Want(303)
		if s.Cookie == "" || in.Location != "/welcome?next=%2Fcalls%2Fc1" {
			t.Fatalf("arrived at %s", in.Location)
		}
		cookie := in.Header.Get("Set-Cookie")
		for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("the cookie %q lacks %s", cookie, want)
			}
		}
		welcome := s.Get(in.Location).Want(200).WantSound(lang)
		if welcome.Value("name") != "Ana" {
			t.Errorf("the name offered is %q", welcome.Value("name"))
		}
		wrong := s.Submit(welcome, "/welcome", map[string]string{"name": " "}).Want(422).WantSound(lang)
		wrong.WantProblem("name", "account.name_missing")
		done := s.Submit(wrong, "/welcome", map[string]string{"name": "Ana Le Goff", "lang": "en", "zone": "Indian/Reunion"}).Want(303)
		if done.Location != "/calls/c1" {
			t.Errorf("then %s", done.Location)
		}
		s.Get("/welcome").Want(200).WantSound(i18n.EN) // the language she chose
		if out := s.Post("/signout", nil).Want(303); out.Location != "/" || s.Cookie != "" {
			t.Errorf("signing out leads to %s with cookie %q", out.Location, s.Cookie)
		}
	})
}

func TestTheLanguageOfAVisitorGoesOn(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		other := i18n.EN
		if lang == i18n.EN {
			other = i18n.FR
		}
		ask := s.Get("/signin?lang=" + string(other)).Want(200).WantSound(other)
		sent := s.Submit(ask, "/signin", map[string]string{"email": "ana@example.org"}).Want(303)
		s.Get(sent.Location).Want(200).WantSound(other)
		if m := s.mail(t, "ana@example.org"); m.Lang != string(other) {
			t.Errorf("the mail is in %s", m.Lang)
		}
	})
}

func TestWelcomeCanWait(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		s.Submit(s.Get("/signin"), "/signin", map[string]string{"email": "ana@example.org"}).Want(303)
		in := s.Submit(s.Get(s.mail(t, "ana@example.org").Args["Link"]), "/signin/link/", nil).Want(303)
		later := s.Submit(s.Get(in.Location).Want(200), "/welcome", map[string]string{"later": "yes", "name": ""}).Want(303)
		if later.Location != "/" {
			t.Errorf("later leads to %s", later.Location)
		}
	})
}

func TestCodePage(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		sent := s.Submit(s.Get("/signin?next=/calls"), "/signin", map[string]string{"email": "ana@example.org"}).Want(303)
		page := s.Get(sent.Location).Want(200)
		empty := s.Submit(page, "/signin/code", nil).Want(422).WantSound(lang)
		empty.WantProblem("code", "account.code_missing")
		wrong := s.Submit(empty, "/signin/code", map[string]string{"code": "AAAA-AAAA"}).Want(422)
		wrong.WantProblem("code", "account.code_wrong")
		if !strings.Contains(wrong.Text("main"), "ana@example.org") {
			t.Errorf("the page forgot the address")
		}
		in := s.Submit(wrong, "/signin/code", map[string]string{"code": s.mail(t, "ana@example.org").Args["Code"]}).Want(303)
		if in.Location != "/welcome?next=%2Fcalls" || s.Cookie == "" {
			t.Errorf("arrived at %s", in.Location)
		}
	})
}

func TestAskingAgainIsAnsweredTheSame(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		accounttest.Person(t, s.accounts, "known@example.org", "Known")
		shape := func(email string) string {
			sent := s.Submit(s.Get("/signin"), "/signin", map[string]string{"email": email}).Want(303)
			at, _ := url.Parse(sent.Location)
			page := s.Get(sent.Location).Want(200).Text("main")
			page = strings.NewReplacer(email, "ADDRESS", at.Query().Get("page"), "PAGE").Replace(page)
			return at.Path + page
		}
		first := shape("unknown@example.org")
		for i := range 7 { // beyond the limit too
			if got := shape("known@example.org"); got != first {
				t.Fatalf("request %d differs:\n%s\n%s", i, got, first)
			}
		}
	})
}

func TestErrorsOfTheFirstPage(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		for typed, key := range map[string]string{"": "account.email_missing", "ana": "account.email_form", "<b>@x": "account.email_form"} {
			p := s.Submit(s.Get("/signin?next=/calls"), "/signin", map[string]string{"email": typed}).Want(422).WantSound(lang)
			p.WantProblem("email", key)
			if p.Value("email") != typed {
				t.Errorf("%q became %q", typed, p.Value("email"))
			}
			if form := p.Find("form", "action", "/signin?"); form == nil || !strings.Contains(p.Body, "next=%2Fcalls") {
				t.Errorf("where she was going is lost")
			}
		}
	})
}

func TestDeadLinks(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		s.Submit(s.Get("/signin"), "/signin", map[string]string{"email": "ana@example.org"}).Want(303)
		link := s.mail(t, "ana@example.org").Args["Link"]
		s.Post(link, nil).Want(303)
		s.Cookie = ""
		used := s.Get(link).Want(404).WantSound(lang)
		unknown := s.Get("/signin/link/abc").Want(404)
		if used.Text("main") != unknown.Text("main") {
			t.Errorf("a used link and an unknown one are told apart")
		}
		s.Post(link, nil).Want(404)
		if s.Cookie != "" {
			t.Error("a used link signed in")
		}
	})
}

func TestNowhereElse(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		for _, next := range []string{"//evil.example", "https://evil.example", "/\\evil.example"} {
			if p := s.Get("/signin?next=" + url.QueryEscape(next)).Want(200); strings.Contains(p.Text("main")+p.Find("form", "method", "post").Attr[0].Val, "evil") {
				t.Errorf("%s stands in the page", next)
			}
			s.Post("/signin?next="+url.QueryEscape(next), url.Values{"email": {"ana@example.org"}}).Want(303)
			in := s.Post(s.mail(t, "ana@example.org").Args["Link"], nil).Want(303)
			if strings.Contains(in.Location, "evil") {
				t.Errorf("%s leads to %s", next, in.Location)
			}
			if p := s.Get("/signin?next=" + url.QueryEscape(next)).Want(303); p.Location != "/" {
				t.Errorf("signed in, %s leads to %s", next, p.Location)
			}
			s.Cookie = ""
		}
	})
}

func TestOneBadgeAtATime(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		_, first := accounttest.Person(t, s.accounts, "ana@example.org", "Ana")
		s.Cookie = first
		if p := s.Get("/signin"); p.Status != http.StatusSeeOther {
			t.Errorf("somebody signed in is asked to sign in: %d", p.Status)
		}
		s.Get("/welcome").Want(200)
		s.Post("/signout", nil).Want(303)
		s.Cookie = first // a stolen copy
		if p := s.Get("/welcome").Want(303); !strings.HasPrefix(p.Location, "/signin?next=") {
			t.Errorf("a cookie that was signed out leads to %s", p.Location)
		}
	})
}
