package credential_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"transformateur/internal/account"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// app is the application on somebody's telephone.
type app struct{ secret string }

func (a app) at(t *testing.T, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(a.secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// withCodes sets up one-time codes for somebody who came by mail.
func (w world) withCodes(email string) (by account.User, a app, recovery []string) {
	w.t.Helper()
	by, _ = w.weak(email)
	w.must(w.BeginCodes(ctx, by))
	setup, err := w.Setup(ctx, by)
	w.must(err)
	a = app{strings.ReplaceAll(setup.Secret, " ", "")}
	recovery, token, err := w.ConfirmCodes(ctx, by, a.at(w.t, w.clock.Now()))
	w.must(err)
	return w.who(token), a, recovery
}

func TestCodesAreSetUpOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		by, _ := w.weak("ana@example.org")
		_, err := w.Setup(ctx, by)
		w.refused(err, errs.NotFound, "errs.not_found")
		w.must(w.BeginCodes(ctx, by))
		setup, err := w.Setup(ctx, by)
		w.must(err)
		key, err := otp.NewKeyFromURL(setup.URL)
		w.must(err)
		if key.Issuer() != "Appels" || key.AccountName() != "ana@example.org" || key.Secret() != strings.ReplaceAll(setup.Secret, " ", "") {
			t.Errorf("the QR code holds %s", setup.URL)
		}
		sealed := w.count(`select count(*) from one_time_codes where confirmed_at is null`)
		if sealed != 1 {
			t.Errorf("%d secrets wait for a code", sealed)
		}
		_, _, err = w.ConfirmCodes(ctx, by, "000000")
		w.refused(err, errs.Invalid, "code=credential.code_wrong")
		if f, _ := w.Factors(ctx, by); f.Any() {
			t.Error("codes count before they are confirmed")
		}
		a := app{key.Secret()}
		code := a.at(t, w.clock.Now())
		recovery, token, err := w.ConfirmCodes(ctx, by, code[:3]+" "+code[3:])
		w.must(err)
		if len(recovery) != 10 || len(recovery[0]) != 14 {
			t.Errorf("recovery codes %v", recovery)
		}
		strong := w.who(token)
		if strong.Weak {
			t.Error("the sign-in did not gain a second proof")
		}
		w.refused(w.BeginCodes(ctx, strong), errs.Conflict, "credential.codes_set")
		w.journaled("codes.set", 1)
		w.told("ana@example.org", "codes_set")
		logins, err := w.accounts.Logins(ctx, strong)
		w.must(err)
		if len(logins) != 1 || strings.Join(logins[0].Methods, " ") != "mail code" || !logins[0].StrongAt.Equal(noon) {
			t.Errorf("the sign-ins say %+v", logins)
		}
	})
}

func TestCodeIsTakenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		_, a, _ := w.withCodes("ana@example.org")
		for _, c := range []struct {
			name  string
			after time.Duration // since the codes were set up
			of    time.Duration // the instant whose code is typed, from then on
			want  string
		}{
			{"the code that set it up, again", 0, 0, "code=credential.code_wrong"},
			{"the next one, typed early", 0, 30 * time.Second, ""},
			{"that one again, at its time", 30 * time.Second, 30 * time.Second, "code=credential.code_wrong"},
			{"the one before the last used", 31 * time.Second, 0, "code=credential.code_wrong"},
			{"a step late", 20 * time.Minute, 20*time.Minute - 30*time.Second, ""},
			{"two steps late", 40 * time.Minute, 39 * time.Minute, "code=credential.code_wrong"},
			{"two steps early", 60 * time.Minute, 61 * time.Minute, "code=credential.code_wrong"},
			{"with spaces", 80 * time.Minute, 80 * time.Minute, ""},
			{"nothing typed", 80 * time.Minute, -1, "code=credential.code_missing"},
		} {
			w.clock.Set(noon.Add(c.after))
			by, old := w.weak("ana@example.org")
			typed := ""
			if c.of >= 0 {
				typed = a.at(t, noon.Add(c.of))
			}
			if c.name == "with spaces" {
				typed = " " + typed[:3] + "\u00a0" + typed[3:]
			}
			token, err := w.UseCode(ctx, by, typed)
			if c.want != "" {
				w.refused(err, errs.Invalid, c.want)
				if !w.who(old).Weak {
					t.Errorf("%s: the sign-in became strong", c.name)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if w.who(token).Weak {
				t.Errorf("%s: the sign-in stayed weak", c.name)
			}
			if _, err := w.accounts.Authenticate(ctx, old); !errs.Is(err, errs.Unauthenticated) {
				t.Errorf("%s: the former token still opens: %v", c.name, err)
			}
		}
	})
}

func TestTriesAreCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		_, a, _ := w.withCodes("ana@example.org")
		w.clock.Advance(time.Hour)
		by, _ := w.weak("ana@example.org")
		for range 5 {
			_, err := w.UseCode(ctx, by, "123")
			w.refused(err, errs.Invalid, "code=credential.code_wrong")
		}
		_, err := w.UseCode(ctx, by, a.at(t, w.clock.Now()))
		w.refused(err, errs.Invalid, "code=credential.code_many")
		w.clock.Advance(15 * time.Minute)
		_, err = w.UseCode(ctx, by, a.at(t, w.clock.Now()))
		w.must(err)
	})
}

func TestRecoveryCodes(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		_, _, codes := w.withCodes("ana@example.org")
		bob, _, _ := w.withCodes("bob@example.org")
		for _, code := range codes {
			if n := w.count(`select count(*) from recovery_codes where digest like $1`, "%"+strings.ReplaceAll(code, "-", "")+"%"); n != 0 {
				t.Fatal("a recovery code is kept as it is")
			}
		}
		w.clock.Advance(time.Hour)
		_, err := w.UseCode(ctx, bob, codes[0])
		w.refused(err, errs.Invalid, "code=credential.code_wrong")
		by, _ := w.weak("ana@example.org")
		token, err := w.UseCode(ctx, by, strings.ToLower(codes[0]))
		w.must(err)
		strong := w.who(token)
		w.told("ana@example.org", "recovery_used")
		_, err = w.UseCode(ctx, strong, codes[0])
		w.refused(err, errs.Invalid, "code=credential.code_wrong")
		if f, err := w.Factors(ctx, strong); err != nil || f.Recovery != 9 {
			t.Errorf("%d codes are left (%v)", f.Recovery, err)
		}
		other, err := w.RenewRecovery(ctx, strong)
		w.must(err)
		w.clock.Advance(time.Hour)
		_, err = w.UseCode(ctx, strong, codes[1])
		w.refused(err, errs.Invalid, "code=credential.code_wrong")
		_, err = w.UseCode(ctx, strong, other[1])
		w.must(err)
	})
}

// Who only reads somebody's mail changes nothing of what she signs in with.
func TestOneProofChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		strong, _, _ := w.withCodes("ana@example.org")
		w.clock.Advance(time.Hour)
		by, _ := w.weak("ana@example.org")
		_, offer := w.OfferKey(ctx, by)
		_, renew := w.RenewRecovery(ctx, by)
		_, keep := w.KeepKey(ctx, by, answerOf("", "", "a"))
		for name, err := range map[string]error{"offer a key": offer, "keep a key": keep, "renew": renew, "remove codes": w.RemoveCodes(ctx, by),
			"remove a key": w.RemoveKey(ctx, by, "x"), "attach": w.Attach(ctx, by, "x"), "detach": w.Detach(ctx, by, "x")} {
			if !errs.Is(err, errs.Forbidden) || errs.KeyOf(err) != "credential.prove_first" {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.must(w.RemoveCodes(ctx, strong))
		w.told("ana@example.org", "codes_removed")
		if f, err := w.Factors(ctx, strong); err != nil || f.Any() || f.Recovery != 0 {
			t.Errorf("she still has %+v (%v)", f, err)
		}
	})
}

