package survey

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"transformateur/internal/account"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/programme"
)

// Readable says in SQL which answers a are read by the programme's team: one on a project, at
// once; one on the gathering, in its turn, and only while Least or more are: those that stay
// when others are withdrawn are hidden again.
var Readable = `a.complete and a.shown and (a.project_id is not null or ` + strconv.Itoa(Least) + ` <= (select count(*) from survey_answers n where n.survey_id = a.survey_id and n.complete and n.shown))`

// Results are what came back, question by question, without who said it.
type Results struct {
	Edition   programme.Edition
	Survey    Survey
	Shown     int // answers that the figures count
	Questions []Figures
}

// Figures are the answers to one question.
type Figures struct {
	Field   *form.Field
	Answers int     // people who answered it
	Options []Count // of a question with choices
	Texts   []Said  // of a question in words
	Sum     float64 // of a question with numbers
	Hidden  bool    // for readers outside: too few answers
}

// Count is how many chose an option.
type Count struct {
	ID     string
	Label  form.Localised
	People int
	Hidden bool // for readers outside: too few, or it would tell one that is too few
}

// Said is an answer in words.
type Said struct {
	Words string
	Quote Quote
	Name  string // when she agreed to be quoted by name
}

// Results counts the answers to a survey. Those on a gathering come at least Least
// together, and in no order that tells when each came. Errors: NotFound; as the policy, on
// survey.manage.
func (s *Service) Results(ctx context.Context, by account.User, id programme.EditionID, survey ID) (v Results, err error) {
	r := s.db.Reader()
	if v.Edition, v.Survey, err = s.find(ctx, r, by, id, survey); err != nil {
		return v, err
	}
	type row struct {
		answers form.Answers
		quote   Quote
		name    string
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (o row, err error) {
		var body string
		if err = sc.Scan(&body, &o.quote, &o.name); err == nil {
			o.answers, err = form.ParseAnswers([]byte(body))
		}
		return o, err
	}, `select a.answers, a.quote, a.quoted_name from survey_answers a where a.survey_id = $1 and `+Readable+` order by a.answer_hash`, string(survey))
	if err != nil {
		return v, fmt.Errorf("count the answers to survey %s: %w", survey, err)
	}
	v.Shown = len(list)
	for _, f := range v.Survey.Form.Fields() {
		q := Figures{Field: f}
		for _, o := range f.Settings.Options {
			q.Options = append(q.Options, Count{ID: o.ID, Label: o.Label})
		}
		for _, one := range list {
			q.add(one.answers[f.ID], Said{Quote: one.quote, Name: one.name})
		}
		v.Questions = append(v.Questions, q)
	}
	return v, nil
}

// add counts one answer.
func (q *Figures) add(value any, said Said) {
	choose := func(id string) {
		if i := slices.IndexFunc(q.Options, func(c Count) bool { return c.ID == id }); i >= 0 {
			q.Options[i].People++
		}
	}
	switch x := value.(type) {
	case nil:
		return
	case string:
		if len(q.Field.Settings.Options) > 0 {
			choose(x)
		} else {
			said.Words = x
			q.Texts = append(q.Texts, said)
		}
	case []any:
		for _, one := range x {
			if id, is := one.(string); is {
				choose(id)
			}
		}
	case int64:
		q.Sum += float64(x)
	case float64:
		q.Sum += x
	}
	q.Answers++
}

// Outside gives what readers outside the programme's team may see: nothing under Least
// people, no count from which such a one could be computed, and of the words those whose
// author agreed, by name only when she said so (statistical disclosure control: threshold
// and secondary suppression, Hundepool et al., Statistical Disclosure Control, 2012, ch. 4).
func (v Results) Outside() Results {
	out := v
	out.Questions = nil
	for _, q := range v.Questions {
		if v.Shown < Least || q.Answers < Least {
			q = Figures{Field: q.Field, Hidden: true}
		}
		q.Options = suppress(q.Options)
		q.Texts = slices.DeleteFunc(slices.Clone(q.Texts), func(s Said) bool { return s.Quote != Nameless && s.Quote != Named })
		for i := range q.Texts {
			if q.Texts[i].Quote != Named {
				q.Texts[i].Name = ""
			}
		}
		out.Questions = append(out.Questions, q)
	}
	return out
}

// suppress hides counts from one to Least less one; a single hidden count could be computed
// from the others and their total, so the smallest of these goes with it.
func suppress(list []Count) []Count {
	list = slices.Clone(list)
	hidden, least := 0, -1
	for i := range list {
		if n := list[i].People; n > 0 && n < Least {
			list[i].Hidden = true
			hidden++
		} else if n > 0 && (least < 0 || n < list[least].People) {
			least = i
		}
	}
	if hidden == 1 && least >= 0 {
		list[least].Hidden = true
	}
	for i := range list {
		if list[i].Hidden {
			list[i].People = 0
		}
	}
	return list
}
