package demo

import (
	"strings"

	"transformateur/internal/form/rule"
)

// told ends every long text of the demonstration.
const told = "(Texte écrit pour la démonstration.)"

// setting is what a theme puts in the texts.
type setting struct{ users, work, risk, gain, data string }

var settings = map[string]setting{
	"Outils métier des agents": {"les agents qui font ce travail chaque jour", "préparer et suivre les dossiers",
		"que l’outil ajoute une saisie de plus au lieu d’en retirer une", "le temps passé à chercher une information", "les dossiers des trois dernières années, sans noms"},
	"Relation aux usagers": {"les usagers et les agents d’accueil", "répondre aux demandes",
		"que le service en ligne écarte les personnes éloignées du numérique", "la part des démarches menées à bout sans aide", "les statistiques d’usage du service et les motifs d’appel"},
	"Données et aide à la décision": {"les agents chargés du suivi et celles et ceux qui décident", "croiser des données dispersées",
		"qu’un résultat chiffré soit suivi sans être discuté", "le délai entre un signal et une décision", "plusieurs fichiers tenus par des services différents"},
	"Ressources humaines et parcours": {"les agents et leurs interlocuteurs des ressources humaines", "s’orienter parmi plusieurs guichets",
		"que la relation de proximité s’efface derrière un portail", "la part des demandes résolues au premier contact", "les demandes reçues, rendues anonymes"},
	"Coopération et organisations en réseau": {"les équipes qui travaillent à distance les unes des autres", "partager les mêmes informations",
		"que chaque équipe garde ses outils à côté de l’outil commun", "le nombre de doubles saisies supprimées", "les tableaux de suivi que tient chaque équipe"},
	"IA et organisation interne": {"les agents volontaires de plusieurs services", "rédiger, chercher et vérifier",
		"que le temps gagné soit repris par une charge nouvelle", "le temps de relecture d’un document", "des documents internes choisis avec les services"},
}

var ordinary = setting{"les personnes concernées, de l’équipe de terrain à la direction", "organiser le travail de la semaine",
	"que l’outil serve à contrôler plutôt qu’à s’entraider", "le temps consacré aux transmissions", "les plannings et les notes de transmission"}

