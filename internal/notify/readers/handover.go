package readers

import (
	"context"
	"fmt"

	"transformateur/internal/application/veil"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
)

// onHandover tells a member of a reading that she is offered, or who offered it that it
// was declined. One that cannot pass is told to those who assign, and to nobody else.
func (s *Mails) onHandover(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := assignment.LoadHandover(ctx, tx, e.ObjectID)
	if err != nil {
		return fmt.Errorf("read handover %s: %w", e.ObjectID, err)
	}
	f, err := s.file(ctx, tx, string(o.File))
	if err != nil {
		return err
	}
	if e.Kind == "assignment.offer_declined" {
		return s.tellMember(ctx, tx, o, f, o.From, "reading_kept", map[string]string{"Author": o.ToName})
	}
	var what assignment.OfferedEvent
	if err := e.Read(&what); err != nil {
		return err
	}
	if !what.Stuck {
		return s.tellMember(ctx, tx, o, f, o.To, "reading_offered", map[string]string{"Author": o.FromName, "Reasons": o.Why})
	}
	people, err := s.assigners(ctx, tx, f.call, string(o.Selection), f.id)
	if err != nil {
		return err
	}
	for _, who := range people {
		link := s.baseURL + "/assignments/" + string(o.Selection) + "/files/" + f.id
		if err := s.outbox.Enqueue(ctx, tx, s.fileMail(f, who, "reading_stuck", o.ID, map[string]string{"Author": o.FromName, "Link": link})); err != nil {
			return err
		}
	}
	return nil
}

// tellMember writes to a member about a handover, unless the file was closed to her
// meanwhile; what was hidden from readers is hidden from its title.
func (s *Mails) tellMember(ctx context.Context, tx *db.Tx, o assignment.Handover, f file, member committee.MemberID, template string, args map[string]string) error {
	people, err := db.List(ctx, tx, scanTold, `select p.id, p.lang from committee_members m join people p on p.id = m.person_id
		where m.id = $1 and m.status = 'sitting' and p.disabled_at is null
		and not exists (select 1 from recusals c where c.application_id = $2 and c.member_id = m.id and c.status = 'standing')`, string(member), f.id)
	if err != nil || len(people) == 0 {
		return err
	}
	if f.title, err = s.titleFor(ctx, tx, string(o.Selection), f.id, f.title, member); err != nil {
		return err
	}
	args["Link"] = s.baseURL + "/assignments/" + string(o.Selection) + "/offers"
	return s.outbox.Enqueue(ctx, tx, s.fileMail(f, people[0], template, o.ID, args))
}

// titleFor is a title as a member may read it: where the reading is veiled, what was
// hidden by hand is hidden from all but the chair.
func (s *Mails) titleFor(ctx context.Context, r db.Reader, selection, file, title string, member committee.MemberID) (string, error) {
	n, err := db.Get(ctx, r, db.Value[int], `select count(*) from committee_members m join applications a on a.selection_id = m.selection_id where m.id = $1 and a.id = $2 and a.veiled and m.role <> 'chair'`, string(member), file)
	if err != nil || n == 0 {
		return title, err
	}
	veils, err := veil.Of(ctx, r, selection, file)
	return veils[file].Text(title), err
}
