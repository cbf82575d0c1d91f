// Package taster is gatherings of an hour that anybody may come to (« Instants numériques »): their rhythm, their announcement, and what came of them.
package taster

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/board/kit"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
)

//go:embed kit.json
var kitFile []byte

// KitID is the kit on which needs and offers of skills are heard; Need and Offer are its cards.
const (
	KitID = "offres"
	Need  = "need"
	Offer = "offer"
)

// Kit is that on which needs and offers are heard.
var Kit = sync.OnceValue(func() *kit.Kit {
	k, err := kit.Parse(kitFile)
	if err != nil {
		panic(fmt.Errorf("read the kit of tasters: %w", err)) // a test reads it
	}
	return k
})

// The bounds of what is said of a taster, in characters, and of its length, in minutes.
const (
	MaxSpeaker = 200
	MaxLink    = 500
	MaxMinutes = 240
)

// Sheet is what is said of a taster.
type Sheet struct {
	Theme    string
	About    string
	Speaker  string
	Place    string
	Link     string // to come from afar; "" for none
	From, To order.Minute
	Announce bool  // its page is public
	Version  int64 // the one that was read, of one that stands
}

func (w *Sheet) check() (bad []errs.Field) {
	one := func(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }
	w.Speaker, w.Link = one(w.Speaker), strings.TrimSpace(w.Link)
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	u, err := url.Parse(w.Link)
	fault(w.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || len(w.Link) > MaxLink), "link", "taster.link")
	fault(utf8.RuneCountInString(w.Speaker) > MaxSpeaker, "speaker", "taster.speaker_long", MaxSpeaker)
	fault(w.From < 0 || w.To <= w.From || w.To > 24*60 || w.To-w.From > MaxMinutes, "to", "taster.hours", MaxMinutes/60)
	return bad
}

// Taster is one of them.
type Taster struct {
	gathering.Gathering
	Speaker   string
	Link      string
	From, To  order.Minute
	Announced time.Time // zero: only who runs it sees its page
	Edits     int64     // its version
	UpdatedAt time.Time
}

// Starts and Stops are when it takes place.
func (t Taster) Starts() time.Time { return t.instant(t.From) }

// Stops is said by Starts.
func (t Taster) Stops() time.Time { return t.instant(t.To) }

func (t Taster) instant(m order.Minute) time.Time {
	at, err := m.At(t.StartsOn, zone.Location(t.Zone))
	if err != nil {
		return time.Time{} // no day was ever kept unread
	}
	return at
}

// Service keeps tasters.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	policy     *policy.Service
	gatherings *gathering.Service
	rooms      *room.Service
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service, g *gathering.Service, rooms *room.Service) *Service {
	return &Service{db: d, clock: c, policy: p, gatherings: g, rooms: rooms}
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, id gathering.ID) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(id)})
}

// Series prepares a taster on each of the days that were kept of a rhythm. Errors: Invalid
// on the fields of the sheet and on "days"; as the policy, on gathering.create.
func (s *Service) Series(ctx context.Context, by account.User, edition programme.EditionID, zoneName string, w Sheet, days []string) (made []gathering.ID, err error) {
	bad := w.check()
	if len(days) == 0 || len(days) > MaxDates {
		bad = append(bad, errs.Field{Path: "days", Key: "taster.days", Args: []any{MaxDates}})
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		made = nil
		e, err := programme.FindEdition(ctx, tx, edition)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "gathering.create", e.PolicyObject()); err != nil {
			return err
		}
		if err := errs.NewInvalid("taster.invalid", bad); err != nil {
			return err
		}
		for _, day := range days {
			id, err := s.gatherings.CreateIn(ctx, tx, by, edition, gathering.Sheet{Title: w.Theme, About: w.About, Place: w.Place, Zone: zoneName, StartsOn: day, EndsOn: day})
			if err != nil {
				return err
			}
			if err := s.put(ctx, tx, by, id, w); err != nil {
				return err
			}
			made = append(made, id)
		}
		return nil
	})
	return made, err
}

