package readers

import (
	"context"
	"fmt"
	"strings"

	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/i18n"
	"transformateur/internal/notify"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/policy"
)

// onAssignment tells a member, in one mail, which files were given to her by one act and
// which were taken back. What she may not read any more when the mail is made is left out.
func (s *Mails) onAssignment(ctx context.Context, tx *db.Tx, e event.Event) error {
	var what assignment.Told
	if err := e.Read(&what); err != nil {
		return err
	}
	sel, err := committee.Load(ctx, tx, what.Selection)
	if err != nil {
		return err
	}
	who, err := db.List(ctx, tx, scanTold, `select p.id, p.lang from committee_members m join people p on p.id = m.person_id where m.id = $1 and p.disabled_at is null`, e.ObjectID)
	if err != nil || len(who) == 0 {
		return err
	}
	member := committee.Member{ID: committee.MemberID(e.ObjectID), Selection: sel.ID}
	added, err := s.named(ctx, tx, member, what.Added, true)
	if err != nil {
		return err
	}
	ended, err := s.named(ctx, tx, member, what.Ended, false)
	if err != nil {
		return err
	}
	lang := i18n.Parse(who[0].lang)
	changes := said(lang, "notify.readings_given", added) + said(lang, "notify.readings_ended", ended)
	if changes == "" {
		return nil
	}
	due := ""
	if !sel.ReviewsDueAt.IsZero() {
		due = text.DateTime(who[0].lang, sel.ReviewsDueAt.In(zone.Location(sel.Call.Zone)))
	}
	link := s.baseURL + "/selections/" + string(sel.ID)
	if len(added) > 0 && sel.Status == committee.Reading {
		link = s.baseURL + "/reviews"
	}
	return s.outbox.Enqueue(ctx, tx, notify.Mail{PersonID: who[0].id, Template: "assignment_told", Hold: notify.AtOnce, Key: "assignment_told:" + what.Act + ":" + e.ObjectID,
		Object: policy.Ref{Kind: "selection", ID: string(sel.ID)}, Scope: policy.Ref{Kind: "call", ID: string(sel.Call.ID)},
		Args: map[string]string{"What": sel.Name.In(who[0].lang), "Call": sel.Call.Title.In(who[0].lang), "Changes": strings.TrimSpace(changes), "Due": due, "Link": link}})
}

// named gives the titles of files that a member reads, or does not read any more, as she
// may know them, but for those from which she is kept.
func (s *Mails) named(ctx context.Context, tx *db.Tx, m committee.Member, files []application.ID, live bool) (titles []string, err error) {
	for _, id := range files {
		list, err := db.List(ctx, tx, db.Value[string], `select a.title from applications a where a.id = $1
			and exists (select 1 from assignments x where x.application_id = a.id and x.member_id = $2 and x.ended_at is null) = $3
			and not exists (select 1 from recusals c where c.application_id = a.id and c.member_id = $2 and c.status = 'standing')`, string(id), string(m.ID), live)
		if err != nil {
			return nil, fmt.Errorf("name file %s: %w", id, err)
		}
		for _, title := range list {
			if title, err = s.titleFor(ctx, tx, string(m.Selection), string(id), title, m.ID); err != nil {
				return nil, err
			}
			titles = append(titles, title)
		}
	}
	return titles, nil
}

// said is a list of titles under its sentence, or nothing.
func said(lang i18n.Lang, key string, titles []string) string {
	if len(titles) == 0 {
		return ""
	}
	return i18n.SayN(lang, key, len(titles)) + "\n" + strings.Join(titles, "\n") + "\n\n"
}
