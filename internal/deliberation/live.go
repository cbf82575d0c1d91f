package deliberation

import (
	"context"
	"sync"

	"transformateur/internal/account"
	"transformateur/internal/committee"
)

// hub tells the open pages of a room that something happened in it, and nothing else:
// each reads the room again with its own rights. It is soft state; a page that misses a
// call, or that hangs on another process, finds out at the next beat of its stream.
type hub struct {
	mu    sync.Mutex
	rooms map[committee.SelectionID]map[chan struct{}]bool
}

func newHub() *hub { return &hub{rooms: map[committee.SelectionID]map[chan struct{}]bool{}} }

func (h *hub) listen(id committee.SelectionID) (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[id] == nil {
		h.rooms[id] = map[chan struct{}]bool{}
	}
	h.rooms[id][c] = true
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.rooms[id], c)
		if len(h.rooms[id]) == 0 {
			delete(h.rooms, id)
		}
	}
}

// tell never waits: a page that was called and has not read yet will read everything.
func (h *hub) tell(id committee.SelectionID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.rooms[id] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Watch calls whenever something happens in a room, for who may be in it. The second
// value ends it.
func (s *Service) Watch(ctx context.Context, by account.User, id committee.SelectionID) (<-chan struct{}, func(), error) {
	if _, err := s.require(ctx, s.db.Reader(), by, "selection.deliberate", id); err != nil {
		return nil, nil, err
	}
	c, end := s.live.listen(id)
	return c, end, nil
}

// Pulse is what the stream of a page compares from one beat to the next. Waiting is the
// same whatever is discussed and whatever happens to it.
type Pulse struct {
	Waiting bool
	Version int64 // 0 while she waits
}

// Pulse says whether by waits outside, and how far the room is. Errors: as the policy,
// once she may not be there any more.
func (s *Service) Pulse(ctx context.Context, by account.User, id committee.SelectionID) (Pulse, error) {
	r := s.db.Reader()
	if _, err := s.require(ctx, r, by, "selection.deliberate", id); err != nil {
		return Pulse{}, err
	}
	room, err := roomOf(ctx, r, id)
	if err != nil {
		return Pulse{}, err
	}
	closed, err := s.closed(ctx, r, by, id, room.floor())
	if err != nil {
		return Pulse{}, err
	}
	if len(closed) > 0 {
		return Pulse{Waiting: true}, nil
	}
	return Pulse{Version: room.Version}, nil
}
