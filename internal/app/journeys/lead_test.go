package journeys_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// A programme lead opens a call in her edition, builds its form from nothing,
// publishes a revision while a draft is open, extends the deadline, and after the
// closing sorts the files and exports them. In French, with the keyboard alone.
func TestLeadOpensACall(t *testing.T) {
	browser := chrome(t)
	passing := &days{}
	w := startAt(t, passing)
	claire := newPerson(t, browser, w.base, "claire", 1280)
	call := claire.createsACall(w)
	claire.buildsTheForm(call)
	claire.triesIt(call)
	claire.publishesIt(call, paris(passing.Now()))

	ana := newPerson(t, browser, w.base, "ana", 390)
	file := ana.startsADraft(w, call)
	claire.revisesTheForm(call)
	ana.acceptsTheRevision(file)
	claire.extendsTheDeadline(w, call, paris(passing.Now()))
	ana.deposits(file)
	passing.pass(10 * 24 * time.Hour)
	claire.sortsTheFiles(call)
	claire.exports(w, call)
}

// createsACall goes from her edition's page to an empty call, and gives its address.
func (p *person) createsACall(w *world) string {
	p.t.Helper()
	p.open("/signin")
	p.signIn(w, "responsable@agence.invalid", "Claire Responsable")
	p.open("/editions")
	p.accessible()
	p.goTo("Normandie")
	p.goTo("Gérer l’édition")
	p.reads("Tableau de bord de l’édition")
	p.accessible()
	p.picture("lead-edition")
	p.goTo("Préparer un appel")
	p.accessible()
	p.write("Titre", "Appel Territoires 2027")
	p.goTo("Créer l’appel")
	p.reads("L’appel est créé")
	// Everything that is missing is said at once.
	for _, missing := range []string{"Écrivez le texte de l’appel.", "Service chargé du dossier", "Délégué à la protection des données", "Le formulaire n’est pas commencé."} {
		p.reads(missing)
	}
	p.accessible()
	p.picture("lead-missing")
	return regexp.MustCompile(`/calls/[^/?]+`).FindString(p.eval("location.pathname"))
}

// adds chooses a kind of question in the gallery, after its label.
func (p *person) adds(label, kind string) {
	p.t.Helper()
	p.goTo("Ajouter une question")
	p.write("Intitulé de la question", label)
	p.tabTo(kind)
	p.enter()
	p.reads("Quand cette question s’affiche-t-elle ?")
}

// returns saves the page of a question and goes back to its step.
func (p *person) returns() {
	p.t.Helper()
	p.goTo("Enregistrer et revenir")
	p.reads("Ajouter une question")
}

// lists writes the rows of a list setting: the first is there, the others are added.
func (p *person) lists(add string, labels ...string) {
	p.t.Helper()
	for i, label := range labels {
		if i > 0 {
			p.act(add)
			p.waits(`document.activeElement.name?.endsWith("label_fr") && document.activeElement.value === ""`)
		}
		p.write("Libellé", label)
	}
}

// buildsTheForm makes two steps, ten questions and a rule.
func (p *person) buildsTheForm(call string) {
	p.t.Helper()
	p.open(call + "/form")
	p.reads("Par quoi commencer ?")
	p.accessible()
	p.tabTo("Commencer")
	p.enter()
	p.reads("Ajouter une question")
	p.goTo("Titre et condition")
	p.replace("Titre de l’étape", "Votre projet")
	p.accessible()
	p.returns()

	p.goTo("Ajouter une question")
	p.reads("Choix unique")
	p.accessible()
	p.picture("lead-gallery")
	p.write("Intitulé de la question", "Nom de la structure")
	p.tabTo("Texte court")
	p.enter()
	p.tabTo("Une réponse est obligatoire")
	p.press(" ")
	p.kept()
	p.accessible()
	p.returns()

	p.adds("Type de porteur", "Choix unique")
	p.tabTo("Une réponse est obligatoire")
	p.press(" ")
	p.lists("Ajouter une réponse", "Entreprise", "Association", "Organisme public")
	p.kept()
	p.accessible()
	p.picture("lead-choice")
	p.returns()

	p.adds("Effectif salarié", "Nombre")
	p.tabTo("Une réponse est obligatoire")
	p.press(" ")
	p.write("Valeur minimale", "1")
	p.condition("#f-show", "Type de porteur", "est", "Entreprise")
	p.reads("Affichée si")
	p.accessible()
	p.picture("lead-condition")
	p.returns()

	p.adds("Résumé du projet", "Texte long")
	p.tabTo("Une réponse est obligatoire")
	p.press(" ")
	p.replace("Nombre maximal de caractères", kb.Delete)
	p.write("Nombre maximal de lignes", "6")
	p.kept()
	p.returns()
	p.adds("Le projet a-t-il déjà un financement ?", "Oui ou non")
	p.returns()
	p.adds("Lequel ?", "Texte court")
	p.condition("#f-must", "financement", "est oui", "")
	p.reads("Obligatoire si")
	p.returns()
	p.buildsTheMeans()
	p.buildsTheRule()
}

