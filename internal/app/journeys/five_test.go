package journeys_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	appdemo "transformateur/internal/app/demo"
	"transformateur/internal/demo"
	"transformateur/internal/platform/db"
)

// The five who are there at once, each in front of her own screen.
type five struct{ member, recused, chair, lead, retained *person }

// file is a file of the first edition.
type file struct{ id, title, number string }

// The call of the first edition of the demonstration goes on from its readings to a
// confirmed place, with five people at once in separate browsers: a member, a member who
// stepped aside from a file, the chair, the lead, and somebody who carries a project. In
// French, with the keyboard; the decisions that resemble the first are filled in at once.
func TestFivePeopleSelectTheProjects(t *testing.T) {
	browser := chrome(t)
	s := demoSite(t, "reading", appdemo.Reading)
	s.app.Start(t.Context())
	one := func(role string, width int64) *person {
		p := newPerson(t, browser, s.base, role, width)
		p.plays(role)
		return p
	}
	all := five{one("member", 1280), one("recused", 390), one("chair", 1280), one("lead", 1280), one("retained", 390)}
	value := func(query string) string { return s.value(t, query) }
	selection := value(`select id from selections where call_id = '` + demo.RegionalCall + `'`)
	find := func(title string) file {
		f := file{title: title, id: value(`select id from applications where call_id = '` + demo.RegionalCall + `' and title = '` + strings.ReplaceAll(title, "'", "''") + `'`)}
		f.number = value(`select number from applications where id = '` + f.id + `'`)
		return f
	}
	closed, laureate := find("Delibia"), find("Lab' Cnam Paris")

	all.read()
	all.recused.seesNothingOf(selection, closed)
	all.discuss(selection, closed, laureate)
	all.decide(selection, laureate, s.list(t, `select id from applications where selection_id = '`+selection+`' and id not in (select application_id from decisions) order by number`))
	all.sign(selection)
	all.announce(selection)
	all.confirm(laureate, demo.RegionalCall)

	if n := value(`select count(*) from decisions where announced_at is not null`); n != "12" {
		t.Errorf("%s decisions are announced", n)
	}
	if n := value(`select count(*) from decisions where confirmed_at is not null`); n != "1" {
		t.Errorf("%s places are confirmed", n)
	}
	all.recused.seesNothingOf(selection, closed)
}

