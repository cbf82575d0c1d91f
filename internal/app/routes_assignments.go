package app

import (
	"context"

	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/web/assignments"
	"transformateur/internal/web/ui"
)

// openAssignments makes the service that shares out readings, after committees.
func (a *App) openAssignments() {
	a.Assignments = assignment.New(assignment.Deps{DB: a.DB, Clock: a.Clock, Policy: a.Policy, Bus: a.Bus, Calls: a.Calls, Committees: a.Committees, Begun: begunReviews{}})
}

// assignmentRoutes are the addresses of assignments and of bids.
func (a *App) assignmentRoutes() []ui.Route {
	return (&assignments.Handler{Assignments: a.Assignments}).Routes()
}

// begunReviews are the readings that somebody wrote: the engine leaves them where they are.
type begunReviews struct{}

// Begun lists the pairs of a selection whose review was begun, given back or not.
func (begunReviews) Begun(ctx context.Context, r db.Reader, id committee.SelectionID) ([]assignment.Pair, error) {
	return db.List(ctx, r, func(sc db.Scanner) (p assignment.Pair, err error) {
		err = sc.Scan(&p.File, &p.Member)
		return p, err
	}, `select v.application_id, v.member_id from reviews v join assignments a on a.application_id = v.application_id and a.member_id = v.member_id and a.ended_at is null
		where v.selection_id = $1 and v.returned_at is null order by v.application_id, v.member_id`, string(id))
}

// HandedIn says whether the review of a pair was handed in.
func (begunReviews) HandedIn(ctx context.Context, r db.Reader, p assignment.Pair) (bool, error) {
	n, err := db.Get(ctx, r, db.Value[int], `select count(*) from reviews where application_id = $1 and member_id = $2 and content is not null`, string(p.File), string(p.Member))
	return n > 0, err
}
