package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// prove has the person ask for an address and gives the token of the mail.
func (w world) prove(by account.User, email string) string {
	w.t.Helper()
	w.must(w.AddAddress(ctx, by, email, "192.0.2.1"))
	return tokenIn(w.box.Last(w.t, email, account.MailAddress))
}

func (w world) emails(by account.User) string {
	w.t.Helper()
	list, err := w.Addresses(ctx, by)
	w.must(err)
	var out []string
	for _, a := range list {
		email := a.Email
		if a.Main {
			email += "*"
		}
		out = append(out, email)
	}
	return strings.Join(out, " ")
}

func TestAddresses(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana, bob := w.person("ana@example.org"), w.person("bob@example.org")
		token := w.prove(ana, "ana@work.example.org")
		if got := w.emails(ana); got != "ana@example.org*" {
			t.Errorf("before the proof: %s", got)
		}
		_, err := w.ReadProof(ctx, bob, token)
		w.refused(err, errs.NotFound, "")
		w.refused(w.ConfirmAddress(ctx, bob, token, true), errs.NotFound, "")
		w.refused(w.ConfirmAddress(ctx, account.User{}, token, true), errs.Unauthenticated, "")
		p, err := w.ReadProof(ctx, ana, token)
		if err != nil || p.Other || p.Email != "ana@work.example.org" {
			t.Fatalf("proof: %+v %v", p, err)
		}
		w.must(w.ConfirmAddress(ctx, ana, token, false))
		w.refused(w.ConfirmAddress(ctx, ana, token, false), errs.NotFound, "")
		if w.box.Last(t, "ana@example.org", account.MailChanged).Args["Link"] != "/account" {
			t.Error("the main address was not told")
		}
		w.refused(w.AddAddress(ctx, ana, "ANA@work.example.org", ""), errs.Invalid, "email=account.address_yours")
		w.refused(w.RemoveAddress(ctx, ana, "ana@example.org"), errs.Conflict, "account.address_main")
		w.refused(w.SetMain(ctx, bob, "ana@work.example.org"), errs.NotFound, "")
		if got := w.emails(bob); got != "bob@example.org*" {
			t.Errorf("a refused choice changed %s", got)
		}
		w.must(w.SetMain(ctx, ana, "ana@work.example.org"))
		if got := w.emails(ana); got != "ana@work.example.org* ana@example.org" {
			t.Errorf("after the choice: %s", got)
		}
		w.refused(w.RemoveAddress(ctx, bob, "ana@example.org"), errs.NotFound, "")
		w.must(w.RemoveAddress(ctx, ana, "ana@example.org"))
		if got := w.emails(ana); got != "ana@work.example.org*" {
			t.Errorf("at the end: %s", got)
		}
		w.refused(w.RemoveAddress(ctx, ana, "ana@work.example.org"), errs.Conflict, "account.address_main")
	})
}

func TestBothAddressesNeverGoAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("a@example.org")
		w.must(w.ConfirmAddress(ctx, ana, w.prove(ana, "b@example.org"), false))
		var group sync.WaitGroup
		for range 4 {
			for _, email := range []string{"a@example.org", "b@example.org"} {
				group.Go(func() { w.RemoveAddress(ctx, ana, email) })
				group.Go(func() { w.SetMain(ctx, ana, email) })
			}
		}
		group.Wait()
		if all, main := w.count(`select count(*) from addresses`), w.count(`select count(*) from addresses where main`); all < 1 || main != 1 {
			t.Errorf("%d addresses, %d main", all, main)
		}
	})
}

func TestAddingAnAddressRevealsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		w.person("known@example.org")
		for _, email := range []string{"known@example.org", "unknown@example.org"} {
			w.must(w.AddAddress(ctx, ana, email, ""))
			m := w.box.Last(t, email, account.MailAddress)
			if len(m.Args) != 3 || m.Args["Email"] != email || m.Args["Minutes"] != "30" {
				t.Errorf("%s: %v", email, m.Args)
			}
		}
	})
}

