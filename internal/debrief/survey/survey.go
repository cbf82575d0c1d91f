// Package survey asks people some time after a gathering, by a link that opens without signing in, and counts what they answer.
package survey

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/form"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/secret"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

//go:embed models/*.json
var models embed.FS

// ID identifies a survey; it is random.
type ID string

// Kind is what a survey is about and when it leaves.
type Kind string

// The kinds. The first two are for who came to the gathering, the others for who owns a project.
const (
	Hot          Kind = "hot"          // there and then, from the page of the hot debrief: nothing is mailed
	Satisfaction Kind = "satisfaction" // the day after
	Half         Kind = "half"         // six months after
	Year         Kind = "year"         // twelve months after
)

// Kinds lists them in the order in which they leave.
var Kinds = []Kind{Hot, Satisfaction, Half, Year}

// months says when an impact survey leaves, after its base day.
var months = map[Kind]int{Half: 6, Year: 12}

// Impact says whether a survey asks about projects.
func (k Kind) Impact() bool { return months[k] > 0 }

// Status is where a survey stands.
type Status string

// The statuses.
const (
	Draft  Status = "draft"
	Opened Status = "opened" // leaves by itself on its day
	Sent   Status = "sent"
	Closed Status = "closed" // links take no answer any more
)

const (
	// Wait is how long after its sending a survey is recalled, once.
	Wait = 14 * 24 * time.Hour
	// Lasts is how long a link takes an answer.
	Lasts = 60 * 24 * time.Hour
	// LastsHot is how long a hot debrief takes answers.
	LastsHot = 7 * 24 * time.Hour
	// Correctable is how many days an answer may be changed by its link.
	Correctable = 30
	// Least is the fewest answers of which anything is shown: each batch of answers on the
	// gathering, and each figure for readers outside the programme's team.
	Least = 5
	// MaxTitle bounds a title, in characters.
	MaxTitle = 200
	// MaxLabel bounds a question, in characters.
	MaxLabel = 300
)

// Mail is the template of the mail that carries a link, Recall that of the reminder.
const (
	Mail   = "survey_asked"
	Recall = "survey_recalled"
)

// Survey is one survey of an edition.
type Survey struct {
	ID       ID
	Edition  programme.EditionID
	Kind     Kind
	Title    string
	Form     *form.Form
	BaseDay  string // the end of the gathering, or of the decision
	DueDay   string // when it leaves
	Status   Status
	Version  int64
	SentAt   time.Time
	ClosesAt time.Time
	Counts   Counts
}

// Counts are how many people a survey reached and how many answered.
type Counts struct{ Asked, Answered int }

// Silent counts those who did not answer.
func (c Counts) Silent() int { return c.Asked - c.Answered }

// Service keeps surveys.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	policy   *policy.Service
	mails    account.Mailer
	outcomes *outcome.Service
	box      *secret.Box
}

// Deps are what the service stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Policy   *policy.Service
	Mails    account.Mailer
	Outcomes *outcome.Service
	Jobs     *job.Queue
	Box      *secret.Box // seals what people have not sent yet
}

// New makes the service, which sends surveys on their day, recalls them once and closes them.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, mails: d.Mails, outcomes: d.Outcomes, box: d.Box}
	d.Jobs.Every("send_surveys", time.Hour, func(ctx context.Context, _ job.Job) error { return s.Run(ctx) })
	return s
}

func (s *Service) today() string { return s.clock.Now().Format(time.DateOnly) }

// Model is the questionnaire that ships for a kind; each call gives a new copy.
func Model(k Kind) (*form.Form, error) {
	text, err := models.ReadFile("models/" + string(k) + ".json")
	if err != nil {
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	f, err := form.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read the questionnaire %s: %w", k, err)
	}
	return f, nil
}

// Due is the day on which a survey of a kind leaves.
func Due(k Kind, base string) string {
	if k.Impact() {
		return outcome.Months(base, months[k])
	}
	day, err := time.Parse(time.DateOnly, base)
	if err != nil {
		return ""
	}
	if k == Hot {
		return base
	}
	return day.AddDate(0, 0, 1).Format(time.DateOnly)
}

const columns = `s.id, s.edition_id, s.kind, s.title, s.form, s.base_day, s.due_day, s.status, s.version, s.sent_at, s.closes_at,
	(select count(*) from survey_links l where l.survey_id = s.id), (select count(*) from survey_links l where l.survey_id = s.id and l.answered)`

func scan(sc db.Scanner) (v Survey, err error) {
	var body string
	var sent, closes *time.Time
	if err = sc.Scan(&v.ID, &v.Edition, &v.Kind, &v.Title, &body, &v.BaseDay, &v.DueDay, &v.Status, &v.Version, &sent, &closes, &v.Counts.Asked, &v.Counts.Answered); err != nil {
		return v, err
	}
	if sent != nil {
		v.SentAt = *sent
	}
	if closes != nil {
		v.ClosesAt = *closes
	}
	if v.Form, err = form.Parse([]byte(body)); err != nil {
		return v, fmt.Errorf("read the questions of survey %s: %w", v.ID, err)
	}
	return v, nil
}

// find loads a survey of an edition on which by may do action.
func (s *Service) find(ctx context.Context, r db.Reader, by account.User, id programme.EditionID, survey ID) (e programme.Edition, v Survey, err error) {
	if e, err = s.edition(ctx, r, by, id); err != nil {
		return e, v, err
	}
	v, err = db.Get(ctx, r, scan, `select `+columns+` from surveys s where s.id = $1 and s.edition_id = $2`, string(survey), string(id))
	return e, v, err
}

func (s *Service) edition(ctx context.Context, r db.Reader, by account.User, id programme.EditionID) (e programme.Edition, err error) {
	if e, err = programme.FindEdition(ctx, r, id); err != nil {
		return e, err
	}
	_, err = s.policy.Require(ctx, r, by, "survey.manage", e.PolicyObject())
	return e, err
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, v Survey) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "edition", ID: string(v.Edition), Detail: map[string]any{"survey": string(v.ID), "kind": string(v.Kind)}})
}

func encode(f *form.Form) (string, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("write the questions of a survey: %w", err)
	}
	return string(body), nil
}
