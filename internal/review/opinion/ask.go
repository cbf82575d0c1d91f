package opinion

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

// The bounds of what is asked, in characters and in questions.
const (
	leastQuestion = 10
	mostQuestion  = 1000
	mostMore      = 5
	mostName      = 120
	mostAnswer    = 6000
)

// Request is what is asked, of whom.
type Request struct {
	File     application.ID
	Email    string
	Name     string
	House    account.OrganisationID // "" when none is known
	Question string
	More     []string       // further questions, each answered in words
	Criteria []string       // questions of the committee's grid that she is asked to judge too
	Heading  form.Localised // of the page on which she answers
	Attached bool           // she reads the attachments too
	Due      string         // a local time of the call's zone, "2027-03-05T12:00"
	Lang     string         // of the mail
	Message  string
	What     string // what the mail says she is asked for, in that language
}

const localTime = "2006-01-02T15:04"

// Asking is what somebody needs to ask: the files she reads, the questions of the grid.
type Asking struct {
	Selection committee.Selection
	Files     []application.Application
	Criteria  []form.Field
}

// Asking prepares a request, for the lead and the chair.
func (s *Service) Asking(ctx context.Context, by account.User, id committee.SelectionID) (a Asking, err error) {
	r := s.db.Reader()
	if a.Selection, err = s.asking(ctx, r, by, id); err != nil {
		return a, err
	}
	files, err := committee.Files(ctx, r, id)
	if err != nil {
		return a, err
	}
	for _, f := range files {
		may, err := s.policy.Decide(ctx, r, by, "application.read", f.Object(a.Selection.Call, s.clock.Now()))
		if err != nil {
			return a, err
		}
		if may.Allowed {
			a.Files = append(a.Files, f)
		}
	}
	a.Criteria, err = s.reviews.Criteria(ctx, r, id)
	return a, err
}

// clean checks a request and reports every bad field at once.
func (a Asking) clean(in Request, now time.Time) (Request, time.Time, []errs.Field) {
	var bad []errs.Field
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	email, err := account.ParseEmail(in.Email)
	if e, refused := err.(*errs.Error); refused {
		bad = append(bad, e.Fields...)
	}
	in.Email, in.Name = email, strings.Join(strings.Fields(text.Clean(in.Name)), " ")
	in.Question = strings.TrimSpace(text.Clean(in.Question))
	fault(in.Name == "", "name", "committee.member_name_missing")
	fault(utf8.RuneCountInString(in.Name) > mostName, "name", "committee.name_long", mostName)
	fault(!slices.ContainsFunc(a.Files, func(f application.Application) bool { return f.ID == in.File }), "file", "opinion.file_missing")
	n := utf8.RuneCountInString(in.Question)
	fault(n < leastQuestion || n > mostQuestion, "question", "opinion.question_bounds", leastQuestion, mostQuestion)
	var more []string
	for _, q := range in.More {
		if q = strings.TrimSpace(text.Clean(q)); q != "" {
			more = append(more, q)
		}
		fault(utf8.RuneCountInString(q) > mostQuestion, "more", "opinion.question_bounds", 1, mostQuestion)
	}
	fault(len(more) > mostMore, "more", "opinion.more_many", mostMore)
	in.More = more
	for _, id := range in.Criteria {
		fault(!slices.ContainsFunc(a.Criteria, func(f form.Field) bool { return f.ID == id }), "criteria", "review.question_unknown", id)
	}
	due, err := time.ParseInLocation(localTime, in.Due, zone.Location(a.Selection.Call.Zone))
	fault(err != nil, "due", "opinion.due_missing")
	fault(err == nil && !due.After(now), "due", "opinion.due_past")
	return in, due.UTC(), bad
}

// form is what she is asked, frozen: her answer to the question, to each other one, then
// the criteria of the grid, which are shown whatever the grid makes them depend on.
func (a Asking) form(in Request) *form.Form {
	taken := func(id string) bool { return slices.Contains(in.Criteria, id) }
	step := form.Step{ID: "opinion", Title: in.Heading}
	for i, label := range append([]string{in.Question}, in.More...) {
		id := "opinion"
		for n := i + 1; taken(id) || n > 1 && id == "opinion"; n++ {
			id = "opinion_" + strconv.Itoa(n)
		}
		step.Fields = append(step.Fields, form.Field{ID: id, Type: "longtext", Label: form.Localised{"fr": label}, Required: true, Settings: form.Settings{MaxChars: mostAnswer}})
	}
	for _, f := range a.Criteria {
		if slices.Contains(in.Criteria, f.ID) {
			f.ShowIf, f.RequiredIf, f.Required = nil, nil, true
			step.Fields = append(step.Fields, f)
		}
	}
	return &form.Form{Version: form.Version, Steps: []form.Step{step}}
}

