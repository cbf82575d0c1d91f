package archive

import (
	"bufio"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/migrations"
)

// childEnv makes this test binary migrate the database it names instead of testing.
const childEnv = "TRANSFORMATEUR_MIGRATE_CHILD"

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		if err := migrateChild(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func migrateChild(text string) error {
	var opt db.Options
	if err := json.Unmarshal([]byte(text), &opt); err != nil {
		return err
	}
	d, err := db.Open(ctx, opt)
	if err != nil {
		return err
	}
	fmt.Println("begin")
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	fmt.Println("end")
	return d.Close()
}

// fingerprint is everything of a database: the version, the tables and their
// columns, the indexes, what the tables hold.
func fingerprint(t testing.TB, d *db.DB) string {
	t.Helper()
	schema, err := d.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := snapshot(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	tables, err := tablesOf(ctx, tx, d.Engine())
	if err != nil {
		t.Fatal(err)
	}
	sums, err := digests(ctx, tx, d.Engine(), tables)
	if err != nil {
		t.Fatal(err)
	}
	text := `select coalesce(sql, '') from sqlite_master where name not like 'goose_%' order by type, name`
	if d.Engine() == db.PostgreSQL {
		text = `select indexdef from pg_indexes where schemaname = current_schema() and tablename not like 'goose_%' order by indexname`
	}
	rows, err := tx.QueryContext(ctx, text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var indexes []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		indexes = append(indexes, one)
	}
	return fmt.Sprintf("%d %x", schema.Have, sha256.Sum256(fmt.Append(nil, tables, sums, indexes)))
}

// older makes a database of an old version with data in it.
func older(t testing.TB, opt db.Options) {
	t.Helper()
	d := opened(t, opt)
	i := &install{t: t, db: d}
	i.must(d.MigrateTo(ctx, 1))
	i.must(d.Write(ctx, func(tx *db.Tx) error {
		for n := range 500 {
			if _, err := tx.Exec(ctx, `insert into events (id, at, kind, object_id, payload) values ($1, $2, 'x', 'x', '{"a":1}')`, fmt.Sprint("e", n), noon); err != nil {
				return err
			}
		}
		return nil
	}))
	i.must(d.Close())
}

// states lists the fingerprint of every version from the old one on, and how long
// it takes to go through them all.
func states(t testing.TB, opt db.Options) (all []string, took time.Duration) {
	t.Helper()
	d := opened(t, opt)
	schema, err := d.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, fingerprint(t, d))
	for v := schema.Have + 1; v <= schema.Want; v++ {
		begin := time.Now()
		if err := d.MigrateTo(ctx, v); err != nil {
			t.Fatal(err)
		}
		took += time.Since(begin)
		if now := fingerprint(t, d); now != all[len(all)-1] {
			all = append(all, now)
		}
	}
	return all, took
}

// bench makes databases of the old version, as many as asked.
type bench struct {
	fresh func() db.Options
}

func liteBench(t *testing.T) bench {
	file := filepath.Join(t.TempDir(), "old.db")
	older(t, db.Options{File: file})
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return bench{func() db.Options {
		copied := filepath.Join(t.TempDir(), "test.db")
		if err := os.WriteFile(copied, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return db.Options{File: copied}
	}}
}

func postgresBench(t *testing.T) bench {
	address, err := url.Parse(dbtest.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(address.Path, "/")
	server := *address
	server.Path = "/postgres"
	admin, err := sql.Open("pgx", server.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	run := func(text string) {
		t.Helper()
		if _, err := admin.Exec(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	d := opened(t, db.Options{URL: address.String()})
	if _, err := d.Raw().Exec("drop schema public cascade; create schema public"); err != nil {
		t.Fatal(err)
	}
	d.Close()
	older(t, db.Options{URL: address.String()})
	count := 0
	return bench{func() db.Options {
		count++
		copied := fmt.Sprintf("%s_%d", name, count)
		run("create database " + copied + " template " + name + " strategy wal_log")
		t.Cleanup(func() { run("drop database if exists " + copied + " with (force)") })
		there := *address
		there.Path = "/" + copied
		return db.Options{URL: there.String(), Readers: 2}
	}}
}

// A migration that dies at any instant leaves the schema and the data of one
// version, whole, never between two; run again, it completes.
func TestMigrationsKilled(t *testing.T) {
	t.Parallel()
	const kills = 50
	for _, engine := range []db.Engine{db.SQLite, db.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			b := bench{}
			if engine == db.SQLite {
				b = liteBench(t)
			} else {
				b = postgresBench(t)
			}
			known, took := states(t, b.fresh())
			seed := uint64(time.Now().UnixNano())
			t.Logf("seed %d, %d states, %v from the first to the last", seed, len(known), took)
			draw := rand.New(rand.NewPCG(seed, 1))
			seen := map[int]int{}
			for range kills {
				opt := b.fresh()
				killed(t, opt, time.Duration(draw.Int64N(int64(took)*3/2)))
				d := opened(t, opt)
				at := slices.Index(known, fingerprint(t, d))
				if at < 0 {
					t.Fatal("between two versions")
				}
				seen[at]++
				if err := d.Migrate(ctx); err != nil {
					t.Fatalf("run again: %v", err)
				}
				if now := fingerprint(t, d); now != known[len(known)-1] {
					t.Fatal("run again, it does not complete")
				}
				d.Close()
			}
			t.Logf("states found: %v", seen)
			if seen[len(known)-1] == kills {
				t.Error("no migration was interrupted: this proves nothing")
			}
		})
	}
}

// killed starts a migration in another process and kills it after a while.
func killed(t *testing.T, opt db.Options, after time.Duration) {
	t.Helper()
	text, err := json.Marshal(opt)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+string(text))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "begin\n" {
		t.Fatalf("the child said %q: %v", line, err)
	}
	time.Sleep(after)
	child.Process.Kill()
	child.Wait()
}

// The comparison sees a database that is between two versions.
func TestAStateBetweenIsSeen(t *testing.T) {
	b := liteBench(t)
	known, _ := states(t, b.fresh())
	for name, text := range map[string]string{
		"a table too many": "create table planted (id text primary key)", "an index too few": "drop index events_at",
		"a row that changed": "update events set payload = '{}' where id = 'e7'", "a row too few": "delete from events where id = 'e7'",
	} {
		d := opened(t, b.fresh())
		if _, err := d.Raw().Exec(text); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(known, fingerprint(t, d)) {
			t.Errorf("%s is not seen", name)
		}
	}
}

// Each migration is one transaction.
func TestEveryMigrationIsOneTransaction(t *testing.T) {
	files, err := migrations.Files.ReadDir(".")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d migrations: %v", len(files), err)
	}
	for _, f := range files {
		text, err := migrations.Files.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ToUpper(string(text)), "NO TRANSACTION") {
			t.Errorf("%s gives its transaction up", f.Name())
		}
	}
}
