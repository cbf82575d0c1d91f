package application

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/application/receipt"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Reopen lets a deposited file be changed before the deadline, to replace it. Its
// last submission still counts until another one is made.
func (s *Service) Reopen(ctx context.Context, by account.User, id ID) error {
	now := s.clock.Now()
	f, err := s.load(ctx, s.db.Reader(), by, id)
	if err != nil {
		return err
	}
	if d := f.May["application.reopen"]; !d.Allowed {
		if d.Code != "stage" {
			return errs.New(errs.Forbidden, "errs.forbidden")
		}
		if !f.Call.OpenAt(now) {
			return errs.New(errs.Conflict, "application.call_closed", local(f.Call.ClosesAt, f.Call.Zone))
		}
		return errs.New(errs.Conflict, "application.changed_meanwhile")
	}
	to := Reopened
	if f.Status == Withdrawn && f.SubmittedAt.IsZero() {
		to = Draft
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := SetStatus(ctx, tx, id, f.Status, to, now); err != nil {
			return err
		}
		return s.record(ctx, tx, now, by, "application.reopened", id, nil)
	})
}

// Withdraw takes a deposited file out of the call. It is kept, with a receipt that
// says so; before the deadline it can be taken up again.
func (s *Service) Withdraw(ctx context.Context, by account.User, id ID) (receipt.Signed, error) {
	f, err := s.allowed(ctx, s.db.Reader(), by, "application.withdraw", id)
	if err != nil {
		return receipt.Signed{}, err
	}
	now := s.clock.Now()
	var r receipt.Receipt
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := SetStatus(ctx, tx, id, f.Status, Withdrawn, now); err != nil {
			return err
		}
		var digest string
		if r, digest, err = s.issue(ctx, tx, newReceipt(KindWithdrawal, f, by.Name, now)); err != nil {
			return err
		}
		if err := s.record(ctx, tx, now, by, "application.withdrawn", id, map[string]any{"receipt": r.Number, "digest": digest}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "application.withdrawn", string(id), SubmittedEvent{string(f.CallID), f.Number, f.Title, KindWithdrawal, r.Number})
	})
	if err != nil {
		return receipt.Signed{}, err
	}
	return s.Receipt(ctx, by, id, r.Number)
}
