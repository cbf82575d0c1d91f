package journeys_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"transformateur/internal/account"
	appdemo "transformateur/internal/app/demo"
	"transformateur/internal/gathering"
)

// Somebody at the door, with a phone and a keyboard, notes who arrives while there is no
// network: by the code of a badge, by a name, and once more before she leaves the page.
// When the network is back everything is sent, and another device counts the same people.
func TestTheDoorGoesOnWithoutNetwork(t *testing.T) {
	browser := chrome(t)
	s := demoSite(t, "entrance", appdemo.Confirmed)
	s.app.Start(t.Context())
	id := s.value(t, `select id from gatherings where title = 'Accélérateur des possibles'`)
	by := account.User{ID: account.PersonID(s.value(t, `select person_id from participants where role = 'facilitator' and person_id is not null and gathering_id = '`+id+`' limit 1`))}
	_, badges, err := s.app.Entrance.Badges(t.Context(), by, gathering.ID(id))
	if err != nil {
		t.Fatal(err)
	}
	if len(badges) < 4 {
		t.Fatalf("%d people come", len(badges))
	}
	desk := newPerson(t, browser, s.base, "desk", 1280)
	desk.plays("lead")
	road := newRelay(t, strings.TrimPrefix(s.base, "http://"))
	phone := newPerson(t, browser, road.base, "phone", 390)
	phone.plays("lead")
	door := "/gatherings/" + id + "/entrance"
	here := func(p *person, n string) {
		t.Helper()
		p.waits(`document.querySelector('[data-figure="here"]')?.textContent === "` + n + `"`)
	}
	desk.open(door)
	here(desk, "0")
	desk.accessible()
	phone.open(door)
	phone.accessible()
	phone.waits(`(caches.match("` + door + `").then(kept => window.__kept = !!kept), window.__kept === true)`)

	road.cut(true)
	phone.write("Code du badge", strings.ToLower(gathering.ShowCode(badges[1].Code)))
	phone.press(kb.Enter)
	here(phone, "1")
	phone.reads(badges[1].Name + " : arrivée notée")
	phone.tabTo("Arrivée\n" + badges[2].Name)
	phone.press(kb.Enter)
	here(phone, "2")
	phone.tabTo("Annuler\n" + badges[2].Name)
	phone.press(kb.Enter)
	here(phone, "1")
	phone.tabTo("Arrivée\n" + badges[2].Name)
	phone.press(kb.Enter)
	here(phone, "2")
	phone.reads("4 lignes à envoyer")
	phone.picture("entrance-offline")
	here(desk, "0")

	phone.do(chromedp.Reload())
	here(phone, "2")
	phone.reads("4 lignes à envoyer")
	phone.reads("Pas de réseau")

	road.cut(false)
	phone.eval(`window.dispatchEvent(new Event("online"))`)
	here(desk, "2")
	phone.waits(`document.querySelector("[data-queue]").hidden`)
	desk.reads("Sur place depuis")

	road.cut(true)
	phone.tabTo("Arrivée\n" + badges[3].Name)
	phone.press(kb.Enter)
	here(phone, "3")
	phone.reads("1 ligne à envoyer")
	phone.do(chromedp.Navigate("about:blank"))
	road.cut(false)
	phone.open(door)
	here(phone, "3")
	here(desk, "3")
	desk.tabTo("Départ\n" + badges[1].Name)
	desk.press(kb.Enter)
	here(desk, "2")
	here(phone, "2")
	if n := s.value(t, `select count(*) from entrance_marks`); n != "6" {
		t.Errorf("%s lines are kept, want 6", n)
	}
}

// relay stands between a browser and the program, and may be cut: unlike what a browser can
// emulate, what works behind its pages is cut off too.
type relay struct {
	base string
	mu   sync.Mutex
	off  bool
	open map[net.Conn]bool
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	r := &relay{base: "http://" + listener.Addr().String(), open: map[net.Conn]bool{}}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil || !r.keep(near, far) {
				near.Close()
				continue
			}
			go func() { io.Copy(far, near); far.Close() }()
			go func() { io.Copy(near, far); near.Close() }()
		}
	}()
	return r
}

// keep holds two ends together, unless the relay is cut.
func (r *relay) keep(near, far net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.off {
		far.Close()
		return false
	}
	r.open[near], r.open[far] = true, true
	return true
}

func (r *relay) cut(off bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.off = off
	if off {
		for end := range r.open {
			end.Close()
			delete(r.open, end)
		}
	}
}
