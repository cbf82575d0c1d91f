// Package wish is who would like to meet whom at a gathering, who must, and who never may.
package wish

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/event"
)

// The events of meetings, whose object is the meeting: the other side is asked; who asked
// is answered.
const (
	ToldAsked    = "meeting.asked"
	ToldAccepted = "meeting.accepted"
	ToldDeclined = "meeting.declined"
)

// Side is who asked for a meeting.
type Side string

// The sides: the team of the project, the person whom it would meet, who runs the gathering.
const (
	Project Side = "project"
	Person  Side = "person"
	Runner  Side = "runner"
)

// State is where a meeting stands.
type State string

// The states of a meeting. Only what is accepted is planned.
const (
	Asked     State = "asked"
	Accepted  State = "accepted"
	Declined  State = "declined"
	Withdrawn State = "withdrawn"
)

// The weights of meetings for what makes plans, from 1 to 100: one that was asked and
// accepted, one that both sides asked for.
const (
	usual  = 50
	mutual = 80
)

// The bounds: characters of a note, meetings that one project or one person asks for at
// the same time, rules of a gathering.
const (
	MaxNote  = 300
	MaxAsked = 20
	MaxRules = 500
)

// Meets are the roles of those whom projects ask to meet.
var Meets = []gathering.Role{gathering.Coach, gathering.Peer, gathering.Expert, gathering.Guest}

// meeting is one as it is kept.
type meeting struct {
	id, project, participant string
	askedBy                  Side
	note                     string
	weight                   int
	state                    State
	madeBy                   string
	askedAt                  time.Time
	answeredAt               time.Time
	answeredBy               string
}

const columns = `m.id, m.project_id, m.participant_id, m.asked_by, m.note, m.weight, m.state, m.made_by, m.asked_at, m.answered_at, m.answered_by`

func scan(sc db.Scanner) (m meeting, err error) {
	var answered *time.Time
	err = sc.Scan(&m.id, &m.project, &m.participant, &m.askedBy, &m.note, &m.weight, &m.state, &m.madeBy, &m.askedAt, &answered, &m.answeredBy)
	if answered != nil {
		m.answeredAt = *answered
	}
	return m, err
}

// between finds what is kept of a project and somebody; nil for nothing.
func between(ctx context.Context, r db.Reader, id gathering.ID, project, participant string) (*meeting, error) {
	m, err := db.Get(ctx, r, scan, `select `+columns+` from meetings m where m.gathering_id = $1 and m.project_id = $2 and m.participant_id = $3`, string(id), project, participant)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find a meeting of gathering %s: %w", id, err)
	}
	return &m, nil
}

// Service keeps meetings and rules.
type Service struct {
	floor *floor.Floor
	bus   *event.Bus
}

// New makes the service.
func New(f *floor.Floor, bus *event.Bus) *Service { return &Service{f, bus} }

// note journals what became of a meeting, and has its other side told.
func (s *Service) note(ctx context.Context, tx *db.Tx, p floor.Speaker, told, meeting string) error {
	if err := s.bus.Publish(ctx, tx, told, meeting, nil); err != nil {
		return err
	}
	return s.floor.Note(ctx, tx, p, told, map[string]any{"meeting": meeting})
}

// side says on which side of a meeting somebody stands; "" for none.
func side(p floor.Speaker, project, participant string) Side {
	switch {
	case p.Of(project):
		return Project
	case p.Seated() && p.Seat.ID == participant && slices.Contains(Meets, p.Seat.Role):
		return Person
	}
	return ""
}

// Ask is a meeting that somebody would like: with a participant, for a team; with a
// project, for somebody else.
type Ask struct {
	Project     string
	Participant string
	Note        string
}

// Request asks for a meeting; when the other side asked for it already, both agree at
// once. The empty side of an ask is hers. Errors: Invalid on "with", "note"; Conflict
// meeting.asked_already, meeting.agreed_already, meeting.declined_already, meeting.many;
// NotFound for who can ask for none; as the policy, on meeting.ask.
func (s *Service) Request(ctx context.Context, by account.User, id gathering.ID, a Ask) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.floor.Enter(ctx, tx, by, id, "meeting.ask")
		if err != nil {
			return err
		}
		return s.request(ctx, tx, p, a)
	})
}

// RequestIn is Request, in the transaction of another act of p.
func (s *Service) RequestIn(ctx context.Context, tx *db.Tx, by account.User, id gathering.ID, a Ask) error {
	p, err := s.floor.Enter(ctx, tx, by, id, "meeting.ask")
	if err != nil {
		return err
	}
	return s.request(ctx, tx, p, a)
}

