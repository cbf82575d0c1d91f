package journeys_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// deposited has somebody deposit a file in which she names herself.
func (w *world) deposited(by account.User) application.ID {
	w.t.Helper()
	ctx := context.Background()
	a, err := w.app.Files.Create(ctx, by, w.call.ID, "Campus numérique")
	w.must(err)
	edits := []application.Edit{{Field: "summary", Value: "Un campus porté par " + by.Name}, {Field: "bearer", Value: "public"}, {Field: "needs", Value: "Du temps"}}
	_, err = w.app.Files.Save(ctx, by, a.ID, edits)
	w.must(err)
	_, err = w.app.Files.Submit(ctx, by, a.ID)
	w.must(err)
	return a.ID
}

// unpacks downloads the archive whose link is on the page, as the browser would, and opens it.
func (p *person) unpacks(path string) *zip.Reader {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodGet, p.base+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "login", Value: p.cookie()})
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Cache-Control") != "no-store" {
		p.t.Fatalf("%s: status %d, %v", path, answer.StatusCode, err)
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		p.t.Fatal(err)
	}
	return z
}

// Ana takes her data away, then asks to be erased; a week later nothing says who she
// was, and the file she deposited stands without her name.
func TestArchiveThenErasure(t *testing.T) {
	browser, later := chrome(t), &days{}
	w := startAt(t, later)
	by := w.person("ana@projet.invalid", "Ana Lemoine")
	file := w.deposited(by)
	ana := newPerson(t, browser, w.base, "ana-data", 1280)
	ana.open("/signin?next=/account/data")
	ana.signIn(w, "ana@projet.invalid", "Ana Lemoine")
	ana.open("/account/data")
	ana.accessible()
	ana.picture("data")
	ana.goTo("Préparer mon archive")
	ana.reads("Votre archive est en préparation")
	ana.open(w.mailTo("ana@projet.invalid", "Votre archive est prête"))
	ana.reads("À télécharger avant")
	ana.picture("data-ready")
	ana.tabTo("Télécharger")
	z := ana.unpacks(ana.eval("document.activeElement.getAttribute('href')"))
	page, err := z.Open("index.html")
	w.must(err)
	words, err := io.ReadAll(page)
	w.must(err)
	for _, want := range []string{"ana@projet.invalid", "Un campus porté par Ana Lemoine", "Résumé du projet"} {
		if !strings.Contains(string(words), want) {
			t.Errorf("the archive's page does not say %q", want)
		}
	}

	ana.goTo("Voir ce qui serait effacé")
	ana.accessible()
	ana.picture("erasure")
	ana.goTo("Demander l’effacement")
	ana.reads("Cochez la case pour confirmer")
	ana.tabTo("J’ai lu ce qui sera effacé")
	ana.press(" ")
	ana.goTo("Demander l’effacement")
	ana.reads("Vos données seront effacées le")
	ana.goTo("Annuler l’effacement")
	ana.reads("L’effacement est annulé")
	ana.open("/account/data/erasure")
	ana.tabTo("J’ai lu ce qui sera effacé")
	ana.press(" ")
	ana.goTo("Demander l’effacement")
	ana.open(w.mailTo("ana@projet.invalid", "Vos données seront effacées"))
	ana.reads("Vos données seront effacées le")
	ana.accessible()
	ana.picture("data-pending")

	later.pass(8 * 24 * time.Hour)
	w.gone(t, by)
	ana.open("/account/data")
	ana.reads("Adresse électronique") // she is asked to sign in: nobody is there any more
	lead := newPerson(t, browser, w.base, "lead-data", 1280)
	lead.open("/signin?next=/files/" + string(file))
	lead.signIn(w, "responsable@agence.invalid", "Claire Responsable")
	lead.open("/files/" + string(file))
	lead.reads("Un campus porté par […]")
	if strings.Contains(lead.text(), "Lemoine") {
		t.Error("the file still says her name")
	}
	lead.picture("file-without-name")
}

// gone waits until the hourly job has erased a person.
func (w *world) gone(t *testing.T, by account.User) {
	t.Helper()
	for range 100 {
		n, err := db.Get(context.Background(), w.app.DB.Reader(), db.Value[int], `select count(*) from people where id = $1 and erased_at is not null and name <> $2`, string(by.ID), by.Name)
		w.must(err)
		if n == 1 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("she was not erased")
}

// The pages of the officer, of the administrator and of a lead, and what everybody reads.
func TestPagesOfDataProtection(t *testing.T) {
	browser := chrome(t)
	w := start(t)
	ctx := context.Background()
	w.deposited(w.person("bob@projet.invalid", "Bob Équipier"))
	for _, relation := range []string{"dpo", "admin"} {
		w.must(w.app.DB.Write(ctx, func(tx *db.Tx) error {
			return w.app.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(w.lead.ID), Relation: relation, Object: policy.Platform.Ref})
		}))
	}
	for _, width := range []int64{1280, 390} {
		p := newPerson(t, browser, w.base, "officer", width)
		p.open("/signin?next=/privacy/requests")
		p.signIn(w, "responsable@agence.invalid", "Claire Responsable")
		for name, path := range map[string]string{"requests": "/privacy/requests", "calendar": "/privacy/calendar", "programme": "/privacy/programmes/" + w.call.ProgrammeID,
			"settings": "/privacy/settings", "register": "/privacy/register/full", "legal": "/legal", "privacy": "/privacy", "access": "/accessibility"} {
			p.open(path)
			p.accessible()
			p.picture(name + map[int64]string{1280: "", 390: "-phone"}[width])
		}
		if width == 390 {
			break
		}
		p.open("/privacy/settings")
		p.write("Nom de l’éditeur", "Agence d’essai")
		p.goTo("Voir l’aperçu")
		p.reads("rien n’est encore enregistré")
		p.picture("settings-preview")
		p.goTo("Enregistrer")
		p.reads("Les mentions sont enregistrées")
		p.open("/legal")
		p.reads("Agence d’essai")
		p.reads("Accessibilité : non conforme")
	}
}
