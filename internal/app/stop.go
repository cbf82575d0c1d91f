package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"transformateur/internal/platform/errs"
)

// breakable is what can find out that its disk keeps nothing any more.
type breakable interface{ Broken() <-chan struct{} }

// lastWords is how long requests under way have to be told that nothing of theirs was
// kept, once a disk has failed.
const lastWords = time.Second

// errSync is why the program stops by itself.
func errSync() error { return errs.New(errs.Unavailable, "db.sync_failed") }

// watchDisks ends ctx, with its reason, when a sync of the database or of a file fails.
// What the process reads afterwards may not be what is on the disk, so that it must
// not go on: whoever runs it starts it again.
func (a *App) watchDisks(ctx context.Context) (context.Context, func()) {
	ctx, stop := context.WithCancelCause(ctx)
	for _, d := range a.disks {
		go func() {
			select {
			case <-ctx.Done():
			case <-d.Broken():
				slog.Error("a disk failed: the program stops")
				stop(errSync())
			}
		}()
	}
	return ctx, func() { stop(nil) }
}

// serve runs an HTTP server until ctx ends, then lets what is under way finish; a disk
// that failed leaves time for a refusal only.
func serve(ctx context.Context, server *http.Server, listen func() error) error {
	failed := make(chan error, 1)
	go func() { failed <- listen() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	cause, limit := context.Cause(ctx), 20*time.Second
	broken := errs.KeyOf(cause) == errs.KeyOf(errSync())
	if broken {
		limit = lastWords
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	err := server.Shutdown(stop)
	if broken {
		server.Close()
		return fmt.Errorf("serve: %w", cause)
	}
	return err
}
