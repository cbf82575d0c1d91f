package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"filippo.io/age"

	"transformateur/internal/account"
	"transformateur/internal/app"
	"transformateur/internal/app/demo"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/platform/journal"
	"transformateur/internal/privacy"
)

// demonstration is an install with two calls and their files, and what serves it.
func demonstration(t *testing.T) (string, *app.App) {
	t.Helper()
	dir := t.TempDir()
	cfg := config.Config{Data: dir, Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", Name: "Essai", Demo: true}
	if _, err := demo.Load(context.Background(), cfg, clock.System{}); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(context.Background(), cfg, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	a.Start(context.Background())
	t.Cleanup(func() { a.Close() })
	return dir, a
}

// busy journals and keeps files until it is told to stop.
func busy(t *testing.T, a *app.App) (stop func()) {
	done, wait := make(chan struct{}), sync.WaitGroup{}
	wait.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			default:
			}
			err := a.DB.Write(context.Background(), func(tx *db.Tx) error {
				return journal.Write(context.Background(), tx, a.Clock.Now(), journal.Entry{Actor: account.System.Actor(), Act: "drill.line", Kind: "platform", ID: fmt.Sprint(n)})
			})
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	return func() { close(done); wait.Wait() }
}

// accountsOf are the balances and the movements of drawing rights.
func accountsOf(t *testing.T, d *db.DB) []string {
	t.Helper()
	list, err := db.List(context.Background(), d.Reader(), db.Value[string], `select a.fund_id || ' ' || a.project_id || ' ' || a.kind || ' ' || cast(a.balance as text) from right_accounts a
		union all select m.fund_id || ' ' || cast(m.seq as text) || ' ' || m.act || ' ' || e.kind || ' ' || e.project_id || ' ' || cast(e.amount as text) from right_movements m join right_entries e on e.movement_id = m.id order by 1`)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d accounts and movements: %v", len(list), err)
	}
	slices.Sort(list) // the engines order capitals each in its way
	return list
}

// rowsOf counts the rows of every table that the map of personal data knows, that is of all.
func rowsOf(t *testing.T, d *db.DB) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range privacy.Map {
		n, err := db.Get(context.Background(), d.Reader(), db.Value[int], "select count(*) from "+table.Name)
		if err != nil {
			t.Fatal(err)
		}
		counts[table.Name] = n
	}
	return counts
}

func receiptsOf(t *testing.T, d *db.DB) []string {
	t.Helper()
	list, err := db.List(context.Background(), d.Reader(), db.Value[string], `select number || ' ' || digest || ' ' || signature from receipts order by number`)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d receipts: %v", len(list), err)
	}
	return list
}

// moving are the tables of which a running install both adds and takes away rows by
// itself: its journal under load, and the work that waits.
var moving = []string{"journal", "jobs"}

// The drill: a backup made under load is restored elsewhere, on both engines, checked
// and served; the same receipts, the same pages.
func TestRestoreDrill(t *testing.T) {
	t.Setenv("LANG", "en_GB.UTF-8")
	dir, a := demonstration(t)
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	before := rowsOf(t, a.DB)
	stop := busy(t, a)
	out, err := run(t, "--data", dir, "backup", file)
	stop()
	if err != nil || !strings.Contains(out, "not encrypted") {
		t.Fatalf("%s %v", out, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the backup: %v", err)
	}
	if out, err := run(t, "check", "--archive", file); err != nil || !strings.Contains(out, "every digest is right") {
		t.Errorf("%s %v", out, err)
	}
	receipts, accounts, after := receiptsOf(t, a.DB), accountsOf(t, a.DB), rowsOf(t, a.DB)
	for _, c := range []struct{ name, url string }{{"on SQLite", ""}, {"on PostgreSQL", dbtest.PostgresURL(t)}} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("TRANSFORMATEUR_DATABASE", c.url)
			there := filepath.Join(t.TempDir(), "elsewhere")
			if out, err := run(t, "--data", there, "restore", file); err != nil || !strings.Contains(out, "every digest was verified") {
				t.Fatalf("%s %v", out, err)
			}
			out, err := run(t, "--data", there, "check")
			if err != nil || !strings.Contains(out, "each as its receipt says") {
				t.Fatalf("%s %v", out, err)
			}
			d, err := app.Open(context.Background(), config.Config{Data: there, Database: config.Secret(c.url)})
			if err != nil {
				t.Fatal(err)
			}
			if got := receiptsOf(t, d); !slices.Equal(got, receipts) {
				t.Error("the receipts differ")
			}
			if got := accountsOf(t, d); !slices.Equal(got, accounts) {
				t.Error("the accounts of drawing rights differ")
			}
			for table, n := range rowsOf(t, d) {
				least, most := min(before[table], after[table]), max(before[table], after[table])
				if (n < least || n > most) && !slices.Contains(moving, table) {
					t.Errorf("%s has %d rows, and had %d to %d while it was backed up", table, n, least, most)
				}
			}
			d.Close()
			said, end := served(t, "http://", "--data", there, "serve", "--addr", "127.0.0.1:0")
			base := strings.TrimSpace(said[strings.Index(said, "http://"):])
			for address, want := range map[string]string{"/calls": "Appel", "/readyz": "ready", "/receipts/key": "PUBLIC KEY"} {
				if page := get(t, base+address); !strings.Contains(page, want) {
					t.Errorf("%s: no %q", address, want)
				}
			}
			if err := end(); err != nil {
				t.Error(err)
			}
			if _, err := run(t, "--data", there, "restore", file); err == nil || !strings.Contains(err.Error(), "not empty") {
				t.Errorf("over what is there: %v", err)
			}
		})
	}
	lines, err := journal.Recent(context.Background(), a.DB.Reader(), 0, "platform", "platform", 1)
	if err != nil || len(lines) != 1 || lines[0].Act != "backup.made" {
		t.Errorf("the journal: %v %v", lines, err)
	}
}