func (s *Service) request(ctx context.Context, tx *db.Tx, p floor.Speaker, a Ask) error {
	from := Side("")
	switch {
	case p.Seat.Role == gathering.Team && p.Seat.Project != "":
		from, a.Project = Project, string(p.Seat.Project)
	case slices.Contains(Meets, p.Seat.Role):
		from, a.Participant = Person, p.Seat.ID
	default:
		return floor.NotFound()
	}
	if err := tx.Lock(ctx, "meetings:"+string(p.ID)); err != nil {
		return err
	}
	with, err := s.known(ctx, tx, p, a, from)
	if err != nil {
		return err
	}
	var bad []errs.Field
	if !with {
		bad = append(bad, errs.Field{Path: "with", Key: "meeting.with_missing"})
	}
	if a.Note = floor.Line(a.Note); floor.Long(a.Note, MaxNote) {
		bad = append(bad, errs.Field{Path: "note", Key: "meeting.note_long", Args: []any{MaxNote}})
	}
	if err := errs.NewInvalid("meeting.invalid", bad); err != nil {
		return err
	}
	was, err := between(ctx, tx, p.ID, a.Project, a.Participant)
	if err != nil {
		return err
	}
	if err := s.few(ctx, tx, p, from); err != nil {
		return err
	}
	return s.asks(ctx, tx, p, from, a, was)
}

// few refuses one ask more than somebody may have waiting.
func (s *Service) few(ctx context.Context, tx *db.Tx, p floor.Speaker, from Side) error {
	column, who := "project_id", string(p.Seat.Project)
	if from == Person {
		column, who = "participant_id", p.Seat.ID
	}
	n, err := db.Get(ctx, tx, db.Value[int64], `select count(*) from meetings where gathering_id = $1 and `+column+` = $2 and asked_by = $3 and state = 'asked'`, string(p.ID), who, string(from))
	if err != nil {
		return fmt.Errorf("count what is asked in gathering %s: %w", p.ID, err)
	}
	if n >= MaxAsked {
		return errs.New(errs.Conflict, "meeting.many", MaxAsked)
	}
	return nil
}

// asks writes what an ask becomes after what was there: nothing, or one that was asked,
// accepted, declined or withdrawn.
func (s *Service) asks(ctx context.Context, tx *db.Tx, p floor.Speaker, from Side, a Ask, was *meeting) error {
	now, meeting := s.floor.Clock.Now(), db.NewID()
	switch {
	case was == nil:
		_, err := tx.Exec(ctx, `insert into meetings (id, gathering_id, project_id, participant_id, asked_by, note, weight, state, made_by, asked_at, answered_by) values ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, $9, '')`,
			meeting, string(p.ID), a.Project, a.Participant, string(from), a.Note, usual, p.By.Actor(), now)
		if err != nil {
			return fmt.Errorf("ask for a meeting in gathering %s: %w", p.ID, err)
		}
	case was.state == Accepted:
		return errs.New(errs.Conflict, "meeting.agreed_already")
	case was.state == Asked && was.askedBy == from:
		return errs.New(errs.Conflict, "meeting.asked_already")
	case was.state == Asked:
		_, err := tx.Exec(ctx, `update meetings set state = 'accepted', weight = $2, answered_at = $3, answered_by = $4 where id = $1`, was.id, mutual, now, p.By.Actor())
		if err != nil {
			return fmt.Errorf("agree on meeting %s: %w", was.id, err)
		}
		return s.note(ctx, tx, p, ToldAccepted, was.id)
	case was.state == Declined && was.askedBy == from:
		return errs.New(errs.Conflict, "meeting.declined_already")
	default:
		meeting = was.id
		_, err := tx.Exec(ctx, `update meetings set state = 'asked', asked_by = $2, note = $3, weight = $4, made_by = $5, asked_at = $6, answered_at = null, answered_by = '' where id = $1`,
			was.id, string(from), a.Note, usual, p.By.Actor(), now)
		if err != nil {
			return fmt.Errorf("ask for meeting %s again: %w", was.id, err)
		}
	}
	return s.note(ctx, tx, p, ToldAsked, meeting)
}

// known says whether the other side of an ask is there to be met: a project that has
// somebody in the gathering and is not hers, or somebody who comes to meet projects.
func (s *Service) known(ctx context.Context, r db.Reader, p floor.Speaker, a Ask, from Side) (bool, error) {
	if from == Project {
		list, err := s.people(ctx, r, p)
		return slices.ContainsFunc(list, func(one Someone) bool { return one.ID == a.Participant && one.Of != a.Project }), err
	}
	list, err := s.projects(ctx, r, p.ID)
	return slices.ContainsFunc(list, func(one Named) bool { return one.ID == a.Project }), err
}

// Answer says yes or no to a meeting that the other side asked for. Errors: NotFound;
// Conflict meeting.answered; as the policy, on meeting.ask.
func (s *Service) Answer(ctx context.Context, by account.User, id gathering.ID, which string, yes bool) error {
	return s.mine(ctx, by, id, which, func(tx *db.Tx, p floor.Speaker, m meeting, hers Side) error {
		if m.state != Asked {
			return errs.New(errs.Conflict, "meeting.answered")
		}
		if m.askedBy == hers {
			return floor.NotFound()
		}
		state := Declined
		if yes {
			state = Accepted
		}
		return s.turn(ctx, tx, p, m, state)
	})
}

