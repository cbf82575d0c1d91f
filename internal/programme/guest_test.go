package programme_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
)

var guestWords = programme.GuestWords{
	Heads: map[string][]string{"name": {"Nom"}, "email": {"Adresse électronique", "Email"}, "role": {"Rôle"}, "organisation": {"Organisation"}, "until": {"Jusqu’au"}},
	Roles: map[string][]string{"lead": {"Responsable"}, "officer": {"Instruction", "chargé·e d’instruction"}, "secretary": {"Secrétariat"}},
}

func guestsOf(t *testing.T, rows ...string) []programme.Guest {
	t.Helper()
	list, err := programme.ReadGuests(strings.NewReader("Nom;adresse electronique;ROLE;Organisation;Jusqu'au\n"+strings.Join(rows, "\n")+"\n"), guestWords, "Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestListsOfPeople(t *testing.T) {
	crewed(t, func(t *testing.T, c crew) {
		region := c.house.person(t, "region")
		c.grant(t, region, "region", c.edition)
		mel := c.house.person(t, "mel")
		c.grant(t, mel, "officer", c.edition)
		c.write(t, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `insert into addresses (email, person_id, main, verified_at) values ('mel@exemple.fr', 'mel', true, $1)`, noon)
			return err
		})
		if err := c.teams.Invite(ctx, c.ana, c.edition, account.Invite{Email: "deja@exemple.fr", Lang: "fr", Relation: "officer"}); err != nil {
			t.Fatal(err)
		}
		list := guestsOf(t,
			"Zoé;ZOE@exemple.fr;instruction;Aract;31/12/2030",
			"Zoé;zoe@exemple.fr;officer;;",
			"Zoé;zoe@exemple.fr;Secrétariat;;",
			"Déjà;deja@exemple.fr;Instruction;;",
			"Ève;eve;Instruction;;",
			"Max;max@exemple.fr;admin;;",
			"Léa;lea@exemple.fr;Responsable;;",
			"Tom;tom@exemple.fr;Instruction;;2020-01-01",
			"Ana;ana@exemple.fr;Instruction;;demain",
			"Mel;mel@exemple.fr;Instruction;;")
		for name, one := range map[string]struct {
			by   account.User
			want string
		}{
			"a lead":                      {c.ana, "new twice new invited refused refused new refused refused member"},
			"who may invite, not appoint": {region, "new twice new invited refused refused refused refused refused member"},
			"a stranger reads no list":    {c.bob, ""},
			"an administrator reads none": {c.admin, ""},
		} {
			got, err := c.teams.Guests(ctx, one.by, c.edition, list)
			states := make([]string, len(got))
			for i, g := range got {
				states[i] = string(g.State)
			}
			if strings.Join(states, " ") != one.want || (one.want == "") != (errs.Is(err, errs.Forbidden) || errs.Is(err, errs.NotFound)) {
				t.Errorf("%s: %s %v, want %q", name, states, err, one.want)
			}
		}
		before := len(c.box.All())
		sent, err := c.teams.InviteAll(ctx, c.ana, c.edition, account.Invite{Lang: "fr"}, list)
		if err != nil || sent != 3 || len(c.box.All()) != before+3 {
			t.Errorf("%d sent, %d mails, %v", sent, len(c.box.All())-before, err)
		}
		if _, err := c.teams.InviteAll(ctx, c.ana, c.edition, account.Invite{Lang: "fr"}, list); errs.KeyOf(err) != "team.list_none" {
			t.Errorf("the same list twice: %v", err)
		}
		if _, err := c.teams.InviteAll(ctx, region, c.edition, account.Invite{Lang: "fr"}, guestsOf(t, "x;chef@exemple.fr;Responsable;;")); errs.KeyOf(err) != "team.list_none" {
			t.Errorf("an importer gave a role that she may not give: %v", err)
		}
		pending := c.open(t, c.ana, c.edition).Pending
		i := slices.IndexFunc(pending, func(i account.Invitation) bool { return i.Email == "zoe@exemple.fr" && i.Relation == "officer" })
		if i < 0 || pending[i].RelationUntil.UTC().Format("2006-01-02 15:04") != "2030-12-31 23:00" { // midnight in Paris, after the last day
			t.Errorf("%+v", pending)
		}
	})
}

func TestListsThatCannotBeRead(t *testing.T) {
	var many strings.Builder
	many.WriteString("email;role\n")
	for i := range programme.MaxGuests + 1 {
		fmt.Fprintf(&many, "p%d@exemple.fr;officer\n", i)
	}
	for name, c := range map[string]struct{ content, want string }{
		"no role":    {"Nom;Email\nAna;ana@exemple.fr\n", "team.list_heads"},
		"nobody":     {"Email;Rôle\n", "team.list_empty"},
		"too many":   {many.String(), "team.list_many"},
		"no content": {"", "sheet.empty"},
	} {
		_, err := programme.ReadGuests(strings.NewReader(c.content), guestWords, "Europe/Paris")
		if !errs.Is(err, errs.Invalid) || !strings.Contains(fmt.Sprintf("%+v", err), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
