package right

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
	"transformateur/internal/policy"
	"transformateur/internal/programme"
	"transformateur/internal/project"
	"transformateur/internal/support/ledger"
	"transformateur/internal/support/pool"
)

// State is where a request stands.
type State string

// The states. Missed is one whose meeting did not take place.
const (
	Open      State = "open"
	Chosen    State = "chosen"
	Booked    State = "booked"
	Done      State = "done"
	Confirmed State = "confirmed"
	Cancelled State = "cancelled"
	Missed    State = "missed"
)

// MaxPurpose bounds what a team writes of a request, in characters; MaxSent how many experts
// one request goes to.
const (
	MaxPurpose = 3000
	MaxSent    = 10
)

// Urgencies lists how soon help may be needed.
var Urgencies = []string{"calm", "soon", "urgent"}

// Request is what a project asks experts.
type Request struct {
	ID      RequestID
	Project project.ID
	Asked
	State        State
	Expert       pool.ID // who was chosen, "" for nobody
	BookedFor    time.Time
	TeamMinutes  *int64 // what each side said it took, nil until then
	HerMinutes   *int64
	Consumed     int64
	MissedSide   string // "team" or "expert", of one that was missed
	Reason       string // why it was cancelled
	AskedAt      time.Time
	Version      int64
	ProjectTitle string
}

// Asked is what a team writes of a request.
type Asked struct {
	Fund     FundID
	Subject  string
	Purpose  string
	Minutes  int64
	Urgency  string
	Language string // "" for any
}

func (w *Asked) check() (bad []errs.Field) {
	w.Subject, w.Language, w.Purpose = oneLine(w.Subject), oneLine(w.Language), strings.TrimSpace(text.Clean(w.Purpose))
	fault := func(wrong bool, path, key string, args ...any) {
		if wrong {
			bad = append(bad, errs.Field{Path: path, Key: key, Args: args})
		}
	}
	fault(w.Subject == "", "subject", "right.subject_missing")
	fault(utf8.RuneCountInString(w.Subject) > MaxLine, "subject", "right.line_long", MaxLine)
	fault(w.Purpose == "", "purpose", "right.purpose_missing")
	fault(utf8.RuneCountInString(w.Purpose) > MaxPurpose, "purpose", "right.text_long", MaxPurpose)
	fault(utf8.RuneCountInString(w.Language) > MaxLine, "language", "right.line_long", MaxLine)
	fault(!slices.Contains(Urgencies, w.Urgency), "urgency", "right.urgency_missing")
	return append(bad, span(w.Minutes)...)
}

const requestColumns = `q.id, q.project_id, q.fund_id, q.subject, q.purpose, q.minutes, q.urgency, q.language, q.status, coalesce(q.expert_id, ''), q.booked_for, q.team_minutes, q.expert_minutes, q.consumed, q.missed_side, q.reason, q.asked_at, q.version, p.title`

const requestTables = `right_requests q join projects p on p.id = q.project_id`

func scanRequest(sc db.Scanner) (q Request, err error) {
	err = sc.Scan(&q.ID, &q.Project, &q.Fund, &q.Subject, &q.Purpose, &q.Minutes, &q.Urgency, &q.Language, &q.State, &q.Expert, &q.BookedFor, &q.TeamMinutes, &q.HerMinutes, &q.Consumed, &q.MissedSide, &q.Reason, &q.AskedAt, &q.Version, &q.ProjectTitle)
	return q, err
}

// LoadRequest reads a request without asking who wants to know. Error: NotFound.
func LoadRequest(ctx context.Context, r db.Reader, id RequestID) (Request, error) {
	q, err := db.Get(ctx, r, scanRequest, `select `+requestColumns+` from `+requestTables+` where q.id = $1`, string(id))
	if err != nil {
		return q, fmt.Errorf("load request %s: %w", id, err)
	}
	return q, nil
}

func (q Request) way() ledger.Way {
	return ledger.Way{Fund: string(q.Fund), Project: string(q.Project)}
}

// about finds a request of a project on which by may do action.
func (s *Service) about(ctx context.Context, r db.Reader, by account.User, action policy.Action, of project.ID, id RequestID) (p project.Project, q Request, err error) {
	if p, err = s.on(ctx, r, by, action, of); err != nil {
		return p, q, err
	}
	if q, err = LoadRequest(ctx, r, id); err == nil && q.Project != of {
		err = notFound()
	}
	return p, q, err
}

// Ask writes a request of a project; nobody has it until it is sent. Errors: Invalid; as the
// policy, on right.ask.
func (s *Service) Ask(ctx context.Context, by account.User, of project.ID, w Asked) (id RequestID, err error) {
	bad := w.check()
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		p, err := s.on(ctx, tx, by, "right.ask", of)
		if err != nil {
			return err
		}
		f, err := db.Get(ctx, tx, scanFund, `select `+fundColumns+` from right_funds f join right_shares h on h.fund_id = f.id where f.id = $1 and h.project_id = $2`, string(w.Fund), string(of))
		switch {
		case errs.Is(err, errs.NotFound):
			bad = append(bad, errs.Field{Path: "fund", Key: "right.fund_missing"})
		case err != nil:
			return err
		case len(f.Subjects) > 0 && !slices.ContainsFunc(f.Subjects, func(one string) bool { return text.Fold(one) == text.Fold(w.Subject) }):
			bad = append(bad, errs.Field{Path: "subject", Key: "right.subject_other", Args: []any{strings.Join(f.Subjects, ", ")}})
		}
		if err := errs.NewInvalid("right.invalid", bad); err != nil {
			return err
		}
		id = RequestID(db.NewID())
		if _, err := tx.Exec(ctx, `insert into right_requests (id, project_id, fund_id, subject, purpose, minutes, urgency, language, status, consumed, missed_side, reason, asked_by, asked_at, ended_by, version)
			values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', 0, '', '', $9, $10, '', 1)`, string(id), string(of), string(w.Fund), w.Subject, w.Purpose, w.Minutes, w.Urgency, w.Language, by.Actor(), s.clock.Now()); err != nil {
			return fmt.Errorf("write a request: %w", err)
		}
		return s.note(ctx, tx, by, "right.asked", p.Object().Ref, map[string]any{"request": string(id)})
	})
	return id, err
}

