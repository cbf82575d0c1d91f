package journeys_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/xuri/excelize/v2"
)

// saved waits until the answer to a question is kept by the server.
func (p *person) saved(question string) {
	p.t.Helper()
	p.waits(`(document.querySelector('[data-question="` + question + `"] .save-state')?.innerText ?? "").includes("Enregistré")`)
}

// startsADraft signs an applicant in, who answers the first questions, and gives the address of her file.
func (p *person) startsADraft(w *world, call string) string {
	p.t.Helper()
	p.open(call)
	p.accessible()
	p.picture("lead-call-phone")
	p.goTo("Déposer un dossier")
	p.signIn(w, "ana@projet.invalid", "Ana Lemoine")
	p.goTo("Déposer un dossier")
	p.write("Nom du projet", "Campus numérique")
	p.goTo("Commencer le dossier")
	p.write("Nom de la structure", "Coopérative des Campus")
	p.press(kb.Tab)
	p.saved("nom_de_la_structure")
	p.choose("Type de porteur", "Association")
	p.saved("type_de_porteur")
	p.accessible()
	p.picture("lead-draft-phone")
	return regexp.MustCompile(`/applications/[^/?]+`).FindString(p.eval("location.pathname"))
}

// revisesTheForm publishes another version while a draft is open.
func (p *person) revisesTheForm(call string) {
	p.t.Helper()
	p.open(call + "/form")
	p.goTo("Nom de la structure")
	p.replace("Intitulé", "Nom de la structure porteuse")
	p.kept()
	p.returns()
	p.adds("Ville", "Texte court")
	p.returns()
	p.goTo("Publier")
	p.reads("2 changements")
	p.reads("1 dossier est ouvert.")
	p.reads("Toutes les réponses déjà écrites gardent leur place.")
	p.accessible()
	p.goTo("Publier cette version")
	p.reads("Écrivez une note aux équipes dont le dossier est ouvert.")
	p.accessible()
	p.write("Note aux équipes", "La ville est demandée pour préparer la rencontre.")
	p.picture("lead-revision")
	p.goTo("Publier cette version")
	p.reads("La nouvelle version du formulaire est publiée.")
}

// acceptsTheRevision reads what changed, accepts, and finds her answers again.
func (p *person) acceptsTheRevision(file string) {
	p.t.Helper()
	p.open(file)
	p.reads("Le formulaire a changé")
	p.accessible()
	p.picture("lead-changed-phone")
	p.goTo("Voir ce qui change")
	p.reads("La ville est demandée pour préparer la rencontre.")
	p.reads("Nom de la structure porteuse")
	p.accessible()
	p.picture("lead-changes-phone")
	p.goTo("passer au nouveau formulaire")
	p.reads("Votre dossier suit maintenant le nouveau formulaire.")
	p.open(file + "/edit")
	p.waits(`document.querySelector('[name="f.nom_de_la_structure"]:not([type=hidden])').value === "Coopérative des Campus"`)
	p.waits(`document.querySelector('[name="f.type_de_porteur"]:checked')?.labels[0].innerText.trim() === "Association"`)
	p.reads("Ville")
}

// extendsTheDeadline moves the date; the announcement waits in the outbox, is let go, and arrives.
func (p *person) extendsTheDeadline(w *world, call string, now time.Time) {
	p.t.Helper()
	p.open(call + "/manage")
	p.goTo("Reporter la date limite")
	p.accessible()
	p.moment("Nouvelle date limite", now.Add(2*24*time.Hour))
	p.write("Raison", "La rencontre d’information a été déplacée.")
	p.goTo("Voir ce qui sera envoyé")
	p.reads("jamais avancée")
	p.accessible()
	p.moment("Nouvelle date limite", now.Add(8*24*time.Hour))
	p.goTo("Voir ce qui sera envoyé")
	p.reads("1 brouillon sera prévenu")
	p.accessible()
	p.picture("lead-extension")
	p.goTo("Reporter et prévenir")
	p.reads("La date limite est reportée.")
	p.accessible()
	p.waitsForMail(call)
	p.tabIn("a", "Voir l’envoi groupé")
	p.enter()
	p.accessible()
	p.picture("lead-batch")
	p.goTo("Laisser partir")
	p.reads("Les courriels partent.")
	w.mailTo("ana@projet.invalid", "rencontre d’information")
	p.open(call)
	p.reads("Date limite reportée")
	p.reads("La rencontre d’information a été déplacée.")
	p.accessible()
	p.picture("lead-call-extended")
}

