package live

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Bell wakes the other nodes of an install: something changed there, go and read it. It
// never says what. A ring may be lost: whoever listens looks by itself now and then.
type Bell interface {
	// Ring tells the other nodes that a thing changed, by its identifier. It does not wait.
	Ring(id string)
	// Hear has f told what rings elsewhere, until the bell is closed. f must not block.
	Hear(f func(id string)) error
	// Close ends it.
	Close()
}

// silent is the bell of a program that runs alone.
type silent struct{}

func (silent) Ring(string)             {}
func (silent) Hear(func(string)) error { return nil }
func (silent) Close()                  {}

// again is how long a node waits before it looks for a NATS server that went away.
const again = 250 * time.Millisecond

// subject begins those on which nodes ring.
const subject = "transformateur.changed."

// bell rings through a NATS server.
type bell struct{ conn *nats.Conn }

// Hang connects to a NATS server, and to it again whenever it comes back; without an
// address the bell is silent. A server that is not there now is no error: the program goes
// on without it. Error: an address that is none.
func Hang(address string) (Bell, error) {
	if address == "" {
		return silent{}, nil
	}
	conn, err := nats.Connect(address, nats.Name("transformateur"), nats.NoEcho(), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(again),
		nats.ReconnectJitter(again/5, again/5), nats.ReconnectBufSize(-1), // what rang while nobody could hear it is of no use later
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				slog.Warn("the NATS server is away: nodes see each other's changes within half a second", "err", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { slog.Info("the NATS server is back") }))
	if err != nil {
		return nil, fmt.Errorf("connect to the NATS server: %w", err)
	}
	return bell{conn}, nil
}

// Ring publishes an empty message: its subject says which thing changed.
func (b bell) Ring(id string) {
	if err := b.conn.Publish(subject+id, nil); err != nil {
		slog.Debug("a bell did not ring", "err", err)
	}
}

// Hear listens to all that rings on other nodes.
func (b bell) Hear(f func(id string)) error {
	_, err := b.conn.Subscribe(subject+"*", func(m *nats.Msg) { f(strings.TrimPrefix(m.Subject, subject)) })
	if err != nil {
		return fmt.Errorf("listen to the NATS server: %w", err)
	}
	return nil
}

// Close hangs up.
func (b bell) Close() { b.conn.Close() }
