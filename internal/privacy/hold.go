package privacy

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Hold keeps everything about a person, in a file or of a project from being erased, for a reason
// such as a lawsuit (GDPR, article 17(3)(e)).
type Hold struct {
	ID       string
	Object   policy.Ref
	Name     string // of the person, or title of the file; a project is told by its edition
	Reason   string
	PlacedAt time.Time
}

// held says whether a hold stands on an object.
func held(ctx context.Context, r db.Reader, on policy.Ref) (bool, error) {
	n, err := db.Get(ctx, r, db.Value[int], `select count(*) from legal_holds where object_kind = $1 and object_id = $2 and lifted_at is null`, on.Kind, on.ID)
	if err != nil {
		return false, fmt.Errorf("look for a legal hold: %w", err)
	}
	return n > 0, nil
}

// PlaceHold keeps a person, known by an address, or a file or a project, known by its identifier,
// from being erased. Errors: Invalid on "email" and "reason"; Conflict privacy.hold_stands.
func (s *Service) PlaceHold(ctx context.Context, by account.User, email, file, reason string) error {
	reason, err := reasonOf(reason)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.require(ctx, tx, by, actRequests, policy.Platform); err != nil {
			return err
		}
		var on policy.Ref
		if file == "" {
			person, err := s.whose(ctx, tx, email)
			if err != nil {
				return err
			}
			on = policy.Ref{Kind: "person", ID: person}
		} else if on, err = stored(ctx, tx, file, ""); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "hold:"+on.ID); err != nil {
			return err
		}
		if stands, err := held(ctx, tx, on); err != nil {
			return err
		} else if stands {
			return errs.New(errs.Conflict, "privacy.hold_stands")
		}
		id := db.NewID()
		if _, err := tx.Exec(ctx, `
			insert into legal_holds (id, object_kind, object_id, reason, placed_by, placed_at, lifted_by) values ($1, $2, $3, $4, $5, $6, '')`,
			id, on.Kind, on.ID, reason, by.Actor(), s.clock.Now()); err != nil {
			return fmt.Errorf("place a legal hold: %w", err)
		}
		return s.record(ctx, tx, by, "hold.placed", on, map[string]any{"hold": id})
	})
}

// LiftHold ends a hold. NotFound when it does not stand.
func (s *Service) LiftHold(ctx context.Context, by account.User, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.require(ctx, tx, by, actRequests, policy.Platform); err != nil {
			return err
		}
		var on policy.Ref
		err := tx.QueryRow(ctx, `
			update legal_holds set lifted_at = $2, lifted_by = $3 where id = $1 and lifted_at is null returning object_kind, object_id`, id, s.clock.Now(), by.Actor()).Scan(&on.Kind, &on.ID)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, by, "hold.lifted", on, map[string]any{"hold": id})
	})
}

// Holds lists the holds that stand.
func (s *Service) Holds(ctx context.Context, by account.User) ([]Hold, error) {
	r := s.db.Reader()
	if err := s.require(ctx, r, by, actRequests, policy.Platform); err != nil {
		return nil, err
	}
	return db.List(ctx, r, func(sc db.Scanner) (h Hold, err error) {
		err = sc.Scan(&h.ID, &h.Object.Kind, &h.Object.ID, &h.Name, &h.Reason, &h.PlacedAt)
		return h, err
	}, `select h.id, h.object_kind, h.object_id, coalesce(p.name, a.title, e.name_fr, ''), h.reason, h.placed_at from legal_holds h
		left join people p on h.object_kind = 'person' and p.id = h.object_id
		left join applications a on h.object_kind = 'application' and a.id = h.object_id
		left join projects t on h.object_kind = 'project' and t.id = h.object_id left join editions e on e.id = t.edition_id
		where h.lifted_at is null order by h.placed_at desc, h.id`)
}
