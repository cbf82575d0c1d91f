package call

import (
	"context"
	"fmt"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Service keeps calls.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	jobs   *job.Queue
	blobs  blob.Store
	forms  sync.Map // "call/revision" → *form.Compiled; a published revision never changes
}

// Deps is what the service works with.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	Jobs   *job.Queue
	Blobs  blob.Store // keeps the documents joined to calls
}

// New makes the service, which opens sealed calls in time and copies the calls of an
// edition that is cloned.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, jobs: d.Jobs, blobs: d.Blobs}
	d.Jobs.Handle(unsealJob, s.unseal)
	d.Bus.Subscribe("copy_calls", s.copyCalls, "edition.cloned")
	return s
}

// Get reads a call that by may read.
func (s *Service) Get(ctx context.Context, by account.User, id ID) (Call, error) {
	return s.require(ctx, s.db.Reader(), by, "call.read", id)
}

// require loads a call and refuses whoever may not do action on it.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id ID) (Call, error) {
	c, err := Load(ctx, r, id)
	if err != nil {
		return Call{}, err
	}
	_, err = s.policy.Require(ctx, r, by, action, c.Object(s.clock.Now()))
	if action == "call.read" && errs.Is(err, errs.Unauthenticated) {
		return Call{}, errs.New(errs.NotFound, "errs.not_found") // signing in would tell a visitor that the draft exists
	}
	if err != nil {
		return Call{}, err
	}
	return c, nil
}

// List gives the calls that by may read, the next deadlines first; edition narrows it when not empty.
func (s *Service) List(ctx context.Context, by account.User, edition string) ([]Call, error) {
	args := []any{s.clock.Now(), edition}
	may, args := s.policy.Where(ctx, by, "call.read", Columns("$1"), args)
	return db.List(ctx, s.db.Reader(), scanCall, `
		select `+columns+` from `+tables+`
		where ($2 = '' or c.edition_id = $2) and c.created_at <= $1 and `+may+`
		order by c.closes_at is null, c.closes_at, c.id`, args...)
}

// Create opens a draft call in an edition. The id is its slug, taken as given.
func (s *Service) Create(ctx context.Context, by account.User, c Call) (Call, error) {
	edition := policy.Object{Ref: policy.Ref{Kind: "edition", ID: c.EditionID}}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		row := tx.QueryRow(ctx, `select e.programme_id, p.agency_id from editions e join programmes p on p.id = e.programme_id where e.id = $1`, c.EditionID)
		if err := row.Scan(&c.ProgrammeID, &c.AgencyID); err != nil {
			return err
		}
		edition.Within = []policy.Ref{{Kind: "programme", ID: c.ProgrammeID}, {Kind: "agency", ID: c.AgencyID}}
		if _, err := s.policy.Require(ctx, tx, by, "edition.manage", edition); err != nil {
			return err
		}
		c.Status, c.Version, c.CreatedAt = Draft, 1, s.clock.Now()
		if err := insert(ctx, tx, c); err != nil {
			if db.Taken(err) {
				return &errs.Error{Kind: errs.Invalid, Key: "call.invalid", Fields: []errs.Field{{Path: "id", Key: "call.slug_taken"}}}
			}
			return err
		}
		return s.record(ctx, tx, by, "call.created", c, nil)
	})
	return c, err
}

// Edit saves the texts, dates and legal block, if nobody else did since base. Once
// published, dates change by Extend only, and the seal not at all.
func (s *Service) Edit(ctx context.Context, by account.User, c Call, base int64) (Call, error) {
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		old, err := s.require(ctx, tx, by, "call.edit", c.ID)
		if err != nil {
			return err
		}
		if old.Status != Draft {
			c.OpensAt, c.ClosesAt, c.Sealed, c.UnsealAt, c.Zone = old.OpensAt, old.ClosesAt, old.Sealed, old.UnsealAt, old.Zone
			if bad := c.Legal.missing(); len(bad) > 0 {
				return errs.NewInvalid("call.not_ready", bad)
			}
		}
		if err := update(ctx, tx, c, base); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "call.edited", c, nil)
	})
	if err != nil {
		return c, err
	}
	return Load(ctx, s.db.Reader(), c.ID)
}

// Publish opens the call to the public, with its form, and closes its draft. It
// reports at once everything that is missing.
func (s *Service) Publish(ctx context.Context, by account.User, id ID) (Call, error) {
	now := s.clock.Now()
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.publish", id)
		if err != nil {
			return err
		}
		if err := c.readyToOpen(now); err != nil {
			return err
		}
		if c.Revision == 0 {
			if c.Revision, err = s.publishForm(ctx, tx, c, form.Localised{}); err != nil {
				return err
			}
		}
		if err := markPublished(ctx, tx, id, now); err != nil {
			return err
		}
		if err := s.planUnsealing(ctx, tx, c); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "call.published", c, map[string]any{"opens": c.OpensAt, "closes": c.ClosesAt, "revision": c.Revision, "sealed": c.Sealed}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "call.published", string(id), nil)
	})
	if err != nil {
		return Call{}, err
	}
	return Load(ctx, s.db.Reader(), id)
}

// Extended is the payload of the event "call.extended".
type Extended struct {
	Was     time.Time `json:"was"`
	Becomes time.Time `json:"becomes"`
	Reason  string    `json:"reason"`
}

// Extend moves the deadline of a published call to a later instant, never an
// earlier one; it is announced to all drafts by whoever subscribes to "call.extended".
func (s *Service) Extend(ctx context.Context, by account.User, id ID, to time.Time, reason string) (Call, error) {
	now := s.clock.Now()
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.publish", id)
		if err != nil {
			return err
		}
		if err := c.mayExtend(to, reason, now); err != nil {
			return err
		}
		if err := postpone(ctx, tx, c, to); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into call_deadlines (id, call_id, was, becomes, reason, decided_by, decided_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			db.NewID(), string(id), c.ClosesAt, to, reason, by.Actor(), now)
		if err != nil {
			return fmt.Errorf("keep the extension of %s: %w", id, err)
		}
		if c.UnsealAt.Before(to) {
			c.UnsealAt = to
		}
		if err := s.planUnsealing(ctx, tx, c); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "call.extended", c, map[string]any{"was": c.ClosesAt, "becomes": to}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "call.extended", string(id), Extended{c.ClosesAt, to, reason})
	})
	if err != nil {
		return Call{}, err
	}
	return Load(ctx, s.db.Reader(), id)
}

// mayExtend says why a deadline cannot move to an instant.
func (c Call) mayExtend(to time.Time, reason string, now time.Time) error {
	var bad []errs.Field
	switch {
	case c.Status != Published || c.Phase > policy.Admissibility:
		return errs.New(errs.Conflict, "call.not_open")
	case !to.After(c.ClosesAt):
		bad = append(bad, errs.Field{Path: "closes_at", Key: "call.extension_not_later", Args: []any{c.ClosesAt}})
	case !to.After(now):
		bad = append(bad, errs.Field{Path: "closes_at", Key: "call.deadline_past"})
	}
	if c.Sealed && c.UnsealedNow(now) {
		return errs.New(errs.Conflict, "call.seal_already_open")
	}
	if reason == "" {
		bad = append(bad, errs.Field{Path: "reason", Key: "call.reason_missing"})
	}
	return errs.NewInvalid("call.invalid", bad)
}

func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, act string, c Call, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: "call", ID: string(c.ID), Detail: detail})
}
