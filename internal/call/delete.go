package call

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Delete takes a call away for good, with its text, its form, its documents and its
// questions. A call with a file, even a draft that was thrown away, stays: it is
// archived, and its files go when their time has come.
// Errors: Conflict when somebody wrote a file; as the policy.
func (s *Service) Delete(ctx context.Context, by account.User, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.delete", id)
		if err != nil {
			return err
		}
		// Whoever opens a file numbers it in this row: she waits, and then finds no call.
		if _, err := tx.Exec(ctx, `update calls set last_number = last_number where id = $1`, string(id)); err != nil {
			return fmt.Errorf("hold call %s: %w", id, err)
		}
		var files int
		if err := tx.QueryRow(ctx, `select count(*) from applications where call_id = $1`, string(id)).Scan(&files); err != nil {
			return fmt.Errorf("count the files of %s: %w", id, err)
		}
		if files > 0 {
			return errs.New(errs.Conflict, "call.has_files")
		}
		for _, table := range []string{"call_forms", "call_form_saves", "call_deadlines", "call_documents", "questions", "labels", "saved_views"} {
			if _, err := tx.Exec(ctx, `delete from `+table+` where call_id = $1`, string(id)); err != nil {
				return fmt.Errorf("delete the %s of call %s: %w", table, id, err)
			}
		}
		now := s.clock.Now()
		if _, err := tx.Exec(ctx, `update relations set revoked_at = $2 where object_kind = 'call' and object_id = $1 and revoked_at is null`, string(id), now); err != nil {
			return fmt.Errorf("end the roles on call %s: %w", id, err)
		}
		if _, err := tx.Exec(ctx, `update relations set revoked_at = $2 where revoked_at is null and (
			object_kind = 'selection' and object_id in (select id from selections where call_id = $1)
			or object_kind = 'seat' and object_id in (select m.id from committee_members m join selections s on s.id = m.selection_id where s.call_id = $1))`, string(id), now); err != nil {
			return fmt.Errorf("end the seats of call %s: %w", id, err)
		}
		if _, err := tx.Exec(ctx, `delete from calls where id = $1`, string(id)); err != nil {
			return fmt.Errorf("delete call %s: %w", id, err)
		}
		return s.record(ctx, tx, by, "call.deleted", c, map[string]any{"status": string(c.Status)})
	})
}
