package journeys_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	appdemo "transformateur/internal/app/demo"
	"transformateur/internal/demo"
	"transformateur/internal/gathering"
)

// follows publishes a proposed running order of a gathering, and names its activities.
func (s *site) follows(t *testing.T, id gathering.ID) map[order.Kind]string {
	t.Helper()
	role, _ := demo.Find("lead")
	who, err := account.OpenDemo(s.app.Accounts).Find(t.Context(), role.Email())
	if err != nil {
		t.Fatal(err)
	}
	lead := account.User{ID: who, Name: role.Name, Lang: "fr"}
	v, err := s.app.House.Managed(t.Context(), lead, id)
	if err == nil && len(v.Order.Activities) == 0 {
		if err = s.app.House.Propose(t.Context(), lead, id, v.Version); err == nil {
			err = s.app.House.Publish(t.Context(), lead, id)
		}
	}
	if err == nil {
		v, err = s.app.House.Managed(t.Context(), lead, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	ids := map[order.Kind]string{}
	for _, a := range v.Order.Activities {
		ids[a.Kind] = a.ID
	}
	return ids
}

// A facilitator runs two turns of a pitch by keyboard with the projector open, which loses
// its network for a while; a peer writes to a project, its team reads it at once, and
// neither the facilitator nor somebody else does.
func TestTwoTurnsOfAPitch(t *testing.T) {
	browser := chrome(t)
	s := demoSite(t, "stage", appdemo.Confirmed)
	s.app.Start(t.Context())
	id, code := s.value(t, `select id from gatherings where title = 'Accélérateur des possibles'`), s.value(t, `select join_code from gatherings where title = 'Accélérateur des possibles'`)
	title := fold.Replace(s.value(t, `select title from projects where title like '%autonomie des intervenantes%'`))
	activities := s.follows(t, gathering.ID(id))
	home := "/gatherings/" + id
	page := home + "/pitches/" + activities[order.Pitch]
	role := func(name string, width int64) *person {
		p := newPerson(t, browser, s.base, name, width)
		p.plays(name)
		return p
	}
	lead, team, peer := role("lead", 1280), role("carrier", 390), role("member", 390)
	peer.open("/join/" + code)
	peer.goTo("Entrer")
	guest := newPerson(t, browser, s.base, "guest", 390)
	guest.open("/join/" + code + "?lang=fr")
	guest.write("Votre nom", "Léa Passante")
	guest.enter()
	guest.reads("Quitter la session")

	lead.open(home + "/stage")
	lead.accessible()
	lead.picture("stage-list")
	lead.open(page)
	lead.reads("Prêt à commencer")
	wall := newPerson(t, browser, s.base, "wall", 1280)
	wall.plays("lead")
	wall.open(page + "?wall")
	for _, p := range []*person{team, peer, guest} {
		p.open(page)
		p.reads("Ordre de passage")
	}
	lead.act("Donner la parole\n" + title)
	wall.reads("Présentation")
	wall.reads(title)
	wall.accessible()
	wall.picture("stage-wall")
	peer.waits(`!!document.querySelector("details[open] textarea")`)
	peer.write("Ce que je retiens", "La tournée du matin, filmée.")

	wall.offline(true)
	before := wall.eval(`document.querySelector(".stage-digits").textContent`)
	wall.waits(`document.querySelector(".stage-digits").textContent !== "` + before + `"`)
	lead.act("+ 1 minute")
	lead.waits(`Number(document.querySelector("t-timer").dataset.left) > 200000`)
	wall.offline(false)
	wall.waits(`Number(document.querySelector("t-timer").dataset.left) > 200000`)
	wall.press(kb.ArrowRight)
	lead.waits(`document.querySelector(".stage-phase")?.innerText === "Questions"`)
	peer.waits(`document.querySelector(".stage-phase")?.innerText === "Questions"`)

	if got := peer.eval(`document.querySelector("details[open] textarea").value`); !strings.Contains(fold.Replace(got), "filmée") {
		t.Fatalf("what the peer was writing is %q", got)
	}
	peer.act("Envoyer")
	where := team.eval(`location.pathname`) // a text to a project calls no page: it would tell when somebody wrote
	peer.reads("Votre retour est")
	team.open(where)
	team.reads("La tournée du matin, filmée.")
	team.reads("Une personne présente")
	team.accessible()
	team.picture("stage-team")
	peer.accessible()
	peer.picture("stage-peer")

	lead.act("Projet suivant")
	wall.waits(`document.querySelector(".stage-phase")?.innerText === "Présentation"`)
	team.waits(`document.querySelector(".stage-phase")?.innerText === "Présentation"`)
	lead.act("Pause")
	wall.reads("En pause")
	lead.accessible()
	lead.picture("stage-lead")
	for _, other := range []*person{lead, guest} {
		other.open(page)
		other.reads("Ordre de passage")
		if strings.Contains(other.text(), "filmée") {
			t.Errorf("%s reads what was written to the project", other.name)
		}
	}
	stageAround(home, activities[order.RoundTable], lead, team, guest)
}

// slowAnswers has what is sent answered a second late: the call that it causes comes before.
const slowAnswers = `(() => { const open = XMLHttpRequest.prototype.open, listen = XMLHttpRequest.prototype.addEventListener;
	XMLHttpRequest.prototype.open = function (method, url) { this.late = method === "POST"; return open.call(this, method, url); };
	XMLHttpRequest.prototype.addEventListener = function (name, heard) { return listen.call(this, name, (event) => (this.late ? setTimeout(() => heard(event), 1000) : heard(event))); };
	return "slow"; })()`

// stageAround goes through questions, needs, offers and meetings.
func stageAround(home, table string, lead, team, guest *person) {
	page := home + "/questions/" + table
	lead.open(page)
	guest.open(page)
	guest.write("Votre question", "Qui garde les films ?")
	guest.eval(slowAnswers)
	guest.act("Envoyer")
	lead.reads("Qui garde les films ?")
	guest.waits(`document.querySelector('textarea[name="body"]').value === ""`)
	team.open(page)
	team.act("Soutenir")
	lead.reads("1 voix")
	lead.act("On y répond")
	guest.reads("Réponse en cours")
	lead.accessible()
	lead.picture("stage-questions")
	wall := lead
	wall.open(page + "?wall")
	wall.reads("Qui garde les films ?")
	wall.accessible()
	wall.picture("stage-questions-wall")
	lead.open(home + "/offers")
	lead.eval(`(() => { const s = document.querySelector('[name="project.hear"]'); s.selectedIndex = 1; return s.value })()`)
	lead.write("Besoin, en une ligne", "Un lieu pour s’entraîner")
	lead.tabTo("Noter")
	lead.press(kb.Enter)
	lead.reads("Personne n’y répond")
	lead.accessible()
	lead.picture("stage-offers")
	team.open(home + "/meetings")
	team.reads("Demander à rencontrer quelqu’un")
	team.accessible()
	team.picture("stage-meetings")
	lead.open(home + "/meetings")
	lead.reads("Règles entre personnes")
	lead.accessible()
	lead.picture("stage-meetings-lead")
}
