package faults

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"transformateur/internal/i18n"
)

// The disk is full: pages go on, nothing is kept nor half kept, and everybody is told
// what becomes of what she typed; once there is room again saving goes on by itself.
func TestDiskFull(t *testing.T) {
	m := newMachine(t, draw(t), theOrigin(t))
	l := newLedger(theOrigin(t), m.rng)
	c := m.boot()
	l.deposits(c.base, c.ended, 1)
	p, held := l.person(0, c.base), newDeposit(m.rng, 0, 0)
	if err := held.step(p); err != nil { // she writes a draft when the disk fills up
		t.Fatal(err)
	}
	m.disk.set(func(d *disk) { d.room = d.used + 100<<10 })
	stop := make(chan struct{})
	go func() {
		for l.answers(http.StatusServiceUnavailable) < 200 {
			time.Sleep(5 * time.Millisecond)
		}
		close(stop)
	}()
	l.deposits(c.base, stop, 0)
	if n := l.answers(http.StatusInternalServerError); n > 0 {
		t.Errorf("%d answers told of a fault of ours", n)
	}
	m.disk.set(func(d *disk) { d.room = d.used }) // not a byte more
	done := l.people[0][0]
	for _, path := range []string{"/", "/applications", "/applications/" + done.id, "/calls/" + theCall, "/account", "/receipts/key"} {
		r, err := p.raw("GET", path, nil, nil)
		if err != nil || r.status != http.StatusOK {
			t.Errorf("GET %s: %v %s", path, err, r.excerpt())
		}
		if !strings.Contains(string(r.body), i18n.Say(i18n.FR, "ui.read_only")) {
			t.Errorf("GET %s does not say that nothing can be saved", path)
		}
	}
	// A small write may still fit where the log of the database has room to write again:
	// the program says so for a moment, until the next one that does not.
	for tries := 0; ; tries++ {
		p.raw("POST", "/applications", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte("call="+theCall+"&title=Encore"))
		r, err := p.raw("GET", "/readyz", nil, nil)
		if err == nil && r.status == http.StatusOK && strings.Contains(string(r.body), "read-only") {
			break
		}
		if err != nil || tries == 4000 {
			t.Errorf("readyz: %v %s", err, r.excerpt())
			break
		}
	}
	for _, act := range []struct {
		name, path, accept, kind string
		body                     string
	}{
		{"a new draft", "/applications", "text/html", "application/x-www-form-urlencoded", "call=" + theCall + "&title=Plus+de+place"},
		{"an answer typed", "/applications/" + held.id + "/save", "application/json", "application/json", `{"edits":[{"field":"summary","base":0,"value":"x"}]}`},
		{"a file", "/applications/" + held.id + "/uploads", "application/json", "application/json", `{"field":"deck","name":"deck.txt","size":5000}`},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
			r, err := p.raw("POST", act.path+"?lang="+string(lang), http.Header{"Accept": {act.accept}, "Content-Type": {act.kind}}, []byte(act.body))
			if err != nil || r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
				t.Errorf("%s: %v %s", act.name, err, r.excerpt())
			}
			text := string(r.body)
			if act.accept == "text/html" && (!strings.Contains(text, i18n.Say(lang, "db.full_title")) || !strings.Contains(text, i18n.Say(lang, "db.full_help"))) {
				t.Errorf("%s: the page does not say what to do: %s", act.name, text)
			}
			if act.accept != "text/html" && !strings.Contains(text, `"key":"db.full"`) && !strings.Contains(text, `"key":"blob.no_space"`) {
				t.Errorf("%s: %s", act.name, text)
			}
		}
	}
	m.disk.set(func(d *disk) { d.room = 0 })
	for { // it finds out by itself, even when nobody saves anything
		if r, err := p.raw("GET", "/metrics", nil, nil); err != nil || strings.Contains(string(r.body), "transformateur_read_only 0") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	l.deposits(c.base, c.ended, 1)
	l.verify(c.base, make([]int, depositors))
	m.restart(c)
	m.settle(l)
}
