package venue

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/board"
	"transformateur/internal/board/carriage"
	"transformateur/internal/board/room"
	"transformateur/internal/board/weave"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// MaxBatch is how many operations, or guests, are brought at once.
const MaxBatch = 200

// Arrivals are the guests who came in at a venue, and whether the gathering was opened there.
type Arrivals struct {
	Opened bool                `json:"opened,omitempty"`
	Guests []gathering.Carried `json:"guests"`
}

// Refusal is what was not taken at home, by its identity, and why, as a key.
type Refusal struct {
	ID  string `json:"id"`
	Why string `json:"why"`
}

// Welcomed is what became of guests: how many are new at home, and who was not taken.
type Welcomed struct {
	Made    int       `json:"made"`
	Refused []Refusal `json:"refused"`
}

// Welcome takes in the guests who came in at a venue. The same guests again change
// nothing. Errors: Unauthenticated; Invalid when there are too many at once.
func (s *Service) Welcome(ctx context.Context, secret string, in Arrivals) (out Welcomed, err error) {
	if len(in.Guests) > MaxBatch {
		return out, errs.New(errs.Invalid, "venue.batch", MaxBatch)
	}
	v, g, err := s.enter(ctx, s.db.Reader(), secret, brings)
	if err != nil {
		return out, err
	}
	if in.Opened {
		err := s.gatherings.OpenFor(ctx, account.User{ID: v.By}, g.ID)
		if err != nil && (errs.KindOf(err) == errs.Internal || errs.KindOf(err) == errs.Unavailable) {
			return out, err
		}
		if err != nil {
			out.Refused = append(out.Refused, Refusal{string(g.ID), errs.KeyOf(err)})
		}
	}
	for _, one := range in.Guests {
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			v, g, err := s.enter(ctx, tx, secret, brings)
			if err != nil {
				return err
			}
			made, err := s.gatherings.Bring(ctx, tx, g, through(v.ID), one)
			if err == nil && made {
				out.Made++
			}
			return err
		})
		switch kind := errs.KindOf(err); {
		case err == nil:
		case kind == errs.Internal, kind == errs.Unavailable, kind == errs.Unauthenticated:
			return out, err
		default:
			out.Refused = append(out.Refused, Refusal{one.Participant, errs.KeyOf(err)})
		}
	}
	return out, nil
}

// through is how seats name the venue they came by.
func through(venue string) string { return "venue:" + venue }

// Carried is an operation as it travels home.
type Carried struct {
	Client string             `json:"client"`
	Seq    int64              `json:"seq"`
	V      int64              `json:"v"`
	Fork   int64              `json:"fork"`
	Upto   int64              `json:"upto,omitempty"`
	Undoes *carriage.Identity `json:"undoes,omitempty"`
	Person string             `json:"person"`
	At     time.Time          `json:"at"`
	Op     board.Op           `json:"op"`
	Late   string             `json:"late,omitempty"`
}

// Fate is what became of it at home.
type Fate struct {
	Client string `json:"client"`
	Seq    int64  `json:"seq"`
	Fate   string `json:"fate"`
	Why    string `json:"why,omitempty"`
	N      int64  `json:"n,omitempty"`
}

// Bring does at home what was done on a board at a venue, and answers what became of each
// operation: those that were brought before, what became of them then. Errors:
// Unauthenticated; NotFound for a board of another gathering; Invalid; Unavailable.
func (s *Service) Bring(ctx context.Context, secret string, id room.ID, list []Carried) ([]Fate, error) {
	if len(list) > MaxBatch {
		return nil, errs.New(errs.Invalid, "venue.batch", MaxBatch)
	}
	s.bringing.Lock()
	defer s.bringing.Unlock()
	r := s.db.Reader()
	v, g, err := s.enter(ctx, r, secret, brings)
	if err != nil {
		return nil, err
	}
	b, err := room.Load(ctx, r, id)
	if err == nil && b.Gathering != string(v.Gathering) {
		err = errs.New(errs.NotFound, "errs.not_found")
	}
	if err != nil {
		return nil, err
	}
	settled, there, err := s.settled(ctx, r, v.ID, id)
	if err != nil {
		return nil, err
	}
	batch := carriage.Bringing{Board: b, There: there}
	var fresh, moved []Carried
	seen := map[carriage.Identity]bool{}
	for _, one := range list {
		who := carriage.Identity{Client: one.Client, Seq: one.Seq}
		if !room.GoodClient(one.Client) || one.Seq < 1 || one.V < 1 {
			return nil, errs.New(errs.Invalid, "board.bad_client")
		}
		if f, done := settled[who]; done {
			if v, ours := there[f.N]; ours && v != one.V { // its answer was lost, and the laptop gave it another number since
				there[f.N] = one.V
				moved = append(moved, one)
			}
			continue
		}
		if seen[who] {
			continue
		}
		seen[who] = true
		fresh = append(fresh, one)
		batch.List = append(batch.List, carriage.Carried{Client: one.Client, Seq: one.Seq, V: one.V, Knew: weave.Knew{Fork: one.Fork, Upto: one.Upto}, Undoes: one.Undoes, Person: one.Person, At: one.At, Op: one.Op, Late: one.Late})
	}
	if err := s.renumber(ctx, id, moved); err != nil {
		return nil, err
	}
	if len(fresh) > 0 {
		if batch.Persons, err = persons(ctx, r, v.Gathering); err != nil {
			return nil, err
		}
		if !b.Closed.IsZero() {
			batch.Closed = "board.closed"
		}
		if g.Status == gathering.Closed {
			batch.Closed = "gathering.closed"
		}
		batch.Keep = func(ctx context.Context, tx *db.Tx, fates []carriage.Fate) error {
			return s.keep(ctx, tx, v, id, fresh, fates)
		}
		fates, err := carriage.Bring(ctx, s.rooms, batch, s.clock.Now())
		if err != nil {
			return nil, err
		}
		for i, f := range fates {
			settled[carriage.Identity{Client: fresh[i].Client, Seq: fresh[i].Seq}] = f
		}
	}
	out := make([]Fate, 0, len(list))
	for _, one := range list {
		f := settled[carriage.Identity{Client: one.Client, Seq: one.Seq}]
		out = append(out, Fate{one.Client, one.Seq, f.Fate, f.Why, f.N})
	}
	return out, nil
}

