package journeys_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	appdemo "transformateur/internal/app/demo"
	"transformateur/internal/platform/zone"
)

// twoDays are the people of the two days: who runs them on a laptop, the others on phones.
type twoDays struct {
	t                                  *testing.T
	site                               *site
	gathering                          string
	facilitator, sponsor, team, expert *person
}

// The two days of thirteen projects are planned from their running order in one act, lived
// through with the clock of the demonstration, repaired after two absences, and closed: by
// a facilitator, a sponsor, somebody who carries a project, and an expert.
func TestTwoDaysFromTheirRunningOrder(t *testing.T) {
	browser := chrome(t)
	s := demoSite(t, "two-days", appdemo.Confirmed)
	s.app.Start(t.Context())
	one := func(role string, width int64) *person {
		p := newPerson(t, browser, s.base, role, width)
		p.plays(role)
		return p
	}
	d := twoDays{t: t, site: s, gathering: s.value(t, `select id from gatherings where title = 'Accélérateur des possibles'`), facilitator: one("facilitator", 1280), sponsor: one("sponsor", 390), team: one("carrier", 390), expert: one("expert", 390)}
	d.plan()
	d.begin()
	d.repair("Maya Figuier")
	d.repair("Adèle Bouleau")
	d.end()
}

func (d twoDays) at(path string) string { return "/gatherings/" + d.gathering + path }

// moves has the facilitator move the clock of the demonstration, to an hour of a day of the
// gathering.
func (d twoDays) moves(day, hour, minute int) {
	d.t.Helper()
	first, err := time.ParseInLocation(time.DateOnly, d.site.value(d.t, `select starts_on from gatherings where title = 'Accélérateur des possibles'`), zone.Location(zone.Default))
	if err != nil {
		d.t.Fatal(err)
	}
	to := time.Date(first.Year(), first.Month(), first.Day()+day, hour, minute, 0, 0, first.Location())
	d.facilitator.open("/demo")
	d.facilitator.moment("Aller à", to)
	d.facilitator.goTo("Avancer")
	d.facilitator.reads("L’horloge est avancée")
}

// plan makes another plan in one act, and publishes it.
func (d twoDays) plan() {
	f := d.facilitator
	f.open(d.at("/plans"))
	f.accessible()
	f.goTo("Composer à nouveau")
	f.reads("Version 2")
	f.reads("26 sur 26")
	f.accessible()
	f.picture("two-days-plan")
	f.goTo("Par salle")
	f.accessible()
	f.carries()
	f.open(d.at("/plans/" + d.site.value(d.t, `select id from agenda_plans where number = 2`)))
	f.goTo("Publier ce plan")
	f.reads("Le plan est publié")
	f.picture("two-days-plans")
}

// carries takes the first meeting of a room by keyboard, carries it to the next hour, reads
// what that would break, and puts it back.
func (p *person) carries() {
	p.t.Helper()
	p.tabIn(".plan-carry", "Déplacer")
	p.press(kb.Enter)
	p.waits(`!!document.querySelector(".plan-block.carried")`)
	p.press(kb.ArrowDown)
	p.waits(`(document.querySelector(".plan-verdict")?.innerText ?? "") !== ""`)
	p.picture("two-days-carried")
	p.press(kb.Escape)
	p.waits(`!document.querySelector(".plan-block.carried")`)
}

// begin has everybody look at where they are, in the first coaching.
func (d twoDays) begin() {
	d.moves(0, 10, 2)
	for _, p := range []*person{d.sponsor, d.team, d.expert} {
		p.open(d.at("/now"))
		p.reads("Maintenant et ensuite")
		if p != d.expert { // sponsors and teams are at the first coaching
			p.reads("Frise du projet")
		}
		p.accessible()
		p.picture("two-days-now-" + p.name)
	}
}

// repair has somebody not be there any more, and follows the first way of going on.
func (d twoDays) repair(name string) {
	f := d.facilitator
	past := func() string {
		return strings.Join(d.site.list(d.t, `select at.value from agenda_plans, json_each(json_extract(body, '$.sittings')) as at where state = 'published' and json_extract(at.value, '$.day') = 0 and json_extract(at.value, '$.to') <= 600 order by 1`), "\n")
	}
	before := past()
	f.open(d.at("/plans"))
	f.goTo("Un imprévu")
	f.goTo("Quelqu’un ne vient pas")
	f.pick("Qui", name)
	f.write("Pourquoi", "train en panne")
	f.goTo("Voir comment continuer")
	f.reads("Garder le plus de rencontres")
	f.accessible()
	f.picture("two-days-repair-" + strings.Fields(name)[0])
	f.goTo("Suivre ce plan")
	f.reads("Le plan est réparé")
	if after := past(); after != before {
		d.t.Errorf("what is over changed:\n%s\n%s", before, after)
	}
	seat := d.site.value(d.t, `select participants.id from participants join people on people.id = participants.person_id where people.name = '`+name+`'`)
	for _, one := range d.site.list(d.t, `select at.value from agenda_plans, json_each(json_extract(body, '$.sittings')) as at where state = 'published' and (json_extract(at.value, '$.day') = 1 or json_extract(at.value, '$.from') > 610)`) {
		if strings.Contains(one, seat) {
			d.t.Errorf("%s is away and still in %s", name, one)
		}
	}
}

// end lives through the second day and closes the gathering.
func (d twoDays) end() {
	d.moves(1, 10, 0)
	d.team.open(d.at("/now"))
	d.team.reads("Grand Mix des idées")
	d.team.picture("two-days-second")
	d.sponsor.open(d.at("/coaching"))
	d.sponsor.accessible()
	d.sponsor.picture("two-days-coaching")
	d.moves(1, 18, 0)
	f := d.facilitator
	f.open(d.at(""))
	f.act("Clore la session")
	f.tabIn("form", "Clore la session")
	f.enter()
	f.reads("La session est close")
	f.accessible()
	f.picture("two-days-closed")
	for _, page := range []string{"/minutes", "/attendance", "/conduct", "/programme"} {
		f.open(d.at(page))
		f.accessible()
		f.picture("two-days" + strings.ReplaceAll(page, "/", "-"))
	}
	if status := d.site.value(d.t, `select status from gatherings where title = 'Accélérateur des possibles'`); status != "closed" {
		d.t.Errorf("the gathering is %s", status)
	}
}
