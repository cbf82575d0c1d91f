package journeys_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	appdemo "transformateur/internal/app/demo"
)

// away is how long somebody has no network in the journey: Wi-Fi of a venue that comes back.
const away = time.Minute

// six are the people of a project's boards during the two days.
type six struct {
	lead, team               *person
	expert, peer, train, ear *person // an expert's laptop, a phone, a phone without network, the list by keyboard alone
	boards                   map[string]string
}

// Six people, each with a browser, go with a project from its Frise to its Carte ADN, to
// the Grand Mix and to its plan; one has no network for a minute, one uses the list and
// the keyboard alone. What they wrote is found in the project's file.
func TestSixPeopleOnTheBoardsOfAProject(t *testing.T) {
	browser := chrome(t)
	s := demoSite(t, "gathering", appdemo.Confirmed)
	s.app.Start(t.Context())
	gathering := s.value(t, `select id from gatherings where title = 'Accélérateur des possibles'`)
	project := s.value(t, `select id from projects where title like '%autonomie des intervenantes%'`)
	code := s.value(t, `select join_code from gatherings where title = 'Accélérateur des possibles'`)
	role := func(name string, width int64) *person {
		p := newPerson(t, browser, s.base, name, width)
		p.plays(name)
		return p
	}
	guest := func(name string, width int64) *person {
		p := newPerson(t, browser, s.base, strings.Fields(name)[0], width)
		p.open("/join/" + code + "?lang=fr")
		p.write("Votre nom", name)
		p.enter()
		p.reads("Quitter la session")
		return p
	}
	all := six{lead: role("lead", 1280), team: role("carrier", 390), expert: guest("Léa Experte", 1280), peer: guest("Omar Pair", 390), train: guest("Iris Train", 390), ear: guest("Paul Clavier", 1280), boards: map[string]string{}}
	all.lead.open("/gatherings/" + gathering + "/boards")
	all.lead.accessible()
	all.lead.picture("six-overview")
	for _, kit := range []string{"frise", "adn", "grandmix", "plan"} {
		all.boards[kit] = s.value(t, `select id from boards where kit_id = '`+kit+`' and project_id = '`+project+`'`)
	}

	all.frise()
	all.adn()
	all.grandmix()
	all.plan()

	wanted := [][2]string{{"landmark", "Les postes seront revus"}, {"lock", "Le temps de saisie n’est pas compté"}, {"lock", "Former deux personnes relais"}, {"contribution", "Filmer avant de former"}, {"contribution", "Commencer par un service"},
		{"idea", "Filmer avant de former"}, {"action", "Écrire le guide avec les équipes"}, {"need", "Un lieu pour s’entraîner"}}
	for _, item := range wanted {
		query := `select title from project_items where project_id = '` + project + `' and kind = '` + item[0] + `' and title = '` + item[1] + `'`
		for end := time.Now().Add(10 * time.Second); len(s.list(t, query)) != 1; time.Sleep(100 * time.Millisecond) { // it lands a second after the last change
			if time.Now().After(end) {
				t.Fatalf("the project has no %s %q, but %q; the last operations: %q", item[0], item[1], s.list(t, `select kind || ': ' || title from project_items where project_id = '`+project+`'`),
					s.list(t, `select op from board_log where board_id = '`+all.boards["adn"]+`' order by n`))
			}
		}
	}
	all.team.open("/projects/" + project)
	for _, item := range wanted {
		all.team.reads(item[1])
	}
	all.team.accessible()
	all.team.picture("six-project")
}

// sits opens a board, and waits until it is live.
func (p *person) sits(board string) {
	p.t.Helper()
	p.open("/boards/" + board)
	p.waits(`document.querySelector("live-board.on .b-state")?.dataset.state === "live"`)
}

// settled waits until all that she wrote is on disk.
func (p *person) settled() {
	p.t.Helper()
	p.waits(`document.querySelector("live-board.on .b-state")?.dataset.state === "live" && !document.querySelector(".pending")`)
}

