// Package mail is the letter that leaves by SMTP: what it holds, and what became of an attempt to send it.
package mail

import (
	"context"
	"errors"
	"strings"
)

// Message is one letter to one address.
type Message struct {
	From      string // "Name <address>" or a bare address
	ReplyTo   string // "" to answer the sender
	To        string
	Return    string // where reports on this letter go; "" is the sender's address
	Subject   string
	Text      string            // the plain part; always present
	HTML      string            // the same words for those who prefer them set; "" for none
	Headers   map[string]string // further headers, such as List-Id
	MessageID string            // without angle brackets; the same at every attempt (RFC 5322, 3.6.4)
	Attached  []Attachment
}

// Attachment is a small file that goes with a letter: a calendar entry, a receipt.
type Attachment struct {
	Name        string
	ContentType string
	Content     []byte
}

// Sender sends letters. A nil error means that the server took charge of the letter.
//
// Errors: a *Failure says what the attempt came to; ErrHeld means that nothing
// leaves from here; any other error is the letter's own fault and permanent.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// ErrHeld is what Hold answers: no server is configured, the letter stays where it is.
var ErrHeld = errors.New("no mail server is configured")

// Hold is the sender of an install without mail server: letters stay in the outbox.
type Hold struct{}

// Send keeps the letter where it is.
func (Hold) Send(context.Context, Message) error { return ErrHeld }

// Failure is an attempt that did not succeed.
type Failure struct {
	Permanent   bool   // the server will never take this letter (RFC 5321, 4.2.1: 5yz)
	Recipient   bool   // it is the address that was refused, not the letter
	Unreachable bool   // no conversation took place: any other letter would fail too
	Code        int    // the server's answer, 0 when it gave none
	Reason      string // what the server or the network said, on one line
	cause       error
}

// Error is the reason, for the log and for the page of the outbox.
func (f *Failure) Error() string { return f.Reason }

// Unwrap gives the technical cause.
func (f *Failure) Unwrap() error { return f.cause }

// oneLine keeps a server's words readable: no control character, 300 bytes at most.
func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == ' ' }), " ")
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "…"
	}
	return text
}
