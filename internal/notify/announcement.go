package notify

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/decision"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

const announcement = "announcement:"

// bound refuses to let a mail leave alone when the act that it tells lets it go.
func (l Letter) bound() error {
	if l.Status == Held && strings.HasPrefix(l.Batch, announcement) {
		return errs.New(errs.Conflict, "notify.waits_for_announcement")
	}
	return nil
}

// HoldNotice adds the mails of a decision to those that wait for the announcement: one
// for each person who answers for the file.
func (s *Service) HoldNotice(ctx context.Context, tx *db.Tx, n decision.Notice) error {
	people, err := team(ctx, tx, string(n.File.ID), s.clock.Now(), signers)
	if err != nil {
		return fmt.Errorf("list the team of %s: %w", n.File.ID, err)
	}
	f := file{id: string(n.File.ID), title: n.File.Title, number: strconv.Itoa(n.File.Number), call: n.Selection.Call}
	for _, who := range people {
		args := map[string]string{"Result": i18n.Say(i18n.Parse(who.lang), "notify.outcome_"+string(n.Decision.Outcome)), "Reasons": n.Reason.In(who.lang), "Message": n.Decision.Wording, "Link": s.opt.BaseURL + "/applications/" + f.id + "/outcome"}
		if n.Decision.Kept() {
			args["Due"] = text.DateTime(who.lang, n.Terms.ConfirmBy.In(zone.Location(f.call.Zone)))
		}
		m := s.fileMail(f, who, "decision_announced", n.Decision.ID+":"+strconv.FormatInt(n.Attempt, 10), args)
		m.Hold, m.Batch = UntilReleased, announcement+string(n.Selection.ID)
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

// DropNotices cancels the mails of an announcement that wait, about these files or, when
// none is named, about all.
func (s *Service) DropNotices(ctx context.Context, tx *db.Tx, id committee.SelectionID, files ...application.ID) error {
	drop := func(more string, args ...any) error {
		_, err := tx.Exec(ctx, `update mails set status = 'cancelled', due_at = null, version = version + 1 where batch_id = $1 and status = 'held'`+more, append([]any{announcement + string(id)}, args...)...)
		if err != nil {
			return fmt.Errorf("cancel the mails of the announcement of %s: %w", id, err)
		}
		return nil
	}
	if len(files) == 0 {
		return drop("")
	}
	for _, one := range files {
		if err := drop(` and object_id = $2`, string(one)); err != nil {
			return err
		}
	}
	return nil
}

// ReleaseNotices lets the mails of an announcement leave, in the transaction that makes it.
func (s *Service) ReleaseNotices(ctx context.Context, tx *db.Tx, id committee.SelectionID) (int, error) {
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `update mails set status = 'ready', due_at = $2, since_at = $2, version = version + 1 where batch_id = $1 and status = 'held'`, announcement+string(id), now)
	if err != nil {
		return 0, fmt.Errorf("release the mails of the announcement of %s: %w", id, err)
	}
	return n, s.jobs.Enqueue(ctx, tx, "send_mail", "", nil, now)
}

// Notices lists the mails of an announcement that were not cancelled, by file.
func (s *Service) Notices(ctx context.Context, r db.Reader, id committee.SelectionID) ([]decision.Letter, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (l decision.Letter, err error) {
		var status Status
		err = sc.Scan(&l.ID, &l.File, &l.To, &l.Subject, &l.Body, &status)
		l.Held = status == Held
		return l, err
	}, `select m.id, m.object_id, m.to_email, m.subject, m.body, m.status from mails m join applications a on a.id = m.object_id where m.batch_id = $1 and m.status <> 'cancelled' order by a.number, m.to_email`, announcement+string(id))
	if err != nil {
		return nil, fmt.Errorf("list the mails of the announcement of %s: %w", id, err)
	}
	return list, nil
}
