package screening

import (
	"context"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
)

// View is a way to look at the files of a call that somebody kept under a name.
type View struct {
	ID      string
	Name    string
	Query   string // the filters, as the address of the list carries them
	Shared  bool   // with everybody who follows the call
	Mine    bool
	SavedAt time.Time
}

// maxView bounds the filters of a view, in bytes.
const maxView = 2000

// Views lists a person's views of a call, and those shared with her.
func (s *Service) Views(ctx context.Context, by account.User, id call.ID) ([]View, error) {
	if _, err := s.callFor(ctx, by, "call.files", id); err != nil {
		return nil, err
	}
	return db.List(ctx, s.db.Reader(), func(sc db.Scanner) (v View, err error) {
		var person string
		err = sc.Scan(&v.ID, &person, &v.Name, &v.Query, &v.Shared, &v.SavedAt)
		v.Mine = person == string(by.ID)
		return v, err
	}, `select id, person_id, name, query, shared, saved_at from saved_views
		where call_id = $1 and (person_id = $2 or shared) order by name, id`, string(id), string(by.ID))
}

// SaveView keeps filters under a name; one's own view of that name is replaced.
func (s *Service) SaveView(ctx context.Context, by account.User, id call.ID, v View) (View, error) {
	if _, err := s.callFor(ctx, by, "call.files", id); err != nil {
		return v, err
	}
	v.ID, v.Name, v.Mine, v.SavedAt = db.NewID(), strings.TrimSpace(text.Clean(v.Name)), true, s.clock.Now()
	var bad []errs.Field
	if v.Name == "" || len([]rune(v.Name)) > 60 {
		bad = append(bad, errs.Field{Path: "name", Key: "application.view_name"})
	}
	if len(v.Query) > maxView {
		bad = append(bad, errs.Field{Path: "query", Key: "application.view_too_long"})
	}
	if err := errs.NewInvalid("application.invalid", bad); err != nil {
		return v, err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `delete from saved_views where call_id = $1 and person_id = $2 and name = $3`, string(id), string(by.ID), v.Name); err != nil {
			return fmt.Errorf("replace the view of %s: %w", id, err)
		}
		if _, err := tx.Exec(ctx, `insert into saved_views (id, call_id, person_id, name, query, shared, saved_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			v.ID, string(id), string(by.ID), v.Name, v.Query, v.Shared, v.SavedAt); err != nil {
			return fmt.Errorf("save a view of %s: %w", id, err)
		}
		return journal.Write(ctx, tx, v.SavedAt, journal.Entry{Actor: by.Actor(), Act: "call.view_saved", Kind: "call", ID: string(id), Detail: map[string]any{"view": v.ID, "shared": v.Shared}})
	})
	return v, err
}

// RemoveView forgets one of the person's own views.
func (s *Service) RemoveView(ctx context.Context, by account.User, id call.ID, view string) error {
	if _, err := s.callFor(ctx, by, "call.files", id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `delete from saved_views where id = $1 and call_id = $2 and person_id = $3`, view, string(id), string(by.ID))
		if err != nil {
			return fmt.Errorf("remove a view of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "call.view_removed", Kind: "call", ID: string(id), Detail: map[string]any{"view": view}})
	})
}
