// Package gift is what somebody gave to projects on boards, and what became of it.
package gift

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Given is what somebody gave to a project, and what became of it: where its card lies
// now, and what others wrote on it since.
type Given struct {
	Board   room.Board
	About   string // the title of the project
	Card    string
	Words   string // what she gave, in the language that was asked for
	Zone    form.Localised
	Moved   bool // from where it was given
	Removed bool
	Replies []Reply
}

// Reply is what somebody else wrote on a card.
type Reply struct {
	Label form.Localised
	Words string
	By    string // her name
}

// Service tells people what became of what they gave.
type Service struct {
	db     *db.DB
	policy *policy.Service
	rooms  *room.Service
}

// New makes the service.
func New(d *db.DB, p *policy.Service, rooms *room.Service) *Service { return &Service{d, p, rooms} }

// Of lists what by gave to projects in a gathering, as cards that become contributions;
// those that are not revealed yet too, since they are hers. Errors: NotFound, Forbidden.
func (s *Service) Of(ctx context.Context, by account.User, id gathering.ID, lang string) (list []Given, err error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.policy.Require(ctx, r, by, "board.read", g.Object()); err != nil {
		return nil, err
	}
	seat, err := gathering.Seat(ctx, r, id, by.ID)
	if errs.Is(err, errs.NotFound) {
		return nil, nil // who only looks on gave nothing
	}
	if err != nil {
		return nil, err
	}
	boards, err := db.List(ctx, r, db.Value[string], `select id from boards b where gathering_id = $1 and project_id is not null
		and exists (select 1 from board_log l where l.board_id = b.id and l.person = $2) order by created_at, id`, string(id), seat.ID)
	if err != nil {
		return nil, fmt.Errorf("list where participant %s wrote: %w", seat.ID, err)
	}
	for _, id := range boards {
		v, err := s.rooms.Read(ctx, by, room.ID(id))
		if err != nil {
			return nil, err
		}
		for _, one := range given(v.State, seat.ID, lang, v.People) {
			one.Board, one.About = v.Board, v.Project.Title
			list = append(list, one)
		}
	}
	return list, nil
}

// given are the cards of a board that somebody wrote and that become contributions.
func given(state *board.State, person, lang string, people map[string]room.Seat) (list []Given) {
	for _, o := range state.Kit().Outputs {
		if o.Becomes != kit.Contribution {
			continue
		}
		shape, _ := state.Kit().Card(o.Card)
		for _, c := range state.Cards {
			if c.By != person || c.Type != o.Card {
				continue
			}
			zone, _ := state.Kit().Zone(c.Zone)
			one := Given{Card: c.ID, Zone: zone.Title, Moved: len(state.Kit().Zones) > 0 && c.Zone != state.Kit().Zones[0].ID, Removed: c.Removed}
			for _, f := range shape.Fields {
				v := c.Fields[f.ID]
				if v == nil {
					continue
				}
				words := board.Said(f, v.V, lang)
				switch {
				case f.ID == o.Title:
					one.Words = words
				case v.By != person && words != "":
					one.Replies = append(one.Replies, Reply{f.Label, words, people[v.By].Name})
				}
			}
			if one.Words != "" {
				list = append(list, one)
			}
		}
	}
	slices.SortFunc(list, func(a, b Given) int {
		return state.Cards[a.Card].At.Compare(state.Cards[b.Card].At)
	})
	return list
}
