// Package application is what a project's team sends to a call: a draft written together, then, once, a submission with its receipt.
package application

import (
	"slices"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// ID identifies an application; it is random, so that nobody guesses another's.
type ID string

// Status is where a file stands.
type Status string

// The statuses. A reopened file can be changed, and its last submission still counts.
const (
	Draft     Status = "draft"
	Submitted Status = "submitted"
	Reopened  Status = "reopened"
	Withdrawn Status = "withdrawn"
)

// Application is one file.
type Application struct {
	ID          ID
	CallID      call.ID
	Number      int // in its call, drawn at random: it tells nothing of the other files
	Title       string
	Status      Status
	Revision    int // of the form it is written with
	CreatedBy   string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	SubmittedAt time.Time // of the submission that counts
	WithdrawnAt time.Time
	Selection   string       // in which it stands now; "" before any
	Phase       policy.Stage // of that selection, once its reading begins, else 0
	Veiled      bool         // its readers do not see who bears the project
}

// StageAt is where the file stands: as far as its own selection once that one reads,
// as far as the call before.
func (a Application) StageAt(c call.Call, at time.Time) policy.Stage {
	if a.Phase > policy.Admissibility {
		return a.Phase
	}
	return c.StageAt(at)
}

// StageSQL is StageAt in SQL, for the aliases of both tables and the placeholder of the instant.
func StageSQL(alias, callAlias, now string) string {
	return "(case when " + alias + ".phase > 2 then " + alias + ".phase else " + call.StageSQL(callAlias, now) + " end)"
}

// Object is the file as the policy sees it at an instant.
func (a Application) Object(c call.Call, at time.Time) policy.Object {
	return policy.Object{Ref: policy.Ref{Kind: "application", ID: string(a.ID)}, Stage: a.StageAt(c, at), State: string(a.Status),
		Within: append([]policy.Ref{{Kind: "selection", ID: a.Selection}, {Kind: "call", ID: string(c.ID)}}, c.Within()...),
		Flags:  map[string]bool{"unsealed": c.UnsealedNow(at), "named": !a.Veiled}}
}

// Answer is one field of a file as it is kept. Version counts its changes.
type Answer struct {
	Field   string
	Value   any // canonical, see form.Field.Decode
	Version int64
	Author  string
	SavedAt time.Time
}

// Correction is a request to correct a deposited file, limited to some fields.
type Correction struct {
	ID         string
	Kind       string // "incorrect", "incomplete", "outdated" or "part"
	Fields     []string
	Message    string
	AskedBy    string
	AskedAt    time.Time
	DueAt      time.Time
	ResolvedAt time.Time
}

// Correction kinds.
const (
	Incorrect  = "incorrect"
	Incomplete = "incomplete"
	Outdated   = "outdated"
	NewPart    = "part" // a second round asks its own questions
)

// openAt says whether a correction may still be answered.
func (k *Correction) openAt(at time.Time) bool {
	return k != nil && k.ResolvedAt.IsZero() && at.Before(k.DueAt)
}

// readyFor says what keeps a from being submitted to c at the given time, with
// these answers. It reports every bad field at once, so that nobody fixes a form
// twice. k is the correction asked for, if there is one.
func (a Application) readyFor(c call.Call, k *Correction, state *form.State, now time.Time) error {
	switch {
	case a.Status != Draft && a.Status != Reopened:
		return errs.New(errs.Conflict, "application.not_draft")
	case k != nil && !k.openAt(now):
		return errs.New(errs.Conflict, "application.correction_over", local(k.DueAt, c.Zone))
	case k == nil && !c.OpenAt(now):
		return errs.New(errs.Conflict, "application.call_closed", local(c.ClosesAt, c.Zone))
	case k == nil && a.Revision != c.Revision:
		return errs.New(errs.Conflict, "application.form_changed")
	}
	bad := state.Missing()
	if a.Title == "" {
		bad = append([]errs.Field{{Path: "title", Key: "application.title_missing"}}, bad...)
	}
	return errs.NewInvalid("application.incomplete", bad)
}

// mayEdit says whether a field may be written at the given time. A draft may be
// written even after the deadline: nothing is lost, it is simply not deposited.
func (a Application) mayEdit(k *Correction, field string, now time.Time) bool {
	switch {
	case a.Status == Draft:
		return true
	case a.Status != Reopened:
		return false
	case k == nil:
		return true
	}
	return k.openAt(now) && (len(k.Fields) == 0 || slices.Contains(k.Fields, field))
}

// local tells an instant in a zone.
func local(at time.Time, name string) time.Time { return at.In(zone.Location(name)) }
