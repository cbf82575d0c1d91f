package sponsor_test

import (
	"context"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
	"transformateur/internal/support/booking"
	"transformateur/internal/support/sponsor"
)

var ctx = context.Background()

func wants(t *testing.T, what string, err error, kind errs.Kind, key string) {
	t.Helper()
	if !errs.Is(err, kind) || key != "" && errs.KeyOf(err) != key {
		t.Errorf("%s: %v, want %s %s", what, err, kind, key)
	}
}

func TestOneSponsorAfterAnother(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := gatheringtest.New(t, d)
		bookings := booking.New(booking.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, Ties: []booking.Ties{sponsor.Ties}})
		s := sponsor.New(sponsor.Deps{DB: d, Clock: w.Clock, Policy: w.Policy, Bus: w.Bus, People: w.Accounts, Bookings: bookings})
		campus := w.Project("Campus", w.Ana)
		leo, eva := w.Signed("leo@labo.example", "Léo Fabre"), w.Signed("eva@labo.example", "Eva Sage")
		wants(t, "a team names", s.Name(ctx, w.Ana, campus, sponsor.Naming{Person: leo.ID}), errs.Forbidden, "")
		wants(t, "who was not invited", s.Name(ctx, w.Lead, campus, sponsor.Naming{Person: leo.ID}), errs.Invalid, "sponsor.invalid")
		for _, who := range []account.User{leo, eva, w.Ana} {
			w.Must(d.Write(ctx, func(tx *db.Tx) error {
				return w.Policy.Grant(ctx, tx, w.Lead, policy.Relation{SubjectID: string(who.ID), Relation: sponsor.Relation, Object: policy.Ref{Kind: "edition", ID: gatheringtest.Edition}})
			}))
		}
		w.Must(s.Invite(ctx, w.Lead, gatheringtest.Edition, sponsor.Invited{Email: "max@labo.example", Lang: "fr"}))
		wants(t, "one of the team", s.Name(ctx, w.Lead, campus, sponsor.Naming{Person: w.Ana.ID}), errs.Invalid, "sponsor.invalid")
		_, err := w.Projects.Read(ctx, leo, campus)
		wants(t, "before he is named", err, errs.NotFound, "")
		w.Must(s.Name(ctx, w.Lead, campus, sponsor.Naming{Person: leo.ID}))
		wants(t, "from a page that showed nobody", s.Name(ctx, w.Lead, campus, sponsor.Naming{Person: eva.ID}), errs.Conflict, "sponsor.meanwhile")
		file, err := w.Projects.Read(ctx, leo, campus)
		w.Must(err)
		if file.Edits || file.Manages || len(file.Team) != 1 {
			t.Errorf("he reads %+v", file)
		}
		at := w.Clock.Now().Truncate(time.Hour).Add(48 * time.Hour)
		met, err := bookings.Record(ctx, leo, campus, booking.Agreed{With: w.Ana.ID, Start: at, Minutes: 30, Subject: "Le budget"})
		w.Must(err)
		page, err := s.Around(ctx, w.Lead, campus)
		w.Must(err)
		change := sponsor.Naming{Person: eva.ID, Was: page.Current.ID}
		wants(t, "without a word to the next", s.Name(ctx, w.Lead, campus, change), errs.Invalid, "sponsor.invalid")
		change.Handover = "Le budget reste à revoir."
		w.Must(s.Name(ctx, w.Lead, campus, change))
		wants(t, "twice", s.Name(ctx, w.Lead, campus, change), errs.Conflict, "sponsor.meanwhile")
		_, err = w.Projects.Read(ctx, leo, campus)
		wants(t, "after the handover", err, errs.NotFound, "")
		if m, err := bookings.Read(ctx, w.Ana, met); err != nil || m.State != booking.Cancelled {
			t.Errorf("what was to come: %+v %v", m, err)
		}
		for name, c := range map[string]struct {
			by   account.User
			note string
		}{"the next one": {eva, change.Handover}, "the programme": {w.Lead, change.Handover}, "the team": {w.Ana, ""}} {
			page, err := s.Around(ctx, c.by, campus)
			w.Must(err)
			if page.Current.Name != "Eva Sage" || len(page.Past) != 1 || page.Past[0].Handover != c.note {
				t.Errorf("%s reads %+v", name, page)
			}
		}
		for name, by := range map[string]account.User{"another team": w.Bob, "who sponsored it": leo} {
			_, err := s.Around(ctx, by, campus)
			wants(t, name, err, errs.NotFound, "")
		}
		board, err := s.People(ctx, w.Lead, gatheringtest.Edition)
		w.Must(err)
		if len(board.Sponsors) != 3 || len(board.Pending) != 1 || len(board.Without) != 0 {
			t.Errorf("the board: %+v", board)
		}
	})
}
