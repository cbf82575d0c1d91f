package journal

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"transformateur/internal/platform/db"
)

// Break says where and how the chain fails.
type Break struct {
	Seq    int64
	Reason string // "missing", "changed" or "unchained"
}

// chain is a reading of the journal, line after line.
type chain struct {
	seq  int64
	head string
}

// follow checks that a line comes after those already read, and moves to it.
func (c *chain) follow(l Line) *Break {
	switch {
	case l.Seq != c.seq+1:
		return &Break{c.seq + 1, "missing"}
	case l.Prev != c.head:
		return &Break{l.Seq, "unchained"}
	case l.digest() != l.Hash:
		return &Break{l.Seq, "changed"}
	}
	c.seq, c.head = l.Seq, l.Hash
	return nil
}

// Verify reads the whole chain. It returns the number of lines, the hash of the
// last one, and the first break if there is one.
func Verify(ctx context.Context, r db.Reader) (lines int64, head string, broken *Break, err error) {
	c := chain{head: genesis}
	for {
		page, err := After(ctx, r, c.seq, 1000)
		if err != nil {
			return c.seq, c.head, nil, fmt.Errorf("read the journal: %w", err)
		}
		for _, l := range page {
			if broken := c.follow(l); broken != nil {
				return c.seq, c.head, broken, nil
			}
		}
		if len(page) < 1000 {
			return c.seq, c.head, nil, nil
		}
	}
}

// VerifyExport reads the chain from an export as JSON lines, without a database:
// whoever received it can check that nothing in it was changed. An export made
// with a filter has holes, and is refused as such.
func VerifyExport(r io.Reader) (lines int64, head string, broken *Break, err error) {
	c := chain{head: genesis}
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		var l Line
		if err := json.Unmarshal(scan.Bytes(), &l); err != nil {
			return c.seq, c.head, nil, fmt.Errorf("read line %d of the export: %w", c.seq+1, err)
		}
		if broken := c.follow(l); broken != nil {
			return c.seq, c.head, broken, nil
		}
	}
	if err := scan.Err(); err != nil {
		return c.seq, c.head, nil, fmt.Errorf("read the export: %w", err)
	}
	return c.seq, c.head, nil, nil
}
