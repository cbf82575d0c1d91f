package room

import (
	"context"
	"encoding/json"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/project"
)

// Imported is the role of an author who is named in a file: she sits nowhere.
const Imported kit.Role = "imported"

// named adds the authors of a file to those who sit in the gathering.
func named(people map[string]Seat, s *board.State) map[string]Seat {
	for id, name := range s.Names {
		people[id] = Seat{Participant: id, Name: name, Role: Imported}
	}
	return people
}

// Bring is a board to be made of what a file holds.
type Bring struct {
	Gathering gathering.ID
	Project   project.ID // "" for a board that is everybody's
	Title     string
	Variant   string
	Kit       *kit.Kit
	Content   board.Content
}

// Import makes a board of what a file holds: its content is the first entry of its log.
// Errors: as the policy, of gathering.manage; NotFound for a project of another edition;
// Invalid board.no_variant, and what board.Content refuses.
func (s *Service) Import(ctx context.Context, by account.User, n Bring) (b Board, err error) {
	value, err := json.Marshal(n.Content)
	if err != nil {
		return b, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := gathering.Load(ctx, tx, n.Gathering)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "gathering.manage", g.Object()); err != nil {
			return err
		}
		if n.Project != "" {
			p, err := project.Load(ctx, tx, n.Project)
			if err != nil {
				return err
			}
			if p.Edition != g.Edition {
				return errs.New(errs.NotFound, "errs.not_found")
			}
		}
		if b, err = s.Make(ctx, tx, by, Board{Gathering: string(g.ID), Project: string(n.Project), Title: n.Title, Variant: n.Variant}, n.Kit); err != nil {
			return err
		}
		first := row{Entry: board.Entry{N: 1, Client: "import" + string(b.ID), Seq: 1, At: b.Created, Op: canonical(board.Op{Kind: "board.import", Value: value})}}
		state := board.New(n.Kit, b.Variant, b.Created)
		if _, err := board.Apply(state, first.Entry); err != nil {
			return err
		}
		if err := insert(ctx, tx, b.ID, first); err != nil {
			return err
		}
		if err := advance(ctx, tx, b.ID, 0, state, b.Created); err != nil {
			return err
		}
		b.N = 1
		return journal.Write(ctx, tx, b.Created, journal.Entry{Actor: by.Actor(), Act: "board.imported", Kind: "board", ID: string(b.ID), Detail: map[string]any{"cards": len(n.Content.Cards)}})
	})
	return b, err
}
