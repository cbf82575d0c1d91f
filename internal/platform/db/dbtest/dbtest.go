// Package dbtest gives a test a fresh, migrated database on each engine.
package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"transformateur/internal/platform/db"
	"transformateur/migrations"
)

// PostgresEnv names the variable in which the test command gives the address of
// the PostgreSQL server it started. RequireEnv makes its absence a failure.
const (
	PostgresEnv = "TRANSFORMATEUR_TEST_POSTGRES"
	RequireEnv  = "TRANSFORMATEUR_TEST_REQUIRE_POSTGRES"
)

// Run runs body on SQLite, then on PostgreSQL.
func Run(t *testing.T, body func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { body(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { body(t, Postgres(t)) })
}

var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "transformateur-template-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), db.Options{File: file, Synchronous: "OFF"})
	if err != nil {
		return "", err
	}
	if err := d.Migrate(context.Background()); err != nil {
		return "", err
	}
	if _, err := d.Raw().Exec("pragma wal_checkpoint(truncate)"); err != nil {
		return "", err
	}
	return file, d.Close()
})

// SQLite gives a fresh SQLite database; it goes with the test.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.db")
	Copy(t, file)
	return open(t, db.Options{File: file})
}

// Copy writes a fresh, migrated SQLite database to a file that is not there yet.
func Copy(t testing.TB, file string) {
	t.Helper()
	source, err := template()
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	content, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Postgres gives a fresh PostgreSQL database; it goes with the test. Without a
// server the test is skipped, loudly, or fails where a server is required.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, db.Options{URL: PostgresURL(t), Readers: 4})
}

// PostgresURL gives the address of a fresh PostgreSQL database.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresEnv)
	if server == "" {
		if os.Getenv(RequireEnv) != "" {
			t.Fatalf("%s is not set: run the tests with `make test`, which starts a PostgreSQL server", PostgresEnv)
		}
		t.Skipf("POSTGRESQL HALF SKIPPED: %s is not set; `make test` starts a server", PostgresEnv)
	}
	from, err := postgresTemplate(server)
	if err != nil {
		t.Fatalf("make the PostgreSQL template: %v", err)
	}
	name := "t_" + db.NewID()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.Exec(fmt.Sprintf("create database %s template %s", name, from)); err != nil {
		t.Fatalf("create a PostgreSQL database: %v", err)
	}
	t.Cleanup(func() {
		admin, err := sql.Open("pgx", server)
		if err != nil {
			return
		}
		defer admin.Close()
		admin.Exec("drop database " + name + " with (force)")
	})
	return withDatabase(server, name)
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // the test command wrote it
	}
	u.Path = "/" + name
	return u.String()
}

var postgresTemplate = func() func(string) (string, error) {
	var once sync.Once
	var name string
	var err error
	return func(server string) (string, error) {
		once.Do(func() { name, err = makePostgresTemplate(server) })
		return name, err
	}
}()

// makePostgresTemplate migrates one database per schema; every package's tests share it.
func makePostgresTemplate(server string) (string, error) {
	sum := sha256.New()
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := migrations.Files.ReadFile(name)
		if err != nil {
			return "", err
		}
		sum.Write(text)
	}
	name := "tmpl_" + hex.EncodeToString(sum.Sum(nil))[:16]
	ctx := context.Background()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer admin.Close()
	conn, err := admin.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "select pg_advisory_lock(42)"); err != nil {
		return "", err
	}
	defer conn.ExecContext(ctx, "select pg_advisory_unlock(42)")
	var ready bool
	if err := conn.QueryRowContext(ctx, "select exists (select 1 from pg_database where datname = $1 and datistemplate)", name).Scan(&ready); err != nil || ready {
		return name, err
	}
	conn.ExecContext(ctx, "drop database if exists "+name)
	if _, err := conn.ExecContext(ctx, "create database "+name+" encoding 'UTF8' lc_collate 'C' lc_ctype 'C' template template0"); err != nil {
		return "", err
	}
	d, err := db.Open(ctx, db.Options{URL: withDatabase(server, name)})
	if err != nil {
		return "", err
	}
	if err := d.Migrate(ctx); err != nil {
		d.Close()
		return "", err
	}
	if err := d.Close(); err != nil {
		return "", err
	}
	_, err = conn.ExecContext(ctx, "alter database "+name+" is_template true")
	return name, err
}

func open(t testing.TB, opt db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), opt)
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
