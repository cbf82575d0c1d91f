package application

import (
	"context"
	"fmt"
	"sort"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/receipt"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// KindImport is the kind of a submission that was made elsewhere and brought here: it
// has no receipt, since nobody deposited it here.
const KindImport = "import"

// Received is a file deposited elsewhere, as it is brought into a call.
type Received struct {
	Title       string
	Answers     form.Answers     // canonical, of the published form of the call
	DepositedAt time.Time        // there; zero when it is not known
	Owner       account.PersonID // "" when nobody is known to own it
	Import      string           // that brings it, for the journal and for who is told
	Tell        bool             // the owner is written to
}

// ReceivedEvent is the payload of the event "application.imported".
type ReceivedEvent struct {
	Import string `json:"import"`
	Tell   bool   `json:"tell"`
}

// Receive keeps a file that was deposited elsewhere, in the transaction of the import
// that brings it, which decided that by may. seq is the number of its submissions.
//
// Errors: Invalid on "title".
func (s *Service) Receive(ctx context.Context, tx *db.Tx, by account.User, c call.Call, in Received) (id ID, seq int, err error) {
	now := s.clock.Now()
	if in.Title, err = cleanTitle(in.Title); err != nil {
		return "", 0, err
	}
	a := Application{ID: ID(db.NewID()), CallID: c.ID, Title: in.Title, Status: Draft, Revision: c.Revision, CreatedBy: by.Actor(), CreatedAt: now, UpdatedAt: now}
	if a, err = insert(ctx, tx, a, s.numbers); err != nil {
		return "", 0, err
	}
	if in.Owner != "" {
		owner := policy.Relation{SubjectID: string(in.Owner), Relation: "owner", Object: policy.Ref{Kind: "application", ID: string(a.ID)}, Reason: "imported"}
		if err := s.policy.Grant(ctx, tx, by, owner); err != nil {
			return "", 0, err
		}
	}
	seq, err = s.freezeReceived(ctx, tx, by, File{Application: a, Call: c}, in)
	return a.ID, seq, err
}

// ReceiveAgain brings what changed elsewhere into a file that was imported before.
// seq is what Receive gave: whoever deposited a correction here since then wins.
//
// Errors: Invalid on "title"; Conflict "intake.touched".
func (s *Service) ReceiveAgain(ctx context.Context, tx *db.Tx, by account.User, id ID, seq int, in Received) (int, error) {
	var err error
	if in.Title, err = cleanTitle(in.Title); err != nil {
		return 0, err
	}
	f := File{}
	if f.Application, err = Load(ctx, tx, id); err != nil {
		return 0, err
	}
	if f.Call, err = call.Load(ctx, tx, f.CallID); err != nil {
		return 0, err
	}
	last, err := lastSubmission(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if last != seq || f.Status != Submitted {
		return 0, errs.New(errs.Conflict, "intake.touched")
	}
	f.Title, f.Application.Revision = in.Title, f.Call.Revision
	return s.freezeReceived(ctx, tx, by, f, in)
}

func lastSubmission(ctx context.Context, r db.Reader, id ID) (seq int, err error) {
	err = r.QueryRow(ctx, `select coalesce(max(seq), 0) from submissions where application_id = $1`, string(id)).Scan(&seq)
	return seq, err
}

// freezeReceived writes the answers as the working copy and as a submission without
// receipt, then tells whoever must know.
func (s *Service) freezeReceived(ctx context.Context, tx *db.Tx, by account.User, f File, in Received) (int, error) {
	now := s.clock.Now()
	seq, err := lastSubmission(ctx, tx, f.ID)
	if err != nil {
		return 0, fmt.Errorf("count the submissions of %s: %w", f.ID, err)
	}
	current, err := listAnswers(ctx, tx, f.ID)
	if err != nil {
		return 0, err
	}
	var edits []Edit
	for field, value := range in.Answers {
		edits = append(edits, Edit{Field: field, Base: current[field].Version, Value: value})
	}
	for field, was := range current {
		if _, still := in.Answers[field]; !still && was.Value != nil {
			edits = append(edits, Edit{Field: field, Base: was.Version})
		}
	}
	sort.Slice(edits, func(i, j int) bool { return edits[i].Field < edits[j].Field })
	if len(edits) > 0 {
		if _, err := saveAnswers(ctx, tx, f.ID, by.Actor(), now, edits); err != nil {
			return 0, err
		}
	}
	deposited := in.DepositedAt
	if deposited.IsZero() {
		deposited = now
	}
	if _, err := tx.Exec(ctx, `update applications set title = $2, status = 'submitted', form_revision = $3, submitted_at = $4, updated_at = $5 where id = $1`,
		string(f.ID), f.Title, f.Application.Revision, deposited, now); err != nil {
		return 0, fmt.Errorf("receive file %s: %w", f.ID, err)
	}
	r := receipt.Receipt{Kind: KindImport, ReceivedAt: now.UTC().Format("2006-01-02T15:04:05.000Z")}
	if err := insertSubmission(ctx, tx, f, by, seq+1, r, in.Answers, nil); err != nil {
		return 0, err
	}
	if err := s.record(ctx, tx, now, by, "application.imported", f.ID, map[string]any{"call": f.CallID, "number": f.Number, "import": in.Import}); err != nil {
		return 0, err
	}
	return seq + 1, s.bus.Publish(ctx, tx, "application.imported", string(f.ID), ReceivedEvent{in.Import, in.Tell && in.Owner != ""})
}

// Discard takes an imported file out of its call while nobody has touched it: no
// verdict, label, message, correction or comment, and no deposit since seq. Its team
// loses it; what the journal says of it stays.
//
// Errors: Conflict "intake.touched".
func (s *Service) Discard(ctx context.Context, tx *db.Tx, by account.User, id ID, seq int) error {
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `
		update applications set status = 'draft', deleted_at = $2, updated_at = $2
		where id = $1 and status = 'submitted' and deleted_at is null and `+untouched("$1", "$3"), string(id), now, seq)
	if err != nil {
		return fmt.Errorf("discard file %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "intake.touched")
	}
	for _, gone := range []string{`delete from search_terms where kind = 'application' and object_id = $1`, `delete from application_facets where application_id = $1`} {
		if _, err := tx.Exec(ctx, gone, string(id)); err != nil {
			return fmt.Errorf("discard file %s: %w", id, err)
		}
	}
	return s.record(ctx, tx, now, by, "application.import_undone", id, nil)
}

// untouched is the condition that nobody worked on a file since its import.
func untouched(id, seq string) string {
	cond := `(select max(s.seq) from submissions s where s.application_id = ` + id + `) = ` + seq
	for _, table := range []string{"admissibility", "application_labels", "thread_messages", "corrections", "application_comments", "attachments"} {
		cond += ` and not exists (select 1 from ` + table + ` x where x.application_id = ` + id + `)`
	}
	return cond
}