// lays writes a card in a zone, by keyboard; fields are those of the form in their order of
// writing, by their names.
func (p *person) lays(zone, kind string, fields ...string) {
	p.t.Helper()
	// On a phone one zone is there at a time.
	p.eval(fmt.Sprintf(`document.querySelector('.b-tabs [data-tab="%s"]')?.click()`, zone))
	p.waits(fmt.Sprintf(`(() => { const b = [...document.querySelectorAll('[data-zone="%s"] .b-add')].filter(b => !b.disabled && b.checkVisibility()); const one = b.find(b => b.innerText.includes(%q)) ?? b.find(b => b.innerText.includes("Ajouter")); one?.focus(); return !!one && document.activeElement === one })()`, zone, kind))
	p.press(kb.Enter)
	p.waits(fmt.Sprintf(`(() => { if (document.querySelector(".b-edit")) return true; const one = [...document.querySelectorAll("dialog[open] .b-choice")].find(b => b.innerText.includes(%q)); one?.focus(); return !!one })()`, kind))
	if p.eval(`!!document.querySelector(".b-edit")`) != "true" {
		p.press(kb.Enter)
	}
	p.waits(`!!document.querySelector(".b-edit")`)
	p.fills(fields...)
}

// fills writes in the fields of the card that is open, and leaves it.
func (p *person) fills(fields ...string) {
	p.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		p.waits(fmt.Sprintf(`(() => { const c = document.querySelector('.b-edit [data-field="%s"]'); c?.focus(); return document.activeElement === c })()`, fields[i]))
		p.press(fields[i+1])
	}
	p.press(kb.Escape)
	p.waits(`!document.querySelector(".b-edit")`)
}

// restarts goes back to the first phase of the board, which somebody prepared.
func (f six) restarts() {
	f.lead.t.Helper()
	for range 8 {
		if f.lead.eval(`(() => { const b = document.querySelector(".b-lead-row > button"); if (b.disabled) return false; b.focus(); return true })()`) != "true" {
			return
		}
		now := f.lead.eval(`document.querySelector(".b-phase-title")?.innerText ?? ""`)
		f.lead.press(kb.Enter)
		f.lead.waits(fmt.Sprintf(`(document.querySelector(".b-phase-title")?.innerText ?? "") !== %q`, now))
	}
}

// goes to a phase of the board: everybody follows.
func (f six) goes(title string) {
	f.lead.t.Helper()
	for range 8 {
		now := f.lead.eval(`document.querySelector(".b-phase-title")?.innerText ?? ""`)
		if strings.Contains(now, title) {
			f.lead.settled()
			return
		}
		f.lead.waits(`(() => { const b = document.querySelector(".b-lead-row > .main"); if (!b || b.disabled) return false; b.focus(); return true })()`)
		f.lead.press(kb.Enter)
		f.lead.waits(fmt.Sprintf(`(document.querySelector(".b-phase-title")?.innerText ?? "") !== %q`, now))
	}
	f.lead.fail("the phase %q never comes", title)
}

func (f six) sit(kit string, people ...*person) {
	for _, p := range people {
		p.sits(f.boards[kit])
	}
}

// frise tells the moments of the project: written in silence, then read by all.
func (f six) frise() {
	f.sit("frise", f.lead, f.team, f.expert, f.ear)
	f.restarts()
	f.goes("Écrire")
	f.team.lays("soon", "Moment", "text", "Les postes seront revus")
	f.team.settled()
	f.team.accessible()
	f.team.picture("six-frise-phone")
	f.expert.waits(`!document.body.innerText.includes("Les postes seront revus")`) // silent writing stays silent
	f.goes("Raconter")
	for _, p := range []*person{f.expert, f.ear} {
		p.reads("Les postes seront revus")
	}
	f.lead.picture("six-frise-lead")
}

