package faults

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"transformateur/internal/app"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
)

var folderSize = flag.Int("folder", 32, "how many MB of data the program finds when it starts again")

// The program is killed while people deposit, on a folder that holds much: how long until
// it serves again, and what it costs the processor. A figure, not a verdict: the machine
// of the tests may be busy.
func TestReadyAfterAKill(t *testing.T) {
	o := theOrigin(t)
	data := o.copied(t)
	fatten(t, data, *folderSize)
	l := newLedger(o, draw(t))
	for range min(max(*kills/10, 2), 5) {
		c := launch(t, data)
		stop := make(chan struct{})
		time.AfterFunc(time.Second, func() { c.kill(); close(stop) })
		l.deposits(c.base, stop, 0)
		began := time.Now()
		c = launch(t, data)
		r, err := l.person(0, c.base).ask("GET", "/readyz", nil, nil)
		if err != nil || string(r.body) != "ready\n" {
			t.Fatalf("it is not ready: %v %s", err, r.body)
		}
		t.Logf("ready %d ms after it was started again, with %d ms of CPU", time.Since(began).Milliseconds(), processor(t, c.cmd.Process.Pid).Milliseconds())
		c.kill()
	}
	l.settle(t, data)
	t.Logf("the folder holds %d MB", weight(t, data)>>20)
}

// fatten fills the outbox with letters that left, half of size MB, and the store of files with the rest.
func fatten(t testing.TB, data string, size int) {
	t.Helper()
	ctx := context.Background()
	d, err := app.Open(ctx, config.Config{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	body := strings.Repeat("Votre dossier est arrivé. ", 300)
	for n := 0; n < size<<19/len(body); n += 500 {
		if err := d.Write(ctx, func(tx *db.Tx) error {
			for i := range 500 {
				name := fmt.Sprintf("old-%d", n+i)
				if _, err := tx.Exec(ctx, `
					insert into mails (id, dedupe_key, message_id, to_email, lang, template, subject, body, urgent, secret, discreet, object_kind, object_id, batch_id, status, created_at, edited_by, version, attempts, problem)
					values ($1, $1, $1, 'ana@example.org', 'fr', 'receipt', 'Reçu', $2, false, false, false, 'application', 'x', $1, 'sent', '2026-01-01 00:00:00.000000+00:00', '', 1, 1, '')`, name, body); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	content := make([]byte, 1<<20)
	for i := range size / 2 {
		copy(content, strconv.Itoa(i))
		digest := digestOf(content)
		place := filepath.Join(data, "files", digest[:2], digest[2:4])
		if err := os.MkdirAll(place, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(place, digest), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// processor is the time of the processor that a process has used.
func processor(t testing.TB, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Skipf("this system does not tell what a process uses: %v", err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // Linux counts in hundredths of a second
}

func weight(t testing.TB, folder string) (total int64) {
	t.Helper()
	err := filepath.WalkDir(folder, func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		total += info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return total
}
