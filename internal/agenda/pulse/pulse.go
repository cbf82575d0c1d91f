// Package pulse tells the open pages of a gathering that something of its day changed, and nothing else: each reads again what its reader may see.
package pulse

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// every is how often a process looks for what others wrote.
const every = time.Second

// Service wakes the open pages of gatherings.
type Service struct {
	db     *db.DB
	policy *policy.Service

	mu   sync.Mutex
	open map[gathering.ID]*crowd
}

// crowd is the open pages of one gathering.
type crowd struct {
	pages map[chan struct{}]bool
	last  int64 // the beat that they were told of
	stop  context.CancelFunc
}

// New makes the service.
func New(d *db.DB, p *policy.Service) *Service {
	return &Service{db: d, policy: p, open: map[gathering.ID]*crowd{}}
}

// Beat notes, with the change itself, that the day of a gathering changed: pages of this
// process are told once it is on disk, those of others within a second.
func (s *Service) Beat(ctx context.Context, tx *db.Tx, id gathering.ID) error {
	var beats int64
	if err := tx.QueryRow(ctx, `update gatherings set beats = beats + 1 where id = $1 returning beats`, string(id)).Scan(&beats); err != nil {
		return fmt.Errorf("tell the pages of gathering %s: %w", id, err)
	}
	tx.AfterCommit(func() { s.tell(id, beats) })
	return nil
}

// tell never waits: a page that was told and has not read yet will read everything.
func (s *Service) tell(id gathering.ID, beats int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open[id]
	if c == nil || beats <= c.last {
		return
	}
	c.last = beats
	for page := range c.pages {
		select {
		case page <- struct{}{}:
		default:
		}
	}
}

// Beats is how often the day of a gathering has changed: what a page says when it listens,
// so that nothing is missed between its drawing and that. It asks nobody who wants it.
func Beats(ctx context.Context, r db.Reader, id gathering.ID) (int64, error) {
	beats, err := db.Get(ctx, r, db.Value[int64], `select beats from gatherings where id = $1`, string(id))
	if err != nil {
		return 0, fmt.Errorf("look at the day of gathering %s: %w", id, err)
	}
	return beats, nil
}

// Now is Beats, for a page. Errors: NotFound; as the policy, on gathering.read.
func (s *Service) Now(ctx context.Context, by account.User, id gathering.ID) (int64, error) {
	if err := s.May(ctx, by, id); err != nil {
		return 0, err
	}
	return Beats(ctx, s.db.Reader(), id)
}

// Watch calls whenever the day of a gathering changes, for who may read it, until the
// function that it gives is called; at once when it changed since the beat that a page was
// drawn at. Errors: NotFound; as the policy, on gathering.read.
func (s *Service) Watch(ctx context.Context, by account.User, id gathering.ID, since int64) (told <-chan struct{}, leave func(), err error) {
	beats, err := s.Now(ctx, by, id)
	if err != nil {
		return nil, nil, err
	}
	page := make(chan struct{}, 1)
	if beats != since {
		page <- struct{}{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open[id]
	if c == nil {
		looking, stop := context.WithCancel(context.WithoutCancel(ctx))
		c = &crowd{pages: map[chan struct{}]bool{}, last: beats, stop: stop}
		s.open[id] = c
		go s.look(looking, id)
	}
	if c.last > beats && beats == since { // told the others between the look and the lock
		page <- struct{}{}
	}
	c.pages[page] = true
	return page, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(c.pages, page)
		if len(c.pages) == 0 && s.open[id] == c {
			c.stop()
			delete(s.open, id)
		}
	}, nil
}

// May says whether by may still read a gathering, as an error.
func (s *Service) May(ctx context.Context, by account.User, id gathering.ID) error {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return err
	}
	_, err = s.policy.Require(ctx, r, by, "gathering.read", g.Object())
	return err
}

// look tells the pages of a gathering of what other processes wrote.
func (s *Service) look(ctx context.Context, id gathering.ID) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		beats, err := Beats(ctx, s.db.Reader(), id)
		if err != nil {
			slog.Debug("a gathering's day could not be looked at", "gathering", id, "err", err)
			continue
		}
		s.tell(id, beats)
	}
}
