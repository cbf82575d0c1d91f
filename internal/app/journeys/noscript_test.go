package journeys_test

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/form"
)

// aTable is the form of a call whose second step has a block that repeats.
const aTable = `{"version":1,"steps":[
 {"id":"project","title":{"fr":"Votre projet"},"fields":[
  {"id":"summary","type":"longtext","label":{"fr":"Résumé du projet"},"required":true,"settings":{"max_chars":400}}]},
 {"id":"means","title":{"fr":"Vos moyens"},"fields":[
  {"id":"partners","type":"repeat","label":{"fr":"Partenaires"},"settings":{"columns":[{"id":"name","type":"text","label":{"fr":"Nom du partenaire"}}]}},
  {"id":"deck","type":"file","label":{"fr":"Présentation"},"required":true,"settings":{"accept":[".pdf"],"max_bytes":5000000,"max_files":1}}]}]}`

// revise gives the open call another form.
func (w *world) revise(content string) {
	w.t.Helper()
	f, err := form.Parse([]byte(content))
	w.must(err)
	_, err = w.app.Calls.SaveForm(w.t.Context(), w.lead, w.call.ID, f, 0)
	w.must(err)
	w.call, err = w.app.Calls.Revise(w.t.Context(), w.lead, w.call.ID, form.Localised{"fr": "Un tableau."})
	w.must(err)
}

// An applicant whose browser runs no script writes, adds and removes a row, meets an
// answer that somebody changed meanwhile, attaches a file, deposits and has her receipt.
func TestDepositWithoutScript(t *testing.T) {
	browser := chrome(t)
	w := start(t)
	w.revise(aTable)
	ana := newPerson(t, browser, w.base, "ana-plain", 1280)
	ana.withoutScript()
	ana.open("/calls/" + string(w.call.ID))
	ana.goTo("Déposer un dossier")
	ana.signIn(w, "ana@projet.invalid", "Ana Lemoine")
	ana.goTo("Déposer un dossier")
	ana.write("Nom du projet", "Campus numérique")
	ana.goTo("Commencer le dossier")
	ana.write("Résumé du projet", "Un campus")
	ana.goTo("Étape suivante")
	file := regexp.MustCompile(`/applications/[^/?]+`).FindString(ana.eval("location.pathname"))

	// Rows come and go by their buttons.
	ana.addsRow("Coopérative de Caen", 1)
	ana.addsRow("Lycée de Vire", 2)
	ana.tabIn(`[data-row="0"]`, "Retirer")
	ana.enter()
	ana.rowsAre("Lycée de Vire")
	ana.picture("plain-rows")

	// Somebody writes the same answer meanwhile: both texts are shown.
	ana.open(file + "/edit?step=project")
	tab := ana.sameAs(browser, "ana-other")
	tab.open(file + "/edit?step=project")
	tab.replace("Résumé du projet", "Un campus, écrit ailleurs")
	tab.goTo("Enregistrer")
	ana.replace("Résumé du projet", "Un campus, écrit ici")
	ana.goTo("Enregistrer")
	ana.reads("Deux versions de cette réponse")
	ana.reads("Un campus, écrit ailleurs")
	ana.reads("Un campus, écrit ici")
	ana.picture("plain-conflict")
	ana.choose("Quelle version garder", "Garder ma version")
	ana.goTo("Valider ce choix")
	ana.waits(`document.querySelector('textarea[name="f.summary"]').value === "Un campus, écrit ici"`)

	ana.open(file + "/edit?step=means")
	ana.do(chromedp.SetUploadFiles(`input[type=file]`, []string{pdfFile(t)}))
	ana.goTo("Envoyer le fichier")
	ana.reads("presentation.pdf")
	ana.goTo("Vérifier et déposer")
	ana.reads("Le dossier est complet")
	ana.reads("Lycée de Vire")
	ana.picture("plain-submit")
	ana.goTo("Déposer le dossier")
	ana.reads("Accusé n° 1")
	ana.picture("plain-submitted")
	w.verifies(t, ana, strings.TrimPrefix(file, "/applications/"), 1)
}

// addsRow adds a row to the table of partners and writes in it.
func (p *person) addsRow(name string, rows int) {
	p.t.Helper()
	p.goTo("Ajouter")
	p.waits(`document.querySelectorAll('input[name^="f.partners"][name$=".name"]').length >= ` + strconv.Itoa(rows))
	p.eval(`[...document.querySelectorAll('input[name^="f.partners"][name$=".name"]')].at(-1).closest("fieldset").focus()`)
	for range 60 {
		if p.eval(`document.activeElement === [...document.querySelectorAll('input[name^="f.partners"][name$=".name"]')].at(-1)`) == "true" {
			break
		}
		p.press(kb.Tab)
	}
	p.press(name)
	p.goTo("Enregistrer")
}

// rowsAre checks the names in the table of partners.
func (p *person) rowsAre(names ...string) {
	p.t.Helper()
	p.waits(`[...document.querySelectorAll('input[name^="f.partners"][name$=".name"]')].map(i => i.value).filter(v => v).join("|") === ` + strconv.Quote(strings.Join(names, "|")))
}

// sameAs is another window of the same person's, signed in like her.
func (p *person) sameAs(browser context.Context, name string) *person {
	p.t.Helper()
	other := newPerson(p.t, browser, p.base, name, 1280)
	command(other, network.SetCookie, network.SetCookieParams{Name: "login", Value: p.cookie(), URL: p.base})
	other.withoutScript()
	return other
}