// adn draws the card of the project; somebody writes in a train, without network.
func (f six) adn() {
	f.sit("adn", f.lead, f.team, f.expert, f.train)
	f.goes("Tirer")
	f.train.offline(true)
	left := time.Now()
	f.train.lays("work", "Réponse", "text", "Écrit dans le train")
	f.train.waits(`document.querySelector(".pending") && document.querySelector(".b-state").dataset.state !== "live"`)
	f.train.picture("six-adn-offline")
	f.team.lays("work", "Réponse", "text", "Personne ne sait qui saisit", "lock", "Le temps de saisie n’est pas compté", "severity", "3")
	f.team.settled()
	f.goes("Lire")
	f.expert.reads("Personne ne sait qui saisit")
	f.listens()
	if rest := away - time.Since(left); rest > 0 {
		time.Sleep(rest)
	}
	f.train.offline(false)
	f.train.eval(`dispatchEvent(new Event("online"))`)
	f.train.settled()
	f.expert.reads("Écrit dans le train")
	f.goes("Nommer")
	f.expert.lays("locks", "Verrou", "text", "Former deux personnes relais", "severity", "2")
	f.expert.settled()
	f.lead.picture("six-adn-lead")
}

// listens has somebody read and write with the list and the keyboard alone.
func (f six) listens() {
	p := f.ear
	p.sits(f.boards["adn"])
	p.tabTo("Vue en liste")
	p.press(kb.Enter)
	p.waits(`document.querySelector(".b-surface").dataset.view === "list"`)
	p.tabTo("Personne ne sait qui saisit")
	p.press("n")
	p.waits(`(() => { const one = [...document.querySelectorAll("dialog[open] .b-choice")].find(b => b.innerText.includes("Réponse")); one?.focus(); return !!one || !!document.querySelector(".b-edit") })()`)
	if p.eval(`!!document.querySelector(".b-edit")`) != "true" {
		p.press(kb.Enter)
		p.waits(`!!document.querySelector(".b-edit") || !!document.querySelector("dialog[open]")`)
	}
	p.waits(`document.activeElement.tagName === "TEXTAREA"`)
	p.press("Le soir, à la maison")
	p.press(kb.Escape)
	p.settled()
	p.accessible()
	p.picture("six-adn-list")
	f.team.reads("Le soir, à la maison")
}

// grandmix has everybody write on somebody else's project; its team keeps one.
func (f six) grandmix() {
	f.sit("grandmix", f.lead, f.team, f.expert, f.peer, f.train)
	f.goes("Écrire")
	f.peer.lays("received", "Contribution", "text", "Filmer avant de former")
	f.expert.lays("received", "Contribution", "text", "Voir ce que fait Delibia")
	f.train.lays("received", "Contribution", "text", "Commencer par un service")
	for _, p := range []*person{f.peer, f.expert, f.train} {
		p.settled()
	}
	f.goes("Recevoir")
	f.team.reads("Filmer avant de former")
	f.team.picture("six-mix-phone")
	f.team.waits(`(() => { const c = [...document.querySelectorAll(".b-card")].find(c => c.innerText.includes("Filmer avant de former")); c?.focus(); return !!c })()`)
	f.team.press("m")
	f.team.waits(`(() => { const b = document.querySelector('dialog[open] [data-to="kept"]'); b?.focus(); return !!b })()`)
	f.team.press(kb.Enter)
	f.team.settled()
	f.peer.waits(`[...document.querySelectorAll('[data-zone="kept"] .b-card')].some(c => c.innerText.includes("Filmer avant de former"))`)
	f.peer.picture("six-mix-kept")
}

// plan says what is done first, and what it needs.
func (f six) plan() {
	f.sit("plan", f.lead, f.team, f.expert)
	f.goes("Écrire")
	f.expert.lays("matrix", "Action", "text", "Écrire le guide avec les équipes")
	f.expert.settled()
	f.goes("Placer")
	f.goes("S’engager")
	f.team.lays("plan", "Action", "text", "Écrire le guide avec les équipes", "owner", "Sacha", "need", "Un lieu pour s’entraîner")
	f.team.settled()
	f.lead.picture("six-plan-lead")
}
