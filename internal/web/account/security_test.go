package account_test

import (
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	"transformateur/internal/web/ui/uitest"
)

func TestSecurityPage(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		page := s.Get("/account/security").Want(200).WantSound(s.lang)
		if where := s.Get("/account/codes").Want(303).Location; where != "/account/security" {
			t.Errorf("codes that nobody began lead to %s", where)
		}
		page = s.Get(s.Submit(page, "/account/codes", nil).Want(303).Location).Want(200).WantSound(s.lang)
		secret := strings.ReplaceAll(page.Text("code"), " ", "")
		if page.Find("svg", "class", "qr") == nil || len(secret) != 32 {
			t.Fatalf("no drawing, or the secret is %q", secret)
		}
		bad := s.Submit(page, "/account/codes/confirm", map[string]string{"code": ""}).Want(422).WantSound(s.lang)
		bad.WantProblem("code", "credential.code_missing")
		code, err := totp.GenerateCode(secret, s.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		codes := s.Submit(page, "/account/codes/confirm", map[string]string{"code": code}).Want(200).WantSound(s.lang)
		if strings.Count(codes.Body, "<code>") != 10 {
			t.Errorf("%d recovery codes are shown", strings.Count(codes.Body, "<code>"))
		}
		page = s.Get("/account/security").Want(200).WantSound(s.lang)
		s.Submit(page, "/account/codes/recovery", nil).Want(200).WantSound(s.lang)
		s.done(t, s.Submit(page, "/account/codes/remove", nil), "credential.codes_removed_done")
	})
}

// Who came by mail only reads what she has, and is led to prove who she is.
func TestSecurityPageIsLocked(t *testing.T) {
	inBoth(t, func(t *testing.T, s site) {
		page := s.Get(s.Submit(s.Get("/account/security").Want(200), "/account/codes", nil).Want(303).Location).Want(200)
		code, err := totp.GenerateCode(strings.ReplaceAll(page.Text("code"), " ", ""), s.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		s.Submit(page, "/account/codes/confirm", map[string]string{"code": code}).Want(200)
		open := s.Get("/account/security").Want(200)
		s.weaken(t)
		locked := s.Get("/account/security").Want(200).WantSound(s.lang)
		if !strings.Contains(locked.Text("main"), uitest.Say(s.lang, "credential.locked_title")) {
			t.Error("she is not told to prove who she is")
		}
		for _, action := range []string{"/account/codes/remove", "/account/codes/recovery"} {
			if where := s.Submit(open, action, nil).Want(303).Location; !strings.HasPrefix(where, "/second-step") {
				t.Errorf("%s leads to %s", action, where)
			}
		}
	})
}
