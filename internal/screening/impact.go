package screening

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// Tally counts the files of a call by where they stand. It is all that a programme's team
// knows of drafts.
type Tally struct {
	Drafts    int // being written
	Deposited int
	Withdrawn int
}

// Tally counts the files of a call for those who follow it.
func (s *Service) Tally(ctx context.Context, by account.User, id call.ID) (Tally, error) {
	if _, err := s.calls.Follow(ctx, by, id); err != nil {
		return Tally{}, err
	}
	var t Tally
	clear, args := s.policy.Unexcluded(ctx, by, "application", "a.id", []any{string(id)})
	rows, err := s.db.Reader().Query(ctx, `select a.status, count(*) from applications a where a.call_id = $1 and a.deleted_at is null and `+clear+` group by a.status`, args...)
	if err != nil {
		return t, fmt.Errorf("count the files of %s: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var status application.Status
		var n int
		if err := rows.Scan(&status, &n); err != nil {
			return t, err
		}
		switch status {
		case application.Draft:
			t.Drafts += n
		case application.Withdrawn:
			t.Withdrawn += n
		default:
			t.Deposited += n
		}
	}
	return t, rows.Err()
}

// Impact is what publishing another revision would do to the files that are open: how
// many there are, and in how many of them the answer to each question would have no
// place, or not its whole place. Answers themselves are never shown.
type Impact struct {
	Open    int
	Touched int // files with at least one such answer
	Fields  []Displaced
}

// Displaced counts the files whose answer to a question would have no place.
type Displaced struct {
	Field form.Field // as it is in the published form
	Files int
}

// Impact weighs a revision before it is published, for whoever may publish it.
func (s *Service) Impact(ctx context.Context, by account.User, id call.ID, next *form.Form) (Impact, error) {
	r := s.db.Reader()
	c, err := s.calls.Steer(ctx, by, id)
	if err != nil {
		return Impact{}, err
	}
	type open struct {
		id       string
		revision int
	}
	files, err := db.List(ctx, r, func(sc db.Scanner) (o open, err error) {
		err = sc.Scan(&o.id, &o.revision)
		return o, err
	}, `select id, form_revision from applications where call_id = $1 and status in ('draft', 'reopened') and deleted_at is null order by id`, string(c.ID))
	if err != nil {
		return Impact{}, fmt.Errorf("list the open files of %s: %w", id, err)
	}
	answers, err := openAnswers(ctx, r, c.ID)
	if err != nil {
		return Impact{}, err
	}
	out := Impact{Open: len(files)}
	at := map[string]int{}
	for _, file := range files {
		now, err := s.calls.Form(ctx, r, c.ID, file.revision)
		if err != nil {
			return Impact{}, err
		}
		_, orphans := form.Carry(now.Form, next, answers[file.id])
		if len(orphans) > 0 {
			out.Touched++
		}
		for _, orphan := range orphans {
			i, seen := at[orphan.Field.ID]
			if !seen {
				i, at[orphan.Field.ID] = len(out.Fields), len(out.Fields)
				out.Fields = append(out.Fields, Displaced{Field: orphan.Field})
			}
			out.Fields[i].Files++
		}
	}
	return out, nil
}

// openAnswers reads the answers of every open file of a call in one query.
func openAnswers(ctx context.Context, r db.Reader, id call.ID) (map[string]form.Answers, error) {
	rows, err := r.Query(ctx, `
		select a.application_id, a.field, a.value from answers a join applications f on f.id = a.application_id
		where f.call_id = $1 and f.status in ('draft', 'reopened') and f.deleted_at is null`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the open answers of %s: %w", id, err)
	}
	defer rows.Close()
	out := map[string]form.Answers{}
	for rows.Next() {
		var file, field, value string
		if err := rows.Scan(&file, &field, &value); err != nil {
			return nil, err
		}
		v, err := form.ParseValue([]byte(value))
		if err != nil {
			return nil, fmt.Errorf("parse an answer of %s: %w", file, err)
		}
		if out[file] == nil {
			out[file] = form.Answers{}
		}
		out[file][field] = v
	}
	return out, rows.Err()
}
