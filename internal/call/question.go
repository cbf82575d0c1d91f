package call

import (
	"context"
	"fmt"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// MaxQuestion and MaxReply bound what people write, in characters.
const (
	MaxQuestion = 2000
	MaxReply    = 10000
)

// Question is a question about a call, with its answer once there is one.
type Question struct {
	ID         string
	Call       ID
	AskedBy    account.PersonID
	Asker      string // her name, for the team only
	Text       string
	Public     bool // once answered, everybody reads it, without the name of who asked
	AskedAt    time.Time
	Answer     string // Markdown; "" while it waits
	AnsweredBy string
	AnsweredAt time.Time
	Version    int64
}

// Asked is the payload of the event "call.question_asked".
type Asked struct {
	Question string           `json:"question"`
	By       account.PersonID `json:"by"`
}

// Answered is the payload of the event "call.question_answered": whom to tell, and
// whether this is the first answer or a better one.
type Answered struct {
	Question string           `json:"question"`
	AskedBy  account.PersonID `json:"asked_by"`
	Public   bool             `json:"public"`
	Again    bool             `json:"again"`
}

const questionColumns = `q.id, q.call_id, q.asked_by, coalesce(p.name, ''), q.question, q.public, q.asked_at, q.answer, coalesce(a.name, ''), q.answered_at, q.version`

const questionTables = `questions q left join people p on p.id = q.asked_by left join people a on a.id = q.answered_by`

func scanQuestion(s db.Scanner) (q Question, err error) {
	err = s.Scan(&q.ID, &q.Call, &q.AskedBy, &q.Asker, &q.Text, &q.Public, &q.AskedAt, &q.Answer, &q.AnsweredBy, &q.AnsweredAt, &q.Version)
	return q, err
}

// Ask keeps a question for the team. A public one is shown with its answer, never before.
func (s *Service) Ask(ctx context.Context, by account.User, id ID, question string, public bool) (Question, error) {
	question = strings.TrimSpace(text.Clean(question))
	q := Question{ID: db.NewID(), Call: id, AskedBy: by.ID, Asker: by.Name, Text: question, Public: public, AskedAt: s.clock.Now(), Version: 1}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.ask", id)
		if err != nil {
			return err
		}
		if err := bounded("question", question, MaxQuestion, "call.question_empty"); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into questions (id, call_id, asked_by, question, public, asked_at, answer, answered_by, version)
			values ($1, $2, $3, $4, $5, $6, '', '', 1)`, q.ID, string(id), string(by.ID), question, public, q.AskedAt)
		if err != nil {
			return fmt.Errorf("keep a question on %s: %w", id, err)
		}
		if err := s.record(ctx, tx, by, "call.question_asked", c, map[string]any{"question": q.ID, "public": public}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "call.question_asked", string(id), Asked{q.ID, by.ID})
	})
	return q, err
}

func bounded(path, s string, most int, empty string) error {
	switch n := len([]rune(s)); {
	case n == 0:
		return errs.NewInvalid("call.invalid", []errs.Field{{Path: path, Key: empty}})
	case n > most:
		return errs.NewInvalid("call.invalid", []errs.Field{{Path: path, Key: "call.text_long", Args: []any{n, most}}})
	}
	return nil
}

// Questions lists the questions that by may read, the oldest first: the team all of
// them, anybody the public ones that have an answer and one's own.
func (s *Service) Questions(ctx context.Context, by account.User, id ID) ([]Question, error) {
	r := s.db.Reader()
	c, err := s.require(ctx, r, by, "call.read", id)
	if err != nil {
		return nil, err
	}
	team, err := s.policy.Decide(ctx, r, by, "call.answer", c.Object(s.clock.Now()))
	if err != nil {
		return nil, err
	}
	list, err := db.List(ctx, r, scanQuestion, `
		select `+questionColumns+` from `+questionTables+`
		where q.call_id = $1 and ($2 or q.public and q.answered_at is not null or q.asked_by = $3 and $3 <> '')
		order by q.asked_at, q.id`, string(id), team.Allowed, string(by.ID))
	if !team.Allowed {
		for i := range list {
			list[i].AnsweredBy = ""
			if list[i].AskedBy != by.ID {
				list[i].Asker, list[i].AskedBy = "", ""
			}
		}
	}
	return list, err
}

// Reply is an answer of the team: Public false keeps to its author a question that
// was asked in public, for instance because it holds a personal matter; a question
// asked in private stays private whatever Public says.
type Reply struct {
	Question string
	Text     string // Markdown
	Public   bool
	Base     int64 // the version of the question that the answer was written on
}

// Answer answers a question, or answers it better, if nobody else did since base.
func (s *Service) Answer(ctx context.Context, by account.User, id ID, a Reply) (Question, error) {
	a.Text = strings.TrimSpace(text.Clean(a.Text))
	var q Question
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := s.require(ctx, tx, by, "call.answer", id)
		if err != nil {
			return err
		}
		if err := bounded("answer", a.Text, MaxReply, "call.answer_empty"); err != nil {
			return err
		}
		if q, err = getQuestion(ctx, tx, id, a.Question); err != nil {
			return err
		}
		again := !q.AnsweredAt.IsZero()
		q.Answer, q.Public, q.AnsweredAt, q.AnsweredBy, q.Version = a.Text, q.Public && a.Public, s.clock.Now(), by.Name, a.Base+1
		n, err := tx.Exec(ctx, `
			update questions set answer = $3, public = $4, answered_by = $5, answered_at = $6, version = $7
			where id = $1 and version = $2`, q.ID, a.Base, q.Answer, q.Public, string(by.ID), q.AnsweredAt, q.Version)
		if err != nil {
			return fmt.Errorf("answer question %s: %w", q.ID, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "call.answered_meanwhile")
		}
		if err := s.record(ctx, tx, by, "call.question_answered", c, map[string]any{"question": q.ID, "public": q.Public, "version": q.Version}); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, "call.question_answered", string(id), Answered{q.ID, q.AskedBy, q.Public, again})
	})
	return q, err
}

func getQuestion(ctx context.Context, r db.Reader, id ID, question string) (Question, error) {
	return db.Get(ctx, r, scanQuestion, `select `+questionColumns+` from `+questionTables+` where q.id = $1 and q.call_id = $2`, question, string(id))
}
