package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"transformateur/internal/account"
	"transformateur/internal/credential/credentialtest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/openid"
	"transformateur/internal/platform/openid/openidtest"
	"transformateur/internal/policy"
	"transformateur/internal/web/ui/uitest"
)

// come signs in by mail and gives where that leads.
func (s site) come(t *testing.T, email string) string {
	t.Helper()
	s.Submit(s.Get("/signin?next=%2Fapplications").Want(200), "/signin", map[string]string{"email": email}).Want(303)
	link := s.mail(t, email).Args["Link"]
	where := s.Submit(s.Get(link).Want(200), "/signin/link/", nil).Want(303).Location
	if strings.HasPrefix(where, "/welcome") {
		where = s.Submit(s.Get(where).Want(200), "/welcome", map[string]string{"later": "yes"}).Want(303).Location
	}
	return where
}

func (s site) lead(t *testing.T) account.User {
	t.Helper()
	s.come(t, "lead@example.org")
	by, err := s.accounts.Authenticate(t.Context(), s.Cookie)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		return s.policy.Grant(t.Context(), tx, account.System, policy.Relation{SubjectID: string(by.ID), Relation: "lead", Object: policy.Ref{Kind: "edition", ID: "e1"}})
	}); err != nil {
		t.Fatal(err)
	}
	return by
}

func TestSecondStep(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		if where := s.come(t, "ana@example.org"); where != "/applications" {
			t.Errorf("an applicant is led to %s", where)
		}
		s.Cookie = ""
		by := s.lead(t)
		page := s.Get("/second-step?next=%2Fcalls").Want(200).WantSound(lang)
		if !strings.Contains(page.Text("main"), uitest.Say(lang, "signin.set_up_text")) {
			t.Error("she is not told why she needs a second factor")
		}
		if err := s.keys.BeginCodes(t.Context(), by); err != nil {
			t.Fatal(err)
		}
		setup, err := s.keys.Setup(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		secret := strings.ReplaceAll(setup.Secret, " ", "")
		code := func() string {
			code, err := totp.GenerateCode(secret, s.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		if _, _, err := s.keys.ConfirmCodes(t.Context(), by, code()); err != nil {
			t.Fatal(err)
		}
		s.Cookie = ""
		s.clock.Advance(time.Hour) // another step
		where := s.come(t, "lead@example.org")
		if where != "/second-step?next=%2Fapplications" {
			t.Fatalf("she is led to %s", where)
		}
		page = s.Get(where).Want(200).WantSound(lang)
		bad := s.Submit(page, "/second-step", map[string]string{"code": "000000"}).Want(422).WantSound(lang)
		bad.WantProblem("code", "credential.code_wrong")
		before := s.Cookie
		in := s.Submit(bad, "/second-step", map[string]string{"code": code()}).Want(303)
		if in.Location != "/applications" || s.Cookie == before {
			t.Errorf("she is led to %s, and her cookie changed: %v", in.Location, s.Cookie != before)
		}
		if next := s.Get("/second-step?next=%2Fcalls").Want(303).Location; next != "/calls" {
			t.Errorf("who proved twice is asked again, and led to %s", next)
		}
	})
}

func TestPasskeyAnswers(t *testing.T) {
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		page := s.Get("/signin").Want(200)
		if got := page.Find("input", "name", "email"); got == nil || page.Find("script", "type", "module") == nil {
			t.Error("the page has no field or no script")
		}
		options := s.Post("/signin/passkey/options", nil).Want(200)
		for _, part := range []string{`"rpId":"appels.example.org"`, `"userVerification":"required"`, `"challenge":"`, `"ceremony":"`} {
			if !strings.Contains(options.Body, part) {
				t.Errorf("no %s in %s", part, options.Body)
			}
		}
		s.Post("/signin/passkey", url.Values{"ceremony": {"x"}, "response": {"{}"}}).Want(422)
		if s.Cookie != "" {
			t.Error("an invented answer signed in")
		}
	})
}

func TestProviderPages(t *testing.T) {
	const back = credentialtest.Base + "/signin/with/proconnect/back"
	p := openidtest.New(t, back, credentialtest.Base+"/signin/out")
	p.User = openidtest.User{Subject: "ana", Email: "ana@agence.example", Given: "Ana", Usual: "Le Goff"}
	provider := openid.New(openid.Settings{Name: "proconnect", Label: "ProConnect", Kind: openid.ProConnect, Issuer: p.URL, ClientID: p.ID, ClientSecret: p.Secret, Scopes: []string{"openid", "email"}, Signed: true}, back, clock.System{})
	inBoth(t, func(t *testing.T, s site, lang i18n.Lang) {
		s.clock.Set(clock.System{}.Now())
		page := s.Get("/signin?next=%2Fcalls").Want(200).WantSound(lang)
		door := page.Link("/signin/with/proconnect", "")
		if door == "" || page.Link("https://www.proconnect.gouv.fr/", "") == "" {
			t.Fatal("no way to ProConnect, or nothing that says what it is")
		}
		s.Get("/signin/with/nobody").Want(404)
		s.Get("/signin/with/proconnect/back?state=x&code=y").Want(http.StatusConflict).WantSound(lang)
		s.Get("/signin/out").Want(200).WantSound(lang)
	}, provider)
}
