package privacy_test

import (
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/app/demo"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/privacy"
)

// archiveOf has somebody's archive made, and gives it.
func archiveOf(b *testing.B, a *app.App, by account.User) privacy.Archive {
	b.Helper()
	if err := a.Privacy.AskArchive(ctx, by); err != nil {
		b.Fatal(err)
	}
	if err := a.Jobs.Work(ctx); err != nil {
		b.Fatal(err)
	}
	list, err := a.Privacy.Archives(ctx, by)
	if err != nil || list[0].Status != privacy.Ready {
		b.Fatalf("no archive: %v", err)
	}
	return list[0]
}

// BenchmarkArchive makes the archive of somebody with 1,000 answers and 200 MB of
// attachments (promise: five minutes).
func BenchmarkArchive(b *testing.B) {
	w := newWorld(b, "")
	w.large(1000, 200)
	var made privacy.Archive
	for b.Loop() {
		made = archiveOf(b, w.app, w.ana)
		w.clock.Advance(time.Minute)
	}
	b.ReportMetric(float64(made.Size)/1e6, "MB")
	b.ReportMetric(float64(made.Lines), "rows")
}

// BenchmarkArchiveOfTheDemo makes the archive of the person of the demonstration who
// appears in most lines of the journal.
func BenchmarkArchiveOfTheDemo(b *testing.B) {
	cfg := config.Config{Data: b.TempDir(), BaseURL: "https://essai.invalid", Name: "Essai", Demo: true}
	if _, err := demo.Load(ctx, cfg, clock.System{}); err != nil {
		b.Fatal(err)
	}
	a, err := app.New(ctx, cfg, clock.System{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	id, err := db.Get(ctx, a.DB.Reader(), db.Value[string], `select substr(actor, 8) from journal where actor like 'person:%' group by actor order by count(*) desc, actor limit 1`)
	if err != nil {
		b.Fatal(err)
	}
	var made privacy.Archive
	for b.Loop() {
		made = archiveOf(b, a, account.User{ID: account.PersonID(id)})
	}
	b.ReportMetric(float64(made.Size)/1e6, "MB")
	b.ReportMetric(float64(made.Lines), "rows")
}
