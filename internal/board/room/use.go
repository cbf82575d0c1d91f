package room

import (
	"context"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// object is the board as the policy sees it.
func object(b Board, g gathering.Gathering) policy.Object {
	o := g.Object()
	o.Within = append([]policy.Ref{o.Ref}, o.Within...)
	o.Ref = policy.Ref{Kind: "board", ID: string(b.ID)}
	return o
}

// require loads a board on which by may do action, and its gathering.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id ID) (b Board, g gathering.Gathering, err error) {
	if b, err = Load(ctx, r, id); err != nil {
		return b, g, err
	}
	if g, err = gathering.Load(ctx, r, gathering.ID(b.Gathering)); err != nil {
		return b, g, err
	}
	_, err = s.policy.Require(ctx, r, by, action, object(b, g))
	return b, g, err
}

// May says whether by may do something to a board, as an error. Errors: as the policy.
func (s *Service) May(ctx context.Context, by account.User, action policy.Action, id ID) error {
	_, _, err := s.require(ctx, s.db.Reader(), by, action, id)
	return err
}

// Sight is a board as somebody finds it when she opens its page.
type Sight struct {
	Board     Board
	Gathering gathering.Gathering
	Project   project.Project // empty when the board is everybody's
	State     *board.State
	Seat      Seat // empty when she only reads, without a seat
	People    map[string]Seat
	Writes    bool
	Conducts  bool
}

// Read is what by sees of a board now. Errors: NotFound, Forbidden.
func (s *Service) Read(ctx context.Context, by account.User, id ID) (v Sight, err error) {
	return s.ReadAt(ctx, by, id, 0)
}

// ReadAt is what by sees of a board as it was at a number, 0 for now. What was not
// revealed then is shown to nobody but its author.
func (s *Service) ReadAt(ctx context.Context, by account.User, id ID, at int64) (v Sight, err error) {
	r := s.db.Reader()
	if v.Board, v.Gathering, err = s.require(ctx, r, by, "board.read", id); err != nil {
		return v, err
	}
	if v.State, _, err = Replay(ctx, r, id, at); err != nil {
		return v, err
	}
	may, err := s.policy.Decisions(ctx, r, by, object(v.Board, v.Gathering), "board.write", "board.conduct")
	if err != nil {
		return v, err
	}
	v.Seat, err = s.seats.Seat(ctx, r, v.Board, by)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return v, err
	}
	seated := err == nil && v.Board.Closed.IsZero()
	v.Writes = seated && may["board.write"].Allowed && v.Seat.Role != kit.Reader
	v.Conducts = seated && may["board.conduct"].Allowed && v.Seat.Role == kit.Facilitator
	if v.Board.Project != "" {
		if v.Project, err = project.Load(ctx, r, project.ID(v.Board.Project)); err != nil {
			return v, err
		}
	}
	people, err := s.seats.People(ctx, r, v.Board)
	v.People = named(people, v.State)
	return v, err
}

// Asked is what somebody asks to make a board of.
type Asked struct {
	Gathering gathering.ID
	Kit       string // of those that ship, or a shelf.ID of the edition
	Variant   string
	Title     string
	Projects  []project.ID // a board for each; one board for all when empty
}

// Create makes boards in a gathering, one for each project. Errors: NotFound; Invalid
// board.no_kit, board.no_variant.
func (s *Service) Create(ctx context.Context, by account.User, n Asked) (list []Board, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		list = nil
		g, err := gathering.Load(ctx, tx, n.Gathering)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "gathering.manage", g.Object()); err != nil {
			return err
		}
		k, err := kitOf(ctx, tx, g, n.Kit)
		if err != nil {
			return err
		}
		whose := n.Projects
		if len(whose) == 0 {
			whose = []project.ID{""}
		}
		for _, id := range whose {
			b := Board{Gathering: string(g.ID), Project: string(id), Title: n.Title, Variant: n.Variant}
			if id != "" {
				p, err := project.Load(ctx, tx, id)
				if err != nil {
					return err
				}
				if p.Edition != g.Edition {
					return errs.New(errs.NotFound, "errs.not_found")
				}
			}
			if b, err = s.Make(ctx, tx, by, b, k); err != nil {
				return err
			}
			list = append(list, b)
		}
		return nil
	})
	return list, err
}

// End closes a board: it can be read, nothing more is written on it.
func (s *Service) End(ctx context.Context, by account.User, id ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, _, err := s.require(ctx, tx, by, "board.conduct", id); err != nil {
			return err
		}
		return s.Shut(ctx, tx, by, id)
	})
}

// Boards lists the boards of a gathering that by may read.
func (s *Service) Boards(ctx context.Context, by account.User, g gathering.Gathering) ([]Board, error) {
	r := s.db.Reader()
	may, err := s.policy.Decide(ctx, r, by, "board.read", g.Object())
	if err != nil || !may.Allowed {
		return nil, err
	}
	return Of(ctx, r, string(g.ID))
}

// Listed is a board in the list of its gathering.
type Listed struct {
	Board
	Mine    bool // of one's own project
	Placed  bool // where one was sent
	Present int  // who is on it now, on this node
}

// Seen lists the boards of a gathering that by may read, as her list shows them.
func (s *Service) Seen(ctx context.Context, by account.User, id gathering.ID) (list []Listed, err error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	boards, err := s.Boards(ctx, by, g)
	if err != nil {
		return nil, err
	}
	seat, err := gathering.Seat(ctx, r, id, by.ID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return nil, err
	}
	place := ID("")
	if seat.ID != "" {
		if place, err = placeOf(ctx, r, seat.ID); err != nil {
			return nil, err
		}
	}
	for _, b := range boards {
		s.mu.Lock()
		room := s.rooms[b.ID]
		s.mu.Unlock()
		one := Listed{Board: b, Mine: b.Project != "" && string(seat.Project) == b.Project, Placed: b.ID == place}
		if room != nil {
			room.ask(ctx, func(r *Room) { one.Present = len(r.crowd.list()) })
		}
		list = append(list, one)
	}
	return list, nil
}

// Call brings everybody who is on a board to another one of the same gathering.
func (s *Service) Call(ctx context.Context, by account.User, id, to ID) error {
	b, _, err := s.require(ctx, s.db.Reader(), by, "board.conduct", id)
	if err != nil {
		return err
	}
	boards, err := Of(ctx, s.db.Reader(), b.Gathering)
	if err != nil {
		return err
	}
	there := false
	for _, one := range boards {
		there = there || one.ID == to
	}
	if !there {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	for _, one := range boards {
		s.mu.Lock()
		r := s.rooms[one.ID]
		s.mu.Unlock()
		if r != nil && one.ID != to {
			r.ask(ctx, func(r *Room) {
				for l := range r.listeners {
					l.own(message{M: "call", To: "/boards/" + string(to)})
				}
			})
		}
	}
	return nil
}
