package right

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
)

// The bounds of a fund: characters of a line, of a reason; minutes; cents of a day.
const (
	MaxLine    = 200
	MaxReason  = 600
	MaxMinutes = 60 * 24 * 366 * 10
	MaxCents   = 1_000_000
	MaxNotice  = 24 * 30 // hours
)

// FundSheet is what is written of a fund.
type FundSheet struct {
	Funder            string
	Name              string
	Subjects          []string // none for any
	FirstDay, LastDay string   // "2027-03-01"
	DayMinutes        int64    // how long a day of expertise is
	DayCents          int64    // 0 when no money is counted
	Ceiling           int64    // minutes that one project may be granted
	NoticeHours       int64    // before a meeting, to cancel and keep the time
	MissedRule        string
	Version           int64 // of the sheet that was read; of no use for a new one
}

// check cleans a sheet and reports every bad field at once.
func (w *FundSheet) check() (bad []errs.Field) {
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	w.Funder, w.Name, w.Subjects = oneLine(w.Funder), oneLine(w.Name), pool.Words(strings.Join(w.Subjects, ","))
	fault(w.Funder == "", "funder", "right.funder_missing")
	fault(w.Name == "", "name", "right.name_missing")
	fault(utf8.RuneCountInString(w.Funder) > MaxLine, "funder", "right.line_long", MaxLine)
	fault(utf8.RuneCountInString(w.Name) > MaxLine, "name", "right.line_long", MaxLine)
	fault(!isDay(w.FirstDay), "first", "right.day_wrong")
	fault(!isDay(w.LastDay) || w.LastDay < w.FirstDay, "last", "right.day_wrong")
	fault(w.DayMinutes < 60 || w.DayMinutes > 24*60, "day", "right.day_length")
	fault(w.DayCents < 0 || w.DayCents > MaxCents, "price", "right.price_range")
	fault(w.Ceiling <= 0 || w.Ceiling > MaxMinutes, "ceiling", "right.minutes_range")
	fault(w.NoticeHours < 0 || w.NoticeHours > MaxNotice, "notice", "right.notice_range", MaxNotice)
	fault(w.MissedRule != MissedConsumes && w.MissedRule != MissedReleases, "missed", "right.rule_missing")
	return bad
}

func oneLine(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }

func isDay(day string) bool {
	_, err := time.Parse(time.DateOnly, day)
	return err == nil
}

func span(minutes int64) []errs.Field {
	if minutes <= 0 || minutes > MaxMinutes {
		return []errs.Field{{Path: "minutes", Key: "right.minutes_range"}}
	}
	return nil
}

func because(reason *string) []errs.Field {
	*reason = strings.TrimSpace(text.Clean(*reason))
	switch {
	case *reason == "":
		return []errs.Field{{Path: "reason", Key: "right.reason_missing"}}
	case utf8.RuneCountInString(*reason) > MaxReason:
		return []errs.Field{{Path: "reason", Key: "right.text_long", Args: []any{MaxReason}}}
	}
	return nil
}

