package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// The sendings under way at once, and how long one may be silent before another node takes it.
const (
	atOnce = 4
	lease  = 2 * time.Minute
)

// rouse has Run look at once; it never blocks.
func (s *Service) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run sends what is due until ctx ends. Several nodes may run at once.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		if err := s.Deliver(ctx); err != nil && ctx.Err() == nil {
			slog.Error("send webhooks", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-tick.C:
		}
	}
}

// due is a delivery to send, with what it takes.
type due struct {
	Delivery
	endpoint, url        string
	secret, formerSecret string
	formerUntil          time.Time
}

func scanDue(sc db.Scanner) (d due, err error) {
	err = sc.Scan(&d.ID, &d.Body, &d.CreatedAt, &d.Attempts, &d.endpoint, &d.url, &d.secret, &d.formerSecret, &d.formerUntil)
	return d, err
}

// Deliver sends everything that is due.
func (s *Service) Deliver(ctx context.Context) error {
	for ctx.Err() == nil {
		now := s.clock.Now()
		list, err := db.List(ctx, s.db.Reader(), scanDue, `
			select d.id, d.body, d.created_at, d.attempts, w.id, w.url, w.secret, w.former_secret, w.former_until
			from webhook_deliveries d join webhooks w on w.id = d.webhook_id
			where d.status = 'pending' and d.due_at <= $1 and (d.leased_until is null or d.leased_until <= $1) and w.status = 'active' and w.removed_at is null
			order by d.due_at, d.id limit 40`, now)
		if err != nil {
			return fmt.Errorf("list the due deliveries: %w", err)
		}
		if len(list) == 0 {
			return nil
		}
		var waiting sync.WaitGroup
		slots, problems := make(chan struct{}, atOnce), make([]error, len(list))
		for i, d := range list {
			slots <- struct{}{}
			waiting.Go(func() {
				defer func() { <-slots }()
				problems[i] = s.deliver(ctx, d)
			})
		}
		waiting.Wait()
		if err := errors.Join(problems...); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// deliver claims one delivery, sends it and keeps what came back.
func (s *Service) deliver(ctx context.Context, d due) error {
	mine := false
	now := s.clock.Now()
	if err := s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `update webhook_deliveries set leased_until = $2 where id = $1 and status = 'pending' and attempts = $4 and (leased_until is null or leased_until <= $3)`, d.ID, now.Add(lease), now, d.Attempts)
		mine = n == 1
		return err
	}); err != nil || !mine {
		return err
	}
	started := s.clock.Now()
	a := Attempt{Number: d.Attempts + 1, At: started}
	var retryAfter time.Duration
	headers, err := s.headers(d, started)
	if err == nil {
		answer, sendErr := s.out.Post(ctx, d.url, headers, []byte(d.Body))
		a.Status, a.Answer, retryAfter, err = answer.Status, readable(answer.Body), answer.RetryAfter, sendErr
	}
	a.Millis = s.clock.Now().Sub(started).Milliseconds()
	a.Problem = problemOf(a.Status, err)
	if err != nil {
		slog.WarnContext(ctx, "webhook not delivered", "delivery", d.ID, "attempt", a.Number, "err", err)
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.settle(ctx, tx, d, a, retryAfter) })
}

// headers are those of Standard Webhooks 1.0.0. The instant is that of the attempt: a
// receiver refuses an old one, and so whoever plays a request again.
func (s *Service) headers(d due, at time.Time) (map[string]string, error) {
	var secrets []string
	current, err := s.unseal(d.endpoint, d.secret)
	if err != nil {
		return nil, err
	}
	secrets = append(secrets, current)
	if d.formerSecret != "" && at.Before(d.formerUntil) {
		former, err := s.unseal(d.endpoint, d.formerSecret)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, former)
	}
	signature, err := sign(d.ID, at, []byte(d.Body), secrets...)
	return map[string]string{"Content-Type": "application/json", "User-Agent": "Transformateur-Webhooks/1",
		"webhook-id": d.ID, "webhook-timestamp": strconv.FormatInt(at.Unix(), 10), "webhook-signature": signature}, err
}

