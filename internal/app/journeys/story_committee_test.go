package journeys_test

import "strings"

// prepares has Claire open a selection of the call, with a grid that is ready; it gives the
// name of the selection in its address.
func (s *story) prepares() string {
	p := s.claire
	p.open("/calls/" + string(s.call.ID) + "/selections")
	p.goTo("Ouvrir une sélection")
	p.write("Nom de la sélection", "Sélection des projets")
	p.moment("Lectures à rendre avant", s.app.Clock.Now().AddDate(0, 0, 5))
	p.moment("Délibération", s.app.Clock.Now().AddDate(0, 0, 6))
	p.replace("Lectures par dossier", "1")
	p.replace("Dossiers à retenir", "1")
	p.choose("Lectures des autres membres", "Visibles une fois la sienne rendue")
	p.write("Engagement de confidentialité", "Je garde le silence.")
	p.goTo("Ouvrir la sélection")
	p.reads("Sélection des projets")
	selection := strings.TrimPrefix(p.eval("location.pathname"), "/selections/")
	p.open("/rubrics/" + selection)
	p.goTo("Les cinq critères d’un programme d’État")
	return selection
}

// seats has Claire ask somebody to the committee, who comes by the link of her mail, reads
// what she commits to, sits, and goes through the titles.
func (s *story) seats(p *person, selection, email, name, role string) {
	lead := s.claire
	lead.open("/selections/" + selection + "/committee/invite")
	lead.write("Nom de la personne", name)
	lead.write("Adresse électronique", email)
	lead.choose("Rôle", role)
	lead.goTo("Envoyer l’invitation")
	lead.reads(name)
	p.open(s.mailTo(email, "/invitations/"))
	p.accessible()
	p.goTo("Recevoir")
	p.arrives(s.world, email, name)
	p.goTo("Lire ce à quoi je m’engage")
	p.reads("Je garde le silence.")
	p.accessible()
	p.tabTo("J’ai lu cet engagement")
	p.press(" ")
	p.goTo("Accepter de siéger")
	p.open("/selections/" + selection + "/seat")
	p.reads("Campus numérique")
	p.goTo("J’ai parcouru les titres")
}

// hands has Claire open the reading, and publish who reads what.
func (s *story) hands(selection string) {
	p := s.claire
	p.open("/selections/" + selection)
	p.goTo("Ouvrir la lecture")
	p.open("/assignments/" + selection)
	p.goTo("Proposer une affectation")
	p.accessible()
	p.goTo("Publier l’affectation")
	p.reads("Publiée")
}

// reviewed has who was given the file read it beside its grid and hand the review in.
func (s *story) reviewed(file string) {
	p := s.mia
	if email := s.world.one(`select m.email from assignments a join committee_members m on m.id = a.member_id where a.application_id = '` + file + `'`); email == "leo@jury.invalid" {
		p = s.leo
	}
	p.open("/reviews")
	p.goTo("Continuer")
	if p == s.leo { // on a phone, the file and the grid are two tabs
		p.choose("Ce qui est montré", "Votre grille")
	}
	p.marks(func(group, option string) { p.choose(group, option) })
	p.goTo("Rendre mon évaluation")
}

// decides has the committee meet: Mia presides, Léo proposes, both vote; she pronounces the
// decision and signs.
func (s *story) decides(selection, file string) {
	number := s.world.one(`select number from applications where id = '` + file + `'`)
	room := "/deliberations/" + selection
	s.mia.open(room + "/settings")
	s.mia.replace("Quorum", "2")
	s.mia.goTo("Ouvrir la délibération")
	for _, p := range []*person{s.mia, s.leo} {
		p.open(room)
		p.act("Entrer dans la salle")
		p.reads("Sortir de la salle")
	}
	s.mia.reads("2 personnes dans la salle")
	s.mia.act("Appeler le dossier n° " + number)
	s.leo.reads("Campus numérique")
	s.leo.pick("Ce que vous proposez", "Retenir le projet")
	s.leo.act("Proposer|")
	s.mia.reads("Proposée par Léo Juré")
	s.mia.act("Mettre au vote")
	s.leo.reads("0 sur 2")
	s.leo.act("Pour|")
	s.mia.reads("1 sur 2")
	s.mia.act("Pour|")
	s.leo.reads("2 pour, 0 contre, 0 abstentions, sur 2 votants")
	s.mia.goTo("Prononcer la décision")
	s.mia.choose("Décision du comité", "Retenu")
	s.mia.pick("Raison", "Le projet répond aux objectifs")
	s.mia.write("Explication pour le projet", "Le comité a retenu la place donnée à celles et ceux qui se servent de l’outil.")
	s.mia.goTo("Prononcer|")
	s.mia.open(room)
	s.mia.act("Finir la discussion")
	s.mia.open(room + "/minutes")
	s.mia.goTo("Signer le procès-verbal")
	s.mia.open(room + "/minutes")
	s.mia.reads("Signé")
	s.mia.accessible()
	s.claire.open(room + "/minutes")
	s.claire.goTo("Contresigner")
}