// The rights of the programme wait for the second proof; hers as an applicant do not.
func TestRightsWait(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		by, _ := w.weak("lead@example.org")
		edition, file := policy.Ref{Kind: "edition", ID: "e1"}, policy.Ref{Kind: "application", ID: "a1"}
		w.grant(by, "lead", edition)
		w.grant(by, "owner", file)
		may := func(who account.User, action policy.Action, on policy.Ref, state string) bool {
			d, err := w.policy.Decide(ctx, w.db.Reader(), who, action, policy.Object{Ref: on, State: state})
			w.must(err)
			return d.Allowed
		}
		if may(by, "edition.manage", edition, "draft") || !may(by, "application.edit", file, "draft") {
			t.Error("one proof opens the programme, or closes her own file")
		}
		if waits, err := w.policy.Waits(ctx, by); err != nil || !waits {
			t.Errorf("nothing waits (%v)", err)
		}
		if f, err := w.Factors(ctx, by); err != nil || !f.Missing() {
			t.Errorf("she is not asked for a second factor: %+v (%v)", f, err)
		}
		strong, _, _ := w.withCodes("lead@example.org")
		if !may(strong, "edition.manage", edition, "draft") || !may(strong, "application.edit", file, "draft") {
			t.Error("two proofs do not open the programme")
		}
		stranger, _ := w.weak("bob@example.org")
		if waits, err := w.policy.Waits(ctx, stranger); err != nil || waits {
			t.Errorf("a person without a role is asked for more (%v)", err)
		}
	})
}

func TestReset(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		strong, _, recovery := w.withCodes("lead@example.org")
		admin, _, _ := w.withCodes("admin@example.org")
		w.grant(admin, "admin", policy.Platform.Ref)
		w.refused(w.Reset(ctx, strong, "admin@example.org", "pour voir"), errs.NotFound, "errs.not_found")
		weak, _ := w.weak("admin@example.org")
		w.refused(w.Reset(ctx, weak, "lead@example.org", "vol"), errs.NotFound, "errs.not_found")
		for _, c := range []struct{ name, email, reason, want string }{
			{"no reason", "lead@example.org", " ", "reason=credential.reason_missing"},
			{"nobody", "nobody@example.org", "vol", "email=credential.reset_unknown"},
			{"no address", "x", "vol", "email=account.email_form"},
			{"herself", "admin@example.org", "vol", "email=credential.reset_own"},
			{"too long", "lead@example.org", strings.Repeat("a", 501), "reason=credential.reason_long"},
		} {
			w.refused(w.Reset(ctx, admin, c.email, c.reason), errs.Invalid, c.want)
		}
		w.must(w.Reset(ctx, admin, "lead@example.org", "Téléphone volé, vérifié de vive voix."))
		m := w.box.Last(t, "lead@example.org", "security_changed")
		if m.Args["What"] != "factor_reset" || m.Args["Message"] != "Téléphone volé, vérifié de vive voix." {
			t.Errorf("she was told %v", m.Args)
		}
		w.journaled("factor.reset", 1)
		if n := w.count(`select count(*) from journal where detail like '%vive voix%'`); n != 0 {
			t.Error("the reason stands in the journal")
		}
		if logins, err := w.accounts.Logins(ctx, strong); err != nil || len(logins) != 0 {
			t.Errorf("%d sign-ins are left (%v)", len(logins), err)
		}
		again, _ := w.weak("lead@example.org")
		_, err := w.UseCode(ctx, again, recovery[0])
		w.refused(err, errs.Invalid, "code=credential.code_wrong")
		w.refused(w.Reset(ctx, admin, "lead@example.org", "vol"), errs.Invalid, "email=credential.reset_nothing")
		w.must(w.BeginCodes(ctx, again))
	})
}

// An account with a second factor is not reached through another one.
func TestGuardedAccountIsNotMerged(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.withCodes("lead@example.org")
		mallory, _, _ := w.withCodes("mallory@example.org")
		prove := func(by account.User, email string) string {
			w.must(w.accounts.AddAddress(ctx, by, email, "192.0.2.1"))
			link := w.box.Last(t, email, account.MailAddress).Args["Link"]
			return link[strings.LastIndexByte(link, '/')+1:]
		}
		w.refused(w.accounts.ConfirmAddress(ctx, mallory, prove(mallory, "lead@example.org"), true), errs.Invalid, "merge=account.merge_guarded")
		w.weak("old@example.org")
		w.must(w.accounts.ConfirmAddress(ctx, mallory, prove(mallory, "old@example.org"), true))
		for range 2 { // an event may come twice
			if _, err := w.bus.Deliver(ctx); err != nil {
				t.Fatal(err)
			}
		}
	})
}
