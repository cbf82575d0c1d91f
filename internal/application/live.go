package application

import (
	"context"
	"sort"
	"sync"
	"time"

	"transformateur/internal/account"
)

// Told is something that the people writing a file are told at once.
type Told struct {
	Kind   string           // "saved", "presence", "closed"
	Fields map[string]int64 // saved: the fields and their versions
	By     string           // name of who did it
	Login  string           // the sign-in it came from, so that a page ignores its own acts
}

// Live tells the open pages of a file what happens to it. It is soft state: a
// page that misses something reads the file again.
type Live struct {
	mu    sync.Mutex
	rooms map[ID]*room
}

type room struct {
	listeners map[chan Told]bool
	present   map[string]presence // by sign-in
}

type presence struct {
	name  string
	field string
	until time.Time
}

// presenceFor is how long a page counts as present without a sign of life.
const presenceFor = 45 * time.Second

func newLive() *Live { return &Live{rooms: map[ID]*room{}} }

func (l *Live) room(id ID) *room {
	r := l.rooms[id]
	if r == nil {
		r = &room{listeners: map[chan Told]bool{}, present: map[string]presence{}}
		l.rooms[id] = r
	}
	return r
}

// listen gives a channel of what happens to a file, and the function that ends it.
func (l *Live) listen(id ID) (<-chan Told, func()) {
	c := make(chan Told, 16)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.room(id).listeners[c] = true
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		r := l.room(id)
		delete(r.listeners, c)
		if len(r.listeners) == 0 {
			delete(l.rooms, id)
		}
	}
}

// tell never waits: a page that reads too slowly misses a message and catches up by reading the file.
func (l *Live) tell(id ID, t Told) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.rooms[id]
	if r == nil {
		return
	}
	for c := range r.listeners {
		select {
		case c <- t:
		default:
		}
	}
}

// here notes on which field a person is ("" for none) and tells the others.
func (l *Live) here(id ID, login, name, field string, now time.Time) {
	l.mu.Lock()
	r := l.room(id)
	r.present[login] = presence{name, field, now.Add(presenceFor)}
	if field == "" {
		delete(r.present, login)
	}
	if len(r.listeners) == 0 && len(r.present) == 0 {
		delete(l.rooms, id)
	}
	told := Told{Kind: "presence", Login: login}
	l.mu.Unlock()
	l.tell(id, told)
}

// names are those present, by field, without the one who asks.
func (r *room) names(now time.Time, but string) map[string][]string {
	out := map[string][]string{}
	for login, p := range r.present {
		if p.until.Before(now) {
			delete(r.present, login)
			continue
		}
		if login != but {
			out[p.field] = append(out[p.field], p.name)
		}
	}
	for _, list := range out {
		sort.Strings(list)
	}
	return out
}

// Watch follows what happens to a file, for those who write it. The second value
// ends it.
func (s *Service) Watch(ctx context.Context, by account.User, id ID) (<-chan Told, func(), error) {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.comment", id); err != nil {
		return nil, nil, err
	}
	c, end := s.live.listen(id)
	return c, end, nil
}

// Here says on which field a member of the team is; an empty field means nowhere.
func (s *Service) Here(ctx context.Context, by account.User, id ID, field string) error {
	if _, err := s.allowed(ctx, s.db.Reader(), by, "application.comment", id); err != nil {
		return err
	}
	s.live.here(id, by.LoginID, by.Name, field, s.clock.Now())
	return nil
}

// Marks says who else is on which field now, to a member of the team.
func (s *Service) Marks(ctx context.Context, by account.User, id ID) (map[string][]string, error) {
	if err := s.Allowed(ctx, by, id); err != nil {
		return nil, err
	}
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	if s.live.rooms[id] == nil {
		return nil, nil
	}
	return s.live.rooms[id].names(s.clock.Now(), by.LoginID), nil
}
