package journal

import (
	"context"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/platform/db"
)

// Filter narrows the journal; what is empty narrows nothing.
type Filter struct {
	Actor string // "person:ID", "system" or "visitor"
	Act   string // "login.opened", or the beginning of several: "login."
	Kind  string // kind of the object
	ID    string // its identifier
	From  time.Time
	Until time.Time // the first instant that is too late
}

// where is the filter in SQL, after the placeholders already in args.
func (f Filter) where(args []any) (string, []any) {
	conds := []string{"true"}
	add := func(cond string, value any) {
		args = append(args, value)
		conds = append(conds, cond+"$"+strconv.Itoa(len(args)))
	}
	if f.Actor != "" {
		add("actor = ", f.Actor)
	}
	if family, all := strings.CutSuffix(f.Act, "."); all {
		add("act >= ", family+".")
		add("act < ", family+"/") // "/" is the character after "."
	} else if f.Act != "" {
		add("act = ", f.Act)
	}
	if f.Kind != "" {
		add("object_kind = ", f.Kind)
	}
	if f.ID != "" {
		add("object_id = ", f.ID)
	}
	if !f.From.IsZero() {
		add("at >= ", f.From)
	}
	if !f.Until.IsZero() {
		add("at < ", f.Until)
	}
	return strings.Join(conds, " and "), args
}

// Search lists at most limit lines that the filter keeps, the newest first, from
// the one before line before; 0 is the end of the journal.
func Search(ctx context.Context, r db.Reader, f Filter, before int64, limit int) ([]Line, error) {
	if before == 0 {
		before = 1 << 62
	}
	where, args := f.where([]any{before, limit})
	return db.List(ctx, r, scanLine, `select `+columns+` from journal where seq < $1 and `+where+` order by seq desc limit $2`, args...)
}

// Each gives every line that the filter keeps to visit, the oldest first, up to line
// last included; it reads a thousand at a time and stops at the first error.
func Each(ctx context.Context, r db.Reader, f Filter, last int64, visit func(Line) error) error {
	for after := int64(0); ; {
		where, args := f.where([]any{after, last})
		page, err := db.List(ctx, r, scanLine, `select `+columns+` from journal where seq > $1 and seq <= $2 and `+where+` order by seq limit 1000`, args...)
		if err != nil {
			return err
		}
		for _, l := range page {
			if err := visit(l); err != nil {
				return err
			}
			after = l.Seq
		}
		if len(page) < 1000 {
			return nil
		}
	}
}
