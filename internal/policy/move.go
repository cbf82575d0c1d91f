package policy

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/journal"
)

// Move hands everything a person holds over to another, when two accounts turn out
// to be the same person: relations, those that ended too, and exclusions. A relation
// that the other already holds the same way is ended instead of kept twice.
func (s *Service) Move(ctx context.Context, tx *db.Tx, by account.User, from, to account.PersonID) error {
	now := s.clock.Now()
	_, err := tx.Exec(ctx, `
		update relations set revoked_at = $3
		where subject_kind = 'person' and subject_id = $1 and revoked_at is null and exists (
			select 1 from relations o
			where o.subject_kind = 'person' and o.subject_id = $2 and o.revoked_at is null
			  and o.relation = relations.relation and o.object_kind = relations.object_kind and o.object_id = relations.object_id
			  and o.valid_from <= relations.valid_from and (o.valid_until is null or o.valid_until >= relations.valid_until))`, string(from), string(to), now)
	if err != nil {
		return fmt.Errorf("end relations held twice: %w", err)
	}
	moved := map[string]any{"from": "person:" + string(from), "to": "person:" + string(to)}
	for _, table := range []string{"relations", "exclusions"} {
		n, err := tx.Exec(ctx, `update `+table+` set subject_id = $2 where subject_kind = 'person' and subject_id = $1`, string(from), string(to))
		if err != nil {
			return fmt.Errorf("move %s: %w", table, err)
		}
		moved[table] = n
	}
	return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "rights.moved", Kind: "person", ID: string(to), Detail: moved})
}
