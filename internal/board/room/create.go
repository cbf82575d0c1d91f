package room

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// Make makes a board from a kit, in a gathering, for a project or for all. variant picks
// one set of decks where the kit has several; "" is the first. The board stays on the kit
// as it is now. Error: Invalid board.no_variant.
func (s *Service) Make(ctx context.Context, tx *db.Tx, by account.User, b Board, k *kit.Kit) (Board, error) {
	variants := k.Variants()
	if b.Variant == "" && len(variants) > 0 {
		b.Variant = variants[0]
	}
	if b.Variant != "" && !slices.Contains(variants, b.Variant) {
		return b, errs.New(errs.Invalid, "board.no_variant")
	}
	b.ID, b.KitID, b.Created = ID(db.NewID()), k.ID, db.Instant(s.clock.Now())
	first := board.New(k, b.Variant, b.Created)
	state, err := json.Marshal(first)
	if err != nil {
		return b, err
	}
	var project *string
	if b.Project != "" {
		project = &b.Project
	}
	_, err = tx.Exec(ctx, `insert into boards (id, gathering_id, project_id, title, kit_id, variant, n, created_at, created_by, phase)
		values ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9)`,
		string(b.ID), b.Gathering, project, b.Title, b.KitID, b.Variant, b.Created, string(by.ID), first.Desk.Phase)
	if err != nil {
		return b, fmt.Errorf("make a board of kit %s: %w", k.ID, err)
	}
	if _, err := tx.Exec(ctx, `insert into board_sheets (id, kit, state, snapshot_n) values ($1, $2, $3, 0)`, string(b.ID), string(k.Encode()), string(state)); err != nil {
		return b, fmt.Errorf("keep the kit of board %s: %w", b.ID, err)
	}
	return b, journal.Write(ctx, tx, b.Created, journal.Entry{Actor: by.Actor(), Act: "board.made", Kind: "board", ID: string(b.ID)})
}

// Shut closes a board: nothing more is written on it. Error: Conflict board.closed.
func (s *Service) Shut(ctx context.Context, tx *db.Tx, by account.User, id ID) error {
	n, err := tx.Exec(ctx, `update boards set closed_at = $2 where id = $1 and closed_at is null`, string(id), s.clock.Now())
	if err != nil {
		return fmt.Errorf("close board %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "board.closed")
	}
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "board.closed", Kind: "board", ID: string(id)})
}
