package application

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
)

// Mine is a file on its author's home page.
type Mine struct {
	Application
	Call      call.Call
	Role      string
	Missing   int  // what keeps it from being deposited, when it can be
	Corrected bool // a correction is asked for
	Due       time.Time
	Receipt   int64
}

// ListMine gives the files of a person, the nearest deadline first.
func (s *Service) ListMine(ctx context.Context, by account.User) ([]Mine, error) {
	if by.IsVisitor() {
		return nil, nil
	}
	r, now := s.db.Reader(), s.clock.Now()
	roles, err := s.rolesOf(ctx, r, by)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	files, err := s.openAll(ctx, r, roles)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", by.ID, err)
	}
	list := make([]Mine, 0, len(files))
	for _, f := range files {
		m := Mine{Application: f.Application, Call: f.Call, Role: roles[f.ID], Due: f.Call.ClosesAt}
		if f.Correction != nil {
			m.Due, m.Corrected = f.Correction.DueAt, true
		}
		if f.State != nil {
			m.Missing = len(f.State.Missing())
		}
		list = append(list, m)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if over, other := now.After(a.Due), now.After(b.Due); over != other {
			return other
		}
		if !a.Due.Equal(b.Due) {
			return a.Due.Before(b.Due)
		}
		return a.ID < b.ID
	})
	return list, nil
}

// rolesOf gives the files whose team a person is in, with her first role in each.
func (s *Service) rolesOf(ctx context.Context, r db.Reader, by account.User) (map[ID]string, error) {
	args := []any{s.clock.Now(), string(by.ID)}
	read, args := s.policy.Where(ctx, by, "application.read", Columns("$1"), args)
	team, args := s.policy.Where(ctx, by, "application.comment", Columns("$1"), args)
	roles := map[ID]string{}
	rows, err := r.Query(ctx, `
		select a.id, w.relation from relations w join applications a on a.id = w.object_id
		join calls c on c.id = a.call_id join editions e on e.id = c.edition_id join programmes p on p.id = e.programme_id
		where w.subject_kind = 'person' and w.subject_id = $2 and w.object_kind = 'application' and w.revoked_at is null
			and w.valid_from <= $1 and (w.valid_until is null or w.valid_until > $1) and a.deleted_at is null and `+read+` and `+team, args...)
	if err != nil {
		return nil, fmt.Errorf("find the roles of %s: %w", by.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id ID
		var role string
		if err := rows.Scan(&id, &role); err != nil {
			return nil, err
		}
		if was, twice := roles[id]; !twice || slices.Index(Roles, role) < slices.Index(Roles, was) {
			roles[id] = role
		}
	}
	return roles, rows.Err()
}

// openAll reads several files at once, in a constant number of queries, without
// asking who wants them; only those being written get their answers and their state.
func (s *Service) openAll(ctx context.Context, r db.Reader, ids map[ID]string) ([]File, error) {
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, string(id))
	}
	slices.Sort(list)
	in, args := db.Among(list)
	applications, err := db.List(ctx, r, scanApplication, `select `+columns+` from applications where id in `+in+` order by id`, args...)
	if err != nil {
		return nil, err
	}
	files, byID := make([]File, len(applications)), map[ID]*File{}
	var calls []call.ID
	for i, a := range applications {
		files[i] = File{Application: a, Answers: map[string]Answer{}}
		byID[a.ID], calls = &files[i], append(calls, a.CallID)
	}
	known, err := call.LoadAll(ctx, r, calls)
	if err != nil {
		return nil, err
	}
	if err := addParts(ctx, r, byID, in, args); err != nil {
		return nil, err
	}
	for i := range files {
		f := &files[i]
		f.Call = known[f.CallID]
		if f.Status != Draft && f.Status != Reopened {
			continue
		}
		if f.Form, err = s.calls.Form(ctx, r, f.CallID, f.Revision); err != nil {
			return nil, err
		}
		f.State = s.evaluate(*f)
	}
	return files, nil
}

// addParts reads the answers, attachments and open corrections of files being written.
func addParts(ctx context.Context, r db.Reader, files map[ID]*File, in string, args []any) error {
	written := in + ` and application_id in (select id from applications where status in ('draft', 'reopened'))`
	err := each(ctx, r, part[Answer]{scanAnswer, func(id ID, a Answer) { files[id].Answers[a.Field] = a }},
		`select application_id, field, value, version, author, saved_at from answers where application_id in `+written, args)
	if err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	err = each(ctx, r, part[Attachment]{scanAttachment, func(id ID, a Attachment) { files[id].Files = append(files[id].Files, a) }},
		`select application_id, `+attachmentColumns+` from attachments where removed_at is null and application_id in `+written+` order by uploaded_at, id`, args)
	if err != nil {
		return fmt.Errorf("read attachments: %w", err)
	}
	err = each(ctx, r, part[Correction]{scanCorrection, func(id ID, k Correction) { files[id].Correction = &k }},
		`select application_id, id, kind, fields, message, asked_by, asked_at, due_at, resolved_at from corrections
		where resolved_at is null and cancelled_at is null and application_id in `+in+` order by asked_at`, args)
	if err != nil {
		return fmt.Errorf("read corrections: %w", err)
	}
	return nil
}

// part is a piece of a file: how its row is read, and where it goes.
type part[T any] struct {
	scan func(db.Scanner) (T, error)
	keep func(ID, T)
}

// each reads rows whose first column names the file that they are a part of.
func each[T any](ctx context.Context, r db.Reader, p part[T], text string, args []any) error {
	rows, err := r.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id ID
		one, err := p.scan(ofFile{rows, &id})
		if err != nil {
			return err
		}
		p.keep(id, one)
	}
	return rows.Err()
}

// ofFile reads the identifier of the file before the columns of its part.
type ofFile struct {
	row db.Scanner
	id  *ID
}

// Scan reads the row.
func (f ofFile) Scan(dest ...any) error { return f.row.Scan(append([]any{f.id}, dest...)...) }
