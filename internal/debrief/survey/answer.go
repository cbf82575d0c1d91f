package survey

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/project"
)

// Quote is whether what somebody wrote may be quoted.
type Quote string

// What she may say of it; without a word, no.
const (
	NoQuote  Quote = "no"
	Nameless Quote = "nameless"
	Named    Quote = "named"
)

// Quotes lists them, the most discreet first.
var Quotes = []Quote{NoQuote, Nameless, Named}

// Answer is a sheet of answers, for who holds the link: hers alone.
type Answer struct {
	Survey    Survey
	Compiled  *form.Compiled
	State     *form.State
	Answers   form.Answers
	Project   string // the title of the one it is about, "" for none
	Quote     Quote
	Name      string // under which she may be quoted
	Complete  bool
	Until     string // the last day on which she may change it, once complete
	Open      bool   // the link still takes what she sends
	Elsewhere bool   // she answered through her other link
	link      string
	project   string
	kept      bool
}

// Open gives a link what was answered through it. Error: NotFound, the same for a link
// that never was.
func (s *Service) Open(ctx context.Context, secret string) (Answer, error) {
	return s.open(ctx, s.db.Reader(), secret)
}

func (s *Service) open(ctx context.Context, r db.Reader, secret string) (a Answer, err error) {
	var survey string
	var answered bool
	err = r.QueryRow(ctx, `select l.id, l.survey_id, coalesce(l.project_id, ''), coalesce(j.title, ''), l.answered from survey_links l left join projects j on j.id = l.project_id where l.link_hash = $1 or l.reminder_hash = $1`, hash(secret)).
		Scan(&a.link, &survey, &a.project, &a.Project, &answered)
	if err != nil {
		return a, err
	}
	if a.Survey, err = db.Get(ctx, r, scan, `select `+columns+` from surveys s where s.id = $1`, survey); err != nil {
		return a, err
	}
	if a.Compiled, err = a.Survey.Form.Compile(); err != nil {
		return a, fmt.Errorf("compile the questions of survey %s: %w", survey, err)
	}
	a.Answers, a.Quote = form.Answers{}, NoQuote
	var body, sent string
	err = r.QueryRow(ctx, `select answers, quote, quoted_name, complete, sent_on from survey_answers where answer_hash = $1`, sheet(secret)).Scan(&body, &a.Quote, &a.Name, &a.Complete, &sent)
	switch {
	case err == nil:
		a.kept = true
		if a.Answers, err = form.ParseAnswers([]byte(body)); err != nil {
			return a, fmt.Errorf("read an answer to survey %s: %w", survey, err)
		}
	case !errs.Is(err, errs.NotFound):
		return a, fmt.Errorf("find an answer to survey %s: %w", survey, err)
	}
	if !a.Complete && !answered {
		if err := s.unsent(ctx, r, &a); err != nil {
			return a, err
		}
	}
	a.State = a.Compiled.Evaluate(a.Answers, form.Env{Now: s.clock.Now()})
	a.Elsewhere = answered && !a.Complete
	a.Open = a.Survey.Status == Sent && !a.Elsewhere && s.clock.Now().Before(a.Survey.ClosesAt)
	if a.Complete {
		day, err := time.Parse(time.DateOnly, sent)
		if err != nil {
			return a, fmt.Errorf("read the day of an answer: %w", err)
		}
		a.Until = day.AddDate(0, 0, Correctable).Format(time.DateOnly)
		a.Open = s.today() <= a.Until
	}
	return a, nil
}

// Typed is a page of the questionnaire as it came back.
type Typed struct {
	Step   string
	Values map[string][]string
	Quote  Quote  // on the last step
	Name   string // needed to be quoted by name
	Send   bool   // she has finished
}

// Save keeps a page of answers, and sends them when she says so. Errors: Conflict
// survey.over when the link takes nothing any more; Invalid survey.incomplete, with what
// is missing or wrong by question, and "name"; NotFound.
func (s *Service) Save(ctx context.Context, secret string, in Typed) error {
	in.Name = strings.Join(strings.Fields(text.Clean(in.Name)), " ")
	var bad []errs.Field
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		bad = nil
		a, err := s.locked(ctx, tx, secret)
		if err != nil {
			return err
		}
		if !a.Open {
			return errs.New(errs.Conflict, "survey.over")
		}
		bad = a.take(in)
		a.State = a.Compiled.Evaluate(a.Answers, form.Env{Now: s.clock.Now()})
		if in.Send {
			bad = append(bad, append(a.State.Missing(), a.State.Problems...)...)
			if a.Quote == Named && a.Name == "" {
				bad = append(bad, errs.Field{Path: "name", Key: "survey.name_missing"})
			}
		}
		finished := in.Send && len(bad) == 0
		if a.Complete && in.Send && !finished { // what was sent stays as it was until it is whole again
			return nil
		}
		return s.keep(ctx, tx, secret, a, finished)
	})
	if err != nil {
		return err
	}
	return errs.NewInvalid("survey.incomplete", bad)
}