// Withdraw takes back what she asked for, or gives up a meeting that was agreed on.
// Errors: NotFound; Conflict meeting.answered; as the policy, on meeting.ask.
func (s *Service) Withdraw(ctx context.Context, by account.User, id gathering.ID, which string) error {
	return s.mine(ctx, by, id, which, func(tx *db.Tx, p floor.Speaker, m meeting, hers Side) error {
		if m.state == Asked && m.askedBy != hers {
			return floor.NotFound()
		}
		if m.state != Asked && m.state != Accepted {
			return errs.New(errs.Conflict, "meeting.answered")
		}
		return s.turn(ctx, tx, p, m, Withdrawn)
	})
}

// mine does something on a meeting of which she is a side.
func (s *Service) mine(ctx context.Context, by account.User, id gathering.ID, which string, act func(*db.Tx, floor.Speaker, meeting, Side) error) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.floor.Enter(ctx, tx, by, id, "meeting.ask")
		if err != nil {
			return err
		}
		m, err := one(ctx, tx, id, which)
		if err != nil {
			return err
		}
		hers := side(p, m.project, m.participant)
		if hers == "" {
			return floor.NotFound()
		}
		return act(tx, p, m, hers)
	})
}

func one(ctx context.Context, r db.Reader, id gathering.ID, which string) (meeting, error) {
	m, err := db.Get(ctx, r, scan, `select `+columns+` from meetings m where m.gathering_id = $1 and m.id = $2`, string(id), which)
	if err != nil {
		return m, fmt.Errorf("find meeting %s: %w", which, err)
	}
	return m, nil
}

// turn changes the state of a meeting, unless somebody did meanwhile.
func (s *Service) turn(ctx context.Context, tx *db.Tx, p floor.Speaker, m meeting, to State) error {
	n, err := tx.Exec(ctx, `update meetings set state = $3, answered_at = $4, answered_by = $5 where id = $1 and state = $2`, m.id, string(m.state), string(to), s.floor.Clock.Now(), p.By.Actor())
	if err != nil {
		return fmt.Errorf("answer about meeting %s: %w", m.id, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "meeting.answered")
	}
	if to == Withdrawn {
		return s.floor.Note(ctx, tx, p, "meeting.withdrawn", map[string]any{"meeting": m.id})
	}
	return s.note(ctx, tx, p, "meeting."+string(to), m.id)
}

// Put writes a meeting that who runs the gathering wants, of a weight from 1 to 100: it
// needs nobody's answer. Errors: Invalid on "project", "participant", "weight"; as the
// policy, on gathering.manage.
func (s *Service) Put(ctx context.Context, by account.User, id gathering.ID, a Ask, weight int) error {
	return s.runs(ctx, by, id, func(tx *db.Tx, p floor.Speaker) error {
		var bad []errs.Field
		for _, of := range []struct {
			path string
			from Side
		}{{"project", Person}, {"participant", Project}} {
			there, err := s.known(ctx, tx, p, a, of.from)
			if err != nil {
				return err
			}
			if !there {
				bad = append(bad, errs.Field{Path: of.path, Key: "meeting." + of.path + "_missing"})
			}
		}
		if weight < 1 || weight > 100 {
			bad = append(bad, errs.Field{Path: "weight", Key: "meeting.weight_wrong"})
		}
		if err := errs.NewInvalid("meeting.invalid", bad); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into meetings (id, gathering_id, project_id, participant_id, asked_by, note, weight, state, made_by, asked_at, answered_by) values ($1, $2, $3, $4, 'runner', '', $5, 'accepted', $6, $7, '')
			on conflict (gathering_id, project_id, participant_id) do update set weight = excluded.weight, state = 'accepted', asked_by = 'runner', made_by = excluded.made_by, answered_by = ''`,
			db.NewID(), string(id), a.Project, a.Participant, weight, by.Actor(), s.floor.Clock.Now())
		if err != nil {
			return fmt.Errorf("write a meeting of gathering %s: %w", id, err)
		}
		return s.floor.Note(ctx, tx, p, "meeting.put", map[string]any{"project": a.Project, "participant": a.Participant})
	})
}

// Remove takes a meeting away, whoever asked for it. Errors: NotFound; as the policy, on
// gathering.manage.
func (s *Service) Remove(ctx context.Context, by account.User, id gathering.ID, which string) error {
	return s.runs(ctx, by, id, func(tx *db.Tx, p floor.Speaker) error {
		n, err := tx.Exec(ctx, `delete from meetings where id = $1 and gathering_id = $2`, which, string(id))
		if err != nil {
			return fmt.Errorf("remove meeting %s of gathering %s: %w", which, id, err)
		}
		if n == 0 {
			return floor.NotFound()
		}
		return s.floor.Note(ctx, tx, p, "meeting.removed", map[string]any{"meeting": which})
	})
}

// runs does something as who runs the gathering.
func (s *Service) runs(ctx context.Context, by account.User, id gathering.ID, act func(*db.Tx, floor.Speaker) error) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.floor.Enter(ctx, tx, by, id, "gathering.manage")
		if err != nil {
			return err
		}
		return act(tx, p)
	})
}
