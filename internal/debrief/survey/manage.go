package survey

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/debrief/outcome"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/programme"
)

// Shelf is the surveys of an edition.
type Shelf struct {
	programme.Edition
	Base    string // the day that a new survey starts from, "" when no gathering has ended
	Surveys []Survey
}

// List gives the surveys of an edition, in the order in which they leave. Errors: as the
// policy, on survey.manage.
func (s *Service) List(ctx context.Context, by account.User, id programme.EditionID) (v Shelf, err error) {
	r := s.db.Reader()
	if v.Edition, err = s.edition(ctx, r, by, id); err != nil {
		return v, err
	}
	if v.Base, err = outcome.Ended(ctx, r, id, "9999-12-31"); err != nil {
		return v, err
	}
	v.Surveys, err = db.List(ctx, r, scan, `select `+columns+` from surveys s where s.edition_id = $1 order by s.due_day, s.id`, string(id))
	if err != nil {
		return v, fmt.Errorf("list the surveys of %s: %w", id, err)
	}
	return v, nil
}

// Start makes a survey of an edition from the questionnaire that ships, to be looked at
// before it is opened. base is the end of the gathering or the day of the decision. Errors:
// Invalid on "kind", "base", "title"; as the policy, on survey.manage.
func (s *Service) Start(ctx context.Context, by account.User, id programme.EditionID, v Survey) (ID, error) {
	v.Title = strings.Join(strings.Fields(text.Clean(v.Title)), " ")
	var bad []errs.Field
	if !slices.Contains(Kinds, v.Kind) {
		bad = append(bad, errs.Field{Path: "kind", Key: "survey.kind_missing"})
	}
	if v.DueDay = Due(v.Kind, v.BaseDay); v.DueDay == "" {
		bad = append(bad, errs.Field{Path: "base", Key: "survey.base_wrong"})
	}
	if v.Title == "" || utf8.RuneCountInString(v.Title) > MaxTitle {
		bad = append(bad, errs.Field{Path: "title", Key: "survey.title_wrong", Args: []any{MaxTitle}})
	}
	v.ID, v.Edition = ID(db.NewID()), id
	return v.ID, s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.edition(ctx, tx, by, id); err != nil {
			return err
		}
		if err := errs.NewInvalid("survey.invalid", bad); err != nil {
			return err
		}
		f, err := Model(v.Kind)
		if err != nil {
			return err
		}
		body, err := encode(f)
		if err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, `insert into surveys (id, edition_id, kind, title, form, base_day, due_day, status, version, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, 'draft', 1, $8, $9)`,
			string(v.ID), string(id), string(v.Kind), v.Title, body, v.BaseDay, v.DueDay, s.clock.Now(), by.Actor()); err != nil {
			return fmt.Errorf("start a survey: %w", err)
		}
		return s.note(ctx, tx, by, "survey.started", v)
	})
}

// Question is what the programme's team may change of a question. One that tells what
// became of a project is always asked.
type Question struct {
	ID     string
	Fr, En string
	Asked  bool
}

// fixed are the questions that become what is known of a project.
var fixed = []string{"state", "words", "learnt", "handed", "people", "jobs"}

// Fixed says whether a question cannot be left out.
func (v Survey) Fixed(field string) bool { return v.Kind.Impact() && slices.Contains(fixed, field) }

// Sheet is a survey as somebody changed it before it left.
type Sheet struct {
	Title     string
	DueDay    string
	Questions []Question
	Own       Question // a further question, answered in words; not added without a label
	Version   int64
}

