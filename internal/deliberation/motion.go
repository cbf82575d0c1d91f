package deliberation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/platform/text"
)

// Outcome is what a motion asks for, and what a decision says.
type Outcome string

// The outcomes.
const (
	Retain  Outcome = "retain"
	Reserve Outcome = "reserve" // next, should a place become free
	Refuse  Outcome = "refuse"
	More    Outcome = "more"  // decided once the project has completed its file
	Merge   Outcome = "merge" // retained if it becomes one project with another
	Pair    Outcome = "pair"  // retained, and to be carried beside another
)

// Outcomes lists them in the order in which they are offered.
var Outcomes = []Outcome{Retain, Reserve, Refuse, More, Merge, Pair}

// ofTwo says whether an outcome names a second file.
func (o Outcome) ofTwo() bool { return o == Merge || o == Pair }

// Choice is a vote.
type Choice string

// The choices.
const (
	For     Choice = "for"
	Against Choice = "against"
	Abstain Choice = "abstain"
)

// Choices lists them in the order in which they are offered.
var Choices = []Choice{For, Against, Abstain}

// MotionStatus is where a motion stands.
type MotionStatus string

// The statuses of a motion.
const (
	Proposed  MotionStatus = "proposed"
	Voting    MotionStatus = "voting"
	Voted     MotionStatus = "voted"
	Withdrawn MotionStatus = "withdrawn"
)

// Motion is what is put to the vote about a file. Its counts are zero until the vote is closed.
type Motion struct {
	ID         string
	File       application.ID
	Other      application.ID // of a motion on two files
	Kind       Outcome
	Wording    string
	Status     MotionStatus
	By         string // name of who proposed it
	ProposedAt time.Time
	ClosedAt   time.Time
	Electors   int // who may vote; how many could when it was closed
	For        int
	Against    int
	Abstained  int
	Carried    bool // more for than against; an abstention is no vote
	Cast       int  // votes received
	Mine       Choice
	Own        bool                // the reader proposed it
	Names      map[Choice][]string // who voted what: after the close, where votes are named
	proposer   string
}

const motionColumns = `v.id, v.application_id, coalesce(v.other_id, ''), v.kind, v.wording, v.status, coalesce(p.name, ''), v.proposed_at, v.closed_at, v.electors, v.votes_for, v.votes_against, v.abstentions, v.carried,
	(select count(*) from votes b where b.motion_id = v.id), v.proposed_by`

const motionTables = `motions v left join people p on 'person:' || p.id = v.proposed_by`

func scanMotion(sc db.Scanner) (m Motion, err error) {
	err = sc.Scan(&m.ID, &m.File, &m.Other, &m.Kind, &m.Wording, &m.Status, &m.By, &m.ProposedAt, &m.ClosedAt, &m.Electors, &m.For, &m.Against, &m.Abstained, &m.Carried, &m.Cast, &m.proposer)
	return m, err
}

// mostWording bounds what is written with a motion or a decision, in characters.
const mostWording = 4000

// voter refuses whoever does not vote on what is discussed: she sits, she is in the room,
// and nothing closes to her what is discussed.
func (s *Service) voter(ctx context.Context, r db.Reader, m *meeting) (Person, error) {
	if m.room.Current == "" {
		return Person{}, errs.New(errs.Conflict, "deliberation.nothing_discussed")
	}
	if err := s.inside(ctx, r, m); err != nil {
		return Person{}, err
	}
	people, err := s.present(ctx, r, m.room)
	if err != nil {
		return Person{}, err
	}
	i := slices.IndexFunc(people, func(p Person) bool { return p.ID == m.by.ID })
	if i < 0 {
		return Person{}, errs.New(errs.Conflict, "deliberation.not_present")
	}
	if !people[i].votes() {
		return Person{}, errs.New(errs.Forbidden, "errs.forbidden")
	}
	for _, id := range m.room.floor() {
		a, err := s.one(ctx, r, m.by, m.sel, id)
		if err != nil {
			return Person{}, err
		}
		if _, err := s.policy.Require(ctx, r, m.by, "application.vote", a.Object(m.sel.Call, m.now)); err != nil {
			return Person{}, err
		}
	}
	return people[i], nil
}

