package approval

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
)

// kept is how long a decided request stays on the list of those who might have decided.
const kept = 90 * 24 * time.Hour

const query = `
	select q.id, q.kind, q.object_kind, q.object_id, q.reason, q.asked_by, pa.name, q.asked_at, q.expires_at, q.status,
	  coalesce(q.decided_by, ''), coalesce(pd.name, ''), q.decided_at, q.note, q.opens_until, q.relation_id,
	  coalesce(a.call_id, q.object_id), coalesce(a.number, 0)
	from approvals q join people pa on pa.id = q.asked_by left join people pd on pd.id = q.decided_by
	left join applications a on q.object_kind = 'application' and a.id = q.object_id`

func scan(sc db.Scanner) (r Request, err error) {
	err = sc.Scan(&r.ID, &r.Kind, &r.Object.Kind, &r.Object.ID, &r.Reason, &r.AskedBy, &r.Asker, &r.AskedAt, &r.ExpiresAt, &r.Status,
		&r.DecidedBy, &r.Decider, &r.DecidedAt, &r.Note, &r.OpensUntil, &r.relation, &r.CallID, &r.Number)
	return r, err
}

// within lists what contains the object of a request. A call that was deleted leaves
// its requests to the platform.
func within(r Request, calls map[call.ID]call.Call) []policy.Ref {
	c, known := calls[call.ID(r.CallID)]
	if !known {
		return nil
	}
	return append([]policy.Ref{{Kind: "call", ID: string(c.ID)}}, c.Within()...)
}

// require loads a request for whoever may do action on it.
func (s *Service) require(ctx context.Context, r db.Reader, by account.User, action policy.Action, id string) (Request, policy.Object, error) {
	req, err := db.Get(ctx, r, scan, query+` where q.id = $1`, id)
	if err != nil {
		return req, policy.Object{}, err
	}
	calls, err := call.LoadAll(ctx, r, []call.ID{call.ID(req.CallID)})
	if err != nil {
		return req, policy.Object{}, fmt.Errorf("find the call of request %s: %w", id, err)
	}
	if _, err := s.policy.Require(ctx, r, by, action, req.object(within(req, calls), s.clock.Now())); err != nil {
		return Request{}, policy.Object{}, err
	}
	c, known := calls[call.ID(req.CallID)]
	if !known {
		return req, policy.Object{}, nil
	}
	req.Title = c.Title.In(by.Lang)
	if req.Kind == Emergency {
		obj, _, err := fileObject(ctx, r, req.Object.ID, s.clock.Now())
		return req, obj, err
	}
	return req, c.Object(s.clock.Now()), nil
}

// Seen is a request, and what whoever looks at it may do with it.
type Seen struct {
	Request
	Own    bool // she asked for it
	Decide bool
	End    bool
}

// Get reads one request.
func (s *Service) Get(ctx context.Context, by account.User, id string) (Seen, error) {
	r := s.db.Reader()
	req, _, err := s.require(ctx, r, by, "approval.read", id)
	if err != nil {
		return Seen{}, err
	}
	calls, err := call.LoadAll(ctx, r, []call.ID{call.ID(req.CallID)})
	if err != nil {
		return Seen{}, err
	}
	return s.seen(ctx, r, by, req, calls)
}

func (s *Service) seen(ctx context.Context, r db.Reader, by account.User, req Request, calls map[call.ID]call.Call) (Seen, error) {
	got, err := s.policy.Decisions(ctx, r, by, req.object(within(req, calls), s.clock.Now()), "approval.read", "approval.decide", "approval.end")
	if err != nil || !got["approval.read"].Allowed {
		return Seen{}, err
	}
	if c, known := calls[call.ID(req.CallID)]; known {
		req.Title = c.Title.In(by.Lang)
	}
	own := req.AskedBy == string(by.ID)
	return Seen{Request: req, Own: own, Decide: got["approval.decide"].Allowed && !own, End: got["approval.end"].Allowed}, nil
}

// List gives the requests that by asked for or may decide on, of the last three
// months, those that wait first.
func (s *Service) List(ctx context.Context, by account.User) ([]Seen, error) {
	r, now := s.db.Reader(), s.clock.Now()
	all, err := db.List(ctx, r, scan, query+` where q.asked_at > $1 order by (case when q.status = 'waiting' and q.expires_at > $2 then 0 else 1 end), q.asked_at desc, q.id`, now.Add(-kept), now)
	if err != nil {
		return nil, fmt.Errorf("list the requests: %w", err)
	}
	ids := make([]call.ID, 0, len(all))
	for _, req := range all {
		ids = append(ids, call.ID(req.CallID))
	}
	calls, err := call.LoadAll(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	var list []Seen
	for _, req := range all {
		seen, err := s.seen(ctx, r, by, req, calls)
		if err != nil {
			return nil, err
		}
		if seen.ID != "" {
			list = append(list, seen)
		}
	}
	return list, nil
}

// Standing is the newest request of a kind on a call that still waits or is open,
// asked for by by; the zero value when there is none.
func (s *Service) Standing(ctx context.Context, by account.User, kind Kind, id call.ID) (Request, error) {
	r, now := s.db.Reader(), s.clock.Now()
	if _, err := s.target(ctx, r, by, kind, string(id)); err != nil {
		return Request{}, err
	}
	list, err := db.List(ctx, r, scan, query+` where q.kind = $1 and q.object_kind = 'call' and q.object_id = $2 and q.asked_by = $3
		and (q.status = 'waiting' and q.expires_at > $4 or q.status = 'approved' and q.opens_until > $4) order by q.asked_at desc limit 1`, string(kind), string(id), string(by.ID), now)
	if err != nil || len(list) == 0 {
		return Request{}, err
	}
	return list[0], nil
}

// Load reads a request without asking who wants it: for what is told about it.
func Load(ctx context.Context, r db.Reader, id string) (Request, error) {
	return db.Get(ctx, r, scan, query+` where q.id = $1`, id)
}

// RequireEmergency refuses whoever may not ask to read a file in an emergency.
func (s *Service) RequireEmergency(ctx context.Context, by account.User) error {
	_, err := s.policy.Require(ctx, s.db.Reader(), by, kinds[Emergency].ask, policy.Platform)
	return err
}

// MayAskEmergency says whether by may ask to read a file in an emergency.
func (s *Service) MayAskEmergency(ctx context.Context, by account.User) (bool, error) {
	d, err := s.policy.Decide(ctx, s.db.Reader(), by, kinds[Emergency].ask, policy.Platform)
	return d.Allowed, err
}
