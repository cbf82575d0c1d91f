package right_test

import (
	"errors"
	"slices"
	"testing"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/errs"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/right"
)

// A sheet changes freely until projects count on it; what they count on is never taken back.
func TestASheetIsEditedButNotNarrowed(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		version := int64(1)
		edit := func(change func(*right.FundSheet)) error {
			s := sheet()
			s.Version = version
			change(&s)
			err := w.rights.Edit(ctx, w.Lead, "edition", w.fund, s)
			if err == nil {
				version++
			}
			return err
		}
		paths := func(err error) (list []string) {
			var e *errs.Error
			if errors.As(err, &e) {
				for _, f := range e.Fields {
					list = append(list, f.Path)
				}
			}
			return list
		}
		w.Must(edit(func(s *right.FundSheet) {
			s.Name, s.MissedRule, s.Ceiling, s.DayCents = "Fonds neuf", right.MissedReleases, 900, 80000
		}))
		w.Must(edit(func(*right.FundSheet) {})) // back to what it was
		if err := edit(func(s *right.FundSheet) { s.Version = 1 }); errs.KeyOf(err) != "right.meanwhile" {
			t.Errorf("over an old version: %v", err)
		}
		if err := w.rights.Edit(ctx, w.Ana, "edition", w.fund, sheet()); !errs.Is(err, errs.Forbidden) && !errs.Is(err, errs.NotFound) {
			t.Errorf("a team: %v", err)
		}
		w.Must(w.rights.Change(ctx, w.Lead, "edition", right.Change{Fund: w.fund, Act: ledger.Grant, Project: w.campus, Minutes: 600, Reason: "Comité"}))
		if got := paths(edit(func(s *right.FundSheet) { s.Ceiling, s.LastDay = 599, "2090-01-01" })); !slices.Equal(got, []string{"ceiling", "last"}) {
			t.Errorf("under what is granted: %v", got)
		}
		w.Must(edit(func(s *right.FundSheet) { s.Ceiling, s.DayCents = 600, 70000 }))
		_, err := w.rights.Ask(ctx, w.Ana, w.campus, right.Asked{Fund: w.fund, Subject: "Paie", Purpose: "Lire", Minutes: 60, Urgency: "calm"})
		w.Must(err)
		if got := paths(edit(func(s *right.FundSheet) {
			s.FirstDay, s.Subjects, s.DayMinutes, s.DayCents, s.NoticeHours, s.MissedRule = "2021-01-01", []string{"Droit"}, 480, 1, 1, right.MissedReleases
		})); !slices.Equal(got, []string{"first", "subjects", "day", "price", "notice", "missed"}) {
			t.Errorf("once something was asked: %v", got)
		}
		w.Must(edit(func(s *right.FundSheet) { s.Name, s.Ceiling, s.FirstDay = "Droit de tirage 2027", 2400, "2019-01-01" }))
		b, err := w.rights.Budget(ctx, w.Lead, "edition")
		w.Must(err)
		if f := b.Funds[0]; f.FundSheet.Name != "Droit de tirage 2027" || f.Ceiling != 2400 || f.Version != version {
			t.Errorf("the fund is %+v", f.FundSheet)
		}
	})
}
