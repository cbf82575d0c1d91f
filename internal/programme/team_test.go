package programme_test

import (
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// crew is a house whose people can be invited.
type crew struct {
	*house
	teams    *programme.Teams
	accounts *account.Service
	box      *accounttest.Mailbox
	edition  policy.Ref
}

func crewed(t *testing.T, body func(t *testing.T, c crew)) {
	both(t, func(t *testing.T, h *house) {
		c := crew{house: h, box: &accounttest.Mailbox{}}
		c.accounts = account.New(h.db, h.clock, account.Options{Mailer: c.box, Rights: h.policy.Rights(), Bus: h.bus})
		c.teams = programme.NewTeams(h.Service, c.accounts, "Transformateur")
		c.edition = h.edition(t).PolicyObject().Ref
		body(t, c)
	})
}

func (c crew) open(t *testing.T, by account.User, of policy.Ref) programme.Team {
	t.Helper()
	team, err := c.teams.Open(ctx, by, of)
	if err != nil {
		t.Fatal(err)
	}
	return team
}

// relation is the identifier of the role that somebody holds on the object itself.
func (c crew) relation(t *testing.T, who account.User, role string, of policy.Ref) string {
	t.Helper()
	for _, m := range c.open(t, c.opener(of), of).Members {
		if m.Subject == string(who.ID) && m.Relation == role && m.On == of {
			return m.ID
		}
	}
	t.Fatalf("%s is not %s of %s", who.Name, role, of.ID)
	return ""
}

func (c crew) opener(of policy.Ref) account.User {
	if of.Kind == "platform" {
		return c.admin
	}
	return c.ana
}

// accept takes up the last offer made to an address.
func (c crew) accept(t *testing.T, who account.User, email string) {
	t.Helper()
	link := c.box.Last(t, email, account.MailInvitation).Args["Link"]
	if _, err := c.accounts.AcceptInvitation(ctx, who, strings.TrimPrefix(link, "/invitations/"), account.Acceptance{}); err != nil {
		t.Fatal(err)
	}
}

func TestInviteToATeam(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		until := noon.AddDate(0, 6, 0)
		in := account.Invite{Email: "Zoe@Example.org", Lang: "fr", Relation: "officer", RelationUntil: until}
		if err := c.teams.Invite(ctx, c.ana, c.edition, in); err != nil {
			t.Fatal(err)
		}
		pending := c.open(t, c.ana, c.edition).Pending
		if len(pending) != 1 || pending[0].Email != "zoe@example.org" || pending[0].ObjectName != "Normandie 2027" {
			t.Fatalf("pending %+v", pending)
		}
		zoe := c.house.person(t, "zoe")
		c.accept(t, zoe, "zoe@example.org")
		team := c.open(t, c.ana, c.edition)
		if len(team.Pending) != 0 {
			t.Error("the offer still waits")
		}
		m := team.Members[len(team.Members)-2] // the last one leads the agency
		if m.Name != "zoe" || m.Relation != "officer" || !m.Until.Equal(until) || !m.From.Equal(noon) || m.GrantedBy != "ana" || !team.MayEnd(m) {
			t.Errorf("member %+v", m)
		}
		if above := team.Members[len(team.Members)-1]; above.On.Kind != "agency" || team.MayEnd(above) {
			t.Errorf("who leads the agency %+v is not ended from an edition", above)
		}
		c.clock.Advance(until.Sub(noon))
		if team := c.open(t, c.ana, c.edition); strings.Contains(names(team), "zoe") {
			t.Error("the role goes on after its end")
		}
	})
}

func names(team programme.Team) (all string) {
	for _, m := range team.Members {
		all += m.Name + " "
	}
	return all
}

