package account

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Carried is somebody who came by, under a name she typed, where this program could not
// be reached.
type Carried struct {
	ID   PersonID // drawn there
	Name string
	Lang string
	Zone string
	At   time.Time // when she came
	From Ref       // what she came to
}

// AdmitCarried makes a person who came by elsewhere, in the transaction of the act that
// brings her here; she has no sign-in here. Errors: Invalid on "name", or when her id is
// none; Conflict account.taken when somebody has that id.
func (s *Service) AdmitCarried(ctx context.Context, tx *db.Tx, c Carried) (Person, error) {
	said := Profile{Name: c.Name, Lang: langOf(c.Lang), Zone: c.Zone}
	if err := said.check(); err != nil {
		return Person{}, err
	}
	if len(c.ID) < 16 || len(c.ID) > 40 {
		return Person{}, errs.New(errs.Invalid, "errs.invalid")
	}
	p := Person{ID: c.ID, Name: said.Name, Lang: said.Lang, Zone: said.Zone, Welcomed: true, CreatedAt: c.At}
	n, err := tx.Exec(ctx, `insert into people (id, name, lang, zone, created_at, welcomed_at) values ($1, $2, $3, $4, $5, $5) on conflict (id) do nothing`, string(p.ID), p.Name, p.Lang, p.Zone, p.CreatedAt)
	if err != nil {
		return p, fmt.Errorf("make a guest who came elsewhere: %w", err)
	}
	if n == 0 {
		return p, errs.New(errs.Conflict, "account.taken")
	}
	return p, journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: System.Actor(), Act: "person.admitted", Kind: "person", ID: string(p.ID), Detail: map[string]any{"to": c.From.Kind + ":" + c.From.ID}})
}
