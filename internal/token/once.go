package token

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
)

// How long the outcome of a request is kept for who asks again, and how long a
// request may be under way before another attempt takes its place.
const (
	onceLife  = 24 * time.Hour
	onceLease = 2 * time.Minute
)

// MaxKey is the longest idempotency key, in bytes.
const MaxKey = 200

// Act is a line of the journal that a request wrote, by which its answer can be
// made again when it was lost before it was kept.
type Act struct {
	Act    string          `json:"act"`
	Kind   string          `json:"kind"`
	ID     string          `json:"id"`
	Detail json.RawMessage `json:"detail"`
}

// Once is one attempt of a request that must have its effect once only.
type Once struct {
	key     string
	attempt string
	token   string
}

// Outcome is what an earlier attempt with the same key did.
type Outcome struct {
	Done    bool // its answer was kept: Status, Headers and Body
	Status  int
	Headers map[string]string
	Body    string
	Acts    []Act // when it was not, what it wrote
}

// Begin claims a key for a request of by's token, whose content has the digest.
// Exactly one of the two results is there: the attempt, which may go on, or what an
// earlier one did.
//
// Errors: Invalid "token.key_reused" when the key came with another request,
// Conflict "token.key_busy" when one is under way.
func (s *Service) Begin(ctx context.Context, by account.User, key, digest string) (*Once, *Outcome, error) {
	now := s.clock.Now()
	once := &Once{key: key, attempt: db.NewID(), token: by.TokenID}
	var before *Outcome
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		before = nil
		if _, err := tx.Exec(ctx, `delete from api_requests where token_id = $1 and request_key = $2 and expires_at <= $3`, by.TokenID, key, now); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `
			insert into api_requests (token_id, request_key, attempt, digest, started_at, expires_at, acts, status, headers, body)
			values ($1, $2, $3, $4, $5, $6, '', 0, '', '') on conflict do nothing`, by.TokenID, key, once.attempt, digest, now, now.Add(onceLife))
		if err != nil || n == 1 {
			return err
		}
		before, err = s.earlier(ctx, tx, once, digest, now)
		return err
	})
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("claim an idempotency key: %w", err)
	case before != nil:
		return nil, before, nil
	}
	return once, nil, nil
}

// earlier reads what an earlier attempt did; nil when this one may take its place.
func (s *Service) earlier(ctx context.Context, tx *db.Tx, once *Once, digest string, now time.Time) (*Outcome, error) {
	var had, acts, headers, body string
	var started, done time.Time
	var status int
	if err := tx.QueryRow(ctx, `select digest, started_at, acts, status, headers, body, done_at from api_requests where token_id = $1 and request_key = $2`, once.token, once.key).
		Scan(&had, &started, &acts, &status, &headers, &body, &done); err != nil {
		return nil, err
	}
	switch {
	case had != digest:
		return nil, errs.New(errs.Invalid, "token.key_reused")
	case !done.IsZero():
		o := &Outcome{Done: true, Status: status, Body: body}
		return o, json.Unmarshal([]byte(headers), &o.Headers)
	case acts != "":
		o := &Outcome{}
		return o, json.Unmarshal([]byte(acts), &o.Acts)
	case now.Sub(started) < onceLease:
		return nil, errs.New(errs.Conflict, "token.key_busy")
	}
	_, err := tx.Exec(ctx, `update api_requests set attempt = $3, started_at = $4 where token_id = $1 and request_key = $2 and acts = ''`, once.token, once.key, once.attempt, now)
	return nil, err
}

// Watch has the acts that are the effect of a request kept with its key, in the very
// transaction of each: after it, no other attempt can do it again, whatever becomes
// of the answer. An attempt whose place was taken cannot act any more.
func (o *Once) Watch(ctx context.Context, effects ...string) context.Context {
	return journal.WithWitness(ctx, func(ctx context.Context, tx *db.Tx, line journal.Line) error {
		if !slices.Contains(effects, line.Act) {
			return nil
		}
		var kept string
		err := tx.QueryRow(ctx, `select acts from api_requests where token_id = $1 and request_key = $2 and attempt = $3`, o.token, o.key, o.attempt).Scan(&kept)
		if errs.Is(err, errs.NotFound) {
			return errs.New(errs.Conflict, "token.key_busy")
		}
		if err != nil {
			return fmt.Errorf("read the acts of a request: %w", err)
		}
		var acts []Act
		if kept != "" {
			if err := json.Unmarshal([]byte(kept), &acts); err != nil {
				return fmt.Errorf("read the acts of a request: %w", err)
			}
		}
		text, err := json.Marshal(append(acts, Act{line.Act, line.Kind, line.ID, json.RawMessage(line.Detail)}))
		if err != nil {
			return fmt.Errorf("keep the acts of a request: %w", err)
		}
		n, err := tx.Exec(ctx, `update api_requests set acts = $4 where token_id = $1 and request_key = $2 and attempt = $3`, o.token, o.key, o.attempt, string(text))
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "token.key_busy")
		}
		return err
	})
}

// Finish keeps the answer of an attempt, for whoever asks again with the same key.
func (s *Service) Finish(ctx context.Context, _ account.User, o *Once, answer Outcome) error {
	headers, err := json.Marshal(answer.Headers)
	if err != nil {
		return fmt.Errorf("keep the answer of a request: %w", err)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `update api_requests set status = $4, headers = $5, body = $6, done_at = $7 where token_id = $1 and request_key = $2 and attempt = $3`,
			o.token, o.key, o.attempt, answer.Status, string(headers), answer.Body, s.clock.Now())
		return err
	})
}

// Abandon frees the key of an attempt that changed nothing; one that did keeps it.
func (s *Service) Abandon(ctx context.Context, _ account.User, o *Once) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `delete from api_requests where token_id = $1 and request_key = $2 and attempt = $3 and acts = ''`, o.token, o.key, o.attempt)
		return err
	})
}

// Sweep forgets the requests whose time is over.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `delete from api_requests where expires_at <= $1`, s.clock.Now())
		return err
	})
}
