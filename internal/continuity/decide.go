package continuity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
)

func scanDraft(s db.Scanner) (d Draft, err error) {
	var seconds int64
	err = s.Scan(&d.ID, &d.ClosesAt, &d.Suggested, &seconds, &d.Status, &d.Reason, &d.DraftedAt, &d.SettledAt, &d.SettledBy)
	d.Lost = time.Duration(seconds) * time.Second
	return d, err
}

// Drafts lists the extensions that were prepared for a call with their evidence,
// for those who follow it; those to decide come first.
func (s *Service) Drafts(ctx context.Context, by account.User, id call.ID) ([]Draft, error) {
	c, err := s.calls.Follow(ctx, by, id)
	if err != nil {
		return nil, err
	}
	r := s.db.Reader()
	list, err := db.List(ctx, r, scanDraft, `
		select d.id, d.closes_at, d.suggested_at, d.lost, d.status, d.reason, d.drafted_at, d.settled_at, coalesce(p.name, '')
		from extension_drafts d left join people p on 'person:' || p.id = d.settled_by
		where d.call_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list the extensions drafted for %s: %w", id, err)
	}
	now := s.clock.Now()
	for i := range list {
		d := &list[i]
		if d.Outages, _, err = evidence(ctx, r, id, d.ClosesAt); err != nil {
			return nil, err
		}
		if d.Status != Open {
			continue
		}
		if !d.Suggested.After(now) { // nobody decided in time: another day is proposed
			d.Suggested = Suggest(d.ClosesAt, now, c.Zone)
		}
		d.Barred = errs.KeyOf(c.Extendable(d.Suggested, now))
	}
	slices.SortFunc(list, order)
	return list, nil
}

// Dismiss decides that the deadline does not move, and keeps why.
//
// Errors: Invalid "call.reason_missing"; Conflict "continuity.settled" when
// somebody decided already.
func (s *Service) Dismiss(ctx context.Context, by account.User, id call.ID, draft, reason string) error {
	if _, err := s.calls.Steer(ctx, by, id); err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.NewInvalid("call.invalid", []errs.Field{{Path: "dismissal", Key: "call.reason_missing"}})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			update extension_drafts set status = 'dismissed', reason = $3, settled_at = $4, settled_by = $5
			where id = $1 and call_id = $2 and status = 'open'`, draft, string(id), reason, s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("set the extension of %s aside: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "continuity.settled")
		}
		return s.journal(ctx, tx, by.Actor(), "extension.dismissed", string(id), map[string]any{"draft": draft})
	})
}

// onExtended settles the draft of a deadline that somebody moved.
func (s *Service) onExtended(ctx context.Context, tx *db.Tx, e event.Event) error {
	var p call.Extended
	if err := e.Read(&p); err != nil {
		return err
	}
	var actor string
	err := tx.QueryRow(ctx, `select decided_by from call_deadlines where call_id = $1 and was = $2 and becomes = $3 order by decided_at desc limit 1`, e.ObjectID, p.Was, p.Becomes).Scan(&actor)
	if err != nil {
		return fmt.Errorf("read who moved the deadline of %s: %w", e.ObjectID, err)
	}
	var draft string
	err = tx.QueryRow(ctx, `
		update extension_drafts set status = 'accepted', settled_at = $3, settled_by = $4
		where call_id = $1 and closes_at = $2 and status = 'open' returning id`, e.ObjectID, p.Was, e.At, actor).Scan(&draft)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("settle the extension drafted for %s: %w", e.ObjectID, err)
	}
	return s.journal(ctx, tx, actor, "extension.accepted", e.ObjectID, map[string]any{"draft": draft, "becomes": p.Becomes})
}
