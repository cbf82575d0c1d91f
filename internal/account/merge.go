package account

import (
	"context"
	"fmt"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Merged tells, as the event person.merged, that one account became part of another.
type Merged struct {
	From PersonID `json:"from"`
	To   PersonID `json:"to"`
}

// merge moves everything an account holds into by's: addresses, sign-ins,
// memberships, relations and exclusions; other capabilities follow the event.
func (s *Service) merge(ctx context.Context, tx *db.Tx, by User, other Person) error {
	if other.Disabled {
		return errs.New(errs.Forbidden, "account.disabled")
	}
	if other.Guarded {
		return invalid("merge", "account.merge_guarded")
	}
	from, to, now := string(other.ID), string(by.ID), s.clock.Now()
	for _, text := range []string{
		`update addresses set person_id = $2, main = false where person_id = $1`,
		`update logins set person_id = $2, strong_at = null where person_id = $1`,
		`update login_links set person_id = $2 where person_id = $1`,
		`update invitations set accepted_by = $2 where accepted_by = $1`,
		`update people set merged_into = $2 where merged_into = $1 or id = $1`,
	} {
		if _, err := tx.Exec(ctx, text, from, to); err != nil {
			return fmt.Errorf("merge %s into %s: %w", from, to, err)
		}
	}
	if err := moveMemberships(ctx, tx, from, to); err != nil {
		return fmt.Errorf("merge the memberships of %s: %w", from, err)
	}
	if err := s.rights.Move(ctx, tx, by, other.ID, by.ID); err != nil {
		return fmt.Errorf("merge the rights of %s: %w", from, err)
	}
	if err := s.bus.Publish(ctx, tx, "person.merged", to, Merged{From: other.ID, To: by.ID}); err != nil {
		return err
	}
	err := journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "person.merged", Kind: "person", ID: to, Detail: map[string]any{"from": from}})
	if err != nil {
		return err
	}
	return s.addressesChanged(ctx, tx, by, "address.added")
}

// moveMemberships leaves out those the other account has too, from the same instant.
func moveMemberships(ctx context.Context, tx *db.Tx, from, to string) error {
	_, err := tx.Exec(ctx, `
		update organisation_members set person_id = $2
		where person_id = $1 and not exists (
			select 1 from organisation_members o
			where o.person_id = $2 and o.organisation_id = organisation_members.organisation_id
			  and (o.from_at = organisation_members.from_at or o.until_at is null and organisation_members.until_at is null))`, from, to)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `delete from organisation_members where person_id = $1`, from)
	return err
}