func TestMerge(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		var told []account.Merged
		w.bus.Subscribe("test", func(_ context.Context, _ *db.Tx, e event.Event) error {
			var m account.Merged
			told = append(told, m)
			return e.Read(&told[len(told)-1])
		}, "person.merged")
		ana, old := w.person("ana@example.org"), w.person("ana@old.example.org")
		file := policy.Ref{Kind: "application", ID: "a1"}
		org, err := w.CreateOrganisation(ctx, old, account.Description{Name: "Atelier", Kind: account.Association}, "présidente")
		w.must(err)
		w.write(func(tx *db.Tx) error {
			for _, g := range []struct{ who, relation string }{{string(old.ID), "owner"}, {string(old.ID), "reader"}, {string(ana.ID), "reader"}} {
				if err := w.policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: g.who, Relation: g.relation, Object: file}); err != nil {
					return err
				}
			}
			return w.policy.Exclude(ctx, tx, account.System, "person", string(old.ID), policy.Ref{Kind: "application", ID: "a2"}, "conflict", "")
		})
		id, err := w.Invite(ctx, old, account.Invite{Email: "x@example.org", Relation: "reader", Object: account.Ref(file)})
		w.must(err)
		token := w.prove(ana, "ana@old.example.org")
		p, err := w.ReadProof(ctx, ana, token)
		if err != nil || !p.Other || p.Name != "Ana" {
			t.Fatalf("proof: %+v %v", p, err)
		}
		w.refused(w.ConfirmAddress(ctx, ana, token, false), errs.Invalid, "merge=account.merge_unsaid")
		w.must(w.ConfirmAddress(ctx, ana, token, true))

		if got := w.emails(ana); got != "ana@example.org* ana@old.example.org" {
			t.Errorf("addresses: %s", got)
		}
		if _, err := w.bus.Deliver(ctx); err != nil || len(told) != 1 || told[0] != (account.Merged{From: old.ID, To: ana.ID}) {
			t.Errorf("told %v %v", told, err)
		}
		holders, err := w.policy.Holders(ctx, w.db.Reader(), file)
		w.must(err)
		relations := ""
		for _, h := range holders {
			relations += h.Relation + ":" + map[bool]string{true: "ana", false: "other"}[h.SubjectID == string(ana.ID)] + " "
		}
		if relations != "owner:ana reader:ana " && relations != "reader:ana owner:ana " {
			t.Errorf("relations: %s", relations)
		}
		if n := w.count(`select count(*) from exclusions where subject_id = $1`, string(ana.ID)); n != 1 {
			t.Errorf("%d exclusions followed", n)
		}
		mine, err := w.MyOrganisations(ctx, ana)
		if err != nil || len(mine) != 1 || mine[0].Organisation != org || mine[0].Function != "présidente" {
			t.Errorf("organisations: %+v %v", mine, err)
		}
		logins, err := w.Logins(ctx, ana)
		if err != nil || len(logins) != 2 {
			t.Errorf("%d sign-ins %v", len(logins), err)
		}
		former, err := w.GetPerson(ctx, w.db.Reader(), old.ID)
		if err != nil || former.ID != ana.ID {
			t.Errorf("the former account leads to %s %v", former.ID, err)
		}
		names, err := w.Names(ctx, w.db.Reader(), []account.PersonID{old.ID, ana.ID})
		if err != nil || names[old.ID] != "Ana" || len(names) != 2 {
			t.Errorf("names %v %v", names, err)
		}
		if invited, err := w.PendingInvitations(ctx, w.db.Reader(), account.Ref(file)); err != nil || len(invited) != 1 || invited[0].ID != id {
			t.Errorf("invitations she sent: %v %v", invited, err)
		}
		if lines, err := journal.Recent(ctx, w.db.Reader(), 0, "person", string(ana.ID), 20); err != nil || !hasAct(lines, "person.merged") || !hasAct(lines, "rights.moved") {
			t.Errorf("journal: %v %v", lines, err)
		}
	})
}

func hasAct(lines []journal.Line, act string) bool {
	for _, l := range lines {
		if l.Act == act {
			return true
		}
	}
	return false
}

// Accounts merged one after the other all lead to the last.
func TestMergeTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		a, b, c := w.person("a@example.org"), w.person("b@example.org"), w.person("c@example.org")
		w.must(w.ConfirmAddress(ctx, b, w.prove(b, "a@example.org"), true))
		w.must(w.ConfirmAddress(ctx, c, w.prove(c, "b@example.org"), true))
		for _, who := range []account.PersonID{a.ID, b.ID, c.ID} {
			if p, err := w.GetPerson(ctx, w.db.Reader(), who); err != nil || p.ID != c.ID {
				t.Errorf("%s leads to %s %v", who, p.ID, err)
			}
		}
		if got := w.emails(c); got != "c@example.org* a@example.org b@example.org" {
			t.Error(got)
		}
	})
}

func TestADisabledAccountDoesNotEscapeByMerging(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana, bad := w.person("ana@example.org"), w.person("bad@example.org")
		w.must(w.Disable(ctx, account.System, bad.ID))
		token := w.prove(ana, "bad@example.org")
		w.refused(w.ConfirmAddress(ctx, ana, token, true), errs.Forbidden, "account.disabled")
		if got := w.emails(ana); got != "ana@example.org*" {
			t.Error(got)
		}
	})
}

func TestSignInsEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(w world, by, other account.User) error
		want string // which of the two sign-ins still work
	}{
		{"nothing", func(world, account.User, account.User) error { return nil }, "by other"},
		{"she signs out", func(w world, by, _ account.User) error { return w.SignOut(ctx, by) }, "other"},
		{"she ends the other one", func(w world, by, other account.User) error { return w.RevokeLogin(ctx, by, other.LoginID) }, "by"},
		{"she ends all others", func(w world, by, _ account.User) error { _, err := w.RevokeOthers(ctx, by); return err }, "by"},
		{"her account is closed", func(w world, by, _ account.User) error { return w.Disable(ctx, account.System, by.ID) }, ""},
		{"closed and opened again", func(w world, by, _ account.User) error {
			w.Disable(ctx, account.System, by.ID)
			return w.Enable(ctx, account.System, by.ID)
		}, ""},
		{"a month unused, to the second", func(w world, _, _ account.User) error { w.clock.Advance(30 * 24 * time.Hour); return nil }, "by other"},
		{"more than a month unused", func(w world, _, _ account.User) error { w.clock.Advance(30*24*time.Hour + time.Second); return nil }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w world) {
				w.person("ana@example.org")
				by, other := w.signIn("ana@example.org"), w.signIn("ana@example.org")
				w.must(c.do(w, by.User, other.User))
				got := ""
				for _, s := range []struct {
					name string
					in   opened
				}{{"by", by}, {"other", other}} {
					if _, err := w.Authenticate(ctx, s.in.cookie); err == nil {
						got += " " + s.name
					} else if !errs.Is(err, errs.Unauthenticated) {
						t.Errorf("%s: %v", s.name, err)
					}
				}
				if got = strings.TrimSpace(got); got != c.want {
					t.Errorf("still open: %q, want %q", got, c.want)
				}
			})
		})
	}
}

type opened struct {
	account.User
	cookie string
}

func (w world) signIn(email string) opened {
	w.t.Helper()
	_, token, _ := w.ask(email, "/")
	a, err := w.UseLink(ctx, account.User{}, token, "Mozilla/5.0")
	w.must(err)
	by, err := w.Authenticate(ctx, a.Token)
	w.must(err)
	return opened{by, a.Token}
}

func TestASignInLastsHalfAYearAtMost(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		in := w.signIn("ana@example.org")
		for range 179 {
			w.clock.Advance(24 * time.Hour)
			if _, err := w.Authenticate(ctx, in.cookie); err != nil {
				t.Fatalf("a sign-in used every day ended at %v", w.clock.Now())
			}
		}
		w.clock.Advance(24*time.Hour - time.Second)
		if _, err := w.Authenticate(ctx, in.cookie); err != nil {
			t.Errorf("the last second: %v", err)
		}
		w.clock.Advance(time.Second)
		_, err := w.Authenticate(ctx, in.cookie)
		w.refused(err, errs.Unauthenticated, "")
		if list, _ := w.Logins(ctx, in.User); len(list) != 0 {
			t.Errorf("%d ended sign-ins listed", len(list))
		}
	})
}

func TestOthersSignInsAreNotHers(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana, bob := w.signIn("ana@example.org"), w.signIn("bob@example.org")
		w.refused(w.RevokeLogin(ctx, bob.User, ana.LoginID), errs.NotFound, "errs.not_found")
		w.refused(w.Disable(ctx, bob.User, ana.ID), errs.NotFound, "")
		w.refused(w.Disable(ctx, account.User{}, ana.ID), errs.Unauthenticated, "")
		if _, err := w.Authenticate(ctx, ana.cookie); err != nil {
			t.Error(err)
		}
		w.must(w.Disable(ctx, account.System, ana.ID))
		_, token, _ := w.ask("ana@example.org", "/")
		_, err := w.UseLink(ctx, account.User{}, token, "")
		w.refused(err, errs.Forbidden, "account.disabled")
	})
}

func TestProfile(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		err := w.Save(ctx, ana, account.Profile{Name: " \u200b ", Lang: "de", Zone: "Local"})
		var e *errs.Error
		if !asError(err, &e) || len(e.Fields) != 3 {
			t.Fatalf("every bad field at once: %v", err)
		}
		w.refused(w.Save(ctx, ana, account.Profile{Name: strings.Repeat("é", 121), Lang: "fr", Zone: "Europe/Paris"}), errs.Invalid, "name=account.name_long")
		w.must(w.Save(ctx, ana, account.Profile{Name: strings.Repeat("é", 120), Lang: "fr", Zone: "Europe/Paris"}))
	})
}

func TestWelcomeIsAskedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		_, token, _ := w.ask("ana@example.org", "/")
		a, err := w.UseLink(ctx, account.User{}, token, "")
		w.must(err)
		by, _ := w.Authenticate(ctx, a.Token)
		w.must(w.SkipWelcome(ctx, by))
		_, token, _ = w.ask("ana@example.org", "/")
		b, err := w.UseLink(ctx, by, token, "")
		if err != nil || !a.New || b.New {
			t.Errorf("new at first %v, then %v (%v)", a.New, b.New, err)
		}
	})
}
