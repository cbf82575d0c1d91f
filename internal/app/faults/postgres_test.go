package faults

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"transformateur/internal/platform/config"
)

// server is a PostgreSQL server of the test's own, which it may kill.
type server struct {
	t     testing.TB
	dir   string
	admin *sql.DB
	url   string // of the program's database, under a role that has no privilege
}

// script runs scripts/postgres.sh.
func script(args ...string) (string, error) {
	cmd := exec.Command("../../../scripts/postgres.sh", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output() // a file would be kept open by the server
	return strings.TrimSpace(string(out)), err
}

func startServer(t testing.TB) *server {
	t.Helper()
	if os.Getenv("TRANSFORMATEUR_TEST_POSTGRES") == "" {
		t.Skip("SKIPPED on PostgreSQL: set TRANSFORMATEUR_TEST_POSTGRES, or use `make test`")
	}
	dir, err := os.MkdirTemp("", "faults-pg-*")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, dir: dir}
	address, err := script("start", dir)
	t.Cleanup(func() { script("stop", dir) })
	if err != nil {
		t.Fatal(err)
	}
	if s.admin, err = sql.Open("pgx", address); err != nil {
		t.Fatal(err)
	}
	s.admin.SetMaxIdleConns(0)
	t.Cleanup(func() { s.admin.Close() })
	s.do(`create role program login`)
	s.do(`create database program owner program`)
	s.url = strings.Replace(strings.Replace(address, "tester@", "program@", 1), "/postgres?", "/program?", 1)
	return s
}

func (s *server) do(text string) {
	s.t.Helper()
	if _, err := s.admin.Exec(text); err != nil {
		s.t.Errorf("%s: %v", text, err)
	}
}

// backends are the processes that serve the program.
func (s *server) backends() (pids []int) {
	rows, err := s.admin.Query(`select pid from pg_stat_activity where usename = 'program'`)
	if err != nil {
		s.t.Error(err)
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// again waits until the server answers, starting it if it does not recover by itself.
func (s *server) again(start bool) {
	s.t.Helper()
	for range 200 {
		if start {
			if _, err := script("again", s.dir); err == nil {
				start = false
			}
		}
		if !start && s.admin.Ping() == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal("the server does not come back")
}

// misfortunes are what happens to the server; each leaves it working.
var misfortunes = []struct {
	name string
	do   func(s *server, rng *rand.Rand)
}{
	{"its conversations are ended", func(s *server, _ *rand.Rand) {
		s.do(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'program'`)
	}},
	{"one of its processes is killed", func(s *server, rng *rand.Rand) {
		if pids := s.backends(); len(pids) > 0 {
			syscall.Kill(pids[rng.IntN(len(pids))], syscall.SIGKILL)
		}
		s.again(false)
	}},
	{"it is killed, and started again later", func(s *server, rng *rand.Rand) {
		text, err := os.ReadFile(filepath.Join(s.dir, "data/postmaster.pid"))
		if err != nil {
			s.t.Error(err)
			return
		}
		first, _, _ := strings.Cut(string(text), "\n")
		pids := s.backends()
		if pid, err := strconv.Atoi(first); err == nil && pid > 1 {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(time.Duration(rng.IntN(500)) * time.Millisecond)
		s.again(true)
	}},
	{"it has no connection left", func(s *server, rng *rand.Rand) {
		s.do(`alter role program connection limit 0`)
		s.do(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'program'`)
		time.Sleep(time.Duration(100+rng.IntN(300)) * time.Millisecond)
		s.do(`alter role program connection limit -1`)
	}},
	{"it is made read-only for a while", func(s *server, rng *rand.Rand) {
		s.do(`alter database program set default_transaction_read_only = on`)
		s.do(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'program'`)
		time.Sleep(time.Duration(100+rng.IntN(300)) * time.Millisecond)
		s.do(`alter database program reset default_transaction_read_only`)
		s.do(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'program'`)
	}},
}

// The PostgreSQL server dies, comes back, or takes nobody more while people deposit: a
// clean refusal, then everything goes on; nothing is lost, nothing is there twice.
func TestPostgresGoesAway(t *testing.T) {
	rng := draw(t)
	s := startServer(t)
	cfg := config.Config{Data: t.TempDir(), Database: config.Secret(s.url), BaseURL: "http://127.0.0.1", Name: "Transformateur"}
	o := origin{folder: cfg.Data}
	if err := o.fill(cfg); err != nil {
		t.Fatal(err)
	}
	env := []string{"TRANSFORMATEUR_DATABASE=" + s.url}
	l := newLedger(o, rng)
	c := launch(t, cfg.Data, env...)
	for n := range max(len(misfortunes), *kills/4) {
		misfortune, began := misfortunes[n%len(misfortunes)], time.Now()
		from, stop := l.marks(), make(chan struct{})
		var group sync.WaitGroup
		group.Go(func() { l.deposits(c.base, stop, 0) })
		time.Sleep(time.Duration(50+rng.IntN(300)) * time.Millisecond)
		misfortune.do(s, rng)
		close(stop)
		group.Wait()
		l.deposits(c.base, c.ended, 1)
		l.verify(c.base, from)
		t.Logf("%s: %.1f s", misfortune.name, time.Since(began).Seconds())
		if n := l.answers(http.StatusInternalServerError); n > 0 {
			l.fault(fmt.Errorf("%d answers told of a fault of ours when %s: %s", n, misfortune.name, c.stderr.errors()))
			break
		}
	}
	if l.answers(http.StatusServiceUnavailable) == 0 {
		t.Error("nothing was refused: the test shows nothing")
	}
	c.kill()
	l.settle(t, cfg.Data, env...)
	if n := s.left(); n > 9+1 {
		t.Errorf("the program holds %d connections", n)
	}
}

// left is how many connections the program still holds.
func (s *server) left() (n int) {
	if err := s.admin.QueryRowContext(context.Background(), `select count(*) from pg_stat_activity where usename = 'program'`).Scan(&n); err != nil {
		s.t.Error(err)
	}
	return n
}
