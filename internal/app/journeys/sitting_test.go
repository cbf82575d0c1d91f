package journeys_test

import (
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/demo"
	"transformateur/internal/form"
)

// sits opens a selection of the national call in which people of the demonstration sit:
// one presides, one was invited and reads what she would commit to, one stepped aside.
func (s *site) sits(t *testing.T, person func(key string) account.User) {
	t.Helper()
	ctx, lead := t.Context(), person("national-lead")
	sel, err := s.app.Committees.Create(ctx, lead, call.ID(demo.NationalCall), committee.Settings{Name: form.Localised{"fr": "Première sélection", "en": "First selection"}, Blind: committee.Open, Others: committee.AfterOwn, Readers: 1,
		Confidentiality: form.Localised{"fr": "Je garde pour moi ce que je lis.", "en": "I keep what I read to myself."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		key  string
		role committee.Role
		sits bool
	}{{"region", committee.Chair, true}, {"communications", committee.Juror, true}, {"officer", committee.Secretary, false}} {
		role, _ := demo.Find(m.key)
		id, err := s.app.Committees.Invite(ctx, lead, sel.ID, committee.Seat{Email: role.Email(), Name: role.Name, Role: m.role, Lang: "fr", What: "Première sélection"})
		if err != nil {
			t.Fatal(err)
		}
		offers, err := s.app.Accounts.MyInvitations(ctx, person(m.key))
		if err != nil || len(offers) == 0 {
			t.Fatalf("the invitation of %s: %v", m.key, err)
		}
		if _, err := s.app.Accounts.AcceptInvitation(ctx, person(m.key), offers[len(offers)-1].ID, account.Acceptance{}); err != nil {
			t.Fatal(err)
		}
		if !m.sits {
			continue
		}
		if _, err := s.app.Committees.Commit(ctx, person(m.key), id, "fr", committee.Digest("Je garde pour moi ce que je lis.")); err != nil {
			t.Fatal(err)
		}
	}
	titles, err := s.app.Committees.Eligible(ctx, person("communications"), sel.ID)
	if err != nil || len(titles) < 2 {
		t.Fatalf("%d titles: %v", len(titles), err)
	}
	if err := s.app.Committees.Declare(ctx, person("communications"), sel.ID, application.ID(titles[0].ID), committee.Cause{Kind: committee.Family}); err != nil {
		t.Fatal(err)
	}
}
