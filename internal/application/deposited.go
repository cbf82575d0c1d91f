package application

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// Deposit is a file as it was deposited: what the programme's side reads.
type Deposit struct {
	File          // Answers and State are those of the submission
	Seq           int
	Kind          string
	At            time.Time
	Receipt       int64
	SubmittedName string
	Hidden        []string // fields whose answers by may not see: contacts
}

// Deposited reads a file as it was deposited last, for the programme's side and
// for the team itself. A reading by the programme's side is journaled, once a day
// and person: a project may know who read its file.
func (s *Service) Deposited(ctx context.Context, by account.User, id ID) (Deposit, error) {
	r := s.db.Reader()
	f, err := s.load(ctx, r, by, id)
	if err != nil {
		return Deposit{}, err
	}
	d := Deposit{File: f}
	var content, files string
	err = r.QueryRow(ctx, `
		select s.seq, s.kind, s.at, s.form_revision, s.title, s.content, s.files, s.receipt, coalesce(p.name, '')
		from submissions s left join people p on 'person:' || p.id = s.submitted_by
		where s.application_id = $1 order by s.seq desc limit 1`, string(id)).
		Scan(&d.Seq, &d.Kind, &d.At, &d.Application.Revision, &d.Title, &content, &files, &d.Receipt, &d.SubmittedName)
	if err != nil {
		return Deposit{}, err
	}
	if d.Form, err = s.calls.Form(ctx, r, d.CallID, d.Application.Revision); err != nil {
		return Deposit{}, err
	}
	answers, err := form.ParseAnswers([]byte(content))
	if err != nil {
		return Deposit{}, fmt.Errorf("read submission %d of %s: %w", d.Seq, id, err)
	}
	d.Answers = map[string]Answer{}
	d.Hidden = f.HiddenIn(d.Form.Form)
	for field, value := range answers {
		if slices.Contains(d.Hidden, field) {
			continue
		}
		d.Answers[field] = Answer{Field: field, Value: value, SavedAt: d.At}
	}
	if d.Files, err = s.depositedFiles(ctx, r, id, files); err != nil {
		return Deposit{}, err
	}
	d.State = d.Form.Evaluate(answers, form.Env{Now: local(d.At, d.Call.Zone), Checks: s.checksFor(d.Files)})
	if err := s.veil(ctx, r, &d); err != nil {
		return Deposit{}, err
	}
	if !f.Ours() {
		err = s.noteReading(ctx, by, id)
	}
	return d, err
}

func (s *Service) depositedFiles(ctx context.Context, r db.Reader, id ID, list string) ([]Attachment, error) {
	var kept []frozen
	if err := json.Unmarshal([]byte(list), &kept); err != nil {
		return nil, fmt.Errorf("read the deposited files of %s: %w", id, err)
	}
	all, err := db.List(ctx, r, scanAttachment, `select `+attachmentColumns+` from attachments where application_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the deposited files of %s: %w", id, err)
	}
	return slices.DeleteFunc(all, func(a Attachment) bool {
		return !slices.ContainsFunc(kept, func(k frozen) bool { return k.ID == a.ID })
	}), nil
}

// noteReading journals who read a file, once a day.
func (s *Service) noteReading(ctx context.Context, by account.User, id ID) error {
	now := s.clock.Now()
	var n int
	err := s.db.Reader().QueryRow(ctx, `
		select count(*) from journal where object_kind = 'application' and object_id = $1 and act = 'application.read' and actor = $2 and at >= $3`,
		string(id), by.Actor(), now.Truncate(24*time.Hour)).Scan(&n)
	if err != nil || n > 0 {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.record(ctx, tx, now, by, "application.read", id, nil) })
}

// Ours says whether the person belongs to the project's team: she then reads the
// file from that side only, whatever else she is in the programme.
func (f File) Ours() bool { return f.May[TeamAct].Allowed }

// TeamAct is the right of a project's team, in every state of its file: whoever has it is no judge of it.
const TeamAct policy.Action = "application.comment"

// contactTypes are the questions whose answers tell how to reach somebody.
var contactTypes = []string{"contact", "email", "phone", "iban"}

// HiddenIn lists the fields of a form whose answers the reader may not see.
func (f File) HiddenIn(of *form.Form) []string {
	if f.May["application.read"].Sees("contacts") {
		return nil
	}
	var out []string
	for _, field := range of.Fields() {
		if slices.Contains(contactTypes, field.Type) {
			out = append(out, field.ID)
		}
	}
	return out
}
