package application

import (
	"context"
	"fmt"

	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// StandingIn lists the files that stand in a selection, by their number, without asking
// who wants them: the capabilities that select ask the policy about each.
func StandingIn(ctx context.Context, r db.Reader, selection string) ([]Application, error) {
	return db.List(ctx, r, scanApplication, `select `+columns+` from applications where selection_id = $1 and deleted_at is null order by number`, selection)
}

// Enter puts files in a selection, in the transaction of the act that opens its reading.
// veiled hides from its readers who bears the projects.
func Enter(ctx context.Context, tx *db.Tx, selection string, files []ID, veiled bool) error {
	for _, id := range files {
		if _, err := tx.Exec(ctx, `update applications set selection_id = $2, veiled = $3 where id = $1`, string(id), selection, veiled); err != nil {
			return fmt.Errorf("put file %s in its selection: %w", id, err)
		}
	}
	return nil
}

// MoveWith brings the files of a selection to the stage that it reaches.
func MoveWith(ctx context.Context, tx *db.Tx, selection string, to policy.Stage) error {
	if _, err := tx.Exec(ctx, `update applications set phase = $2 where selection_id = $1`, selection, int(to)); err != nil {
		return fmt.Errorf("move the files of selection %s: %w", selection, err)
	}
	return nil
}
