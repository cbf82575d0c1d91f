package journeys_test

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/account"
	appdemo "transformateur/internal/app/demo"
	"transformateur/internal/demo"
	"transformateur/internal/gathering"
	"transformateur/internal/project"
)

// signedAs is somebody of the demonstration, as services know her.
func (s *site) signedAs(t *testing.T, key string) account.User {
	t.Helper()
	role, _ := demo.Find(key)
	id, err := account.OpenDemo(s.app.Accounts).Find(t.Context(), role.Email())
	if err != nil {
		t.Fatal(err)
	}
	return account.User{ID: id, Name: role.Name, Lang: "fr"}
}

// soon waits until a query gives something.
func (s *site) soon(t *testing.T, query string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); len(s.list(t, query)) == 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nothing comes of %s", query)
		}
	}
}

// A sponsor writes a note for the team and one for herself, on a phone and by keyboard; the
// team reads only the first, and ticks what was agreed. A picture of somebody who has not
// agreed is seen by nobody else.
func TestASponsorAndATeam(t *testing.T) {
	browser := chrome(t)
	s := demoSite(t, "coaching", appdemo.Confirmed)
	s.app.Start(t.Context())
	id := gathering.ID(s.value(t, `select id from gatherings where title = 'Accélérateur des possibles'`))
	about := project.ID(s.value(t, `select id from projects where title like '%autonomie des intervenantes%'`))
	sponsor := s.signedAs(t, "member")
	role, _ := demo.Find("member")
	if err := s.app.Gatherings.Invite(t.Context(), s.signedAs(t, "lead"), id, gathering.Invited{Email: role.Email(), Name: sponsor.Name, Role: gathering.Coach, Project: about, Lang: "fr"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Gatherings.Join(t.Context(), sponsor, gathering.Coming{Code: s.value(t, `select join_code from gatherings where title = 'Accélérateur des possibles'`), IP: "192.0.2.9"}); err != nil {
		t.Fatal(err)
	}
	coach, team := newPerson(t, browser, s.base, "sponsor", 390), newPerson(t, browser, s.base, "team", 390)
	coach.plays("member")
	team.plays("carrier")
	home := "/gatherings/" + string(id) + "/coaching"

	coach.open(home)
	coach.reads("Vous accompagnez ce projet")
	coach.accessible()
	coach.picture("coaching-desk-phone")
	coach.goTo("Écrire")
	coach.reads("Qui lit quoi")
	coach.write("Note partagée", "Il faut un budget avant mai.")
	coach.write("Note privée", "La direction hésite encore.")
	s.soon(t, `select note_id from coaching_answers where field = 'private' and value like '%encore.%'`)
	s.soon(t, `select note_id from coaching_answers where field = 'shared' and value like '%avant mai.%'`)
	coach.accessible()
	coach.picture("coaching-note-phone")
	coach.open(home + "/" + string(about))
	coach.write("Quoi", "Appeler la responsable de la paie")
	coach.press(kb.Enter)
	coach.reads("C’est fait")
	coach.accessible()
	coach.picture("coaching-project-phone")

	team.open(home)
	team.reads("Il faut un budget avant mai.")
	if strings.Contains(team.text(), "hésite") || strings.Contains(team.text(), "note privée") {
		team.fail("reads what the sponsor keeps for herself")
	}
	team.tabTo("C’est fait")
	team.press(kb.Enter)
	s.soon(t, `select id from project_items where title = 'Appeler la responsable de la paie' and done_at is not null`)
	team.reads("Rouvrir")
	team.accessible()
	team.picture("coaching-team-phone")

	team.open("/gatherings/" + string(id) + "/deposits/new")
	team.do(chromedp.SetUploadFiles(`input[name=file]`, []string{pngFile(t)}))
	team.write("Ce que l’on voit ou entend", "Une personne devant le panneau")
	team.tabTo("Personne ne peut être reconnu")
	team.press(kb.ArrowUp) // round to the last answer
	team.waits(`document.activeElement.name === "people" && document.activeElement.value === "unsure" && document.activeElement.checked`)
	team.tabTo("Les personnes présentes")
	team.press(kb.ArrowDown)
	team.press(kb.ArrowDown)
	team.waits(`document.activeElement.name === "scope" && document.activeElement.value === "publication" && document.activeElement.checked`)
	team.accessible()
	team.picture("deposit-new-phone")
	team.goTo("Déposer")
	team.reads("Moi, et qui anime la session")
	team.picture("deposit-one-phone")
	coach.open("/gatherings/" + string(id) + "/deposits")
	coach.reads("Rien n’est encore déposé")
	coach.accessible()
}

// pngFile is a small picture on disk.
func pngFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "panneau.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, image.NewRGBA(image.Rect(0, 0, 60, 40))); err != nil {
		t.Fatal(err)
	}
	return path
}
