package shelf

import (
	"context"
	"fmt"
	"regexp"

	"transformateur/internal/account"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/kit/drafting"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

// require loads a kit on which by may do action.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id ID) (Entry, error) {
	e, err := load(ctx, r, id)
	if err != nil {
		return e, err
	}
	_, err = s.policy.Require(ctx, r, by, action, e.Object())
	return e, err
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id ID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "kit", ID: string(id), Detail: detail})
}

// encoded is a draft as it is kept. Error: Invalid kit.too_big.
func encoded(k *kit.Kit) (string, error) {
	text := k.Encode()
	if len(text) > MaxSize {
		return "", errs.NewInvalid("kit.invalid", []errs.Field{{Key: "kit.too_big", Args: []any{MaxSize}}})
	}
	return string(text), nil
}

var name = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Create puts a kit on the shelf of an edition, as a draft: made from nothing, a copy of
// another one, or what a file held. It may have faults, except that it has a title.
// Errors: Invalid title kit.no_title, kit.too_big; Conflict kit.too_many_kits; as the
// policy, on kit.create.
func (s *Service) Create(ctx context.Context, by account.User, edition programme.EditionID, k *kit.Kit) (id ID, err error) {
	k = drafting.Copy(k)
	k.Version = kit.Version
	if !name.MatchString(k.ID) {
		k.ID = drafting.Name(k.Title.In("fr"), nil)
	}
	text, tooBig := encoded(k)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := programme.FindEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "kit.create", e.PolicyObject()); err != nil {
			return err
		}
		if k.Title.In("fr") == "" {
			return errs.NewInvalid("kit.invalid", []errs.Field{{Path: "title", Key: "kit.no_title"}})
		}
		if tooBig != nil {
			return tooBig
		}
		held, err := db.Get(ctx, tx, db.Value[int], `select count(*) from kits where edition_id = $1`, string(edition))
		if err != nil {
			return fmt.Errorf("count the kits of %s: %w", edition, err)
		}
		if held >= MaxKits {
			return errs.New(errs.Conflict, "kit.too_many_kits", MaxKits)
		}
		id = ID(db.NewID())
		_, err = tx.Exec(ctx, `insert into kits (id, edition_id, title, draft, revision, version, published_revision, created_at, created_by, updated_at, updated_by)
			values ($1, $2, $3, $4, 1, 0, 0, $5, $6, $5, $6)`, string(id), string(edition), k.Title.In("fr"), text, s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("create a kit: %w", err)
		}
		return s.note(ctx, tx, by, "kit.created", id, map[string]any{"edition": string(edition)})
	})
	return id, err
}

// Save keeps the draft, with its faults, if nobody saved since revision, and gives the
// revision that it is now. Errors: Invalid kit.too_big; Conflict kit.meanwhile; as the
// policy, on kit.edit.
func (s *Service) Save(ctx context.Context, by account.User, id ID, k *kit.Kit, revision int64) (int64, error) {
	text, tooBig := encoded(k)
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "kit.edit", id); err != nil {
			return err
		}
		if tooBig != nil {
			return tooBig
		}
		n, err := tx.Exec(ctx, `update kits set title = $3, draft = $4, revision = revision + 1, updated_at = $5, updated_by = $6 where id = $1 and revision = $2`,
			string(id), revision, k.Title.In("fr"), text, s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("save kit %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "kit.meanwhile")
		}
		return s.note(ctx, tx, by, "kit.saved", id, map[string]any{"revision": revision + 1})
	})
	return revision + 1, err
}

// Publish makes the draft, as it was at revision, the next version, from which boards are
// made from now on; those that stand stay on theirs. Errors: Invalid kit.invalid, with
// each fault; Conflict kit.meanwhile, kit.nothing_new, kit.retired; as the policy, on
// kit.edit.
func (s *Service) Publish(ctx context.Context, by account.User, id ID, revision int64) (version int, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.require(ctx, tx, by, "kit.edit", id)
		if err != nil {
			return err
		}
		switch {
		case e.Status() == Retired:
			return errs.New(errs.Conflict, "kit.retired")
		case e.Revision != revision:
			return errs.New(errs.Conflict, "kit.meanwhile")
		case !e.Ahead():
			return errs.New(errs.Conflict, "kit.nothing_new")
		}
		body := drafting.Tidy(e.Kit)
		if err := body.Check(); err != nil {
			return err
		}
		version = e.Version + 1
		n, err := tx.Exec(ctx, `update kits set version = $3, published_revision = revision where id = $1 and revision = $2 and version = $3 - 1`, string(id), revision, version)
		if err != nil {
			return fmt.Errorf("publish kit %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "kit.meanwhile")
		}
		_, err = tx.Exec(ctx, `insert into kit_versions (id, kit_id, number, body, published_at, published_by) values ($1, $2, $3, $4, $5, $6)`,
			db.NewID(), string(id), version, string(body.Encode()), s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("publish kit %s: %w", id, err)
		}
		return s.note(ctx, tx, by, "kit.published", id, map[string]any{"version": version})
	})
	return version, err
}

// Retire puts a kit away: no board is made from it any more, those that stand go on.
// Error: Conflict kit.retired; as the policy, on kit.edit.
func (s *Service) Retire(ctx context.Context, by account.User, id ID) error {
	return s.put(ctx, by, id, true)
}

// Restore takes a kit out again. Error: Conflict kit.not_retired; as the policy, on
// kit.edit.
func (s *Service) Restore(ctx context.Context, by account.User, id ID) error {
	return s.put(ctx, by, id, false)
}

func (s *Service) put(ctx context.Context, by account.User, id ID, away bool) error {
	act, refused := "kit.restored", "kit.not_retired"
	text, args := `update kits set retired_at = null where id = $1 and retired_at is not null`, []any{string(id)}
	if away {
		act, refused = "kit.retired", "kit.retired"
		text, args = `update kits set retired_at = $2 where id = $1 and retired_at is null`, append(args, s.clock.Now())
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "kit.edit", id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, text, args...)
		if err != nil {
			return fmt.Errorf("put kit %s away or back: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, refused)
		}
		return s.note(ctx, tx, by, act, id, nil)
	})
}