// renumber notes the numbers that operations bear at a venue now.
func (s *Service) renumber(ctx context.Context, id room.ID, moved []Carried) error {
	if len(moved) == 0 {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		for _, one := range moved {
			if _, err := tx.Exec(ctx, `update venue_ops set v = $4 where board_id = $1 and client = $2 and seq = $3`, string(id), one.Client, one.Seq, one.V); err != nil {
				return fmt.Errorf("renumber what was brought to board %s: %w", id, err)
			}
		}
		return nil
	})
}

// settled is what was brought to a board already, and which numbers what came from one
// venue bore there, by their numbers here.
func (s *Service) settled(ctx context.Context, r db.Reader, venue string, id room.ID) (map[carriage.Identity]carriage.Fate, map[int64]int64, error) {
	fates, there := map[carriage.Identity]carriage.Fate{}, map[int64]int64{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var who carriage.Identity
		var f carriage.Fate
		var from string
		var v int64
		err := sc.Scan(&who.Client, &who.Seq, &f.Fate, &f.Why, &f.N, &from, &v)
		fates[who] = f
		if f.N > 0 && from == venue {
			there[f.N] = v
		}
		return true, err
	}, `select client, seq, fate, why, coalesce(home_n, 0), venue_id, v from venue_ops where board_id = $1`, string(id))
	if err != nil {
		return nil, nil, fmt.Errorf("read what was brought to board %s: %w", id, err)
	}
	return fates, there, nil
}

// persons says who each participant of a gathering is.
func persons(ctx context.Context, r db.Reader, id gathering.ID) (map[string]account.PersonID, error) {
	out := map[string]account.PersonID{}
	_, err := db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var seat, person string
		err := sc.Scan(&seat, &person)
		out[seat] = account.PersonID(person)
		return true, err
	}, `select id, person_id from participants where gathering_id = $1 and person_id is not null`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read who sat in gathering %s: %w", id, err)
	}
	return out, nil
}

// keep writes what became of operations, in the transaction that does them.
func (s *Service) keep(ctx context.Context, tx *db.Tx, v Venue, id room.ID, list []Carried, fates []carriage.Fate) error {
	now := s.clock.Now()
	counts := map[string]int{}
	for i, one := range list {
		f := fates[i]
		counts[f.Fate]++
		if err := insertOp(ctx, tx, v.ID, id, one, f, now); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `update venues set brought_at = $2 where id = $1`, v.ID, now); err != nil {
		return fmt.Errorf("note that venue %s brought something: %w", v.ID, err)
	}
	return s.note(ctx, tx, account.System, "venue.brought", v.Gathering, map[string]any{"venue": v.ID, "board": string(id),
		"merged": counts[carriage.Merged], "twice": counts[carriage.Twice], "late": counts[carriage.Delayed], "refused": counts[carriage.Refused]})
}

// insertOp keeps an operation with what became of it; one that is there stays as it is.
func insertOp(ctx context.Context, tx *db.Tx, venue string, id room.ID, one Carried, f carriage.Fate, settled time.Time) error {
	op, err := json.Marshal(one.Op)
	if err != nil {
		return err
	}
	var undoes carriage.Identity
	if one.Undoes != nil {
		undoes = *one.Undoes
	}
	var n any
	if f.N > 0 {
		n = f.N
	}
	_, err = tx.Exec(ctx, `insert into venue_ops (id, venue_id, board_id, client, seq, v, v0, fork, upto, undoes_client, undoes_seq, person, at, op, late, fate, why, home_n, settled_at)
		values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) on conflict (board_id, client, seq) do nothing`,
		db.NewID(), venue, string(id), one.Client, one.Seq, one.V, one.Fork, one.Upto, undoes.Client, undoes.Seq, one.Person, one.At, string(op), one.Late, f.Fate, f.Why, n, settled)
	if err != nil {
		return fmt.Errorf("keep what was brought to board %s: %w", id, err)
	}
	return nil
}
