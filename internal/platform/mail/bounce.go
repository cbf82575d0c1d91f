package mail

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	stdmail "net/mail"
	"net/textproto"
	"strings"
)

// Bounce is what a mail system reports about one recipient of a letter (RFC 3464).
type Bounce struct {
	Recipient string // the address as the letter named it, lower case
	Action    string // "failed", "delayed", "delivered", "relayed" or "expanded"
	Status    string // three numbers (RFC 3463): "5.1.1"; "" when none was given
	Reason    string // what the other server said, on one line
	MessageID string // of the letter, without angle brackets; "" when it was not given back
	Returned  string // the address the report was sent to, which may name the letter
}

// ErrNoBounce is what ParseBounce answers to a message that reports nothing: an
// answer from a person, a notice of absence, a list.
var ErrNoBounce = errors.New("the message is no delivery report")

const (
	maxReport  = 2 << 20 // bytes
	maxReports = 100     // recipients of one report
	maxParts   = 20
)

// ParseBounce reads a delivery status notification. A message that is none is
// ErrNoBounce; one that breaks off gives what came before.
func ParseBounce(r io.Reader) ([]Bounce, error) {
	m, err := stdmail.ReadMessage(io.LimitReader(r, maxReport))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoBounce, err)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || !strings.EqualFold(params["report-type"], "delivery-status") || params["boundary"] == "" {
		return nil, ErrNoBounce
	}
	var list []Bounce
	id := ""
	parts := multipart.NewReader(m.Body, params["boundary"])
	for range maxParts {
		p, err := parts.NextRawPart()
		if err != nil {
			break
		}
		inner, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		switch inner {
		case "message/delivery-status", "message/global-delivery-status":
			list = append(list, statuses(p)...)
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			if id == "" {
				id = messageID(p)
			}
		}
	}
	if len(list) == 0 {
		return nil, ErrNoBounce
	}
	returned := ""
	for _, name := range []string{"X-Original-To", "Delivered-To", "To"} {
		if a, err := stdmail.ParseAddress(m.Header.Get(name)); err == nil && returned == "" {
			returned = strings.ToLower(a.Address)
		}
	}
	for i := range list {
		list[i].MessageID, list[i].Returned = id, returned
	}
	return list, nil
}

// statuses reads the groups of fields of a report: one on the message, then one on
// each recipient (RFC 3464, 2.1).
func statuses(r io.Reader) (list []Bounce) {
	fields := textproto.NewReader(bufio.NewReader(io.LimitReader(r, maxReport)))
	for range maxReports + 1 {
		group, err := fields.ReadMIMEHeader()
		if b := bounceOf(group); b.Recipient != "" && len(list) < maxReports {
			list = append(list, b)
		}
		if err != nil {
			return list
		}
	}
	return list
}

func bounceOf(group textproto.MIMEHeader) Bounce {
	typed := func(name string) string { // "rfc822; ana@example.org"
		_, value, found := strings.Cut(group.Get(name), ";")
		if !found {
			value = group.Get(name)
		}
		return strings.TrimSpace(value)
	}
	to := typed("Original-Recipient")
	if to == "" {
		to = typed("Final-Recipient")
	}
	status, _, _ := strings.Cut(strings.TrimSpace(group.Get("Status")), " ")
	if !isStatus(status) {
		status = ""
	}
	return Bounce{Recipient: strings.ToLower(strings.Trim(to, "<>")), Action: strings.ToLower(strings.TrimSpace(group.Get("Action"))), Status: status, Reason: oneLine(typed("Diagnostic-Code"))}
}

func isStatus(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 3 || len(parts[0]) != 1 || len(s) > 9 {
		return false
	}
	for _, p := range parts {
		if p == "" || strings.Trim(p, "0123456789") != "" {
			return false
		}
	}
	return true
}

// messageID reads the identifier of the letter that is given back.
func messageID(r io.Reader) string {
	head, _ := io.ReadAll(io.LimitReader(r, 256<<10))
	// The headers alone may lack the blank line that ends them.
	m, err := stdmail.ReadMessage(bytes.NewReader(append(head, "\r\n\r\n"...)))
	if err != nil {
		return ""
	}
	return strings.Trim(strings.TrimSpace(m.Header.Get("Message-Id")), "<>")
}

// Dead says that the address itself is refused for good (RFC 3463, 3.2 to 3.5): it does
// not exist, is closed, or its domain takes no mail. A full mailbox, a letter too
// large or a suspicion of spam are not the address's fault.
func (b Bounce) Dead() bool {
	if b.Action != "failed" || !strings.HasPrefix(b.Status, "5.") {
		return false
	}
	switch b.Status[2:] {
	case "1.7", "1.8": // the sender's address
		return false
	case "0.0", "2.1", "4.4", "1.10":
		return true
	}
	return strings.HasPrefix(b.Status, "5.1.")
}

// Failed says that the letter did not arrive, or not yet.
func (b Bounce) Failed() bool { return b.Action == "failed" || b.Action == "delayed" }
