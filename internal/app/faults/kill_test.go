package faults

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"transformateur/internal/app"
	"transformateur/internal/platform/blob"
	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/config"
	"transformateur/internal/platform/db"
)

// How often each fault is done, and from which draw. `make torture` asks for more.
var (
	kills = flag.Int("kills", 20, "how often the program is killed")
	cuts  = flag.Int("cuts", 20, "how often the power is cut")
	seed  = flag.Uint64("seed", 0, "the draw to play again; 0 draws one")
)

// draw gives a source of chance and prints its seed.
func draw(t testing.TB) *rand.Rand {
	n := *seed
	if n == 0 {
		n = rand.Uint64()
	}
	t.Logf("seed %d", n)
	return rand.New(rand.NewPCG(n, 1))
}

// The program is killed at any instant while people deposit: nothing acknowledged is
// lost, nothing is there twice.
func TestKill(t *testing.T) {
	rng := draw(t)
	o := theOrigin(t)
	data := o.copied(t)
	l := newLedger(o, rng)
	for range *kills {
		from := l.marks()
		c := launch(t, data)
		if c.base == "" {
			t.Fatalf("it does not start again: %s", c.stderr.errors())
		}
		stop := make(chan struct{})
		time.AfterFunc(time.Duration(5+rng.IntN(600))*time.Millisecond, func() { c.kill(); close(stop) })
		l.deposits(c.base, stop, 0)
		after := launch(t, data)
		l.verify(after.base, from)
		after.kill()
	}
	l.settle(t, data)
}

// settle starts the program a last time, has everybody finish, verifies everything that
// was ever acknowledged, and checks the folder from outside.
func (l *ledger) settle(t testing.TB, data string, env ...string) {
	t.Helper()
	l.finish(t, data, env...)
	l.audit(t, data, env...)
}

// finish starts the program a last time, has everybody finish, and verifies everything
// that was ever acknowledged.
func (l *ledger) finish(t testing.TB, data string, env ...string) {
	t.Helper()
	c := launch(t, data, env...)
	if c.base == "" {
		t.Fatalf("it does not start again: %s", c.stderr.errors())
	}
	l.deposits(c.base, c.ended, 1)
	l.verify(c.base, make([]int, depositors))
	c.kill()
}

// audit tells every fault that was found, and looks for more from outside the program.
func (l *ledger) audit(t testing.TB, data string, env ...string) {
	t.Helper()
	for _, f := range l.faults {
		t.Error(f)
	}
	if l.acknowledged() < depositors {
		t.Errorf("%d deposits only: the test shows nothing", l.acknowledged())
	}
	for _, f := range examine(data, env, l.acknowledged()) {
		t.Error(f)
	}
	t.Logf("%d deposits acknowledged; answers by status %v", l.acknowledged(), l.status)
}

// examine looks at a data folder from outside: what its own checks say, one receipt and
// one submission a deposit, and every blob that a receipt names read back.
func examine(data string, env []string, receipts int) (faults []string) {
	for _, args := range [][]string{{"check"}, {"receipt", "chain"}, {"journal", "verify"}} {
		if out, err := run(data, env, args...); err != nil {
			faults = append(faults, fmt.Sprintf("%v: %v\n%s", args, err, out))
		}
	}
	ctx := context.Background()
	cfg, err := config.Load("", data, env)
	if err != nil {
		return append(faults, err.Error())
	}
	d, err := app.Open(ctx, cfg)
	if err != nil {
		return append(faults, err.Error())
	}
	defer d.Close()
	for what, query := range map[string]string{
		"receipts":              `select count(*) from receipts`,
		"submissions":           `select count(*) from submissions`,
		"files with submission": `select count(distinct application_id) from submissions`,
	} {
		if n, err := db.Get(ctx, d.Reader(), db.Value[int], query); err != nil || n != receipts {
			faults = append(faults, fmt.Sprintf("%d %s for %d deposits acknowledged: %v", n, what, receipts, err))
		}
	}
	store, err := blob.OpenFolder(filepath.Join(data, "files"), clock.System{})
	if err != nil {
		return append(faults, err.Error())
	}
	digests, err := db.List(ctx, d.Reader(), db.Value[string], `select distinct digest from attachments`)
	if err != nil {
		return append(faults, err.Error())
	}
	for _, digest := range digests {
		if err := store.Check(ctx, digest); err != nil {
			faults = append(faults, err.Error())
		}
	}
	return faults
}
