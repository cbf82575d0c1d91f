package faults

import (
	"io"
	"net"
	"net/http/httptest"
	stdmail "net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
)

// post is a mail server that answers nobody, then refuses for a while, then takes everything.
type post struct {
	mu     sync.Mutex
	refuse error
	tried  int
	taken  map[string][]string // addresses, by Message-ID
}

type talk struct {
	p  *post
	to string
}

// NewSession begins a conversation.
func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &talk{p: p}, nil }

// Reset forgets what was said.
func (*talk) Reset() {}

// Logout ends the conversation.
func (*talk) Logout() error { return nil }

// Mail takes the sender.
func (*talk) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes the recipient, or refuses for now.
func (t *talk) Rcpt(to string, _ *smtp.RcptOptions) error {
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	t.p.tried++
	t.to = to
	return t.p.refuse
}

// Data takes a letter.
func (t *talk) Data(r io.Reader) error {
	m, err := stdmail.ReadMessage(r)
	if err != nil {
		return err
	}
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	id := m.Header.Get("Message-Id")
	t.p.taken[id] = append(t.p.taken[id], t.to)
	return nil
}

// The mail server is away for a day, in two ways, while people deposit: each letter
// leaves once when it is back, and nothing is written off.
func TestMailServerAwayForADay(t *testing.T) {
	o := theOrigin(t)
	reserved, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := reserved.Addr().(*net.TCPAddr)
	reserved.Close() // nobody answers there
	moving := clock.NewFake(clock.System{}.Now())
	a, err := app.New(t.Context(), config.Config{Data: o.copied(t), BaseURL: "http://127.0.0.1", Name: "Transformateur",
		SMTP: config.SMTP{Host: "127.0.0.1", Port: address.Port, From: "Appels <appels@agence.invalid>", TLS: "none"}}, moving)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	site := httptest.NewServer(a.Handler())
	defer site.Close()
	l := newLedger(o, draw(t))
	l.deposits(site.URL, nil, 1)
	for _, f := range l.faults {
		t.Error(f)
	}

	pass(t, a, moving, 16*time.Hour)
	p := &post{taken: map[string][]string{}, refuse: &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}}
	listener, err := net.Listen("tcp", address.String())
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(p)
	server.Domain = "localhost"
	go server.Serve(listener)
	defer server.Close()
	pass(t, a, moving, 8*time.Hour)
	p.mu.Lock()
	if p.tried == 0 || len(p.taken) > 0 {
		t.Errorf("the server was tried %d times and took %d letters while it refused", p.tried, len(p.taken))
	}
	p.refuse = nil
	p.mu.Unlock()
	pass(t, a, moving, 24*time.Hour)
	p.mu.Lock()
	defer p.mu.Unlock()

	receipts := map[string]int{}
	for id, to := range p.taken {
		if len(to) != 1 {
			t.Errorf("letter %s left %d times", id, len(to))
		}
		receipts[to[0]]++
	}
	for i := range depositors {
		if address := email(i); receipts[address] != 1 {
			t.Errorf("%s received %d letters for one deposit", address, receipts[address])
		}
	}
	letters, err := a.Notify.Mailbox(t.Context(), account.System, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range letters {
		if m.Status != notify.Sent {
			t.Errorf("letter to %s is %s (%s)", m.To, m.Status, m.Problem)
		}
	}
	if len(letters) != len(p.taken) {
		t.Errorf("%d letters in the outbox, %d received", len(letters), len(p.taken))
	}
	t.Logf("%d letters left once, after %d tries", len(p.taken), p.tried)
}

// pass lets time pass, ten minutes at a time, with two workers at once as on two nodes.
func pass(t *testing.T, a *app.App, moving *clock.Fake, long time.Duration) {
	t.Helper()
	for range long / (10 * time.Minute) {
		if _, err := a.Bus.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				if err := a.Jobs.Work(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		moving.Advance(10 * time.Minute)
	}
}
