// Package question is what those who listen ask during an activity, which of it others would like to hear answered, and the documents that are shown there.
package question

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/policy"
)

// State is what became of a question.
type State string

// The states. What is hidden is shown to its author and to who leads the activity.
const (
	Asked     State = "asked"
	Answering State = "answering"
	Answered  State = "answered"
	Hidden    State = "hidden"
)

// States are all of them.
var States = []State{Asked, Answering, Answered, Hidden}

// Kinds are the activities in which people ask.
var Kinds = []order.Kind{order.Plenary, order.Input, order.RoundTable}

// The bounds: characters of a question and of the title of a document, questions of one
// person within a burst and in one activity, documents of an activity.
const (
	MaxText  = 280
	MaxTitle = 120
	MaxURL   = 500
	MaxBurst = 3
	MaxAsked = 30
	MaxLinks = 20
)

// burst is how long MaxBurst questions are counted together.
const burst = 2 * time.Minute

// At is an activity of a gathering.
type At struct {
	Gathering gathering.ID
	Activity  string
}

// Service keeps questions and documents.
type Service struct{ floor *floor.Floor }

// New makes the service.
func New(f *floor.Floor) *Service { return &Service{floor: f} }

// Question is one as somebody sees it: its author is named when she signed it, and to
// nobody at all when she did not.
type Question struct {
	ID      string
	Body    string
	Author  string // "" for one that is not signed
	State   State
	Votes   int
	Voted   bool // by the reader
	Mine    bool
	AskedAt time.Time
}

// Link is a document of an activity, by its address.
type Link struct{ ID, Title, URL string }

// View is the questions of an activity as somebody sees them.
type View struct {
	gathering.Gathering
	Activity  order.Activity
	Beats     int64
	Leads     bool // she marks questions now
	Asks      bool // she may ask and vote now
	Questions []Question
	Links     []Link
}

// enter finds an activity in which people ask. Error: NotFound.
func (s *Service) enter(ctx context.Context, r db.Reader, by account.User, at At, actions ...policy.Action) (p floor.Speaker, a order.Activity, err error) {
	if p, err = s.floor.Enter(ctx, r, by, at.Gathering, actions...); err != nil {
		return p, a, err
	}
	if a, _, err = s.floor.Activity(ctx, r, p, at.Activity); err == nil && !slices.Contains(Kinds, a.Kind) {
		err = floor.NotFound()
	}
	return p, a, err
}

// Read gives the questions of an activity: that which is being answered first, then those
// that most people would like to hear answered. Errors: NotFound; as the policy, on
// gathering.people: authors are named.
func (s *Service) Read(ctx context.Context, by account.User, at At) (v View, err error) {
	r := s.floor.DB.Reader()
	if v.Beats, err = pulse.Beats(ctx, r, at.Gathering); err != nil {
		return v, err
	}
	p, a, err := s.enter(ctx, r, by, at, "gathering.people", "question.ask", "stage.run")
	if err != nil {
		return v, err
	}
	v.Gathering, v.Activity = p.Gathering, a
	v.Leads, v.Asks = p.Leads(a) && p.May("stage.run"), p.Seated() && p.May("question.ask")
	list, err := db.List(ctx, r, func(sc db.Scanner) (q Question, err error) {
		return q, sc.Scan(&q.ID, &q.Body, &q.Author, &q.State, &q.Votes, &q.Voted, &q.Mine, &q.AskedAt)
	}, `select q.id, q.body, case when q.signed then s.name else '' end, q.state, (select count(*) from live_question_votes v where v.question_id = q.id),
		exists (select 1 from live_question_votes v where v.question_id = q.id and v.participant_id = $3), q.participant_id = $3, q.asked_at
		from live_questions q join participants s on s.id = q.participant_id where q.gathering_id = $1 and q.activity_id = $2
		order by case q.state when 'answering' then 0 when 'asked' then 1 when 'answered' then 2 else 3 end, 5 desc, q.asked_at, q.id`, string(at.Gathering), at.Activity, p.Seat.ID)
	if err != nil {
		return v, fmt.Errorf("list the questions of %s: %w", at.Activity, err)
	}
	for _, q := range list {
		if q.State != Hidden || v.Leads || q.Mine {
			v.Questions = append(v.Questions, q)
		}
	}
	v.Links, err = links(ctx, r, at)
	return v, err
}

func links(ctx context.Context, r db.Reader, at At) ([]Link, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (l Link, err error) { return l, sc.Scan(&l.ID, &l.Title, &l.URL) },
		`select id, title, url from activity_links where gathering_id = $1 and activity_id = $2 order by added_at, id`, string(at.Gathering), at.Activity)
	if err != nil {
		return nil, fmt.Errorf("list the documents of %s: %w", at.Activity, err)
	}
	return list, nil
}

