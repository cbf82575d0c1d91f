package right

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
)

// relied is what projects already count on, of a fund.
type relied struct {
	granted  int64  // the most that one project has of it, in minutes
	until    string // the last day on which one of them may use it, "" for none
	requests int64  // asked of it, ended ones too: their time and price were counted by its rules
}

func (s *Service) relied(ctx context.Context, r db.Reader, id FundID) (x relied, err error) {
	err = r.QueryRow(ctx, `select coalesce(max(h.granted), 0), coalesce(max(case when h.granted > 0 then h.last_day else '' end), ''), (select count(*) from right_requests q where q.fund_id = $1)
		from right_shares h where h.fund_id = $1`, string(id)).Scan(&x.granted, &x.until, &x.requests)
	if err != nil {
		return x, fmt.Errorf("read what counts on fund %s: %w", id, err)
	}
	return x, nil
}

// narrowed reports what a sheet would take back of what projects count on: a ceiling under what
// one was granted, a last day before theirs; and, once something was asked of the fund, a first
// day that comes later, subjects that are no longer covered, and the rules by which time and
// price were counted.
func (x relied) narrowed(f Fund, w FundSheet) (bad []errs.Field) {
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	fault(w.Ceiling < x.granted, "ceiling", "right.relied_ceiling", Clock(x.granted))
	fault(w.LastDay < min(x.until, f.LastDay), "last", "right.relied_last", min(x.until, f.LastDay))
	if x.requests == 0 {
		return bad
	}
	covers := func(one string) bool {
		return slices.ContainsFunc(w.Subjects, func(o string) bool { return text.Fold(o) == text.Fold(one) })
	}
	fault(w.FirstDay > f.FirstDay, "first", "right.relied_first", f.FirstDay)
	fault(len(w.Subjects) > 0 && (len(f.Subjects) == 0 || slices.ContainsFunc(f.Subjects, func(one string) bool { return !covers(one) })), "subjects", "right.relied_subjects")
	fault(w.DayMinutes != f.DayMinutes, "day", "right.relied_rule")
	fault(w.DayCents != f.DayCents, "price", "right.relied_rule")
	fault(w.NoticeHours != f.NoticeHours, "notice", "right.relied_rule")
	fault(w.MissedRule != f.MissedRule, "missed", "right.relied_rule")
	return bad
}

// Edit writes the sheet of a fund again, from the version that was read; its minutes move by
// Change alone. Errors: Invalid, on what projects already count on too; Conflict
// right.meanwhile; NotFound; as the policy, on right.manage.
func (s *Service) Edit(ctx context.Context, by account.User, in programme.EditionID, id FundID, w FundSheet) error {
	bad := w.check()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		f, e, err := s.managed(ctx, tx, by, in, id)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "right:"+string(id)); err != nil { // what is granted is raised under it
			return err
		}
		x, err := s.relied(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(bad) == 0 {
			bad = x.narrowed(f, w)
		}
		if err := errs.NewInvalid("right.invalid", bad); err != nil {
			return err
		}
		subjects, err := json.Marshal(w.Subjects)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update right_funds set funder = $3, name = $4, subjects = $5, first_day = $6, last_day = $7, day_minutes = $8, day_cents = $9, ceiling_minutes = $10, notice_hours = $11, missed_rule = $12, version = version + 1
			where id = $1 and version = $2`, string(id), w.Version, w.Funder, w.Name, string(subjects), w.FirstDay, w.LastDay, w.DayMinutes, w.DayCents, w.Ceiling, w.NoticeHours, w.MissedRule)
		if err != nil {
			return fmt.Errorf("change fund %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "right.meanwhile")
		}
		return s.note(ctx, tx, by, "right.fund_changed", e.PolicyObject().Ref, map[string]any{"fund": string(id)})
	})
}
