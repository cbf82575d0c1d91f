// Package reviewtest makes a small committee for tests: a selection that reads, its chair and its members, files to read.
package reviewtest

import (
	"context"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/application/applicationtest"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/policy"
	"transformateur/internal/review"
	"transformateur/internal/review/enclosure"
	"transformateur/internal/review/rubric"
)

// Selection is the identifier of the world's selection.
const Selection committee.SelectionID = "selection"

// World is a call that has closed, whose files a committee reads.
type World struct {
	*applicationtest.World
	Reviews    *review.Service
	Enclosures *enclosure.Service
	Chair      account.User
	Mia        account.User // members
	Noe        account.User
	Files      []application.ID
	plain      *application.Service
}

// Options change what the world starts from.
type Options struct {
	Blind  committee.Blind  // open unless said
	Others committee.Others // after one's own unless said
	Form   string           // of the call; applicationtest.Form unless said
	Fill   []any            // pairs of a field and its answer; those of applicationtest unless said
	Number int              // of files; 2 unless said
}

// New makes the world on a database: reading has begun, the five criteria are the grid.
func New(t testing.TB, d *db.DB, opt Options) *World {
	t.Helper()
	base := applicationtest.New(t, d)
	w := &World{World: base, plain: base.Files}
	ctx := context.Background()
	if opt.Blind == "" {
		opt.Blind = committee.Open
	}
	if opt.Others == "" {
		opt.Others = committee.AfterOwn
	}
	if opt.Number == 0 {
		opt.Number = 2
	}
	if opt.Form != "" {
		base.Call = base.OpenCall("appel-2", opt.Form)
	} else {
		opt.Fill = []any{"summary", "Un campus numérique porté par Acme", "bearer", "company", "staff", int64(12)}
	}
	w.Reviews = review.New(review.Deps{DB: d, Clock: base.Clock, Policy: base.Policy, Bus: base.Bus, Files: base.Files, Calls: base.Calls})
	w.Enclosures = enclosure.New(enclosure.Deps{DB: d, Clock: base.Clock, Jobs: base.Jobs, Blobs: base.Blobs, Inspector: applicationtest.Inspector, Reviews: w.Reviews})
	for range opt.Number {
		a := base.Draft()
		base.Fill(base.Ana, a.ID, opt.Fill...)
		_, err := base.Files.Submit(ctx, base.Ana, a.ID)
		base.Must(err)
		w.Files = append(w.Files, a.ID)
	}
	base.Clock.Advance(2 * time.Hour)
	w.Chair, w.Mia, w.Noe = base.Person("chair"), base.Person("mia"), base.Person("noe")
	now := base.Clock.Now()
	base.Must(d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `
			insert into selections (id, call_id, round, name_fr, name_en, status, blind, others, names_public, bidding, readers, reviews_due_at, confidentiality_fr, confidentiality_en, version, created_at, created_by, reading_at)
			values ($1, $2, 1, 'Sélection', 'Selection', 'preparation', $3, $4, $5, $5, 2, $6, '', '', 1, $7, 'system', $7)`,
			string(Selection), string(base.Call.ID), string(opt.Blind), string(opt.Others), false, now.Add(7*24*time.Hour), now); err != nil {
			return err
		}
		return application.Enter(ctx, tx, string(Selection), w.Files, opt.Blind == committee.Veiled)
	}))
	w.Sit(w.Chair, committee.Chair)
	w.Sit(w.Mia, committee.Juror)
	w.Sit(w.Noe, committee.Juror)
	r, err := rubric.ReadyRubric("five_criteria")
	base.Must(err)
	_, err = w.Reviews.SaveRubric(ctx, base.Lead, Selection, r, "", 0)
	base.Must(err)
	w.Move(committee.Reading)
	return w
}

// Applications is the service of files.
func (w *World) Applications() *application.Service { return w.plain }

// Sit seats a person in the committee.
func (w *World) Sit(who account.User, role committee.Role) {
	w.T.Helper()
	ctx, now := context.Background(), w.Clock.Now()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `
			insert into committee_members (id, selection_id, person_id, email, name, role, status, competences, presence, least, most, invited_by, invited_at, answered_at, confidentiality, reason, version)
			values ($1, $2, $3, $4, $5, $6, 'sitting', '[]', '[]', 0, 0, 'system', $7, $7, '', '', 1)`,
			"seat-"+string(who.ID), string(Selection), string(who.ID), string(who.ID)+"@exemple.invalid", who.Name, string(role), now); err != nil {
			return err
		}
		return w.Policy.Grant(ctx, tx, account.System, policy.Relation{SubjectID: string(who.ID), Relation: string(role), Object: policy.Ref{Kind: "selection", ID: string(Selection)}})
	}))
}

// Seat reads somebody's seat.
func (w *World) Seat(who account.User) committee.Member {
	w.T.Helper()
	m, err := committee.SeatOf(context.Background(), w.DB.Reader(), Selection, who.ID)
	w.Must(err)
	return m
}

// Give has somebody read files.
func (w *World) Give(who account.User, files ...application.ID) {
	w.T.Helper()
	ctx, seat := context.Background(), w.Seat(who)
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		for _, id := range files {
			if err := committee.Give(ctx, tx, w.Policy, account.System, seat, id, "hand", w.Clock); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Exclude has somebody step aside from a file.
func (w *World) Exclude(who account.User, id application.ID) {
	w.T.Helper()
	ctx := context.Background()
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
		return w.Policy.Exclude(ctx, tx, account.System, "person", string(who.ID), policy.Ref{Kind: "application", ID: string(id)}, "conflict", "essai")
	}))
}

// Move brings the selection to its next status.
func (w *World) Move(to committee.Status) {
	w.T.Helper()
	ctx := context.Background()
	sel, err := committee.Load(ctx, w.DB.Reader(), Selection)
	w.Must(err)
	w.Must(w.DB.Write(ctx, func(tx *db.Tx) error { return committee.Move(ctx, tx, sel, to, w.Clock.Now()) }))
}

// Write saves answers of somebody's review: pairs of a question and its answer.
func (w *World) Write(who account.User, id application.ID, pairs ...any) application.Saved {
	w.T.Helper()
	saved, _, err := w.Reviews.Save(context.Background(), who, id, func(k review.Work) (edits []application.Edit) {
		for i := 0; i < len(pairs); i += 2 {
			field := pairs[i].(string)
			edits = append(edits, application.Edit{Field: field, Base: k.Answers[field].Version, Value: pairs[i+1]})
		}
		return edits
	})
	w.Must(err)
	if len(saved.Conflicts)+len(saved.Refused) > 0 {
		w.T.Fatalf("write the review of %s: %+v", id, saved)
	}
	return saved
}

// Whole are answers to every question of the five criteria, each at one anchor.
func Whole(anchor string) []any {
	return []any{"in_scope", true, "need", anchor, "definition", anchor, "commitment", anchor, "transformation", anchor, "openness", anchor,
		"advice", "keep", "sure", "fair", "strengths", "Un besoin bien décrit.", "aside", "À surveiller : le budget."}
}

// Hand writes a whole review and hands it in.
func (w *World) Hand(who account.User, id application.ID, anchor string) {
	w.T.Helper()
	w.Write(who, id, Whole(anchor)...)
	_, err := w.Reviews.Submit(context.Background(), who, id)
	w.Must(err)
}
