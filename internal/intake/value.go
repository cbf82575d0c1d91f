package intake

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"transformateur/internal/form"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// Words are what exports say beside answers, in every language they are written in.
type Words struct {
	Number, Title, Email, Deposited, Row []string // heads of our own exports
	Side, Category, Label, Amount        []string // heads of the sheet of a budget
	Expenses, Income                     []string
	Yes, No, Unknown                     []string
	Other                                []string // what stands before a person's own words: « Autre : »
	English                              []string // heads that only an English export has
}

func in(list []string, s string) bool {
	s = text.Fold(strings.TrimSpace(s))
	return slices.ContainsFunc(list, func(one string) bool { return text.Fold(strings.TrimSpace(one)) == s })
}

// reader turns cells into answers.
type reader struct {
	words  Words
	lang   string // in which numbers are written
	checks form.Checks
}

// answer gives the canonical answer of a question from the texts of its columns, by
// the part that each holds ("" is the whole). What cannot be read is kept as it was
// written, and the form says what is wrong with it.
func (r reader) answer(f *form.Field, parts map[string]string) (any, []errs.Field) {
	whole := parts[""]
	switch f.Type {
	case "choice", "scale":
		return f.DecodeHTML(r.picked(f, whole))
	case "choices", "ranking", "commitments":
		return f.DecodeHTML(map[string][]string{"f." + f.ID: r.listed(f, whole)})
	case "linked":
		return f.DecodeHTML(map[string][]string{"f." + f.ID: linked(f, parts)})
	case "yesno", "consent":
		return f.DecodeHTML(map[string][]string{"f." + f.ID: {r.truth(whole)}})
	case "territory":
		return f.DecodeHTML(map[string][]string{"f." + f.ID: r.places(f, whole)})
	case "repeat", "team", "milestones", "indicators":
		return r.table(f, parts)
	case "budget":
		return r.budget(f, parts)
	case "file":
		return nil, nil
	}
	values := map[string][]string{}
	for part, s := range r.partsOf(f, parts) {
		name := "f." + f.ID
		if part != "" {
			name += "." + part
		}
		values[name] = []string{s}
	}
	return f.DecodeHTML(values)
}

// partsOf cleans the texts of a question whose columns are its parts.
func (r reader) partsOf(f *form.Field, parts map[string]string) map[string]string {
	out := map[string]string{}
	for part, s := range parts {
		switch f.Type {
		case "number", "money", "percent", "shares":
			s = r.figure(f, s)
		case "date", "period":
			s = day(s)
		case "matrix":
			s = optionID(f.Settings.Options, s)
		case "assessment":
			if !strings.HasSuffix(part, ".comment") {
				part += ".score"
				if in(r.words.Unknown, s) {
					s = "unknown"
				}
			}
		default:
			s = text.Unmark(s)
		}
		out[part] = s
	}
	if f.Type == "organisation" {
		numbered(out)
	}
	return out
}

// numbered says what kind of number an organisation was given with, and writes it without spaces.
func numbered(parts map[string]string) {
	id := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '.' {
			return -1
		}
		return unicode.ToUpper(r)
	}, parts["id"])
	if id == "" {
		return
	}
	parts["id"], parts["kind"] = id, strings.ToLower(parts["kind"])
	if parts["kind"] == "" {
		parts["kind"] = "siret"
		if strings.HasPrefix(id, "W") {
			parts["kind"] = "rna"
		}
	}
}

var thousands = regexp.MustCompile(`,(\d{3})`)

// figure takes away the units that our exports write, and the English marks of thousands.
func (r reader) figure(f *form.Field, s string) string {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "€"))
	for _, unit := range []string{f.Settings.Unit["fr"], f.Settings.Unit["en"], f.Settings.Currency} {
		if unit != "" {
			s = strings.TrimSpace(strings.TrimSuffix(s, unit))
		}
	}
	if r.lang == "en" {
		s = thousands.ReplaceAllString(s, "$1")
	}
	return s
}

var clockAfter = regexp.MustCompile(`^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})[ T]\d{1,2}[:h]\d{2}.*$`)

// day drops the hour that some exports write after a day.
func day(s string) string { return clockAfter.ReplaceAllString(strings.TrimSpace(s), "$1") }

