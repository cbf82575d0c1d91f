package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/policy"
)

// Listen has endpoints told of what happens. It is called once, before anything is published.
func (s *Service) Listen() {
	s.bus.Subscribe("webhook.events", s.onEvent, "call.published", "call.extended", "call.form_revised", "call.unsealed", "call.archived",
		"application.submitted", "application.withdrawn", "application.admitted", "application.correction_asked")
	s.jobs.Handle("announce_closing", s.announceClosing)
	s.jobs.Every("sweep_webhooks", 24*time.Hour, func(ctx context.Context, _ job.Job) error {
		return s.db.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `delete from webhook_deliveries where created_at < $1 and status <> 'pending'`, s.clock.Now().Add(-keep))
			return err
		})
	})
}

// told is one event as endpoints get it: identifiers and figures, never a word of a file.
type told struct {
	kind string
	key  string // the same event is told once to an endpoint
	at   time.Time
	data map[string]any
}

func (s *Service) onEvent(ctx context.Context, tx *db.Tx, e event.Event) error {
	if strings.HasPrefix(e.Kind, "application.") {
		return s.onFile(ctx, tx, e)
	}
	c, err := call.Load(ctx, tx, call.ID(e.ObjectID))
	if err != nil {
		return err
	}
	if e.Kind == "call.published" || e.Kind == "call.extended" {
		if err := s.jobs.Enqueue(ctx, tx, "announce_closing", string(c.ID)+" "+c.ClosesAt.UTC().Format(time.RFC3339Nano), string(c.ID), c.ClosesAt); err != nil {
			return err
		}
	}
	return s.tellCall(ctx, tx, c, told{kind: e.Kind, key: e.ID, at: e.At, data: map[string]any{"call": c.ID}})
}

// closed is the event of a closing, which comes with its counts.
const closed = "call.closed"

// announceClosing tells that a call has closed, unless it was extended meanwhile.
func (s *Service) announceClosing(ctx context.Context, j job.Job) error {
	var id string
	if err := j.Read(&id); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := call.Load(ctx, tx, call.ID(id))
		if err != nil || !c.ClosedAt(s.clock.Now()) {
			return err
		}
		return s.tellCall(ctx, tx, c, told{kind: closed, key: "closed " + id + " " + c.ClosesAt.UTC().Format(time.RFC3339Nano), at: c.ClosesAt, data: map[string]any{"call": c.ID}})
	})
}

// counts are what the programme's team may know before the closing.
type counts struct {
	Submitted int `json:"submitted"`
	Withdrawn int `json:"withdrawn"`
}

// countsFor counts the files of a call as the owner of an endpoint may: without those
// from which she is excluded.
func (s *Service) countsFor(ctx context.Context, owner account.PersonID, id call.ID) (counts, error) {
	n, err := s.counts.Funnel(ctx, account.User{ID: owner}, id)
	if err != nil {
		return counts{}, fmt.Errorf("count the files of %s: %w", id, err)
	}
	return counts{n.Submitted + n.Reopened, n.Withdrawn}, nil
}

// around lists the endpoints that wait for what happens in a call, and whose owner may
// still manage them. With her rights the policy says what each of them may be told.
func (s *Service) around(ctx context.Context, tx *db.Tx, c call.Call) ([]Endpoint, error) {
	all, err := db.List(ctx, tx, scanEndpoint, `select `+endpointColumns+` from webhooks w join people p on p.id = w.owner_id
		where w.status = 'active' and w.removed_at is null and p.disabled_at is null and (w.object_kind = 'edition' and w.object_id = $1 or w.object_kind = 'programme' and w.object_id = $2)
		order by w.created_at, w.id`, c.EditionID, c.ProgrammeID)
	if err != nil {
		return nil, fmt.Errorf("list the endpoints around %s: %w", c.ID, err)
	}
	var may []Endpoint
	for _, e := range all {
		within := c.Within()
		i := slices.Index(within, e.On)
		d, err := s.policy.Decide(ctx, tx, account.User{ID: e.Owner}, manage, policy.Object{Ref: e.On, Within: within[i+1:]})
		if err != nil {
			return nil, err
		}
		if d.Allowed {
			may = append(may, e)
		}
	}
	return may, nil
}

