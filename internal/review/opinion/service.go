package opinion

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/review"
)

// Service asks for opinions and keeps them.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	policy     *policy.Service
	bus        *event.Bus
	files      *application.Service
	committees *committee.Service
	reviews    *review.Service
	people     committee.People
	jobs       *job.Queue
}

// Deps are what the service stands on.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Policy     *policy.Service
	Bus        *event.Bus
	Jobs       *job.Queue
	Files      *application.Service
	Committees *committee.Service
	Reviews    *review.Service
	People     committee.People
}

// dueEvery is how often what was not given in time is noted. Nothing waits for it: what
// is open to an expert ends at the instant itself.
const dueEvery = 10 * time.Minute

// New makes the service, which notes what was not given in time, and follows who
// declines by mail and who had two accounts.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, files: d.Files, committees: d.Committees, reviews: d.Reviews, people: d.People, jobs: d.Jobs}
	d.Jobs.Every("opinions_due", dueEvery, func(ctx context.Context, _ job.Job) error { return s.expire(ctx) })
	d.Jobs.Handle(tiesJob, s.untie)
	d.Bus.Subscribe("opinion.ties", s.onChange, "application.submitted", "application.imported", "invitation.accepted", "organisation.joined", "organisation.edited", "person.addresses")
	d.Bus.Subscribe("opinion.declined", s.onDeclined, "invitation.declined")
	d.Bus.Subscribe("opinion.merged", s.onMerged, "person.merged")
	return s
}

// LetGo forgets which invitation asked somebody, before that invitation is forgotten: see
// account.Service.BeforeSweep.
func LetGo(ctx context.Context, tx *db.Tx, ended time.Time) error {
	_, err := tx.Exec(ctx, `update opinions set invitation_id = null where invitation_id in (select id from invitations where expires_at < $1 and accepted_at is null)`, ended)
	return err
}

// Told is the payload of the events "opinion.accepted", "opinion.submitted",
// "opinion.declined", "opinion.revoked" and "opinion.expired", whose object is the
// opinion: never what it says.
type Told struct {
	Wrote bool `json:"wrote"` // she had accepted
}

// note writes an act in the journal of the selection and tells it; the words of people never go there.
func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, o Opinion, wrote bool) error {
	err := journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "selection", ID: string(o.Selection), Detail: map[string]any{"opinion": string(o.ID), "file": string(o.File)}})
	if err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, act, string(o.ID), Told{wrote})
}

// asking loads a selection in which by may ask for opinions. Error: Conflict
// "committee.not_now" outside of the reading and the deliberation.
func (s *Service) asking(ctx context.Context, r db.Reader, by account.User, id committee.SelectionID) (committee.Selection, error) {
	sel, err := committee.Load(ctx, r, id)
	if err != nil {
		return sel, err
	}
	if d, err := s.policy.Require(ctx, r, by, "selection.consult", sel.Object(s.clock.Now())); err != nil {
		if d.Code == "stage" && errs.Is(err, errs.Forbidden) {
			return sel, errs.New(errs.Conflict, "committee.not_now")
		}
		return sel, err
	}
	return sel, nil
}

// file loads one of the files of a selection that by reads. Error: NotFound.
func (s *Service) file(ctx context.Context, r db.Reader, by account.User, sel committee.Selection, id application.ID) (application.Application, error) {
	a, err := application.Load(ctx, r, id)
	if err != nil {
		return a, err
	}
	if a.Selection != string(sel.ID) {
		return a, errs.New(errs.NotFound, "errs.not_found")
	}
	_, err = s.policy.Require(ctx, r, by, "application.read", a.Object(sel.Call, s.clock.Now()))
	return a, err
}

// onDeclined notes a refusal that was given without reading further than the mail.
func (s *Service) onDeclined(ctx context.Context, tx *db.Tx, e event.Event) error {
	var a account.Accepted
	if err := e.Read(&a); err != nil || a.Object.Kind != "opinion" {
		return err
	}
	o, err := load(ctx, tx, ID(a.Object.ID))
	if err != nil {
		return err
	}
	if o.Status != Asked {
		return nil
	}
	return s.end(ctx, tx, account.System, o, ending{Declined, "", "opinion.declined"})
}

// onMerged follows one person who had two accounts; her rights moved already.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update opinions set person_id = $2 where person_id = $1`, string(m.From), string(m.To)); err != nil {
		return fmt.Errorf("move the opinions of %s: %w", m.From, err)
	}
	return nil
}
