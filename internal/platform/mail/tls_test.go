package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	stdmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"transformateur/internal/platform/config"
	"transformateur/internal/platform/mail"
)

// certificate is one for a name, signed by nobody but itself, from a time to another.
func certificate(t *testing.T, name string, until time.Time) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: until.Add(-48 * time.Hour), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	if ip := net.ParseIP(name); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// locked is a session that wants a password.
type locked struct {
	*session
	signedIn *bool
}

func (l *locked) AuthMechanisms() []string { return []string{sasl.Plain} }
func (l *locked) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "appels" || password != "s3cret" {
			return smtp.ErrAuthFailed
		}
		*l.signedIn = true
		return nil
	}), nil
}
func (l *locked) Mail(from string, o *smtp.MailOptions) error {
	if !*l.signedIn {
		return smtp.ErrAuthRequired
	}
	l.s.mu.Lock()
	l.s.from = append(l.s.from, from)
	l.s.mu.Unlock()
	return l.session.Mail(from, o)
}

type guarded struct{ s *server }

func (g guarded) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &locked{&session{g.s, c}, new(bool)}, nil
}

// secured starts a server that speaks TLS, at once or after STARTTLS.
func secured(t *testing.T, s *server, at string, c tls.Certificate) config.SMTP {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(guarded{s})
	srv.Domain, srv.TLSConfig = "localhost", &tls.Config{Certificates: []tls.Certificate{c}}
	port := l.Addr().(*net.TCPAddr).Port
	if at == "tls" {
		l = tls.NewListener(l, srv.TLSConfig)
	}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return config.SMTP{Host: "127.0.0.1", Port: port, From: "Appels <appels@example.org>", User: "appels", Password: "s3cret", TLS: at}
}

// TestMain trusts one authority for the whole run: Go reads the system's only once.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

var trusted struct {
	tls.Certificate
}

func run(m *testing.M) int {
	t := &testing.T{}
	dir, err := os.MkdirTemp("", "authorities")
	if err != nil {
		return 1
	}
	defer os.RemoveAll(dir)
	var pemBytes []byte
	trusted.Certificate, pemBytes = certificate(t, "127.0.0.1", time.Now().Add(24*time.Hour))
	file := filepath.Join(dir, "ca.pem")
	if os.WriteFile(file, pemBytes, 0o600) != nil || os.Setenv("SSL_CERT_FILE", file) != nil {
		return 1
	}
	return m.Run()
}

func TestTLS(t *testing.T) {
	other, _ := certificate(t, "127.0.0.1", time.Now().Add(24*time.Hour))
	for _, c := range []struct {
		situation string
		tls       string
		with      tls.Certificate
		change    func(*config.SMTP)
		arrives   bool
	}{
		{"after STARTTLS", "starttls", trusted.Certificate, nil, true},
		{"by default", "starttls", trusted.Certificate, func(s *config.SMTP) { s.TLS = "" }, true},
		{"from the first byte", "tls", trusted.Certificate, nil, true},
		{"a certificate that nobody signed", "starttls", other, nil, false},
		{"a certificate that nobody signed, from the first byte", "tls", other, nil, false},
		{"a certificate for another name", "tls", trusted.Certificate, func(s *config.SMTP) { s.Host = "localhost" }, false},
		{"a wrong password", "tls", trusted.Certificate, func(s *config.SMTP) { s.Password = "guess" }, false},
		{"no password where one is wanted", "tls", trusted.Certificate, func(s *config.SMTP) { s.User = "" }, false},
		{"in clear where the server wants TLS first", "starttls", trusted.Certificate, func(s *config.SMTP) { s.TLS = "none" }, false},
	} {
		t.Run(c.situation, func(t *testing.T) {
			s := &server{}
			settings := secured(t, s, c.tls, c.with)
			if c.change != nil {
				c.change(&settings)
			}
			m := letter()
			m.Return = "retours+abc@example.org"
			err := send(t, settings, m)
			s.mu.Lock()
			defer s.mu.Unlock()
			if c.arrives != (err == nil) || c.arrives != (len(s.received) == 1) {
				t.Fatalf("%v, %d letters arrived", err, len(s.received))
			}
			var f *mail.Failure
			switch {
			case err != nil && (!errors.As(err, &f) || f.Permanent && !strings.Contains(c.situation, "no password") || strings.Contains(f.Reason, "s3cret")):
				t.Errorf("%+v", f)
			case err == nil && (len(s.from) != 1 || s.from[0] != "retours+abc@example.org"):
				t.Errorf("reports go to %v", s.from)
			}
		})
	}
}

// What a relay signs (RFC 6376, 5.4.1) is there once, aligned with the sender's
// domain, and nothing that a person typed adds a header.
func TestHeadersForTheRelayThatSigns(t *testing.T) {
	s := &server{}
	m := letter()
	m.From = "Appels\r\nBcc: x@example.org <appels@example.org>"
	if err := send(t, start(t, s), m); err == nil {
		t.Error("a sender's name of two lines left")
	}
	m = letter()
	m.Headers["X-Test"] = "a\r\nBcc: x@example.org"
	if err := send(t, start(t, s), m); err == nil {
		t.Error("a header of two lines left")
	}
	if len(s.received) != 0 {
		t.Fatalf("%d letters left", len(s.received))
	}
	if err := send(t, start(t, s), letter()); err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(s.received[0], "\r\n\r\n")
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Reply-To", "Auto-Submitted"} {
		if n := strings.Count("\r\n"+strings.ToLower(head), "\r\n"+strings.ToLower(name)+":"); n != 1 {
			t.Errorf("%d headers %s", n, name)
		}
	}
	got, err := stdmail.ReadMessage(strings.NewReader(s.received[0]))
	if err != nil {
		t.Fatal(err)
	}
	from, err := stdmail.ParseAddress(got.Header.Get("From"))
	if err != nil || !strings.HasSuffix(from.Address, "@example.org") || !strings.HasSuffix(got.Header.Get("Message-Id"), "@example.org>") || got.Header.Get("Bcc") != "" {
		t.Errorf("from %v, %v", from, got.Header)
	}
}
