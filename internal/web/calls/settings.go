package calls

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"transformateur/internal/form"
	"transformateur/internal/form/rule"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// counts are the settings that are whole numbers.
var counts = map[string]func(*form.Settings) *int{
	"min_chars": func(s *form.Settings) *int { return &s.MinChars },
	"max_chars": func(s *form.Settings) *int { return &s.MaxChars },
	"max_lines": func(s *form.Settings) *int { return &s.MaxLines },
	"decimals":  func(s *form.Settings) *int { return &s.Decimals },
	"min_picks": func(s *form.Settings) *int { return &s.MinPicks },
	"max_picks": func(s *form.Settings) *int { return &s.MaxPicks },
	"min_rows":  func(s *form.Settings) *int { return &s.MinRows },
	"max_rows":  func(s *form.Settings) *int { return &s.MaxRows },
	"max_files": func(s *form.Settings) *int { return &s.MaxFiles },
	"level":     func(s *form.Settings) *int { return &s.Level },
}

// words are the settings that are a short text.
var shortTexts = map[string]func(*form.Settings) *string{
	"currency": func(s *form.Settings) *string { return &s.Currency },
	"after":    func(s *form.Settings) *string { return &s.After },
	"before":   func(s *form.Settings) *string { return &s.Before },
}

// scaled are the settings that people type in another unit than the one kept: euros for
// cents, percents for basis points, megabytes for bytes.
var scaled = map[string]float64{"max_public_rate": 100, "max_total": 100, "max_bytes": 1e6}

// typedSetting is a setting as it is shown in its control.
func typedSetting(f *form.Field, key string) string {
	s := f.Settings
	plain := func(n float64) string {
		if n == 0 {
			return ""
		}
		return strings.Replace(strconv.FormatFloat(n, 'f', -1, 64), ".", ",", 1)
	}
	if pick, ok := counts[key]; ok {
		return plain(float64(*pick(&s)))
	}
	if pick, ok := shortTexts[key]; ok {
		return *pick(&s)
	}
	bound := func(p *float64) string {
		switch {
		case p == nil:
			return ""
		case *p == 0:
			return "0"
		}
		return plain(*p / unitOf(f))
	}
	switch key {
	case "min":
		return bound(s.Min)
	case "max":
		return bound(s.Max)
	case "max_public_rate":
		return plain(float64(s.MaxPublicRate) / scaled[key])
	case "max_total":
		return plain(float64(s.MaxTotal) / scaled[key])
	case "max_bytes":
		return plain(float64(s.MaxBytes) / scaled[key])
	case "accept":
		return strings.Join(s.Accept, ", ")
	}
	return ""
}

// unitOf is what a bound typed by people is multiplied by.
func unitOf(f *form.Field) float64 {
	if f.Type == "money" {
		return 100
	}
	return 1
}

// settingsOf are the settings that a type uses.
func settingsOf(kind string) []string {
	for _, t := range form.Types() {
		if t.ID == kind {
			return t.Settings
		}
	}
	return nil
}

// readSettings reads the settings of a field that a page sent; a setting that the page
// does not show stays as it is.
func readSettings(f *form.Field, v url.Values) (form.Settings, []errs.Field) {
	s := f.Settings
	rd := settingReader{v: v, f: f, s: &s}
	for _, key := range settingsOf(f.Type) {
		rd.read(key)
	}
	return s, rd.bad
}

type settingReader struct {
	v   url.Values
	f   *form.Field
	s   *form.Settings
	bad []errs.Field
}

func (rd *settingReader) number(key string) (float64, bool) {
	typed := strings.TrimSpace(rd.v.Get("s." + key))
	if typed == "" {
		return 0, false
	}
	n, err := number(typed)
	if err != nil {
		rd.bad = append(rd.bad, errs.Field{Path: "s." + key, Key: "form.number_unreadable", Args: []any{typed}})
	}
	return n, err == nil
}

func (rd *settingReader) read(key string) {
	s, v := rd.s, rd.v
	if pick, ok := counts[key]; ok {
		n, _ := rd.number(key)
		*pick(s) = int(n)
		return
	}
	if pick, ok := shortTexts[key]; ok {
		*pick(s) = strings.TrimSpace(v.Get("s." + key))
		return
	}
	bound := func() *float64 {
		n, ok := rd.number(key)
		if !ok {
			return nil
		}
		n *= unitOf(rd.f)
		return &n
	}
	whole := func() int64 { n, _ := rd.number(key); return int64(n*scaled[key] + 0.5) }
	switch key {
	case "min":
		s.Min = bound()
	case "max":
		s.Max = bound()
	case "max_public_rate":
		s.MaxPublicRate = int(whole())
	case "max_total":
		s.MaxTotal = whole()
	case "max_bytes":
		s.MaxBytes = whole()
	case "balanced":
		s.Balanced = v.Get("s.balanced") == "yes"
	case "other":
		s.Other = v.Get("s.other") == "yes"
	case "accept":
		s.Accept = extensions(v.Get("s.accept"))
	case "kinds":
		s.Kinds = picked(v["s.kinds"])
	case "parts":
		s.Parts = picked(v["s.parts"])
	case "unit":
		s.Unit = pair(v, "s.unit")
	case "body":
		s.Body = pair(v, "s.body")
	default:
		rd.list(key)
	}
}

