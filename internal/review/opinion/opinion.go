// Package opinion is what somebody outside the committee is asked about one file, until a day: it informs those who choose, and counts in no score.
package opinion

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// ID identifies an opinion; it is random.
type ID string

// Status is where an opinion stands.
type Status string

// The statuses. Asked and Writing end at the instant when the opinion is due, whether or
// not somebody wrote Expired meanwhile: see Over.
const (
	Asked    Status = "asked"
	Writing  Status = "writing" // accepted, and committed to confidentiality
	Given    Status = "given"
	Declined Status = "declined"
	Revoked  Status = "revoked"
	Expired  Status = "expired"
)

// The relations of who gives an opinion: on the opinion itself from her answer to the
// mail, on the file while she writes.
const (
	Expert    = "expert"
	Consulted = "consulted"         // reads answers and attachments
	OnAnswers = "consulted_answers" // reads answers alone
)

// Opinion is one request, and what came of it.
type Opinion struct {
	ID              ID
	Selection       committee.SelectionID
	File            application.ID
	Person          account.PersonID // "" until she accepted
	Email           string           // to which she was asked
	Name            string
	OrganisationID  account.OrganisationID // "" when none was said
	Organisation    string                 // its name
	Status          Status
	Question        string
	Form            *form.Compiled // what she is asked, as it was when asked
	Attached        bool           // she reads the attachments too
	Content         form.Answers   // as it was handed in; nil before
	DueAt           time.Time
	AskedBy         string // "person:ID"
	AskedAt         time.Time
	AnsweredAt      time.Time
	Confidentiality string // the text she committed to
	SubmittedAt     time.Time
	EndedAt         time.Time
	Reason          string // why she declined, or why it was revoked
	Version         int64
	invitation      string
}

// Over says whether nothing more can come of the request at an instant.
func (o Opinion) Over(at time.Time) bool {
	return o.Status != Asked && o.Status != Writing || !at.Before(o.DueAt)
}

// StatusAt is the status as people read it at an instant.
func (o Opinion) StatusAt(at time.Time) Status {
	if (o.Status == Asked || o.Status == Writing) && o.Over(at) {
		return Expired
	}
	return o.Status
}

// Object is the opinion as the policy sees it.
func (o Opinion) Object() policy.Object {
	return policy.Object{Ref: policy.Ref{Kind: "opinion", ID: string(o.ID)}, State: string(o.Status)}
}

// relation is what she holds on the file while she writes.
func (o Opinion) relation() string {
	if o.Attached {
		return Consulted
	}
	return OnAnswers
}

// held is the reason under which she holds it.
func (o Opinion) held() string { return "opinion:" + string(o.ID) }

// State is what the form says of answers, those that were handed in if they were.
func (o Opinion) State(answers form.Answers) *form.State {
	return o.Form.Evaluate(answers, form.Env{})
}

const columns = `o.id, o.selection_id, o.application_id, coalesce(o.person_id, ''), o.email, o.name, coalesce(o.organisation_id, ''), coalesce(h.name, ''), o.status, o.question, o.form, o.attached, coalesce(o.content, ''),
	o.due_at, o.asked_by, o.asked_at, o.answered_at, o.confidentiality, o.submitted_at, o.ended_at, o.reason, coalesce(o.invitation_id, ''), o.version`

const tables = `opinions o left join organisations h on h.id = o.organisation_id`

func scan(sc db.Scanner) (o Opinion, err error) {
	var asked, content string
	err = sc.Scan(&o.ID, &o.Selection, &o.File, &o.Person, &o.Email, &o.Name, &o.OrganisationID, &o.Organisation, &o.Status, &o.Question, &asked, &o.Attached, &content,
		&o.DueAt, &o.AskedBy, &o.AskedAt, &o.AnsweredAt, &o.Confidentiality, &o.SubmittedAt, &o.EndedAt, &o.Reason, &o.invitation, &o.Version)
	if err != nil {
		return o, err
	}
	f, err := form.Parse([]byte(asked))
	if err == nil {
		o.Form, err = f.Compile()
	}
	if err != nil {
		return o, fmt.Errorf("read what opinion %s asks: %w", o.ID, err)
	}
	if content != "" {
		if o.Content, err = form.ParseAnswers([]byte(content)); err != nil {
			return o, fmt.Errorf("read opinion %s: %w", o.ID, err)
		}
	}
	return o, nil
}

func load(ctx context.Context, r db.Reader, id ID) (Opinion, error) {
	return db.Get(ctx, r, scan, `select `+columns+` from `+tables+` where o.id = $1`, string(id))
}

// Load reads an opinion without asking who wants it: for those who write to people about it.
func Load(ctx context.Context, r db.Reader, id ID) (Opinion, error) { return load(ctx, r, id) }
