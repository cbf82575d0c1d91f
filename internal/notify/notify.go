// Package notify is what a person is told, where and how often: the outbox, in which every mail waits, can be read, and leaves once.
package notify

import (
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/mail"
	"transformateur/internal/policy"
)

// How long an ordinary mail waits for a second look, and what asks for more.
const (
	// DefaultHold is the wait of a mail that asks for none.
	DefaultHold = 10 * time.Minute
	// UntilReleased makes a mail wait until a person lets it go.
	UntilReleased = time.Duration(-1)
	// AtOnce makes an ordinary mail leave without waiting; leads still see it.
	AtOnce = time.Duration(-2)
)

// Mail is what a capability asks to be told to somebody.
type Mail struct {
	To       string            // an address; when empty, the main address of PersonID
	PersonID string            // the person told, if she is known: her language and her pace are followed
	Lang     string            // "fr" or "en"; when empty, the person's, else French
	Template string            // the name of a template
	Args     map[string]string // what its placeholders become
	Key      string            // makes the mail unique for ever: "receipt:NUMBER:PERSON"
	Object   policy.Ref        // what the mail is about
	Scope    policy.Ref        // call, edition, programme or agency whose leads may read it; empty: nobody may
	Urgent   bool              // somebody waits in front of the screen: leaves first, within the hour or never; secret too
	Secret   bool              // holds a link that opens something: never shown to leads, its words forgotten once it left
	Discreet bool              // leads see that it exists, not to whom it goes nor its words; some templates always are
	Batch    string            // mails that are read and released together
	Hold     time.Duration     // 0 is DefaultHold
}

// Status is where a mail stands.
type Status string

// The states of a mail.
const (
	Held      Status = "held"      // waits for its time, or for a person
	Ready     Status = "ready"     // leaves as soon as the server takes it
	Sending   Status = "sending"   // was handed to the server, whose answer is not known yet
	Sent      Status = "sent"      // the server took it
	Failed    Status = "failed"    // the server refused it for good, or too much time passed
	Cancelled Status = "cancelled" // a person stopped it
)

// Statuses lists the states in the order of a mail's life.
var Statuses = []Status{Held, Ready, Sending, Sent, Failed, Cancelled}

// Letter is a mail of the outbox.
type Letter struct {
	ID         string
	Key        string
	MessageID  string
	To         string
	PersonID   string
	Lang       string
	Template   string
	Subject    string
	Body       string // Markdown
	Urgent     bool
	Secret     bool
	Discreet   bool
	Object     policy.Ref
	CallID     string
	EditionID  string
	Programme  string
	AgencyID   string
	Batch      string
	Status     Status
	DueAt      time.Time // zero: until a person releases it
	SinceAt    time.Time
	CreatedAt  time.Time
	EditedAt   time.Time
	EditedBy   string
	Version    int64
	Attempts   int
	SentAt     time.Time
	Problem    string // a message key, or what the server said
	claimUntil time.Time
}

// Options say in whose name mails leave, and by whom.
type Options struct {
	Sender  mail.Sender
	Install string // the name of the install, shown as the sender's
	From    string // the sender's address, "Name <address>" or bare
	Bounces string // where reports on mails go; "" is the sender's address
	Contact string // where answers go, and whom to write to
	BaseURL string // the public address; its host ends the identifiers of mails
}

// Service keeps the outbox and empties it.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	jobs   *job.Queue
	policy *policy.Service
	opt    Options
	pause  pause
}

// New makes the service and registers its jobs.
func New(d *db.DB, c clock.Clock, jobs *job.Queue, p *policy.Service, opt Options) *Service {
	s := &Service{db: d, clock: c, jobs: jobs, policy: p, opt: opt}
	jobs.Handle("send_mail", s.sendJob)
	jobs.Handle("send_digest", s.digestJob)
	jobs.Every("sweep_outbox", 15*time.Minute, s.sendJob)
	return s
}

// Holds says whether no mail leaves from this install, for want of a server.
func (s *Service) Holds() bool {
	_, holds := s.opt.Sender.(mail.Hold)
	return holds
}
