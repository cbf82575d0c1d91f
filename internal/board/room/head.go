package room

import (
	"fmt"
	"time"

	"transformateur/internal/platform/db"
)

// head is how far a board is in the database.
type head struct {
	n      int64
	closed bool
}

// heads are those of the boards of a gathering, at an instant.
type heads struct {
	at   time.Time
	list map[ID]head
}

// head is how far a board is, as it was a moment ago: boards of one gathering look
// together, so that a look costs the same for one and for thirty.
func (s *Service) head(b Board) (head, error) {
	s.looking.Lock()
	defer s.looking.Unlock()
	now := s.clock.Now()
	if held, there := s.heads[b.Gathering]; there && now.Sub(held.at) < fresh {
		if one, there := held.list[b.ID]; there {
			return one, nil
		}
	}
	held := heads{at: now, list: map[ID]head{}}
	_, err := db.List(s.ctx, s.db.Reader(), func(sc db.Scanner) (bool, error) {
		var id ID
		var one head
		err := sc.Scan(&id, &one.n, &one.closed)
		held.list[id] = one
		return true, err
	}, `select id, n, closed_at is not null from boards where gathering_id = $1`, b.Gathering)
	if err != nil {
		return head{}, fmt.Errorf("look at the boards of gathering %s: %w", b.Gathering, err)
	}
	s.heads[b.Gathering] = held
	return held.list[b.ID], nil
}
