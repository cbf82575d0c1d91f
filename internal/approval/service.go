package approval

import (
	"context"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
)

// Service keeps requests and what they open.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
}

// New makes the service.
func New(d *db.DB, c clock.Clock, p *policy.Service, b *event.Bus) *Service {
	return &Service{d, c, p, b}
}

// Ask asks for an act on an object, with the reason that will stay in the journal's
// company. Errors: Invalid on "object" and "reason"; Conflict when the same request
// already waits or is open; as the policy to who may not ask.
func (s *Service) Ask(ctx context.Context, by account.User, kind Kind, object, reason string) (id string, err error) {
	now, t, reason := s.clock.Now(), kinds[kind], strings.TrimSpace(reason)
	if !Known(kind) {
		return "", errs.New(errs.NotFound, "errs.not_found")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		obj, err := s.target(ctx, tx, by, kind, object)
		if err != nil {
			return err
		}
		if err := reasonFaults(reason); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "approval:"+string(kind)+":"+obj.ID); err != nil {
			return err
		}
		var same int
		if err := tx.QueryRow(ctx, `select count(*) from approvals where kind = $1 and object_kind = $2 and object_id = $3 and asked_by = $4
			and (status = 'waiting' and expires_at > $5 or status = 'approved' and opens_until > $5)`, string(kind), t.on, obj.ID, string(by.ID), now).Scan(&same); err != nil {
			return fmt.Errorf("look for the same request: %w", err)
		}
		if same > 0 {
			return errs.New(errs.Conflict, "approval.already_asked")
		}
		id = db.NewID()
		if _, err := tx.Exec(ctx, `insert into approvals (id, kind, object_kind, object_id, reason, asked_by, asked_at, expires_at, status, note, relation_id)
			values ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', '', '')`, id, string(kind), t.on, obj.ID, reason, string(by.ID), now, now.Add(Patience)); err != nil {
			return fmt.Errorf("keep the request: %w", err)
		}
		if err := s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: string(by.ID), Relation: "asker", Object: policy.Ref{Kind: "approval", ID: id}}); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "approval.asked", Request{ID: id, Kind: kind, Object: obj.Ref})
	})
	return id, err
}

// target finds what is asked for, for whoever may ask. An emergency is asked for a
// file that the administrator cannot see: an unknown one is a fault of the field.
func (s *Service) target(ctx context.Context, r db.Reader, by account.User, kind Kind, object string) (policy.Object, error) {
	now := s.clock.Now()
	if kind != Emergency {
		c, err := call.Load(ctx, r, call.ID(object))
		if err != nil {
			return policy.Object{}, err
		}
		obj := c.Object(now)
		_, err = s.policy.Require(ctx, r, by, kinds[kind].ask, obj)
		return obj, err
	}
	if _, err := s.policy.Require(ctx, r, by, kinds[kind].ask, policy.Platform); err != nil {
		return policy.Object{}, err
	}
	obj, _, err := fileObject(ctx, r, FileIn(object), now)
	if errs.Is(err, errs.NotFound) {
		return obj, errs.NewInvalid("approval.invalid", []errs.Field{{Path: "object", Key: "approval.file_unknown"}})
	}
	if err == nil && obj.State == string(application.Draft) {
		return obj, errs.NewInvalid("approval.invalid", []errs.Field{{Path: "object", Key: "approval.file_draft"}})
	}
	return obj, err
}

func fileObject(ctx context.Context, r db.Reader, id string, now time.Time) (policy.Object, int, error) {
	a := application.Application{ID: application.ID(id)}
	err := r.QueryRow(ctx, `select call_id, number, status from applications where id = $1 and deleted_at is null`, id).Scan(&a.CallID, &a.Number, &a.Status)
	if err != nil {
		return policy.Object{}, 0, err
	}
	c, err := call.Load(ctx, r, a.CallID)
	return a.Object(c, now), a.Number, err
}

// Approve is the second person's agreement: what was asked for opens at once.
// Errors: Conflict when it no longer waits, or when she asked for it herself.
func (s *Service) Approve(ctx context.Context, by account.User, id, note string) error {
	return s.decide(ctx, by, id, note, Approved)
}

