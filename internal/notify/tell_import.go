package notify

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/application"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

// tellImport writes to the owner of a file that was brought here, when who imported it
// asked for that. It waits for a lead to release it, as other mails to many do.
func (s *Service) tellImport(ctx context.Context, tx *db.Tx, f file, e event.Event) error {
	var p application.ReceivedEvent
	if err := e.Read(&p); err != nil || !p.Tell {
		return err
	}
	var origin, number string
	var at time.Time
	err := tx.QueryRow(ctx, `select origin, number, imported_at from application_origins where application_id = $1`, f.id).Scan(&origin, &number, &at)
	if errs.Is(err, errs.NotFound) {
		return nil // the import was undone meanwhile
	}
	if err != nil {
		return fmt.Errorf("read the origin of %s: %w", f.id, err)
	}
	people, err := team(ctx, tx, f.id, s.clock.Now(), `'owner'`)
	if err != nil {
		return err
	}
	for _, who := range people {
		m := s.fileMail(f, who, "application_imported", f.id, map[string]string{"Author": origin, "Number": number, "Instant": text.Instant(who.lang, at.In(zone.Location(f.call.Zone)))})
		m.Hold, m.Batch = UntilReleased, "import:"+p.Import
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}
