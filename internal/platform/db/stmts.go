package db

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"

	"transformateur/internal/platform/clock"
)

// stmtCache keeps the reading statements of SQLite prepared; pgx keeps its own.
type stmtCache struct {
	mu   sync.RWMutex
	list map[string]*sql.Stmt
}

const maxStmts = 400

func (c *stmtCache) get(ctx context.Context, d *DB, text string) (*sql.Stmt, error) {
	if d.engine != SQLite {
		return nil, nil
	}
	c.mu.RLock()
	stmt, n := c.list[text], len(c.list)
	c.mu.RUnlock()
	if stmt != nil || n >= maxStmts {
		return stmt, nil
	}
	stmt, err := d.read.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.list[text]; other != nil {
		stmt.Close()
		return other, nil
	}
	if c.list == nil {
		c.list = map[string]*sql.Stmt{}
	}
	c.list[text] = stmt
	return stmt, nil
}

func (c *stmtCache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, stmt := range c.list {
		stmt.Close()
	}
	c.list = nil
}

type counterKey struct{}

// Counted gives a context in which queries are counted, and the counter: tests
// use it to prove that a page asks a constant number of questions.
func Counted(ctx context.Context) (context.Context, *atomic.Int64) {
	var n atomic.Int64
	return context.WithValue(ctx, counterKey{}, &n), &n
}

func count(ctx context.Context) {
	if n, ok := ctx.Value(counterKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}

func now() time.Time { return clock.System{}.Now() }
