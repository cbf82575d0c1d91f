package decision

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// AppealStatus is where an appeal stands.
type AppealStatus string

// The statuses.
const (
	OpenAppeal AppealStatus = "open"
	Upheld     AppealStatus = "upheld"   // another decision replaced the first one
	Rejected   AppealStatus = "rejected" // the decision stands
)

// Appeal asks the programme to look at a decision again.
type Appeal struct {
	ID         string
	DecisionID string
	File       application.ID
	Grounds    string
	By         string // actor
	At         time.Time
	Until      time.Time // the delay in which it was lodged
	Status     AppealStatus
	Answer     string
	AnsweredBy string // actor
	AnsweredAt time.Time
	Version    int64
}

const appealColumns = `id, decision_id, application_id, grounds, lodged_by, lodged_at, lodge_until, status, answer, answered_by, answered_at, version`

func scanAppeal(sc db.Scanner) (a Appeal, err error) {
	err = sc.Scan(&a.ID, &a.DecisionID, &a.File, &a.Grounds, &a.By, &a.At, &a.Until, &a.Status, &a.Answer, &a.AnsweredBy, &a.AnsweredAt, &a.Version)
	return a, err
}

// AppealByID reads an appeal without asking who wants it. Error: NotFound.
func AppealByID(ctx context.Context, r db.Reader, id string) (Appeal, error) {
	return db.Get(ctx, r, scanAppeal, `select `+appealColumns+` from appeals where id = $1`, id)
}

func appealsOf(ctx context.Context, r db.Reader, decision string) ([]Appeal, error) {
	list, err := db.List(ctx, r, scanAppeal, `select `+appealColumns+` from appeals where decision_id = $1 order by lodged_at desc, id desc`, decision)
	if err != nil {
		return nil, fmt.Errorf("list the appeals on %s: %w", decision, err)
	}
	return list, nil
}

// Appeal contests an announced decision, within its delay. Errors: Invalid; Conflict
// past the delay, or while another appeal waits for its answer.
func (s *Service) Appeal(ctx context.Context, by account.User, id committee.SelectionID, file application.ID, grounds string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		d, c, err := s.onMine(ctx, tx, by, "application.appeal", id, file)
		if err != nil {
			return err
		}
		terms, err := announcementOf(ctx, tx, id)
		if err != nil {
			return err
		}
		now, until := s.clock.Now(), AppealUntil(d.AnnouncedAt, terms.AppealMonths, c.Zone)
		if !now.Before(until) {
			return errs.New(errs.Conflict, "decision.appeal_late")
		}
		said, bad := words("grounds", grounds, true)
		if err := errs.NewInvalid("decision.invalid", bad); err != nil {
			return err
		}
		appeal := db.NewID()
		_, err = tx.Exec(ctx, `insert into appeals (id, decision_id, application_id, grounds, lodged_by, lodged_at, lodge_until, status, answer, answered_by, version) values ($1, $2, $3, $4, $5, $6, $7, 'open', '', '', 1)`,
			appeal, d.ID, string(file), said, by.Actor(), now, until)
		if db.Taken(err) {
			return errs.New(errs.Conflict, "decision.appeal_waits")
		}
		if err != nil {
			return fmt.Errorf("lodge an appeal on %s: %w", file, err)
		}
		if err := s.record(ctx, tx, by, "appeal.lodged", onFile(file), map[string]any{"appeal": appeal}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "appeal.lodged", appeal, nil)
	})
}

// Answer is what a lead answers to an appeal. When she upholds it, the decision is
// replaced by another outcome.
type Answer struct {
	Upheld    bool
	Words     string               // her reasons, told to the project
	Outcome   deliberation.Outcome // when upheld: one that stands alone
	ConfirmBy time.Time            // when the new outcome opens a place
	Version   int64                // of the appeal that was read
}

// Outcomes are those that an upheld appeal may lead to.
var Outcomes = []deliberation.Outcome{deliberation.Retain, deliberation.Reserve, deliberation.Refuse}

func (a *Answer) clean(d Decision, now time.Time) (bad []errs.Field) {
	a.Words, bad = words("words", a.Words, true)
	if !a.Upheld {
		return bad
	}
	if !slices.Contains(Outcomes, a.Outcome) || a.Outcome == d.Outcome {
		bad = append(bad, errs.Field{Path: "outcome", Key: "decision.outcome_other"})
	}
	if a.Outcome == deliberation.Retain && (!a.ConfirmBy.After(now) || a.ConfirmBy.After(now.AddDate(1, 0, 0))) {
		bad = append(bad, errs.Field{Path: "confirm_by", Key: "decision.confirm_by_wrong"})
	}
	return bad
}

