package right

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/support/pool"
)

// Answers lists what an expert may answer: yes, no, not for me, ask somebody else.
var Answers = []string{"yes", "no", "not_me", "other"}

// Received is a request as an expert has it: what the team wrote to her and the title of the
// project, nothing of whoever else was asked.
type Received struct {
	Ask        string
	Request    RequestID
	Project    string // its title
	Zone       string
	Subject    string
	Purpose    string
	Minutes    int64
	Urgency    string
	Language   string
	SentAt     time.Time
	Answer     string
	Words      string
	Open       bool // an answer is of use still
	Mine       bool // she was chosen
	State      State
	BookedFor  time.Time
	HerMinutes *int64
	Theirs     *int64 // what the team said, once she has said hers
	Consumed   int64
	Meets      string // the project whose team she meets, once she was chosen; "" else
	expert     pool.ID
	programme  string
}

const receivedQuery = `select a.id, q.id, p.title, e.zone, q.subject, q.purpose, q.minutes, q.urgency, q.language, a.sent_at, a.answer, a.words, q.status, coalesce(q.expert_id, '') = a.expert_id,
	q.booked_for, q.expert_minutes, q.team_minutes, q.consumed, a.expert_id, x.programme_id, p.id
	from right_asks a join right_requests q on q.id = a.request_id join projects p on p.id = q.project_id join editions e on e.id = p.edition_id join experts x on x.id = a.expert_id where x.person_id = $1`

func scanReceived(sc db.Scanner) (v Received, err error) {
	err = sc.Scan(&v.Ask, &v.Request, &v.Project, &v.Zone, &v.Subject, &v.Purpose, &v.Minutes, &v.Urgency, &v.Language, &v.SentAt, &v.Answer, &v.Words, &v.State, &v.Mine,
		&v.BookedFor, &v.HerMinutes, &v.Theirs, &v.Consumed, &v.expert, &v.programme, &v.Meets)
	v.Open = !v.Mine && v.State != Cancelled && v.State != Confirmed && v.State != Missed
	if !v.Mine || v.State != Chosen && v.State != Booked && v.State != Done {
		v.Meets = ""
	}
	if !v.Mine {
		v.State, v.BookedFor, v.HerMinutes, v.Theirs, v.Consumed = "", time.Time{}, nil, nil, 0
	}
	if v.HerMinutes == nil {
		v.Theirs = nil
	}
	return v, err
}

// Mine lists the requests sent to by, the latest first.
func (s *Service) Mine(ctx context.Context, by account.User) ([]Received, error) {
	list, err := db.List(ctx, s.db.Reader(), scanReceived, receivedQuery+` order by a.sent_at desc, a.id`, string(by.ID))
	if err != nil {
		return nil, fmt.Errorf("list the requests to %s: %w", by.ID, err)
	}
	return list, nil
}

// Received gives one request sent to by. Error: NotFound.
func (s *Service) Received(ctx context.Context, by account.User, ask string) (Received, error) {
	return received(ctx, s.db.Reader(), by, ask)
}

func received(ctx context.Context, r db.Reader, by account.User, ask string) (Received, error) {
	v, err := db.Get(ctx, r, scanReceived, receivedQuery+` and a.id = $2`, string(by.ID), ask)
	if err != nil {
		return v, fmt.Errorf("find request %s: %w", ask, err)
	}
	return v, nil
}

// Answer notes what by answers to a request; she may change her mind until she is chosen.
// Errors: Invalid; Conflict "right.moved_on" when an answer is of no use; Forbidden once her
// approval was withdrawn; NotFound.
func (s *Service) Answer(ctx context.Context, by account.User, ask, answer, words string) error {
	words = strings.TrimSpace(text.Clean(words))
	return s.db.Write(ctx, func(tx *db.Tx) error {
		v, err := received(ctx, tx, by, ask)
		if err != nil {
			return err
		}
		if _, err := s.policy.Require(ctx, tx, by, "expert.answer", policy.Object{Ref: policy.Ref{Kind: "programme", ID: v.programme}}); err != nil {
			return errs.New(errs.Forbidden, "right.not_expert").Because(err)
		}
		if err := errs.NewInvalid("right.invalid", wrongAnswer(answer, words)); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update right_asks set answer = $2, words = $3, answered_at = $4 where id = $1
			and exists (select 1 from right_requests q where q.id = right_asks.request_id and q.status not in ('cancelled', 'confirmed', 'missed') and (q.expert_id is null or q.expert_id <> right_asks.expert_id))`, ask, answer, words, s.clock.Now())
		if err != nil {
			return fmt.Errorf("answer request %s: %w", ask, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "right.moved_on")
		}
		return s.tellAnswer(ctx, tx, v.Request, v.expert)
	})
}

func wrongAnswer(answer, words string) (bad []errs.Field) {
	known := false
	for _, one := range Answers {
		known = known || one == answer
	}
	if !known {
		bad = append(bad, errs.Field{Path: "answer", Key: "right.answer_missing"})
	}
	if answer == "other" && words == "" {
		bad = append(bad, errs.Field{Path: "words", Key: "right.other_missing"})
	}
	if utf8.RuneCountInString(words) > MaxReason {
		bad = append(bad, errs.Field{Path: "words", Key: "right.text_long", Args: []any{MaxReason}})
	}
	return bad
}

// tellAnswer has the team told that an expert answered.
func (s *Service) tellAnswer(ctx context.Context, tx *db.Tx, id RequestID, expert pool.ID) error {
	ask, err := db.Get(ctx, tx, db.Value[string], `select id from right_asks where request_id = $1 and expert_id = $2`, string(id), string(expert))
	if err != nil {
		return err
	}
	return s.bus.Publish(ctx, tx, ToldAnswered, ask, map[string]string{"nonce": db.NewID()})
}

// SayHers notes how long it took, as the expert who was chosen says it. Errors: Invalid on
// "minutes"; Conflict "right.moved_on"; NotFound.
func (s *Service) SayHers(ctx context.Context, by account.User, ask string, minutes int64) error {
	return s.hers(ctx, by, ask, func(tx *db.Tx, q Request) error { return s.say(ctx, tx, by, q, ExpertSide, minutes) })
}

// EndHers is Mark for the expert who was chosen: she cannot come, or the team did not.
// Errors: as Mark; Invalid on "reason"; NotFound.
func (s *Service) EndHers(ctx context.Context, by account.User, ask string, e Event) error {
	bad := because(&e.Words)
	if e.State == Cancelled {
		e.Side = ExpertSide
	}
	return s.hers(ctx, by, ask, func(tx *db.Tx, q Request) error {
		if err := errs.NewInvalid("right.invalid", bad); err != nil {
			return err
		}
		if err := s.Mark(ctx, tx, by, q.ID, e); err != nil {
			return err
		}
		return s.part(ctx, tx, by, q.ID, e.Words)
	})
}

// hers does something on a request for which by was chosen, though her approval be
// withdrawn: what she was doing stays.
func (s *Service) hers(ctx context.Context, by account.User, ask string, do func(*db.Tx, Request) error) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		v, err := received(ctx, tx, by, ask)
		if err != nil {
			return err
		}
		if !v.Mine || v.State != Chosen && v.State != Booked && v.State != Done {
			v.Meets = ""
		}
		if !v.Mine {
			return notFound()
		}
		q, err := LoadRequest(ctx, tx, v.Request)
		if err != nil {
			return err
		}
		return do(tx, q)
	})
}