// sentences are what each question is answered with, in order, by the identifier of
// the question. {pitch} is the project in the words of our data.
var sentences = map[string][]string{
	"summary":            {"{pitch}"},
	"problem":            {"{pitch}", "Aujourd’hui, {work} repose sur des habitudes que personne n’a vraiment choisies.", "Quand une difficulté se présente, chacun trouve sa solution, et elle ne profite à personne d’autre.", "Nous craignons surtout {risk}."},
	"clients":            {"Deux structures s’en servent depuis le printemps, une troisième a commencé un essai.", "Leurs retours ont déjà changé l’ordre des écrans."},
	"participation_how":  {"Un groupe de huit volontaires se réunit toutes les trois semaines, sur le temps de travail.", "Il décrit des situations réelles, essaie ce qui est proposé et dit ce qui ne convient pas.", "Le compte rendu d’une page est affiché et discuté en réunion d’équipe."},
	"participation_plan": {"Nous commencerons par observer une journée ordinaire, avec {users}.", "Un premier atelier choisira deux situations à améliorer ; la direction s’engage à répondre par écrit à ce qui en sortira."},
	"needs_detail":       {"Un regard extérieur sur le travail réel, avant d’écrire le cahier des charges.", "Une aide pour animer la discussion entre l’encadrement et les équipes."},
	"context":            {"{pitch}", "Le problème touche d’abord {users}.", "Il s’agit, concrètement, de {work}, avec des outils qui n’ont pas été pensés ensemble.", "Plusieurs essais locaux ont montré l’intérêt du sujet, sans suite commune."},
	"solution":           {"Partir de trois situations observées sur place, puis construire une première version en huit semaines.", "Premier cas d’usage : une personne nouvelle dans le service trouve seule ce qu’il lui faut.", "Deuxième cas : deux équipes travaillent sur le même dossier sans se transmettre de fichier.", "Troisième cas : un responsable voit où cela bloque sans demander de tableau de plus.", "Chaque version est essayée par {users} avant d’aller plus loin."},
	"benefits":           {"Pour {users} : moins de ressaisie, et des réponses qui se retrouvent.", "Nous suivrons {gain}, mesuré avant le début puis chaque trimestre.", "Si rien ne bouge au bout de six mois, nous le dirons et nous arrêterons."},
	"existing":           {"Deux logiciels du marché ont été essayés : ils supposaient de changer toute l’organisation d’un coup.", "Une feuille de calcul partagée rend service, mais ne tient pas au-delà de dix personnes."},
	"obstacles":          {"Le premier obstacle est {risk} ; nous l’avons mis à l’ordre du jour de chaque réunion de suivi.", "Le second est le manque de temps des équipes : la hiérarchie s’est engagée à libérer une demi-journée par semaine.", "Le troisième est technique : l’accès aux données demande une convention, en cours d’écriture."},
	"legal":              {"Une analyse d’impact sera menée avec la déléguée à la protection des données avant tout essai.", "Aucune décision individuelle ne sera prise par un calcul seul."},
	"progress":           {"Une maquette sur papier a été discutée avec une dizaine de personnes."},
	"openness":           {"Le code sera publié sous licence libre dès la première version.", "Un guide dira comment reprendre l’outil ailleurs, et ce qu’il coûte à entretenir."},
	"field_access":       {"L’équipe sera installée avec {users}, et non à part.", "Trois sites ont donné leur accord pour des journées d’observation.", "Une liste de quinze personnes volontaires est prête."},
	"why":                {"Nous avons besoin de compétences que nous n’avons pas, et d’un temps protégé.", "Nous voulons aussi apprendre une manière de faire : petits pas, essais réels, décision de continuer ou non.", "La direction y voit un premier projet dont d’autres s’inspireront."},
	"needs":              {"D’abord une conception avec {users}, avant tout développement.", "Ensuite un développement simple, que notre service informatique saura reprendre.", "Enfin un appui pour parler du projet à l’intérieur de la maison."},
	"transformation":     {"Le défi change la façon de {work} plus que l’outil lui-même.", "Il donne aux équipes le droit d’essayer et de renoncer.", "Un bilan sera présenté aux représentants du personnel."},
	"resources":          {"Un bureau pour l’équipe, des postes de travail ordinaires, un hébergement d’essai.", "Un budget de déplacement pour aller sur place.", "L’appui de la direction des systèmes d’information, deux jours par mois."},
	"data_sets":          {"Nous nous appuierons sur {data}.", "L’extraction est déjà écrite ; il reste à signer la convention."},
	"mission":            {"Observer le travail, proposer, faire essayer, recommencer.", "Laisser en partant un outil documenté et des personnes formées."},
}

var typography = strings.NewReplacer("« ", "«\u00a0", " »", "\u00a0»", " :", "\u00a0:", " ;", "\u202f;", " ?", "\u202f?", " !", "\u202f!", "'", "’")

// write answers a long question within its limits, from the last sentence on dropping what does not fit.
func (p *pen) write(id string, fits func(string) bool) string {
	s, known := settings[p.project.Theme]
	if !known {
		s = ordinary
	}
	fill := strings.NewReplacer("{pitch}", p.project.Pitch, "{users}", s.users, "{work}", s.work, "{risk}", s.risk, "{gain}", s.gain, "{data}", s.data)
	var all []string
	for _, sentence := range sentences[id] {
		all = append(all, typography.Replace(fill.Replace(sentence)))
	}
	for n := len(all); n > 0; n-- {
		if text := strings.Join(all[:n], " ") + " " + told; fits(text) {
			return text
		}
	}
	words := strings.Fields(all[0])
	for n := len(words); n > 1; n-- {
		if text := strings.TrimRight(strings.Join(words[:n], " "), ",;:.–") + "… " + told; fits(text) {
			return text
		}
	}
	return told
}

// within says whether a text respects the limits of a question.
func within(chars, lines int) func(string) bool {
	return func(text string) bool {
		return (chars == 0 || rule.Characters(text) <= chars) && (lines == 0 || rule.LineCount(text) <= lines)
	}
}
