// Package venue is a laptop that carries a gathering where there is no Internet: its key, what it takes along, and what it brings back.
package venue

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/board/photo"
	"transformateur/internal/board/room"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
)

// MaxLabel bounds the name of a venue, in characters.
const MaxLabel = 80

// MaxVenues bounds the keys of one gathering, revoked ones left out.
const MaxVenues = 20

// Prefix begins every key, so that people and secret scanners know one.
const Prefix = "tfv_"

// Late is how long after a gathering is over a laptop may still bring what it holds.
const Late = 14 * 24 * time.Hour

// Venue is a laptop that may carry a gathering. Its key was shown once.
type Venue struct {
	ID        string
	Gathering gathering.ID
	Label     string
	By        account.PersonID // who made the key
	ByName    string
	CreatedAt time.Time
	RevokedAt time.Time // zero: the key opens
	TakenAt   time.Time // the last time it took the gathering along; zero: never
	BroughtAt time.Time // the last time it brought something; zero: never
}

const (
	columns = `v.id, v.gathering_id, v.label, v.created_by, coalesce(p.name, ''), v.created_at, v.revoked_at, v.taken_at, v.brought_at`
	tables  = `venues v left join people p on p.id = v.created_by`
)

func scan(sc db.Scanner) (v Venue, err error) {
	err = sc.Scan(&v.ID, &v.Gathering, &v.Label, &v.By, &v.ByName, &v.CreatedAt, &v.RevokedAt, &v.TakenAt, &v.BroughtAt)
	return v, err
}

// Deps are what the service stands on.
type Deps struct {
	DB         *db.DB
	Clock      clock.Clock
	Policy     *policy.Service
	People     *account.Service
	Gatherings *gathering.Service
	Rooms      *room.Service
	Photos     *photo.Service
}

// Service keeps the keys of venues, packs what they take and takes in what they bring; on
// the laptop it does the other half.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	policy     *policy.Service
	people     *account.Service
	gatherings *gathering.Service
	rooms      *room.Service
	photos     *photo.Service
	bringing   sync.Mutex // one batch at a time: they are few
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, policy: d.Policy, people: d.People, gatherings: d.Gatherings, rooms: d.Rooms, photos: d.Photos}
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// note writes the journal of a gathering.
func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, g gathering.ID, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "gathering", ID: string(g), Detail: detail})
}

// require loads a gathering that by runs.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, id gathering.ID) (gathering.Gathering, error) {
	g, err := gathering.Load(ctx, r, id)
	if err != nil {
		return g, err
	}
	_, err = s.policy.Require(ctx, r, by, "gathering.manage", g.Object())
	return g, err
}

// Make makes the key of a laptop that will carry a gathering: it opens this gathering
// alone, until it is over. The secret is not kept and not shown again. Errors: Invalid on
// "label"; Conflict "gathering.closed", "venue.many"; as the policy.
func (s *Service) Make(ctx context.Context, by account.User, id gathering.ID, label string) (v Venue, secret string, err error) {
	label = strings.Join(strings.Fields(text.Clean(label)), " ")
	var bad []errs.Field
	if label == "" {
		bad = append(bad, errs.Field{Path: "label", Key: "venue.label_missing"})
	}
	if utf8.RuneCountInString(label) > MaxLabel {
		bad = append(bad, errs.Field{Path: "label", Key: "venue.label_long", Args: []any{MaxLabel}})
	}
	var bits [32]byte
	rand.Read(bits[:])
	secret = Prefix + base64.RawURLEncoding.EncodeToString(bits[:])
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		g, err := s.require(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("venue.invalid", bad); err != nil {
			return err
		}
		if g.Status == gathering.Closed {
			return errs.New(errs.Conflict, "gathering.closed")
		}
		if err := tx.Lock(ctx, "gathering:"+string(id)); err != nil {
			return err
		}
		n, err := db.Get(ctx, tx, db.Value[int], `select count(*) from venues where gathering_id = $1 and revoked_at is null`, string(id))
		if err != nil {
			return fmt.Errorf("count the venues of gathering %s: %w", id, err)
		}
		if n >= MaxVenues {
			return errs.New(errs.Conflict, "venue.many", MaxVenues)
		}
		v = Venue{ID: db.NewID(), Gathering: id, Label: label, By: by.ID, ByName: by.Name, CreatedAt: s.clock.Now()}
		if err := insertVenue(ctx, tx, v, digest(secret)); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "venue.made", id, map[string]any{"venue": v.ID})
	})
	return v, secret, err
}

func insertVenue(ctx context.Context, tx *db.Tx, v Venue, digest string) error {
	_, err := tx.Exec(ctx, `insert into venues (id, gathering_id, label, key_digest, created_at, created_by, revoked_by) values ($1, $2, $3, $4, $5, $6, '') on conflict (id) do nothing`,
		v.ID, string(v.Gathering), v.Label, digest, v.CreatedAt, string(v.By))
	if err != nil {
		return fmt.Errorf("keep venue %s: %w", v.ID, err)
	}
	return nil
}

// Revoke ends a key: the laptop takes and brings nothing any more. Errors: NotFound; as
// the policy.
func (s *Service) Revoke(ctx context.Context, by account.User, id gathering.ID, venue string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, id); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update venues set revoked_at = $3, revoked_by = $4 where id = $1 and gathering_id = $2 and revoked_at is null`, venue, string(id), s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("revoke venue %s: %w", venue, err)
		}
		if n == 0 {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		return s.note(ctx, tx, by, "venue.revoked", id, map[string]any{"venue": venue})
	})
}

// door says how far the key of a venue opens now.
type door int

const (
	takes  door = iota // everything
	brings             // the gathering is over: what is held may still be brought
)

// enter finds the venue of a key, and its gathering. Errors: Unauthenticated when the key
// opens nothing, the same for one that never was, one that was revoked and one whose time
// is over.
func (s *Service) enter(ctx context.Context, r db.Reader, secret string, want door) (Venue, gathering.Gathering, error) {
	closed := errs.New(errs.Unauthenticated, "venue.key_unknown")
	if !strings.HasPrefix(secret, Prefix) {
		return Venue{}, gathering.Gathering{}, closed
	}
	v, err := db.Get(ctx, r, scan, `select `+columns+` from `+tables+` where v.key_digest = $1 and v.revoked_at is null`, digest(secret))
	if errs.Is(err, errs.NotFound) {
		return v, gathering.Gathering{}, closed
	}
	if err != nil {
		return v, gathering.Gathering{}, fmt.Errorf("read the key of a venue: %w", err)
	}
	g, err := gathering.Load(ctx, r, v.Gathering)
	if err != nil {
		return v, g, err
	}
	now := s.clock.Now()
	if want == takes && (g.Status == gathering.Closed || !now.Before(g.Until())) || !now.Before(g.Until().Add(Late)) {
		return v, g, closed
	}
	return v, g, nil
}