// Propose moves that the file under discussion has an outcome. Errors: Invalid on "kind"
// and "wording"; Conflict to who is not in the room, or waits outside.
func (s *Service) Propose(ctx context.Context, by account.User, id committee.SelectionID, kind Outcome, wording string) error {
	wording = strings.TrimSpace(text.Clean(wording))
	return s.act(ctx, by, "selection.deliberate", id, func(tx *db.Tx, m *meeting) error {
		if _, err := s.voter(ctx, tx, m); err != nil {
			return err
		}
		var bad []errs.Field
		switch {
		case !slices.Contains(Outcomes, kind):
			bad = append(bad, errs.Field{Path: "kind", Key: "deliberation.kind_missing"})
		case kind.ofTwo() && m.room.Beside == "":
			bad = append(bad, errs.Field{Path: "kind", Key: "deliberation.beside_missing"})
		}
		if len([]rune(wording)) > mostWording {
			bad = append(bad, errs.Field{Path: "wording", Key: "deliberation.wording_long", Args: []any{mostWording}})
		}
		if err := errs.NewInvalid("deliberation.motion_invalid", bad); err != nil {
			return err
		}
		other := application.ID("")
		if kind.ofTwo() {
			other = m.room.Beside
		}
		one := db.NewID()
		if _, err := tx.Exec(ctx, `insert into motions (id, selection_id, application_id, other_id, discussion, kind, wording, status, proposed_by, proposed_at, electors, votes_for, votes_against, abstentions, carried, version)
			values ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9, 0, 0, 0, 0, $10, 1)`,
			one, string(id), string(m.room.Current), db.Null(other), m.room.discussion, string(kind), wording, by.Actor(), m.now, false); err != nil {
			return fmt.Errorf("keep a motion on %s: %w", m.room.Current, err)
		}
		return s.record(ctx, tx, by, "deliberation.proposed", id, map[string]any{"motion": one, "file": string(m.room.Current)})
	})
}

// PutToVote opens the vote on a motion. Errors: Conflict below the quorum, when the
// motion is no longer proposed, or while another vote is open.
func (s *Service) PutToVote(ctx context.Context, by account.User, id committee.SelectionID, motion string) error {
	return s.preside(ctx, by, id, func(tx *db.Tx, m *meeting) error {
		if err := s.doors(ctx, tx, m); err != nil {
			return err
		}
		voters, err := s.voters(ctx, tx, m.room)
		if err != nil {
			return err
		}
		if len(voters) == 0 || len(voters) < m.room.Quorum {
			return errs.New(errs.Conflict, "deliberation.no_quorum", len(voters), m.room.Quorum)
		}
		n, err := tx.Exec(ctx, `update motions set status = 'voting', opened_at = $3, electors = $5, version = version + 1
			where id = $1 and selection_id = $2 and status = 'proposed' and discussion = $4 and not exists (select 1 from motions v where v.selection_id = $2 and v.status = 'voting')`,
			motion, string(id), m.now, m.room.discussion, len(voters))
		if err != nil {
			return fmt.Errorf("put motion %s to the vote: %w", motion, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "deliberation.meanwhile")
		}
		return s.record(ctx, tx, by, "deliberation.vote_opened", id, map[string]any{"motion": motion})
	})
}

// Withdraw takes a motion back: whoever proposed it, or who presides. Error: Conflict once it was voted.
func (s *Service) Withdraw(ctx context.Context, by account.User, id committee.SelectionID, motion string) error {
	return s.act(ctx, by, "selection.deliberate", id, func(tx *db.Tx, m *meeting) error {
		if err := s.inside(ctx, tx, m); err != nil {
			return err
		}
		may, err := s.policy.Decide(ctx, tx, by, "selection.preside", m.sel.Object(m.now))
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `update motions set status = 'withdrawn', closed_at = $3, version = version + 1
			where id = $1 and selection_id = $2 and discussion = $4 and (status = 'proposed' and proposed_by = $5 or status in ('proposed', 'voting') and $6)`,
			motion, string(id), m.now, m.room.discussion, by.Actor(), may.Allowed)
		if err != nil {
			return fmt.Errorf("withdraw motion %s: %w", motion, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "deliberation.meanwhile")
		}
		return s.record(ctx, tx, by, "deliberation.withdrawn", id, map[string]any{"motion": motion})
	})
}

// Cast votes, or changes one's vote while the vote is open. Nobody learns what was voted
// before it closes, which it does by itself once everybody has voted. Errors: Invalid on
// "choice"; Conflict to who is not in the room, waits outside, or comes too late.
func (s *Service) Cast(ctx context.Context, by account.User, id committee.SelectionID, motion string, choice Choice) error {
	if !slices.Contains(Choices, choice) {
		return errs.NewInvalid("deliberation.vote_invalid", []errs.Field{{Path: "choice", Key: "deliberation.choice_missing"}})
	}
	return s.act(ctx, by, "selection.deliberate", id, func(tx *db.Tx, m *meeting) error {
		p, err := s.voter(ctx, tx, m)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `insert into votes (motion_id, member_id, choice, cast_at)
			select $1, $2, $3, $4 where exists (select 1 from motions where id = $1 and selection_id = $5 and status = 'voting' and discussion = $6)
			on conflict (motion_id, member_id) do update set choice = excluded.choice, cast_at = excluded.cast_at`,
			motion, string(p.Member), string(choice), m.now, string(id), m.room.discussion)
		if err != nil {
			return fmt.Errorf("keep a vote on %s: %w", motion, err)
		}
		if n == 0 {
			return errs.New(errs.Conflict, "deliberation.vote_over")
		}
		if err := s.record(ctx, tx, by, "deliberation.voted", id, map[string]any{"motion": motion}); err != nil {
			return err
		}
		return s.settle(ctx, tx, m)
	})
}