// buildsTheMeans makes the second step.
func (p *person) buildsTheMeans() {
	p.t.Helper()
	p.goTo("Ajouter une étape")
	p.replace("Titre de l’étape", "Vos moyens")
	p.returns()
	p.adds("Partenaires", "Bloc répété")
	p.lists("Ajouter une colonne", "Nom du partenaire", "Apport")
	p.kept()
	p.accessible()
	p.picture("lead-repeat")
	p.returns()
	p.adds("Démarrage souhaité", "Date")
	p.returns()
	p.adds("Présentation du projet", "Fichier")
	p.write("Types de fichiers admis", "pdf")
	p.kept()
	p.returns()
	p.adds("Engagements", "Engagements")
	p.lists("Ajouter une phrase", "Je participe aux deux journées de l’édition", "Je partage ce que j’apprends")
	p.kept()
	p.returns()
	p.accessible()
	p.picture("lead-form")
}

// buildsTheRule makes a rule of admissibility, with what it says when it is not met.
func (p *person) buildsTheRule() {
	p.t.Helper()
	p.goTo("Ajouter une règle")
	p.replace("Nom de la règle", "Entreprises de taille moyenne au plus")
	p.choose("Effet", "Bloquante")
	p.write("Ce qu’on dit quand elle n’est pas remplie", "Cet appel s’adresse aux structures de 5 000 personnes au plus.")
	p.kept()
	p.tabIn("#f-when", "Ajouter une condition")
	p.press(kb.Enter)
	p.waits(`!!document.querySelector("#f-when select[name$='.left']")`)
	p.pick("Réponse lue", "Effectif salarié")
	p.waits(`!!document.querySelector("#f-when [name$='.op']")`)
	p.pick("Comparaison", "au plus")
	p.write("Valeur", "5000")
	p.kept()
	p.reads("Recevable si")
	p.accessible()
	p.picture("lead-rule")
	p.goTo("Enregistrer et revenir")
	if said := p.text(); strings.Contains(said, "à corriger avant de publier") {
		p.fail("the form is not ready")
	}
}

// condition adds a comparison to a condition of the part, with the keyboard.
func (p *person) condition(part, answer, operator, value string) {
	p.t.Helper()
	p.tabIn(part, "Ajouter une condition")
	p.press(kb.Enter)
	p.waits(`!!document.querySelector("` + part + ` select[name$='.left']")`)
	p.pick("Réponse lue", answer)
	p.waits(`!!document.querySelector("` + part + ` [name$='.op']")`)
	if operator != "" {
		p.pick("Comparaison", operator)
	}
	if value != "" {
		p.waits(`!!document.querySelector("` + part + ` [name$='.value']")`)
		p.pick("Valeur", value)
	}
	p.kept()
}

// triesIt sees the form as an applicant: a condition reacts, on its own and on two screens.
func (p *person) triesIt(call string) {
	p.t.Helper()
	p.goTo("Essayer")
	p.reads("Comme une équipe le verra")
	p.accessible()
	p.picture("lead-try")
	p.goTo("Ouvrir seul")
	p.reads("Essai : rien n’est enregistré")
	p.accessible()
	if strings.Contains(p.text(), "Effectif salarié") {
		p.fail("a question shows before its condition holds")
	}
	p.choose("Type de porteur", "Entreprise")
	p.reads("Effectif salarié")
	p.accessible()
	p.choose("Type de porteur", "Association")
	p.settles("Effectif salarié")
}

// publishesIt writes the text, the dates and the mentions; what is missing is said at once.
func (p *person) publishesIt(call string, now time.Time) {
	p.t.Helper()
	p.open(call + "/manage")
	p.reads("Ce qui manque pour ouvrir")
	p.goTo("Texte, dates et mentions")
	p.accessible()
	p.tabTo("Résumé en une ou deux phrases")
	p.tabTo("Texte de l’appel")
	p.press("Des équipes de territoire, accompagnées six mois.")
	p.tabIn("#section-text", "Enregistrer")
	p.enter()
	p.reads("Enregistré.")
	p.moment("Ouverture", now.Add(-time.Hour))
	p.moment("Date limite", now.Add(5*24*time.Hour))
	p.tabIn("#section-dates", "Enregistrer")
	p.enter()
	p.write("Service chargé du dossier", "Pôle appels")
	p.write("Adresse électronique", "appels@agence.invalid")
	p.write("Adresse postale", "1 rue d’essai, Caen")
	p.choose("Silence de l’administration", "Le silence ne vaut pas décision")
	p.write("Voies et délais de recours", "Tribunal administratif de Caen, deux mois.")
	p.write("Responsable du traitement", "L’agence d’essai")
	p.write("Délégué à la protection des données", "dpo@agence.invalid")
	p.write("À quoi servent les données", "Instruire les dossiers.")
	p.write("Base légale", "Mission d’intérêt public")
	p.write("Qui les reçoit", "L’équipe du programme")
	p.write("Durée de conservation", "24")
	p.tabIn("#section-legal", "Enregistrer")
	p.enter()
	p.reads("Enregistré.")
	p.picture("lead-text")
	p.open(call + "/manage")
	p.reads("Tout est prêt")
	p.goTo("Publier l’appel")
	p.reads("L’appel est publié.")
	p.accessible()
	p.picture("lead-published")
}

// paris is an instant as the people of these journeys read it.
func paris(at time.Time) time.Time {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return at.In(zone)
}
