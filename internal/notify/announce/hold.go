// Package announce is the mails of decisions: those of an announcement, held until it is made, and those that follow on places and appeals.
package announce

import (
	"context"
	"fmt"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/decision"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/job"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// announcement begins the name of the batch of an announcement.
const announcement = notify.Announcement

// Mails are the mails of decisions.
type Mails struct {
	db      *db.DB
	clock   clock.Clock
	jobs    *job.Queue
	outbox  *notify.Service
	baseURL string
}

// New makes them, on the outbox in which they are put; baseURL is the public address of the install.
func New(d *db.DB, c clock.Clock, jobs *job.Queue, outbox *notify.Service, baseURL string) *Mails {
	return &Mails{db: d, clock: c, jobs: jobs, outbox: outbox, baseURL: baseURL}
}

// file is what mails say of a file.
type file struct {
	id, title string
	call      call.Call
}

// told is a person to write to.
type told struct{ id, lang string }

func scanTold(sc db.Scanner) (p told, err error) {
	err = sc.Scan(&p.id, &p.lang)
	return p, err
}

// team lists those who answer for a file.
func (s *Mails) team(ctx context.Context, r db.Reader, file string) ([]told, error) {
	list, err := db.List(ctx, r, scanTold, `
		select distinct p.id, p.lang from relations r join people p on p.id = r.subject_id
		where r.object_kind = 'application' and r.object_id = $1 and r.subject_kind = 'person' and r.revoked_at is null
		  and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2) and r.relation in ('owner', 'editor', 'helper', 'signatory') and p.disabled_at is null
		order by p.id`, file, s.clock.Now())
	if err != nil {
		return nil, fmt.Errorf("list the team of %s: %w", file, err)
	}
	return list, nil
}

func (s *Mails) file(ctx context.Context, r db.Reader, id application.ID) (file, error) {
	a, err := application.Load(ctx, r, id)
	if err != nil {
		return file{}, fmt.Errorf("read file %s: %w", id, err)
	}
	f := file{id: string(id), title: a.Title}
	f.call, err = call.Load(ctx, r, a.CallID)
	return f, err
}

// mail makes one mail about a file, in its reader's language.
func (s *Mails) mail(f file, p told, template, key string, args map[string]string) notify.Mail {
	args["Application"], args["Call"] = f.title, f.call.Title.In(p.lang)
	return notify.Mail{PersonID: p.id, Template: template, Args: args, Key: template + ":" + key + ":" + p.id, Object: policy.Ref{Kind: "application", ID: f.id}, Scope: policy.Ref{Kind: "call", ID: string(f.call.ID)}}
}

// HoldNotice adds the mails of a decision to those that wait for the announcement: one
// for each person who answers for the file.
func (s *Mails) HoldNotice(ctx context.Context, tx *db.Tx, n decision.Notice) error {
	people, err := s.team(ctx, tx, string(n.File.ID))
	if err != nil {
		return err
	}
	f := file{id: string(n.File.ID), title: n.File.Title, call: n.Selection.Call}
	for _, who := range people {
		args := map[string]string{"Result": i18n.Say(i18n.Parse(who.lang), "notify.outcome_"+string(n.Decision.Outcome)), "Reasons": n.Reason.In(who.lang), "Message": n.Decision.Wording, "Link": s.baseURL + "/applications/" + f.id + "/outcome"}
		if n.Decision.Kept() {
			args["Due"] = text.DateTime(who.lang, n.Terms.ConfirmBy.In(zone.Location(f.call.Zone)))
		}
		m := s.mail(f, who, "decision_announced", n.Decision.ID+":"+strconv.FormatInt(n.Attempt, 10), args)
		m.Hold, m.Batch = notify.UntilReleased, announcement+string(n.Selection.ID)
		if err := s.outbox.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

// DropNotices cancels the mails of an announcement that wait, about these files or, when
// none is named, about all.
func (s *Mails) DropNotices(ctx context.Context, tx *db.Tx, id committee.SelectionID, files ...application.ID) error {
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
func (s *Mails) ReleaseNotices(ctx context.Context, tx *db.Tx, id committee.SelectionID) (int, error) {
	now := s.clock.Now()
	n, err := tx.Exec(ctx, `update mails set status = 'ready', due_at = $2, since_at = $2, version = version + 1 where batch_id = $1 and status = 'held'`, announcement+string(id), now)
	if err != nil {
		return 0, fmt.Errorf("release the mails of the announcement of %s: %w", id, err)
	}
	return n, s.jobs.Enqueue(ctx, tx, "send_mail", "", nil, now)
}

// Notices lists the mails of an announcement that were not cancelled, by file.
func (s *Mails) Notices(ctx context.Context, r db.Reader, id committee.SelectionID) ([]decision.Letter, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (l decision.Letter, err error) {
		var status notify.Status
		err = sc.Scan(&l.ID, &l.File, &l.To, &l.Subject, &l.Body, &status)
		l.Held = status == notify.Held
		return l, err
	}, `select m.id, m.object_id, m.to_email, m.subject, m.body, m.status from mails m join applications a on a.id = m.object_id where m.batch_id = $1 and m.status <> 'cancelled' order by a.number, m.to_email`, announcement+string(id))
	if err != nil {
		return nil, fmt.Errorf("list the mails of the announcement of %s: %w", id, err)
	}
	return list, nil
}
