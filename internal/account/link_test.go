package account_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

func asError(err error, into **errs.Error) bool { return errors.As(err, into) }

func TestLinkCreatesThenSignsIn(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		_, token, _ := w.ask("ana.le-goff@example.org", "/calls/c1?tab=2")
		if n := w.count(`select count(*) from people`); n != 0 {
			t.Fatalf("%d people before the link is used", n)
		}
		email, err := w.LinkEmail(ctx, token)
		if err != nil || email != "ana.le-goff@example.org" {
			t.Fatalf("the page of the link: %q %v", email, err)
		}
		first, err := w.UseLink(ctx, account.User{}, token, "Firefox")
		if err != nil || !first.New || first.Next != "/calls/c1?tab=2" {
			t.Fatalf("first arrival: %+v %v", first, err)
		}
		me, err := w.Authenticate(ctx, first.Token)
		if err != nil || me.Name != "Ana Le-Goff" || me.Lang != "fr" || me.Zone != "Europe/Paris" {
			t.Fatalf("who arrived: %+v %v", me, err)
		}
		w.must(w.Save(ctx, me, account.Profile{Name: " Ana  Le Goff ", Lang: "en", Zone: "Indian/Reunion"}))
		_, token, _ = w.ask(" Ana.Le-Goff@Example.ORG", "/")
		again, err := w.UseLink(ctx, me, token, "Firefox")
		if err != nil || again.New {
			t.Fatalf("second arrival: %+v %v", again, err)
		}
		now, err := w.Authenticate(ctx, again.Token)
		if err != nil || now.ID != me.ID || now.Name != "Ana Le Goff" || now.Lang != "en" || now.Zone != "Indian/Reunion" {
			t.Fatalf("who came back: %+v %v", now, err)
		}
		_, err = w.Authenticate(ctx, first.Token)
		w.refused(err, errs.Unauthenticated, "") // the former sign-in of this device ended
	})
}

func TestLinkDies(t *testing.T) {
	for _, c := range []struct {
		name  string
		after func(w world, token string)
		alive bool
	}{
		{"just before half an hour", func(w world, _ string) { w.clock.Advance(30*time.Minute - time.Second) }, true},
		{"at half an hour", func(w world, _ string) { w.clock.Advance(30 * time.Minute) }, false},
		{"used once", func(w world, token string) { w.UseLink(ctx, account.User{}, token, "") }, false},
		{"opened ten times by a mail scanner", func(w world, token string) {
			for range 10 {
				w.LinkEmail(ctx, token)
			}
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w world) {
				_, token, _ := w.ask("ana@example.org", "/")
				c.after(w, token)
				_, err := w.UseLink(ctx, account.User{}, token, "")
				if c.alive {
					w.must(err)
					return
				}
				w.refused(err, errs.NotFound, "errs.not_found")
				_, err = w.LinkEmail(ctx, token)
				w.refused(err, errs.NotFound, "errs.not_found")
			})
		})
	}
}

func TestLinkHasOneWinner(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		_, token, _ := w.ask("ana@example.org", "/")
		var wins sync.Map
		var group sync.WaitGroup
		for i := range 12 {
			group.Go(func() {
				if _, err := w.UseLink(ctx, account.User{}, token, ""); err == nil {
					wins.Store(i, true)
				}
			})
		}
		group.Wait()
		n := 0
		wins.Range(func(any, any) bool { n++; return true })
		if people := w.count(`select count(*) from people`); n != 1 || people != 1 {
			t.Errorf("%d winners, %d people", n, people)
		}
	})
}

func TestSecretsAreNotKept(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		page, token, code := w.ask("ana@example.org", "/")
		for _, secret := range []string{page, token, code, strings.ReplaceAll(code, "-", "")} {
			if n := w.count(`select count(*) from login_links where token_hash = $1 or page_hash = $1 or code_hash = $1 or id = $1`, secret); n != 0 {
				t.Errorf("a secret is readable in the database")
			}
		}
		a, err := w.UseLink(ctx, account.User{}, token, "")
		w.must(err)
		if n := w.count(`select count(*) from logins where token_hash = $1 or id = $1`, a.Token); n != 0 {
			t.Errorf("the cookie is readable in the database")
		}
	})
}

func TestCode(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		page, _, code := w.ask("ana@example.org", "/calls")
		other, _, _ := w.ask("bob@example.org", "/")
		_, err := w.UseCode(ctx, account.User{}, page, " ", "")
		w.refused(err, errs.Invalid, "code=account.code_missing")
		_, err = w.UseCode(ctx, account.User{}, other, code, "")
		w.refused(err, errs.Invalid, "code=account.code_wrong") // a code belongs to its page
		_, err = w.UseCode(ctx, account.User{}, page, "AAAA-AAAA", "")
		w.refused(err, errs.Invalid, "code=account.code_wrong")
		a, err := w.UseCode(ctx, account.User{}, page, " "+strings.ToLower(strings.Replace(code, "-", " ", 1)), "Firefox")
		if err != nil || a.Next != "/calls" || a.Token == "" {
			t.Fatalf("the right code: %+v %v", a, err)
		}
		_, err = w.UseCode(ctx, account.User{}, page, code, "")
		w.refused(err, errs.Invalid, "code=account.code_dead")
	})
}

func TestCodeTriesAreBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		page, token, code := w.ask("ana@example.org", "/")
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() { w.UseCode(ctx, account.User{}, page, "AAAAAAAA", "") })
		}
		group.Wait()
		_, err := w.UseCode(ctx, account.User{}, page, code, "")
		w.refused(err, errs.Invalid, "code=account.code_dead")
		if _, err := w.UseLink(ctx, account.User{}, token, ""); err != nil {
			t.Errorf("somebody's guesses closed the mail's own link: %v", err)
		}
	})
}

func TestAskingRevealsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.person("known@example.org")
		counted := func(email string) (mails int, queries int64) {
			before := w.box.Count(email)
			c, n := db.Counted(ctx)
			page, err := w.AskLink(c, account.Ask{Email: email, Lang: "fr", IP: "192.0.2.9"})
			if err != nil || len(page) != 43 {
				t.Fatalf("%s: page %q, %v", email, page, err)
			}
			if shown, err := w.AskedEmail(ctx, page); shown != email || err != nil {
				t.Errorf("the page shows %q %v", shown, err)
			}
			return w.box.Count(email) - before, n.Load()
		}
		known, knownQueries := counted("known@example.org")
		unknown, unknownQueries := counted("unknown@example.org")
		if known != 1 || unknown != 1 || knownQueries != unknownQueries {
			t.Errorf("known: %d mails, %d queries; unknown: %d mails, %d queries", known, knownQueries, unknown, unknownQueries)
		}
	})
}

func TestAskingIsBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ask := func(email, ip string) {
			t.Helper()
			if _, err := w.AskLink(ctx, account.Ask{Email: email, Lang: "fr", IP: ip}); err != nil {
				t.Fatalf("asking beyond the limit must look the same: %v", err)
			}
		}
		for i := range 8 {
			ask("ana@example.org", fmt.Sprintf("192.0.2.%d", i))
		}
		if n := w.box.Count("ana@example.org"); n != 5 {
			t.Errorf("%d mails to one address in a quarter of an hour, want 5", n)
		}
		w.clock.Advance(15*time.Minute + time.Second)
		ask("ana@example.org", "192.0.2.1")
		if n := w.box.Count("ana@example.org"); n != 6 {
			t.Errorf("%d mails a quarter of an hour later, want 6", n)
		}
		for i := range 60 {
			ask(fmt.Sprintf("p%d@example.org", i), fmt.Sprintf("2001:db8:1:1::%x", i+1)) // one subscriber
		}
		if n := len(w.box.All()) - 6; n != 50 {
			t.Errorf("%d mails from one network, want 50", n)
		}
		ask("far@example.org", "2001:db8:1:2::1")
		if n := w.box.Count("far@example.org"); n != 1 {
			t.Errorf("another network was refused")
		}
	})
}

func TestALimitedPageOpensNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		var page string
		for range 6 {
			page, _ = w.AskLink(ctx, account.Ask{Email: "ana@example.org", Lang: "fr", IP: "192.0.2.1"})
		}
		_, err := w.UseCode(ctx, account.User{}, page, strings.ReplaceAll(w.box.Last(t, "ana@example.org", account.MailSignIn).Args["Code"], "-", ""), "")
		w.refused(err, errs.Invalid, "code=account.code_dead")
	})
}

func TestWithoutMailerNothingIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		s := account.New(w.db, w.clock, account.Options{})
		_, err := s.AskLink(ctx, account.Ask{Email: "ana@example.org"})
		w.refused(err, errs.Unavailable, "account.no_mail")
		if n := w.count(`select count(*) from login_links`); n != 0 {
			t.Errorf("%d links kept", n)
		}
	})
}

func TestSweepForgets(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.ask("ana@example.org", "/")
		by := w.person("bob@example.org")
		w.clock.Advance(24 * time.Hour)
		w.must(w.Sweep(ctx))
		if n := w.count(`select count(*) from attempts`); n != 2 {
			t.Errorf("%d attempts on the day itself, want 2", n)
		}
		w.clock.Advance(time.Hour)
		w.must(w.Sweep(ctx))
		if a, l := w.count(`select count(*) from attempts`), w.count(`select count(*) from login_links`); a != 0 || l != 1 {
			t.Errorf("after a day: %d attempts, %d links", a, l)
		}
		w.clock.Advance(40 * 24 * time.Hour)
		w.must(w.Sweep(ctx))
		if l, open := w.count(`select count(*) from login_links`), w.count(`select count(*) from logins where person_id = $1`, string(by.ID)); l != 0 || open != 1 {
			t.Errorf("after a month: %d links, %d sign-ins", l, open)
		}
	})
}

func TestCancelledRequestKeepsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := w.AskLink(gone, account.Ask{Email: "ana@example.org"}); err == nil {
			t.Error("a request that ended was kept")
		}
		if n := w.count(`select count(*) from login_links`); n != 0 || w.box.Count("ana@example.org") != 0 {
			t.Errorf("%d links", n)
		}
	})
}