// Edit saves the questions of a survey that has not left. Errors: Invalid on "title",
// "due", "label.ID", "own"; Conflict survey.sent_already, survey.meanwhile; NotFound; as
// the policy, on survey.manage.
func (s *Service) Edit(ctx context.Context, by account.User, id programme.EditionID, survey ID, in Sheet) error {
	return s.change(ctx, by, id, survey, func(tx *db.Tx, v Survey) error {
		if v.Status != Draft && v.Status != Opened {
			return errs.New(errs.Conflict, "survey.sent_already")
		}
		if err := errs.NewInvalid("survey.invalid", in.check()); err != nil {
			return err
		}
		f := rewrite(v, in)
		if _, err := f.Compile(); err != nil {
			return errs.New(errs.Conflict, "survey.unusable")
		}
		body, err := encode(f)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update surveys set title = $3, due_day = $4, form = $5, version = version + 1 where id = $1 and version = $2 and status in ('draft', 'opened')`, string(survey), in.Version, in.Title, in.DueDay, body)
		if err != nil {
			return fmt.Errorf("edit survey %s: %w", survey, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "survey.meanwhile")
		}
		return s.note(ctx, tx, by, "survey.edited", v)
	})
}

func (in *Sheet) check() (bad []errs.Field) {
	one := func(s string) string { return strings.Join(strings.Fields(text.Clean(s)), " ") }
	if in.Title = one(in.Title); in.Title == "" || utf8.RuneCountInString(in.Title) > MaxTitle {
		bad = append(bad, errs.Field{Path: "title", Key: "survey.title_wrong", Args: []any{MaxTitle}})
	}
	if _, err := time.Parse(time.DateOnly, in.DueDay); err != nil {
		bad = append(bad, errs.Field{Path: "due", Key: "survey.base_wrong"})
	}
	long := func(q Question) bool {
		return utf8.RuneCountInString(q.Fr) > MaxLabel || utf8.RuneCountInString(q.En) > MaxLabel
	}
	for i := range in.Questions {
		q := &in.Questions[i]
		if q.Fr, q.En = one(q.Fr), one(q.En); q.Asked && q.Fr == "" || long(*q) {
			bad = append(bad, errs.Field{Path: "label." + q.ID, Key: "survey.label_wrong", Args: []any{MaxLabel}})
		}
	}
	if in.Own.Fr, in.Own.En = one(in.Own.Fr), one(in.Own.En); long(in.Own) {
		bad = append(bad, errs.Field{Path: "own", Key: "survey.label_wrong", Args: []any{MaxLabel}})
	}
	return bad
}

// rewrite gives the questions as the sheet has them; a step without a question goes.
func rewrite(v Survey, in Sheet) *form.Form {
	f := &form.Form{Version: v.Form.Version}
	for _, st := range v.Form.Steps {
		var kept []form.Field
		for _, q := range st.Fields {
			if i := slices.IndexFunc(in.Questions, func(one Question) bool { return one.ID == q.ID }); i >= 0 {
				if !in.Questions[i].Asked && !v.Fixed(q.ID) {
					continue
				}
				q.Label = form.Localised{"fr": in.Questions[i].Fr}
				if in.Questions[i].En != "" {
					q.Label["en"] = in.Questions[i].En
				}
			}
			kept = append(kept, q)
		}
		if st.Fields = kept; len(kept) > 0 {
			f.Steps = append(f.Steps, st)
		}
	}
	if in.Own.Fr != "" && len(f.Steps) > 0 {
		q := form.Field{Type: "longtext", Label: form.Localised{"fr": in.Own.Fr}, Settings: form.Settings{MaxChars: 2000}}
		if in.Own.En != "" {
			q.Label["en"] = in.Own.En
		}
		for n := 1; q.ID == "" || v.Form.Field(q.ID) != nil; n++ {
			q.ID = "own" + strconv.Itoa(n)
		}
		last := &f.Steps[len(f.Steps)-1]
		last.Fields = append(last.Fields, q)
	}
	return f
}

// change does something to a survey, in a transaction.
func (s *Service) change(ctx context.Context, by account.User, id programme.EditionID, survey ID, do func(*db.Tx, Survey) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, v, err := s.find(ctx, tx, by, id, survey)
		if err != nil {
			return err
		}
		return do(tx, v)
	})
}

// moves are the statuses that the programme's team may bring a survey to, and from which.
var moves = map[Status][]Status{Opened: {Draft}, Draft: {Opened}, Closed: {Sent}}

// Move opens a survey, which then leaves on its day; takes an opened one back; or closes
// one before its time. Errors: Conflict survey.meanwhile; NotFound; as the policy, on
// survey.manage.
func (s *Service) Move(ctx context.Context, by account.User, id programme.EditionID, survey ID, to Status) error {
	return s.change(ctx, by, id, survey, func(tx *db.Tx, v Survey) error {
		if !slices.Contains(moves[to], v.Status) {
			return errs.New(errs.Conflict, "survey.meanwhile")
		}
		n, err := tx.Exec(ctx, `update surveys set status = $3, version = version + 1 where id = $1 and status = $2`, string(survey), string(v.Status), string(to))
		if err != nil {
			return fmt.Errorf("move survey %s: %w", survey, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "survey.meanwhile")
		}
		if to == Closed {
			if err := shut(ctx, tx, survey); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, by, "survey."+map[Status]string{Opened: "opened", Draft: "taken_back", Closed: "closed"}[to], v)
	})
}