// need is what a request looks for among experts.
func (s *Service) need(e programme.Edition, p project.Project, q Request) pool.Need {
	return pool.Need{Project: p, Subject: q.Subject, Language: q.Language, Place: e.Place, Minutes: q.Minutes, Day: s.today(e)}
}

// busy sums what experts have promised or given within their capacity's days.
func busy(ctx context.Context, r db.Reader) (map[pool.ID]int64, error) {
	type line struct {
		id      pool.ID
		minutes int64
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (l line, err error) { return l, sc.Scan(&l.id, &l.minutes) },
		`select expert_id, sum(case when status in ('chosen', 'booked') then minutes else consumed end) from right_requests where expert_id is not null group by expert_id`)
	if err != nil {
		return nil, fmt.Errorf("sum what experts promised: %w", err)
	}
	sums := map[pool.ID]int64{}
	for _, l := range list {
		sums[l.id] = l.minutes
	}
	return sums, nil
}

// Send asks experts, each on her own. One whom something ties to the project, or whose
// approval was withdrawn, is not asked. Errors: Invalid on "experts"; Conflict
// "right.not_open"; as the policy, on right.ask.
func (s *Service) Send(ctx context.Context, by account.User, of project.ID, id RequestID, experts []pool.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		p, q, err := s.about(ctx, tx, by, "right.ask", of, id)
		if err != nil {
			return err
		}
		if q.State != Open {
			return errs.New(errs.Conflict, "right.not_open")
		}
		if len(experts) == 0 || len(experts) > MaxSent {
			return errs.NewInvalid("right.invalid", []errs.Field{{Path: "experts", Key: "right.experts_count", Args: []any{MaxSent}}})
		}
		for _, one := range experts {
			free, err := s.pool.Free(ctx, tx, one, p)
			if err != nil && !errs.Is(err, errs.NotFound) {
				return err
			}
			if !free {
				return errs.NewInvalid("right.invalid", []errs.Field{{Path: "experts", Key: "right.expert_gone"}})
			}
			ask := db.NewID()
			n, err := tx.Exec(ctx, `insert into right_asks (id, request_id, expert_id, answer, words, sent_at) values ($1, $2, $3, '', '', $4) on conflict do nothing`, ask, string(id), string(one), s.clock.Now())
			if err != nil {
				return fmt.Errorf("send request %s: %w", id, err)
			}
			if n == 0 {
				continue // she has it already
			}
			if err := s.bus.Publish(ctx, tx, ToldAsked, ask, nil); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, by, "right.sent", p.Object().Ref, map[string]any{"request": string(id), "experts": len(experts)})
	})
}

// Choose takes an expert who said yes, and reserves the time. Errors: Conflict
// "right.not_open" when another was chosen meanwhile, "right.short" with what is left,
// "right.over" when the right has ended; Invalid on "expert"; as the policy, on right.ask.
func (s *Service) Choose(ctx context.Context, by account.User, of project.ID, id RequestID, expert pool.ID) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := s.choose(ctx, tx, by, of, id, expert); err != nil {
			return err
		}
		return s.bus.Publish(ctx, tx, ToldChosen, string(id), nil)
	})
}

// choose is Choose in the transaction of the act that chooses, which tells the expert.
func (s *Service) choose(ctx context.Context, tx *db.Tx, by account.User, of project.ID, id RequestID, expert pool.ID) error {
	p, q, err := s.about(ctx, tx, by, "right.ask", of, id)
	if err != nil {
		return err
	}
	e, err := programme.FindEdition(ctx, tx, p.Edition)
	if err != nil {
		return err
	}
	if err := s.usable(ctx, tx, e, q); err != nil {
		return err
	}
	if free, err := s.pool.Free(ctx, tx, expert, p); err != nil || !free {
		return errs.NewInvalid("right.invalid", []errs.Field{{Path: "expert", Key: "right.expert_gone"}})
	}
	n, err := tx.Exec(ctx, `update right_requests set status = 'chosen', expert_id = $2, version = version + 1
		where id = $1 and status = 'open' and exists (select 1 from right_asks a where a.request_id = $1 and a.expert_id = $2 and a.answer = 'yes')`, string(id), string(expert))
	if err != nil {
		return fmt.Errorf("choose for request %s: %w", id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "right.not_open")
	}
	if err := s.post(ctx, tx, by, move{act: ledger.Reserve, way: q.way(), minutes: q.Minutes, request: id}); err != nil {
		return err
	}
	return s.note(ctx, tx, by, "right.chosen", p.Object().Ref, map[string]any{"request": string(id), "expert": string(expert)})
}

// usable says whether a project may use a fund today.
func (s *Service) usable(ctx context.Context, r db.Reader, e programme.Edition, q Request) error {
	day := s.today(e)
	open, err := db.Get(ctx, r, db.Value[int], `select count(*) from right_shares h join right_funds f on f.id = h.fund_id where h.fund_id = $1 and h.project_id = $2 and f.first_day <= $3 and h.last_day >= $3`, string(q.Fund), string(q.Project), day)
	if err == nil && open == 0 {
		err = errs.New(errs.Conflict, "right.over")
	}
	return err
}