// Answer answers an appeal, with reasons. One that is upheld replaces the decision: what
// it was is kept with its dates, the new one is told at once and may be contested in its
// turn. Errors: Invalid; Conflict when it was answered meanwhile.
func (s *Service) Answer(ctx context.Context, by account.User, id committee.SelectionID, appeal string, in Answer) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.require(ctx, tx, by, "selection.appeals", id); err != nil {
			return err
		}
		a, err := AppealByID(ctx, tx, appeal)
		if err != nil {
			return err
		}
		d, err := s.about(ctx, tx, by, id, a.File)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		if d.ID != a.DecisionID {
			return errs.New(errs.NotFound, "errs.not_found")
		}
		if err := errs.NewInvalid("decision.invalid", in.clean(d, now)); err != nil {
			return err
		}
		status := Rejected
		if in.Upheld {
			status = Upheld
		}
		n, err := tx.Exec(ctx, `update appeals set status = $3, answer = $4, answered_by = $5, answered_at = $6, version = version + 1 where id = $1 and version = $2 and status = 'open'`,
			appeal, in.Version, string(status), in.Words, by.Actor(), now)
		if err != nil {
			return fmt.Errorf("answer appeal %s: %w", appeal, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "decision.meanwhile")
		}
		if in.Upheld {
			if err := s.replace(ctx, tx, by, d, a, in); err != nil {
				return err
			}
		}
		if err := s.record(ctx, tx, by, "appeal."+string(status), onFile(a.File), map[string]any{"appeal": appeal}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "appeal.answered", appeal, nil)
	})
}

// replace keeps a decision as it was and writes the one that follows an appeal.
func (s *Service) replace(ctx context.Context, tx *db.Tx, by account.User, d Decision, a Appeal, in Answer) error {
	now := s.clock.Now()
	if _, err := tx.Exec(ctx, `insert into decision_revisions (id, decision_id, appeal_id, outcome, reserve_rank, reason, wording, comments, decided_by, decided_at, announced_at, confirm_by, confirmed_at, gave_up_at, promoted_at, replaced_by, replaced_at)
		select $1, id, $3, outcome, reserve_rank, reason, wording, comments, decided_by, decided_at, announced_at, confirm_by, confirmed_at, gave_up_at, promoted_at, $4, $5 from decisions where id = $2`,
		db.NewID(), d.ID, a.ID, by.Actor(), now); err != nil {
		return fmt.Errorf("keep the decision on %s as it was: %w", d.File, err)
	}
	var rank any
	if in.Outcome == deliberation.Reserve {
		var last int
		if err := tx.QueryRow(ctx, `select coalesce(max(reserve_rank), 0) from decisions where selection_id = $1`, string(d.Selection)).Scan(&last); err != nil {
			return fmt.Errorf("find the end of the reserve list of %s: %w", d.Selection, err)
		}
		rank = last + 1
	}
	until := in.ConfirmBy
	if in.Outcome != deliberation.Retain {
		until = time.Time{}
	}
	return s.set(ctx, tx, d, `outcome = $3, other_id = null, reserve_rank = $4, motion_id = null, reason = '', wording = $5, decided_by = $6, decided_at = $7, announced_at = $7, confirm_by = $8,
		confirmed_at = null, confirmed_by = '', gave_up_at = null, gave_up_by = '', gave_up_reason = '', promoted_at = null`,
		string(in.Outcome), rank, in.Words, by.Actor(), now, instant(until))
}

// Revision is what a decision was before an appeal replaced it.
type Revision struct {
	Outcome     deliberation.Outcome
	DecidedAt   time.Time
	AnnouncedAt time.Time
	ReplacedAt  time.Time
}

// Revisions lists what a decision was, the last one first, without asking who wants them.
func Revisions(ctx context.Context, r db.Reader, decision string) ([]Revision, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (v Revision, err error) {
		err = sc.Scan(&v.Outcome, &v.DecidedAt, &v.AnnouncedAt, &v.ReplacedAt)
		return v, err
	}, `select outcome, decided_at, announced_at, replaced_at from decision_revisions where decision_id = $1 order by replaced_at desc, id desc`, decision)
	if err != nil {
		return nil, fmt.Errorf("list what decision %s was: %w", decision, err)
	}
	return list, nil
}
