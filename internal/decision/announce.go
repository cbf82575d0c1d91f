package decision

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// Terms are what an announcement says to everybody.
type Terms struct {
	ConfirmBy     time.Time // until when retained projects are asked to accept
	AppealMonths  int       // during which a decision can be contested, see AppealUntil
	WinnersPublic bool      // the call's page names the projects whose place is confirmed
}

// DefaultAppealMonths is the delay of the administrative courts.
// Source: code de justice administrative, art. R421-1.
const DefaultAppealMonths = 2

const mostAppealMonths = 12

func (t Terms) faults(now time.Time) (bad []errs.Field) {
	if !t.ConfirmBy.After(now) || t.ConfirmBy.After(now.AddDate(1, 0, 0)) {
		bad = append(bad, errs.Field{Path: "confirm_by", Key: "decision.confirm_by_wrong"})
	}
	if t.AppealMonths < 1 || t.AppealMonths > mostAppealMonths {
		bad = append(bad, errs.Field{Path: "appeal_months", Key: "decision.appeal_months_wrong", Args: []any{mostAppealMonths}})
	}
	return bad
}

// Announcement is how far the announcement of a selection is.
type Announcement struct {
	Terms
	PreparedAt  time.Time // zero when its mails must be prepared again
	AnnouncedBy string    // actor
	AnnouncedAt time.Time
	Version     int64 // 0 before the first preparation
}

func announcementOf(ctx context.Context, r db.Reader, id committee.SelectionID) (Announcement, error) {
	a, err := db.Get(ctx, r, func(sc db.Scanner) (a Announcement, err error) {
		err = sc.Scan(&a.ConfirmBy, &a.AppealMonths, &a.WinnersPublic, &a.PreparedAt, &a.AnnouncedBy, &a.AnnouncedAt, &a.Version)
		return a, err
	}, `select confirm_by, appeal_months, winners_public, prepared_at, announced_by, announced_at, version from announcements where selection_id = $1`, string(id))
	if errs.Is(err, errs.NotFound) {
		return Announcement{Terms: Terms{AppealMonths: DefaultAppealMonths, WinnersPublic: true}}, nil
	}
	return a, err
}

// Preparing is the page of an announcement.
type Preparing struct {
	View
	Letters  []Letter // that wait, or left
	Obstacle string   // message key of what keeps by from announcing; "" for nothing
}

// Preparing gives the announcement and its mails to who announces.
func (s *Service) Preparing(ctx context.Context, by account.User, id committee.SelectionID) (Preparing, error) {
	r := s.db.Reader()
	if _, err := s.require(ctx, r, by, "selection.announce", id); err != nil {
		return Preparing{}, err
	}
	list, err := s.List(ctx, by, id)
	if err != nil {
		return Preparing{}, err
	}
	v := Preparing{View: list}
	letters, err := s.outbox.Notices(ctx, r, id)
	if err != nil {
		return v, err
	}
	open, err := s.open(ctx, r, by, id)
	if err != nil {
		return v, err
	}
	for _, l := range letters {
		if open[l.File] {
			v.Letters = append(v.Letters, l)
		}
	}
	if err := deliberation.MayAnnounce(ctx, r, by, id); errs.Is(err, errs.Conflict) {
		v.Obstacle = errs.KeyOf(err)
	} else if err != nil {
		return v, err
	}
	return v, nil
}

// Prepare puts one mail for each person who answers for a decided file in the outbox,
// where they wait to be read. Preparing again replaces them. Files that were withdrawn
// are left out. Errors: Invalid; Conflict once it is announced, or when somebody else
// prepared it meanwhile.
func (s *Service) Prepare(ctx context.Context, by account.User, id committee.SelectionID, t Terms, base int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, err := s.require(ctx, tx, by, "selection.announce", id)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		if sel.Status != committee.Decided {
			return errs.New(errs.Conflict, "decision.already_announced")
		}
		if err := errs.NewInvalid("decision.invalid", t.faults(now)); err != nil {
			return err
		}
		if err := s.keepTerms(ctx, tx, by, id, t, base); err != nil {
			return err
		}
		if err := s.outbox.DropNotices(ctx, tx, id); err != nil {
			return err
		}
		rows, err := s.rows(ctx, tx, sel, now)
		if err != nil {
			return err
		}
		files := 0
		for _, row := range rows {
			if !row.Running {
				continue
			}
			files++
			if err := s.outbox.HoldNotice(ctx, tx, Notice{Selection: sel, File: row.File, Decision: row.Decision, Reason: row.Reason, Terms: t, Attempt: base + 1}); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, by, "announcement.prepared", onSelection(id), map[string]any{"files": files})
	})
}

