package deliberation

import (
	"context"
	"fmt"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
)

// facts are what the pages of a room are made of, whoever reads: one act calls thirty
// pages at once, and what they share is read once. Nothing here depends on who asks, and
// nothing of it is shown before it went through her own rights. It is not changed.
type facts struct {
	selection committee.Selection
	here      []Person
	files     []application.Application // that still run, by number
	decisions []Decision
	motions   []Motion // on what is discussed
	ballots   map[string][]ballot
	readings  []Reading
	compared  []Preference

	scores struct {
		sync.Mutex
		of map[string]*Scores // by the files that are open to who reads
	}
}

// ballot is one vote.
type ballot struct {
	person account.PersonID
	name   string
	choice Choice
}

// kept are the facts of rooms, for as long as nothing was written.
type kept struct {
	mu    sync.Mutex
	rooms map[committee.SelectionID]*keptRoom
}

type keptRoom struct {
	mu      sync.Mutex
	facts   *facts
	version int64 // of the room
	commits int64
	at      time.Time
}

const (
	keptRooms = 64
	// keptFor bounds how late a name or a title may be that another process changed; what
	// happens in the room itself moves its version.
	keptFor = 250 * time.Millisecond
)

func (k *kept) room(id committee.SelectionID) *keptRoom {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.rooms[id] == nil {
		if k.rooms == nil || len(k.rooms) >= keptRooms {
			k.rooms = map[committee.SelectionID]*keptRoom{}
		}
		k.rooms[id] = &keptRoom{version: -1}
	}
	return k.rooms[id]
}

// facts reads what pages share, or gives what was read since the last write.
func (s *Service) facts(ctx context.Context, r db.Reader, id committee.SelectionID, room Room) (*facts, error) {
	k := s.kept.room(id)
	k.mu.Lock()
	defer k.mu.Unlock()
	commits, now := s.db.Commits(), s.clock.Now()
	if k.version == room.Version && k.commits == commits && now.Sub(k.at) < keptFor && !now.Before(k.at) {
		return k.facts, nil
	}
	read, err := s.read(ctx, r, id, room)
	if err != nil {
		k.version = -1
		return nil, err
	}
	k.facts, k.version, k.commits, k.at = read, room.Version, commits, now
	return read, nil
}

func (s *Service) read(ctx context.Context, r db.Reader, id committee.SelectionID, room Room) (*facts, error) {
	f := &facts{ballots: map[string][]ballot{}}
	var err error
	if f.selection, err = committee.Load(ctx, r, id); err != nil {
		return f, err
	}
	if f.here, err = s.present(ctx, r, room); err != nil {
		return f, err
	}
	if f.files, err = running(ctx, r, id); err != nil {
		return f, err
	}
	if f.decisions, err = Decisions(ctx, r, id); err != nil || room.Current == "" {
		return f, err
	}
	if f.motions, err = s.motions(ctx, r, id, room.Current); err != nil {
		return f, err
	}
	for _, m := range f.motions {
		if m.Status != Voting && m.Status != Voted {
			continue
		}
		if f.ballots[m.ID], err = ballots(ctx, r, m.ID); err != nil {
			return f, err
		}
	}
	if f.readings, err = s.readings.Readings(ctx, r, id); err != nil {
		return f, fmt.Errorf("read what the readings of %s say: %w", id, err)
	}
	if f.compared, err = s.compared.Preferences(ctx, r, id); err != nil {
		return f, fmt.Errorf("read what the comparisons of %s say: %w", id, err)
	}
	return f, nil
}

func ballots(ctx context.Context, r db.Reader, motion string) ([]ballot, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (b ballot, err error) {
		err = sc.Scan(&b.person, &b.name, &b.choice)
		return b, err
	}, `select coalesce(m.person_id, ''), m.name, b.choice from votes b join committee_members m on m.id = b.member_id where b.motion_id = $1 order by m.name, m.id`, motion)
	if err != nil {
		return nil, fmt.Errorf("read the votes on %s: %w", motion, err)
	}
	return list, nil
}