// speak does something of who has a seat.
func (s *Service) speak(ctx context.Context, by account.User, at At, act func(*db.Tx, floor.Speaker) error) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, _, err := s.enter(ctx, tx, by, at, "question.ask")
		if err != nil {
			return err
		}
		if !p.Seated() {
			return floor.NotFound()
		}
		return act(tx, p)
	})
}

// lead does something of who leads an activity.
func (s *Service) lead(ctx context.Context, by account.User, at At, act func(*db.Tx, floor.Speaker) error) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, a, err := s.enter(ctx, tx, by, at, "stage.run")
		if err != nil {
			return err
		}
		if !p.Leads(a) {
			return errs.New(errs.Forbidden, "question.not_hers")
		}
		return act(tx, p)
	})
}

// Put asks a question, in the name of by when it is signed. Errors: Invalid on "body";
// TooMany question.fast; Conflict question.many; NotFound; as the policy, on question.ask.
func (s *Service) Put(ctx context.Context, by account.User, at At, body string, signed bool) error {
	return s.speak(ctx, by, at, func(tx *db.Tx, p floor.Speaker) error {
		var bad []errs.Field
		switch body = floor.Line(body); {
		case body == "":
			bad = append(bad, errs.Field{Path: "body", Key: "question.missing"})
		case floor.Long(body, MaxText):
			bad = append(bad, errs.Field{Path: "body", Key: "question.long", Args: []any{MaxText}})
		}
		if err := errs.NewInvalid("question.invalid", bad); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "questions:"+p.Seat.ID); err != nil {
			return err
		}
		now := s.floor.Clock.Now()
		var lately, all int
		if err := tx.QueryRow(ctx, `select count(case when asked_at > $2 then 1 end), count(case when activity_id = $3 then 1 end) from live_questions where participant_id = $1`, p.Seat.ID, now.Add(-burst), at.Activity).Scan(&lately, &all); err != nil {
			return fmt.Errorf("count what %s asked: %w", p.Seat.ID, err)
		}
		if lately >= MaxBurst {
			return errs.New(errs.TooMany, "question.fast")
		}
		if all >= MaxAsked {
			return errs.New(errs.Conflict, "question.many", MaxAsked)
		}
		_, err := tx.Exec(ctx, `insert into live_questions (id, gathering_id, activity_id, participant_id, body, signed, state, asked_at, marked_by) values ($1, $2, $3, $4, $5, $6, 'asked', $7, '')`,
			db.NewID(), string(at.Gathering), at.Activity, p.Seat.ID, body, signed, now)
		if err != nil {
			return fmt.Errorf("ask during %s: %w", at.Activity, err)
		}
		return s.floor.Note(ctx, tx, p, "question.asked", map[string]any{"activity": at.Activity}) // not which one: it may be unsigned
	})
}

// Vote says that somebody would like to hear a question answered, or takes that back;
// once for each question, and never for hers. Errors: NotFound; Conflict question.own,
// question.closed once it is answered; as the policy, on question.ask.
func (s *Service) Vote(ctx context.Context, by account.User, at At, question string, wants bool) error {
	return s.speak(ctx, by, at, func(tx *db.Tx, p floor.Speaker) error {
		var author string
		var state State
		err := tx.QueryRow(ctx, `select participant_id, state from live_questions where id = $1 and gathering_id = $2 and activity_id = $3`, question, string(at.Gathering), at.Activity).Scan(&author, &state)
		switch {
		case err != nil:
			return fmt.Errorf("find question %s: %w", question, err)
		case author == p.Seat.ID:
			return errs.New(errs.Conflict, "question.own")
		case state == Hidden:
			return floor.NotFound()
		case state == Answered:
			return errs.New(errs.Conflict, "question.closed")
		}
		act, statement, args := "question.voted", `insert into live_question_votes (question_id, participant_id, voted_at) values ($1, $2, $3) on conflict (question_id, participant_id) do nothing`, []any{question, p.Seat.ID, s.floor.Clock.Now()}
		if !wants {
			act, statement, args = "question.unvoted", `delete from live_question_votes where question_id = $1 and participant_id = $2`, args[:2]
		}
		n, err := tx.Exec(ctx, statement, args...)
		if err != nil {
			return fmt.Errorf("vote for question %s: %w", question, err)
		}
		if n == 0 {
			return nil // it was so already
		}
		return s.floor.Note(ctx, tx, p, act, map[string]any{"question": question})
	})
}

