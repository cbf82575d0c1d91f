package application

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"transformateur/internal/account"
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

// Records gives everything about the files of a call that by may export and that f
// keeps, in a constant number of queries: the same files as List, in the same order.
// contacts says whether she may see them; without, the answers that hold some are left out.
func (s *Service) Records(ctx context.Context, by account.User, id call.ID, f Filter) (list []Record, contacts bool, err error) {
	c, err := s.callFor(ctx, by, "call.export", id)
	if err != nil {
		return nil, false, err
	}
	r := s.db.Reader()
	of := File{Application: Application{CallID: id, Status: Submitted}, Call: c}
	if of.May, err = s.policy.Decisions(ctx, r, by, of.Object(c, s.clock.Now()), "application.read"); err != nil {
		return nil, false, err
	}
	contacts = of.May["application.read"].Sees("contacts")
	items, err := s.List(ctx, by, id, f)
	if err != nil {
		return nil, false, err
	}
	at := make(map[ID]int, len(items))
	list = make([]Record, len(items))
	for i, item := range items {
		list[i].Item, at[item.ID] = item, i
	}
	if err := s.fillRecords(ctx, r, id, list, at); err != nil {
		return nil, false, err
	}
	for i := range list {
		if !contacts {
			list[i].OwnerEmail = ""
			for _, field := range of.hidden(list[i].Form.Form) {
				delete(list[i].Answers, field)
			}
		}
	}
	return list, contacts, s.nameFiles(ctx, r, id, list, at)
}

func (s *Service) fillRecords(ctx context.Context, r db.Reader, id call.ID, list []Record, at map[ID]int) error {
	rows, err := r.Query(ctx, `
		select a.id, d.kind, d.receipt, d.form_revision, d.content, coalesce(v.reason, ''), coalesce(m.email, '')
		from applications a
		join submissions d on d.application_id = a.id and d.seq = (select max(x.seq) from submissions x where x.application_id = a.id)
		left join admissibility v on v.application_id = a.id
		left join relations w on w.object_kind = 'application' and w.object_id = a.id and w.relation = 'owner' and w.revoked_at is null
		left join addresses m on m.person_id = w.subject_id and m.main
		where a.call_id = $1`, string(id))
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
		var file ID
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
func (s *Service) nameFiles(ctx context.Context, r db.Reader, id call.ID, list []Record, at map[ID]int) error {
	files := make([][]Attachment, len(list))
	rows, err := r.Query(ctx, `select t.application_id, t.id, t.name, t.size, t.status from attachments t
		join applications a on a.id = t.application_id where a.call_id = $1`, string(id))
	if err != nil {
		return fmt.Errorf("name the attachments of %s: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var file ID
		var a Attachment
		if err := rows.Scan(&file, &a.ID, &a.Name, &a.Size, &a.Status); err != nil {
			return err
		}
		if i, listed := at[file]; listed {
			files[i] = append(files[i], a)
		}
	}
	for i := range list {
		list[i].Checks = s.checksFor(files[i])
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
func (s *Service) NoteExport(ctx context.Context, by account.User, id call.ID, format string, columns []string, files []ID) error {
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
