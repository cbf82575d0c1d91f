package room

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/kit"
	"transformateur/internal/form"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Standing is how far a board is, for who looks after all those of a gathering.
type Standing struct {
	Board
	About    string // the title of its project
	KitTitle form.Localised
	Phase    kit.Phase
	Phases   []kit.Phase
	Frozen   bool
	Timer    *board.Timer
	Here     []string // the names of who is on it now, on this node
	Lost     []Lost   // who was on it a short while ago, and is nowhere now
	Stuck    Stuck
	Idle     time.Duration // since its last operation, when it is stuck
}

// Lost is somebody whose connection ended, and who is on no board of the gathering since.
type Lost struct {
	Name string
	At   time.Time

	participant string
}

// Stuck says why a board seems to need somebody.
type Stuck string

// Reasons for which a board seems to need somebody: it is empty though people have been
// there for a while; nothing moved for a while though people are there.
const (
	NotStuck Stuck = ""
	Blank    Stuck = "blank"
	Still    Stuck = "still"
)

// How long people may be on a board without a card, and without a change, before somebody
// is told: facilitators of ours go round the tables every five to ten minutes.
const (
	blankAfter = 5 * time.Minute
	stillAfter = 8 * time.Minute
	lostFor    = 10 * time.Minute
)

// scene is what a board looks like to who wonders whether it needs somebody.
type scene struct {
	present, cards int
	frozen         bool
	since          time.Time // its phase began then, or its first person came if that was later
	changed        time.Time
}

// stuck says whether a board needs somebody, and for how long it has.
func (s scene) stuck(now time.Time) (Stuck, time.Duration) {
	if s.present == 0 || s.frozen {
		return NotStuck, 0
	}
	if s.changed.Before(s.since) {
		s.changed = s.since
	}
	switch idle := now.Sub(s.changed); {
	case s.cards == 0 && now.Sub(s.since) >= blankAfter:
		return Blank, now.Sub(s.since)
	case s.cards > 0 && idle >= stillAfter:
		return Still, idle
	}
	return NotStuck, 0
}

// Standings tells how far each board of a gathering is, closed ones left out. Errors:
// NotFound; Forbidden for who does not run the gathering.
func (s *Service) Standings(ctx context.Context, by account.User, id gathering.ID) (list []Standing, err error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.policy.Require(ctx, r, by, "gathering.manage", g.Object()); err != nil {
		return nil, err
	}
	boards, err := Of(ctx, r, string(id))
	if err != nil {
		return nil, err
	}
	titles, err := titlesOf(ctx, r, id)
	if err != nil {
		return nil, err
	}
	here := map[string]bool{}
	for _, b := range boards {
		if !b.Closed.IsZero() {
			continue
		}
		k, err := s.kitOf(ctx, r, b.ID)
		if err != nil {
			return nil, err
		}
		one := Standing{Board: b, About: titles[b.Project], KitTitle: k.Title, Phases: k.Phases}
		if at := slices.IndexFunc(k.Phases, func(p kit.Phase) bool { return p.ID == b.Phase }); at >= 0 {
			one.Phase = k.Phases[at]
		}
		s.standing(ctx, &one, here)
		list = append(list, one)
	}
	for i := range list {
		list[i].Lost = slices.DeleteFunc(list[i].Lost, func(l Lost) bool { return here[l.participant] })
	}
	slices.SortStableFunc(list, func(a, b Standing) int { return strings.Compare(a.About, b.About) })
	return list, nil
}

// standing adds what only the room of a board knows, if it is open, and notes who is there.
func (s *Service) standing(ctx context.Context, one *Standing, here map[string]bool) {
	s.mu.Lock()
	room := s.rooms[one.ID]
	s.mu.Unlock()
	if room == nil {
		return
	}
	now := s.clock.Now()
	room.ask(ctx, func(r *Room) {
		one.Frozen, one.Timer, one.Cards = r.state.Desk.Frozen, r.state.Desk.Timer, r.state.Written()
		for _, h := range r.crowd.list() {
			one.Here = append(one.Here, r.people[h.Person].Name)
			here[h.Person] = true
		}
		for person, at := range r.crowd.lost {
			if now.Sub(at) < lostFor {
				one.Lost = append(one.Lost, Lost{r.people[person].Name, at, person})
			}
		}
		since := r.crowd.since
		if r.phased.After(since) {
			since = r.phased
		}
		one.Stuck, one.Idle = scene{len(one.Here), one.Cards, one.Frozen, since, one.Changed}.stuck(now)
	})
	slices.Sort(one.Here)
	slices.SortFunc(one.Lost, func(a, b Lost) int { return strings.Compare(a.Name, b.Name) })
}

// titlesOf are the titles of the projects that have a board in a gathering.
func titlesOf(ctx context.Context, r db.Reader, id gathering.ID) (map[string]string, error) {
	titles := map[string]string{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var project, title string
		err := sc.Scan(&project, &title)
		titles[project] = title
		return true, err
	}, `select id, title from projects where id in (select project_id from boards where gathering_id = $1)`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the projects of gathering %s: %w", id, err)
	}
	return titles, nil
}

// kitOf is the kit of a board, which never changes; boards of one kit share it in memory.
func (s *Service) kitOf(ctx context.Context, r db.Reader, id ID) (*kit.Kit, error) {
	if k, known := s.kits.Load(id); known {
		return k.(*kit.Kit), nil
	}
	var text string
	if err := r.QueryRow(ctx, `select kit from board_sheets where id = $1`, string(id)).Scan(&text); err != nil {
		return nil, fmt.Errorf("read the kit of board %s: %w", id, err)
	}
	k, err := kit.Parse([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("read the kit of board %s: %w", id, err)
	}
	shared, _ := s.sameKits.LoadOrStore(text, k)
	s.kits.Store(id, shared)
	return shared.(*kit.Kit), nil
}

// All is an operation of the facilitator on all the open boards of one kit in a gathering.
type All struct {
	Gathering gathering.ID
	Kit       string // the kit's own name
	Op        board.Op
}

// Everywhere does an operation on all the boards of a kit, each by itself: those that
// refuse it do not keep the others from it. It gives how many took it, and why the first
// of the others did not. Errors: as Standings; Conflict board.seat_first for who has no
// seat in the gathering.
func (s *Service) Everywhere(ctx context.Context, by account.User, a All) (done int, refused error, err error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, a.Gathering)
	if err != nil {
		return 0, nil, err
	}
	if _, err := s.policy.Require(ctx, r, by, "gathering.manage", g.Object()); err != nil {
		return 0, nil, err
	}
	boards, err := Of(ctx, r, string(a.Gathering))
	if err != nil {
		return 0, nil, err
	}
	for _, b := range boards {
		if b.KitID != a.Kit || !b.Closed.IsZero() {
			continue
		}
		why, err := s.once(ctx, by, b.ID, a.Op)
		if errs.Is(err, errs.NotFound) {
			return done, nil, errs.New(errs.Conflict, "board.seat_first")
		}
		if err != nil {
			return done, nil, err
		}
		if why == nil {
			done++
		} else if refused == nil {
			refused = why
		}
	}
	return done, refused, nil
}

// once does one operation on a board, as a client that will not come back.
func (s *Service) once(ctx context.Context, by account.User, id ID, op board.Op) (refused, err error) {
	l, err := s.Enter(ctx, by, id, db.NewID(), Nothing)
	if err != nil {
		return nil, err
	}
	defer l.Leave()
	why, err := l.Do(ctx, []Sent{{Seq: 1, Op: op}})
	if err != nil {
		return nil, err
	}
	return why[0], nil
}
