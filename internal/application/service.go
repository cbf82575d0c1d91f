package application

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/presence"
	"transformateur/internal/application/receipt"
	"transformateur/internal/application/scrutiny"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Service keeps applications.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	calls  *call.Service
	signer receipt.Signer
	checks Registers
	live   *presence.Live

	jobs      *job.Queue
	blobs     blob.Store
	uploads   *blob.Uploads
	inspector scrutiny.Inspector
	people    Invitations
	numbers   call.Numbering
}

// Registers check what a form asks about organisations and places.
type Registers interface {
	Organisation(kind, id string) (problem string)
	Territory(kind, code string) (name string, ok bool)
}

// Deps is what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	Calls  *call.Service
	Signer receipt.Signer
	Checks Registers

	Jobs      *job.Queue
	Blobs     blob.Store
	Uploads   *blob.Uploads
	Inspector scrutiny.Inspector
	People    Invitations
	Numbers   call.Numbering // call.Drawn
}

// New makes the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, calls: d.Calls, signer: d.Signer, checks: d.Checks, live: presence.New(),
		jobs: d.Jobs, blobs: d.Blobs, uploads: d.Uploads, inspector: d.Inspector, people: d.People, numbers: d.Numbers}
	d.Jobs.Handle("check_attachment", func(ctx context.Context, j job.Job) error {
		var attachment string
		if err := j.Read(&attachment); err != nil {
			return err
		}
		return s.checkAttachment(ctx, attachment)
	})
	d.Jobs.Every("sweep_uploads", 6*time.Hour, func(ctx context.Context, _ job.Job) error { return s.sweepUploads(ctx) })
	return s
}

// File is an application with everything a page needs to show it.
type File struct {
	Application
	Call       call.Call
	Form       *form.Compiled
	Answers    map[string]Answer
	State      *form.State
	Correction *Correction // the open one
	May        map[policy.Action]policy.Decision
	Files      []Attachment
}

// Values are the answers alone, as the form engine takes them.
func (f File) Values() form.Answers { return values(f.Answers) }

func values(answers map[string]Answer) form.Answers {
	out := make(form.Answers, len(answers))
	for field, a := range answers {
		if a.Value != nil {
			out[field] = a.Value
		}
	}
	return out
}

// acts are what pages ask the policy about a file.
var acts = []policy.Action{"application.read", "application.edit", "application.comment", "application.team", "application.submit",
	"application.withdraw", "application.reopen", "application.delete", "application.thread", "application.admit", "application.correct", "application.label", "application.history", "application.oppose"}

// Open reads a file for those who write it: its working copy. Whoever only has
// the programme's side gets NotFound here, and Deposited instead.
func (s *Service) Open(ctx context.Context, by account.User, id ID) (File, error) {
	r := s.db.Reader()
	f, err := s.load(ctx, r, by, id)
	if err != nil {
		return File{}, err
	}
	if !f.May["application.comment"].Allowed { // the team's right, in every state
		return File{}, errs.New(errs.NotFound, "errs.not_found")
	}
	if f.Answers, err = listAnswers(ctx, r, id); err != nil {
		return File{}, err
	}
	if f.Files, err = listAttachments(ctx, r, id); err != nil {
		return File{}, err
	}
	f.State = s.evaluate(f)
	return f, nil
}

// load reads a file with its call, its form and what by may do; NotFound unless she may read it.
func (s *Service) load(ctx context.Context, r db.Reader, by account.User, id ID) (File, error) {
	a, err := Load(ctx, r, id)
	if err != nil {
		return File{}, err
	}
	f := File{Application: a}
	if f.Call, err = call.Load(ctx, r, a.CallID); err != nil {
		return File{}, fmt.Errorf("load the call of %s: %w", id, err)
	}
	if f.May, err = s.policy.Decisions(ctx, r, by, a.Object(f.Call, s.clock.Now()), acts...); err != nil {
		return File{}, err
	}
	if !f.May["application.read"].Allowed {
		if by.IsVisitor() {
			return File{}, errs.New(errs.Unauthenticated, "errs.unauthenticated")
		}
		return File{}, errs.New(errs.NotFound, "errs.not_found")
	}
	if f.Form, err = s.calls.Form(ctx, r, a.CallID, a.Revision); err != nil {
		return File{}, err
	}
	f.Correction, err = openCorrection(ctx, r, id)
	return f, err
}

// allowed is load, refusing whoever may not do action.
func (s *Service) allowed(ctx context.Context, r db.Reader, by account.User, action policy.Action, id ID) (File, error) {
	f, err := s.load(ctx, r, by, id)
	if err != nil {
		return f, err
	}
	if !f.May[action].Allowed {
		if f.May[action].Code == "stage" {
			return f, errs.New(errs.Conflict, "application.not_now")
		}
		return f, errs.New(errs.Forbidden, "errs.forbidden")
	}
	return f, nil
}

// Permitted reads a file with its call, its form and what by may do, without its
// answers, for an act of another capability that she may do on it.
//
// Errors: NotFound unless she may read it; Conflict "application.not_now" when only the
// stage of the call refuses the act, else Forbidden.
func (s *Service) Permitted(ctx context.Context, by account.User, action policy.Action, id ID) (File, error) {
	return s.allowed(ctx, s.db.Reader(), by, action, id)
}

// evaluate runs the form on the file's answers at this instant, in the call's zone.
func (s *Service) evaluate(f File) *form.State {
	return f.Form.Evaluate(f.Values(), form.Env{Now: local(s.clock.Now(), f.Call.Zone), Checks: s.checksFor(f.Files)})
}

// fileChecks are the registers, and the file's own attachments.
type fileChecks struct {
	Registers
	files map[string]Attachment
}

func (s *Service) checksFor(files []Attachment) form.Checks {
	c := fileChecks{Registers: s.checks, files: make(map[string]Attachment, len(files))}
	for _, f := range files {
		c.files[f.ID] = f
	}
	return c
}

// Attachment finds a file of the application that was not refused.
func (c fileChecks) Attachment(id string) (form.Attachment, bool) {
	f, ok := c.files[id]
	return form.Attachment{Name: f.Name, Size: f.Size}, ok && f.Status != Refused
}

// Checks gives what pages need to name places and files of a file's answers.
func (s *Service) Checks(f File) form.Checks { return s.checksFor(f.Files) }

func (s *Service) record(ctx context.Context, tx *db.Tx, at time.Time, by account.User, act string, id ID, detail map[string]any) error {
	return journal.Write(ctx, tx, at, journal.Entry{Actor: by.Actor(), Act: act, Kind: "application", ID: string(id), Detail: detail})
}

// MayEdit says whether a field of the file may be written at an instant, by somebody who may edit.
func (f File) MayEdit(field string, at time.Time) bool { return f.mayEdit(f.Correction, field, at) }

// Names gives the names of those who wrote in a file, as "person:ID" → name.
func (s *Service) Names(ctx context.Context, by account.User, id ID) (map[string]string, error) {
	r := s.db.Reader()
	if _, err := s.allowed(ctx, r, by, "application.comment", id); err != nil {
		return nil, err
	}
	out := map[string]string{}
	rows, err := r.Query(ctx, `
		select id, name from people where 'person:' || id in (
		  select author from answers where application_id = $1 union select author from answer_variants where application_id = $1)`, string(id))
	if err != nil {
		return nil, fmt.Errorf("name the authors of %s: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var person, name string
		if err := rows.Scan(&person, &name); err != nil {
			return nil, err
		}
		out["person:"+person] = name
	}
	return out, rows.Err()
}
