// Package right is drawing rights: minutes of expertise that funders give projects, what projects ask experts with them, and what was used.
package right

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/journal"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
)

// FundID and RequestID identify a fund and a request; they are random.
type (
	FundID    string
	RequestID string
)

// What is told of requests and of rights that end; the object is an ask, then a request.
// Ending names the project, and its payload says which fund.
const (
	ToldAsked    = "right.asked"
	ToldReminded = "right.reminded"
	ToldAnswered = "right.answered"
	ToldChosen   = "right.chosen"
	ToldEnding   = "right.ending"

	// ToldCancelled names a request that its team gave up; its payload says which expert had
	// been chosen.
	ToldCancelled = "right.cancelled"
)

// Service keeps drawing rights.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	policy *policy.Service
	bus    *event.Bus
	pool   *pool.Service
	meet   *booking.Service
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Policy *policy.Service
	Bus    *event.Bus
	Jobs   *job.Queue
	Pool   *pool.Service
	Meet   *booking.Service // nil where nobody meets
}

// New makes the service, and has it see every hour to what ends and who has not answered.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, policy: d.Policy, bus: d.Bus, pool: d.Pool, meet: d.Meet}
	d.Jobs.Every("expire_rights", time.Hour, func(ctx context.Context, _ job.Job) error { return s.Tend(ctx, account.System) })
	return s
}

// Fund is what a funder gives an edition.
type Fund struct {
	ID      FundID
	Edition programme.EditionID
	FundSheet
	MadeAt time.Time
}

// What becomes of the time of a team that does not come, or cancels too late.
const (
	MissedConsumes = "consume"
	MissedReleases = "release"
)

const fundColumns = `f.id, f.edition_id, f.funder, f.name, f.subjects, f.first_day, f.last_day, f.day_minutes, f.day_cents, f.ceiling_minutes, f.notice_hours, f.missed_rule, f.made_at, f.version`

func scanFund(sc db.Scanner) (f Fund, err error) {
	var subjects string
	if err = sc.Scan(&f.ID, &f.Edition, &f.Funder, &f.Name, &subjects, &f.FirstDay, &f.LastDay, &f.DayMinutes, &f.DayCents, &f.Ceiling, &f.NoticeHours, &f.MissedRule, &f.MadeAt, &f.Version); err == nil {
		err = json.Unmarshal([]byte(subjects), &f.Subjects)
	}
	return f, err
}

func loadFund(ctx context.Context, r db.Reader, id FundID) (Fund, error) {
	f, err := db.Get(ctx, r, scanFund, `select `+fundColumns+` from right_funds f where f.id = $1`, string(id))
	if err != nil {
		return f, fmt.Errorf("load fund %s: %w", id, err)
	}
	return f, nil
}

// Cents is what minutes cost at the price of the fund, rounded to the nearest cent; 0 when
// it counts no money.
func (f Fund) Cents(minutes int64) int64 {
	if f.DayMinutes == 0 {
		return 0
	}
	return (minutes*f.DayCents + f.DayMinutes/2) / f.DayMinutes
}

// Clock says minutes in hours, as both languages write them: "2 h 30".
func Clock(minutes int64) string {
	sign := ""
	if minutes < 0 {
		sign, minutes = "−", -minutes
	}
	switch hours, rest := minutes/60, minutes%60; {
	case hours == 0:
		return sign + strconv.FormatInt(rest, 10) + " min"
	case rest == 0:
		return sign + strconv.FormatInt(hours, 10) + " h"
	default:
		return sign + fmt.Sprintf("%d h %02d", hours, rest)
	}
}

// on finds a project on which by may do action.
func (s *Service) on(ctx context.Context, r db.Reader, by account.User, action policy.Action, id project.ID) (project.Project, error) {
	p, err := project.Load(ctx, r, id)
	if err == nil {
		_, err = s.policy.Require(ctx, r, by, action, p.Object())
	}
	return p, err
}

