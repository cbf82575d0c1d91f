package committee

import (
	"context"
	"fmt"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/event"
	"transformateur/internal/platform/job"
	"transformateur/internal/policy"
)

const detectJob = "detect_recusals"

// active are the statuses of a selection in which a new conflict still matters.
const active = `('preparation', 'reading', 'deliberation')`

// search asks for a search of recusals in a selection, done aside: a call may have
// thousands of files, and whoever changed a team does not wait for it.
func (s *Service) search(ctx context.Context, tx *db.Tx, id SelectionID) error {
	return s.jobs.Enqueue(ctx, tx, detectJob, "", id, s.clock.Now())
}

// redetect searches a selection again. What it compares is read before the write.
func (s *Service) redetect(ctx context.Context, j job.Job) error {
	var id SelectionID
	if err := j.Read(&id); err != nil {
		return err
	}
	_, err := s.detectAll(ctx, account.System, id)
	return err
}

func (s *Service) detectAll(ctx context.Context, by account.User, id SelectionID) (n int, err error) {
	sel, err := Load(ctx, s.db.Reader(), id)
	if err != nil {
		return 0, err
	}
	d, err := s.facts(ctx, s.db.Reader(), sel.Call)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		members, err := Members(ctx, tx, id)
		if err != nil {
			return err
		}
		if n, err = s.detect(ctx, tx, d, members); err != nil || by.IsSystem() {
			return err
		}
		return s.record(ctx, tx, by, "selection.searched", id, map[string]any{"new": n})
	})
	return n, err
}

// Search looks for recusals now, on demand, and says how many are new.
func (s *Service) Search(ctx context.Context, by account.User, id SelectionID) (int, error) {
	if _, err := s.require(ctx, s.db.Reader(), by, "selection.clerk", id); err != nil {
		return 0, err
	}
	return s.detectAll(ctx, by, id)
}

// searchEach asks for a search in each selection that a query finds.
func (s *Service) searchEach(ctx context.Context, tx *db.Tx, query string, args ...any) error {
	list, err := db.List(ctx, tx, db.Value[string], query, args...)
	if err != nil {
		return fmt.Errorf("find the selections to search: %w", err)
	}
	for _, id := range list {
		if err := s.search(ctx, tx, SelectionID(id)); err != nil {
			return err
		}
	}
	return nil
}

// onFile follows deposits and corrections: an answer may name another organisation.
func (s *Service) onFile(ctx context.Context, tx *db.Tx, e event.Event) error {
	return s.searchEach(ctx, tx, `select s.id from selections s join applications a on a.call_id = s.call_id where a.id = $1 and s.status in `+active, e.ObjectID)
}

// onPeople follows teams, organisations and addresses.
func (s *Service) onPeople(ctx context.Context, tx *db.Tx, e event.Event) error {
	if e.Kind == "invitation.accepted" {
		var a account.Accepted
		if err := e.Read(&a); err != nil {
			return err
		}
		if a.Object.Kind != "application" {
			return nil // an organisation tells it by organisation.joined
		}
		return s.onFile(ctx, tx, e)
	}
	return s.searchEach(ctx, tx, `select id from selections where status in `+active+` order by id`)
}

// onDeclined notes a refusal that was given without reading further than the mail.
func (s *Service) onDeclined(ctx context.Context, tx *db.Tx, e event.Event) error {
	var a account.Accepted
	if err := e.Read(&a); err != nil || a.Object.Kind != "seat" {
		return err
	}
	_, err := tx.Exec(ctx, `update committee_members set status = 'declined', answered_at = $2, version = version + 1 where id = $1 and status = 'invited'`, a.Object.ID, e.At)
	return err
}

// onMerged follows one person who had two accounts. Her seats are one person's; where
// she sat twice, one of the two ends and what was closed to it is closed to the other.
func (s *Service) onMerged(ctx context.Context, tx *db.Tx, e event.Event) error {
	var m account.Merged
	if err := e.Read(&m); err != nil {
		return err
	}
	moved, err := db.List(ctx, tx, scanMember, `select `+memberColumns+` from `+memberTables+` where m.person_id = $1 order by m.id`, string(m.From))
	if err != nil {
		return fmt.Errorf("find the seats of %s: %w", m.From, err)
	}
	for _, seat := range moved {
		if seat.Status == Sitting {
			if err := s.unite(ctx, tx, seat, m.To); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `update committee_members set person_id = $2 where id = $1`, string(seat.ID), string(m.To)); err != nil {
			return fmt.Errorf("move seat %s: %w", seat.ID, err)
		}
	}
	return s.searchEach(ctx, tx, `select id from selections where status in `+active+` order by id`)
}

// unite ends a seat whose person sits in the same selection under her other account.
func (s *Service) unite(ctx context.Context, tx *db.Tx, seat Member, to account.PersonID) error {
	other, err := db.List(ctx, tx, scanMember, `select `+memberColumns+` from `+memberTables+` where m.selection_id = $1 and m.person_id = $2 and m.status = 'sitting'`, string(seat.Selection), string(to))
	if err != nil || len(other) == 0 {
		return err
	}
	// Her rights moved already: readings given twice end here, the others go to the seat that stays.
	if _, err := tx.Exec(ctx, `update assignments set member_id = $2 where member_id = $1 and ended_at is null and not exists (
		select 1 from assignments o where o.member_id = $2 and o.application_id = assignments.application_id and o.ended_at is null)`, string(seat.ID), string(other[0].ID)); err != nil {
		return fmt.Errorf("move the readings of seat %s: %w", seat.ID, err)
	}
	if _, err := tx.Exec(ctx, `update assignments set ended_at = $2, end_reason = 'mandate' where member_id = $1 and ended_at is null`, string(seat.ID), s.clock.Now()); err != nil {
		return fmt.Errorf("end the readings of seat %s: %w", seat.ID, err)
	}
	if _, err := tx.Exec(ctx, `update committee_members set status = 'ended', ended_at = $2, version = version + 1 where id = $1`, string(seat.ID), s.clock.Now()); err != nil {
		return fmt.Errorf("end seat %s: %w", seat.ID, err)
	}
	list, err := db.List(ctx, tx, scanRecusal, `select `+recusalColumns+` from `+recusalTables+` where c.member_id = $1 and c.status = 'standing' order by c.id`, string(seat.ID))
	if err != nil {
		return fmt.Errorf("find the recusals of seat %s: %w", seat.ID, err)
	}
	if err := addCauses(ctx, tx, list); err != nil {
		return err
	}
	for _, x := range list {
		if _, err := s.policy.Lift(ctx, tx, account.System, to, policy.Ref{Kind: "application", ID: string(x.File)}, "recusal:"+x.ID); err != nil {
			return err
		}
		if _, err := s.recuse(ctx, tx, account.System, other[0], x.File, x.Causes); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, account.System, "committee.united", seat.Selection, map[string]any{"member": string(seat.ID), "with": string(other[0].ID)})
}

// concerned reads what a search of a selection compares, before the write that searches.
func (s *Service) concerned(ctx context.Context, id SelectionID) (detector, error) {
	sel, err := Load(ctx, s.db.Reader(), id)
	if err != nil {
		return detector{}, err
	}
	return s.facts(ctx, s.db.Reader(), sel.Call)
}
