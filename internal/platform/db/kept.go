package db

import (
	"context"
	"database/sql"
)

// keptStmts keeps the writer's statements of SQLite prepared. Only the writer
// uses it: its one connection prepares between two groups, when nobody waits. A
// nil keptStmts keeps nothing.
type keptStmts struct {
	list map[string]*sql.Stmt
	seen map[string]bool // texts that ran once: most of those that are made up run no more
	due  []string        // texts that ran again
	lent map[string]bool // statements whose rows are being read
}

func newKeptStmts() *keptStmts {
	return &keptStmts{list: map[string]*sql.Stmt{}, seen: map[string]bool{}, lent: map[string]bool{}}
}

// within gives the kept statement for a text, or nil when it must be run as it is:
// because it is not kept, or because its rows are still being read, which running
// it again would spoil.
func (k *keptStmts) within(ctx context.Context, tx *sql.Tx, text string) *sql.Stmt {
	if k == nil || k.lent[text] {
		return nil
	}
	if stmt := k.list[text]; stmt != nil {
		return tx.StmtContext(ctx, stmt)
	}
	switch {
	case len(k.list)+len(k.due) >= maxStmts:
	case k.seen[text]:
		k.due = append(k.due, text)
		delete(k.seen, text)
	case len(k.seen) < 4*maxStmts:
		k.seen[text] = true
	default:
		clear(k.seen)
	}
	return nil
}

// lend marks the statement of a text as being read until the returned function is called.
func (k *keptStmts) lend(text string) func() {
	k.lent[text] = true
	return func() { delete(k.lent, text) }
}

// learn prepares the texts that ran twice. What refuses to be prepared will go on
// being run as it is, and say itself what is wrong with it.
func (k *keptStmts) learn(write *sql.DB) {
	if k == nil {
		return
	}
	for _, text := range k.due {
		if stmt, err := write.Prepare(text); err == nil {
			k.list[text] = stmt
		}
	}
	k.due = k.due[:0]
	clear(k.lent) // rows end with their transaction, closed or not
}

func (k *keptStmts) close() {
	if k == nil {
		return
	}
	for _, stmt := range k.list {
		stmt.Close()
	}
}
