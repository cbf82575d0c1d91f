// Package marker is the short codes that are printed on cards and posters, each of which leads to a place of a board.
package marker

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"transformateur/internal/account"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// MaxBlanks bounds the blank cards of each type of one printing.
const MaxBlanks = 48

// Service makes codes and reads them.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	rooms      *room.Service
	gatherings *gathering.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Rooms      *room.Service
	Gatherings *gathering.Service
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, rooms: d.Rooms, gatherings: d.Gatherings}
}

// Pack is what is printed: for one board, or for every board that a gathering makes of a
// kit, on which each team finds its own.
type Pack struct {
	Board     room.Board // empty for a kit
	Gathering gathering.Gathering
	Kit       *kit.Kit
	Variant   string
	Zones     []Marked
	Prompts   []Marked
	Blanks    []Marked
}

// Marked is a place with its code: the id of a zone, "deck.prompt", or a type of card.
type Marked struct{ Place, Code string }

// Of is the pack of a board, without codes: what a page asks about before printing.
// Errors: as the policy, of board.conduct.
func (s *Service) Of(ctx context.Context, by account.User, id room.ID) (Pack, error) {
	if err := s.rooms.May(ctx, by, "board.conduct", id); err != nil {
		return Pack{}, err
	}
	v, err := s.rooms.Read(ctx, by, id)
	if err != nil {
		return Pack{}, err
	}
	return Pack{Board: v.Board, Gathering: v.Gathering, Kit: v.State.Kit(), Variant: v.Board.Variant}, nil
}

// For is the pack of a kit for a gathering, without codes. variant picks a set of decks;
// "" is the first. Errors: as the policy, of gathering.manage; Invalid board.no_variant.
func (s *Service) For(ctx context.Context, by account.User, id gathering.ID, k *kit.Kit, variant string) (Pack, error) {
	v, err := s.gatherings.Managed(ctx, by, id)
	if err != nil {
		return Pack{}, err
	}
	all := k.Variants()
	if variant == "" && len(all) > 0 {
		variant = all[0]
	}
	if variant != "" && !slices.Contains(all, variant) {
		return Pack{}, errs.New(errs.Invalid, "board.no_variant")
	}
	return Pack{Gathering: v.Gathering, Kit: k, Variant: variant}, nil
}

// Decks are those of the pack.
func (p Pack) Decks() (list []kit.Deck) {
	for _, d := range p.Kit.Decks {
		if d.Variant == "" || d.Variant == p.Variant {
			list = append(list, d)
		}
	}
	return list
}

// Mark gives codes to a pack that Of or For gave to by: to each zone, to each prompt, and
// to some blank cards of each type, which are new ones at each printing. Errors: Invalid
// board.print_blanks.
func (s *Service) Mark(ctx context.Context, by account.User, p Pack, blanks int) (Pack, error) {
	if blanks < 0 || blanks > MaxBlanks {
		return p, errs.NewInvalid("board.invalid", []errs.Field{{Path: "blanks", Key: "board.print_blanks", Args: []any{MaxBlanks}}})
	}
	return p, s.db.Write(ctx, func(tx *db.Tx) error {
		p.Zones, p.Prompts, p.Blanks = nil, nil, nil
		have, err := s.codes(ctx, tx, p)
		if err != nil {
			return err
		}
		code := func(place string) (string, error) {
			if old := have[place]; old != "" {
				return old, nil
			}
			return s.draw(ctx, tx, by, p, place)
		}
		for _, z := range p.Kit.Zones {
			if err := put(&p.Zones, z.ID, "z/"+z.ID, code); err != nil {
				return err
			}
		}
		for _, d := range p.Decks() {
			for _, one := range d.Prompts {
				if err := put(&p.Prompts, d.ID+"."+one.ID, "p/"+d.ID+"."+one.ID, code); err != nil {
					return err
				}
			}
		}
		next := len(have)
		for _, c := range p.Kit.Cards {
			for n := range blanks {
				if err := put(&p.Blanks, c.ID, "n/"+c.ID+"/"+strconv.Itoa(next+n), code); err != nil {
					return err
				}
			}
		}
		kind, id := "board", string(p.Board.ID)
		if id == "" {
			kind, id = "gathering", string(p.Gathering.ID)
		}
		return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: "board.printed", Kind: kind, ID: id, Detail: map[string]any{"kit": p.Kit.ID}})
	})
}

func put(list *[]Marked, name, place string, code func(string) (string, error)) error {
	c, err := code(place)
	*list = append(*list, Marked{name, c})
	return err
}

// codes are those that a pack has already, by place.
func (s *Service) codes(ctx context.Context, r db.Reader, p Pack) (map[string]string, error) {
	have := map[string]string{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var place, code string
		err := sc.Scan(&place, &code)
		have[place] = code
		return true, err
	}, `select place, code from board_codes where gathering_id = $1 and board_id = $2 and kit_id = $3`, string(p.Gathering.ID), string(p.Board.ID), p.Kit.ID)
	if err != nil {
		return nil, fmt.Errorf("read the codes of kit %s: %w", p.Kit.ID, err)
	}
	return have, nil
}

func (s *Service) draw(ctx context.Context, tx *db.Tx, by account.User, p Pack, place string) (string, error) {
	code := gathering.DrawCode()
	_, err := tx.Exec(ctx, `insert into board_codes (code, gathering_id, board_id, kit_id, place, made_at, made_by) values ($1, $2, $3, $4, $5, $6, $7)`,
		code, string(p.Gathering.ID), string(p.Board.ID), p.Kit.ID, place, s.clock.Now(), by.Actor())
	if err != nil {
		return "", fmt.Errorf("keep the code of %s: %w", place, err)
	}
	return code, nil
}
