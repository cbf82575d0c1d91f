// Package journal is the account of every act: who, what, on what, when, in the same transaction as the act, each line chained to the one before.
package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"transformateur/internal/platform/db"
)

// Entry is one act. Detail holds identifiers, digests and figures, never what a
// person wrote: a line cannot be erased, a person's words can.
type Entry struct {
	Actor  string // "person:ID", "system" or "visitor"
	Act    string // "application.submitted"
	Kind   string // kind of the object
	ID     string // its identifier
	Detail map[string]any
}

// Line is an entry as it was kept.
type Line struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Act     string    `json:"act"`
	Kind    string    `json:"object_kind"`
	ID      string    `json:"object_id"`
	Detail  string    `json:"detail"`
	Request string    `json:"request"`
	Prev    string    `json:"prev"`
	Hash    string    `json:"hash"`
}

type requestKey struct{}

// WithRequest puts the request's identifier in ctx, so that lines carry it.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// Request is the request's identifier, or "".
func Request(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

type tokenKey struct{}

// WithToken puts in ctx the access token with which a program acts in somebody's
// name; the detail of each line then says so, under "token".
func WithToken(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, tokenKey{}, id)
}

// Witness is told each line of a request in the transaction that writes it; its
// error undoes the act.
type Witness func(ctx context.Context, tx *db.Tx, line Line) error

type witnessKey struct{}

// WithWitness has w told each line that is written with ctx.
func WithWitness(ctx context.Context, w Witness) context.Context {
	return context.WithValue(ctx, witnessKey{}, w)
}

// genesis is what the first line is chained to.
const genesis = "0000000000000000000000000000000000000000000000000000000000000000"

// Write adds a line to the journal, in the transaction of the act it tells.
func Write(ctx context.Context, tx *db.Tx, at time.Time, e Entry) error {
	if err := tx.Lock(ctx, "journal"); err != nil {
		return fmt.Errorf("lock the journal: %w", err)
	}
	line := Line{At: db.Instant(at), Actor: e.Actor, Act: e.Act, Kind: e.Kind, ID: e.ID, Request: Request(ctx), Prev: genesis, Detail: "{}"}
	if id, ok := ctx.Value(tokenKey{}).(string); ok {
		e.Detail = maps.Clone(e.Detail)
		if e.Detail == nil {
			e.Detail = map[string]any{}
		}
		e.Detail["token"] = id
	}
	if len(e.Detail) > 0 {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("write the detail of %s: %w", e.Act, err)
		}
		line.Detail = string(detail)
	}
	rows, err := tx.Query(ctx, `select seq, hash from journal order by seq desc limit 1`)
	if err != nil {
		return fmt.Errorf("read the end of the journal: %w", err)
	}
	if rows.Next() {
		if err := rows.Scan(&line.Seq, &line.Prev); err != nil {
			rows.Close()
			return fmt.Errorf("read the end of the journal: %w", err)
		}
	}
	if err := rows.Close(); err != nil {
		return err
	}
	line.Seq++
	line.Hash = line.digest()
	_, err = tx.Exec(ctx, `
		insert into journal (seq, at, actor, act, object_kind, object_id, detail, request, prev, hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		line.Seq, line.At, line.Actor, line.Act, line.Kind, line.ID, line.Detail, line.Request, line.Prev, line.Hash)
	if err != nil {
		return fmt.Errorf("write %s in the journal: %w", e.Act, err)
	}
	if w, ok := ctx.Value(witnessKey{}).(Witness); ok {
		return w(ctx, tx, line)
	}
	return nil
}

// digest is the SHA-256 of the line's content and of the line before, as a JSON
// array: unambiguous, and easy to compute again in any language.
func (l Line) digest() string {
	content, _ := json.Marshal([]any{l.Seq, l.At.UTC().Format("2006-01-02T15:04:05.000000Z"), l.Actor, l.Act, l.Kind, l.ID, l.Detail, l.Request, l.Prev})
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

const columns = `seq, at, actor, act, object_kind, object_id, detail, request, prev, hash`

func scanLine(s db.Scanner) (l Line, err error) {
	err = s.Scan(&l.Seq, &l.At, &l.Actor, &l.Act, &l.Kind, &l.ID, &l.Detail, &l.Request, &l.Prev, &l.Hash)
	return l, err
}

// After lists at most limit lines that follow seq, in order.
func After(ctx context.Context, r db.Reader, seq int64, limit int) ([]Line, error) {
	return db.List(ctx, r, scanLine, `select `+columns+` from journal where seq > $1 order by seq limit $2`, seq, limit)
}

// Recent lists the last lines before seq (0 means the end), the newest first;
// kind and id narrow them to an object when they are not empty.
func Recent(ctx context.Context, r db.Reader, before int64, kind, id string, limit int) ([]Line, error) {
	if before == 0 {
		before = 1 << 62
	}
	return db.List(ctx, r, scanLine, `
		select `+columns+` from journal
		where seq < $1 and ($2 = '' or object_kind = $2) and ($3 = '' or object_id = $3)
		order by seq desc limit $4`, before, kind, id, limit)
}