// Mark says what becomes of a question; one at most is being answered, and the one that
// was is then answered. Errors: Invalid on "state"; Forbidden; NotFound; as the policy, on
// stage.run.
func (s *Service) Mark(ctx context.Context, by account.User, at At, question string, to State) error {
	return s.lead(ctx, by, at, func(tx *db.Tx, p floor.Speaker) error {
		if !slices.Contains(States, to) {
			return errs.NewInvalid("question.invalid", []errs.Field{{Path: "state", Key: "question.state_wrong"}})
		}
		now := s.floor.Clock.Now()
		if to == Answering {
			if _, err := tx.Exec(ctx, `update live_questions set state = 'answered', marked_by = $3, marked_at = $4 where gathering_id = $1 and activity_id = $2 and state = 'answering' and id <> $5`,
				string(at.Gathering), at.Activity, by.Actor(), now, question); err != nil {
				return fmt.Errorf("end the answer to another question of %s: %w", at.Activity, err)
			}
		}
		n, err := tx.Exec(ctx, `update live_questions set state = $4, marked_by = $5, marked_at = $6 where id = $1 and gathering_id = $2 and activity_id = $3`, question, string(at.Gathering), at.Activity, string(to), by.Actor(), now)
		if err != nil {
			return fmt.Errorf("mark question %s: %w", question, err)
		}
		if n == 0 {
			return floor.NotFound()
		}
		return s.floor.Note(ctx, tx, p, "question.marked", map[string]any{"question": question, "state": string(to)})
	})
}

// AddLink shows a document of an activity to all. Errors: Invalid on "title", "url";
// Conflict question.links_full; as Mark.
func (s *Service) AddLink(ctx context.Context, by account.User, at At, l Link) error {
	return s.lead(ctx, by, at, func(tx *db.Tx, p floor.Speaker) error {
		var bad []errs.Field
		if l.Title = floor.Line(l.Title); l.Title == "" || floor.Long(l.Title, MaxTitle) {
			bad = append(bad, errs.Field{Path: "title", Key: "question.link_title", Args: []any{MaxTitle}})
		}
		l.URL = floor.Line(l.URL)
		if u, err := url.Parse(l.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(l.URL) > MaxURL {
			bad = append(bad, errs.Field{Path: "url", Key: "question.link_url"})
		}
		if err := errs.NewInvalid("question.invalid", bad); err != nil {
			return err
		}
		kept, err := links(ctx, tx, at)
		if err != nil {
			return err
		}
		if len(kept) >= MaxLinks {
			return errs.New(errs.Conflict, "question.links_full", MaxLinks)
		}
		_, err = tx.Exec(ctx, `insert into activity_links (id, gathering_id, activity_id, title, url, added_by, added_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			db.NewID(), string(at.Gathering), at.Activity, l.Title, l.URL, by.Actor(), s.floor.Clock.Now())
		if err != nil {
			return fmt.Errorf("show a document of %s: %w", at.Activity, err)
		}
		return s.floor.Note(ctx, tx, p, "activity_link.added", map[string]any{"activity": at.Activity})
	})
}

// RemoveLink shows a document no more. Errors: NotFound; as Mark.
func (s *Service) RemoveLink(ctx context.Context, by account.User, at At, link string) error {
	return s.lead(ctx, by, at, func(tx *db.Tx, p floor.Speaker) error {
		n, err := tx.Exec(ctx, `delete from activity_links where id = $1 and gathering_id = $2 and activity_id = $3`, link, string(at.Gathering), at.Activity)
		if err != nil {
			return fmt.Errorf("remove document %s: %w", link, err)
		}
		if n == 0 {
			return floor.NotFound()
		}
		return s.floor.Note(ctx, tx, p, "activity_link.removed", map[string]any{"activity": at.Activity})
	})
}

// Listed is an activity of the day on which this package or that of pitches has a page.
type Listed struct {
	order.Activity
	Waiting int // questions that wait for an answer
}

// Stage is the activities in which people pitch or ask.
type Stage struct {
	gathering.Gathering
	Beats   int64
	Hidden  bool // nothing is shown before the gathering opens, but to who runs it
	Manages bool
	List    []Listed
}

// Stage lists the activities of a gathering in which people pitch or ask, the first one
// first. Errors: NotFound; as the policy, on gathering.read.
func (s *Service) Stage(ctx context.Context, by account.User, id gathering.ID) (v Stage, err error) {
	r := s.floor.DB.Reader()
	if v.Beats, err = pulse.Beats(ctx, r, id); err != nil {
		return v, err
	}
	p, err := s.floor.Enter(ctx, r, by, id, "gathering.read", "gathering.people")
	if err != nil {
		return v, err
	}
	v.Gathering, v.Manages, v.Hidden = p.Gathering, p.Manages, !p.May("gathering.people")
	if v.Hidden {
		return v, nil
	}
	all, err := s.floor.Programme(ctx, r, p)
	if err != nil {
		return v, err
	}
	waiting := map[string]int{}
	_, err = db.List(ctx, r, func(sc db.Scanner) (bool, error) {
		var activity string
		var n int
		err := sc.Scan(&activity, &n)
		waiting[activity] = n
		return true, err
	}, `select activity_id, count(*) from live_questions where gathering_id = $1 and state = 'asked' group by activity_id`, string(id))
	if err != nil {
		return v, fmt.Errorf("count the questions of gathering %s: %w", id, err)
	}
	for _, a := range all.Order.Activities {
		if a.Kind == order.Pitch || slices.Contains(Kinds, a.Kind) {
			v.List = append(v.List, Listed{a, waiting[a.ID]})
		}
	}
	return v, nil
}
