package account

import (
	"context"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
)

// Ref points at an object of any capability.
type Ref struct{ Kind, ID string }

// Mail is a letter to send. Its words are those of the template in the language Lang.
type Mail struct {
	To       string
	Lang     string
	Template string            // one of the Mail… constants
	Args     map[string]string // see each template
	Key      string            // asking twice with the same key sends once
	Urgent   bool              // somebody is waiting in front of the screen
}

// The mails of this package, with what fills them. Link is a path of this site, that
// who sends makes whole; Role a relation and Expires an instant (RFC 3339), that who
// sends puts into words.
const (
	MailSignIn     = "signin_link"     // Link, Code, Minutes
	MailAddress    = "address_proof"   // Link, Email, Minutes: proves that an address is the person's
	MailChanged    = "account_changed" // Link: the addresses of the account have changed
	MailInvitation = "invitation"      // Link, Author, What, Role, Message, Expires
)

// Mailer keeps a mail with the transaction that asks for it and sends it afterwards.
type Mailer interface {
	Enqueue(ctx context.Context, tx *db.Tx, m Mail) error
}

// Grant is a relation that a person receives on an object.
type Grant struct {
	Person   PersonID
	Relation string
	Object   Ref
	Until    time.Time // zero: no end
	Reason   string
}

// Rights is what accounts need of the policy, which stands above them.
type Rights interface {
	// Require says whether by may do action on the object, as an error.
	Require(ctx context.Context, r db.Reader, by User, action string, object Ref) error
	// Grant gives a relation in by's name.
	Grant(ctx context.Context, tx *db.Tx, by User, g Grant) error
	// Revoke ends a relation, if there is one.
	Revoke(ctx context.Context, tx *db.Tx, by User, person PersonID, relation string, object Ref) error
	// Move hands over everything a person holds, exclusions included, to another.
	Move(ctx context.Context, tx *db.Tx, by User, from, to PersonID) error
}

// CheckNumber checks a number of a register ("siret" or "rna") and returns it in
// its plain form; an Invalid error's key says what is wrong.
type CheckNumber func(register, number string) (string, error)

// Options are what the service leans on.
type Options struct {
	Mailer Mailer
	Rights Rights
	Bus    *event.Bus
	Check  CheckNumber
}

// Service keeps people, organisations, sign-ins and invitations.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	mailer Mailer
	rights Rights
	bus    *event.Bus
	check  CheckNumber
	letGo  []func(ctx context.Context, tx *db.Tx, ended time.Time) error
}

// New makes the service.
func New(d *db.DB, c clock.Clock, opt Options) *Service {
	return &Service{db: d, clock: c, mailer: opt.Mailer, rights: opt.Rights, bus: opt.Bus, check: opt.Check}
}

func (s *Service) send(ctx context.Context, tx *db.Tx, m Mail) error {
	if s.mailer == nil {
		return errs.New(errs.Unavailable, "account.no_mail")
	}
	return s.mailer.Enqueue(ctx, tx, m)
}

// tell publishes what others follow, where something delivers it.
func (s *Service) tell(ctx context.Context, tx *db.Tx, kind, object string, payload any) error {
	if s.bus == nil {
		return nil
	}
	return s.bus.Publish(ctx, tx, kind, object, payload)
}

// signedIn refuses visitors.
func signedIn(by User) error {
	if by.IsVisitor() {
		return errs.New(errs.Unauthenticated, "errs.unauthenticated")
	}
	return nil
}

func invalid(path, key string, args ...any) error {
	return &errs.Error{Kind: errs.Invalid, Key: "errs.invalid", Fields: []errs.Field{{Path: path, Key: key, Args: args}}}
}
