// Package deliberationtest makes a committee that is about to deliberate, for tests.
package deliberationtest

import (
	"context"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/committee"
	"transformateur/internal/deliberation"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/screening"
)

// Selection is the identifier of the world's selection.
const Selection committee.SelectionID = "selection"

// Given are readings known in advance, whatever the selection.
type Given []deliberation.Reading

// Readings gives them.
func (g *Given) Readings(context.Context, db.Reader, committee.SelectionID) ([]deliberation.Reading, error) {
	return *g, nil
}

// Preferred are comparisons known in advance, whatever the selection.
type Preferred []deliberation.Preference

// Preferences gives them.
func (p *Preferred) Preferences(context.Context, db.Reader, committee.SelectionID) ([]deliberation.Preference, error) {
	return *p, nil
}

type places struct{}

func (places) Territory(_, code string) (string, bool) { return code, true }

// World is a selection whose readings are in: a chair, members, files.
type World struct {
	*applicationtest.World
	Rooms   *deliberation.Service
	Chair   account.User
	Mia     account.User // members
	Noe     account.User
	Zoe     account.User
	Sam     account.User     // the secretary
	Files   []application.ID // by their number
	Given   Given            // the readings
	Chosen  Preferred        // the comparisons
	ctx     context.Context
	numbers int
}

// New makes the world with so many files; the committee still reads.
func New(t testing.TB, d *db.DB, files int) *World {
	t.Helper()
	base := applicationtest.New(t, d)
	screening.New(screening.Deps{DB: d, Clock: base.Clock, Policy: base.Policy, Bus: base.Bus, Calls: base.Calls, Files: base.Files}) // who indexes their answers
	w := &World{World: base, ctx: context.Background()}
	w.Rooms = deliberation.New(deliberation.Deps{DB: d, Clock: base.Clock, Policy: base.Policy, Bus: base.Bus, Calls: base.Calls, Places: places{}, Readings: &w.Given, Compared: &w.Chosen})
	for range files {
		a := base.Draft()
		base.Fill(base.Ana, a.ID, "summary", "Un campus numérique", "bearer", []string{"company", "public"}[w.numbers%2], "staff", int64(12))
		w.numbers++
		_, err := base.Files.Submit(w.ctx, base.Ana, a.ID)
		base.Must(err)
		w.Files = append(w.Files, a.ID)
	}
	_, err := base.Bus.Deliver(w.ctx)
	base.Must(err)
	base.Clock.Advance(2 * time.Hour)
	w.Chair, w.Mia, w.Noe, w.Zoe, w.Sam = base.Person("chair"), base.Person("mia"), base.Person("noe"), base.Person("zoe"), base.Person("sam")
	now := base.Clock.Now()
	w.Write(func(tx *db.Tx) error {
		if _, err := tx.Exec(w.ctx, `
			insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, target, reviews_due_at, confidentiality_fr, confidentiality_en, version, created_at, created_by, reading_at)
			values ($1, $2, 1, 'Sélection', 'Selection', 'preparation', 'open', 'own', $3, $3, 2, 2, $4, '', '', 1, $5, 'system', $5)`,
			string(Selection), string(base.Call.ID), false, now.Add(7*24*time.Hour), now); err != nil {
			return err
		}
		return application.Enter(w.ctx, tx, string(Selection), w.Files, false)
	})
	w.Sit(w.Chair, committee.Chair)
	for _, who := range []account.User{w.Mia, w.Noe, w.Zoe} {
		w.Sit(who, committee.Juror)
	}
	w.Sit(w.Sam, committee.Secretary)
	sel, err := committee.Load(w.ctx, d.Reader(), Selection)
	base.Must(err)
	w.Write(func(tx *db.Tx) error { return committee.Move(w.ctx, tx, sel, committee.Reading, base.Clock.Now()) })
	return w
}

// Write writes in the database.
func (w *World) Write(do func(*db.Tx) error) {
	w.T.Helper()
	w.Must(w.DB.Write(w.ctx, do))
}