func (s *site) list(t *testing.T, query string) []string {
	t.Helper()
	list, err := db.List(t.Context(), s.app.DB.Reader(), db.Value[string], query)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (s *site) value(t *testing.T, query string) string {
	t.Helper()
	list := s.list(t, query)
	if len(list) == 0 {
		t.Fatalf("nothing answers %s", query)
	}
	return list[0]
}

// plays takes a role of the demonstration, as a newcomer does.
func (p *person) plays(role string) {
	p.t.Helper()
	p.open("/demo")
	p.eval("window.__here = true")
	p.eval(`document.querySelector('form[action="/demo/` + role + `"] button').focus()`)
	p.enter()
}

// read has the two members hand in the last of their files.
func (f five) read() {
	for _, p := range []*person{f.member, f.recused} {
		p.open("/reviews")
		p.reads("3 sur 4")
		p.accessible()
		p.goTo("Continuer")
		p.picture("five-reading-" + p.name)
		if p == f.recused { // on a phone, the file and the grid are two tabs
			p.choose("Ce qui est montré", "Votre grille")
		}
		for _, dimension := range []string{"Utilité", "Accessibilité", "Utilisabilité", "Discutabilité", "Intelligibilité", "Adaptabilité"} {
			p.choose(dimension, "Travaillée")
		}
		for _, condition := range []string{"La direction est-elle engagée", "Les personnes concernées sont-elles associées", "L’équipe a-t-elle du temps"} {
			p.choose(condition, "Oui")
		}
		p.choose("Recommandation", "Retenir")
		p.choose("Votre assurance", "Je connais le sujet")
		p.write("Pour le comité seulement", "Lu dans le train.")
		p.press(kb.Tab)
		p.saved("aside")
		p.goTo("Rendre mon évaluation")
		p.open("/reviews")
		p.reads("4 sur 4")
	}
}

// seesNothingOf looks for a file wherever it could show: nowhere, and its address answers
// what an address that never was answers.
func (p *person) seesNothingOf(selection string, f file) {
	p.t.Helper()
	for _, path := range []string{"/reviews", "/selections/" + selection, "/deliberations/" + selection + "/results", "/deliberations/" + selection + "/minutes", "/decisions/" + selection} {
		p.open(path)
		if text := p.text(); strings.Contains(text, f.title) || strings.Contains(text, f.number) {
			p.fail("%s names %s", path, f.title)
		}
	}
	p.open("/applications/" + f.id)
	closed := p.text()
	p.open("/applications/00000000000000000000")
	if absent := p.text(); closed != absent {
		p.fail("a closed file answers %q, an absent one %q", closed, absent)
	}
}

// discuss opens the room; the page of each follows, but for who stepped aside.
func (f five) discuss(selection string, closed, laureate file) {
	room := "/deliberations/" + selection
	f.chair.open(room + "/settings")
	f.chair.accessible()
	f.chair.replace("Quorum", "2")
	f.chair.goTo("Ouvrir la délibération")
	for _, p := range []*person{f.chair, f.member, f.recused, f.lead} {
		p.open(room)
		p.act("Entrer dans la salle")
		p.reads("Sortir de la salle")
	}
	f.chair.reads("4 personnes dans la salle")
	f.chair.act("Appeler le dossier n° " + closed.number)
	f.member.reads("N° " + closed.number + " · " + closed.title)
	f.recused.reads("Vous attendez")
	f.recused.picture("five-waiting")
	f.recused.accessible()
	if text := f.recused.text(); strings.Contains(text, closed.title) || strings.Contains(text, closed.number) {
		f.recused.fail("who stepped aside reads which file is discussed")
	}
	f.member.pick("Ce que vous proposez", "Retenir le projet")
	f.member.act("Proposer|")
	f.chair.reads("Proposée par Jeanne Aubépine")
	f.chair.act("Mettre au vote")
	f.member.reads("0 sur 2")
	f.member.act("Pour|")
	f.chair.reads("1 sur 2")
	f.chair.act("Pour|")
	f.member.reads("2 pour, 0 contre, 0 abstentions, sur 2 votants")
	f.member.picture("five-vote")
	f.chair.goTo("Prononcer la décision")
	f.chair.accessible()
	f.chair.choose("Décision du comité", "Retenu")
	f.chair.pick("Raison", "Le projet répond aux objectifs")
	f.chair.write("Explication pour le projet", "Le travail des agents est au centre du projet.")
	f.chair.goTo("Prononcer|")
	f.chair.open(room)
	f.chair.act("Appeler le dossier n° " + laureate.number)
	f.recused.reads("N° " + laureate.number + " · " + laureate.title)
	f.member.reads("N° " + laureate.number + " · " + laureate.title)
}

// decide pronounces the other decisions in their forms, filled in at once.
func (f five) decide(selection string, laureate file, files []string) {
	for i, id := range files {
		outcome, reason := "retain", "fit"
		if i%3 == 1 && id != laureate.id {
			outcome, reason = "refuse", "maturity"
		}
		f.chair.open("/deliberations/" + selection + "/decisions/" + id)
		f.chair.eval(fmt.Sprintf(`(() => { const f = document.querySelector("main form"), set = (name, value) => { f.elements[name].value = value }; set("outcome", %q); set("reason", %q); set("wording", "Le comité a pesé chaque lecture."); window.__here = true; })()`, outcome, reason))
		f.chair.eval(`document.querySelector('main form button[type="submit"]').focus()`)
		f.chair.enter()
	}
}

// sign has the chair sign, and a second person countersign.
func (f five) sign(selection string) {
	minutes := "/deliberations/" + selection + "/minutes"
	f.chair.open(minutes)
	f.chair.reads("Hugo Sureau (Normandie Numérique) : une personne de l’équipe appartient")
	f.chair.goTo("Signer le procès-verbal")
	f.chair.open(minutes)
	f.chair.reads("Signé")
	f.chair.accessible()
	f.lead.open(minutes)
	f.lead.goTo("Contresigner")
	f.lead.open(minutes)
	f.lead.picture("five-minutes")
}

// announce prepares the mails and lets them leave, once.
func (f five) announce(selection string) {
	f.lead.open("/decisions/" + selection + "/announcement")
	f.lead.eval(`(() => { const d = new Date(Date.now() + 20 * 864e5), e = document.querySelector('[name="confirm_by"]'); e.value = d.toISOString().slice(0, e.type === "date" ? 10 : 16); })()`)
	f.lead.goTo("Préparer les courriels")
	f.lead.accessible()
	f.lead.picture("five-announcement")
	f.lead.goTo("Annoncer maintenant")
	f.lead.open("/decisions/" + selection + "/announcement")
	f.lead.reads("Décisions annoncées")
}

// confirm has a team read its outcome and accept the place; the call then names it.
func (f five) confirm(laureate file, call string) {
	p := f.retained
	p.open("/applications/" + laureate.id + "/outcome")
	p.reads("Votre projet est retenu")
	p.reads("Le comité a pesé chaque lecture.")
	p.accessible()
	p.goTo("Accepter la place")
	p.reads("Votre place est confirmée")
	p.picture("five-confirmed")
	f.member.open("/calls/" + call)
	f.member.reads(laureate.title)
}
