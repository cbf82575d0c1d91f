package journeys_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/schedule"
	appdemo "transformateur/internal/app/demo"
	"transformateur/internal/demo"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/zone"
)

// daytime is a zone in which it is day now: a gathering of the journey takes place there.
func daytime(t *testing.T) (name string, now time.Time) {
	t.Helper()
	for _, name := range []string{"Europe/Paris", "Pacific/Noumea", "America/Guadeloupe", "Indian/Reunion", "Pacific/Tahiti"} {
		if now := time.Now().In(zone.Location(name)); now.Hour() >= 6 && now.Hour() < 18 {
			return name, now
		}
	}
	t.Fatal("it is night everywhere")
	return "", now
}

// happensNow has the gathering of the demonstration take place today, with a published
// programme of which the middle is now. It gives its identifier.
func (s *site) happensNow(t *testing.T) gathering.ID {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	id := gathering.ID(s.value(t, `select id from gatherings where title = 'Accélérateur des possibles'`))
	where, now := daytime(t)
	days := []string{now.Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly)}
	at := order.Minute(now.Hour()*60 + now.Minute())
	must(s.app.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update gatherings set zone = $2, starts_on = $3, ends_on = $4, status = 'open' where id = $1`, string(id), where, days[0], days[1])
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `delete from agenda_plans where gathering_id = $1`, string(id)) // that of other days
		return err
	}))
	role, _ := demo.Find("lead")
	person, err := account.OpenDemo(s.app.Accounts).Find(ctx, role.Email())
	must(err)
	lead := account.User{ID: person, Name: role.Name, Lang: "fr"}
	o := order.Order{Version: 1, Days: days, Activities: []order.Activity{
		{ID: "open", Kind: order.Plenary, Title: "Ouverture", From: at - 90, To: at - 30},
		{ID: "coach", Kind: order.Coaching, Title: "Coaching individuel", From: at - 30, To: at + 20},
		{ID: "rest", Kind: order.Free, Title: "Pause", From: at + 20, To: at + 40},
		{ID: "together", Kind: order.Collective, Title: "Carte ADN à plusieurs", Kit: "adn", From: at + 40, To: at + 130},
		{ID: "end", Kind: order.Plenary, Title: "Restitution", Day: 1, From: 540, To: 600},
	}}
	people, err := gathering.People(ctx, s.app.DB.Reader(), id)
	must(err)
	p := plan.Plan{Version: 1, Sittings: []plan.Sitting{{ID: "open", Activity: "open", From: at - 90, To: at - 30, All: true}, {ID: "end", Activity: "end", Day: 1, From: 540, To: 600, All: true}}}
	project := s.value(t, `select id from projects where title like '%autonomie des intervenantes%'`)
	var all, coached []string
	for _, one := range people {
		all = append(all, one.ID)
		if string(one.Project) == project || one.Role == gathering.Facilitator {
			coached = append(coached, one.ID)
		}
	}
	p.Sittings = append(p.Sittings, plan.Sitting{ID: "coached", Activity: "coach", From: at - 30, To: at + 20, Project: project, People: coached})
	p.Sittings = append(p.Sittings, plan.Sitting{ID: "together", Activity: "together", From: at + 40, To: at + 130, Table: 1, People: all})
	v, err := s.app.Schedule.Keep(ctx, lead, id, schedule.Made{Order: o, Plan: p})
	must(err)
	must(s.app.Schedule.Publish(ctx, lead, id, v.ID))
	return id
}

// Somebody of a team reads where she is on her phone, then without network, where it is
// still there. Who conducts the day opens the boards of the next activity for everybody in
// one act, and tells a delay of fifteen minutes, which her phone shows by itself.
func TestADayIsFollowedOnAPhone(t *testing.T) {
	browser := chrome(t)
	s := demoSite(t, "day", appdemo.Confirmed)
	s.app.Start(t.Context())
	id := string(s.happensNow(t))
	air := spread(t, s.base)
	role := func(name, base string, width int64) *person {
		p := newPerson(t, browser, base, "day-"+name, width)
		p.plays(name)
		return p
	}
	team, lead := role("carrier", air.base, 390), role("lead", s.base, 1280)
	now := "/gatherings/" + id + "/now"

	team.open("/gatherings/" + id)
	team.goTo("Maintenant et ensuite")
	team.reads("Coaching individuel")
	team.waits(`/dans 3\d\smin/.test(document.querySelector(".day-in")?.innerText ?? "")`)
	team.accessible()
	team.picture("day-now")
	for _, page := range []string{now, "/gatherings/" + id + "/programme"} {
		team.waits(`(caches.match("` + page + `").then(kept => window.__kept = !!kept), window.__kept === true)`)
		team.eval(`window.__kept = false`)
	}

	air.cut(true)
	team.do(chromedp.Reload())
	team.reads("Hors ligne")
	team.reads("Coaching individuel")
	team.reads("min")
	team.accessible()
	team.picture("day-offline")
	team.open("/gatherings/" + id + "/programme")
	team.reads("Hors ligne")
	team.reads("Carte ADN à plusieurs")
	team.open(now)
	air.cut(false)
	team.eval(`window.dispatchEvent(new Event("online"))`)
	team.waits(`document.querySelector("[data-offline]")?.dataset.offline === "false"`)

	lead.open("/gatherings/" + id)
	lead.goTo("Conduite")
	lead.accessible()
	lead.picture("day-conduct")
	lead.tabTo("Ouvrir pour tout le monde")
	lead.press("\r")
	lead.reads("Plateaux ouverts à")
	team.waits(`!!document.querySelector('[data-card="next"] a[href^="/boards/"]')`)

	lead.write("Ce que tout le monde doit savoir", "Le café est servi en salle B\r")
	lead.reads("Annoncé à")
	team.reads("Le café est servi en salle B")

	lead.tabTo("Voir ce que cela donne")
	lead.enter()
	lead.reads("Accepter et prévenir tout le monde")
	lead.accessible()
	lead.picture("day-delay")
	lead.goTo("Accepter et prévenir tout le monde")
	team.reads("La journée a 15 minutes de retard")
	team.reads("Ce qui a changé pour vous")
	team.picture("day-late")
	team.tabTo("J’ai lu")
	team.press("\r")
	team.waits(`!document.querySelector(".day-news")`)

	for name, path := range map[string]string{"day-screen": "/screen", "day-screen-agenda": "/screen?show=agenda&theme=dark", "day-screen-code": "/screen?show=code", "day-programme": "/programme"} {
		lead.open("/gatherings/" + id + path)
		lead.accessible()
		lead.picture(name)
	}
	team.open("/gatherings/" + id + "/programme")
	team.picture("day-programme-phone")

	// Nothing stays on the phone once she has left.
	team.open(now)
	team.waits(`!!document.querySelector("form[action='/signout']")`)
	team.eval(`document.querySelector("form[action='/signout']").requestSubmit()`)
	team.reads("Se connecter")
	team.waits(`(window.__names = window.__names ?? [], caches.keys().then(n => window.__names = n), window.__looked = (window.__looked ?? 0) + 1, window.__looked > 2 && window.__names.length === 0)`)
}

// wireless is a network between a phone and the program, which can be cut: unlike what a
// browser pretends for one page, its workers have none either.
type wireless struct {
	base string
	mu   sync.Mutex
	off  bool
	open map[net.Conn]bool
}

func spread(t *testing.T, base string) *wireless {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	w := &wireless{base: "http://" + listener.Addr().String(), open: map[net.Conn]bool{}}
	go func() {
		for {
			phone, err := listener.Accept()
			if err != nil {
				return
			}
			go w.carry(phone, strings.TrimPrefix(base, "http://"))
		}
	}()
	return w
}

func (w *wireless) carry(phone net.Conn, to string) {
	defer phone.Close()
	if !w.holds(phone) {
		return
	}
	home, err := net.Dial("tcp", to)
	if err != nil || !w.holds(home) {
		return
	}
	defer home.Close()
	go func() {
		io.Copy(home, phone)
		home.Close()
	}()
	io.Copy(phone, home)
}

// holds says whether a connection may be, and keeps it to be cut.
func (w *wireless) holds(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[c] = true
	return !w.off
}

func (w *wireless) cut(off bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.off = off
	for c := range w.open {
		c.Close()
		delete(w.open, c)
	}
}
