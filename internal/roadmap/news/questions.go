package news

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
)

// The bounds of what an edition asks besides: questions, for an answer that takes two
// minutes on a phone; characters of a label, of a help; options of one question.
const (
	MaxQuestions = 8
	MaxLabel     = 200
	MaxHelp      = 400
	MaxChoices   = 12
)

// Types are the fields of the form builder that a link may ask: files, agreements and tables
// are asked of who signed in.
var Types = []string{"text", "longtext", "number", "yesno", "choice", "choices", "scale", "date"}

// Chosen says whether a type of question is answered among options.
func Chosen(kind string) bool { return kind == "choice" || kind == "choices" || kind == "scale" }

// ownStep is the only step of these forms.
const ownStep = "own"

// Questions is one version of what an edition asks besides; the zero value asks nothing.
type Questions struct {
	Number   int64
	Form     *form.Form
	Compiled *form.Compiled
}

// Asks says whether there is any question.
func (q Questions) Asks() bool { return q.Compiled != nil }

// Fields are the questions, in order.
func (q Questions) Fields() []*form.Field {
	if q.Form == nil {
		return nil
	}
	return q.Form.Fields()
}

// Take reads answers from the values of an HTML form; what cannot be read as its type is
// kept as it was typed, and [Questions.State] says what is wrong with it.
func (q Questions) Take(values map[string][]string) (answers form.Answers, bad []errs.Field) {
	answers = form.Answers{}
	for _, f := range q.Fields() {
		value, wrong := f.DecodeHTML(values)
		bad = append(bad, wrong...)
		if len(wrong) == 0 && value != nil {
			answers[f.ID] = value
		}
	}
	return answers, bad
}

// State says what is missing and wrong in answers at an instant, nil when nothing is asked.
func (q Questions) State(answers form.Answers, now time.Time) *form.State {
	if !q.Asks() {
		return nil
	}
	return q.Compiled.Evaluate(answers, form.Env{Now: now})
}

// check reads what was typed and reports every answer that is missing or wrong.
func (q Questions) check(values map[string][]string, now time.Time) (form.Answers, []errs.Field) {
	answers, bad := q.Take(values)
	if state := q.State(answers, now); state != nil {
		bad = append(bad, append(state.Missing(), state.Problems...)...)
	}
	return answers, bad
}

// Question is one question as the lead writes it. Options are one a line, French then, after
// a bar, English: « Oui | Yes ».
type Question struct {
	ID             string // "" for a new one
	Type           string
	Fr, En         string
	HelpFr, HelpEn string
	Required       bool
	Options        string
}

// Shown gives a question of a form as the lead writes it.
func Shown(f *form.Field) Question {
	q := Question{ID: f.ID, Type: f.Type, Fr: f.Label["fr"], En: f.Label["en"], HelpFr: f.Help["fr"], HelpEn: f.Help["en"], Required: f.Required}
	var lines []string
	for _, o := range f.Settings.Options {
		line := o.Label["fr"]
		if en := o.Label["en"]; en != "" {
			line += " | " + en
		}
		lines = append(lines, line)
	}
	q.Options = strings.Join(lines, "\n")
	return q
}

//go:embed questions.json
var modelText []byte

// Model is a questionnaire to start from.
func Model() (list []Question, err error) {
	f, err := form.Parse(modelText)
	if err != nil {
		return nil, fmt.Errorf("read the questions that ship: %w", err)
	}
	for _, one := range f.Fields() {
		q := Shown(one)
		q.ID = ""
		list = append(list, q)
	}
	return list, nil
}

// Asking is the page on which the lead writes the questions.
type Asking struct {
	Edition   programme.EditionID
	In        programme.Words
	Questions Questions
}

// Asking gives the questions that the next round will ask. Errors: NotFound; as the policy,
// on news.manage.
func (s *Service) Asking(ctx context.Context, by account.User, id programme.EditionID) (v Asking, err error) {
	r := s.db.Reader()
	e, err := programme.FindEdition(ctx, r, id)
	if err != nil {
		return v, err
	}
	if _, err = s.policy.Require(ctx, r, by, "news.manage", e.PolicyObject()); err != nil {
		return v, err
	}
	all, err := versions(ctx, r, id)
	v = Asking{Edition: id, In: e.Name, Questions: latest(all)}
	return v, err
}

// SetQuestions replaces what the next rounds ask; a round that is open keeps what it asked.
// was is the number of the version that was read. Errors: Invalid on "questions" and on
// "label.N", "help.N", "options.N", "type.N" by place; Conflict news.meanwhile; as the policy,
// on news.manage.
func (s *Service) SetQuestions(ctx context.Context, by account.User, id programme.EditionID, was int64, list []Question) error {
	return s.managing(ctx, by, id, func(tx *db.Tx, e programme.Edition) error {
		all, err := versions(ctx, tx, id)
		if err != nil {
			return err
		}
		now := latest(all)
		if now.Number != was {
			return errs.New(errs.Conflict, "news.meanwhile")
		}
		f, bad := compose(list, now.Form, all)
		if err := errs.NewInvalid("news.invalid", bad); err != nil {
			return err
		}
		body := ""
		if f != nil {
			if _, err := f.Compile(); err != nil {
				return err
			}
			encoded, err := json.Marshal(f)
			if err != nil {
				return err
			}
			body = string(encoded)
		}
		n, err := tx.Exec(ctx, `insert into news_questions (edition_id, number, form, made_at, made_by) values ($1, $2, $3, $4, $5) on conflict do nothing`, string(id), was+1, body, s.clock.Now(), by.Actor())
		if err != nil {
			return fmt.Errorf("keep the questions of %s: %w", id, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "news.meanwhile")
		}
		return s.note(ctx, tx, by, "news.questions", e.PolicyObject().Ref, map[string]any{"number": was + 1, "questions": len(list)})
	})
}