// waitsForMail opens the outbox of a call until an announcement is there.
func (p *person) waitsForMail(call string) {
	p.t.Helper()
	for range 50 {
		p.open(call + "/manage")
		p.goTo("Courriels")
		if strings.Contains(p.text(), "Voir l’envoi groupé") {
			p.accessible()
			p.picture("lead-outbox")
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	p.fail("no announcement in the outbox")
}

// deposits answers what is left and deposits the file.
func (p *person) deposits(file string) {
	p.t.Helper()
	p.open(file + "/edit")
	p.write("Résumé du projet", "Un campus pour les coopératives")
	p.press(kb.Tab)
	p.saved("resume_du_projet")
	p.goTo("Étape suivante")
	p.tabTo("Je participe")
	p.press(" ")
	p.tabTo("Je partage")
	p.press(" ")
	p.saved("engagements")
	p.accessible()
	p.picture("lead-means-phone")
	p.goTo("Vérifier et déposer")
	p.reads("Le dossier est complet")
	p.goTo("Déposer le dossier")
	p.reads("Accusé n° 1")
}

// sortsTheFiles filters the list, labels a file and gives a verdict.
func (p *person) sortsTheFiles(call string) {
	p.t.Helper()
	p.open(call + "/files")
	p.reads("1 dossier")
	p.accessible()
	p.picture("lead-files")
	p.write("Chercher", "introuvable")
	p.reads("Aucun dossier ne correspond")
	p.accessible()
	p.replace("Chercher", "coopérative")
	p.settles("Aucun dossier ne correspond")
	p.reads("Campus numérique")
	p.act("Créer une étiquette")
	p.waits(`!!document.querySelector("dialog[open]")`)
	p.accessible()
	p.write("Nom de l’étiquette", "Prioritaire")
	p.goTo("Créer")
	p.reads("L’étiquette est créée.")
	p.tabTo("Choisir Campus numérique")
	p.press(" ")
	p.pick("Pour les dossiers cochés", "Prioritaire")
	p.goTo("Appliquer")
	p.reads("L’étiquette est mise.")
	p.tabIn(".col-title a", "Campus numérique")
	p.enter()
	p.reads("Règles de recevabilité")
	p.accessible()
	p.picture("lead-file")
	p.choose("Avis sur la recevabilité", "Recevable")
	p.goTo("Rendre cet avis")
	p.reads("Votre avis est rendu.")
	p.open(call + "/files")
	p.reads("Prioritaire")
	p.accessible()
	p.picture("lead-files-sorted")
}

// exports chooses columns and takes the table away in both formats.
func (p *person) exports(w *world, call string) {
	p.t.Helper()
	p.goTo("Exporter ces dossiers")
	p.accessible()
	p.picture("lead-export")
	p.goTo("Tout décocher")
	columns := []string{"Projet", "Recevabilité", "Étiquettes", "Nom de la structure porteuse", "Type de porteur"}
	for _, column := range columns {
		p.tabTo(column + "|")
		p.press(" ")
	}
	p.waits(`document.querySelectorAll('[name="column"]:checked').length === 5`)
	p.choose("Format", "CSV pour Excel")
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(p.takes(w), []byte("\xef\xbb\xbf"))))
	reader.Comma = ';'
	table, err := reader.ReadAll()
	w.must(err)
	p.holds(table, columns)
	p.choose("Format", "Classeur XLSX")
	book, err := excelize.OpenReader(bytes.NewReader(p.takes(w)))
	w.must(err)
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	w.must(err)
	p.holds(rows, columns)
}

// holds checks a table of one file: the columns chosen, and no other.
func (p *person) holds(table [][]string, columns []string) {
	p.t.Helper()
	want := []string{"Campus numérique", "recevable", "Prioritaire", "Coopérative des Campus", "Association"}
	if len(table) != 2 || !slices.Equal(table[0], columns) || !slices.Equal(table[1], want) {
		p.t.Errorf("exported %q, want %q and %q", table, columns, want)
	}
}

// takes sends the form of the page as its button would, with her sign-in, and gives the file.
func (p *person) takes(w *world) []byte {
	p.t.Helper()
	action := p.eval(`document.querySelector('[name="column"]').form.action`)
	sent := p.eval(`new URLSearchParams(new FormData(document.querySelector('[name="column"]').form)).toString()`)
	request, err := http.NewRequest(http.MethodPost, action, strings.NewReader(sent))
	w.must(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept-Language", "fr")
	request.AddCookie(&http.Cookie{Name: "login", Value: p.cookie()})
	response, err := http.DefaultClient.Do(request)
	w.must(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	w.must(err)
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Disposition"), "attachment") {
		p.t.Fatalf("the export answers %d: %.300s", response.StatusCode, body)
	}
	return body
}
