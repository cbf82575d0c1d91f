package privacy

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
)

// Gone stands where the name or the words of somebody who was erased were.
const Gone = "[…]"

// mask hides the strings by which a person is known.
type mask struct {
	names     []string // as she wrote them, and the other way round
	addresses []string
	everybody *regexp.Regexp // names and addresses
	address   *regexp.Regexp // addresses alone; nil without any
}

// newMask prepares the strings; a name of one short word is too ordinary to be looked
// for in what people wrote.
func newMask(names, addresses []string) mask {
	m := mask{addresses: addresses}
	for _, name := range names {
		parts := strings.Fields(name)
		if len(parts) == 0 || len(parts) == 1 && utf8.RuneCountInString(name) < 4 {
			continue
		}
		m.names = append(m.names, name)
		if len(parts) == 2 {
			m.names = append(m.names, parts[1]+" "+parts[0])
		}
	}
	m.everybody, m.address = pattern(append(slices.Clone(m.names), addresses...)), pattern(addresses)
	return m
}

func pattern(list []string) *regexp.Regexp {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) }) // the longest first
	for i, one := range list {
		list[i] = strings.Join(slices.Collect(quoted(one)), `[\s\x{00a0}\x{202f}]+`)
	}
	return regexp.MustCompile(`(?i)` + strings.Join(list, "|"))
}

// quoted gives the words of a string, ready for a pattern.
func quoted(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, word := range strings.Fields(s) {
			if !yield(regexp.QuoteMeta(word)) {
				return
			}
		}
	}
}

// hide gives s without what re finds.
func hide(re *regexp.Regexp, s string) string {
	if re == nil {
		return s
	}
	return re.ReplaceAllString(s, Gone)
}

// contactParts are what a form asks of a person to reach (see form's contact).
var contactParts = []string{"name", "function", "email", "phone"}

// hideIn hides in a JSON value: a person to reach who is her is emptied whole, her
// telephone included.
func hideIn(re *regexp.Regexp, value any) any {
	switch v := value.(type) {
	case string:
		return hide(re, v)
	case []any:
		for i, one := range v {
			v[i] = hideIn(re, one)
		}
	case map[string]any:
		_, hasName := v["name"].(string)
		_, hasMail := v["email"].(string)
		before := fmt.Sprint(v["name"], v["email"])
		for key, one := range v {
			v[key] = hideIn(re, one)
		}
		if hasName && hasMail && fmt.Sprint(v["name"], v["email"]) != before {
			for _, part := range contactParts {
				if _, ok := v[part].(string); ok {
					v[part] = Gone
				}
			}
		}
	}
	return value
}

// hideJSON hides in JSON text, canonical before and after; what is no JSON is plain text.
func hideJSON(re *regexp.Regexp, s string) string {
	if re == nil || !re.MatchString(s) {
		return s
	}
	value, err := form.ParseValue([]byte(s))
	if err != nil {
		return hide(re, s)
	}
	return string(form.Canonical(hideIn(re, value)))
}

// keyOf lists the columns of a table's primary key.
func keyOf(t Table) []string {
	if t.Key == "" {
		return []string{"id"}
	}
	return words(t.Key)
}

// hideRows hides in every masked column of a table: names and addresses in the rows
// around the person, her addresses, which are nobody else's, in all of them.
func (m mask) hideRows(ctx context.Context, tx *db.Tx, t Table, person string, at time.Time) error {
	columns := t.masked()
	if len(columns) == 0 || t.Name == "receipts" || t.Name == "search_terms" || t.Name == "people" {
		return nil
	}
	if t.Near != "" {
		if err := m.hideWhere(ctx, tx, t, m.everybody, expand(t.Near, at), person); err != nil {
			return err
		}
	}
	return m.hideWhere(ctx, tx, t, m.address, "true", "")
}

func (m mask) hideWhere(ctx context.Context, tx *db.Tx, t Table, re *regexp.Regexp, where, person string) error {
	if re == nil {
		return nil
	}
	columns, key := t.masked(), keyOf(t)
	var args []any
	if strings.Contains(where, "$1") {
		args = append(args, person)
	}
	if where == "true" { // whole tables: the engine finds the rows, Go hides
		where, args = m.holding(columns, re == m.everybody)
	}
	var changes [][]any
	err := eachRow(ctx, tx, len(key)+len(columns), func(values []any) error {
		changed := false
		for i, column := range columns {
			before, ok := values[len(key)+i].(string)
			if !ok {
				continue
			}
			after := hide(re, before)
			if holdsJSON(t.Name, column) {
				after = hideJSON(re, before)
			}
			changed = changed || after != before
			values[len(key)+i] = after
		}
		if changed {
			changes = append(changes, values)
		}
		return nil
	}, `select `+strings.Join(append(slices.Clone(key), columns...), ", ")+` from `+t.Name+` where `+where, args...)
	if err != nil {
		return fmt.Errorf("look for names in %s: %w", t.Name, err)
	}
	text := updateOf(t.Name, key, columns)
	for _, values := range changes {
		if _, err := tx.Exec(ctx, text, values...); err != nil {
			return fmt.Errorf("hide names in %s: %w", t.Name, err)
		}
	}
	return nil
}

// updateOf is the statement that writes columns by key; the values come key first.
func updateOf(table string, key, columns []string) string {
	set, where := make([]string, len(columns)), make([]string, len(key))
	for i, c := range key {
		where[i] = c + " = $" + strconv.Itoa(i+1)
	}
	for i, c := range columns {
		set[i] = c + " = $" + strconv.Itoa(len(key)+i+1)
	}
	return `update ` + table + ` set ` + strings.Join(set, ", ") + ` where ` + strings.Join(where, " and ")
}

// holding is the condition "one of the columns holds one of the strings", as written
// or in lower case.
func (m mask) holding(columns []string, names bool) (string, []any) {
	strs := slices.Clone(m.addresses)
	if names {
		strs = append(strs, m.names...)
	}
	var conditions []string
	var args []any
	for _, s := range strs {
		escaped := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
		args = append(args, "%"+escaped+"%", "%"+strings.ToLower(escaped)+"%")
		for _, c := range columns {
			conditions = append(conditions, fmt.Sprintf(`%s like $%d escape '\' or lower(%s) like $%d escape '\'`, c, len(args)-1, c, len(args)))
		}
	}
	return "(" + strings.Join(conditions, " or ") + ")", args
}

// unindex takes out of the index the words of the person's names and addresses, where
// nothing else in the file says them any more.
func (m mask) unindex(ctx context.Context, tx *db.Tx, person string, at time.Time) error {
	hers := text.Words(strings.Join(append(slices.Clone(m.names), m.addresses...), " "))
	files, err := db.List(ctx, tx, db.Value[string], expand(`select id from applications where id in {circle}`, at), person)
	if err != nil {
		return fmt.Errorf("list her files: %w", err)
	}
	for _, file := range files {
		said := ""
		err := eachRow(ctx, tx, 2, func(v []any) error {
			said += " " + fmt.Sprint(v[0], " ", v[1])
			return nil
		}, `select title, content from submissions where application_id = $1`, file)
		if err != nil {
			return fmt.Errorf("read what file %s says: %w", file, err)
		}
		left := text.Words(said)
		for _, word := range hers {
			if slices.Contains(left, word) {
				continue
			}
			if _, err := tx.Exec(ctx, `delete from search_terms where kind = 'application' and object_id = $1 and term = $2`, file, word); err != nil {
				return fmt.Errorf("take a word out of the index: %w", err)
			}
		}
	}
	return nil
}
