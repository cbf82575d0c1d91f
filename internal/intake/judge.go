package intake

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/platform/zone"
)

// Outcome is what becomes of a row.
type Outcome string

// The outcomes.
const (
	Waiting   Outcome = "" // not done yet
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged"
	Refused   Outcome = "refused"
)

// Outcomes lists what can become of a row, in the order of reports.
var Outcomes = []Outcome{Created, Updated, Unchanged, Refused}

// Problem is something wrong with a row. Path is the question, or a target such as
// "@email"; Fatal refuses the row whatever was chosen.
type Problem struct {
	Path  string `json:"path"`
	Key   string `json:"key"`
	Args  []any  `json:"args,omitempty"`
	Fatal bool   `json:"fatal,omitempty"`
}

// checks are the registers alone: attachments never come with a spreadsheet.
type checks struct{ application.Registers }

// Attachment finds nothing.
func (checks) Attachment(string) (form.Attachment, bool) { return form.Attachment{}, false }

// judged is a row as it would be imported.
type judged struct {
	number, title, email string
	depositedAt          time.Time
	answers              form.Answers
	problems             []Problem
}

func (j *judged) add(path, key string, args ...any) {
	j.problems = append(j.problems, Problem{Path: path, Key: key, Args: args})
}

func (j *judged) fatal(path, key string, args ...any) {
	j.problems = append(j.problems, Problem{path, key, args, true})
}

// refused says whether the row cannot be imported, given what was chosen.
func (j judged) refused(o Options) bool {
	return o.Refuse && len(j.problems) > 0 || slices.ContainsFunc(j.problems, func(p Problem) bool { return p.Fatal })
}

// digest tells whether a row says the same as before.
func (j judged) digest() string {
	sum := form.Digest(map[string]any{"title": j.title, "email": j.email, "at": j.depositedAt.UTC().Format(time.RFC3339), "answers": map[string]any(j.answers)})
	return hex.EncodeToString(sum[:])
}

// desk is what rows are judged on.
type desk struct {
	Import
	call call.Call
	form *form.Compiled
	read reader
	now  time.Time
}

func (s *Service) desk(ctx context.Context, r db.Reader, c call.Call, i Import) (desk, error) {
	d := desk{Import: i, call: c, read: s.reader(i), now: s.Clock.Now()}
	var err error
	d.form, err = s.Calls.Form(ctx, r, c.ID, c.Revision)
	return d, err
}

// judge reads a row: its file's number, title, owner and date, then its answers, which
// the form evaluates as at a deposit.
func (d desk) judge(l Line) judged {
	var j judged
	parts := map[string]map[string]string{}
	for column, key := range d.Mapping.Columns {
		if column >= len(l.cells) || key == "" {
			continue
		}
		cell := strings.TrimSpace(l.cells[column])
		if field, part := fieldOf(d.form.Form, key); field != nil {
			if parts[field.ID] == nil {
				parts[field.ID] = map[string]string{}
			}
			parts[field.ID][part] = cell
			continue
		}
		d.own(&j, key, cell)
	}
	if j.number == "" {
		j.fatal(ToNumber, "intake.number_missing")
	}
	if j.title == "" && j.number != "" {
		j.title = d.Origin + " " + j.number
	}
	if r := []rune(j.title); len(r) > 200 {
		j.title = string(r[:199]) + "…"
		j.add(ToTitle, "intake.title_cut")
	}
	d.answer(&j, parts, l)
	return j
}

// own reads a cell that is no answer.
func (d desk) own(j *judged, key, cell string) {
	switch key {
	case ToNumber:
		if j.number = strings.Join(strings.Fields(text.Clean(cell)), " "); len(j.number) > 100 {
			j.fatal(key, "intake.number_long")
		}
	case ToTitle:
		j.title = strings.Join(strings.Fields(text.Unmark(cell)), " ")
	case ToEmail:
		if cell == "" {
			return
		}
		email, err := account.ParseEmail(cell)
		if err != nil {
			j.add(key, "intake.email_wrong", cell)
			return
		}
		j.email = email
	case ToDeposited:
		at, ok := instant(cell, zone.Location(d.call.Zone))
		switch {
		case cell == "":
		case !ok:
			j.add(key, "intake.date_unreadable", cell)
		case at.After(d.now):
			j.add(key, "intake.date_future", cell)
		default:
			j.depositedAt = at
		}
	}
}

// layouts are the ways in which exports write an instant, the most precise first.
var layouts = []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", "02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006 15h04", time.DateOnly, "02/01/2006"}

func instant(s string, there *time.Location) (time.Time, bool) {
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, s, there); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// answer gives each question its answer and keeps those that a deposit would keep.
func (d desk) answer(j *judged, parts map[string]map[string]string, l Line) {
	all := form.Answers{}
	keep := func(field *form.Field, value any, bad []errs.Field) {
		for _, b := range bad {
			j.add(b.Path, b.Key, b.Args...)
		}
		if value != nil {
			all[field.ID] = value
		}
	}
	for _, field := range d.form.Form.Fields() {
		if texts, mapped := parts[field.ID]; mapped {
			value, bad := d.read.answer(field, texts)
			keep(field, value, bad)
		}
	}
	for block, key := range d.Mapping.Blocks {
		if field, _ := fieldOf(d.form.Form, key); field != nil && block < len(d.Heads.Blocks) && len(l.blocks[block]) > 0 {
			value, bad := d.block(field, d.Heads.Blocks[block], l.blocks[block])
			keep(field, value, bad)
		}
	}
	state := d.form.Evaluate(all, form.Env{Now: d.now.In(zone.Location(d.call.Zone)), Checks: d.read.checks})
	j.answers = state.Deposited(all)
	for _, b := range state.Missing() {
		j.add(b.Path, b.Key, b.Args...)
	}
	for _, field := range d.form.Form.Fields() {
		if _, kept := j.answers[field.ID]; !kept && all[field.ID] != nil {
			j.add(field.ID, "intake.not_asked")
		}
	}
}

