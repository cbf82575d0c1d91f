package application

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application/presence"
	"transformateur/internal/application/receipt"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Submitted is the payload of the event "application.submitted".
type SubmittedEvent struct {
	Call    string `json:"call"`
	Number  int    `json:"number"`
	Title   string `json:"title"`
	Kind    string `json:"kind"`
	Receipt int64  `json:"receipt"`
}

// Submit deposits a file: one act, one winner. The instant that counts is the
// arrival of the request, taken before anything else; the answers and files are
// frozen with their digests, and the receipt is signed, in the same transaction.
//
// Errors: Invalid "application.incomplete" with everything missing at once;
// Conflict when the deadline has passed, the form changed, or it is deposited already.
func (s *Service) Submit(ctx context.Context, by account.User, id ID) (receipt.Signed, error) {
	arrived := s.clock.Now().Truncate(time.Millisecond)
	f, err := s.load(ctx, s.db.Reader(), by, id)
	if err != nil {
		return receipt.Signed{}, err
	}
	if d := f.May["application.submit"]; !d.Allowed && d.Code != "stage" {
		return receipt.Signed{}, errs.New(errs.Forbidden, "application.submit_not_yours")
	}
	if f.Files, err = listAttachments(ctx, s.db.Reader(), id); err != nil {
		return receipt.Signed{}, err
	}
	var r receipt.Receipt
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if f.Application, err = Load(ctx, tx, id); err != nil {
			return err
		}
		if f.Answers, err = listAnswers(ctx, tx, id); err != nil {
			return err
		}
		if f.Correction, err = openCorrection(ctx, tx, id); err != nil {
			return err
		}
		state := f.Form.Evaluate(f.Values(), form.Env{Now: local(arrived, f.Call.Zone), Checks: s.checksFor(f.Files)})
		if err := f.readyFor(f.Call, f.Correction, state, arrived); err != nil {
			return err
		}
		if err := markSubmitted(ctx, tx, id, arrived); err != nil {
			return err
		}
		r, err = s.freeze(ctx, tx, by, f, state, arrived)
		return err
	})
	if err != nil {
		return receipt.Signed{}, err
	}
	s.live.Tell(string(id), presence.Told{Kind: "closed", By: by.Name, Login: by.LoginID})
	return s.Receipt(ctx, by, id, r.Number)
}

// freeze keeps what was deposited as it was, with its receipt, journal line and event.
func (s *Service) freeze(ctx context.Context, tx *db.Tx, by account.User, f File, state *form.State, at time.Time) (receipt.Receipt, error) {
	var seq int
	if err := tx.QueryRow(ctx, `select count(*) from submissions where application_id = $1`, string(f.ID)).Scan(&seq); err != nil {
		return receipt.Receipt{}, fmt.Errorf("count the submissions of %s: %w", f.ID, err)
	}
	kind := KindDeposit
	switch {
	case f.Correction != nil:
		kind = KindCorrection
	case seq > 0:
		kind = KindReplace
	}
	deposited := state.Deposited(f.Values())
	r := newReceipt(kind, f, by.Name, at)
	files := f.frozenFiles(deposited)
	for _, field := range f.Form.Form.Fields() {
		value, filled := deposited[field.ID]
		if !filled {
			continue
		}
		digest := form.Digest(value)
		r.Answers = append(r.Answers, receipt.Answer{Field: field.ID, Label: field.Label.In("fr"), SHA256: hex.EncodeToString(digest[:])})
	}
	for _, a := range files {
		r.Files = append(r.Files, receipt.File{Field: a.Field, Name: a.Name, Bytes: a.Size, SHA256: a.Digest})
	}
	r, digest, err := s.issue(ctx, tx, r)
	if err != nil {
		return r, err
	}
	if err := insertSubmission(ctx, tx, f, by, seq+1, r, deposited, files); err != nil {
		return r, err
	}
	if f.Correction != nil {
		if _, err := tx.Exec(ctx, `update corrections set resolved_at = $2 where id = $1`, f.Correction.ID, at); err != nil {
			return r, fmt.Errorf("resolve the correction of %s: %w", f.ID, err)
		}
	}
	if err := s.record(ctx, tx, at, by, "application.submitted", f.ID, map[string]any{"kind": kind, "receipt": r.Number, "digest": digest}); err != nil {
		return r, err
	}
	return r, s.bus.Publish(ctx, tx, "application.submitted", string(f.ID), SubmittedEvent{string(f.CallID), f.Number, f.Title, kind, r.Number})
}

// frozenFiles are the attachments that the deposited answers name.
func (f File) frozenFiles(deposited form.Answers) []Attachment {
	byID := map[string]Attachment{}
	for _, a := range f.Files {
		byID[a.ID] = a
	}
	var out []Attachment
	for _, field := range f.Form.Form.Fields() {
		ids, _ := deposited[field.ID].([]any)
		if field.Type != "file" {
			continue
		}
		for _, id := range ids {
			if a, ok := byID[fmt.Sprint(id)]; ok {
				out = append(out, a)
			}
		}
	}
	return out
}

// frozen is an attachment as a submission keeps it.
type frozen struct {
	ID     string `json:"id"`
	Field  string `json:"field"`
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	Digest string `json:"digest"`
}

func insertSubmission(ctx context.Context, tx *db.Tx, f File, by account.User, seq int, r receipt.Receipt, deposited form.Answers, files []Attachment) error {
	kept := make([]frozen, 0, len(files))
	for _, a := range files {
		kept = append(kept, frozen{a.ID, a.Field, a.Name, a.Size, a.Digest})
	}
	list, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("write the files of %s: %w", f.ID, err)
	}
	_, err = tx.Exec(ctx, `
		insert into submissions (id, application_id, seq, kind, at, submitted_by, form_revision, title, content, files, receipt)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		db.NewID(), string(f.ID), seq, r.Kind, r.At(), by.Actor(), f.Revision, f.Title, string(form.Canonical(map[string]any(deposited))), string(list), r.Number)
	if err != nil {
		return fmt.Errorf("keep submission %d of %s: %w", seq, f.ID, err)
	}
	return nil
}

// Receipt gives one receipt of a file to whoever may read the file.
func (s *Service) Receipt(ctx context.Context, by account.User, id ID, number int64) (receipt.Signed, error) {
	r := s.db.Reader()
	if f, err := s.load(ctx, r, by, id); err != nil || f.named() != nil {
		return receipt.Signed{}, cmp.Or(err, f.named())
	}
	return db.Get(ctx, r, s.scanReceipt, `select body, signature from receipts where application_id = $1 and number = $2`, string(id), number)
}

// Receipts lists the receipts of a file, the last one first.
func (s *Service) Receipts(ctx context.Context, by account.User, id ID) ([]receipt.Signed, error) {
	r := s.db.Reader()
	if f, err := s.load(ctx, r, by, id); err != nil || f.named() != nil {
		return nil, cmp.Or(err, f.named())
	}
	return s.receipts(ctx, r, id)
}
