package admin

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/application/receipt"
	"transformateur/internal/form"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// Fault is one thing that a check found wrong: a message key and its arguments.
type Fault struct {
	Key  string
	Args []any
}

func fault(key string, args ...any) Fault { return Fault{key, args} }

// deposit is a frozen submission beside the receipt that proves it.
type deposit struct {
	application, title, content, files string
	receipt                            int64
	body                               string
}

func scanDeposit(s db.Scanner) (d deposit, err error) {
	err = s.Scan(&d.application, &d.title, &d.content, &d.files, &d.receipt, &d.body)
	return d, err
}

// CheckDeposits compares every frozen submission with its receipt: the same title,
// the same answers by their digests, the same files. It gives their number and
// what differs.
func CheckDeposits(ctx context.Context, r db.Reader) (count int, faults []Fault, err error) {
	for after := int64(0); ; {
		page, err := db.List(ctx, r, scanDeposit, `
			select s.application_id, s.title, s.content, s.files, s.receipt, coalesce(p.body, '')
			from submissions s left join receipts p on p.number = s.receipt
			where s.receipt > $1 order by s.receipt limit 200`, after)
		if err != nil {
			return count, faults, fmt.Errorf("read the deposits: %w", err)
		}
		for _, d := range page {
			if why := d.fault(); why != "" {
				faults = append(faults, fault("check.deposit_"+why, d.receipt, d.application))
			}
			count, after = count+1, d.receipt
		}
		if len(page) < 200 {
			return count, faults, nil
		}
	}
}

// fault says how a deposit differs from its receipt, or "".
func (d deposit) fault() string {
	var said receipt.Receipt
	if d.body == "" || json.Unmarshal([]byte(d.body), &said) != nil || said.Application.ID != d.application {
		return "unproved"
	}
	answers, err := form.ParseAnswers([]byte(d.content))
	if err != nil || said.Application.Title != d.title {
		return "changed"
	}
	for _, a := range said.Answers {
		sum := form.Digest(answers[a.Field])
		if hex.EncodeToString(sum[:]) != a.SHA256 {
			return "changed"
		}
		delete(answers, a.Field)
	}
	if len(answers) > 0 {
		return "changed"
	}
	var files []struct {
		Field, Name, Digest string
		Size                int64
	}
	if json.Unmarshal([]byte(d.files), &files) != nil || len(files) != len(said.Files) {
		return "files"
	}
	for i, f := range files {
		if said.Files[i] != (receipt.File{Field: f.Field, Name: f.Name, Bytes: f.Size, SHA256: f.Digest}) {
			return "files"
		}
	}
	return ""
}

// CheckFiles reads back every file of a list of digests.
func CheckFiles(ctx context.Context, blobs blob.Store, digests []string) (faults []Fault, err error) {
	for _, digest := range digests {
		switch err := blobs.Check(ctx, digest); {
		case err == nil:
		case errs.Is(err, errs.NotFound):
			faults = append(faults, fault("check.file_missing", digest))
		case errs.KeyOf(err) == "blob.damaged":
			faults = append(faults, fault("check.file_damaged", digest))
		default:
			return faults, err
		}
	}
	return faults, nil
}

// CheckIndex looks for deposited files that a search would not find by the words
// of their title, and for words that lead to no file. Those whose indexing still
// waits, and those from which an erasure took words, are left out.
func CheckIndex(ctx context.Context, r db.Reader) (count int, faults []Fault, err error) {
	orphans, err := db.List(ctx, r, db.Value[string], `
		select distinct t.object_id from search_terms t
		where t.kind = 'application' and not exists (select 1 from submissions s where s.application_id = t.object_id) order by 1`)
	if err != nil {
		return 0, nil, fmt.Errorf("read the search index: %w", err)
	}
	for _, id := range orphans {
		faults = append(faults, fault("check.index_orphan", id))
	}
	type titled struct{ id, title string }
	list, err := db.List(ctx, r, func(s db.Scanner) (t titled, err error) {
		err = s.Scan(&t.id, &t.title)
		return t, err
	}, `
		select s.application_id, s.title from submissions s
		where s.seq = (select max(l.seq) from submissions l where l.application_id = s.application_id)
		  and not exists (select 1 from events e join event_deliveries d on d.event_id = e.id where e.object_id = s.application_id and d.done_at is null)
		  and not exists (select 1 from receipts r where r.application_id = s.application_id and r.body like '%"redacts":%')
		order by s.application_id`)
	if err != nil {
		return 0, nil, fmt.Errorf("read what is deposited: %w", err)
	}
	for _, t := range list {
		terms, err := db.List(ctx, r, db.Value[string], `select term from search_terms where kind = 'application' and object_id = $1`, t.id)
		if err != nil {
			return 0, nil, fmt.Errorf("read the words of %s: %w", t.id, err)
		}
		if slices.ContainsFunc(text.Words(t.title), func(word string) bool { return !slices.Contains(terms, word) }) {
			faults = append(faults, fault("check.index_missing", t.id))
		}
	}
	return len(list), faults, nil
}