func (r reader) truth(s string) string {
	switch {
	case in(r.words.Yes, s):
		return "yes"
	case in(r.words.No, s):
		return "no"
	}
	return s
}

// same says whether two labels say the same, case, accents and blanks aside.
func same(a, b string) bool {
	return text.Fold(strings.Join(strings.Fields(a), " ")) == text.Fold(strings.Join(strings.Fields(b), " "))
}

func labelled(l form.Localised, s string) bool {
	for _, label := range l {
		if label != "" && same(label, s) {
			return true
		}
	}
	return false
}

// optionID finds an option by its label, else by its identifier, else gives the text back.
func optionID(options []form.Option, s string) string {
	for _, o := range options {
		if labelled(o.Label, s) {
			return o.ID
		}
	}
	return s
}

func known(options []form.Option, s string) bool {
	return slices.ContainsFunc(options, func(o form.Option) bool { return o.ID == s || labelled(o.Label, s) })
}

// own gives somebody's own words after « Autre : ».
func (r reader) own(s string) string {
	for _, before := range r.words.Other {
		if rest, ok := strings.CutPrefix(s, before); ok {
			return strings.TrimSpace(rest)
		}
	}
	return s
}

func (r reader) picked(f *form.Field, s string) map[string][]string {
	s, name := strings.TrimSpace(s), "f."+f.ID
	if s != "" && f.Settings.Other && !known(f.Settings.Options, s) {
		return map[string][]string{name: {"other"}, name + ".other": {r.own(s)}}
	}
	return map[string][]string{name: {optionID(f.Settings.Options, s)}}
}

var rank = regexp.MustCompile(`^\d+\. `)

// listed splits a list of labels. A label may hold the mark that separates them: the
// longest run of pieces that makes a label wins.
func (r reader) listed(f *form.Field, s string) (out []string) {
	options := f.Settings.Options
	for _, st := range f.Settings.Statements {
		options = append(options[:len(options):len(options)], form.Option{ID: st.ID, Label: st.Label})
	}
	pieces, marks := pieces(s)
	for i := 0; i < len(pieces); {
		last := i
		for j := len(pieces) - 1; j > i; j-- {
			if known(options, rank.ReplaceAllString(joined(pieces, marks, i, j), "")) {
				last = j
				break
			}
		}
		one := rank.ReplaceAllString(joined(pieces, marks, i, last), "")
		i = last + 1
		switch {
		case one == "":
		case known(options, one):
			out = append(out, optionID(options, one))
		case f.Settings.Other:
			out = append(out, "other:"+r.own(one))
		default:
			out = append(out, one)
		}
	}
	return out
}

// pieces cuts at semicolons, commas and line ends; marks[i] stood after pieces[i].
func pieces(s string) (pieces, marks []string) {
	start := 0
	for i, c := range s {
		if c == ';' || c == ',' || c == '\n' {
			pieces, marks = append(pieces, strings.TrimSpace(s[start:i])), append(marks, string(c)+" ")
			start = i + 1
		}
	}
	return append(pieces, strings.TrimSpace(s[start:])), append(marks, "")
}

func joined(pieces, marks []string, from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		b.WriteString(pieces[i])
		if i < to {
			b.WriteString(marks[i])
		}
	}
	return b.String()
}

// linked reads the levels of a list of lists, each in its column or all in one.
func linked(f *form.Field, parts map[string]string) (out []string) {
	options := f.Settings.Options
	levels := strings.FieldsFunc(strings.ReplaceAll(parts[""], " / ", "›"), func(r rune) bool { return r == '›' })
	if parts[""] == "" {
		for i := range f.Settings.Levels {
			levels = append(levels, parts[strconv.Itoa(i)])
		}
	}
	for _, level := range levels {
		if level = strings.TrimSpace(level); level == "" {
			break
		}
		out = append(out, optionID(options, level))
		options = optionsUnder(f, out)
	}
	return out
}

// optionsUnder are the options below a path.
func optionsUnder(f *form.Field, path []string) []form.Option {
	options := f.Settings.Options
	for _, id := range path {
		at := slices.IndexFunc(options, func(o form.Option) bool { return o.ID == id })
		if at < 0 {
			return nil
		}
		options = options[at].Options
	}
	return options
}