// Sit seats a person in the committee.
func (w *World) Sit(who account.User, role committee.Role) {
	w.T.Helper()
	now := w.Clock.Now()
	w.Write(func(tx *db.Tx) error {
		if _, err := tx.Exec(w.ctx, `
			insert into committee_members (id, selection_id, person_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, answered_at, confidentiality, reason, version)
			values ($1, $2, $3, $4, $5, $6, 'sitting', '[]', '[]', 0, 0, 'system', $7, $7, '', '', 1)`,
			"seat-"+string(who.ID), string(Selection), string(who.ID), string(who.ID)+"@exemple.invalid", who.Name, string(role), now); err != nil {
			return err
		}
		return w.Policy.Grant(w.ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: string(role), Object: policy.Ref{Kind: "selection", ID: string(Selection)}})
	})
}

// Exclude has somebody step aside from a file: her organisation bears it.
func (w *World) Exclude(who account.User, file application.ID) {
	w.T.Helper()
	w.Write(func(tx *db.Tx) error {
		id := db.NewID()
		if _, err := tx.Exec(w.ctx, `insert into recusals (id, selection_id, application_id, member_id, status, found_at, declared_by, waived_by, waiver_reason, version) values ($1, $2, $3, $4, 'standing', $5, 'system', '', '', 1)`,
			id, string(Selection), string(file), "seat-"+string(who.ID), w.Clock.Now()); err != nil {
			return err
		}
		if _, err := tx.Exec(w.ctx, `insert into recusal_causes (id, recusal_id, kind, source, detail, added_by, added_at) values ($1, $2, 'same_organisation', 'found', 'Acme', 'system', $3)`, db.NewID(), id, w.Clock.Now()); err != nil {
			return err
		}
		return w.Policy.Exclude(w.ctx, tx, account.System, "person", string(who.ID), policy.Ref{Kind: "application", ID: string(file)}, "conflict", "essai")
	})
}

// Score has a member give a file a score.
func (w *World) Score(who account.User, file application.ID, score float64) {
	w.Given = append(w.Given, deliberation.Reading{File: file, Member: committee.MemberID("seat-" + string(who.ID)), Name: who.Name, Score: score, Scored: true,
		Advice: form.Localised{"fr": "À retenir", "en": "Keep"}, Shareable: []string{"Un besoin bien décrit, selon " + string(file) + "."}})
}

// Settings are complete: two must be there to vote, ten minutes a file.
func Settings() deliberation.Settings {
	return deliberation.Settings{Quorum: 2, Minutes: 10, Version: -1, Reasons: []deliberation.Reason{
		{Key: "fit", Label: form.Localised{"fr": "Répond aux objectifs", "en": "Meets the aims"}}, {Key: "rank", Label: form.Localised{"fr": "D’autres étaient prioritaires", "en": "Others had priority"}}}}
}

// Open opens the room, and has people come in.
func (w *World) Open(people ...account.User) {
	w.T.Helper()
	w.Must(w.Rooms.Open(w.ctx, w.Chair, Selection, Settings()))
	for _, who := range people {
		w.Must(w.Rooms.Enter(w.ctx, who, Selection))
	}
}

// Discuss puts a file under discussion.
func (w *World) Discuss(file, beside application.ID) {
	w.T.Helper()
	w.Must(w.Rooms.Call(w.ctx, w.Chair, Selection, file, beside))
}

// Decide pronounces a decision on a file.
func (w *World) Decide(file application.ID, outcome deliberation.Outcome) {
	w.T.Helper()
	w.Must(w.Rooms.Decide(w.ctx, w.Chair, Selection, file, deliberation.Verdict{Outcome: outcome, Reason: "fit", Wording: "Le comité a pesé la demande."}))
}

// Prefer has a member prefer a file to another one, so many times.
func (w *World) Prefer(who account.User, winner, loser application.ID, times int) {
	for range times {
		w.Chosen = append(w.Chosen, deliberation.Preference{Member: committee.MemberID("seat-" + string(who.ID)), Winner: winner, Loser: loser})
	}
}
