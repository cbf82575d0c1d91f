package gathering

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Admit seats somebody who asked to come, in the transaction of the act that accepts her.
// Errors: Conflict "gathering.closed", "gathering.full", "gathering.there_already".
func (s *Service) Admit(ctx context.Context, tx *db.Tx, by account.User, g Gathering, p Participant) (Participant, error) {
	if g.Status == Closed {
		return p, errs.New(errs.Conflict, "gathering.closed")
	}
	_, err := seatOf(ctx, tx, g.ID, p.Person)
	if err == nil {
		err = errs.New(errs.Conflict, "gathering.there_already")
	}
	if !errs.Is(err, errs.NotFound) {
		return p, err
	}
	return s.seat(ctx, tx, by, g, p)
}

// Depart ends the seat of somebody who takes back that she comes, in the transaction of
// that act; a seat that ended stays so. Errors: Conflict "gathering.last_facilitator".
func (s *Service) Depart(ctx context.Context, tx *db.Tx, by account.User, g Gathering, participant string) error {
	p, err := loadSeat(ctx, tx, g, participant)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.another(ctx, tx, g, p); err != nil {
		return err
	}
	return s.leaves(ctx, tx, by, p)
}