// Refuse ends a request; the note tells the asker why. Errors: as Approve, and Invalid on "note".
func (s *Service) Refuse(ctx context.Context, by account.User, id, note string) error {
	return s.decide(ctx, by, id, note, Refused)
}

func (s *Service) decide(ctx context.Context, by account.User, id, note string, to Status) error {
	now, note := s.clock.Now(), strings.TrimSpace(note)
	return s.db.Write(ctx, func(tx *db.Tx) error {
		req, obj, err := s.require(ctx, tx, by, "approval.decide", id)
		if err != nil {
			return err
		}
		if req.AskedBy == string(by.ID) {
			return errs.New(errs.Conflict, "approval.own")
		}
		if to == Refused && note == "" {
			return errs.NewInvalid("approval.invalid", []errs.Field{{Path: "note", Key: "approval.note_missing"}})
		}
		if to == Approved {
			if req, err = s.open(ctx, tx, by, req, obj); err != nil {
				return err
			}
		}
		n, err := tx.Exec(ctx, `update approvals set status = $2, decided_by = $3, decided_at = $4, note = $5, opens_until = $6, relation_id = $7
			where id = $1 and status = 'waiting' and expires_at > $4`, id, string(to), string(by.ID), now, clip(note), req.OpensUntil, req.relation)
		if err != nil {
			return fmt.Errorf("decide on request %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "approval.not_waiting")
		}
		return s.record(ctx, tx, by, "approval."+string(to), req)
	})
}

// open grants what was asked for, if the asker might still ask for it.
func (s *Service) open(ctx context.Context, tx *db.Tx, by account.User, req Request, obj policy.Object) (Request, error) {
	t, now := kinds[req.Kind], s.clock.Now()
	asker, on := account.User{ID: account.PersonID(req.AskedBy)}, obj
	if req.Kind == Emergency {
		on = policy.Platform
	}
	may, err := s.policy.Decide(ctx, tx, asker, t.ask, on)
	if err != nil {
		return req, err
	}
	if !may.Allowed {
		return req, errs.New(errs.Conflict, "approval.asker_lost")
	}
	req.OpensUntil = now.Add(t.lasts)
	if err := s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: req.AskedBy, Relation: t.relation, Object: req.Object, ValidUntil: req.OpensUntil, Reason: "approval:" + req.ID}); err != nil {
		return req, err
	}
	req.relation, err = db.Get(ctx, tx, db.Value[string], `select id from relations where object_kind = $1 and object_id = $2 and reason = $3 and revoked_at is null`,
		req.Object.Kind, req.Object.ID, "approval:"+req.ID)
	return req, err
}

// End takes a request back while it waits, or closes before its time what it opened.
// Whoever asked may, and whoever may decide. Error: Conflict when nothing is left to end.
func (s *Service) End(ctx context.Context, by account.User, id string) error {
	now := s.clock.Now()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		req, _, err := s.require(ctx, tx, by, "approval.end", id)
		if err != nil {
			return err
		}
		to := Cancelled
		if req.Status == Approved {
			to = Ended
			if _, err := s.policy.End(ctx, tx, by, req.Object, req.relation); err != nil && !errs.Is(err, errs.NotFound) {
				return err
			}
		}
		n, err := tx.Exec(ctx, `update approvals set status = $2 where id = $1 and (status = 'waiting' and expires_at > $3 or status = 'approved' and opens_until > $3)`, id, string(to), now)
		if err != nil {
			return fmt.Errorf("end request %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "approval.not_waiting")
		}
		return s.record(ctx, tx, by, "approval."+string(to), req)
	})
}

// record writes the journal line of an act and the event that has people told.
func (s *Service) record(ctx context.Context, tx *db.Tx, by account.User, act string, req Request) error {
	detail := map[string]any{"approval": req.ID, "kind": string(req.Kind)}
	if !req.OpensUntil.IsZero() {
		detail["until"] = req.OpensUntil
	}
	if err := journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: req.Object.Kind, ID: req.Object.ID, Detail: detail}); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, act, req.ID, nil)
}

func clip(s string) string {
	if r := []rune(s); len(r) > mostReason {
		return string(r[:mostReason])
	}
	return s
}
