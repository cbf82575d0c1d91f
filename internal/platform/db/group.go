package db

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// maxGroup bounds how many writes share one commit.
const maxGroup = 256

type work struct {
	ctx   context.Context
	fn    func(*Tx) error
	tx    *Tx
	err   error
	done  chan struct{}
	begun atomic.Bool // by the writer, or given up by who waits: the first one decides
}

type commitStats struct {
	groups, writes atomic.Int64
	nanos          atomic.Int64
}

// Write runs fn in a transaction and returns once it is on disk. Writes asked for
// at the same time share one commit: each runs between savepoints, so that one
// that fails leaves the others alone. fn must not wait for anything but the database.
//
// A write that waits longer than Options.Patience for its turn is given up before it
// begins; once it has begun its outcome is awaited, however slow the disk.
//
// Errors: what fn returned; Unavailable when the database could not keep it, in
// which case nothing of it was kept. Only a PostgreSQL server that dies between a
// commit and its answer may have kept it all: who asks again finds it.
func (d *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	if d.broken.is() {
		return unavailable(nil)
	}
	w := &work{ctx: ctx, fn: fn, done: make(chan struct{})}
	patience := time.NewTimer(d.patience)
	defer patience.Stop()
	select {
	case <-d.stop:
		return unavailable(nil)
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
		return unavailable(errSlow)
	case d.queue <- w:
	}
	select {
	case <-w.done:
		return w.err
	case <-d.stopped:
	case <-ctx.Done():
		if w.begun.CompareAndSwap(false, true) {
			return ctx.Err()
		}
	case <-patience.C:
		if w.begun.CompareAndSwap(false, true) {
			return unavailable(errSlow)
		}
	}
	select {
	case <-w.done:
		return w.err
	case <-d.stopped:
	}
	select {
	case <-w.done:
		return w.err
	default:
		return unavailable(nil)
	}
}

// Commits counts the groups of writes of this process. What was read since it was asked
// for is as it was while it stays the same, unless another process writes.
func (d *DB) Commits() int64 { return d.commits.groups.Load() }

func (d *DB) writer() {
	defer close(d.stopped)
	for {
		select {
		case <-d.stop:
			return
		case first := <-d.queue:
			d.commit(d.gather([]*work{first}))
		}
	}
}

func (d *DB) gather(group []*work) []*work {
	for len(group) < maxGroup {
		select {
		case w := <-d.queue:
			group = append(group, w)
		default:
			return group
		}
	}
	return group
}

// commit runs a group in one transaction and answers each of its writes.
func (d *DB) commit(group []*work) {
	start := now()
	kept, err := d.runGroup(group)
	d.commits.groups.Add(1)
	d.commits.writes.Add(int64(len(group)))
	d.commits.nanos.Add(int64(now().Sub(start)))
	if err != nil {
		slog.Error("commit refused", "engine", d.engine, "writes", len(group), "err", err)
		d.inspect(err)
		for _, w := range kept {
			w.err = refusal(err)
		}
	}
	if err == nil {
		if len(kept) > 0 {
			d.full.Store(false)
		}
		for _, w := range kept {
			for _, f := range w.tx.after {
				f()
			}
		}
	}
	for _, w := range group {
		close(w.done)
	}
	d.kept.learn(d.write)
	if d.since += len(kept); d.since >= checkpointAfter {
		d.checkpoint()
	}
}

// runGroup returns the writes whose functions succeeded, and why they could not be committed if so.
func (d *DB) runGroup(group []*work) (kept []*work, err error) {
	ctx := context.Background()
	sqltx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return group, fmt.Errorf("begin: %w", err)
	}
	for _, w := range group {
		if !w.begun.CompareAndSwap(false, true) {
			continue
		}
		if w.err = w.ctx.Err(); w.err != nil {
			continue
		}
		w.tx = &Tx{engine: d.engine, conn: sqltx, kept: d.kept}
		if len(group) == 1 { // the transaction is its own
			w.err = run(w)
			d.inspect(w.err)
			if w.err == nil {
				kept = group
			}
			break
		}
		if _, err := w.tx.Exec(ctx, "savepoint w"); err != nil {
			sqltx.Rollback()
			return group, fmt.Errorf("savepoint: %w", err)
		}
		w.err = run(w)
		d.inspect(w.err)
		closing := "release savepoint w"
		if w.err != nil {
			closing = "rollback to savepoint w"
		}
		if _, err := w.tx.Exec(ctx, closing); err != nil {
			sqltx.Rollback()
			return stillHoping(group), fmt.Errorf("%s: %w", closing, err)
		}
		if w.err != nil {
			if _, err := w.tx.Exec(ctx, "release savepoint w"); err != nil {
				sqltx.Rollback()
				return stillHoping(group), fmt.Errorf("release: %w", err)
			}
			continue
		}
		kept = append(kept, w)
	}
	if len(kept) == 0 {
		return nil, sqltx.Rollback()
	}
	if err := commitTx(sqltx); err != nil {
		return kept, err
	}
	return kept, nil
}

func commitTx(tx *sql.Tx) error {
	if err := tx.Commit(); err != nil {
		tx.Rollback()
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// stillHoping lists the writes that had not failed by themselves when the engine dropped the whole group.
func stillHoping(group []*work) []*work {
	var rest []*work
	for _, w := range group {
		if w.err == nil {
			rest = append(rest, w)
		}
	}
	return rest
}

func run(w *work) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return w.fn(w.tx)
}

// Stats says how many groups and writes were committed and the time spent, for the metrics page.
func (d *DB) Stats() (groups, writes int64, spent time.Duration) {
	return d.commits.groups.Load(), d.commits.writes.Load(), time.Duration(d.commits.nanos.Load())
}
