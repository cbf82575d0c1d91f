package room

import "log/slog"

// listen has the service told which boards changed on other nodes.
func (s *Service) listen() {
	if s.bell == nil {
		return
	}
	if err := s.bell.Hear(s.woken); err != nil {
		slog.Error("other nodes are not heard: their changes are seen within half a second", "err", err)
	}
}

// woken has the room of a board, if it is open here, read what another node wrote. A busy
// room finds out by itself when it writes.
func (s *Service) woken(id string) {
	s.mu.Lock()
	r := s.rooms[ID(id)]
	s.mu.Unlock()
	if r == nil {
		return
	}
	select {
	case r.inbox <- request{act: (*Room).follow, done: make(chan struct{})}:
	default:
	}
}

// follow reads what another node wrote, if it did.
func (r *Room) follow() {
	if len(r.listeners) == 0 {
		return
	}
	if b, err := Load(r.s.ctx, r.s.db.Reader(), r.board.ID); err == nil && b.N > r.state.N {
		r.catchUp(r.state.N)
	}
}

// ring wakes the other nodes.
func (r *Room) ring() {
	if r.s.bell != nil {
		r.s.bell.Ring(string(r.board.ID))
	}
}
