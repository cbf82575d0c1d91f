package application

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

const columns = `id, call_id, number, title, status, form_revision, created_by, created_at, updated_at, submitted_at, withdrawn_at, coalesce(selection_id, ''), phase, veiled`

// Columns maps the policy's questions to a query on the tables applications a, calls c,
// editions e and programmes p; now is the placeholder of the instant.
func Columns(now string) policy.Columns {
	return policy.Columns{Kind: "application", ID: "a.id", State: "a.status", Stage: StageSQL("a", "c", now),
		Within: map[string]string{"selection": "coalesce(a.selection_id, '')", "call": "a.call_id", "edition": "c.edition_id", "programme": "e.programme_id", "agency": "p.agency_id"},
		Flags:  map[string]string{"unsealed": call.UnsealedSQL("c", now), "named": "not a.veiled"}}
}

func scanApplication(s db.Scanner) (a Application, err error) {
	err = s.Scan(&a.ID, &a.CallID, &a.Number, &a.Title, &a.Status, &a.Revision, &a.CreatedBy, &a.CreatedAt, &a.UpdatedAt, &a.SubmittedAt, &a.WithdrawnAt, &a.Selection, &a.Phase, &a.Veiled)
	return a, err
}

// Load reads a file by its identifier, without asking who wants it: NotFound when it was put away.
func Load(ctx context.Context, r db.Reader, id ID) (Application, error) {
	return db.Get(ctx, r, scanApplication, `select `+columns+` from applications where id = $1 and deleted_at is null`, string(id))
}

func insert(ctx context.Context, tx *db.Tx, a Application, numbers call.Numbering) (Application, error) {
	var err error
	a.Number, err = call.Number(ctx, tx, a.CallID, numbers, func(number int64) (bool, error) {
		same, err := db.List(ctx, tx, db.Value[string], `select id from applications where call_id = $1 and number = $2`, string(a.CallID), number)
		return len(same) > 0, err
	})
	if err != nil {
		return a, err
	}
	_, err = tx.Exec(ctx, `
		insert into applications (id, call_id, number, title, status, form_revision, created_by, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
		string(a.ID), string(a.CallID), a.Number, a.Title, string(a.Status), a.Revision, a.CreatedBy, a.CreatedAt)
	if err != nil {
		return a, fmt.Errorf("insert file %s: %w", a.ID, err)
	}
	return a, nil
}

// touch says that a file is being written; the where clause refuses one that was
// deposited or withdrawn meanwhile.
func touch(ctx context.Context, tx *db.Tx, id ID, at time.Time) error {
	n, err := tx.Exec(ctx, `update applications set updated_at = $2 where id = $1 and status in ('draft', 'reopened') and deleted_at is null`, string(id), at)
	if err != nil {
		return fmt.Errorf("touch file %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "application.not_draft")
	}
	return nil
}

func markSubmitted(ctx context.Context, tx *db.Tx, id ID, at time.Time) error {
	n, err := tx.Exec(ctx, `
		update applications set status = 'submitted', submitted_at = $2, updated_at = $2, withdrawn_at = null
		where id = $1 and status in ('draft', 'reopened') and deleted_at is null`, string(id), at)
	if err != nil {
		return fmt.Errorf("mark file %s submitted: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "application.not_draft")
	}
	return nil
}

// SetStatus changes a status in the transaction of an act that was already decided:
// Conflict unless the file still has the one it is expected to have.
func SetStatus(ctx context.Context, tx *db.Tx, id ID, from, to Status, at time.Time) error {
	var withdrawn time.Time
	if to == Withdrawn {
		withdrawn = at
	}
	n, err := tx.Exec(ctx, `
		update applications set status = $3, updated_at = $4, withdrawn_at = $5
		where id = $1 and status = $2 and deleted_at is null`, string(id), string(from), string(to), at, withdrawn)
	if err != nil {
		return fmt.Errorf("move file %s to %s: %w", id, to, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "application.changed_meanwhile")
	}
	return nil
}

func scanAnswer(s db.Scanner) (a Answer, err error) {
	var value string
	if err = s.Scan(&a.Field, &value, &a.Version, &a.Author, &a.SavedAt); err != nil {
		return a, err
	}
	a.Value, err = form.ParseValue([]byte(value))
	return a, err
}

func listAnswers(ctx context.Context, r db.Reader, id ID) (map[string]Answer, error) {
	list, err := db.List(ctx, r, scanAnswer, `select field, value, version, author, saved_at from answers where application_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the answers of %s: %w", id, err)
	}
	out := make(map[string]Answer, len(list))
	for _, a := range list {
		out[a.Field] = a
	}
	return out, nil
}

// saveAnswers writes each edit whose base is still the current version, and says
// which fields it wrote: one statement, whatever their number.
func saveAnswers(ctx context.Context, tx *db.Tx, id ID, author string, at time.Time, edits []Edit) (map[string]int64, error) {
	var b strings.Builder
	b.WriteString(`insert into answers (application_id, field, value, version, author, saved_at) values `)
	args := []any{string(id), author, at}
	for i, e := range edits {
		if i > 0 {
			b.WriteString(", ")
		}
		args = append(args, e.Field, string(form.Canonical(e.Value)), e.Base+1)
		fmt.Fprintf(&b, "($1, $%d, $%d, $%d, $2, $3)", len(args)-2, len(args)-1, len(args))
	}
	b.WriteString(` on conflict (application_id, field) do update
		set value = excluded.value, version = excluded.version, author = excluded.author, saved_at = excluded.saved_at
		where answers.version = excluded.version - 1
		returning field, version`)
	type written struct {
		field   string
		version int64
	}
	list, err := db.List(ctx, tx, func(s db.Scanner) (w written, err error) {
		err = s.Scan(&w.field, &w.version)
		return w, err
	}, b.String(), args...)
	if err != nil {
		return nil, fmt.Errorf("save the answers of %s: %w", id, err)
	}
	out := make(map[string]int64, len(list))
	for _, w := range list {
		out[w.field] = w.version
	}
	return out, nil
}

func scanCorrection(s db.Scanner) (k Correction, err error) {
	var fields string
	if err = s.Scan(&k.ID, &k.Kind, &fields, &k.Message, &k.AskedBy, &k.AskedAt, &k.DueAt, &k.ResolvedAt); err != nil {
		return k, err
	}
	err = json.Unmarshal([]byte(fields), &k.Fields)
	return k, err
}

// openCorrection is the request that waits for an answer, or nil.
func openCorrection(ctx context.Context, r db.Reader, id ID) (*Correction, error) {
	list, err := db.List(ctx, r, scanCorrection, `
		select id, kind, fields, message, asked_by, asked_at, due_at, resolved_at from corrections
		where application_id = $1 and resolved_at is null and cancelled_at is null order by asked_at desc limit 1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("find the correction of %s: %w", id, err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return &list[0], nil
}