func (s *Service) keepTerms(ctx context.Context, tx *db.Tx, by account.User, id committee.SelectionID, t Terms, base int64) error {
	query := `update announcements set confirm_by = $2, appeal_months = $3, winners_public = $4, prepared_by = $5, prepared_at = $6, version = $7 + 1 where selection_id = $1 and version = $7 and announced_at is null`
	if base == 0 {
		query = `insert into announcements (selection_id, confirm_by, appeal_months, winners_public, prepared_by, prepared_at, announced_by, version) values ($1, $2, $3, $4, $5, $6, '', $7 + 1)`
	}
	n, err := tx.Exec(ctx, query, string(id), t.ConfirmBy, t.AppealMonths, t.WinnersPublic, by.Actor(), s.clock.Now(), base)
	if db.Taken(err) || err == nil && n == 0 {
		return errs.New(errs.Conflict, "decision.meanwhile")
	}
	if err != nil {
		return fmt.Errorf("keep the announcement of %s: %w", id, err)
	}
	return nil
}

// unprepare drops the mails that wait: what they tell has changed.
func (s *Service) unprepare(ctx context.Context, tx *db.Tx, id committee.SelectionID) error {
	if _, err := tx.Exec(ctx, `update announcements set prepared_at = null, version = version + 1 where selection_id = $1 and announced_at is null`, string(id)); err != nil {
		return fmt.Errorf("drop what was prepared of %s: %w", id, err)
	}
	return s.outbox.DropNotices(ctx, tx, id)
}

// Announce ends the embargo and lets the prepared mails leave, once: it wins or loses as
// a whole. version is that of the preparation which was read. It says how many mails
// leave. Errors: Conflict when nobody signed the minutes or by did so herself, when the
// mails are not prepared, when it was announced already.
func (s *Service) Announce(ctx context.Context, by account.User, id committee.SelectionID, version int64) (sent int, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		sel, err := s.require(ctx, tx, by, "selection.announce", id)
		if err != nil {
			return err
		}
		if sel.Status != committee.Decided {
			return errs.New(errs.Conflict, "decision.already_announced")
		}
		if err := deliberation.MayAnnounce(ctx, tx, by, id); err != nil {
			return err
		}
		now := s.clock.Now()
		a, err := announcementOf(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case a.PreparedAt.IsZero() || a.Version != version:
			return errs.New(errs.Conflict, "decision.prepare_first")
		case !a.ConfirmBy.After(now):
			return errs.New(errs.Conflict, "decision.confirm_by_wrong")
		}
		n, err := tx.Exec(ctx, `update announcements set announced_by = $3, announced_at = $4, version = version + 1 where selection_id = $1 and version = $2 and announced_at is null`, string(id), version, by.Actor(), now)
		if err != nil {
			return fmt.Errorf("announce %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "decision.already_announced")
		}
		files, err := s.tell(ctx, tx, sel, a.Terms, now)
		if err != nil {
			return err
		}
		if sent, err = s.outbox.ReleaseNotices(ctx, tx, id); err != nil {
			return err
		}
		if err := committee.Move(ctx, tx, sel, committee.Announced, now); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "announcement.made", onSelection(id), map[string]any{"files": files, "mails": sent}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "announcement.made", string(id), nil)
	})
	return sent, err
}

// tell marks the decisions that the announcement makes known, and keeps it from telling
// anything of the files that were withdrawn.
func (s *Service) tell(ctx context.Context, tx *db.Tx, sel committee.Selection, t Terms, now time.Time) (int, error) {
	rows, err := s.rows(ctx, tx, sel, now)
	if err != nil {
		return 0, err
	}
	var gone []application.ID
	for _, row := range rows {
		if !row.Running {
			gone = append(gone, row.File.ID)
		}
	}
	if len(gone) > 0 {
		if err := s.outbox.DropNotices(ctx, tx, sel.ID, gone...); err != nil {
			return 0, err
		}
	}
	n, err := tx.Exec(ctx, `update decisions set announced_at = $2, confirm_by = case when outcome in ('retain', 'merge', 'pair') then $3 else confirm_by end, version = version + 1
		where selection_id = $1 and announced_at is null and application_id in (select id from applications where status in ('submitted', 'reopened') and deleted_at is null)`, string(sel.ID), now, t.ConfirmBy)
	if err != nil {
		return 0, fmt.Errorf("tell the decisions of %s: %w", sel.ID, err)
	}
	return n, nil
}

// Winners names the confirmed projects of the last announced selection of a call, when
// its announcement said that they would be named. Anybody may read it.
func (s *Service) Winners(ctx context.Context, _ account.User, callID string) ([]string, error) {
	list, err := db.List(ctx, s.db.Reader(), db.Value[string], `select a.title from decisions d join applications a on a.id = d.application_id join announcements n on n.selection_id = d.selection_id
		where n.winners_public and d.selection_id = (select s.id from selections s where s.call_id = $1 and s.status = 'announced' order by s.round desc limit 1)
		  and d.confirmed_at is not null and d.gave_up_at is null and (d.outcome in ('retain', 'merge', 'pair') or d.promoted_at is not null)
		  and a.status in ('submitted', 'reopened') and a.deleted_at is null order by a.title, a.number`, callID)
	if err != nil {
		return nil, fmt.Errorf("list the projects that %s retained: %w", callID, err)
	}
	return list, nil
}
