package journeys_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/app/cli"
)

// aPDF is a small real document.
const aPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

func pdfFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "presentation.pdf")
	if err := os.WriteFile(file, []byte(aPDF), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// signIn asks for a link, opens the mail, and says who she is.
func (p *person) signIn(w *world, email, name string) {
	p.t.Helper()
	p.write("Adresse électronique", email)
	p.press(kb.Enter)
	p.arrives(w, email, name)
}

// arrives opens the mail of a sign-in, and says who she is the first time.
func (p *person) arrives(w *world, email, name string) {
	p.t.Helper()
	p.reads("Consultez votre messagerie")
	p.open(w.mailTo(email, "Me connecter"))
	p.goTo("Me connecter")
	if strings.Contains(p.text(), "Bienvenue") {
		p.tabTo("nom")
		p.eval("document.activeElement.select()")
		p.press(name)
		p.goTo("Continuer")
	}
}

// A visitor finds the call, signs in by mail link, writes with a co-author, loses
// the network and comes back, attaches a file, deposits, and the receipt verifies
// on the command line. In French, with the keyboard alone.
func TestVisitorBecomesApplicant(t *testing.T) {
	browser := chrome(t)
	w := start(t)
	ana := newPerson(t, browser, w.base, "ana", 1280)

	ana.open("/")
	ana.reads("Appel Normandie")
	ana.accessible()
	ana.picture("home")
	ana.goTo("Appel Normandie")
	ana.reads("Un appel pour essayer")
	ana.accessible()
	ana.picture("call")
	ana.goTo("Déposer un dossier")
	ana.accessible()
	ana.picture("signin")
	ana.signIn(w, "ana@projet.invalid", "Ana Lemoine")
	ana.reads("Appel Normandie")
	ana.goTo("Déposer un dossier")
	ana.accessible()
	ana.write("Nom du projet", "Campus numérique")
	ana.goTo("Commencer le dossier")
	ana.reads("Résumé du projet")
	ana.accessible()
	ana.picture("edit")

	ana.write("Résumé du projet", "Un campus pour les coopératives")
	ana.press(kb.Tab)
	saved := func(field string) string {
		return fmt.Sprintf(`(document.querySelector('[data-question="%s"] .save-state')?.innerText ?? "").includes("Enregistré")`, field)
	}
	ana.waits(saved("summary"))

	// A condition opens a question.
	ana.tabTo("Entreprise")
	ana.press(" ")
	ana.waits(`!!document.querySelector('[name="f.staff"]')`)
	ana.write("Effectif de l'entreprise", "12")
	ana.press(kb.Tab)
	ana.waits(saved("staff"))
	file := regexp.MustCompile(`/applications/([^/?]+)`).FindStringSubmatch(ana.eval("location.pathname"))[1]

	// She invites a co-author, who writes in another browser.
	ana.open("/applications/" + file + "/team")
	ana.accessible()
	ana.write("Son adresse électronique", "bob@projet.invalid")
	ana.goTo("Envoyer l’invitation")
	ana.reads("bob@projet.invalid")
	bob := newPerson(t, browser, w.base, "bob", 390)
	bob.open(w.mailTo("bob@projet.invalid", "Campus numérique"))
	bob.joins(w, "bob@projet.invalid", "Bob Martin")
	bob.open("/applications/" + file + "/edit?step=means")
	bob.reads("Ce dont vous avez besoin")
	bob.accessible()
	bob.write("Ce dont vous avez besoin", "Une méthode et des experts")
	bob.press(kb.Tab)
	bob.waits(saved("needs"))
	bob.picture("edit-phone")

	// The network goes; she goes on writing; it comes back.
	ana.open("/applications/" + file + "/edit?step=project")
	ana.reads("Résumé du projet")
	ana.offline(true)
	ana.tabTo("Résumé du projet")
	ana.press(kb.End + ", partout en France")
	ana.press(kb.Tab)
	ana.waits(`(document.querySelector('[data-question="summary"] .save-state')?.innerText ?? "").includes("appareil")`)
	ana.picture("offline")
	ana.offline(false)
	ana.waits(saved("summary"))

	// An attachment, then the deposit.
	ana.open("/applications/" + file + "/edit?step=means")
	ana.waits(`document.querySelector('textarea[name="f.needs"]').value.includes("experts")`)
	ana.do(chromedp.SetUploadFiles(`input[type=file]`, []string{pdfFile(t)}))
	ana.reads("presentation.pdf")
	ana.waits(`!document.body.innerText.includes("%") || document.body.innerText.includes("presentation.pdf")`)
	ana.goTo("Vérifier et déposer")
	ana.reads("Le dossier est complet")
	ana.accessible()
	ana.picture("submit")
	ana.goTo("Déposer le dossier")
	ana.reads("Accusé n° 1")
	ana.accessible()
	ana.picture("submitted")

	w.verifies(t, ana, file, 1)
}

// joins signs the invited person in and accepts.
func (p *person) joins(w *world, email, name string) {
	p.t.Helper()
	p.accessible()
	p.goTo("Recevoir")
	p.arrives(w, email, name)
	p.goTo("Accepter")
}

// verifies downloads the receipt and checks it with the command line, offline.
func (w *world) verifies(t *testing.T, p *person, file string, number int) {
	t.Helper()
	cookie := p.cookie()
	request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/receipts/%d.json?file=%s", w.base, number, file), nil)
	w.must(err)
	request.AddCookie(&http.Cookie{Name: "login", Value: cookie})
	response, err := http.DefaultClient.Do(request)
	w.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	w.must(err)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the receipt answers %d", response.StatusCode)
	}
	receipt := filepath.Join(t.TempDir(), "accuse.json")
	w.must(os.WriteFile(receipt, body, 0o600))
	var said bytes.Buffer
	if err := cli.Run(context.Background(), []string{"receipt", "verify", receipt}, &said); err != nil {
		t.Fatalf("receipt verify: %v", err)
	}
	t.Log(said.String())
	w.must(os.WriteFile(receipt, bytes.Replace(body, []byte("Campus"), []byte("Autre"), 1), 0o600))
	if err := cli.Run(context.Background(), []string{"receipt", "verify", receipt}, &said); err == nil {
		t.Error("a forged receipt verifies")
	}
}
