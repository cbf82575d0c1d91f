package showcase

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/project"
)

// MaxRemark bounds what a team is asked to change, in characters.
const MaxRemark = 1000

// Ask asks a team for its sheet, which says so. Errors: as the policy, on sheet.clear.
func (s *Service) Ask(ctx context.Context, by account.User, id project.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := s.require(ctx, tx, by, "sheet.clear", id)
		if err != nil {
			return err
		}
		if now.ID == "" {
			if err := s.held(ctx, tx, by, &now, 0); err != nil {
				return err
			}
			for _, f := range now.Fields[:2] { // what the project already says stands there to begin with
				if _, err := tx.Exec(ctx, `insert into showcase_fields (sheet_id, field, value, saved_at, saved_by, agreed_by) values ($1, $2, $3, $4, $5, '')`, now.ID, string(f.Name), f.Value, s.clock.Now(), by.Actor()); err != nil {
					return fmt.Errorf("begin the sheet of project %s: %w", id, err)
				}
			}
		}
		if _, err := tx.Exec(ctx, `update showcase_sheets set asked_at = $2, asked_by = $3 where id = $1`, now.ID, s.clock.Now(), by.Actor()); err != nil {
			return fmt.Errorf("ask for the sheet of project %s: %w", id, err)
		}
		if err := s.tells(ctx, tx, by, ToldAsked, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by, act{"showcase.asked", onProject(id)}, nil)
	})
}

// SendBack gives a sheet back to its team, with what to change. Errors: Invalid on "remark";
// Conflict "showcase.stale", "showcase.not_proposed"; as the policy, on sheet.clear.
func (s *Service) SendBack(ctx context.Context, by account.User, id project.ID, version int64, remark string) error {
	remark = text.Clean(remark)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := s.require(ctx, tx, by, "sheet.clear", id)
		if err != nil {
			return err
		}
		switch {
		case oneLine(remark) == "":
			return errs.NewInvalid("showcase.invalid", []errs.Field{{Path: "remark", Key: "showcase.remark_missing"}})
		case utf8.RuneCountInString(remark) > MaxRemark:
			return errs.NewInvalid("showcase.invalid", []errs.Field{{Path: "remark", Key: "showcase.field_long", Args: []any{MaxRemark}}})
		}
		if err := s.pass(ctx, tx, by, passing{sheet: now, version: version, from: Proposed, to: Draft, act: "showcase.sent_back", set: `cleared_at = $5, cleared_by = $6`, wrong: "showcase.not_proposed"}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update showcase_sheets set remark = $2, cleared_at = null, cleared_by = '' where id = $1`, now.ID, remark); err != nil {
			return fmt.Errorf("send the sheet of project %s back: %w", id, err)
		}
		return s.tells(ctx, tx, by, ToldSentBack, id)
	})
}

// Clear says that a sheet may be published as it was read. Errors: as Propose, and Conflict
// "showcase.not_proposed"; as the policy, on sheet.clear.
func (s *Service) Clear(ctx context.Context, by account.User, id project.ID, version int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := s.require(ctx, tx, by, "sheet.clear", id)
		if err != nil {
			return err
		}
		if err := now.ready(); err != nil {
			return err
		}
		if err := s.pass(ctx, tx, by, passing{sheet: now, version: version, from: Proposed, to: Cleared, act: "showcase.cleared", set: `cleared_at = $5, cleared_by = $6`, wrong: "showcase.not_proposed"}); err != nil {
			return err
		}
		return s.tells(ctx, tx, by, ToldCleared, id)
	})
}

// Publish puts what was cleared before visitors, who see it once the embargo of its edition
// is over: what is agreed to now, and nothing else. Errors: as Clear, and Conflict
// "showcase.not_cleared".
func (s *Service) Publish(ctx context.Context, by account.User, id project.ID, version int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		now, err := s.require(ctx, tx, by, "sheet.clear", id)
		if err != nil {
			return err
		}
		if err := now.ready(); err != nil {
			return err
		}
		if err := s.pass(ctx, tx, by, passing{sheet: now, version: version, from: Cleared, to: Published, act: "showcase.published",
			set: `published_at = coalesce(published_at, $5), published_by = $6, changed_at = $5`, wrong: "showcase.not_cleared"}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update showcase_sheets set slug = coalesce(slug, $2), withdrawn_at = null, withdrawn_by = '' where id = $1`, now.ID, slugOf(now)); err != nil {
			return fmt.Errorf("give project %s its address: %w", id, err)
		}
		return s.show(ctx, tx, now.ID, now.Agreed())
	})
}

// slugOf is the public address of a project: its title, then letters of its own. A number
// that follows a title already taken would tell of a sheet that nobody may know of yet.
func slugOf(s Sheet) string {
	own := s.ID[max(0, len(s.ID)-5):]
	if base := text.Slug(s.Value(Title)); base != "" {
		return base + "-" + own
	}
	return "projet-" + own
}

// show writes what visitors read of a sheet, and what a search finds it by.
func (s *Service) show(ctx context.Context, tx *db.Tx, sheet string, p Public) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write what is public of sheet %s: %w", sheet, err)
	}
	if _, err := tx.Exec(ctx, `update showcase_sheets set public = $2, changed_at = $3 where id = $1`, sheet, string(body), s.clock.Now()); err != nil {
		return fmt.Errorf("write what is public of sheet %s: %w", sheet, err)
	}
	if err := s.index(ctx, tx, termSheet, sheet, p.words()); err != nil {
		return err
	}
	return s.turned(ctx, tx)
}

// The kinds of what words are kept of.
const (
	termSheet    = "sheet"
	termResource = "resource"
)

// index keeps the words of what is public, instead of those it had.
func (s *Service) index(ctx context.Context, tx *db.Tx, kind, id string, words []string) error {
	if _, err := tx.Exec(ctx, `delete from showcase_terms where kind = $1 and object_id = $2`, kind, id); err != nil {
		return fmt.Errorf("forget the words of %s %s: %w", kind, id, err)
	}
	for _, word := range words {
		if _, err := tx.Exec(ctx, `insert into showcase_terms (kind, object_id, word) values ($1, $2, $3) on conflict do nothing`, kind, id, word); err != nil {
			return fmt.Errorf("keep the words of %s %s: %w", kind, id, err)
		}
	}
	return nil
}
