package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/platform/mail"
)

// How sending behaves.
const (
	claim          = 4 * time.Minute // how long a node may be silent about a mail it is sending
	attemptLimit   = 2 * time.Minute // of one attempt; shorter than claim
	parallel       = 4               // conversations at once with the server
	urgentPatience = time.Hour       // after which a sign-in link has expired anyway
	patience       = 72 * time.Hour  // after which news is not news any more
)

// pause keeps a node from knocking at a server that does not answer.
type pause struct {
	mu    sync.Mutex
	until time.Time
	tries int
}

func (p *pause) open(now time.Time) (time.Time, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until, !now.Before(p.until)
}

// knocked notes what came of a conversation and gives when to try again.
func (p *pause) knocked(now time.Time, answered bool) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if answered {
		p.tries, p.until = 0, time.Time{}
		return now
	}
	p.until = now.Add(min(15*time.Second<<min(p.tries, 5), 5*time.Minute))
	p.tries++
	return p.until
}

func (s *Service) sendJob(ctx context.Context, _ job.Job) error {
	_, err := s.Send(ctx, account.System)
	return err
}

// Send sends everything that is due, urgent mails first, and says how many left.
//
// A mail is marked "sending" before the server hears of it and "sent" after it
// answered. A crash between the two leaves it "sending": nobody knows whether the
// server has it. After the claim has run out it is sent again, as it was and under
// the same Message-ID, so that a mail program or a server that has it already can
// tell. We chose a letter that may come twice and says so over a receipt that may
// never come; SMTP offers nothing better (RFC 5321, 4.5.4 and 6.1).
func (s *Service) Send(ctx context.Context, by account.User) (int, error) {
	if s.Holds() {
		return 0, nil
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	var failed error
	sent := 0
	for range parallel {
		group.Add(1)
		go func() {
			defer group.Done()
			n, err := s.drain(ctx, by)
			mu.Lock()
			defer mu.Unlock()
			sent += n
			if err != nil {
				failed = err
			}
		}()
	}
	group.Wait()
	return sent, failed
}

// drain sends one mail after another until none is due or the server is silent.
func (s *Service) drain(ctx context.Context, by account.User) (sent int, err error) {
	for ctx.Err() == nil {
		if _, open := s.pause.open(s.clock.Now()); !open {
			return sent, nil
		}
		l, err := s.claim(ctx)
		if errs.Is(err, errs.NotFound) {
			return sent, nil
		}
		if err != nil {
			return sent, fmt.Errorf("claim a mail: %w", err)
		}
		outcome := s.attempt(ctx, l)
		if err := s.settle(ctx, by, l, outcome); err != nil {
			return sent, fmt.Errorf("settle mail %s: %w", l.ID, err)
		}
		if outcome == nil {
			sent++
		}
	}
	return sent, ctx.Err()
}

// attempt hands a mail to the server, unless it is too late for it to make sense.
func (s *Service) attempt(ctx context.Context, l Letter) error {
	limit := patience
	if l.Urgent {
		limit = urgentPatience
	}
	if s.clock.Now().Sub(l.SinceAt) > limit {
		return &mail.Failure{Permanent: true, Reason: "notify.problem_late"}
	}
	if err := s.paused(ctx, l); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, attemptLimit)
	defer cancel()
	err := s.opt.Sender.Send(ctx, s.compose(l))
	var f *mail.Failure
	if !errors.As(err, &f) || !f.Permanent {
		s.pause.knocked(s.clock.Now(), f == nil || !f.Unreachable)
	}
	return err
}

const due = `(status in ('held', 'ready') and due_at <= $1 or status = 'sending' and claimed_until <= $1)`

// claim takes the next due mail. What is sent is the row as the claim found it: an
// edit or a cancellation that comes first is obeyed, one that comes later is
// refused. The where clause decides, between people and between nodes.
func (s *Service) claim(ctx context.Context) (l Letter, err error) {
	now := s.clock.Now()
	ids, err := db.List(ctx, s.db.Reader(), db.Value[string], `
		select id from mails where `+due+` order by urgent desc, due_at, id limit 16`, now)
	if err != nil {
		return l, err
	}
	for _, id := range ids {
		mine := false
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `
				update mails set status = 'sending', claimed_until = $3, attempts = attempts + 1
				where `+due+` and id = $2`, now, id, now.Add(claim))
			if err != nil || n == 0 {
				return err
			}
			mine = true
			if l, err = db.Get(ctx, tx, scanLetter, `select `+columns+` from mails m where m.id = $1`, id); err != nil {
				return err
			}
			return s.jobs.Enqueue(ctx, tx, "send_mail", "claim:"+id+":"+fmt.Sprint(l.Attempts), nil, now.Add(claim))
		})
		if err != nil || mine {
			return l, err
		}
	}
	return l, errs.New(errs.NotFound, "errs.not_found")
}

// settle writes what became of an attempt, if the claim still holds: a node that
// was silent too long must not undo what another one did.
func (s *Service) settle(ctx context.Context, by account.User, l Letter, outcome error) error {
	ctx = context.WithoutCancel(ctx)
	now := s.clock.Now()
	status, next, problem := Sent, now, ""
	var f *mail.Failure
	switch {
	case outcome == nil:
	case errors.As(outcome, &f) && !f.Permanent:
		status, problem, next = Ready, f.Reason, now.Add(wait(l.Attempts))
		if until, open := s.pause.open(now); !open {
			next = until
		}
	case errors.As(outcome, &f):
		status, problem = Failed, f.Reason
	default:
		status, problem = Ready, outcome.Error()
		next = now.Add(wait(l.Attempts))
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `
			update mails set status = $3, claimed_until = null, problem = $4, due_at = $5,
			  sent_at = case when $3 = 'sent' then $6 else sent_at end,
			  body = case when $3 in ('sent', 'failed') and secret then '' else body end
			where id = $1 and status = 'sending' and attempts = $2`, l.ID, l.Attempts, string(status), problem, next, now)
		if err != nil || n == 0 {
			return err
		}
		if status == Ready {
			slog.WarnContext(ctx, "mail not taken", "mail", l.ID, "attempts", l.Attempts, "reason", problem)
			return s.jobs.Enqueue(ctx, tx, "send_mail", "", nil, next)
		}
		if f != nil && f.Permanent && f.Recipient {
			if err := s.trouble(ctx, tx, l.To, problem, true, now); err != nil {
				return err
			}
		}
		return journal.Write(ctx, tx, now, journal.Entry{Actor: by.Actor(), Act: "mail." + string(status), Kind: "mail", ID: l.ID,
			Detail: map[string]any{"template": l.Template, "about": l.Object.Kind + ":" + l.Object.ID, "attempts": l.Attempts}})
	})
}

// wait is how long before another attempt: 1 minute doubled each time, an hour at
// most. Servers that greylist ask for some minutes (RFC 6647, 2).
func wait(attempts int) time.Duration {
	return min(time.Minute<<min(max(attempts-1, 0), 6), time.Hour)
}