// versions are all that an edition ever asked besides, by number.
func versions(ctx context.Context, r db.Reader, id programme.EditionID) (map[int64]Questions, error) {
	type row struct {
		number int64
		body   string
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (v row, err error) { return v, sc.Scan(&v.number, &v.body) },
		`select number, form from news_questions where edition_id = $1`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the questions of %s: %w", id, err)
	}
	all := map[int64]Questions{}
	for _, v := range list {
		q := Questions{Number: v.number}
		if v.body != "" {
			if q.Form, err = form.Parse([]byte(v.body)); err == nil {
				q.Compiled, err = q.Form.Compile()
			}
			if err != nil {
				return nil, fmt.Errorf("read version %d of the questions of %s: %w", v.number, id, err)
			}
		}
		all[v.number] = q
	}
	return all, nil
}

func latest(all map[int64]Questions) (last Questions) {
	for _, q := range all {
		if q.Number > last.Number {
			last = q
		}
	}
	return last
}

// compose makes a form of what the lead wrote, nil for no question. A question keeps its
// identifier from version to version, and so does an option that keeps its French words;
// one that was taken away never comes back under another's.
func compose(list []Question, before *form.Form, all map[int64]Questions) (*form.Form, []errs.Field) {
	var bad []errs.Field
	wrong := func(is bool, path, key string, args ...any) {
		if is {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	wrong(len(list) > MaxQuestions, "questions", "news.questions_many", MaxQuestions)
	next := 0
	for _, q := range all {
		for _, f := range q.Fields() {
			n, _ := strconv.Atoi(strings.TrimPrefix(f.ID, "q"))
			next = max(next, n)
		}
	}
	var fields []form.Field
	for i, q := range list {
		at := "." + strconv.Itoa(i)
		var old *form.Field
		if before != nil && q.ID != "" && !slices.ContainsFunc(fields, func(f form.Field) bool { return f.ID == q.ID }) {
			old = before.Field(q.ID)
		}
		if old != nil {
			q.Type = old.Type // what was answered stays of one type
		} else {
			next++
			q.ID = "q" + strconv.Itoa(next)
		}
		f := form.Field{ID: q.ID, Type: q.Type, Required: q.Required, Label: localised(q.Fr, q.En), Help: localised(q.HelpFr, q.HelpEn)}
		wrong(!slices.Contains(Types, q.Type), "type"+at, "news.type_missing")
		wrong(f.Label["fr"] == "" || long(f.Label, MaxLabel), "label"+at, "news.label_wrong", MaxLabel)
		wrong(long(f.Help, MaxHelp), "help"+at, "news.help_long", MaxHelp)
		if Chosen(q.Type) {
			f.Settings.Options = options(q.Options, old)
			n := len(f.Settings.Options)
			wrong(n < 2 || n > MaxChoices || slices.ContainsFunc(f.Settings.Options, func(o form.Option) bool { return o.Label["fr"] == "" || long(o.Label, MaxLabel) }), "options"+at, "news.options_wrong", MaxChoices, MaxLabel)
			wrong(twice(f.Settings.Options), "options"+at, "news.options_twice")
		}
		if q.Type == "longtext" {
			f.Settings.MaxChars = MaxText
		}
		fields = append(fields, f)
	}
	if len(fields) == 0 {
		return nil, bad
	}
	return &form.Form{Version: form.Version, Steps: []form.Step{{ID: ownStep, Title: form.Localised{"fr": "Questions de l’édition", "en": "Questions of the edition"}, Fields: fields}}}, bad
}

func localised(fr, en string) form.Localised {
	one := func(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }
	out := form.Localised{}
	for lang, words := range map[string]string{"fr": one(fr), "en": one(en)} {
		if words != "" {
			out[lang] = words
		}
	}
	return out
}

func long(words form.Localised, most int) bool {
	return utf8.RuneCountInString(words["fr"]) > most || utf8.RuneCountInString(words["en"]) > most
}

// options reads one option a line.
func options(lines string, old *form.Field) (list []form.Option) {
	next := 0
	known := map[string]string{} // identifiers by French words
	if old != nil {
		for _, o := range old.Settings.Options {
			known[o.Label["fr"]] = o.ID
			n, _ := strconv.Atoi(strings.TrimPrefix(o.ID, "o"))
			next = max(next, n)
		}
	}
	for line := range strings.Lines(lines) {
		fr, en, _ := strings.Cut(line, "|")
		o := form.Option{Label: localised(fr, en)}
		if len(o.Label) == 0 {
			continue
		}
		if o.ID = known[o.Label["fr"]]; o.ID == "" {
			next++
			o.ID = "o" + strconv.Itoa(next)
		}
		list = append(list, o)
	}
	return list
}

func twice(list []form.Option) bool {
	seen := map[string]bool{}
	for _, o := range list {
		if seen[o.Label["fr"]] {
			return true
		}
		seen[o.Label["fr"]] = true
	}
	return false
}
