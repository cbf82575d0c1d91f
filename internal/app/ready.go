package app

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"transformateur/internal/platform/clock"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// readyEvery is how long a proof that the database keeps what it is given is good for.
const readyEvery = 3 * time.Second

// readiness says whether the program can serve: the database reads, and commits. A
// lost primary shows here before people meet it.
type readiness struct {
	mu     sync.Mutex
	proved time.Time
	db     *db.DB
	clock  clock.Clock
}

// check proves it again when the last proof is old; probes may come as often as they like.
func (r *readiness) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := r.db.Ping(ctx); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock.Now()
	if !r.proved.IsZero() && now.Sub(r.proved) < readyEvery {
		return nil
	}
	err := r.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into settings (name, value, updated_at) values ('ready', '', $1)
			on conflict (name) do update set updated_at = excluded.updated_at`, now)
		return err
	})
	if err == nil {
		r.proved = now
	}
	return err
}

// watch looks, while the disk is full, whether there is room again, so that pages stop
// saying that nothing can be saved even when nobody tries.
func (r *readiness) watch(ctx context.Context) {
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if r.db.ReadOnly() {
				r.check(ctx)
			}
		}
	}
}

// ServeHTTP answers the probe. Over a full disk the program still serves whoever reads:
// it says so and stays in service.
func (r *readiness) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	err := r.check(req.Context())
	if errs.KeyOf(err) == "db.full" {
		io.WriteString(w, "read-only: the disk is full\n")
		return
	}
	if err != nil {
		http.Error(w, "database unavailable", http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ready\n")
}
