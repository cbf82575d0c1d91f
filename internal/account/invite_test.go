package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
)

var file = account.Ref{Kind: "application", ID: "a1"}

func (w world) invite(by account.User, email string) (id, token string) {
	w.t.Helper()
	id, err := w.Invite(ctx, by, account.Invite{Email: email, Lang: "fr", Relation: "editor", Object: file, ObjectName: "Atelier", Message: "Bonjour"})
	w.must(err)
	return id, tokenIn(w.box.Last(w.t, strings.ToLower(email), account.MailInvitation))
}

func (w world) holds(who account.User, relation string) bool {
	w.t.Helper()
	list, err := w.policy.Holders(ctx, w.db.Reader(), policy.Ref(file))
	w.must(err)
	for _, h := range list {
		if h.SubjectID == string(who.ID) && h.Relation == relation {
			return true
		}
	}
	return false
}

func TestInvitationAnswered(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(w world, ana account.User, id, token string)
		ok     bool
	}{
		{"at once", func(world, account.User, string, string) {}, true},
		{"the last second", func(w world, _ account.User, _, _ string) { w.clock.Advance(21*24*time.Hour - time.Second) }, true},
		{"after its end", func(w world, _ account.User, _, _ string) { w.clock.Advance(21 * 24 * time.Hour) }, false},
		{"after she took it back", func(w world, ana account.User, id, _ string) { w.must(w.RevokeInvitation(ctx, ana, file, id)) }, false},
		{"after it was declined", func(w world, _ account.User, _, token string) {
			w.must(w.DeclineInvitation(ctx, account.User{}, token))
		}, false},
		{"after it was accepted", func(w world, _ account.User, _, token string) {
			_, err := w.AcceptInvitation(ctx, w.person("other@example.org"), token, account.Acceptance{})
			w.must(err)
		}, false},
		{"after it was sent again", func(w world, ana account.User, id, _ string) { w.must(w.ResendInvitation(ctx, ana, file, id)) }, false},
		{"after another of the same", func(w world, ana account.User, _, _ string) { w.invite(ana, "bob@example.org") }, false},
		{"taken back for another object", func(w world, ana account.User, id, _ string) {
			w.refused(w.RevokeInvitation(ctx, ana, account.Ref{Kind: "application", ID: "a2"}, id), errs.NotFound, "")
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w world) {
				ana, bob := w.person("ana@example.org"), w.person("bob@example.org")
				id, token := w.invite(ana, "bob@example.org")
				c.before(w, ana, id, token)
				_, err := w.AcceptInvitation(ctx, bob, token, account.Acceptance{})
				if !c.ok {
					w.refused(err, errs.NotFound, "errs.not_found")
				} else {
					w.must(err)
				}
				if w.holds(bob, "editor") != c.ok {
					t.Errorf("holds the relation: %v", !c.ok)
				}
			})
		})
	}
}

func TestInvitationGrantsInTheInvitersName(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		var told account.Accepted
		w.bus.Subscribe("test", func(_ context.Context, _ *db.Tx, e event.Event) error { return e.Read(&told) }, "invitation.accepted")
		ana, bob := w.person("ana@example.org"), w.person("bob@example.org")
		until := noon.Add(90 * 24 * time.Hour)
		id, err := w.Invite(ctx, ana, account.Invite{Email: "Bob@Example.org", Relation: "reader", Object: file, RelationUntil: until})
		w.must(err)
		mine, err := w.MyInvitations(ctx, bob)
		if err != nil || len(mine) != 1 || mine[0].ID != id || mine[0].InviterName != "Ana" {
			t.Fatalf("what waits for him: %+v %v", mine, err)
		}
		_, err = w.AcceptInvitation(ctx, w.person("eve@example.org"), id, account.Acceptance{})
		w.refused(err, errs.NotFound, "") // an identifier opens nothing to others
		_, err = w.AcceptInvitation(ctx, account.User{}, id, account.Acceptance{})
		w.refused(err, errs.Unauthenticated, "")
		_, err = w.AcceptInvitation(ctx, bob, id, account.Acceptance{})
		w.must(err)
		list, err := w.policy.Holders(ctx, w.db.Reader(), policy.Ref(file))
		if err != nil || len(list) != 1 || list[0].GrantedBy != "person:"+string(ana.ID) || !list[0].ValidUntil.Equal(until) || list[0].Reason != "invitation:"+id {
			t.Errorf("%+v %v", list, err)
		}
		if _, err := w.bus.Deliver(ctx); err != nil || told.Person != bob.ID || told.Object != file || told.Relation != "reader" {
			t.Errorf("told %+v %v", told, err)
		}
		if pending, err := w.PendingInvitations(ctx, w.db.Reader(), file); err != nil || len(pending) != 0 {
			t.Errorf("still pending: %v %v", pending, err)
		}
	})
}

func TestTheInvitedAddress(t *testing.T) {
	for _, c := range []struct {
		name      string
		taken     bool // another account has the invited address
		says      bool // "this address is mine too"
		addresses string
		proofs    int
	}{
		{"free, not said to be hers", false, false, "bob@home.example*", 0},
		{"free, hers", false, true, "bob@home.example* invited@example.org", 0},
		{"another account's, not said to be hers", true, false, "bob@home.example*", 0},
		{"another account's, said to be hers: a proof is asked", true, true, "bob@home.example*", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w world) {
				ana, bob := w.person("ana@example.org"), w.person("bob@home.example")
				if c.taken {
					w.person("invited@example.org")
				}
				_, token := w.invite(ana, "invited@example.org")
				before := w.box.Count("invited@example.org")
				o, err := w.ReadInvitation(ctx, bob, token)
				if err != nil || o.Mine {
					t.Fatalf("%+v %v", o, err)
				}
				_, err = w.AcceptInvitation(ctx, bob, token, account.Acceptance{AddAddress: c.says})
				w.must(err)
				if got := w.emails(bob); got != c.addresses || !w.holds(bob, "editor") {
					t.Errorf("addresses %q, holds %v", got, w.holds(bob, "editor"))
				}
				if n := w.box.Count("invited@example.org") - before; n != c.proofs {
					t.Errorf("%d proofs asked", n)
				}
			})
		})
	}
}

func TestInvitingRevealsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		w.person("known@example.org")
		seen := map[string]account.Offer{}
		for _, email := range []string{"known@example.org", "unknown@example.org"} {
			_, token := w.invite(ana, email)
			o, err := w.ReadInvitation(ctx, account.User{}, token)
			w.must(err)
			o.ID, o.Email = "", ""
			seen[email] = o
		}
		if seen["known@example.org"] != seen["unknown@example.org"] {
			t.Errorf("%+v", seen)
		}
	})
}

func TestSentAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana, bob := w.person("ana@example.org"), w.person("bob@example.org")
		id, err := w.Invite(ctx, ana, account.Invite{Email: "bob@example.org", Relation: "editor", Object: file, ExpiresAt: noon.Add(48 * time.Hour)})
		w.must(err)
		w.clock.Advance(47 * time.Hour)
		w.must(w.ResendInvitation(ctx, ana, file, id))
		w.clock.Advance(47 * time.Hour)
		_, err = w.AcceptInvitation(ctx, bob, tokenIn(w.box.Last(t, "bob@example.org", account.MailInvitation)), account.Acceptance{})
		w.must(err)
		w.refused(w.ResendInvitation(ctx, ana, file, id), errs.NotFound, "")
	})
}

func TestInviteIsChecked(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana := w.person("ana@example.org")
		for _, c := range []struct {
			in   account.Invite
			want string
		}{
			{account.Invite{Email: "bob"}, "email=account.email_form"},
			{account.Invite{Email: "bob@example.org", Message: strings.Repeat("é", 1001)}, "message=invitation.message_long"},
			{account.Invite{Email: "bob@example.org", ExpiresAt: noon}, "expires=invitation.expiry_past"},
		} {
			_, err := w.Invite(ctx, ana, c.in)
			w.refused(err, errs.Invalid, c.want)
		}
		for range 60 {
			w.invite(ana, "bob@example.org")
		}
		_, err := w.Invite(ctx, ana, account.Invite{Email: "bob@example.org", Object: file})
		w.refused(err, errs.TooMany, "invitation.too_many")
		if n := w.count(`select count(*) from invitations where revoked_at is null`); n != 1 {
			t.Errorf("%d offers of the same stand", n)
		}
	})
}

func TestInvitedIntoAnOrganisation(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana, bob := w.person("ana@example.org"), w.person("bob@example.org")
		id := w.organisation(ana, "Atelier", nil)
		invited, err := w.Invite(ctx, ana, account.Invite{Email: "bob@example.org", Relation: "representative", Object: account.Ref{Kind: "organisation", ID: string(id)}})
		w.must(err)
		_, err = w.AcceptInvitation(ctx, bob, invited, account.Acceptance{})
		w.must(err)
		sheet, err := w.ReadOrganisation(ctx, bob, id)
		if err != nil || !sheet.MayEdit || sheet.Mine == nil {
			t.Errorf("%+v %v", sheet, err)
		}
		w.must(w.Leave(ctx, bob, id, bob.ID))
		if sheet, err := w.ReadOrganisation(ctx, bob, id); err != nil || sheet.MayEdit || sheet.Mine != nil {
			t.Errorf("after he left: %+v %v", sheet, err)
		}
		w.refused(w.InviteMember(ctx, bob, id, account.Invite{Email: "eve@example.org", Relation: account.Member}), errs.Forbidden, "")
		w.refused(w.InviteMember(ctx, ana, id, account.Invite{Email: "eve@example.org", Relation: "lead"}), errs.Invalid, "relation=invitation.relation_missing")
		w.must(w.InviteMember(ctx, ana, id, account.Invite{Email: "eve@example.org", Relation: account.Member}))
		_, err = w.OrganisationInvitations(ctx, bob, id)
		w.refused(err, errs.Forbidden, "")
		list, err := w.OrganisationInvitations(ctx, ana, id)
		if err != nil || len(list) != 1 || list[0].ObjectName != "Atelier" {
			t.Fatalf("%+v %v", list, err)
		}
		w.refused(w.WithdrawMemberInvitation(ctx, bob, id, list[0].ID), errs.Forbidden, "")
		w.must(w.WithdrawMemberInvitation(ctx, ana, id, list[0].ID))
	})
}

func TestARefusedGrantKeepsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		ana, bob := w.person("ana@example.org"), w.person("bob@example.org")
		// The object is an organisation that does not exist: joining it fails, and so must the rest.
		id, err := w.Invite(ctx, ana, account.Invite{Email: "bob@example.org", Relation: "member", Object: account.Ref{Kind: "organisation", ID: "gone"}})
		w.must(err)
		if _, err := w.AcceptInvitation(ctx, bob, id, account.Acceptance{}); err == nil {
			t.Fatal("accepted into nothing")
		}
		if mine, err := w.MyInvitations(ctx, bob); err != nil || len(mine) != 1 {
			t.Errorf("the offer was used up: %v %v", mine, err)
		}
	})
}