func (s *Service) tellCall(ctx context.Context, tx *db.Tx, c call.Call, what told) error {
	endpoints, err := s.around(ctx, tx, c)
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		if !slices.Contains(e.Kinds, what.kind) {
			continue
		}
		d, err := s.policy.Decide(ctx, tx, account.User{ID: e.Owner}, "call.read", c.Object(s.clock.Now()))
		if err != nil {
			return err
		}
		if !d.Allowed {
			continue
		}
		mine := what
		if what.kind == closed {
			n, err := s.countsFor(ctx, e.Owner, c.ID)
			if err != nil {
				return err
			}
			mine.data = map[string]any{"call": c.ID, "counts": n}
		}
		if err := s.enqueue(ctx, tx, e, mine); err != nil {
			return err
		}
	}
	return nil
}

// onFile tells of a file to those whose owner may read it from the programme's side;
// to the others who follow the call, only how many files there are.
func (s *Service) onFile(ctx context.Context, tx *db.Tx, e event.Event) error {
	var callID, state string
	if err := tx.QueryRow(ctx, `select call_id, status from applications where id = $1`, e.ObjectID).Scan(&callID, &state); err != nil {
		return fmt.Errorf("find file %s: %w", e.ObjectID, err)
	}
	c, err := call.Load(ctx, tx, call.ID(callID))
	if err != nil {
		return err
	}
	endpoints, err := s.around(ctx, tx, c)
	if err != nil {
		return err
	}
	file := c.Object(s.clock.Now())
	file.Ref, file.State, file.Within = policy.Ref{Kind: "application", ID: e.ObjectID}, state, append([]policy.Ref{{Kind: "call", ID: callID}}, c.Within()...)
	for _, endpoint := range endpoints {
		what, err := s.tellable(ctx, tx, endpoint, e, c, file)
		if err != nil {
			return err
		}
		if slices.Contains(endpoint.Kinds, what.kind) {
			if err := s.enqueue(ctx, tx, endpoint, what); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellable is what an endpoint may be told of an event on a file; the zero value when nothing.
func (s *Service) tellable(ctx context.Context, tx *db.Tx, endpoint Endpoint, e event.Event, c call.Call, file policy.Object) (told, error) {
	owner := account.User{ID: endpoint.Owner}
	may, err := s.policy.Decisions(ctx, tx, owner, file, "application.read", "application.comment")
	if err != nil {
		return told{}, err
	}
	if may["application.comment"].Allowed {
		return told{}, nil // her own project's: she reads it as its team does
	}
	if may["application.read"].Allowed {
		return told{kind: e.Kind, key: e.ID, at: e.At, data: map[string]any{"call": c.ID, "application": e.ObjectID}}, nil
	}
	if e.Kind != "application.submitted" && e.Kind != "application.withdrawn" || may["application.read"].Code == "excluded" {
		return told{}, nil
	}
	follows, err := s.policy.Decide(ctx, tx, owner, "call.files", c.Object(s.clock.Now()))
	if err != nil || !follows.Allowed {
		return told{}, err
	}
	n, err := s.countsFor(ctx, endpoint.Owner, c.ID)
	return told{kind: "application.counted", key: e.ID, at: e.At, data: map[string]any{"call": c.ID, "counts": n}}, err
}

// enqueue keeps a delivery with the transaction of what it tells. The same event is
// kept once for an endpoint.
func (s *Service) enqueue(ctx context.Context, tx *db.Tx, e Endpoint, what told) error {
	body, err := json.Marshal(struct {
		Type      string         `json:"type"`
		Timestamp string         `json:"timestamp"`
		Data      map[string]any `json:"data"`
	}{what.kind, what.at.UTC().Format(time.RFC3339Nano), what.data})
	if err != nil {
		return fmt.Errorf("write %s for an endpoint: %w", what.kind, err)
	}
	now := s.clock.Now()
	if _, err := tx.Exec(ctx, `insert into webhook_deliveries (id, webhook_id, event_key, kind, body, created_at, status, attempts, due_at)
		values ($1, $2, $3, $4, $5, $6, 'pending', 0, $6) on conflict do nothing`, "msg_"+db.NewID(), e.ID, what.key, what.kind, string(body), now); err != nil {
		return fmt.Errorf("keep %s for an endpoint: %w", what.kind, err)
	}
	tx.AfterCommit(s.rouse)
	return nil
}
