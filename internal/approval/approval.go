// Package approval is the two-person rule: what one person asks for, with a reason, opens only when a second one agrees, for a short time, and is told to those concerned.
package approval

import (
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Kind is what is asked for.
type Kind string

// The acts that one person alone cannot do.
const (
	Emergency Kind = "emergency" // the platform's administrator reads one file (break-glass)
	Export    Kind = "export"    // every file of a call leaves, with its attachments
	Deletion  Kind = "deletion"  // a call that was published is deleted
)

// Status is where a request stands.
type Status string

// The statuses. A request that waited too long is Waiting and expired: nobody may approve it any more.
const (
	Waiting   Status = "waiting"
	Approved  Status = "approved"
	Refused   Status = "refused"
	Cancelled Status = "cancelled"
	Ended     Status = "ended" // approved, then closed before its time
)

// terms is what an approval of a kind opens: a relation on an object, for a time.
type terms struct {
	on       string        // kind of the object
	ask      policy.Action // what whoever asks must hold on it
	relation string        // that the approval grants
	lasts    time.Duration // of the relation
}

// The hour of an emergency access is the product's promise to the people whose file
// is read; a day is enough to fetch an export or to delete a call.
var kinds = map[Kind]terms{
	Emergency: {"application", "emergency.ask", "emergency", time.Hour},
	Export:    {"call", "call.export", "exporter", 24 * time.Hour},
	Deletion:  {"call", "call.publish", "remover", 24 * time.Hour},
}

// Known says whether k is a kind.
func Known(k Kind) bool { _, known := kinds[k]; return known }

const (
	// Patience is how long a request waits for a second person.
	Patience = 72 * time.Hour
	// leastReason keeps the journal from being filled with "x", in characters.
	leastReason = 20
	// mostReason bounds a reason and a note, in characters.
	mostReason = 2000
)

// Request is one request and what became of it.
type Request struct {
	ID         string
	Kind       Kind
	Object     policy.Ref
	Title      string // of the call: the title of a file is not told to who does not read it
	CallID     string // the call, or the one of the file
	Number     int    // of the file in its call; 0 for a call
	Reason     string
	AskedBy    string // a person's identifier
	Asker      string // her name
	AskedAt    time.Time
	ExpiresAt  time.Time
	Status     Status
	DecidedBy  string
	Decider    string
	DecidedAt  time.Time
	Note       string
	OpensUntil time.Time // of an approved request
	relation   string
}

// WaitsAt says whether somebody may still decide at an instant.
func (r Request) WaitsAt(at time.Time) bool { return r.Status == Waiting && at.Before(r.ExpiresAt) }

// OpenAt says whether what was approved is open at an instant.
func (r Request) OpenAt(at time.Time) bool { return r.Status == Approved && at.Before(r.OpensUntil) }

// object is the request as the policy sees it, given what contains its object.
func (r Request) object(within []policy.Ref, at time.Time) policy.Object {
	state := "decided"
	switch {
	case r.WaitsAt(at):
		state = "waiting"
	case r.OpenAt(at):
		state = "open"
	}
	return policy.Object{Ref: policy.Ref{Kind: "approval", ID: r.ID}, Within: within, State: state, Flags: map[string]bool{"emergency": r.Kind == Emergency}}
}

// reasonFaults says what keeps a reason from being one.
func reasonFaults(reason string) error {
	n := utf8.RuneCountInString(reason)
	switch {
	case n < leastReason:
		return errs.NewInvalid("approval.invalid", []errs.Field{{Path: "reason", Key: "approval.reason_short", Args: []any{leastReason}}})
	case n > mostReason:
		return errs.NewInvalid("approval.invalid", []errs.Field{{Path: "reason", Key: "approval.reason_long", Args: []any{mostReason}}})
	}
	return nil
}

// FileIn finds the identifier of a file in what somebody typed: the identifier
// itself, or the address of any page of the file.
func FileIn(typed string) string {
	s := strings.TrimSpace(typed)
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	parts := strings.Split(s, "/")
	for i, part := range parts {
		if (part == "applications" || part == "files") && i+1 < len(parts) {
			return parts[i+1]
		}
	}
	if len(parts) > 1 {
		return ""
	}
	return s
}