func picked(list []string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// extensions reads file name extensions however people separate them: "pdf, .odt docx".
func extensions(typed string) (out []string) {
	for _, s := range strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' }) {
		if !strings.HasPrefix(s, ".") {
			s = "." + s
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// row is one line of a list of settings, as its page shows and sends it.
type row struct {
	ID       string
	Label    form.Localised
	More     form.Localised // help of an option, question of a dimension
	Mark     bool           // optional statement, public income, required column
	Type     string         // of a column
	Choices  string         // of a column, one a line
	Children []form.Option
	settings form.Settings // of a column, with the type they were written for
	was      string
}

// rowsOf shows a list of settings as rows.
func rowsOf(s form.Settings, key string) (out []row) {
	switch key {
	case "options", "questions":
		list := s.Options
		if key == "questions" {
			list = s.Questions
		}
		for _, o := range list {
			out = append(out, row{ID: o.ID, Label: o.Label, More: o.Help, Children: o.Options})
		}
	case "dimensions":
		for _, d := range s.Dimensions {
			out = append(out, row{ID: d.ID, Label: d.Label, More: d.Question})
		}
	case "statements":
		for _, st := range s.Statements {
			out = append(out, row{ID: st.ID, Label: st.Label, Mark: st.Optional})
		}
	case "expenses", "income":
		list := s.Expenses
		if key == "income" {
			list = s.Income
		}
		for _, c := range list {
			out = append(out, row{ID: c.ID, Label: c.Label, Mark: c.Public})
		}
	case "levels":
		for i, l := range s.Levels {
			out = append(out, row{ID: strconv.Itoa(i), Label: l})
		}
	case "columns":
		for _, c := range s.Columns {
			out = append(out, row{ID: c.ID, Label: c.Label, Mark: c.Required, Type: c.Type, Choices: lines(c.Settings.Options, 0), settings: c.Settings, was: c.Type})
		}
	}
	return out
}

// list reads a list of settings: its rows, what is pasted one a line, and the button
// that moves or removes a row.
func (rd *settingReader) list(key string) {
	path := "s." + key
	old := rowsOf(*rd.s, key)
	if rd.f.Type == "linked" && key == "options" {
		rd.s.Options = readLines(rd.v.Get(path), rd.s.Options)
		return
	}
	if !rd.v.Has(path + ".shown") {
		return
	}
	var rows []row
	for i := 0; rd.v.Has(path + "." + strconv.Itoa(i) + ".label_fr"); i++ {
		at := path + "." + strconv.Itoa(i)
		r := row{ID: rd.v.Get(at + ".id"), Label: pair(rd.v, at+".label"), More: pair(rd.v, at+".more"), Mark: rd.v.Get(at+".mark") == "yes",
			Type: rd.v.Get(at + ".type"), Choices: rd.v.Get(at + ".choices")}
		for _, o := range old {
			if o.ID == r.ID {
				r.Children, r.settings, r.was = o.Children, o.settings, o.was
			}
		}
		rows = append(rows, r)
	}
	rows = arrange(rows, path, rd.v.Get("_rows"))
	rows = slices.DeleteFunc(rows, func(r row) bool { return r.ID == "" && len(r.Label) == 0 && len(r.More) == 0 })
	for _, line := range strings.Split(rd.v.Get(path+".paste"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			rows = append(rows, row{Label: twoWords(line)})
		}
	}
	named := map[string]bool{}
	for _, r := range rows {
		named[r.ID] = true
	}
	for i := range rows {
		if rows[i].ID == "" {
			rows[i].ID = rowID(rows[i].Label["fr"], key, named)
		}
	}
	keepRows(rd.s, key, rows)
}

// arrange does the button of a row: "up:s.options.2", "down:…", "remove:…".
func arrange(rows []row, path, act string) []row {
	do, where, _ := strings.Cut(act, ":")
	i, err := strconv.Atoi(strings.TrimPrefix(where, path+"."))
	if err != nil || i < 0 || i >= len(rows) {
		return rows
	}
	switch {
	case do == "remove":
		return slices.Delete(rows, i, i+1)
	case do == "up" && i > 0:
		rows[i], rows[i-1] = rows[i-1], rows[i]
	case do == "down" && i+1 < len(rows):
		rows[i], rows[i+1] = rows[i+1], rows[i]
	}
	return rows
}

// twoWords reads a label and its translation: "Association | Non-profit".
func twoWords(line string) form.Localised {
	fr, en, both := strings.Cut(line, "|")
	out := form.Localised{"fr": strings.TrimSpace(fr)}
	if en = strings.TrimSpace(en); both && en != "" {
		out["en"] = en
	}
	return out
}

func rowID(label, fallback string, taken map[string]bool) string {
	stem := strings.ReplaceAll(text.Slug(label), "-", "_")
	if len(stem) > 30 {
		stem = strings.Trim(stem[:30], "_")
	}
	if stem == "" || stem[0] < 'a' || stem == rule.OtherOption {
		stem = strings.Trim(strings.TrimSuffix(fallback, "s")+"_"+stem, "_")
	}
	id := stem
	for n := 2; taken[id]; n++ {
		id = stem + "_" + strconv.Itoa(n)
	}
	taken[id] = true
	return id
}

// keepRows puts rows back into the settings.
func keepRows(s *form.Settings, key string, rows []row) {
	options, categories := []form.Option{}, []form.Category{}
	for _, r := range rows {
		options = append(options, form.Option{ID: r.ID, Label: r.Label, Help: r.More, Options: r.Children})
		categories = append(categories, form.Category{ID: r.ID, Label: r.Label, Public: r.Mark && key == "income"})
	}
	switch key {
	case "options":
		s.Options = options
	case "questions":
		s.Questions = options
	case "expenses":
		s.Expenses = categories
	case "income":
		s.Income = categories
	case "dimensions":
		s.Dimensions = nil
		for _, r := range rows {
			s.Dimensions = append(s.Dimensions, form.Dimension{ID: r.ID, Label: r.Label, Question: r.More})
		}
	case "statements":
		s.Statements = nil
		for _, r := range rows {
			s.Statements = append(s.Statements, form.Statement{ID: r.ID, Label: r.Label, Optional: r.Mark})
		}
	case "levels":
		s.Levels = nil
		for _, r := range rows {
			s.Levels = append(s.Levels, r.Label)
		}
	case "columns":
		s.Columns = nil
		for _, r := range rows {
			s.Columns = append(s.Columns, columnOf(r))
		}
	}
}

// columnOf makes a column; settings that its type does not use are left out.
func columnOf(r row) form.Field {
	if r.Type == "" {
		r.Type = "text"
	}
	c := form.Field{ID: r.ID, Type: r.Type, Label: r.Label, Required: r.Mark}
	if r.was == r.Type {
		c.Settings = r.settings
	}
	if slices.Contains(settingsOf(r.Type), "options") {
		c.Settings.Options = readLines(r.Choices, r.settings.Options)
	}
	return c
}

// lines writes nested options as people edit them: one a line, each level indented by two spaces.
func lines(list []form.Option, depth int) string {
	var b strings.Builder
	for _, o := range list {
		b.WriteString(strings.Repeat("  ", depth) + o.Label["fr"])
		if en := o.Label["en"]; en != "" {
			b.WriteString(" | " + en)
		}
		b.WriteString("\n" + lines(o.Options, depth+1))
	}
	return b.String()
}

// readLines reads what lines writes. A line that says what it said keeps its id, and
// with it the answers and the conditions that hold it.
func readLines(typed string, old []form.Option) []form.Option {
	known := map[string]string{}
	taken := map[string]bool{}
	var walk func(list []form.Option, under string)
	walk = func(list []form.Option, under string) {
		for _, o := range list {
			known[under+"\n"+o.Label["fr"]] = o.ID
			walk(o.Options, under+"\n"+o.Label["fr"])
		}
	}
	walk(old, "")
	for _, id := range known {
		taken[id] = true
	}
	root := form.Option{}
	trail := []*form.Option{&root}
	for _, line := range strings.Split(strings.ReplaceAll(typed, "\t", "  "), "\n") {
		words := strings.TrimSpace(line)
		if words == "" {
			continue
		}
		depth := (len(line) - len(strings.TrimLeft(line, " "))) / 2
		depth = min(depth, len(trail)-1)
		trail = trail[:depth+1]
		label := twoWords(strings.TrimLeft(words, "-• "))
		under := ""
		for _, o := range trail[1:] {
			under += "\n" + o.Label["fr"]
		}
		id := known[under+"\n"+label["fr"]]
		if id == "" {
			id = rowID(label["fr"], "options", taken)
		}
		parent := trail[depth]
		parent.Options = append(parent.Options, form.Option{ID: id, Label: label})
		trail = append(trail, &parent.Options[len(parent.Options)-1])
	}
	return root.Options
}
