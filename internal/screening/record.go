package screening

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/journal"
)

// Record is a deposited file as exports take it.
type Record struct {
	Item
	Reason     string // of the verdict
	OwnerEmail string // "" when the reader may not see contacts
	Kind       string // of the last deposit
	Receipt    int64
	Form       *form.Compiled
	Answers    form.Answers
	Checks     form.Checks // names its files and places
}

// recordsAtOnce is how many records are in memory together.
const recordsAtOnce = 100

// Exported lists the files of a call that by may export and that f keeps: the same as
// List, in the same order. contacts says whether she may see them.
func (s *Service) Exported(ctx context.Context, by account.User, id call.ID, f Filter) (items []Item, contacts bool, err error) {
	of, err := s.exporting(ctx, by, id)
	if err != nil {
		return nil, false, err
	}
	items, err = s.List(ctx, by, id, f)
	return items, of.May["application.read"].Sees("contacts"), err
}

// exporting is a file of a call as who exports sees them all, for what is hidden from her.
func (s *Service) exporting(ctx context.Context, by account.User, id call.ID) (application.File, error) {
	c, err := s.callFor(ctx, by, "call.export", id)
	if err != nil {
		return application.File{}, err
	}
	of := application.File{Application: application.Application{CallID: id, Status: application.Submitted}, Call: c}
	of.May, err = s.policy.Decisions(ctx, s.db.Reader(), by, of.Object(c, s.clock.Now()), "application.read")
	return of, err
}

// EachRecord visits everything about the files that Exported lists, some at a time, so
// that memory does not grow with their number. Without contacts, the answers that hold
// some are left out.
func (s *Service) EachRecord(ctx context.Context, by account.User, id call.ID, f Filter, visit func(Record) error) error {
	of, err := s.exporting(ctx, by, id)
	if err != nil {
		return err
	}
	items, err := s.List(ctx, by, id, f)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(items, recordsAtOnce) {
		at, list := make(map[application.ID]int, len(part)), make([]Record, len(part))
		for i, item := range part {
			list[i].Item, at[item.ID] = item, i
		}
		if err := s.fillRecords(ctx, s.db.Reader(), id, list, at); err != nil {
			return err
		}
		if err := s.nameFiles(ctx, s.db.Reader(), list, at); err != nil {
			return err
		}
		for _, record := range list {
			if !of.May["application.read"].Sees("contacts") {
				record.OwnerEmail = ""
				for _, field := range of.HiddenIn(record.Form.Form) {
					delete(record.Answers, field)
				}
			}
			if err := visit(record); err != nil {
				return err
			}
		}
	}
	return nil
}

// idsOf gives the identifiers of records as an SQL list.
func idsOf(list []Record) (string, []any) {
	ids := make([]string, len(list))
	for i, record := range list {
		ids[i] = string(record.ID)
	}
	return db.Among(ids)
}

func (s *Service) fillRecords(ctx context.Context, r db.Reader, id call.ID, list []Record, at map[application.ID]int) error {
	in, args := idsOf(list)
	rows, err := r.Query(ctx, `
		select a.id, d.kind, d.receipt, d.form_revision, d.content, coalesce(v.reason, ''), coalesce(m.email, '')
		from applications a
		join submissions d on d.application_id = a.id and d.seq = (select max(x.seq) from submissions x where x.application_id = a.id)
		left join admissibility v on v.application_id = a.id
		left join relations w on w.object_kind = 'application' and w.object_id = a.id and w.relation = 'owner' and w.revoked_at is null
		left join addresses m on m.person_id = w.subject_id and m.main
		where a.id in `+in, args...)
	if err != nil {
		return fmt.Errorf("read the files of %s: %w", id, err)
	}
	defer rows.Close()
	type kept struct {
		i, revision int
		content     string
	}
	var all []kept // forms are read after the rows: one connection may be all there is
	for rows.Next() {
		var file application.ID
		var k kept
		var x Record
		if err := rows.Scan(&file, &x.Kind, &x.Receipt, &k.revision, &k.content, &x.Reason, &x.OwnerEmail); err != nil {
			return err
		}
		i, listed := at[file]
		if !listed {
			continue
		}
		rec := &list[i]
		rec.Kind, rec.Receipt, rec.Reason, rec.OwnerEmail = x.Kind, x.Receipt, x.Reason, x.OwnerEmail
		k.i = i
		all = append(all, k)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, k := range all {
		rec := &list[k.i]
		if rec.Form, err = s.calls.Form(ctx, r, id, k.revision); err != nil {
			return err
		}
		if rec.Answers, err = form.ParseAnswers([]byte(k.content)); err != nil {
			return fmt.Errorf("read the answers of %s: %w", rec.ID, err)
		}
	}
	return nil
}

// nameFiles lets the records name their attachments.
func (s *Service) nameFiles(ctx context.Context, r db.Reader, list []Record, at map[application.ID]int) error {
	files := make([][]application.Attachment, len(list))
	in, args := idsOf(list)
	rows, err := r.Query(ctx, `select application_id, id, name, size, status from attachments where application_id in `+in, args...)
	if err != nil {
		return fmt.Errorf("name the attachments of an export: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var file application.ID
		var a application.Attachment
		if err := rows.Scan(&file, &a.ID, &a.Name, &a.Size, &a.Status); err != nil {
			return err
		}
		if i, listed := at[file]; listed {
			files[i] = append(files[i], a)
		}
	}
	for i := range list {
		list[i].Checks = s.files.Checks(application.File{Files: files[i]})
	}
	return rows.Err()
}

// Forms lists the revisions of a call's form that its deposits were written with
// and the published one, which comes first.
func (s *Service) Forms(ctx context.Context, by account.User, id call.ID) ([]*form.Compiled, error) {
	c, err := s.callFor(ctx, by, "call.export", id)
	if err != nil {
		return nil, err
	}
	r := s.db.Reader()
	revisions, err := db.List(ctx, r, db.Value[int], `
		select distinct d.form_revision from submissions d join applications a on a.id = d.application_id
		where a.call_id = $1 and d.form_revision <> $2 order by d.form_revision desc`, string(id), c.Revision)
	if err != nil {
		return nil, fmt.Errorf("list the forms of %s: %w", id, err)
	}
	var out []*form.Compiled
	for _, revision := range append([]int{c.Revision}, revisions...) {
		compiled, err := s.calls.Form(ctx, r, id, revision)
		if err != nil {
			return nil, err
		}
		out = append(out, compiled)
	}
	return out, nil
}

// NoteExport journals that the files of a call left the program: how many, in
// what format, with which columns. It stands before the first byte leaves.
func (s *Service) NoteExport(ctx context.Context, by account.User, id call.ID, format string, columns []string, files []application.ID) error {
	if _, err := s.callFor(ctx, by, "call.export", id); err != nil {
		return err
	}
	now := s.clock.Now()
	ids := make([]string, len(files))
	for i, file := range files {
		ids[i] = string(file)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("list the exported files: %w", err)
	}
	digest := form.Digest(string(list))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "call.exported", Kind: "call", ID: string(id),
			Detail: map[string]any{"format": format, "rows": len(files), "columns": strings.Join(columns, " "), "files": fmt.Sprintf("%x", digest)}})
	})
}
