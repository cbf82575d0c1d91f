package right

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/support/ledger"
)

// Post writes one movement, for tests that want any of them.
func (s *Service) Post(ctx context.Context, tx *db.Tx, by account.User, act ledger.Act, way ledger.Way, minutes int64) error {
	return s.post(ctx, tx, by, move{act: act, way: way, minutes: minutes, reason: "test"})
}
