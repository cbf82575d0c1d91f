package committee

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Reader is the relation of a member on a file that she reads.
const Reader = "rapporteur"

// Give has a member read a file, in the transaction of the act that decides it, which is
// journaled by who acts. Whoever gives has checked that nothing forbids it.
// Error: Conflict when she reads it already.
func Give(ctx context.Context, tx *db.Tx, p *policy.Service, by account.User, m Member, file application.ID, source string, c clock.Clock) error {
	n, err := tx.Exec(ctx, `
		insert into assignments (id, selection_id, application_id, member_id, source, assigned_by, assigned_at, end_reason) values ($1, $2, $3, $4, $5, $6, $7, '')
		on conflict do nothing`, db.NewID(), string(m.Selection), string(file), string(m.ID), source, by.Actor(), c.Now())
	if err != nil {
		return fmt.Errorf("give file %s to %s: %w", file, m.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "committee.reads_already")
	}
	return p.Grant(ctx, tx, by, policy.Relation{SubjectID: string(m.Person), Relation: Reader, Object: policy.Ref{Kind: "application", ID: string(file)}, ValidUntil: m.MandateUntil, Reason: "assignment"})
}

// TakeBack ends the reading of a file by a member now, in the transaction of the act that
// decides it, which is journaled by who acts. Error: Conflict when she does not read it.
func TakeBack(ctx context.Context, tx *db.Tx, p *policy.Service, by account.User, m Member, file application.ID, reason string, c clock.Clock) error {
	n, err := tx.Exec(ctx, `update assignments set ended_at = $3, end_reason = $4 where member_id = $1 and application_id = $2 and ended_at is null`, string(m.ID), string(file), c.Now(), reason)
	if err != nil {
		return fmt.Errorf("take file %s back from %s: %w", file, m.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "committee.reads_not")
	}
	_, err = p.Revoke(ctx, tx, by, policy.Relation{SubjectID: string(m.Person), Relation: Reader, Object: policy.Ref{Kind: "application", ID: string(file)}})
	return err
}
