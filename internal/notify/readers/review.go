package readers

import (
	"context"
	"fmt"
	"strconv"

	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
	"transformateur/internal/review"
)

// onReview tells a member that files wait for her, and those who assign that one was
// handed back. What a review says is told to nobody.
func (s *Mails) onReview(ctx context.Context, tx *db.Tx, e event.Event) error {
	var p review.Event
	if err := e.Read(&p); err != nil {
		return err
	}
	sel, err := committee.Load(ctx, tx, committee.SelectionID(p.Selection))
	if err != nil {
		return fmt.Errorf("read the selection %s: %w", p.Selection, err)
	}
	if e.Kind == "review.returned" {
		return s.tellReturned(ctx, tx, sel, p, e.ID)
	}
	return s.tellReader(ctx, tx, sel, p, e.ID)
}

// tellReader reminds a member of what is left in her list.
func (s *Mails) tellReader(ctx context.Context, tx *db.Tx, sel committee.Selection, p review.Event, key string) error {
	people, err := db.List(ctx, tx, scanTold, `
		select p.id, p.lang from committee_members m join people p on p.id = m.person_id
		where m.id = $1 and m.status = 'sitting' and p.disabled_at is null`, p.Member)
	if err != nil || len(people) == 0 {
		return err
	}
	var left int
	if err := tx.QueryRow(ctx, `
		select count(*) from assignments g join applications a on a.id = g.application_id
		left join reviews v on v.member_id = g.member_id and v.application_id = g.application_id
		where g.member_id = $1 and g.ended_at is null and a.deleted_at is null and a.status in ('submitted', 'reopened') and coalesce(v.status, '') <> 'submitted'`, p.Member).Scan(&left); err != nil || left == 0 {
		return err
	}
	who := people[0]
	args := map[string]string{"What": sel.Name.In(who.lang), "Left": strconv.Itoa(left), "Link": s.baseURL + "/reviews"}
	if !sel.ReviewsDueAt.IsZero() {
		args["Deadline"] = text.DateTime(who.lang, sel.ReviewsDueAt.In(zone.Location(sel.Call.Zone)))
	}
	return s.outbox.Enqueue(ctx, tx, s.mail(sel.Call, who, "review_reminder", key, args))
}

// tellReturned tells the chair and the lead that a file has lost a reader, but for those
// who stepped aside from it.
func (s *Mails) tellReturned(ctx context.Context, tx *db.Tx, sel committee.Selection, p review.Event, key string) error {
	a, err := application.Load(ctx, tx, application.ID(p.File))
	if err != nil {
		return fmt.Errorf("read the file %s: %w", p.File, err)
	}
	c := sel.Call
	people, err := s.assigners(ctx, tx, c, string(sel.ID), p.File)
	if err != nil {
		return err
	}
	members, err := committee.Members(ctx, tx, sel.ID)
	if err != nil {
		return err
	}
	name := ""
	for _, m := range members {
		if string(m.ID) == p.Member {
			name = m.Name
		}
	}
	for _, who := range people {
		args := map[string]string{"Author": name, "Application": a.Title, "Reasons": p.Reason, "Link": s.baseURL + "/readings/" + string(sel.ID)}
		if err := s.outbox.Enqueue(ctx, tx, s.mail(c, who, "review_returned", key, args)); err != nil {
			return err
		}
	}
	return nil
}

// assigners lists the chair of a selection and those who lead its call, but for those who
// stepped aside from a file.
func (s *Mails) assigners(ctx context.Context, r db.Reader, c call.Call, selection, file string) ([]told, error) {
	people, err := db.List(ctx, r, scanTold, `
		select distinct p.id, p.lang from relations r join people p on p.id = r.subject_id
		where r.subject_kind = 'person' and r.revoked_at is null and r.valid_from <= $6 and (r.valid_until is null or r.valid_until > $6) and p.disabled_at is null
		  and (r.relation = 'chair' and r.object_kind = 'selection' and r.object_id = $5 or r.relation = 'lead' and (r.object_kind = 'call' and r.object_id = $1
		    or r.object_kind = 'edition' and r.object_id = $2 or r.object_kind = 'programme' and r.object_id = $3 or r.object_kind = 'agency' and r.object_id = $4))
		  and not exists (select 1 from exclusions x where x.subject_kind = 'person' and x.subject_id = p.id and x.object_kind = 'application' and x.object_id = $7 and x.lifted_at is null)
		order by p.id`, string(c.ID), c.EditionID, c.ProgrammeID, c.AgencyID, selection, s.clock.Now(), file)
	if err != nil {
		return nil, fmt.Errorf("list who assigns in %s: %w", selection, err)
	}
	return people, nil
}
