package screening

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Submission is one deposit of a file, as it was frozen.
type Submission struct {
	Seq     int
	Kind    string // of its receipt: application.KindDeposit, KindReplace or KindCorrection
	At      time.Time
	By      string // name
	Title   string
	Receipt int64
	Form    *form.Compiled
	Answers form.Answers
}

// AnswerChange is an answer that differs between two deposits. Field is that of
// the later form, or of the earlier one when the question is gone; Before or After
// is nil when there was no answer.
type AnswerChange struct {
	Field         *form.Field
	Before, After any
}

// Submissions lists every deposit of a file, the first one first, to whoever may
// see its history; answers that she may not see are left out.
func (s *Service) Submissions(ctx context.Context, by account.User, id application.ID) ([]Submission, error) {
	r := s.db.Reader()
	f, err := s.files.Permitted(ctx, by, "application.read", id)
	if err != nil {
		return nil, err
	}
	if !f.May["application.history"].Allowed {
		return nil, errs.New(errs.Forbidden, "errs.forbidden")
	}
	type row struct {
		Submission
		content  string
		revision int
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.Seq, &x.Kind, &x.At, &x.By, &x.Title, &x.Receipt, &x.revision, &x.content)
		return x, err
	}, `select s.seq, s.kind, s.at, coalesce(p.name, ''), s.title, s.receipt, s.form_revision, s.content
		from submissions s left join people p on 'person:' || p.id = s.submitted_by
		where s.application_id = $1 order by s.seq`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the submissions of %s: %w", id, err)
	}
	out := make([]Submission, len(rows))
	for i, x := range rows {
		if x.Form, err = s.calls.Form(ctx, r, f.CallID, x.revision); err != nil {
			return nil, err
		}
		if x.Answers, err = form.ParseAnswers([]byte(x.content)); err != nil {
			return nil, fmt.Errorf("read submission %d of %s: %w", x.Seq, id, err)
		}
		for _, field := range f.HiddenIn(x.Form.Form) {
			delete(x.Answers, field)
		}
		out[i] = x.Submission
	}
	return out, nil
}

// ChangesTo lists the answers that differ in a later deposit, in the order of its
// form, then those whose question is gone.
func (s Submission) ChangesTo(later Submission) []AnswerChange {
	var out []AnswerChange
	for _, field := range later.Form.Form.Fields() {
		before, after := s.Answers[field.ID], later.Answers[field.ID]
		if !bytes.Equal(form.Canonical(before), form.Canonical(after)) {
			out = append(out, AnswerChange{field, before, after})
		}
	}
	for _, field := range s.Form.Form.Fields() {
		if before := s.Answers[field.ID]; before != nil && later.Form.Form.Field(field.ID) == nil {
			out = append(out, AnswerChange{field, before, nil})
		}
	}
	return out
}

// Act is a line of a file's own journal: who did what is told by what they are,
// not by name.
type Act struct {
	At   time.Time
	Role string // of the programme's side: "lead", "officer"…; "team" for the project's; "system"
	Act  string // "application.read"
	More map[string]any
}

// toldActs are the acts of the journal that the programme's side and the project's
// team both may know. What the team does inside its file is not the programme's business.
const toldActs = `'application.read', 'application.submitted', 'application.withdrawn', 'application.reopened', 'application.admitted',
	'application.correction_asked', 'application.part_asked', 'application.correction_cancelled', 'application.message_sent', 'application.transferred', 'application.exported', 'application.imported'`

// Acts lists what happened to a file, the last act first: who read it, with what
// role and when, comes with the rest.
func (s *Service) Acts(ctx context.Context, by account.User, id application.ID) ([]Act, error) {
	r := s.db.Reader()
	f, err := s.files.Permitted(ctx, by, "application.read", id)
	if err != nil {
		return nil, err
	}
	if !f.May["application.history"].Allowed {
		return nil, errs.New(errs.Forbidden, "errs.forbidden")
	}
	type row struct {
		Act
		actor, detail string
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.At, &x.actor, &x.Act.Act, &x.detail)
		return x, err
	}, `select at, actor, act, detail from journal
		where object_kind = 'application' and object_id = $1 and act in (`+toldActs+`) order by seq desc limit 500`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the acts on %s: %w", id, err)
	}
	roles, err := s.rolesAround(ctx, r, f)
	if err != nil {
		return nil, err
	}
	out := make([]Act, len(rows))
	for i, x := range rows {
		if x.Role = roles[x.actor]; x.Role == "" {
			x.Role = "system"
		}
		if json.Unmarshal([]byte(x.detail), &x.More) != nil {
			x.More = nil
		}
		out[i] = x.Act
	}
	return out, nil
}

// rolesAround says what those who hold or held something on a file or around it
// are, as "person:ID" → role. The project's team is one role.
func (s *Service) rolesAround(ctx context.Context, r db.Reader, f application.File) (map[string]string, error) {
	out := map[string]string{}
	rows, err := r.Query(ctx, `
		select subject_id, case when object_kind = 'application' then 'team' else relation end
		from relations where subject_kind = 'person' and (object_kind = 'application' and object_id = $1
		  or object_kind = 'call' and object_id = $2 or object_kind = 'edition' and object_id = $3
		  or object_kind = 'programme' and object_id = $4 or object_kind = 'agency' and object_id = $5 or object_kind = 'platform')
		union all
		select m.person_id, r.relation from relations r join organisation_members m on m.organisation_id = r.subject_id
		where r.subject_kind = 'organisation' and (r.object_kind = 'call' and r.object_id = $2 or r.object_kind = 'edition' and r.object_id = $3
		  or r.object_kind = 'programme' and r.object_id = $4 or r.object_kind = 'agency' and r.object_id = $5)
		order by 1, 2`, string(f.ID), string(f.CallID), f.Call.EditionID, f.Call.ProgrammeID, f.Call.AgencyID)
	if err != nil {
		return nil, fmt.Errorf("find the roles around %s: %w", f.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var person, role string
		if err := rows.Scan(&person, &role); err != nil {
			return nil, err
		}
		if key := "person:" + person; out[key] == "" || role == "team" {
			out[key] = role
		}
	}
	return out, rows.Err()
}