var coded = regexp.MustCompile(`^(?:(.*) )?\(?([0-9][0-9AB]\d*|\d{2,9})\)?$`)

// places reads « Caen (14118); Normandie (28) », or codes alone.
func (r reader) places(f *form.Field, s string) (out []string) {
	for one := range strings.SplitSeq(s, ";") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, r.place(f, one))
		}
	}
	return out
}

// place tries the kinds of place that the question takes; a name beside the code decides
// between those that share it.
func (r reader) place(f *form.Field, s string) string {
	found := coded.FindStringSubmatch(s)
	if found == nil || r.checks == nil {
		return s
	}
	kinds := f.Settings.Kinds
	if len(kinds) == 0 {
		kinds = []string{"commune", "epci", "departement", "region"}
	}
	best := ""
	for _, kind := range kinds {
		name, ok := r.checks.Territory(kind, found[2])
		if ok && (best == "" || found[1] != "" && same(name, found[1])) {
			best = kind + ":" + found[2]
		}
	}
	if best == "" {
		return s
	}
	return best
}

// table reads the columns of a repeated block, whose lines stand one under the other.
func (r reader) table(f *form.Field, parts map[string]string) (any, []errs.Field) {
	count, err := strconv.Atoi(strings.TrimSpace(parts["rows"]))
	if err != nil {
		count = 0
		for part, s := range parts {
			if part != "rows" && s != "" {
				count = max(count, strings.Count(s, "\n")+1)
			}
		}
	}
	rows := make([]map[string]string, max(0, min(count, form.MaxRows+1)))
	for i := range rows {
		rows[i] = map[string]string{}
		for part, s := range parts {
			if lines := strings.Split(s, "\n"); part != "rows" && i < len(lines) {
				rows[i][part] = lines[i]
			}
		}
	}
	return r.rows(f, rows)
}

// rows gives the answer of a table from the texts of its rows, by column.
func (r reader) rows(f *form.Field, rows []map[string]string) (any, []errs.Field) {
	columns, out := f.Columns(), make([]any, 0, len(rows))
	var bad []errs.Field
	for _, row := range rows {
		object := map[string]any{}
		for i := range columns {
			value, wrong := r.answer(&columns[i], map[string]string{"": row[columns[i].ID]})
			bad = append(bad, wrong...)
			if value != nil {
				object[columns[i].ID] = value
			}
		}
		out = append(out, object)
	}
	return decoded(f, out, bad)
}

func decoded(f *form.Field, raw any, bad []errs.Field) (any, []errs.Field) {
	content, err := json.Marshal(raw)
	if err != nil {
		return nil, append(bad, errs.Field{Path: f.ID, Key: "form.json_unreadable"})
	}
	value, wrong := f.Decode(content)
	return value, append(bad, wrong...)
}

// budget reads the totals of each category: a line each, since their details are elsewhere.
func (r reader) budget(f *form.Field, parts map[string]string) (any, []errs.Field) {
	out := map[string]any{}
	for side, categories := range map[string][]form.Category{"expenses": f.Settings.Expenses, "income": f.Settings.Income} {
		lines := []any{}
		for _, c := range categories {
			if s := r.figure(f, parts[side+"."+c.ID]); s != "" && s != "0" {
				lines = append(lines, map[string]any{"category": c.ID, "amount": s})
			}
		}
		out[side] = lines
	}
	return decoded(f, out, nil)
}

// lines gives the answer of a budget from the rows of its sheet: side, category, label, amount.
func (r reader) lines(f *form.Field, rows []map[string]string) (any, []errs.Field) {
	sides := map[string][]any{"expenses": {}, "income": {}}
	for _, row := range rows {
		side, categories := "expenses", f.Settings.Expenses
		if in(r.words.Income, row["side"]) {
			side, categories = "income", f.Settings.Income
		}
		category := row["category"]
		for _, c := range categories {
			if labelled(c.Label, category) {
				category = c.ID
				break
			}
		}
		sides[side] = append(sides[side], map[string]any{"category": category, "label": text.Unmark(row["label"]), "amount": r.figure(f, row["amount"])})
	}
	return decoded(f, map[string]any{"expenses": sides["expenses"], "income": sides["income"]}, nil)
}
