package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/platform/db"
)

// jsonColumns hold JSON as text.
var jsonColumns = []string{"answers.value", "answer_variants.value", "submissions.content", "submissions.files", "receipts.body", "corrections.fields",
	"calls.legal", "events.payload", "journal.detail", "attachments.problems", "settings.value",
	"import_rows.cells", "import_rows.blocks", "import_rows.problems", "application_origins.problems", "webhook_deliveries.body", "news_told.answers", "news_questions.form"}

func holdsJSON(table, column string) bool { return slices.Contains(jsonColumns, table+"."+column) }

// kept is how the database writes an instant.
const kept = "2006-01-02 15:04:05.000000+00:00"

// eachRow gives the rows of a query to visit, their values in the order of the
// columns; instants are the same on both engines.
func eachRow(ctx context.Context, r db.Reader, width int, visit func(values []any) error, text string, args ...any) error {
	rows, err := r.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, into := make([]any, width), make([]any, width)
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			values[i] = plain(v)
		}
		if err := visit(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// plain gives what a driver read as text, a number, a boolean or nil.
func plain(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []byte:
		return plain(string(v))
	case string:
		if len(v) == len(kept) {
			if at, err := time.Parse(kept, v); err == nil {
				return at.UTC().Format(time.RFC3339Nano)
			}
		}
	}
	return v
}

// record is one row as it leaves: names and values in the order of the map.
type record struct {
	names  []string
	values []any
}

// MarshalJSON writes the columns in their order.
func (r record) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range r.names {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(r.values[i])
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
		b.WriteString(`"` + name + `":`)
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// The words that stand in an archive for who acted: other people stay unnamed.
const (
	you          = "you"
	somebodyElse = "somebody else"
)

// reader turns rows into what a person may receive.
type reader struct {
	table Table
	hers  map[string]bool // her identifiers, with and without "person:"
	names []string
}

func (x reader) record(values []any) record {
	out := record{x.names, make([]any, len(values))}
	nature := x.table.columns()
	for i, name := range x.names {
		v := values[i]
		text, isText := v.(string)
		switch {
		case isText && nature[name] == Linked && text != "" && text != "system":
			v = somebodyElse
			if x.hers[text] {
				v = you
			}
		case isText && holdsJSON(x.table.Name, name) && json.Valid([]byte(text)):
			v = json.RawMessage(text)
		}
		out.values[i] = v
	}
	return out
}

// idsOf lists the identifiers of a person: her own, and those of accounts that were merged into hers.
func idsOf(ctx context.Context, r db.Reader, person string) (map[string]bool, error) {
	list, err := db.List(ctx, r, db.Value[string], `select id from people where id = $1 or merged_into = $1`, person)
	hers := map[string]bool{}
	for _, id := range list {
		hers[id], hers["person:"+id] = true, true
	}
	return hers, err
}
