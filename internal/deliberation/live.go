package deliberation

import (
	"context"
	"sync"
	"sync/atomic"

	"transformateur/internal/account"
	"transformateur/internal/committee"
)

// hub tells the open pages of a room that something happened in it, and nothing else:
// each reads the room again with its own rights. It is soft state; a page that misses a
// call, or that hangs on another process, finds out at the next beat of its stream.
type hub struct {
	mu    sync.Mutex
	rooms map[committee.SelectionID]*ears
}

// ears are the open pages of one room.
type ears struct {
	pages   map[chan struct{}]bool
	moves   atomic.Int64
	version atomic.Int64
}

// Listener is an open page of a room.
type Listener struct {
	Told  <-chan struct{} // something happened
	Close func()
	ears  *ears
}

// Moves counts how often what is discussed changed while somebody listened: who waits
// outside may only change with it, or with what closes files.
func (l *Listener) Moves() int64 { return l.ears.moves.Load() }

// Version is how far the room was at the last thing that it was told.
func (l *Listener) Version() int64 { return l.ears.version.Load() }

func newHub() *hub { return &hub{rooms: map[committee.SelectionID]*ears{}} }

func (h *hub) listen(id committee.SelectionID) *Listener {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	room := h.rooms[id]
	if room == nil {
		room = &ears{pages: map[chan struct{}]bool{}}
		h.rooms[id] = room
	}
	room.pages[c] = true
	return &Listener{Told: c, ears: room, Close: func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(room.pages, c)
		if len(room.pages) == 0 && h.rooms[id] == room {
			delete(h.rooms, id)
		}
	}}
}

// tell never waits: a page that was called and has not read yet will read everything.
func (h *hub) tell(id committee.SelectionID, version int64, moved bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	room := h.rooms[id]
	if room == nil {
		return
	}
	room.version.Store(version)
	if moved {
		room.moves.Add(1)
	}
	for c := range room.pages {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Watch calls whenever something happens in a room, for who may be in it, until the
// listener is closed.
func (s *Service) Watch(ctx context.Context, by account.User, id committee.SelectionID) (*Listener, error) {
	if _, err := s.require(ctx, s.db.Reader(), by, "selection.deliberate", id); err != nil {
		return nil, err
	}
	return s.live.listen(id), nil
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