func TestEncryptedBackup(t *testing.T) {
	t.Setenv("LANG", "fr_FR.UTF-8")
	dir, at := t.TempDir(), t.TempDir()
	if _, err := run(t, "--data", dir, "migrate"); err != nil {
		t.Fatal(err)
	}
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, content string) string {
		file := filepath.Join(at, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	right, wrong, empty, key := write("right", "cheval agrafe\n"), write("wrong", "cheval\n"), write("empty", "\n"), write("key", mine.String()+"\n")
	backup, keyed := filepath.Join(at, "a.age"), filepath.Join(at, "b.age")
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"to a passphrase", []string{"--data", dir, "backup", backup, "--passphrase-file", right}, ""},
		{"again under the same name", []string{"--data", dir, "backup", backup}, "existe déjà"},
		{"to a public key", []string{"--data", dir, "backup", keyed, "--recipient", mine.Recipient().String()}, ""},
		{"to what is no key", []string{"--data", dir, "backup", backup + "x", "--recipient", "age1x"}, "pas une clé publique"},
		{"to both", []string{"--data", dir, "backup", backup + "x", "--passphrase-file", right, "--recipient", mine.Recipient().String()}, "pas les deux"},
		{"with an empty passphrase", []string{"--data", dir, "backup", backup + "x", "--passphrase-file", empty}, "est vide"},
		{"restored without it", []string{"--data", filepath.Join(at, "1"), "restore", backup}, "est chiffrée"},
		{"restored with another", []string{"--data", filepath.Join(at, "2"), "restore", backup, "--passphrase-file", wrong}, "n’ouvrent cette sauvegarde"},
		{"restored with it", []string{"--data", filepath.Join(at, "3"), "restore", backup, "--passphrase-file", right}, ""},
		{"restored with the private key", []string{"--data", filepath.Join(at, "4"), "restore", keyed, "--identity", key}, ""},
		{"what is no backup", []string{"--data", filepath.Join(at, "5"), "restore", key}, "n’est pas une sauvegarde"},
	} {
		_, err := run(t, c.args...)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// Whatever is spoilt in an install, check names it and fails.
func TestCheckFindsEachFault(t *testing.T) {
	t.Setenv("LANG", "en_GB.UTF-8")
	dir, a := demonstration(t)
	var file string
	if err := a.DB.Reader().QueryRow(context.Background(), `select digest from attachments where removed_at is null order by id limit 1`).Scan(&file); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, "--data", dir, "check"); err != nil {
		t.Fatalf("the demonstration itself: %s %v", out, err)
	}
	blob := filepath.Join("files", file[:2], file[2:4], file)
	for _, c := range []struct {
		name   string
		sql    string
		harm   func(dir string) error
		says   string
		french string
	}{
		{"an answer of a deposit", `update submissions set content = replace(content, 'e', 'é') where receipt = 30`, nil, "receipt no. 30: the deposited answers", ""},
		{"a deposit without receipt", `update submissions set receipt = 900 where receipt = 2`, nil, "receipt no. 900: it does not prove", ""},
		{"a receipt", `update receipts set body = replace(body, '"number":1', '"number":2') where number = 1`, nil, "broken at number 1", "rompue"},
		{"a line of the journal", `update journal set actor = 'visitor' where seq = 3`, nil, "broken at line 3 (changed)", "rompu à la ligne 3 (modifiée)"},
		{"a link between tables", `insert into addresses (email, person_id, main, verified_at) values ('x@example.org', 'nobody', false, '2027-03-05 11:00:00.000000+00:00')`, nil, "points at no row of people", ""},
		{"the search", `delete from search_terms where object_id = (select application_id from submissions where receipt = 30)`, nil, "is not found by its title", "ne se trouve pas"},
		{"words that lead nowhere", `insert into search_terms (kind, term, object_id) values ('application', 'x', 'gone')`, nil, "words lead to file gone", ""},
		{"a balance of drawing rights", `update right_accounts set balance = balance + 60 where kind = 'budget'`, nil, "minutes, its entries sum to", ""},
		{"a movement that loses half", `delete from right_entries where movement_id = (select min(id) from right_movements) and amount > 0`, nil, "does not balance", ""},
		{"a file that is gone", "", func(dir string) error { return os.Remove(filepath.Join(dir, blob)) }, file + ": missing", "il manque"},
		{"a file that changed", "", func(dir string) error { return os.WriteFile(filepath.Join(dir, blob), []byte("x"), 0o600) }, file + ": damaged", "il est abîmé"},
		{"the key that is gone", "", func(dir string) error { return os.Remove(filepath.Join(dir, "keys", "receipt.key")) }, "There is no key", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			there := filepath.Join(t.TempDir(), "there")
			if err := os.CopyFS(there, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			if c.sql != "" {
				spoil(t, there, c.sql)
			} else if err := c.harm(there); err != nil {
				t.Fatal(err)
			}
			for lang, want := range map[string]string{"en": c.says, "fr": c.french} {
				if want == "" {
					continue
				}
				t.Setenv("LANG", lang)
				out, err := run(t, "--data", there, "check")
				if err == nil || ExitCode(err) == 0 || !strings.Contains(out, want) {
					t.Errorf("said %q, %v; want %q", out, err, want)
				}
			}
		})
	}
}

// spoil changes a database behind the program's back.
func spoil(t *testing.T, dir, text string) {
	t.Helper()
	d, err := app.Open(context.Background(), config.Config{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Raw().Exec("pragma foreign_keys = off; " + text); err != nil {
		t.Fatal(err)
	}
}
