package editions_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/account/accounttest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/event"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/programme/programmetest"
	"transformateur/internal/web/editions"
	"transformateur/internal/web/ui/pagetest"
)

const team = "/editions/normandie-2027/team"

func withTeam(t *testing.T) (*programmetest.World, *editions.Handler) {
	t.Helper()
	d := dbtest.SQLite(t)
	w := programmetest.New(t, d)
	people := account.New(d, w.Clock, account.Options{Mailer: &accounttest.Mailbox{}, Rights: policy.New(d, w.Clock).Rights(), Bus: event.NewBus(d, w.Clock)})
	return w, &editions.Handler{Programmes: w.Service, Teams: programme.NewTeams(w.Service, people, "Essai"), Clock: w.Clock}
}

func TestTeamPage(t *testing.T) {
	w, h := withTeam(t)
	fr := site(h, w.Lead, i18n.FR)
	has(t, fr.Page(t, "/editions/normandie-2027/manage"), `href="`+team+`"`)
	has(t, fr.Page(t, team), "L’équipe de l’édition", "Ana Martin", "responsable du programme", "depuis le 5 mars 2027", "par l’agence", "Mettre fin", "animateur·rice")
	has(t, site(h, w.Lead, i18n.EN).Page(t, team), "The team of the edition", "since 5 March 2027", "End now")
	for name, one := range map[string]struct {
		by   account.User
		path string
		want int
	}{
		"a stranger on a public edition":         {w.Stranger, team, http.StatusForbidden},
		"a stranger on an edition being written": {w.Stranger, "/editions/normandie-2028/team", http.StatusNotFound},
		"an administrator":                       {w.Admin, team, http.StatusForbidden},
	} {
		if a := site(h, one.by, i18n.FR).Get(t, one.path); a.Status != one.want {
			t.Errorf("%s: %d, want %d", name, a.Status, one.want)
		}
	}
}

func TestInviteFromThePage(t *testing.T) {
	w, h := withTeam(t)
	fr := site(h, w.Lead, i18n.FR)
	bad := fr.Post(t, team, url.Values{"email": {"zoe"}, "relation": {"admin"}, "until": {"2020-01-01"}, "message": {"Bonjour"}})
	pagetest.Check(t, bad.Body)
	if bad.Status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", bad.Status)
	}
	has(t, bad.Body, `value="zoe"`, "Choisissez un rôle.", "Ce jour est déjà passé", "Bonjour", `value="2020-01-01"`)
	if a := fr.Post(t, team, url.Values{"email": {"z@example.org"}, "relation": {"officer"}, "until": {"demain"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Écrivez un jour") {
		t.Errorf("a day that is none: %d", a.Status)
	}
	ok := fr.Post(t, team, url.Values{"email": {"zoe@example.org"}, "relation": {"officer"}, "until": {"2027-12-31"}, "lang": {"en"}})
	if ok.Status != http.StatusSeeOther || !strings.HasPrefix(ok.Location, team+"?done=") {
		t.Fatalf("%d %s", ok.Status, ok.Location)
	}
	page := fr.Page(t, ok.Location)
	has(t, page, "L’invitation est partie.", "zoe@example.org", "chargé·e de mission", "rôle jusqu’au 31 décembre 2027 inclus", "de la part de Ana Martin")
	id := value(t, page, "invitation")
	for _, act := range []string{"resend", "revoke"} {
		if a := fr.Post(t, team+"/"+act, url.Values{"invitation": {id}}); a.Status != http.StatusSeeOther {
			t.Errorf("%s: %d", act, a.Status)
		}
	}
	if strings.Contains(fr.Page(t, team), "zoe@example.org") {
		t.Error("the offer that was withdrawn still shows")
	}
}

func TestEndARoleFromThePage(t *testing.T) {
	w, h := withTeam(t)
	fr := site(h, w.Lead, i18n.FR)
	relation := value(t, fr.Page(t, team), "relation")
	a := fr.Post(t, team+"/end", url.Values{"relation": {relation}})
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, team) {
		t.Errorf("she leads the agency still: %d %s", a.Status, a.Location)
	}
	if a := fr.Post(t, team+"/end", url.Values{"relation": {relation}}); a.Status != http.StatusNotFound {
		t.Errorf("twice: %d", a.Status)
	}
}

// value is what the first hidden field of a name holds.
func value(t *testing.T, page, name string) string {
	t.Helper()
	_, rest, found := strings.Cut(page, `name="`+name+`" value="`)
	v, _, _ := strings.Cut(rest, `"`)
	if !found || v == "" {
		t.Fatalf("no field %s", name)
	}
	return v
}
