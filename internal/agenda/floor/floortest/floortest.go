// Package floortest is an open gathering with two teams, an expert and a coach, for tests.
package floortest

import (
	"context"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/plan"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/agenda/schedule"
	"transformateur/internal/gathering"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/project"
)

// World is a gathering that Lead runs: Ana's team of Campus, Bob's of Les anses, Léo who
// is an expert of Labo, and Zoé who is a coach and leads the round table.
type World struct {
	*gatheringtest.World
	Floor         *floor.Floor
	ID            gathering.ID
	Campus, Anses project.ID
	Leo, Zoe      account.User
	Plans         *Plans
}

// Plans is the plan that a test publishes.
type Plans struct{ Version *schedule.Version }

// Current gives it. Error: NotFound.
func (p *Plans) Current(context.Context, db.Reader, gathering.ID) (schedule.Version, error) {
	if p.Version == nil {
		return schedule.Version{}, errs.New(errs.NotFound, "errs.not_found")
	}
	return *p.Version, nil
}

// New makes the world on a database; the gathering is planned still.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	w := &World{World: gatheringtest.New(t, d), Plans: &Plans{}}
	w.Floor = &floor.Floor{DB: d, Clock: w.Clock, Policy: w.Policy, Pulse: pulse.New(d, w.Policy), Plans: w.Plans}
	w.Campus, w.Anses = w.Project("Campus", w.Ana), w.Project("Les anses", w.Bob)
	w.ID = w.Planned()
	_, err := w.Gatherings.AddTeams(context.Background(), w.Lead, w.ID)
	w.Must(err)
	w.Leo, w.Zoe = w.Comes("leo@labo.example", "Léo Fabre", gathering.Expert), w.Comes("zoe@labo.example", "Zoé Prat", gathering.Coach)
	return w
}

// Comes seats somebody of Labo.
func (w *World) Comes(email, name string, role gathering.Role) account.User {
	w.T.Helper()
	ctx, by := context.Background(), w.Signed(email, name)
	w.Must(w.Gatherings.Invite(ctx, w.Lead, w.ID, gathering.Invited{Email: email, Name: name, Organisation: "Labo", Role: role, Lang: "fr"}))
	w.Exec(`update participants set person_id = $1, joined_at = $2 where gathering_id = $3 and email = $4`, string(by.ID), w.Clock.Now(), string(w.ID), email)
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(by.ID), Relation: "participant", Object: policy.Ref{Kind: "gathering", ID: string(w.ID)}})
	}))
	return by
}

// Exec writes to the database.
func (w *World) Exec(text string, args ...any) {
	w.T.Helper()
	w.Must(w.DB.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), text, args...)
		return err
	}))
}

// Opens opens the gathering.
func (w *World) Opens() {
	w.T.Helper()
	w.Must(w.Gatherings.Open(context.Background(), w.Lead, w.ID))
}

// Seat is the seat of somebody.
func (w *World) Seat(who account.User) string {
	w.T.Helper()
	p, err := gathering.Comes(context.Background(), w.DB.Reader(), w.ID, who.ID)
	w.Must(err)
	return p.ID
}

// Publish has everybody follow a running order: a pitch, a talk, a round table that Zoé
// leads, a coaching; and some sittings.
func (w *World) Publish(sittings ...plan.Sitting) {
	w.T.Helper()
	w.Plans.Version = &schedule.Version{Plan: plan.Plan{Version: 1, Sittings: sittings}, Order: order.Order{Version: 1, Days: []string{"2027-03-05", "2027-03-06"}, Activities: []order.Activity{
		{ID: "pitch", Kind: order.Pitch, From: 540, To: 600, Speak: 3, Ask: 2},
		{ID: "talk", Kind: order.Input, From: 600, To: 660, Title: "Les données ouvertes"},
		{ID: "table", Kind: order.RoundTable, From: 660, To: 720, Leads: []string{w.Seat(w.Zoe)}},
		{ID: "coaching", Kind: order.Coaching, From: 780, To: 900},
	}}}
}
