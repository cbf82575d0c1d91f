package committee

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Service keeps selections, those who sit in them, and their recusals.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	bus      *event.Bus
	jobs     *job.Queue
	calls    *call.Service
	people   People
	supports Supports
	kept     Kept
}

// People sends invitations to sit.
type People interface {
	InviteIn(ctx context.Context, tx *db.Tx, by account.User, in account.Invite) (string, error)
	ResendInvitation(ctx context.Context, by account.User, object account.Ref, id string) error
	RevokeInvitation(ctx context.Context, by account.User, object account.Ref, id string) error
}

// Support is what somebody, or an organisation, gave to a file's bearer.
type Support struct {
	File   application.ID
	Person account.PersonID       // "" when an organisation gave it
	House  account.OrganisationID // "" when a person did
}

// Supports tells who sponsored or supported the bearers of a call's files.
type Supports interface {
	Given(ctx context.Context, r db.Reader, c call.Call) ([]Support, error)
}

// Kept tells which files a first round retained and whose bearers confirmed: those that
// a second round reads.
type Kept interface {
	Retained(ctx context.Context, r db.Reader, selection SelectionID) ([]application.ID, error)
}

// Deps is what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Bus      *event.Bus
	Jobs     *job.Queue
	Calls    *call.Service
	People   People
	Supports Supports // nil while nothing records support
	Kept     Kept     // nil while nothing decides: no second round begins then
}

// New makes the service, which looks for recusals again whenever a file, a team, a
// person or an organisation changes.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, jobs: d.Jobs, calls: d.Calls, people: d.People, supports: d.Supports, kept: d.Kept}
	d.Jobs.Handle(detectJob, s.redetect)
	d.Bus.Subscribe("committee.files", s.onFile, "application.submitted", "application.imported")
	d.Bus.Subscribe("committee.people", s.onPeople, "invitation.accepted", "organisation.joined", "organisation.edited", "person.addresses")
	d.Bus.Subscribe("committee.merged", s.onMerged, "person.merged")
	d.Bus.Subscribe("committee.declined", s.onDeclined, "invitation.declined")
	return s
}

// require loads a selection and refuses whoever may not do action on it.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id SelectionID) (Selection, error) {
	sel, err := Load(ctx, r, id)
	if err != nil {
		return Selection{}, err
	}
	if d, err := s.policy.Require(ctx, r, by, action, sel.Object(s.clock.Now())); err != nil {
		if d.Code == "stage" && errs.Is(err, errs.Forbidden) {
			return Selection{}, errs.New(errs.Conflict, "committee.not_now")
		}
		return Selection{}, err
	}
	return sel, nil
}

// Get reads a selection that by may read.
func (s *Service) Get(ctx context.Context, by account.User, id SelectionID) (Selection, error) {
	return s.require(ctx, s.db.Reader(), by, "selection.read", id)
}

// Acts are what pages ask the policy about a selection.
var acts = []policy.Action{"selection.read", "selection.manage", "selection.clerk", "selection.assign", "selection.register", "selection.waive", "selection.sit",
	"selection.progress", "selection.consult", "selection.results", "selection.deliberate", "selection.convene", "selection.preside", "selection.minutes", "selection.sign", "selection.announce", "selection.decisions",
	"selection.compare", "selection.poll", "selection.ranking"}

// May says what by may do with a selection now: every action of selections, by its name.
func (s *Service) May(ctx context.Context, by account.User, sel Selection) (map[policy.Action]bool, error) {
	got, err := s.policy.Decisions(ctx, s.db.Reader(), by, sel.Object(s.clock.Now()), acts...)
	out := map[policy.Action]bool{}
	for action, d := range got {
		out[action] = d.Allowed
	}
	return out, err
}

func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, act string, sel SelectionID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "selection", ID: string(sel), Detail: detail})
}