// locked opens a link for one page at a time, of all the links of its person.
func (s *Service) locked(ctx context.Context, tx *db.Tx, secret string) (a Answer, err error) {
	link, err := db.Get(ctx, tx, db.Value[string], `select id from survey_links where link_hash = $1 or reminder_hash = $1`, hash(secret))
	if err != nil {
		return a, err
	}
	if err := tx.Lock(ctx, "survey answer "+link); err != nil {
		return a, err
	}
	return s.open(ctx, tx, secret)
}

// take puts what was typed in place of what was known.
func (a *Answer) take(in Typed) (bad []errs.Field) {
	for _, st := range a.Survey.Form.Steps {
		if st.ID != in.Step {
			continue
		}
		for i := range st.Fields {
			f := &st.Fields[i]
			if !f.Present(in.Values) {
				continue
			}
			value, wrong := f.DecodeHTML(in.Values)
			bad = append(bad, wrong...)
			if len(wrong) == 0 {
				a.Answers[f.ID] = value
			}
		}
	}
	if slices.Contains(Quotes, in.Quote) {
		a.Quote, a.Name = in.Quote, ""
		if in.Quote == Named && utf8.RuneCountInString(in.Name) <= MaxTitle {
			a.Name = in.Name
		}
	}
	return bad
}

// keep writes what was typed: apart, until it is sent; then as an answer, to which nothing
// leads from her. Of two pages that finish at once through two links, one does. An answer on
// the gathering that changes waits for others again: alone, its change would tell it.
func (s *Service) keep(ctx context.Context, tx *db.Tx, secret string, a Answer, finished bool) error {
	answers := form.Answers{}
	for id, value := range a.Answers {
		if value != nil {
			answers[id] = value
		}
	}
	body, err := json.Marshal(answers)
	if err != nil {
		return fmt.Errorf("write an answer to survey %s: %w", a.Survey.ID, err)
	}
	if !a.Complete && !finished {
		return s.hold(ctx, tx, a, body)
	}
	if err := forget(ctx, tx, a); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into survey_answers (answer_hash, survey_id, project_id, answers, quote, quoted_name, complete, shown, sent_on) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (answer_hash) do update set answers = excluded.answers, quote = excluded.quote, quoted_name = excluded.quoted_name, complete = excluded.complete,
		  shown = case when excluded.shown then true when survey_answers.answers <> excluded.answers then false else survey_answers.shown end,
		  sent_on = case when survey_answers.sent_on <> '' then survey_answers.sent_on else excluded.sent_on end`,
		sheet(secret), string(a.Survey.ID), db.Null(a.project), string(body), string(a.Quote), a.Name, true, a.project != "", s.today())
	if err != nil {
		return fmt.Errorf("keep an answer to survey %s: %w", a.Survey.ID, err)
	}
	if !finished {
		return nil
	}
	if !a.Complete {
		n, err := tx.Exec(ctx, `update survey_links set answered = true where id = $1 and not answered`, a.link)
		if err != nil {
			return fmt.Errorf("note that survey %s was answered: %w", a.Survey.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "survey.over")
		}
	}
	if a.project == "" {
		return reveal(ctx, tx, a.Survey.ID, a.Survey.Status == Closed)
	}
	return s.tell(ctx, tx, a)
}

// wave names a survey to who keeps what became of projects.
var wave = map[Kind]string{Half: outcome.Half, Year: outcome.Year}

// tell adds what an answer says of a project to what is known of it.
func (s *Service) tell(ctx context.Context, tx *db.Tx, a Answer) error {
	word := func(id string) string { w, _ := a.Answers[id].(string); return w }
	number := func(id string) *int64 {
		if n, is := a.Answers[id].(int64); is {
			return &n
		}
		return nil
	}
	if word("state") == "" {
		return nil
	}
	return s.outcomes.Record(ctx, tx, account.System, project.ID(a.project), outcome.Told{State: outcome.State(word("state")), Words: word("words"), Learnt: word("learnt"), Handed: word("handed"), People: number("people"), Jobs: number("jobs"), Wave: wave[a.Survey.Kind]})
}

// Withdraw takes back what was answered through a link: nothing of it stays in the results,
// and the link may answer again. What it told of a project stays in the project's history.
// Errors: Conflict survey.over; NotFound.
func (s *Service) Withdraw(ctx context.Context, secret string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		a, err := s.locked(ctx, tx, secret)
		if err != nil {
			return err
		}
		if !a.kept || !a.Open {
			return errs.New(errs.Conflict, "survey.over")
		}
		if _, err := tx.Exec(ctx, `delete from survey_answers where answer_hash = $1`, sheet(secret)); err != nil {
			return fmt.Errorf("withdraw an answer to survey %s: %w", a.Survey.ID, err)
		}
		if err := forget(ctx, tx, a); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update survey_links set answered = false where id = $1`, a.link); err != nil {
			return fmt.Errorf("withdraw an answer to survey %s: %w", a.Survey.ID, err)
		}
		return nil
	})
}