// under finds an edition on which by may do action.
func (s *Service) under(ctx context.Context, r db.Reader, by account.User, action policy.Action, id programme.EditionID) (programme.Edition, error) {
	e, err := programme.FindEdition(ctx, r, id)
	if err == nil {
		_, err = s.policy.Require(ctx, r, by, action, e.PolicyObject())
	}
	return e, err
}

// today is the day it is where an edition is.
func (s *Service) today(e programme.Edition) string {
	return s.clock.Now().In(e.Location()).Format(time.DateOnly)
}

func (s *Service) note(ctx context.Context, tx *db.Tx, by account.User, act string, on policy.Ref, detail map[string]any) error {
	return journal.Write(ctx, tx, s.clock.Now(), journal.Entry{Actor: by.Actor(), Act: act, Kind: on.Kind, ID: on.ID, Detail: detail})
}

func notFound() error { return errs.New(errs.NotFound, "errs.not_found") }

// move is a movement to write.
type move struct {
	act     ledger.Act
	way     ledger.Way
	minutes int64
	request RequestID // "" for none
	reason  string
}

// post writes a movement: the condition of each update decides whether the account holds
// the minutes, never a balance that was read before. Error: Conflict "right.short", with
// what is left, when it does not.
func (s *Service) post(ctx context.Context, tx *db.Tx, by account.User, m move) error {
	entries := ledger.Entries(m.act, m.way, m.minutes)
	if entries == nil {
		return fmt.Errorf("nothing moves by %s of %d minutes", m.act, m.minutes)
	}
	// several movements of one act would otherwise take accounts in different orders
	if err := tx.Lock(ctx, "right:"+m.way.Fund); err != nil {
		return err
	}
	id := db.NewID()
	if _, err := tx.Exec(ctx, `insert into right_movements (id, seq, fund_id, act, request_id, reason, made_by, made_at)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7 from right_movements where fund_id = $2`,
		id, m.way.Fund, string(m.act), db.Null(m.request), m.reason, by.Actor(), s.clock.Now()); err != nil {
		return fmt.Errorf("write a movement: %w", err)
	}
	for _, e := range entries {
		account := []any{e.Fund, e.Project, string(e.Kind)}
		if _, err := tx.Exec(ctx, `insert into right_accounts (fund_id, project_id, kind, balance) values ($1, $2, $3, 0) on conflict do nothing`, account...); err != nil {
			return fmt.Errorf("open an account: %w", err)
		}
		n, err := tx.Exec(ctx, `update right_accounts set balance = balance + $4 where fund_id = $1 and project_id = $2 and kind = $3 and (kind = 'source' or balance + $4 >= 0)`, append(account, e.Amount)...)
		if err != nil {
			return fmt.Errorf("move minutes: %w", err)
		}
		if n == 0 {
			left, err := db.Get(ctx, tx, db.Value[int64], `select balance from right_accounts where fund_id = $1 and project_id = $2 and kind = $3`, account...)
			if err != nil {
				return err
			}
			return errs.New(errs.Conflict, "right.short", Clock(left))
		}
		if _, err := tx.Exec(ctx, `insert into right_entries (movement_id, fund_id, project_id, kind, amount) values ($4, $1, $2, $3, $5)`, append(account, id, e.Amount)...); err != nil {
			return fmt.Errorf("write an entry: %w", err)
		}
	}
	return nil
}

// Balances reads the accounts of a fund, without asking who wants to know.
func Balances(ctx context.Context, r db.Reader, id FundID) (ledger.Balances, error) {
	type line struct {
		ledger.Account
		minutes int64
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (l line, err error) {
		return l, sc.Scan(&l.Fund, &l.Project, &l.Kind, &l.minutes)
	}, `select fund_id, project_id, kind, balance from right_accounts where fund_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the accounts of fund %s: %w", id, err)
	}
	b := ledger.Balances{}
	for _, l := range list {
		b[l.Account] = l.minutes
	}
	return b, nil
}