// block gives the rows of a sheet to the columns of a question, by their labels.
func (d desk) block(field *form.Field, b Block, rows [][]string) (any, []errs.Field) {
	names := make([]string, len(b.Columns))
	for i, head := range b.Columns {
		if field.Type == "budget" {
			for name, heads := range map[string][]string{"side": d.read.words.Side, "category": d.read.words.Category, "label": d.read.words.Label, "amount": d.read.words.Amount} {
				if in(heads, head) {
					names[i] = name
				}
			}
			continue
		}
		best := 0.5
		for _, c := range field.Columns() {
			_, child, _ := strings.Cut(head, " – ")
			if score := max(alike(head, c.Label), alike(child, c.Label)); score > best {
				names[i], best = c.ID, score
			}
		}
	}
	texts := make([]map[string]string, len(rows))
	for k, row := range rows {
		texts[k] = map[string]string{}
		for i, cell := range row {
			if i < len(names) && names[i] != "" {
				texts[k][names[i]] = cell
			}
		}
	}
	if field.Type == "budget" {
		return d.read.lines(field, texts)
	}
	return d.read.rows(field, texts)
}

// decide says what becomes of a judged row, given what was imported under its number
// before and the numbers already met in this spreadsheet.
func (d desk) decide(j *judged, was *before, met map[string]bool) Outcome {
	if j.number != "" && met[j.number] {
		j.fatal(ToNumber, "intake.number_twice", j.number)
	}
	met[j.number] = true
	same := was != nil && was.digest == j.digest()
	if was != nil && was.touched && !same {
		j.fatal(ToNumber, "intake.touched")
	}
	switch {
	case j.refused(d.Options):
		return Refused
	case was == nil:
		return Created
	case same:
		return Unchanged
	}
	return Updated
}

// ours says whether the call holds a file deposited here under the same number and
// title: a row of its own export, which an import never changes.
func (s *Service) ours(ctx context.Context, r db.Reader, d desk, j judged) (bool, error) {
	if d.Source != Export {
		return false, nil
	}
	list, err := db.List(ctx, r, db.Value[string], `
		select a.title from applications a where a.call_id = $1 and cast(a.number as text) = $2 and a.deleted_at is null
		  and not exists (select 1 from application_origins o where o.application_id = a.id)`, string(d.CallID), j.number)
	return slices.ContainsFunc(list, func(title string) bool { return same(title, j.title) }), err
}

// weigh judges a row and decides, with what the database knows.
func (s *Service) weigh(ctx context.Context, r db.Reader, d desk, l Line, met map[string]bool) (judged, Outcome, *before, error) {
	j := d.judge(l)
	was, err := earlier(ctx, r, d.CallID, d.Origin, j.number)
	if err != nil {
		return j, Refused, nil, err
	}
	if was == nil {
		here, err := s.ours(ctx, r, d, j)
		if err != nil {
			return j, Refused, nil, err
		}
		if here {
			j.fatal(ToNumber, "intake.already_here")
		}
	}
	outcome := d.decide(&j, was, met)
	return j, outcome, was, nil
}

// Seen is a row as the preview shows it.
type Seen struct {
	Line     int
	Number   string
	Title    string
	Email    string
	Outcome  Outcome
	Problems []Problem
	Answers  form.Answers
}

// Preview is what would happen if an import were applied now.
type Preview struct {
	Import
	Form       *form.Compiled
	Counts     map[Outcome]int
	Incomplete int    // rows that would be imported as to be completed
	Owners     int    // rows with an address
	Rows       []Seen // the first ones, then those with problems, up to the limit
	More       int    // rows with problems beyond the limit
	Samples    []string
}

// shownRows bounds the rows that a preview shows in full.
const shownRows = 50

// Preview judges every row without writing anything.
func (s *Service) Preview(ctx context.Context, by account.User, of call.ID, id string) (Preview, error) {
	r := s.DB.Reader()
	c, err := s.may(ctx, r, by, of)
	if err != nil {
		return Preview{}, err
	}
	i, err := load(ctx, r, of, id)
	if err != nil {
		return Preview{}, err
	}
	d, err := s.desk(ctx, r, c, i)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Import: i, Form: d.form, Counts: map[Outcome]int{}, Samples: make([]string, len(i.Heads.Columns))}
	met := map[string]bool{}
	for after := 0; ; {
		lines, err := pageOf(ctx, r, id, after, 200)
		if err != nil || len(lines) == 0 {
			return p, err
		}
		for _, l := range lines {
			after = l.Line
			if err := s.show(ctx, r, d, &p, l, met); err != nil {
				return p, err
			}
		}
	}
}

func (s *Service) show(ctx context.Context, r db.Reader, d desk, p *Preview, l Line, met map[string]bool) error {
	j, outcome, _, err := s.weigh(ctx, r, d, l, met)
	if err != nil {
		return err
	}
	for column, cell := range l.cells {
		if p.Samples[column] == "" {
			p.Samples[column] = cell
		}
	}
	p.Counts[outcome]++
	if outcome != Refused && len(j.problems) > 0 {
		p.Incomplete++
	}
	if outcome != Refused && j.email != "" {
		p.Owners++
	}
	if len(p.Rows) < 5 || len(j.problems) > 0 && len(p.Rows) < shownRows {
		p.Rows = append(p.Rows, Seen{l.Line, j.number, j.title, j.email, outcome, j.problems, j.answers})
	} else if len(j.problems) > 0 {
		p.More++
	}
	return nil
}
