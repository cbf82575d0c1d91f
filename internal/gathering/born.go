package gathering

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/decision"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// onPlace makes the project of a file whose place is confirmed, and notes that one left.
func (s *Service) onPlace(ctx context.Context, tx *db.Tx, e event.Event) error {
	d, err := decision.ByID(ctx, tx, e.ObjectID)
	if errs.Is(err, errs.NotFound) { // replaced by another one, which tells its own place
		return nil
	}
	if err != nil {
		return fmt.Errorf("read decision %s: %w", e.ObjectID, err)
	}
	if d.PlaceAt(s.clock.Now()) != decision.Confirmed {
		return s.projects.Leaves(ctx, tx, account.System, string(d.File))
	}
	return s.bear(ctx, tx, d.File)
}

func (s *Service) bear(ctx context.Context, tx *db.Tx, file application.ID) error {
	a, err := application.Load(ctx, tx, file)
	if errs.Is(err, errs.NotFound) { // deleted since
		return nil
	}
	if err != nil {
		return fmt.Errorf("load file %s: %w", file, err)
	}
	c, err := call.Load(ctx, tx, a.CallID)
	if err != nil {
		return fmt.Errorf("load the call of file %s: %w", file, err)
	}
	_, err = s.projects.Born(ctx, tx, account.System, project.Birth{Edition: programme.EditionID(c.EditionID), Application: string(a.ID), Title: a.Title})
	return err
}

// catchUp makes the projects of the places that were confirmed before projects were.
func (s *Service) catchUp(ctx context.Context) error {
	list, err := db.List(ctx, s.db.Reader(), db.Value[string], `
		select d.id from decisions d join applications a on a.id = d.application_id
		where d.confirmed_at is not null and d.gave_up_at is null and d.announced_at is not null and a.deleted_at is null
		  and not exists (select 1 from projects p where p.application_id = d.application_id) order by d.id`)
	if err != nil {
		return fmt.Errorf("list the places without a project: %w", err)
	}
	for _, id := range list {
		if err := s.db.Write(ctx, func(tx *db.Tx) error { return s.onPlace(ctx, tx, event.Event{ObjectID: id}) }); err != nil {
			return err
		}
	}
	return nil
}