// Check says what ties somebody to a file, as it would close it to her if she sat. It
// writes nothing.
func (s *Service) Check(ctx context.Context, by account.User, id committee.SelectionID, in Request) ([]committee.Cause, error) {
	r := s.db.Reader()
	sel, err := s.asking(ctx, r, by, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.file(ctx, r, by, sel, in.File); err != nil {
		return nil, err
	}
	email, err := account.ParseEmail(in.Email)
	if err != nil {
		return nil, err
	}
	return s.committees.Ties(ctx, r, sel, in.File, committee.Guest{Email: email, Name: in.Name, House: in.House})
}

// Ask asks somebody outside the committee for her opinion. Nothing opens to her before
// she has read and accepted what she commits to. Errors: Invalid; Conflict
// "opinion.conflict" when something ties her to the file, which nothing lifts here,
// "opinion.sits" when she is of the committee, "opinion.asked_already"; as the policy.
func (s *Service) Ask(ctx context.Context, by account.User, id committee.SelectionID, in Request) (ID, error) {
	a, err := s.Asking(ctx, by, id)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	in, due, bad := a.clean(in, now)
	if err := errs.NewInvalid("opinion.invalid", bad); err != nil {
		return "", err
	}
	asked, err := a.form(in).Compile()
	if err != nil {
		return "", fmt.Errorf("make the form of an opinion: %w", err)
	}
	ties, err := s.Check(ctx, by, id, in)
	switch {
	case err != nil:
		return "", err
	case len(ties) > 0:
		return "", errs.New(errs.Conflict, "opinion.conflict")
	}
	o := Opinion{ID: ID(db.NewID()), Selection: id, File: in.File, Email: in.Email, Name: in.Name, OrganisationID: in.House, Status: Asked, Question: in.Question, Form: asked, Attached: in.Attached, DueAt: due, AskedBy: by.Actor(), AskedAt: now}
	return o.ID, s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.asking(ctx, tx, by, id); err != nil {
			return err
		}
		if err := s.outside(ctx, tx, o); err != nil {
			return err
		}
		invitation, err := s.people.InviteIn(ctx, tx, by, account.Invite{Email: in.Email, Lang: in.Lang, Relation: Expert, Object: account.Ref(o.Object().Ref), ObjectName: in.What, Message: in.Message, ExpiresAt: due})
		if err != nil {
			return err
		}
		o.invitation = invitation
		if err := s.keep(ctx, tx, o); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "opinion.asked", o, false)
	})
}

// outside refuses to ask who is of the committee, or who was asked about the file and
// has not answered.
func (s *Service) outside(ctx context.Context, tx *db.Tx, o Opinion) error {
	if err := tx.Lock(ctx, "committee:"+string(o.Selection)); err != nil {
		return err
	}
	var sits, asked int
	err := tx.QueryRow(ctx, `select count(*) from committee_members m where m.selection_id = $1 and m.status in ('invited', 'sitting')
		and (m.email = $2 or exists (select 1 from addresses x where x.person_id = m.person_id and x.email = $2))`, string(o.Selection), o.Email).Scan(&sits)
	if err != nil {
		return fmt.Errorf("find whether an expert sits: %w", err)
	}
	if sits > 0 {
		return errs.New(errs.Conflict, "opinion.sits")
	}
	err = tx.QueryRow(ctx, `select count(*) from opinions where application_id = $1 and status in ('asked', 'writing') and due_at > $3
		and (email = $2 or exists (select 1 from addresses x where x.person_id = opinions.person_id and x.email = $2))`, string(o.File), o.Email, s.clock.Now()).Scan(&asked)
	if err != nil {
		return fmt.Errorf("find whether an expert was asked: %w", err)
	}
	if asked > 0 {
		return errs.New(errs.Conflict, "opinion.asked_already")
	}
	return nil
}

func (s *Service) keep(ctx context.Context, tx *db.Tx, o Opinion) error {
	asked, err := json.Marshal(o.Form.Form)
	if err != nil {
		return fmt.Errorf("write the form of an opinion: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into opinions (id, selection_id, application_id, invitation_id, email, name, organisation_id, status, question, form, attached, due_at, asked_by, asked_at, confidentiality, reason, version)
		values ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, $9, $10, $11, $12, $13, '', '', 1)`,
		string(o.ID), string(o.Selection), string(o.File), db.Null(o.invitation), o.Email, o.Name, db.Null(o.OrganisationID), o.Question, string(asked), o.Attached, o.DueAt, o.AskedBy, o.AskedAt)
	if err != nil {
		return fmt.Errorf("ask for an opinion: %w", err)
	}
	return nil
}
