package assignment

import (
	"context"
	"fmt"
	"slices"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// Told is the payload of the event "assignment.told", whose object is the member: what
// changed for her in one act, so that one mail tells it.
type Told struct {
	Selection committee.SelectionID `json:"selection"`
	Act       string                `json:"act"` // the same for all that one publication tells
	Added     []application.ID      `json:"added,omitempty"`
	Ended     []application.ID      `json:"ended,omitempty"`
}

// Publish makes the plan what is read: each reader gets her right on her files for the
// time of her mandate, those who lose a file lose its right in the same act, and each
// person is told once. base is the version she looked at.
// Errors: Conflict before the reading opens, when the plan is empty, changed meanwhile or
// holds a conflict, and when nothing would change.
func (s *Service) Publish(ctx context.Context, by account.User, id committee.SelectionID, base int64) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		sel, err := s.require(ctx, tx, by, "selection.assign", id)
		if err != nil {
			return err
		}
		if sel.Status == committee.Preparing {
			return errs.New(errs.Conflict, "assignment.reading_closed")
		}
		h, err := s.house(ctx, tx, sel)
		if err != nil {
			return err
		}
		if h.plan.Version != base {
			return errs.New(errs.Conflict, "assignment.changed_meanwhile")
		}
		plan := h.current()
		if len(plan) == 0 {
			return errs.New(errs.Conflict, "assignment.nothing_planned")
		}
		c := changes(h.published(), plan)
		if len(c.Added)+len(c.Ended) == 0 {
			return errs.New(errs.Conflict, "assignment.nothing_changes")
		}
		if slices.ContainsFunc(c.Added, func(p Pair) bool { return h.barred[p] }) {
			return errs.New(errs.Conflict, "assignment.conflict_planned")
		}
		sources := map[Pair]string{}
		for _, g := range plan {
			sources[g.Pair] = g.Source
		}
		if err := s.apply(ctx, tx, by, h, c, sources); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update assignment_plans set published_by = $2, published_at = $3 where selection_id = $1`, string(id), by.Actor(), s.clock.Now()); err != nil {
			return fmt.Errorf("note that the assignment of %s is published: %w", id, err)
		}
		return s.record(ctx, tx, by, "assignment.published", id, map[string]any{"added": len(c.Added), "ended": len(c.Ended), "kept": c.Kept, "run": h.plan.Run})
	})
}

// current are the pairs of the plan whose file still stands and whose member still sits.
func (h house) current() []Given {
	files, members := map[application.ID]bool{}, map[committee.MemberID]bool{}
	for _, f := range h.files {
		files[f.ID] = true
	}
	for _, m := range h.members {
		members[m.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(h.plan.Pairs), func(g Given) bool { return !files[g.File] || !members[g.Member] })
}

// apply writes readings, gives and ends rights, and has each member told once.
func (s *Service) apply(ctx context.Context, tx *db.Tx, by account.User, h house, c Changes, sources map[Pair]string) error {
	told := map[committee.MemberID]*Told{}
	act := db.NewID()
	of := func(m committee.MemberID) *Told {
		if told[m] == nil {
			told[m] = &Told{Selection: h.sel.ID, Act: act}
		}
		return told[m]
	}
	seats, err := committee.Members(ctx, tx, h.sel.ID) // those who left included
	if err != nil {
		return err
	}
	for _, p := range c.Ended {
		i := slices.IndexFunc(seats, func(m committee.Member) bool { return m.ID == p.Member })
		if err := s.committees.EndReadings(ctx, tx, by, seats[i], p.File, "withdrawn"); err != nil {
			return err
		}
		of(p.Member).Ended = append(of(p.Member).Ended, p.File)
	}
	for _, p := range c.Added {
		i := slices.IndexFunc(h.members, func(m committee.Member) bool { return m.ID == p.Member })
		if err := s.open(ctx, tx, by, h.members[i], p.File, sources[p]); err != nil {
			return err
		}
		of(p.Member).Added = append(of(p.Member).Added, p.File)
	}
	for _, m := range h.sortedSeats(told) {
		if err := s.bus.Publish(ctx, tx, "assignment.told", string(m), told[m]); err != nil {
			return err
		}
	}
	return nil
}

func (h house) sortedSeats(told map[committee.MemberID]*Told) (list []committee.MemberID) {
	for m := range told {
		list = append(list, m)
	}
	slices.Sort(list)
	return list
}

// open gives a member one file to read, for the time of her mandate.
func (s *Service) open(ctx context.Context, tx *db.Tx, by account.User, m committee.Member, file application.ID, source string) error {
	id := db.NewID()
	if _, err := tx.Exec(ctx, `insert into assignments (id, selection_id, application_id, member_id, source, assigned_by, assigned_at, end_reason) values ($1, $2, $3, $4, $5, $6, $7, '')`,
		id, string(m.Selection), string(file), string(m.ID), source, by.Actor(), s.clock.Now()); err != nil {
		if db.Taken(err) {
			return errs.New(errs.Conflict, "assignment.changed_meanwhile")
		}
		return fmt.Errorf("give file %s to member %s: %w", file, m.ID, err)
	}
	return s.policy.Grant(ctx, tx, by, policy.Relation{SubjectID: string(m.Person), Relation: "rapporteur", Object: policy.Ref{Kind: "application", ID: string(file)},
		ValidFrom: m.MandateFrom, ValidUntil: m.MandateUntil, Reason: "assignment:" + id})
}
