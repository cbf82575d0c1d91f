// Package decisiontest makes a selection whose minutes are signed, for tests.
package decisiontest

import (
	"context"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/decision"
	"transformateur/internal/deliberation"
	"transformateur/internal/deliberation/deliberationtest"
	"transformateur/internal/platform/db"
)

// World is a selection under embargo, and the service that announces it.
type World struct {
	*deliberationtest.World
	Decisions *decision.Service
}

// New makes the world: a file for each outcome, in the order in which they are given.
// Decisions are told by what outbox makes of the base world.
func New(t testing.TB, d *db.DB, outbox func(*deliberationtest.World) decision.Outbox, outcomes ...deliberation.Outcome) *World {
	t.Helper()
	base := deliberationtest.New(t, d, len(outcomes))
	w := &World{World: base}
	w.Decisions = decision.New(decision.Deps{DB: d, Clock: base.Clock, Policy: base.Policy, Bus: base.Bus, Outbox: outbox(base), Readings: &base.Given})
	base.Write(func(tx *db.Tx) error {
		_, err := tx.Exec(context.Background(), `insert into addresses (email, person_id, main, verified_at) select id || '@exemple.invalid', id, $2, $1 from people where not exists (select 1 from addresses where person_id = people.id)`, base.Clock.Now(), true)
		return err
	})
	base.Open(base.Chair, base.Mia, base.Noe)
	for i, o := range outcomes {
		base.Decide(base.Files[i], o)
	}
	base.Must(base.Rooms.Sign(context.Background(), base.Chair, deliberationtest.Selection))
	return w
}

// Terms ask for an answer within ten days.
func (w *World) Terms() decision.Terms {
	return decision.Terms{ConfirmBy: w.Clock.Now().AddDate(0, 0, 10), AppealMonths: decision.DefaultAppealMonths, WinnersPublic: true}
}

// Announce prepares the announcement and makes it.
func (w *World) Announce() {
	w.T.Helper()
	ctx := context.Background()
	v, err := w.Decisions.Preparing(ctx, w.Lead, deliberationtest.Selection)
	w.Must(err)
	w.Must(w.Decisions.Prepare(ctx, w.Lead, deliberationtest.Selection, w.Terms(), v.Announcement.Version))
	_, err = w.Decisions.Announce(ctx, w.Lead, deliberationtest.Selection, v.Announcement.Version+1)
	w.Must(err)
}

// Place is where the place of a file stands, as the lead reads it.
func (w *World) Place(file application.ID) decision.Place {
	w.T.Helper()
	one, err := w.Decisions.One(context.Background(), w.Lead, deliberationtest.Selection, file)
	w.Must(err)
	return one.Row.Place
}

// Told is the decision on a file that its team reads.
func (w *World) Told(by account.User, file application.ID) decision.Told {
	w.T.Helper()
	v, err := w.Decisions.Outcome(context.Background(), by, file)
	w.Must(err)
	return v.Told[0]
}