// CloseVote ends a vote before everybody has voted.
func (s *Service) CloseVote(ctx context.Context, by account.User, id committee.SelectionID, motion string) error {
	return s.preside(ctx, by, id, func(tx *db.Tx, m *meeting) error {
		voters, err := s.voters(ctx, tx, m.room)
		if err != nil {
			return err
		}
		return s.tally(ctx, tx, m, motion, len(voters))
	})
}

// voters lists who votes on what is discussed: those who sit, are in the room and did not step out.
func (s *Service) voters(ctx context.Context, r db.Reader, room Room) ([]Person, error) {
	people, err := s.present(ctx, r, room)
	return slices.DeleteFunc(people, func(p Person) bool { return !p.votes() }), err
}

// settle ends the open vote when everybody who votes has.
func (s *Service) settle(ctx context.Context, tx *db.Tx, m *meeting) error {
	open, err := db.List(ctx, tx, db.Value[string], `select id from motions where selection_id = $1 and status = 'voting'`, string(m.sel.ID))
	if err != nil || len(open) == 0 {
		return err
	}
	voters, err := s.voters(ctx, tx, m.room)
	if err != nil {
		return err
	}
	cast, err := db.List(ctx, tx, db.Value[committee.MemberID], `select member_id from votes where motion_id = $1`, open[0])
	if err != nil {
		return fmt.Errorf("count the votes on %s: %w", open[0], err)
	}
	if len(cast) == 0 || slices.ContainsFunc(voters, func(p Person) bool { return !slices.Contains(cast, p.Member) }) {
		return nil
	}
	return s.tally(ctx, tx, m, open[0], max(len(voters), len(cast)))
}

// tally counts and closes. Error: Conflict when the vote is not open.
func (s *Service) tally(ctx context.Context, tx *db.Tx, m *meeting, motion string, electors int) error {
	n, err := tx.Exec(ctx, `update motions set status = 'voted', closed_at = $3, electors = $4, version = version + 1,
			votes_for = (select count(*) from votes where motion_id = $1 and choice = 'for'),
			votes_against = (select count(*) from votes where motion_id = $1 and choice = 'against'),
			abstentions = (select count(*) from votes where motion_id = $1 and choice = 'abstain'),
			carried = (select count(*) from votes where motion_id = $1 and choice = 'for') > (select count(*) from votes where motion_id = $1 and choice = 'against')
		where id = $1 and selection_id = $2 and status = 'voting'`, motion, string(m.sel.ID), m.now, electors)
	if err != nil {
		return fmt.Errorf("count the votes on %s: %w", motion, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "deliberation.vote_over")
	}
	return s.record(ctx, tx, account.System, "deliberation.vote_closed", m.sel.ID, map[string]any{"motion": motion})
}

// motions lists the motions on files, in their order; withdrawn ones are left out. What
// was voted is told once the vote is closed only.
func (s *Service) motions(ctx context.Context, r db.Reader, sel committee.SelectionID, file application.ID) ([]Motion, error) {
	where, args := ``, []any{string(sel)}
	if file != "" {
		where, args = ` and v.application_id = $2`, append(args, string(file))
	}
	list, err := db.List(ctx, r, scanMotion, `select `+motionColumns+` from `+motionTables+` where v.selection_id = $1 and v.status <> 'withdrawn'`+where+` order by v.proposed_at, v.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the motions of %s: %w", sel, err)
	}
	return list, nil
}

// secret adds to a motion what somebody may know of its votes: her own, and those of all
// where they are named and the vote is closed.
func (m *Motion) secret(by account.User, named bool, votes []ballot) {
	m.Own = m.proposer == by.Actor()
	for _, b := range votes {
		if b.person == by.ID {
			m.Mine = b.choice
		}
		if named && m.Status == Voted {
			if m.Names == nil {
				m.Names = map[Choice][]string{}
			}
			m.Names[b.choice] = append(m.Names[b.choice], b.name)
		}
	}
}
