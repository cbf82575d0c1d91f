package right_test

import (
	"fmt"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/gathering/gatheringtest"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
)

// BenchmarkStatement reads the statement of a fund, and those of its twenty projects, after a
// year in which each reserved and consumed an hour every week.
func BenchmarkStatement(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b))
	var all []project.ID
	for i := range 20 {
		all = append(all, w.Project(fmt.Sprintf("Projet %02d", i), w.Ana))
	}
	fund := string(w.fund)
	for _, id := range all {
		w.Must(w.DB.Write(ctx, func(tx *db.Tx) error {
			way := ledger.Way{Fund: fund, Project: string(id)}
			if err := w.rights.Post(ctx, tx, account.System, ledger.Grant, way, 60); err != nil {
				return err
			}
			for range 52 {
				for _, act := range []ledger.Act{ledger.Reserve, ledger.Release} {
					if err := w.rights.Post(ctx, tx, account.System, act, way, 60); err != nil {
						return err
					}
				}
			}
			return nil
		}))
	}
	lines := 0
	for b.Loop() {
		v, err := w.rights.OfFund(ctx, w.Lead, gatheringtest.Edition, w.fund)
		w.Must(err)
		lines = len(v.Lines)
		for _, id := range all {
			_, err := w.rights.OfProject(ctx, w.Lead, id)
			w.Must(err)
		}
	}
	b.ReportMetric(float64(lines), "lines")
}
