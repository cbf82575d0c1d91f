package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
)

// timeout bounds each step of the conversation with the server. RFC 5321 (4.5.3.2)
// allows minutes; a person waits for a sign-in letter, and the outbox tries again.
const timeout = 30 * time.Second

// SMTP sends through a mail server; one conversation per letter.
type SMTP struct {
	client *gomail.Client
	clock  clock.Clock
}

// New gives the sender that the settings ask for: Hold when they name no server.
func New(c config.SMTP, clk clock.Clock) (Sender, error) {
	if c.Host == "" {
		return Hold{}, nil
	}
	options := []gomail.Option{gomail.WithPort(c.Port), gomail.WithTimeout(timeout)}
	switch c.TLS {
	case "starttls", "":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("smtp.tls must be starttls, tls or none")
	}
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(authFor(c.TLS)), gomail.WithUsername(c.User), gomail.WithPassword(string(c.Password)))
	}
	client, err := gomail.NewClient(c.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("prepare the mail server %s: %w", c.Host, err)
	}
	return &SMTP{client, clk}, nil
}

// authFor lets the server choose; in clear, only a relay on the same machine is given a password.
func authFor(tls string) gomail.SMTPAuthType {
	if tls == "none" {
		return gomail.SMTPAuthPlain
	}
	return gomail.SMTPAuthAutoDiscover
}

// Send hands the letter to the server and says what became of it. What the server
// has accepted is sent, even if the end of the conversation was lost.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	letter, err := s.compose(m)
	if err != nil {
		return &Failure{Permanent: true, Reason: oneLine(err.Error()), cause: err}
	}
	err = s.client.DialAndSendWithContext(ctx, letter)
	if err == nil || letter.IsDelivered() {
		return nil
	}
	return failure(err)
}

func (s *SMTP) compose(m Message) (*gomail.Msg, error) {
	letter := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := letter.From(m.From); err != nil {
		return nil, fmt.Errorf("the sender's address: %w", err)
	}
	if err := letter.To(m.To); err != nil {
		return nil, fmt.Errorf("the recipient's address: %w", err)
	}
	if m.Return != "" {
		if err := letter.EnvelopeFrom(m.Return); err != nil {
			return nil, fmt.Errorf("the address for reports: %w", err)
		}
	}
	if m.ReplyTo != "" {
		if err := letter.ReplyTo(m.ReplyTo); err != nil {
			return nil, fmt.Errorf("the address for answers: %w", err)
		}
	}
	for name, value := range m.Headers {
		if strings.ContainsAny(name+value, "\r\n") {
			return nil, fmt.Errorf("header %q holds a line end", name)
		}
		letter.SetGenHeader(gomail.Header(name), value)
	}
	// RFC 3834, 5: a program wrote this, so that no other program answers it.
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetDateWithValue(s.clock.Now())
	if m.MessageID != "" {
		letter.SetMessageIDWithValue(m.MessageID)
	}
	letter.Subject(strings.Join(strings.Fields(m.Subject), " "))
	letter.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		letter.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attached {
		if err := letter.AttachReader(a.Name, bytes.NewReader(a.Content), gomail.WithFileContentType(gomail.ContentType(a.ContentType))); err != nil {
			return nil, fmt.Errorf("attach %s: %w", a.Name, err)
		}
	}
	return letter, nil
}

// failure tells what the server refused for good from what may succeed later. An
// answer before the letter itself (greeting, TLS, password) is the server's affair,
// never the letter's: it is temporary whatever its code.
func failure(err error) *Failure {
	var sent *gomail.SendError
	if errors.As(err, &sent) {
		code := sent.ErrorCode()
		return &Failure{Permanent: code >= 500, Recipient: sent.Reason == gomail.ErrSMTPRcptTo, Code: code, Reason: oneLine(said(sent.Error())), cause: err}
	}
	f := &Failure{Unreachable: true, Reason: oneLine(err.Error()), cause: err}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		f.Code = answer.Code
	}
	var network *net.OpError
	if errors.As(err, &network) {
		f.Reason = oneLine(network.Err.Error()) // without the addresses of the machines
	}
	return f
}

// said finds the server's words, which the library quotes, in what it tells of an attempt.
func said(told string) string {
	told, _, _ = strings.Cut(told, ", affected ")
	before, quoted, found := strings.Cut(told, `"`)
	if !found {
		return told
	}
	words, err := strconv.Unquote(`"` + quoted)
	if err != nil {
		return told
	}
	if at := strings.LastIndex(before, ": "); at >= 0 {
		before = before[at+2:]
	}
	return before + words
}