func TestInviteRefusesWhatMakesNoSense(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		agency := c.agency.PolicyObject().Ref
		for _, one := range []struct {
			name string
			of   policy.Ref
			in   account.Invite
			kind errs.Kind
			part string
		}{
			{"no address", c.edition, account.Invite{Relation: "officer"}, errs.Invalid, "email=account.email_missing"},
			{"no role", c.edition, account.Invite{Email: "z@example.org"}, errs.Invalid, "relation=invitation.relation_missing"},
			{"a role of a file", c.edition, account.Invite{Email: "z@example.org", Relation: "owner"}, errs.Invalid, "relation="},
			{"a role of the platform", c.edition, account.Invite{Email: "z@example.org", Relation: "admin"}, errs.Invalid, "relation="},
			{"a role that an agency has not", agency, account.Invite{Email: "z@example.org", Relation: "facilitator"}, errs.Invalid, "relation="},
			{"a role that has ended already", c.edition, account.Invite{Email: "z@example.org", Relation: "officer", RelationUntil: noon}, errs.Invalid, "until=team.until_past"},
			{"everything at once", c.edition, account.Invite{Email: "z", Relation: "x"}, errs.Invalid, "relation="},
			{"an object without team", policy.Ref{Kind: "call", ID: "x"}, account.Invite{Email: "z@example.org", Relation: "officer"}, errs.NotFound, ""},
			{"an edition that is not", policy.Ref{Kind: "edition", ID: "x"}, account.Invite{Email: "z@example.org", Relation: "officer"}, errs.NotFound, ""},
		} {
			t.Run(one.name, func(t *testing.T) { wants(t, c.teams.Invite(ctx, c.ana, one.of, one.in), one.kind, one.part) })
		}
		if n := len(c.box.All()); n != 0 {
			t.Errorf("%d mails left", n)
		}
	})
}

func TestOnlyALeadMakesALead(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		c.grant(t, c.bob, "region", c.edition)
		lead := account.Invite{Email: "bob@example.org", Relation: "lead"}
		wants(t, c.teams.Invite(ctx, c.bob, c.edition, lead), errs.Forbidden)
		team := c.open(t, c.bob, c.edition)
		if strings.Contains(strings.Join(team.Roles, " "), "lead") {
			t.Errorf("offered %v", team.Roles)
		}
		wants(t, c.teams.End(ctx, c.bob, c.edition, c.relation(t, c.ana, "lead", c.edition)), errs.Forbidden)
		if err := c.teams.Invite(ctx, c.bob, c.edition, account.Invite{Email: "z@example.org", Relation: "officer"}); err != nil {
			t.Error(err)
		}
		if err := c.teams.Invite(ctx, c.ana, c.edition, lead); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoMayChangeATeam(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		agency, platform := c.agency.PolicyObject().Ref, policy.Platform.Ref
		for _, one := range []struct {
			name string
			by   account.User
			of   policy.Ref
			kind errs.Kind
		}{
			{"a stranger on an edition in preparation", c.bob, c.edition, errs.NotFound},
			{"a stranger on an agency", c.bob, agency, errs.Forbidden},
			{"an administrator on an edition", c.admin, c.edition, errs.NotFound},
			{"a lead on the platform", c.ana, platform, errs.NotFound},
			{"a visitor", account.User{}, agency, errs.Unauthenticated},
		} {
			t.Run(one.name, func(t *testing.T) {
				_, err := c.teams.Open(ctx, one.by, one.of)
				wants(t, err, one.kind)
				wants(t, c.teams.Invite(ctx, one.by, one.of, account.Invite{Email: "z@example.org", Relation: "officer"}), one.kind)
				wants(t, c.teams.End(ctx, one.by, one.of, "x"), one.kind)
				wants(t, c.teams.Withdraw(ctx, one.by, one.of, "x"), one.kind)
				wants(t, c.teams.Resend(ctx, one.by, one.of, "x"), one.kind)
			})
		}
		if err := c.teams.Invite(ctx, c.admin, agency, account.Invite{Email: "first@example.org", Relation: "lead"}); err != nil {
			t.Errorf("an administrator invites the first lead of an agency: %v", err)
		}
	})
}

func TestEndARole(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		c.grant(t, c.bob, "region", c.edition)
		if _, err := c.Managed(ctx, c.bob, programme.EditionID(c.edition.ID)); err != nil {
			t.Fatal(err)
		}
		id := c.relation(t, c.bob, "region", c.edition)
		wants(t, c.teams.End(ctx, c.ana, c.agency.PolicyObject().Ref, id), errs.NotFound)
		if err := c.teams.End(ctx, c.ana, c.edition, id); err != nil {
			t.Fatal(err)
		}
		_, err := c.Managed(ctx, c.bob, programme.EditionID(c.edition.ID))
		wants(t, err, errs.NotFound)
		wants(t, c.teams.End(ctx, c.ana, c.edition, id), errs.NotFound)
		lines, err := journal.Recent(ctx, c.db.Reader(), 0, "edition", c.edition.ID, 1)
		if err != nil || len(lines) != 1 || lines[0].Act != "relation.revoked" || lines[0].Actor != "person:ana" || !strings.Contains(lines[0].Detail, "person:bob") {
			t.Errorf("journal %+v %v", lines, err)
		}
	})
}

