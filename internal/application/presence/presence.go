// Package presence is who has a file open now, on which field, and what each is told of what the others do there.
package presence

import (
	"sort"
	"sync"
	"time"
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
	rooms map[string]*room
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

// New makes it, with nobody anywhere.
func New() *Live { return &Live{rooms: map[string]*room{}} }

func (l *Live) room(id string) *room {
	r := l.rooms[id]
	if r == nil {
		r = &room{listeners: map[chan Told]bool{}, present: map[string]presence{}}
		l.rooms[id] = r
	}
	return r
}

// Listen gives a channel of what happens to a file, and the function that ends it.
func (l *Live) Listen(id string) (<-chan Told, func()) {
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

// Tell never waits: a page that reads too slowly misses a message and catches up by reading the file.
func (l *Live) Tell(id string, t Told) {
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

// Here notes on which field a person is ("" for none) and tells the others.
func (l *Live) Here(id string, login, name, field string, now time.Time) {
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
	l.Tell(id, told)
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

// Names are the names of those present on a file, by field, without the sign-in that asks;
// nil when nobody is there.
func (l *Live) Names(id, but string, now time.Time) map[string][]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rooms[id] == nil {
		return nil
	}
	return l.rooms[id].names(now, but)
}