// Found writes down a fund and the minutes it gives. Errors: Invalid; as the policy, on
// right.manage.
func (s *Service) Found(ctx context.Context, by account.User, in programme.EditionID, w FundSheet, minutes int64) (id FundID, err error) {
	bad := append(w.check(), span(minutes)...)
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		e, err := s.under(ctx, tx, by, "right.manage", in)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("right.invalid", bad); err != nil {
			return err
		}
		subjects, err := json.Marshal(w.Subjects)
		if err != nil {
			return err
		}
		id = FundID(db.NewID())
		if _, err := tx.Exec(ctx, `insert into right_funds (id, edition_id, funder, name, subjects, first_day, last_day, day_minutes, day_cents, ceiling_minutes, notice_hours, missed_rule, made_by, made_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, string(id), string(in), w.Funder, w.Name, string(subjects), w.FirstDay, w.LastDay, w.DayMinutes, w.DayCents, w.Ceiling, w.NoticeHours, w.MissedRule, by.Actor(), s.clock.Now()); err != nil {
			return fmt.Errorf("write a fund: %w", err)
		}
		if err := s.post(ctx, tx, by, move{act: ledger.Open, way: ledger.Way{Fund: string(id)}, minutes: minutes}); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "right.fund_opened", e.PolicyObject().Ref, map[string]any{"fund": string(id), "minutes": minutes})
	})
	return id, err
}

// Manageable says whether by may write funds and grant in an edition, as an error.
func (s *Service) Manageable(ctx context.Context, by account.User, in programme.EditionID) error {
	_, err := s.under(ctx, s.db.Reader(), by, "right.manage", in)
	return err
}

// managed finds a fund that by manages.
func (s *Service) managed(ctx context.Context, r db.Reader, by account.User, in programme.EditionID, id FundID) (f Fund, e programme.Edition, err error) {
	if e, err = s.under(ctx, r, by, "right.manage", in); err != nil {
		return f, e, err
	}
	if f, err = loadFund(ctx, r, id); err == nil && f.Edition != in {
		err = notFound()
	}
	return f, e, err
}

// Change is a movement that who manages funds decides, with its reason.
type Change struct {
	Fund    FundID
	Act     ledger.Act // Open, Withdraw, Grant, TakeBack, Transfer
	Project project.ID // whose right changes; "" for the fund itself
	To      project.ID // of a transfer
	Minutes int64
	Reason  string
}

// Changes lists the acts that a Change may be.
var Changes = []ledger.Act{ledger.Open, ledger.Withdraw, ledger.Grant, ledger.TakeBack, ledger.Transfer}

// Change moves minutes between a funder, a fund and its projects. A project that is granted
// its first minutes may use them until the last day of the fund. Errors: Invalid; Conflict
// "right.short" with what is left, "right.ceiling" with what the project may still be
// granted; as the policy, on right.manage.
func (s *Service) Change(ctx context.Context, by account.User, in programme.EditionID, c Change) error {
	bad := append(span(c.Minutes), because(&c.Reason)...)
	if !slices.Contains(Changes, c.Act) {
		bad = append(bad, errs.Field{Path: "act", Key: "right.act_missing"})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		f, e, err := s.managed(ctx, tx, by, in, c.Fund)
		if err != nil {
			return err
		}
		if err := errs.NewInvalid("right.invalid", bad); err != nil {
			return err
		}
		way := ledger.Way{Fund: string(f.ID), Project: string(c.Project), To: string(c.To)}
		if c.Act == ledger.Open || c.Act == ledger.Withdraw {
			way.Project = ""
		}
		if err := s.share(ctx, tx, f, c); err != nil {
			return err
		}
		if err := s.post(ctx, tx, by, move{act: c.Act, way: way, minutes: c.Minutes, reason: c.Reason}); err != nil {
			return err
		}
		return s.note(ctx, tx, by, "right.moved", e.PolicyObject().Ref, map[string]any{"fund": string(f.ID), "act": string(c.Act), "project": string(c.Project), "to": string(c.To), "minutes": c.Minutes})
	})
}

// share keeps what each project was granted under the ceiling of the fund.
func (s *Service) share(ctx context.Context, tx *db.Tx, f Fund, c Change) error {
	if err := tx.Lock(ctx, "right:"+string(f.ID)); err != nil {
		return err
	}
	gains, loses := project.ID(""), project.ID("")
	switch c.Act {
	case ledger.Grant:
		gains = c.Project
	case ledger.TakeBack:
		loses = c.Project
	case ledger.Transfer:
		gains, loses = c.To, c.Project
		if gains == loses {
			return errs.NewInvalid("right.invalid", []errs.Field{{Path: "to", Key: "right.to_same"}})
		}
	default:
		return nil
	}
	if loses != "" {
		n, err := tx.Exec(ctx, `update right_shares set granted = granted - $3 where fund_id = $1 and project_id = $2 and granted >= $3`, string(f.ID), string(loses), c.Minutes)
		if err != nil {
			return fmt.Errorf("lower the share of project %s: %w", loses, err)
		}
		if n == 0 {
			return errs.NewInvalid("right.invalid", []errs.Field{{Path: "project", Key: "right.project_none"}})
		}
	}
	if gains == "" {
		if c.Act == ledger.TakeBack {
			return nil
		}
		return errs.NewInvalid("right.invalid", []errs.Field{{Path: "project", Key: "right.project_missing"}})
	}
	return s.raise(ctx, tx, f, gains, c.Minutes)
}

// raise adds to what a project was granted.
func (s *Service) raise(ctx context.Context, tx *db.Tx, f Fund, id project.ID, minutes int64) error {
	p, err := project.Load(ctx, tx, id)
	if err != nil || p.Edition != f.Edition || p.Status != project.Active {
		return errs.NewInvalid("right.invalid", []errs.Field{{Path: "project", Key: "right.project_missing"}})
	}
	if _, err := tx.Exec(ctx, `insert into right_shares (fund_id, project_id, granted, last_day) values ($1, $2, 0, $3) on conflict do nothing`, string(f.ID), string(id), f.LastDay); err != nil {
		return fmt.Errorf("open the share of project %s: %w", id, err)
	}
	n, err := tx.Exec(ctx, `update right_shares set granted = granted + $3 where fund_id = $1 and project_id = $2 and granted + $3 <= (select f.ceiling_minutes from right_funds f where f.id = $1)`, string(f.ID), string(id), minutes)
	if err != nil {
		return fmt.Errorf("raise the share of project %s: %w", id, err)
	}
	if n == 0 {
		granted, err := db.Get(ctx, tx, db.Value[int64], `select granted from right_shares where fund_id = $1 and project_id = $2`, string(f.ID), string(id))
		if err != nil {
			return err
		}
		return errs.New(errs.Conflict, "right.ceiling", Clock(max(0, f.Ceiling-granted)))
	}
	return nil
}

// Prolong moves the last day on which a project may use a fund; what had expired may be used
// again. Errors: Invalid; NotFound; as the policy, on right.manage.
func (s *Service) Prolong(ctx context.Context, by account.User, in programme.EditionID, c Change, day string) error {
	bad := because(&c.Reason)
	if !isDay(day) {
		bad = append(bad, errs.Field{Path: "day", Key: "right.day_wrong"})
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		f, e, err := s.managed(ctx, tx, by, in, c.Fund)
		if err != nil {
			return err
		}
		if day < s.today(e) {
			bad = append(bad, errs.Field{Path: "day", Key: "right.day_wrong"})
		}
		if err := errs.NewInvalid("right.invalid", bad); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "right:"+string(f.ID)); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update right_shares set last_day = $3, warned_at = null where fund_id = $1 and project_id = $2`, string(f.ID), string(c.Project), day)
		if err != nil {
			return fmt.Errorf("prolong the share of project %s: %w", c.Project, err)
		}
		if n == 0 {
			return errs.NewInvalid("right.invalid", []errs.Field{{Path: "project", Key: "right.project_none"}})
		}
		b, err := Balances(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		way := ledger.Way{Fund: string(f.ID), Project: string(c.Project)}
		if gone := b[ledger.Account{Fund: way.Fund, Project: way.Project, Kind: ledger.Expired}]; gone > 0 {
			if err := s.post(ctx, tx, by, move{act: ledger.Extend, way: way, minutes: gone, reason: c.Reason}); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, by, "right.prolonged", policy.Ref{Kind: "project", ID: string(c.Project)}, map[string]any{"fund": string(f.ID), "until": day})
	})
}