func TestTheLastKeeperStays(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		agency, platform := c.agency.PolicyObject().Ref, policy.Platform.Ref
		if err := c.teams.End(ctx, c.ana, c.edition, c.relation(t, c.ana, "lead", c.edition)); err != nil {
			t.Errorf("somebody leads the edition from its agency: %v", err)
		}
		last := c.relation(t, c.ana, "lead", agency)
		wants(t, c.teams.End(ctx, c.ana, agency, last), errs.Conflict, "team.last_lead")
		if _, err := c.teams.Open(ctx, c.ana, agency); err != nil {
			t.Errorf("a refused end has ended the role: %v", err)
		}
		c.grant(t, c.bob, "lead", agency)
		if err := c.teams.End(ctx, c.ana, agency, last); err != nil {
			t.Error(err)
		}
		wants(t, c.teams.End(ctx, c.admin, platform, c.relation(t, c.admin, "admin", platform)), errs.Conflict, "team.last_admin")
	})
}

// Two leads who end each other's role at the same time do not leave the agency without any.
func TestTwoLeadsDoNotEndEachOther(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		agency := c.agency.PolicyObject().Ref
		c.grant(t, c.bob, "lead", agency)
		ofAna, ofBob := c.relation(t, c.ana, "lead", agency), c.relation(t, c.bob, "lead", agency)
		answers := make(chan error, 2)
		go func() { answers <- c.teams.End(ctx, c.ana, agency, ofBob) }()
		go func() { answers <- c.teams.End(ctx, c.bob, agency, ofAna) }()
		ended := 0
		for range 2 {
			if err := <-answers; err == nil {
				ended++
			}
		}
		team := c.open(t, c.admin, agency)
		if ended != 1 || len(team.Members) != 1 {
			t.Errorf("%d ended, %d left", ended, len(team.Members))
		}
	})
}

func TestWithdrawAndResend(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		if err := c.teams.Invite(ctx, c.ana, c.edition, account.Invite{Email: "z@example.org", Relation: "officer"}); err != nil {
			t.Fatal(err)
		}
		first := c.open(t, c.ana, c.edition).Pending[0]
		c.clock.Advance(48 * time.Hour)
		if err := c.teams.Resend(ctx, c.ana, c.edition, first.ID); err != nil {
			t.Fatal(err)
		}
		again := c.open(t, c.ana, c.edition).Pending[0]
		if c.box.Count("z@example.org") != 2 || !again.ExpiresAt.Equal(first.ExpiresAt.Add(48*time.Hour)) {
			t.Errorf("sent again: %d mails, until %v after %v", c.box.Count("z@example.org"), again.ExpiresAt, first.ExpiresAt)
		}
		wants(t, c.teams.Withdraw(ctx, c.ana, c.agency.PolicyObject().Ref, first.ID), errs.NotFound)
		if err := c.teams.Withdraw(ctx, c.ana, c.edition, first.ID); err != nil {
			t.Fatal(err)
		}
		wants(t, c.teams.Resend(ctx, c.ana, c.edition, first.ID), errs.NotFound)
	})
}

func TestTheOperatorNamesTheFirstAdministrator(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		for _, email := range []string{"New@Example.org", "new@example.org"} {
			given, err := c.teams.Name(ctx, account.System, email, "admin")
			if err != nil || given != (email == "New@Example.org") {
				t.Errorf("%s: %v %v", email, given, err)
			}
		}
		team := c.open(t, c.admin, policy.Platform.Ref)
		if len(team.Members) != 2 {
			t.Errorf("%d administrators", len(team.Members))
		}
		c.write(t, func(tx *db.Tx) error {
			who, err := c.accounts.FindPerson(ctx, tx, "new@example.org")
			if err != nil {
				return err
			}
			lines, err := journal.Recent(ctx, tx, 0, "person", string(who.ID), 1)
			if err == nil && (len(lines) != 1 || lines[0].Actor != "system") {
				t.Errorf("journal %+v", lines)
			}
			return err
		})
		wants(t, c.teams.Unname(ctx, account.System, "nobody@example.org", "admin"), errs.NotFound)
		if err := c.teams.Unname(ctx, account.System, "new@example.org", "admin"); err != nil {
			t.Error(err)
		}
		wants(t, c.teams.Unname(ctx, account.System, "new@example.org", "admin"), errs.NotFound, "team.role_not_held")
		_, err := c.teams.Name(ctx, account.System, "new@example.org", "lead")
		wants(t, err, errs.Invalid, "relation=team.role_unknown")
		_, err = c.teams.Name(ctx, c.admin, "new@example.org", "admin")
		wants(t, err, errs.Forbidden)
	})
}
