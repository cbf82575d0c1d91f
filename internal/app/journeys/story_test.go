package journeys_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
)

// story is a project on its way from a draft to what follows, by those who make it.
type story struct {
	*world
	ana, claire, mia, eva *person
	edition, project      string
}

// A project is written, deposited, found admissible, read, retained and confirmed; it shares
// one line with a partner, who promises something and keeps it; a scheme is suggested to it,
// asked for and obtained. Four people, each in front of her own screen. The members of the
// committee are seated and decide through services: journeys of their own follow them there.
func TestStoryFromDraftToCommitmentsKept(t *testing.T) {
	browser := chrome(t)
	passing := &days{}
	w := startAt(t, passing)
	one := func(name string, width int64) *person { return newPerson(t, browser, w.base, name, width) }
	s := &story{world: w, ana: one("ana", 390), claire: one("claire", 1280), mia: one("mia", 1280), eva: one("eva", 1280), edition: w.call.EditionID}

	file := s.writes()
	passing.pass(4 * 24 * time.Hour) // the call has closed
	s.admits()
	s.selects(file)
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

// selects seats a committee of two, one of whom reads the file in her browser; they decide.
func (s *story) selects(file string) {
	ctx, promise := s.t.Context(), "Je garde le silence."
	typed := func(days int) string { return s.app.Clock.Now().AddDate(0, 0, days).Format("2006-01-02T15:04") }
	sel, err := s.app.Committees.Create(ctx, s.lead, s.call.ID, committee.Settings{Name: form.Localised{"fr": "Sélection des projets"}, Blind: committee.Open, Others: committee.AfterOwn, Readers: 1, Target: 1,
		ReviewsDueAt: typed(5), DeliberatesAt: typed(6), Confidentiality: form.Localised{"fr": promise}})
	s.must(err)
	_, err = s.app.Reviews.StartRubric(ctx, s.lead, sel.ID, "five_criteria", "", 0)
	s.must(err)
	seats := map[committee.Role]account.User{committee.Chair: s.person("mia@jury.invalid", "Mia Jurée"), committee.Juror: s.person("leo@jury.invalid", "Léo Juré")}
	for role, who := range seats {
		email := map[committee.Role]string{committee.Chair: "mia@jury.invalid", committee.Juror: "leo@jury.invalid"}[role]
		seat, err := s.app.Committees.Invite(ctx, s.lead, sel.ID, committee.Seat{Email: email, Name: who.Name, Role: role, Lang: "fr", What: "Sélection des projets"})
		s.must(err)
		offers, err := s.app.Accounts.MyInvitations(ctx, who)
		s.must(err)
		_, err = s.app.Accounts.AcceptInvitation(ctx, who, offers[0].ID, account.Acceptance{})
		s.must(err)
		_, err = s.app.Committees.Commit(ctx, who, seat, "fr", committee.Digest(promise))
		s.must(err)
		s.must(s.app.Committees.Attest(ctx, who, sel.ID))
	}
	s.must(s.app.Committees.Begin(ctx, s.lead, sel.ID))
	mia := seats[committee.Chair]
	seat, err := committee.SeatOf(ctx, s.app.DB.Reader(), sel.ID, mia.ID)
	s.must(err)
	s.must(s.app.DB.Write(ctx, func(tx *db.Tx) error {
		return committee.Give(ctx, tx, s.app.Policy, account.System, seat, application.ID(file), "hand", s.app.Clock)
	}))

	p := s.mia
	p.byMail(s.world, "mia@jury.invalid", "/reviews")
	p.open("/reviews")
	p.open("/reviews/" + file)
	p.marks(func(group, option string) { p.choose(group, option) })
	p.goTo("Rendre mon évaluation")

	setup, err := s.app.Rooms.Setup(ctx, mia, sel.ID)
	s.must(err)
	s.must(s.app.Rooms.Open(ctx, mia, sel.ID, deliberation.Settings{Quorum: 1, Reasons: setup.Room.Reasons, Version: setup.Room.Version}))
	s.must(s.app.Rooms.Enter(ctx, mia, sel.ID))
	s.must(s.app.Rooms.Call(ctx, mia, sel.ID, application.ID(file), ""))
	s.must(s.app.Rooms.Decide(ctx, mia, sel.ID, application.ID(file), deliberation.Verdict{Outcome: deliberation.Retain, Reason: "fit", Wording: "Le comité a retenu la place donnée à celles et ceux qui se servent de l’outil, et la façon dont le projet les associe à ses choix."}))
	s.must(s.app.Rooms.Call(ctx, mia, sel.ID, "", ""))
	s.must(s.app.Rooms.Sign(ctx, mia, sel.ID))
	five{lead: s.claire}.announce(string(sel.ID))
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
	ctx := s.t.Context()
	agency := s.world.one(`select p.agency_id from programmes p join editions e on e.programme_id = p.id where e.id = '` + s.edition + `'`)
	_, err := s.app.Schemes.Start(ctx, s.lead, programme.AgencyID(agency))
	s.must(err)
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
