package journeys_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"transformateur/internal/demo"
	"transformateur/internal/intake/intaketest"
)

// A lead brings into her call the files that were deposited in Démarches simplifiées:
// she reads the workbook, ties a column, sees what would happen, imports, reads the
// report and a file. In French, with the keyboard alone.
func TestLeadImportsAnExport(t *testing.T) {
	browser := chrome(t)
	passing := &days{}
	w := startAt(t, passing)
	passing.pass(4 * 24 * time.Hour) // the call has closed
	claire := newPerson(t, browser, w.base, "claire", 1280)
	claire.open("/signin")
	claire.signIn(w, "responsable@agence.invalid", "Claire Responsable")
	claire.open("/calls/" + string(w.call.ID) + "/files")
	claire.goTo("Importer des dossiers")
	claire.reads("Aucun import pour le moment")
	claire.accessible()
	claire.picture("import-start")
	claire.do(chromedp.SetUploadFiles(`input[type=file]`, []string{exported(t)}))
	claire.goTo("Lire le fichier")

	claire.reads("Ce qui se passera")
	claire.reads("à créer")
	claire.accessible()
	claire.picture("import-preview")
	// The question is called otherwise there: nothing was proposed for it.
	claire.act("colonnes laissées de côté")
	claire.pick("Vos attentes", "Ce dont vous avez besoin")
	claire.goTo("Enregistrer et revoir l’aperçu")
	claire.reads("L’aperçu est à jour")
	claire.waits(`[...document.querySelectorAll("select")].find(s => s.labels[0].innerText.includes("Vos attentes")).value === "f.needs"`)

	claire.goTo("Importer 6 dossiers")
	claire.reads("Rapport")
	claire.reads("Effectif de l'entreprise : Cette réponse est obligatoire")
	claire.accessible()
	claire.picture("import-report")
	all, err := demo.Projects()
	w.must(err)
	claire.tabIn("td", all.First[0].Name)
	claire.enter()
	claire.reads("Ce dossier vient d’ailleurs : Démarches simplifiées")
	claire.reads("Il y porte le numéro 410001")
	claire.accessible()
	claire.picture("import-file")

	claire.do(chromedp.EmulateViewport(390, 900))
	claire.open("/calls/" + string(w.call.ID) + "/imports")
	claire.tabIn("h3", "demarches.xlsx")
	claire.enter()
	claire.reads("Rapport")
	claire.accessible()
	claire.picture("import-phone")
}

// exported writes the workbook that Démarches simplifiées gives of six real projects.
func exported(t *testing.T) string {
	t.Helper()
	all, err := demo.Projects()
	if err != nil {
		t.Fatal(err)
	}
	var files []intaketest.File
	for i, p := range all.First[:6] {
		bearer, staff := "Organisme public", any(nil)
		if i%2 == 0 {
			bearer = "Entreprise"
		}
		if i == 2 {
			staff = 12.0
		}
		files = append(files, intaketest.File{ID: "41000" + string(rune('1'+i)), Email: "porteur" + string(rune('1'+i)) + "@exemple.invalid", Company: p.Name, SIRET: "55208131766522",
			Deposited: time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC), State: "En instruction", Answers: []any{p.Name, "<p>" + cut(p.Pitch, 300) + "</p>", bearer, staff, "Des experts & du temps"}})
	}
	content, err := intaketest.Workbook([]string{"Nom du projet", "Résumé du projet", "Type de porteur", "Effectif de l'entreprise", "Vos attentes"}, files)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "demarches.xlsx")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
