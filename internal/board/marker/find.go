package marker

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/project"
)

// Found is where a code leads somebody.
type Found struct {
	Join   string       // the code of the door to come in by first; "" when she is in
	Boards []room.Board // the board, or those among which she picks
	Whose  []string     // the projects of those boards, "" for one that is everybody's
	Zone   string       // the zone
	Card   string       // the card
	New    bool         // which is on paper only, so far
}

// Sheet is a card that is on paper, and on the board once somebody types it there.
type Sheet struct {
	Code   string
	ID     string // of the card
	Type   string
	Prompt string
	Zone   string // where its prompt is answered, "" where people please
}

type row struct {
	code, board, kit, place string
	gathering               gathering.ID
}

func scan(sc db.Scanner) (r row, err error) {
	err = sc.Scan(&r.code, &r.gathering, &r.board, &r.kit, &r.place)
	return r, err
}

func (s *Service) row(ctx context.Context, code string) (row, error) {
	r, err := db.Get(ctx, s.db.Reader(), scan, `select code, gathering_id, board_id, kit_id, place from board_codes where code = $1`, gathering.PlainCode(code))
	if err != nil {
		return r, fmt.Errorf("read a printed code: %w", err)
	}
	return r, nil
}

// Find says where a code leads, whoever holds it: to the door of its gathering for who is
// not in, to the board otherwise; to that of her own project among several of the kit.
// Error: NotFound for a code that leads nowhere now.
func (s *Service) Find(ctx context.Context, by account.User, code string) (f Found, err error) {
	at, err := s.row(ctx, code)
	if err != nil {
		return f, err
	}
	boards, err := s.boards(ctx, by, at)
	if err != nil {
		return f, err
	}
	if len(boards) == 0 { // nothing that she may read: she comes in first
		f.Join, err = gathering.JoinCode(ctx, s.db.Reader(), at.gathering)
		return f, err
	}
	f.Boards = boards
	for _, b := range boards {
		title := ""
		if b.Project != "" {
			p, err := project.Load(ctx, s.db.Reader(), project.ID(b.Project))
			if err != nil {
				return f, err
			}
			title = p.Title
		}
		f.Whose = append(f.Whose, title)
	}
	if zone, is := strings.CutPrefix(at.place, "z/"); is {
		f.Zone = zone
		return f, nil
	}
	if len(boards) > 1 {
		f.New = true
		return f, nil
	}
	state, _, err := room.Replay(ctx, s.db.Reader(), boards[0].ID, 0)
	if err != nil {
		return f, err
	}
	f.Card, f.New = card(state, at)
	return f, nil
}

// boards are those that a code may lead somebody to.
func (s *Service) boards(ctx context.Context, by account.User, at row) ([]room.Board, error) {
	if by.IsVisitor() {
		return nil, nil
	}
	all, err := room.Of(ctx, s.db.Reader(), string(at.gathering))
	if err != nil {
		return nil, err
	}
	seat, err := gathering.Seat(ctx, s.db.Reader(), at.gathering, by.ID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return nil, err
	}
	var list []room.Board
	for _, b := range all {
		if at.board != "" && string(b.ID) != at.board || at.board == "" && b.KitID != at.kit {
			continue
		}
		if denied := s.rooms.May(ctx, by, "board.read", b.ID); denied != nil {
			continue
		}
		if at.board == "" && seat.Project != "" && b.Project == string(seat.Project) {
			return []room.Board{b}, nil
		}
		list = append(list, b)
	}
	return list, nil
}

// card is the card that a code stands for on a board: the one that its deck dealt, the
// one that was typed from the paper, or none yet.
func card(state *board.State, at row) (id string, fresh bool) {
	if prompt, is := strings.CutPrefix(at.place, "p/"); is {
		deck, one, _ := strings.Cut(prompt, ".")
		if dealt := board.Dealt(deck, one); state.Cards[dealt] != nil {
			return dealt, false
		}
	}
	id = "paper" + strings.ToLower(at.code)
	return id, state.Cards[id] == nil
}

// Sheet is the card of a code that a board does not have yet, to be typed there. Errors:
// as the policy; NotFound for a code of something else, and for a card that is there.
func (s *Service) Sheet(ctx context.Context, by account.User, id room.ID, code string) (Sheet, error) {
	none := errs.New(errs.NotFound, "board.unknown")
	v, err := s.rooms.Read(ctx, by, id)
	if err != nil {
		return Sheet{}, err
	}
	state, b := v.State, v.Board
	at, err := s.row(ctx, code)
	if err != nil {
		return Sheet{}, err
	}
	if string(at.gathering) != b.Gathering || at.board != "" && at.board != string(b.ID) || at.kit != b.KitID {
		return Sheet{}, none
	}
	named, fresh := card(state, at)
	if !fresh {
		return Sheet{}, none
	}
	sheet := Sheet{Code: at.code, ID: named}
	if prompt, is := strings.CutPrefix(at.place, "p/"); is {
		deck, _, _ := strings.Cut(prompt, ".")
		for _, d := range state.Decks() {
			if d.ID == deck {
				sheet.Type = d.Card
			}
		}
		p, known := state.Prompt(prompt)
		if !known {
			return Sheet{}, none
		}
		sheet.Prompt, sheet.Zone = prompt, p.Zone
	} else if rest, is := strings.CutPrefix(at.place, "n/"); is {
		sheet.Type, _, _ = strings.Cut(rest, "/")
	}
	if _, known := state.Kit().Card(sheet.Type); !known {
		return Sheet{}, none
	}
	return sheet, nil
}