// put keeps what is said of a taster beside its gathering.
func (s *Service) put(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, w Sheet) error {
	now := s.clock.Now()
	var announced any
	if w.Announce {
		announced = now
	}
	n, err := tx.Exec(ctx, `insert into tasters (gathering_id, speaker, link, from_minute, to_minute, announced_at, version, updated_at) values ($1, $2, $3, $4, $5, $6, 1, $7)
		on conflict (gathering_id) do update set speaker = excluded.speaker, link = excluded.link, from_minute = excluded.from_minute, to_minute = excluded.to_minute,
		  announced_at = case when excluded.announced_at is null then null else coalesce(tasters.announced_at, excluded.announced_at) end, version = tasters.version + 1, updated_at = excluded.updated_at
		where tasters.version = $8`, string(id), w.Speaker, w.Link, w.From, w.To, announced, now, w.Version)
	if err != nil {
		return fmt.Errorf("keep taster %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "taster.meanwhile")
	}
	return s.note(ctx, tx, by, "taster.kept", id)
}

// Put says what a gathering is as a taster. Errors: Invalid; Conflict taster.meanwhile when
// somebody wrote since it was read; as the policy, on gathering.manage.
func (s *Service) Put(ctx context.Context, by account.User, id gathering.ID, w Sheet) error {
	bad := w.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managed(ctx, tx, by, id); err != nil {
			return err
		}
		if err := errs.NewInvalid("taster.invalid", bad); err != nil {
			return err
		}
		return s.put(ctx, tx, by, id, w)
	})
}

func (s *Service) managed(ctx context.Context, r db.Reader, by account.User, id gathering.ID) (gathering.Gathering, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return g, err
	}
	_, err = s.policy.Require(ctx, r, by, "gathering.manage", g.Object())
	return g, err
}

// Managed is a gathering as a taster, to who runs it; Edits is 0 while it is none. Errors:
// as the policy, on gathering.manage.
func (s *Service) Managed(ctx context.Context, by account.User, id gathering.ID) (t Taster, board room.ID, err error) {
	r := s.db.Reader()
	if t.Gathering, err = s.managed(ctx, r, by, id); err != nil {
		return t, "", err
	}
	kept, err := of(ctx, r, t.Gathering)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return t, "", err
	}
	if err == nil {
		t = kept
	}
	boards, err := room.Of(ctx, r, string(id))
	for _, b := range boards {
		if b.KitID == KitID {
			board = b.ID
		}
	}
	return t, board, err
}

// of reads what a gathering is as a taster. Error: NotFound when it is none.
func of(ctx context.Context, r db.Reader, g gathering.Gathering) (Taster, error) {
	t, err := db.Get(ctx, r, func(sc db.Scanner) (t Taster, err error) {
		return t, sc.Scan(&t.Speaker, &t.Link, &t.From, &t.To, &t.Announced, &t.Edits, &t.UpdatedAt)
	}, `select speaker, link, from_minute, to_minute, announced_at, version, updated_at from tasters where gathering_id = $1`, string(g.ID))
	t.Gathering = g
	return t, err
}

// Read is the page of a taster, to everybody once it is announced, and to who runs it.
// Error: NotFound to the others.
func (s *Service) Read(ctx context.Context, by account.User, id gathering.ID) (Taster, error) {
	r := s.db.Reader()
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return Taster{}, err
	}
	t, err := of(ctx, r, g)
	if err != nil || !t.Announced.IsZero() {
		return t, err
	}
	may, err := s.policy.Decide(ctx, r, by, "gathering.manage", g.Object())
	if err == nil && !may.Allowed {
		err = notFound()
	}
	if err != nil {
		return Taster{}, err
	}
	return t, nil
}

// Hear opens the board on which needs and offers are heard. Errors: Conflict
// taster.board_already, debrief.over once the gathering is closed; as the policy.
func (s *Service) Hear(ctx context.Context, by account.User, id gathering.ID) (board room.ID, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.managed(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if g.Status == gathering.Closed {
			return errs.New(errs.Conflict, "gathering.not_open")
		}
		if err := tx.Lock(ctx, "taster:"+string(id)); err != nil {
			return err
		}
		boards, err := room.Of(ctx, tx, string(id))
		if err != nil {
			return err
		}
		for _, b := range boards {
			if b.KitID == KitID {
				return errs.New(errs.Conflict, "taster.board_already")
			}
		}
		b, err := s.rooms.Make(ctx, tx, by, room.Board{Gathering: string(id), Title: Kit().Title.In("fr")}, Kit())
		board = b.ID
		return err
	})
	return board, err
}
