package live_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"transformateur/internal/platform/live"
)

// natsServer runs a NATS server on a port, -1 for one that is free, and says where.
func natsServer(t *testing.T, port int) (*server.Server, int) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server does not start")
	}
	t.Cleanup(s.Shutdown)
	return s, s.Addr().(*net.TCPAddr).Port
}

// node is a bell that notes what it hears.
func node(t *testing.T, address string) (live.Bell, chan string) {
	t.Helper()
	b, err := live.Hang(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	heard := make(chan string, 100)
	if err := b.Hear(func(id string) { heard <- id }); err != nil {
		t.Fatal(err)
	}
	return b, heard
}

// rings rings until another node hears: what is lost is lost.
func rings(t *testing.T, b live.Bell, heard chan string, id string) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); {
		b.Ring(id)
		select {
		case got := <-heard:
			if got == id {
				return
			}
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("%s rang and nobody heard", id)
}

func TestBellWithoutServer(t *testing.T) {
	b, heard := node(t, "")
	b.Ring("board")
	if len(heard) > 0 {
		t.Error("a program that is alone hears something")
	}
	if _, err := live.Hang("nats://["); err == nil {
		t.Error("nonsense is an address")
	}
}

// TestBellThroughALostServer rings before, while and after the server is away.
func TestBellThroughALostServer(t *testing.T) {
	s, port := natsServer(t, -1)
	address := fmt.Sprintf("nats://127.0.0.1:%d", port)
	one, own := node(t, address)
	_, heard := node(t, address)
	rings(t, one, heard, "first")
	s.Shutdown()
	s.WaitForShutdown()
	began := time.Now()
	for range 1000 {
		one.Ring("while nobody hears")
	}
	if spent := time.Since(began); spent > 10*time.Second { // a ring that waits for its server would take minutes
		t.Errorf("ringing without a server takes %v", spent)
	}
	natsServer(t, port)
	rings(t, one, heard, "after")
	if len(own) > 0 {
		t.Error("a node hears itself")
	}
}

// TestBellBeforeTheServer: a program that starts before its NATS server works.
func TestBellBeforeTheServer(t *testing.T) {
	s, port := natsServer(t, -1)
	s.Shutdown()
	s.WaitForShutdown()
	address := fmt.Sprintf("nats://127.0.0.1:%d", port)
	one, _ := node(t, address)
	_, heard := node(t, address)
	natsServer(t, port)
	rings(t, one, heard, "board")
}
