package mail_test

import (
	"context"
	"errors"
	"io"
	"net"
	stdmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/mail"
)

// server is a mail server in this process, which answers as a test tells it.
type server struct {
	mu       sync.Mutex
	received []string
	from     []string // where reports go
	onRcpt   error
	onData   error
	hangUp   bool // after taking a letter
}

type session struct {
	s *server
	c *smtp.Conn
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) { return &session{s, c}, nil }
func (s *session) Reset() {
	if s.s.hangUp && len(s.s.received) > 0 {
		s.c.Conn().Close()
	}
}
func (s *session) Logout() error                             { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error { return s.s.onRcpt }
func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.s.onData != nil {
		return s.s.onData
	}
	s.s.mu.Lock()
	defer s.s.mu.Unlock()
	s.s.received = append(s.s.received, string(content))
	return nil
}

func start(t *testing.T, s *server) config.SMTP {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(s)
	srv.Domain = "localhost"
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	addr := l.Addr().(*net.TCPAddr)
	return config.SMTP{Host: "127.0.0.1", Port: addr.Port, From: "Appels <appels@example.org>", TLS: "none"}
}

var noon = time.Date(2027, 3, 5, 11, 0, 0, 0, time.UTC)

func letter() mail.Message {
	return mail.Message{
		From: "Appels à projets <appels@example.org>", ReplyTo: "equipe@example.org", To: "ana@example.org",
		Subject: "Votre dossier\r\nBcc: x@example.org", Text: "Bonjour Ana,\n\nC'est reçu.\n", HTML: "<p>Bonjour Ana</p>",
		Headers: map[string]string{"List-Id": "<normandie.example.org>"}, MessageID: "abc123@example.org",
		Attached: []mail.Attachment{{Name: "recu.json", ContentType: "application/json", Content: []byte(`{"n":1}`)}},
	}
}

func send(t *testing.T, c config.SMTP, m mail.Message) error {
	t.Helper()
	s, err := mail.New(c, clock.NewFake(noon))
	if err != nil {
		t.Fatal(err)
	}
	return s.Send(context.Background(), m)
}

func TestDelivery(t *testing.T) {
	s := &server{}
	c := start(t, s)
	if err := send(t, c, letter()); err != nil {
		t.Fatal(err)
	}
	if len(s.received) != 1 {
		t.Fatalf("%d letters arrived, want 1", len(s.received))
	}
	got, err := stdmail.ReadMessage(strings.NewReader(s.received[0]))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<abc123@example.org>", "List-Id": "<normandie.example.org>", "Auto-Submitted": "auto-generated",
		"To": "<ana@example.org>", "Reply-To": "<equipe@example.org>", "Bcc": "", "Date": "Fri, 05 Mar 2027 11:00:00 +0000",
		"Subject": "Votre dossier Bcc: x@example.org",
	} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	for _, part := range []string{"text/plain", "text/html", `filename="recu.json"`, "Bonjour Ana,"} {
		if !strings.Contains(s.received[0], part) {
			t.Errorf("no %s in the letter", part)
		}
	}
}

func TestWhatTheServerSays(t *testing.T) {
	refuse := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "mailbox\tsays no"}
	}
	for _, c := range []struct {
		name      string
		server    *server
		permanent bool
		code      int
	}{
		{"an unknown mailbox", &server{onRcpt: refuse(550)}, true, 550},
		{"a full mailbox", &server{onRcpt: refuse(452)}, false, 452},
		{"a greylist", &server{onData: refuse(451)}, false, 451},
		{"a content refused", &server{onData: refuse(554)}, true, 554},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := send(t, start(t, c.server), letter())
			var f *mail.Failure
			if !errors.As(err, &f) {
				t.Fatalf("got %v, want a failure", err)
			}
			if f.Permanent != c.permanent || f.Code != c.code || f.Unreachable {
				t.Errorf("got %+v", f)
			}
			if !strings.Contains(f.Reason, "mailbox says no") || strings.Contains(f.Reason, "ana@") {
				t.Errorf("reason %q", f.Reason)
			}
		})
	}
}

// The server took the letter, then hung up: it is sent, and must not be sent again.
func TestLostGoodbyeIsADelivery(t *testing.T) {
	s := &server{hangUp: true}
	if err := send(t, start(t, s), letter()); err != nil {
		t.Errorf("a letter that was taken is reported as %v", err)
	}
	if len(s.received) != 1 {
		t.Errorf("%d letters arrived", len(s.received))
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	err = send(t, config.SMTP{Host: "127.0.0.1", Port: port, From: "a@example.org", TLS: "none"}, letter())
	var f *mail.Failure
	if !errors.As(err, &f) || f.Permanent || !f.Unreachable {
		t.Fatalf("got %#v, want unreachable", err)
	}
	if strings.Contains(f.Reason, "127.0.0.1") {
		t.Errorf("the reason names the machine: %q", f.Reason)
	}
}

// A server without STARTTLS gets nothing when the settings ask for it.
func TestNoClearTextWhenEncryptionIsAsked(t *testing.T) {
	s := &server{}
	c := start(t, s)
	c.TLS = "starttls"
	err := send(t, c, letter())
	var f *mail.Failure
	if !errors.As(err, &f) || f.Permanent || len(s.received) > 0 {
		t.Errorf("got %v, %d letters arrived", err, len(s.received))
	}
}

func TestBadAddressIsPermanent(t *testing.T) {
	m := letter()
	m.To = "not an address"
	err := send(t, start(t, &server{}), m)
	var f *mail.Failure
	if !errors.As(err, &f) || !f.Permanent {
		t.Errorf("got %v", err)
	}
}

func TestSettings(t *testing.T) {
	s, err := mail.New(config.SMTP{}, clock.NewFake(noon))
	if err != nil || !errors.Is(s.Send(context.Background(), letter()), mail.ErrHeld) {
		t.Errorf("without a host letters must stay: %v %v", s, err)
	}
	if _, err := mail.New(config.SMTP{Host: "x", Port: 25, TLS: "maybe"}, clock.NewFake(noon)); err == nil {
		t.Error("a misspelt smtp.tls was accepted")
	}
}
