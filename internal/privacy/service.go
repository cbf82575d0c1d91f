package privacy

import (
	"context"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/receipt"
	"transformateur/internal/notify"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Mailer is the outbox.
type Mailer interface {
	Enqueue(ctx context.Context, tx *db.Tx, m notify.Mail) error
}

// Uploads are the files that are still being sent.
type Uploads interface {
	Abort(ctx context.Context, id string) error
}

// Deps is what the service stands on.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Policy  *policy.Service
	Bus     *event.Bus
	Jobs    *job.Queue
	Mails   Mailer
	Blobs   blob.Store
	Uploads Uploads
	Signer  receipt.Signer
	BaseURL string
	Name    string // of the install
}

// Service keeps the promises made to people about their data.
type Service struct {
	db      *db.DB
	clock   clock.Clock
	policy  *policy.Service
	bus     *event.Bus
	jobs    *job.Queue
	mails   Mailer
	blobs   blob.Store
	uploads Uploads
	signer  receipt.Signer
	base    string
	name    string
}

// New makes the service and registers its jobs.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, jobs: d.Jobs, mails: d.Mails, blobs: d.Blobs, uploads: d.Uploads, signer: d.Signer, base: d.BaseURL, name: d.Name}
	s.jobs.Handle("make_archive", s.makeJob)
	s.jobs.Handle("forget_blobs", s.forgetJob)
	s.jobs.Every("erase_people", time.Hour, func(ctx context.Context, _ job.Job) error { return s.EraseDue(ctx, account.System) })
	s.jobs.Every("apply_retention", 24*time.Hour, func(ctx context.Context, _ job.Job) error { return s.ApplyRetention(ctx, account.System) })
	return s
}

// The actions of the policy table that open what stands here.
const (
	actRequests policy.Action = "privacy.requests"
	actRegister policy.Action = "privacy.register"
	actCalendar policy.Action = "retention.manage"
)

func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, object policy.Object) error {
	if by.IsSystem() {
		return nil
	}
	_, err := s.policy.Require(ctx, r, by, action, object)
	return err
}

// record writes an act in the journal.
func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, act string, on policy.Ref, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: on.Kind, ID: on.ID, Detail: detail})
}

func personRef(id account.PersonID) policy.Ref { return policy.Ref{Kind: "person", ID: string(id)} }
