package journeys_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/platform/db"
)

// story is a project on its way from a draft to what follows, by those who make it.
type story struct {
	*world
	ana, claire, mia, leo, eva *person
	edition, project           string
}

// A project is written, deposited, found admissible, read, retained and confirmed; it shares
// one line with a partner, who promises something and keeps it; a scheme is suggested to it,
// asked for and obtained. Five people, each in front of her own screen, all with the keyboard.
func TestStoryFromDraftToCommitmentsKept(t *testing.T) {
	browser := chrome(t)
	passing := &days{}
	w := startAt(t, passing)
	one := func(name string, width int64) *person { return newPerson(t, browser, w.base, name, width) }
	s := &story{world: w, ana: one("ana", 390), claire: one("claire", 1280), mia: one("mia", 1280), leo: one("leo", 390), eva: one("eva", 1280), edition: w.call.EditionID}

	file := s.writes()
	passing.pass(4 * 24 * time.Hour) // the call has closed
	s.admits()
	selection := s.prepares()
	s.seats(s.mia, selection, "mia@jury.invalid", "Mia Jurée", "Présidence")
	s.seats(s.leo, selection, "leo@jury.invalid", "Léo Juré", "Membre")
	s.hands(selection)
	s.reviewed(file)
	s.decides(selection, file)
	five{lead: s.claire}.announce(selection)
	s.retained(file)

	s.invites()
	s.shares()
	s.promises()
	s.obtains()
	s.ana.open("/projects/" + s.project)
	s.ana.accessible()
	s.ana.picture("story-project")
}

// one reads one value of the database.
func (w *world) one(query string) string {
	w.t.Helper()
	v, err := db.Get(w.t.Context(), w.app.DB.Reader(), db.Value[string], query)
	w.must(err)
	return v
}

// writes has Ana write a draft and deposit it; it gives the address of her file.
func (s *story) writes() string {
	p := s.ana
	p.open("/calls/" + string(s.call.ID))
	p.goTo("Déposer un dossier")
	p.signIn(s.world, "ana@projet.invalid", "Ana Lemoine")
	p.goTo("Déposer un dossier")
	p.write("Nom du projet", "Campus numérique")
	p.goTo("Commencer le dossier")
	p.write("Résumé du projet", "Un campus pour les coopératives")
	p.press(kb.Tab)
	p.saved("summary")
	p.choose("Type de porteur", "Organisme public")
	p.saved("bearer")
	p.goTo("Étape suivante")
	p.write("Ce dont vous avez besoin", "Un local")
	p.press(kb.Tab)
	p.saved("needs")
	p.goTo("Vérifier et déposer")
	p.reads("Le dossier est complet")
	p.goTo("Déposer le dossier")
	p.reads("Accusé n° 1")
	return s.world.one(`select id from applications where title = 'Campus numérique'`)
}

// admits has Claire find the file admissible.
func (s *story) admits() {
	p := s.claire
	p.byMail(s.world, "responsable@agence.invalid", "/calls/"+string(s.call.ID)+"/files")
	p.open("/calls/" + string(s.call.ID) + "/files")
	p.tabIn(".col-title a", "Campus numérique")
	p.enter()
	p.choose("Avis sur la recevabilité", "Recevable")
	p.goTo("Rendre cet avis")
	p.reads("Votre avis est rendu.")
}

// retained has Ana accept the place: the project is born.
func (s *story) retained(file string) {
	p := s.ana
	p.open("/applications/" + file + "/outcome")
	p.reads("Votre projet est retenu")
	p.goTo("Accepter la place")
	p.reads("Votre place est confirmée")
	for end := time.Now().Add(10 * time.Second); s.project == ""; time.Sleep(100 * time.Millisecond) {
		if s.project = s.world.one(`select coalesce(max(id), '') from projects where application_id = '` + file + `'`); time.Now().After(end) {
			s.t.Fatal("no project was born")
		}
	}
}

// invites has Claire ask a partner in, who comes by the link of her mail.
func (s *story) invites() {
	p := s.claire
	p.open("/editions/" + s.edition + "/partners")
	p.write("Organisation", "Fonds d’amorçage")
	p.write("Nom de la personne", "Eva Partenaire")
	p.write("Adresse électronique", "eva@fonds.invalid")
	p.goTo("Inviter")
	p.reads("Fonds d’amorçage")
	s.eva.open(s.mailTo("eva@fonds.invalid", "/invitations/"))
	s.eva.joins(s.world, "eva@fonds.invalid", "Eva Partenaire")
}

// shares has Ana write the line of a need and share it with the partner alone.
func (s *story) shares() {
	p := s.ana
	p.open("/projects/" + s.project + "/synthesis")
	p.pick("Rubrique", "L’aide dont il a besoin")
	p.write("La ligne", "Un local pour essayer")
	p.goTo("Ajouter")
	p.reads("Un local pour essayer")
	p.goTo("Dire que la fiche est prête")
	p.open("/projects/" + s.project + "/synthesis/sharing")
	p.accessible()
	p.tabIn(`tbody td label`, "Eva Partenaire")
	for p.eval(`document.activeElement.name`) != "give" {
		p.press(kb.Tab)
		p.tabIn(`tbody td label`, "Eva Partenaire")
	}
	p.press(" ")
	p.goTo("Enregistrer les choix, ligne par ligne")
	s.eva.open("/editions/" + s.edition + "/partners/projects")
	s.eva.reads("Un local pour essayer")
}

// promises has the partner commit and say that it is kept; Ana confirms.
func (s *story) promises() {
	p := s.eva
	p.open("/editions/" + s.edition + "/commitments")
	p.pick("Pour quel projet", "Campus numérique")
	p.write("Ce qui est promis", "Une salle un jour par semaine")
	p.goTo("S’engager")
	p.reads("Une salle un jour par semaine")
	p.tabIn("summary", "Dire où il en est")
	p.press(kb.Enter)
	p.pick("Où il en est", "Tenu")
	p.goTo("Enregistrer")
	p.accessible()
	p.picture("story-commitments")
	s.ana.open("/projects/" + s.project + "/commitments")
	s.ana.goTo("Confirmer que c’est tenu")
	if got := s.world.one(`select state || case when confirmed_at is null then '' else ', confirmed' end from commitments`); got != "kept, confirmed" {
		s.t.Errorf("the commitment is %s", got)
	}
}

// obtains has a scheme suggested to the project, asked for, then obtained with a sum.
func (s *story) obtains() {
	agency := s.world.one(`select p.agency_id from programmes p join editions e on e.programme_id = p.id where e.id = '` + s.edition + `'`)
	s.claire.open("/agencies/" + agency + "/schemes")
	s.claire.goTo("Partir du catalogue livré")
	scheme := "/projects/" + s.project + "/orientation/" + s.world.one(`select id from schemes where origin = 'shipped:impulsion-conseil'`)
	notes := func(p *person, state, amount string) {
		p.open(scheme)
		p.pick("Ce qui s’est passé", state)
		if amount != "" {
			p.write("Somme", amount)
		}
		p.goTo("Noter")
		p.reads(state)
	}
	notes(s.claire, "Proposé", "")
	notes(s.ana, "Retenu", "")
	notes(s.ana, "Demandé", "5000")
	notes(s.claire, "Obtenu", "4000")
	s.claire.accessible()
	s.claire.picture("story-orientation")
	if got := s.world.one(`select state || ' ' || obtained from orientations`); got != "obtained 400000" {
		s.t.Errorf("the orientation is %s", got)
	}
}
