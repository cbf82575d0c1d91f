package demo

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/application"
	"transformateur/internal/application/receipt"
	"transformateur/internal/demo"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/journal"
	"transformateur/internal/screening"
)

func folder(t *testing.T) config.Config {
	return config.Config{Data: filepath.Join(t.TempDir(), "demo"), Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", Name: "Transformateur", Contact: "equipe@agence.invalid", LogLevel: "error", Demo: true}
}

// loaded loads the demonstration as of an instant and opens the program on it.
func loaded(t *testing.T, at time.Time) (config.Config, *app.App) {
	t.Helper()
	cfg := folder(t)
	now := clock.NewFake(at)
	s, err := Load(t.Context(), cfg, now)
	if err != nil {
		t.Fatal(err)
	}
	if s.Kept || s.Files != 94 || s.People < 90 {
		t.Errorf("loaded %+v", s)
	}
	a, err := app.New(t.Context(), cfg, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return cfg, a
}

var evening = time.Date(2027, 3, 2, 19, 30, 0, 0, time.UTC)

// count reads one number.
func count(t *testing.T, a *app.App, text string, args ...any) int {
	t.Helper()
	n, err := db.Get(t.Context(), a.DB.Reader(), db.Value[int], text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheDemonstrationIsWhatItSays(t *testing.T) {
	_, a := loaded(t, evening)
	for _, c := range []struct {
		what, text string
		want       int
	}{
		{"files of the first edition", `select count(*) from applications where call_id = 'normandie-2018'`, 13},
		{"files of the second edition", `select count(*) from applications where call_id = 'normandie-2'`, 9},
		{"people who sit", `select count(*) from committee_members where status = 'sitting'`, 16},
		{"organisations that sit", `select count(distinct organisation_id) from committee_members where role <> 'secretary'`, 6},
		{"recusals", `select count(*) from recusals where status = 'standing'`, 3},
		{"kinds of recusals", `select count(distinct kind) from recusal_causes`, 3},
		{"readings handed in", `select count(*) from reviews where status = 'submitted'`, 36},
		{"readings of who stepped aside", `select count(*) from reviews v join recusals x on x.member_id = v.member_id and x.application_id = v.application_id`, 0},
		{"opinions given", `select count(*) from opinions where status = 'given'`, 1},
		{"decisions", `select count(*) from decisions where announced_at is not null`, 22},
		{"projects whose place is confirmed", `select count(*) from decisions where confirmed_at is not null`, 15},
		{"projects that have not answered", `select count(*) from decisions where outcome = 'retain' and confirmed_at is null and gave_up_at is null`, 1},
		{"projects", `select count(*) from projects where status = 'active'`, 22},
		{"people in an open gathering", `select count(*) from participants s join gatherings g on g.id = s.gathering_id where g.status = 'open' and s.joined_at is not null and s.left_at is null`, 37},
		{"plans that are followed", `select count(*) from agenda_plans where state = 'published'`, 1},
		{"meetings that are asked for", `select count(*) from meetings where state = 'accepted'`, 26},
		{"appeals answered", `select count(*) from appeals where answered_at is not null`, 1},
		{"national files", `select count(*) from applications where call_id = 'interet-general'`, 58},
		{"national drafts", `select count(*) from applications where call_id = 'interet-general' and status = 'draft'`, 1},
		{"withdrawn files", `select count(*) from applications where status = 'withdrawn'`, 2},
		{"open corrections", `select count(*) from corrections where resolved_at is null`, 3},
		{"texts that wait for a choice", `select count(*) from answer_variants where settled_at is null`, 1},
		{"postponements", `select count(*) from call_deadlines`, 1},
		{"revisions of the national form", `select form_revision from calls where id = 'interet-general'`, 2},
		{"questions without an answer", `select count(*) from questions where answered_at is null`, 1},
		{"gatherings that are over", `select count(*) from gatherings where status = 'closed'`, 2},
		{"jobs that failed", `select count(*) from jobs where attempts > 1`, 0},
		{"deliveries that wait", `select count(*) from event_deliveries where done_at is null`, 0},
		{"files not checked", `select count(*) from attachments where status <> 'clean'`, 0},
		{"lines of the future", `select count(*) from journal where at > '2027-03-02T19:31:00Z'`, 0},
	} {
		if got := count(t, a, c.text); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
	for verdict, least := range map[string]int{screening.Admissible: 30, screening.Inadmissible: 3} {
		if got := count(t, a, `select count(*) from admissibility where verdict = $1`, verdict); got < least {
			t.Errorf("%d files are %s, want %d at least", got, verdict, least)
		}
	}
	tells(t, a)
}

func TestTheDemonstrationStopsWhileItReads(t *testing.T) {
	a := stopped(t, Reading)
	for _, c := range []struct {
		what, text string
		want       int
	}{
		{"readings left", `select (select count(*) from assignments where ended_at is null) - (select count(*) from reviews where status = 'submitted')`, 2},
		{"decisions", `select count(*) from decisions`, 0},
		{"lines of the future", `select count(*) from journal where at > '2027-03-02T19:31:00Z'`, 0},
	} {
		if got := count(t, a, c.text); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}

func TestTheDemonstrationStopsInTheRoom(t *testing.T) {
	a := stopped(t, Deliberating)
	for _, c := range []struct {
		what, text string
		want       int
	}{
		{"decisions", `select count(*) from decisions`, 6},
		{"votes under way", `select count(*) from motions where status = 'voting'`, 1},
		{"lines of the future", `select count(*) from journal where at > '2027-03-02T19:31:00Z'`, 0},
		{"votes received in it", `select count(*) from votes v join motions m on m.id = v.motion_id where m.status = 'voting'`, 3},
	} {
		if got := count(t, a, c.text); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}

// stopped is the demonstration at a moment.
func stopped(t *testing.T, m Moment) *app.App {
	t.Helper()
	cfg, now := folder(t), clock.NewFake(evening)
	if _, err := LoadAt(t.Context(), cfg, now, m); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func TestJournalAndReceiptsHold(t *testing.T) {
	_, a := loaded(t, evening)
	lines, _, broken, err := journal.Verify(t.Context(), a.DB.Reader())
	if err != nil || broken != nil || lines < 500 {
		t.Errorf("the journal: %d lines, %+v, %v", lines, broken, err)
	}
	rows, err := db.List(t.Context(), a.DB.Reader(), func(sc db.Scanner) (r [2]string, err error) {
		err = sc.Scan(&r[0], &r[1])
		return r, err
	}, `select r.application_id, m.subject_id from receipts r join relations m on m.object_id = r.application_id and m.relation = 'owner' order by r.number`)
	if err != nil || len(rows) < 60 {
		t.Fatalf("%d receipts, %v", len(rows), err)
	}
	seen := map[int64]bool{}
	for _, row := range rows {
		for _, signed := range receiptsOf(t, a, row[0], row[1]) {
			text, err := json.Marshal(signed)
			if err != nil {
				t.Fatal(err)
			}
			r, _, err := receipt.Verify(text, a.Files.PublicKey())
			if err != nil {
				t.Fatalf("receipt of %s: %v", row[0], err)
			}
			seen[r.Number] = true
		}
	}
	if len(seen) != count(t, a, `select count(*) from receipts`) {
		t.Errorf("%d receipts verified", len(seen))
	}
	_, other, _ := ed25519.GenerateKey(nil)
	if text, _ := json.Marshal(receiptsOf(t, a, rows[0][0], rows[0][1])[0]); verifies(text, other.Public().(ed25519.PublicKey)) {
		t.Error("another key verifies a receipt")
	}
}

// user acts as a person.
func user(id string) account.User { return account.User{ID: account.PersonID(id), Lang: "fr"} }

func verifies(text []byte, key ed25519.PublicKey) bool {
	_, _, err := receipt.Verify(text, key)
	return err == nil
}

func receiptsOf(t *testing.T, a *app.App, file, owner string) []receipt.Signed {
	t.Helper()
	list, err := a.Files.Receipts(t.Context(), user(owner), application.ID(file))
	if err != nil || len(list) == 0 {
		t.Fatalf("the receipts of %s: %d, %v", file, len(list), err)
	}
	return list
}

func TestDepositedFilesLackNothing(t *testing.T) {
	_, a := loaded(t, evening)
	officer, err := db.Get(t.Context(), a.DB.Reader(), db.Value[string], `select person_id from addresses where email = 'officer@demonstration.invalid'`)
	if err != nil {
		t.Fatal(err)
	}
	items, err := a.Screening.List(t.Context(), user(officer), demo.NationalCall, screening.Filter{})
	if err != nil || len(items) < 57 {
		t.Fatalf("%d files, %v", len(items), err)
	}
	for _, item := range items {
		d, err := a.Files.Deposited(t.Context(), user(officer), item.ID)
		if err != nil {
			t.Fatal(err)
		}
		if bad := d.State.Missing(); len(bad) > 0 {
			t.Errorf("%s lacks %v", item.Title, bad)
		}
	}
	if found, err := a.Screening.List(t.Context(), user(officer), demo.NationalCall, screening.Filter{Words: "gendarmerie"}); err != nil || len(found) == 0 {
		t.Errorf("the index finds %d files about the gendarmerie, %v", len(found), err)
	}
}

// Whatever the hour at which one starts, nothing happens out of its time.
func TestAnyHourWillDo(t *testing.T) {
	for name, at := range map[string]time.Time{
		"just after midnight in Paris":   time.Date(2027, 1, 1, 23, 3, 0, 0, time.UTC),
		"half past three in the night":   time.Date(2026, 11, 23, 3, 29, 47, 0, time.UTC),
		"the day after the clocks moved": time.Date(2027, 3, 29, 5, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) { loaded(t, at) })
	}
}

func TestSecondStartKeepsWhatIsThere(t *testing.T) {
	cfg, a := loaded(t, evening)
	before := count(t, a, `select count(*) from journal`)
	s, err := Load(t.Context(), cfg, clock.NewFake(evening.AddDate(0, 0, 1)))
	if err != nil || !s.Kept {
		t.Fatalf("%+v, %v", s, err)
	}
	if after := count(t, a, `select count(*) from journal`); after != before {
		t.Errorf("the journal went from %d lines to %d", before, after)
	}
}

func TestOtherFoldersAreLeftAlone(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(t *testing.T, cfg config.Config)
		key  string
	}{
		{"a real install", func(t *testing.T, cfg config.Config) {
			a, err := app.New(t.Context(), cfg, clock.NewFake(evening))
			if err != nil {
				t.Fatal(err)
			}
			a.Close()
		}, "demo.folder_other"},
		{"somebody's files", func(t *testing.T, cfg config.Config) {
			if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(cfg.Data, "photo.jpg"), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "demo.folder_other"},
		{"a loading that stopped", func(t *testing.T, cfg config.Config) {
			a, err := app.New(t.Context(), cfg, clock.NewFake(evening))
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			if err := mark(t.Context(), a, begun); err != nil {
				t.Fatal(err)
			}
		}, "demo.folder_half"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := folder(t)
			c.make(t, cfg)
			before := entries(t, cfg.Data)
			_, err := Load(context.Background(), cfg, clock.NewFake(evening))
			if errs.KeyOf(err) != c.key || !strings.Contains(i18n.Say(i18n.FR, c.key, cfg.Data), cfg.Data) {
				t.Errorf("got %v, want %s", err, c.key)
			}
			if after := entries(t, cfg.Data); !slices.Equal(before, after) {
				t.Errorf("the folder held %v, it holds %v", before, after)
			}
		})
	}
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), "-wal") && !strings.HasSuffix(e.Name(), "-shm") {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestNumbersSatisfyTheirKey(t *testing.T) {
	for n := range 70 {
		sum := 0
		number := siret(n)
		for i := range number {
			d := int(number[len(number)-1-i] - '0')
			if i%2 == 1 {
				if d *= 2; d > 9 {
					d -= 9
				}
			}
			sum += d
		}
		if len(number) != 14 || sum%10 != 0 {
			t.Errorf("%s is not a SIRET", number)
		}
	}
}
