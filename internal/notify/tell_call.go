package notify

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"transformateur/internal/call"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

func (s *Service) onCall(ctx context.Context, tx *db.Tx, e event.Event) error {
	c, err := call.Load(ctx, tx, call.ID(e.ObjectID))
	if err != nil {
		return fmt.Errorf("read call %s: %w", e.ObjectID, err)
	}
	switch e.Kind {
	case "call.extended":
		return s.tellExtension(ctx, tx, c, e)
	case "extension.drafted":
		return s.tellDraft(ctx, tx, c, e)
	case "call.form_revised":
		return s.tellRevision(ctx, tx, c, e)
	case "call.question_asked":
		return s.tellQuestion(ctx, tx, c, e)
	}
	return s.tellAnswer(ctx, tx, c, e)
}

// callMail makes one mail about a call.
func (s *Service) callMail(c call.Call, p told, template, key string, args map[string]string) Mail {
	all := map[string]string{"Call": c.Title.In(p.lang), "Link": s.opt.BaseURL + "/calls/" + string(c.ID)}
	for name, value := range args {
		all[name] = value
	}
	ref := policy.Ref{Kind: "call", ID: string(c.ID)}
	return Mail{PersonID: p.id, Template: template, Args: all, Key: template + ":" + key + ":" + p.id, Object: ref, Scope: ref}
}

// drafters lists those who write a draft, once each whatever their files.
func drafters(ctx context.Context, r db.Reader, c call.Call, now time.Time) ([]told, error) {
	return db.List(ctx, r, scanTold, `
		select distinct p.id, p.lang from applications a
		join relations r on r.object_kind = 'application' and r.object_id = a.id and r.subject_kind = 'person' and r.revoked_at is null
		join people p on p.id = r.subject_id
		where a.call_id = $1 and a.deleted_at is null and a.status in ('draft', 'reopened')
		  and r.valid_from <= $2 and (r.valid_until is null or r.valid_until > $2) and r.relation in (`+writers+`) and p.disabled_at is null
		order by p.id`, string(c.ID), now)
}

