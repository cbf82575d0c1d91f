// Package call is the call for projects: its text, its form, its rules, its dates and its legal block.
package call

import (
	"time"

	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// ID is the call's readable slug.
type ID string

// Status is whether the public sees the call.
type Status string

// The statuses. Whether a published call is open depends on its dates alone.
const (
	Draft     Status = "draft"
	Published Status = "published"
	Archived  Status = "closed"
)

// Call is one call for projects.
type Call struct {
	ID          ID
	EditionID   string
	ProgrammeID string
	AgencyID    string
	StageID     string
	Title       form.Localised
	Summary     form.Localised
	Text        form.Localised // Markdown
	Status      Status
	Phase       policy.Stage // set by acts once the reading begins (S3 and after), else 0
	Zone        string       // in which the deadline is said
	OpensAt     time.Time
	ClosesAt    time.Time // the first instant at which it is too late
	Sealed      bool
	UnsealAt    time.Time // before it nobody reads a deposited file of a sealed call
	UnsealedAt  time.Time
	Target      int // how many files the team hopes to keep: a target, never a limit
	Legal       Legal
	Revision    int // of the published form; 0 before the first publication
	Version     int64
	CreatedAt   time.Time
	PublishedAt time.Time
}

// Legal is the block without which a call cannot open.
//
// Sources: code des relations entre le public et l'administration, art. L112-11
// and R112-11-1 (mentions of the electronic receipt), L231-1 to L231-4 (silence);
// regulation (EU) 2016/679, art. 13 (information of persons).
type Legal struct {
	Service      string `json:"service"`       // the service in charge of the file
	Email        string `json:"email"`         // its e-mail address
	Phone        string `json:"phone"`         // its telephone number
	Address      string `json:"address"`       // its postal address
	Silence      string `json:"silence"`       // what silence means: "refusal", "acceptance" or "none"
	SilenceDays  int    `json:"silence_days"`  // after how many days, counted from the receipt
	Appeals      string `json:"appeals"`       // how and until when a decision can be contested
	Controller   string `json:"controller"`    // who decides on the use of the data
	DPO          string `json:"dpo"`           // how to reach the data protection officer
	Purposes     string `json:"purposes"`      // what the data are used for
	Basis        string `json:"basis"`         // legal basis of the processing
	Recipients   string `json:"recipients"`    // who receives them
	RetainMonths int    `json:"retain_months"` // how long they are kept after the call closes
}

// Silence values.
const (
	SilenceRefusal    = "refusal"
	SilenceAcceptance = "acceptance"
	SilenceNone       = "none"
)

// OpenAt says whether a file may be deposited at an instant: from OpensAt
// included to ClosesAt excluded. It is the only rule of the deadline.
func (c Call) OpenAt(at time.Time) bool {
	return c.Status == Published && !c.OpensAt.IsZero() && !at.Before(c.OpensAt) && at.Before(c.ClosesAt)
}

// ClosedAt says whether the deadline has passed.
func (c Call) ClosedAt(at time.Time) bool {
	return c.Status != Draft && !c.ClosesAt.IsZero() && !at.Before(c.ClosesAt)
}

// UnsealedNow says whether deposited files may be read at an instant.
func (c Call) UnsealedNow(at time.Time) bool {
	return !c.Sealed || !c.UnsealAt.IsZero() && !at.Before(c.UnsealAt)
}

// StageAt is where the selection stands, for the policy.
func (c Call) StageAt(at time.Time) policy.Stage {
	switch {
	case c.Phase > policy.Admissibility:
		return c.Phase
	case c.ClosedAt(at):
		return policy.Admissibility
	case c.OpenAt(at):
		return policy.Open
	}
	return policy.Preparation
}

// StageSQL is StageAt in SQL, for a table alias and the placeholder of the instant.
func StageSQL(alias, now string) string {
	return "(case when " + alias + ".phase > 2 then " + alias + ".phase" +
		" when " + alias + ".status <> 'draft' and " + alias + ".closes_at <= " + now + " then 2" +
		" when " + alias + ".status = 'published' and " + alias + ".opens_at <= " + now + " then 1 else 0 end)"
}

// UnsealedSQL is UnsealedNow in SQL.
func UnsealedSQL(alias, now string) string {
	return "(not " + alias + ".sealed or " + alias + ".unseal_at <= " + now + ")"
}

// Within lists what contains the call, for policy objects of what the call contains.
func (c Call) Within() []policy.Ref {
	return []policy.Ref{{Kind: "edition", ID: c.EditionID}, {Kind: "programme", ID: c.ProgrammeID}, {Kind: "agency", ID: c.AgencyID}}
}

// Object is the call as the policy sees it at an instant.
func (c Call) Object(at time.Time) policy.Object {
	return policy.Object{Ref: policy.Ref{Kind: "call", ID: string(c.ID)}, Within: c.Within(), Stage: c.StageAt(at), State: string(c.Status),
		Flags: map[string]bool{"unsealed": c.UnsealedNow(at)}}
}

// missing says what the legal block lacks.
func (l Legal) missing() []errs.Field {
	var bad []errs.Field
	need := func(path string, ok bool) {
		if !ok {
			bad = append(bad, errs.Field{Path: "legal." + path, Key: "call.legal_missing"})
		}
	}
	need("service", l.Service != "")
	need("email", l.Email != "")
	need("address", l.Address != "")
	need("silence", l.Silence == SilenceRefusal || l.Silence == SilenceAcceptance || l.Silence == SilenceNone)
	need("silence_days", l.Silence == SilenceNone || l.SilenceDays > 0)
	need("appeals", l.Appeals != "")
	need("controller", l.Controller != "")
	need("dpo", l.DPO != "")
	need("purposes", l.Purposes != "")
	need("basis", l.Basis != "")
	need("recipients", l.Recipients != "")
	need("retain_months", l.RetainMonths > 0)
	return bad
}

// readyToOpen says everything that keeps a call from being published at an instant.
func (c Call) readyToOpen(at time.Time) error {
	var bad []errs.Field
	add := func(path, key string, args ...any) {
		bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
	}
	if c.Title["fr"] == "" {
		add("title.fr", "call.title_missing")
	}
	if c.Text["fr"] == "" {
		add("text.fr", "call.text_missing")
	}
	switch {
	case c.OpensAt.IsZero():
		add("opens_at", "call.opening_missing")
	case c.ClosesAt.IsZero():
		add("closes_at", "call.deadline_missing")
	case !c.ClosesAt.After(c.OpensAt):
		add("closes_at", "call.deadline_before_opening")
	case !c.ClosesAt.After(at):
		add("closes_at", "call.deadline_past")
	}
	if c.Sealed && (c.UnsealAt.IsZero() || c.UnsealAt.Before(c.ClosesAt)) {
		add("unseal_at", "call.unseal_before_deadline")
	}
	bad = append(bad, c.Legal.missing()...)
	return errs.NewInvalid("call.not_ready", bad)
}