// readable is what of an answer can be shown: text, without what controls a screen.
func readable(body []byte) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= ' ' && r != 0x7f && r != 0xfffd {
			return r
		}
		return -1
	}, strings.ToValidUTF8(string(body), ""))
}

func problemOf(status int, err error) string {
	switch {
	case errs.KeyOf(err) == "outbound.inside":
		return "outbound.inside"
	case err != nil && errors.Is(err, context.DeadlineExceeded):
		return "webhook.problem_slow"
	case err != nil:
		return "webhook.problem_network"
	case status >= 200 && status < 300:
		return ""
	case status >= 300 && status < 400:
		return "webhook.problem_redirect"
	case status == gone:
		return "webhook.problem_gone"
	}
	return "webhook.problem_status"
}

// gone is the status by which a receiver says that it wants nothing more (410).
const gone = 410

// settle keeps an attempt and says when the next one is, if there is one.
func (s *Service) settle(ctx context.Context, tx *db.Tx, d due, a Attempt, retryAfter time.Duration) error {
	now := s.clock.Now()
	if _, err := tx.Exec(ctx, `insert into webhook_attempts (delivery_id, number, at, status, problem, answer, millis) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
		d.ID, a.Number, a.At, a.Status, a.Problem, a.Answer, a.Millis); err != nil {
		return fmt.Errorf("keep an attempt: %w", err)
	}
	if a.Problem == "" {
		if _, err := tx.Exec(ctx, `update webhook_deliveries set status = 'delivered', attempts = $2, done_at = $3, due_at = null, leased_until = null where id = $1`, d.ID, a.Number, now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update webhooks set failing_since = null where id = $1 and failing_since is not null`, d.endpoint)
		return err
	}
	if _, err := tx.Exec(ctx, `update webhooks set failing_since = $2 where id = $1 and failing_since is null`, d.endpoint, now); err != nil {
		return err
	}
	if a.Problem == "webhook.problem_gone" {
		if err := s.give(ctx, tx, d, a.Number, now); err != nil {
			return err
		}
		return s.shut(ctx, tx, d.endpoint, "webhook.disabled_gone")
	}
	if a.Number <= len(schedule) {
		wait := schedule[a.Number-1]
		wait = max(wait*8/10+time.Duration(s.jitter()*.4*float64(wait)), min(retryAfter, 24*time.Hour))
		_, err := tx.Exec(ctx, `update webhook_deliveries set attempts = $2, due_at = $3, leased_until = null where id = $1`, d.ID, a.Number, now.Add(wait))
		return err
	}
	if err := s.give(ctx, tx, d, a.Number, now); err != nil {
		return err
	}
	var since time.Time
	if err := tx.QueryRow(ctx, `select failing_since from webhooks where id = $1`, d.endpoint).Scan(&since); err != nil {
		return err
	}
	if now.Sub(since) >= longFailure {
		return s.shut(ctx, tx, d.endpoint, "webhook.disabled_failing")
	}
	return nil
}

// longFailure is how long an endpoint may refuse everything before it is disabled.
const longFailure = 60 * time.Hour

// give gives a delivery up.
func (s *Service) give(ctx context.Context, tx *db.Tx, d due, attempts int, now time.Time) error {
	_, err := tx.Exec(ctx, `update webhook_deliveries set status = 'failed', attempts = $2, done_at = $3, due_at = null, leased_until = null where id = $1`, d.ID, attempts, now)
	return err
}

// DisabledEvent is the payload of "webhook.disabled".
type DisabledEvent struct {
	Reason string `json:"reason"` // message key
}

// shut disables an endpoint by itself, and has its leads told.
func (s *Service) shut(ctx context.Context, tx *db.Tx, id, reason string) error {
	n, err := tx.Exec(ctx, `update webhooks set status = 'disabled', problem = $2, version = version + 1 where id = $1 and status = 'active'`, id, reason)
	if err != nil || n == 0 {
		return err
	}
	if err := s.record(ctx, tx, account.System, "webhook.disabled", id, map[string]any{"reason": reason}); err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, "webhook.disabled", id, DisabledEvent{reason})
}