// tellExtension announces a later deadline to all drafts; leads see that the mails
// leave, not to whom: a draft is nobody's business.
func (s *Service) tellExtension(ctx context.Context, tx *db.Tx, c call.Call, e event.Event) error {
	var p call.Extended
	if err := e.Read(&p); err != nil {
		return err
	}
	people, err := drafters(ctx, tx, c, s.clock.Now())
	if err != nil {
		return err
	}
	for _, who := range people {
		m := s.callMail(c, who, "deadline_extended", e.ID, map[string]string{"Was": text.DateTime(who.lang, p.Was.In(zone.Location(c.Zone))), "Deadline": text.DateTime(who.lang, p.Becomes.In(zone.Location(c.Zone))), "Reasons": p.Reason})
		m.Discreet, m.Batch = true, "extension:"+e.ID
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

// tellRevision asks the writers of drafts to read what changed in the form.
func (s *Service) tellRevision(ctx context.Context, tx *db.Tx, c call.Call, e event.Event) error {
	var p call.Revised
	if err := e.Read(&p); err != nil {
		return err
	}
	type draft struct{ person, lang, id, title string }
	list, err := db.List(ctx, tx, func(sc db.Scanner) (d draft, err error) {
		err = sc.Scan(&d.person, &d.lang, &d.id, &d.title)
		return d, err
	}, `select p.id, p.lang, a.id, a.title from applications a
		join relations r on r.object_kind = 'application' and r.object_id = a.id and r.subject_kind = 'person' and r.revoked_at is null
		join people p on p.id = r.subject_id
		where a.call_id = $1 and a.deleted_at is null and a.status in ('draft', 'reopened') and a.form_revision < $2 and a.created_at <= $3
		  and r.relation in (`+writers+`) and p.disabled_at is null order by p.id, a.id`, string(c.ID), p.Revision, s.clock.Now())
	if err != nil {
		return fmt.Errorf("list the drafts of %s: %w", c.ID, err)
	}
	for _, d := range list {
		who := told{d.person, d.lang}
		m := s.callMail(c, who, "form_changed", strconv.Itoa(p.Revision)+":"+d.id, map[string]string{"Application": d.title, "Changes": p.Note.In(d.lang),
			"Deadline": text.DateTime(d.lang, c.ClosesAt.In(zone.Location(c.Zone))), "Link": s.opt.BaseURL + "/applications/" + d.id + "/revision"})
		m.Discreet, m.Batch = true, "revision:"+string(c.ID)+":"+strconv.Itoa(p.Revision)
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellQuestion(ctx context.Context, tx *db.Tx, c call.Call, e event.Event) error {
	var p call.Asked
	if err := e.Read(&p); err != nil {
		return err
	}
	var question, author string
	if err := tx.QueryRow(ctx, `select q.question, coalesce(p.name, '') from questions q left join people p on p.id = q.asked_by where q.id = $1`, p.Question).Scan(&question, &author); err != nil {
		return fmt.Errorf("read question %s: %w", p.Question, err)
	}
	people, err := leads(ctx, tx, c, s.clock.Now())
	if err != nil {
		return err
	}
	for _, who := range people {
		m := s.callMail(c, who, "question_received", p.Question, map[string]string{"Question": question, "Author": author, "Link": s.opt.BaseURL + "/calls/" + string(c.ID) + "/manage"})
		if err := s.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellAnswer(ctx context.Context, tx *db.Tx, c call.Call, e event.Event) error {
	var p call.Answered
	if err := e.Read(&p); err != nil {
		return err
	}
	var question, answer, lang string
	var version int64
	err := tx.QueryRow(ctx, `select q.question, q.answer, q.version, p.lang from questions q join people p on p.id = q.asked_by where q.id = $1`, p.Question).Scan(&question, &answer, &version, &lang)
	if err != nil {
		return fmt.Errorf("read the answer to %s: %w", p.Question, err)
	}
	key := p.Question + ":" + strconv.FormatInt(version, 10)
	return s.Enqueue(ctx, tx, s.callMail(c, told{string(p.AskedBy), lang}, "question_answered", key, map[string]string{"Question": question, "Answer": answer}))
}

// reminders are how long before a deadline the writers of a draft are reminded.
var reminders = []time.Duration{7 * 24 * time.Hour, 24 * time.Hour}

// reminded is a draft to remind of.
type reminded struct{ person, lang, id, title, call string }

// remind writes to the owners of drafts, once for each of the reminders, at the
// latest two hours after its time.
func (s *Service) remind(ctx context.Context) error {
	now := s.clock.Now()
	for _, before := range reminders {
		list, err := db.List(ctx, s.db.Reader(), func(sc db.Scanner) (d reminded, err error) {
			err = sc.Scan(&d.person, &d.lang, &d.id, &d.title, &d.call)
			return d, err
		}, `select p.id, p.lang, a.id, a.title, a.call_id from applications a join calls c on c.id = a.call_id
			join relations r on r.object_kind = 'application' and r.object_id = a.id and r.subject_kind = 'person' and r.revoked_at is null and r.relation = 'owner'
			join people p on p.id = r.subject_id
			where a.status = 'draft' and a.deleted_at is null and c.status = 'published' and c.closes_at > $1 and c.closes_at <= $2 and a.created_at < $3 and p.disabled_at is null`,
			now.Add(before-2*time.Hour), now.Add(before), now.Add(-24*time.Hour))
		if err != nil {
			return fmt.Errorf("list the drafts to remind: %w", err)
		}
		for _, d := range list {
			if err := s.db.Write(ctx, func(tx *db.Tx) error { return s.remindOf(ctx, tx, d, before) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) remindOf(ctx context.Context, tx *db.Tx, d reminded, before time.Duration) error {
	c, err := call.Load(ctx, tx, call.ID(d.call))
	if err != nil {
		return err
	}
	m := s.callMail(c, told{d.person, d.lang}, "draft_reminder", d.id+":"+c.ClosesAt.UTC().Format(time.RFC3339)+":"+before.String(), map[string]string{
		"Application": d.title, "Deadline": text.DateTime(d.lang, c.ClosesAt.In(zone.Location(c.Zone))), "Left": text.Remaining(d.lang, c.ClosesAt.Sub(s.clock.Now())),
		"Link": s.opt.BaseURL + "/applications/" + d.id + "/edit"})
	m.Discreet, m.Batch = true, "reminder:"+d.call+":"+before.String()
	return s.Enqueue(ctx, tx, m)
}
