package room

import (
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/live"
)

// counted is a bell that counts what it hears.
type counted struct {
	live.Bell
	heard atomic.Int64
}

func (c *counted) Hear(f func(string)) error {
	return c.Bell.Hear(func(id string) { f(id); c.heard.Add(1) })
}

// bellNode is one more node, with a bell on a NATS server.
func (h *hall) bellNode(address string) (*Service, *counted) {
	h.t.Helper()
	b, err := live.Hang(address)
	if err != nil {
		h.t.Fatal(err)
	}
	c := &counted{Bell: b}
	s := New(Deps{DB: h.db, Clock: clock.System{}, Seats: h.chairs, Bell: c})
	h.t.Cleanup(func() { s.Close(); b.Close() })
	return s, c
}

// TestNodesThatRing has two nodes write on one board, wake each other through a NATS
// server, lose it, and see each other's operations all the same.
func TestNodesThatRing(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		nats, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true})
		if err != nil {
			t.Fatal(err)
		}
		go nats.Start()
		defer nats.Shutdown()
		if !nats.ReadyForConnections(10 * time.Second) {
			t.Fatal("the NATS server does not start")
		}
		address := fmt.Sprintf("nats://127.0.0.1:%d", nats.Addr().(*net.TCPAddr).Port)
		h := newHall(t, d)
		one, _ := h.bellNode(address)
		other, woken := h.bellNode(address)
		ana, gus := h.enter(one, "ana", ofAna, -1), h.enter(other, "gus", ofGus, -1)
		ana.sends(1, note(first, "Ici"))
		ana.hears(`"ack"`)
		gus.hears("Ici")
		for i := range int64(10) {
			ana.sends(i+2, write(first, fmt.Sprint("a", i), 100+i))
		}
		gus.hears("a9")
		for limit := time.Now().Add(5 * time.Second); woken.heard.Load() == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatal("the other node was never woken")
			}
		}
		nats.Shutdown()
		nats.WaitForShutdown()
		ana.sends(12, write(first, "sans serveur", 200))
		ana.hears(`"s":12`)
		gus.hears("sans serveur")
		gus.sends(1, note(second, "Là"))
		ana.hears("Là")
	})
}
