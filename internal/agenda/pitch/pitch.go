// Package pitch is the sequence in which projects present themselves: whose turn it is, how much time is left, what those who listen write to them and which of two they would rather go on with.
package pitch

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/floor"
	"transformateur/internal/agenda/order"
	"transformateur/internal/application"
	"transformateur/internal/committee"
	"transformateur/internal/gathering"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
)

// MaxText bounds each of the two texts of a feedback, in characters.
const MaxText = 600

// Voting is where the comparison of two projects stands.
type Voting string

// The states of the vote.
const (
	NoVote     Voting = ""
	VoteOpen   Voting = "open"
	VoteClosed Voting = "closed"
)

// Files gives the files of a selection that somebody may see there. Errors: as the policy,
// on selection.ranking.
type Files interface {
	Seen(ctx context.Context, by account.User, id committee.SelectionID) ([]application.Application, error)
}

// Service runs sequences of pitches.
type Service struct {
	floor *floor.Floor
	files Files
}

// New makes the service.
func New(f *floor.Floor, files Files) *Service { return &Service{f, files} }

// run is a sequence as it is kept.
type run struct {
	id      string
	timer   Timer
	ballot  []string
	seed    string
	vote    Voting
	informs bool  // its result is read by the committee of a selection too
	version int64 // 0: nothing is kept yet
}

func scanRun(sc db.Scanner) (k run, err error) {
	var called, ballot string
	var since *time.Time
	var spent, extra int64
	err = sc.Scan(&k.id, &called, &k.timer.Phase, &since, &spent, &extra, &ballot, &k.seed, &k.vote, &k.informs, &k.version)
	if since != nil {
		k.timer.RunningSince = *since
	}
	k.timer.Called, k.ballot = strings.Fields(called), strings.Fields(ballot)
	k.timer.Spent, k.timer.Extra = time.Duration(spent)*time.Millisecond, time.Duration(extra)*time.Millisecond
	return k, err
}

const runColumns = `k.id, k.called, k.phase, k.running_since, k.spent, k.extra, k.ballot, k.ballot_seed, k.vote, k.informs, k.version`

func runOf(ctx context.Context, r db.Reader, id gathering.ID, activity string) (run, error) {
	k, err := db.Get(ctx, r, scanRun, `select `+runColumns+` from pitch_runs k where k.gathering_id = $1 and k.activity_id = $2`, string(id), activity)
	if errs.Is(err, errs.NotFound) {
		return run{timer: Timer{Phase: Ready}}, nil
	}
	if err != nil {
		return k, fmt.Errorf("read the pitches of %s: %w", activity, err)
	}
	return k, nil
}

// save writes a sequence over the version that was read. Error: Conflict pitch.meanwhile.
func (k run) save(ctx context.Context, tx *db.Tx, id gathering.ID, activity string) error {
	var since any
	if k.timer.Running() {
		since = k.timer.RunningSince
	}
	args := []any{string(id), activity, strings.Join(k.timer.Called, " "), string(k.timer.Phase), since, k.timer.Spent.Milliseconds(), k.timer.Extra.Milliseconds(), strings.Join(k.ballot, " "), k.seed, string(k.vote), k.informs}
	statement := `update pitch_runs set called = $3, phase = $4, running_since = $5, spent = $6, extra = $7, ballot = $8, ballot_seed = $9, vote = $10, informs = $11, version = version + 1 where gathering_id = $1 and activity_id = $2 and version = $12`
	last := any(k.version)
	if k.version == 0 {
		statement = `insert into pitch_runs (gathering_id, activity_id, called, phase, running_since, spent, extra, ballot, ballot_seed, vote, informs, id, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1) on conflict (gathering_id, activity_id) do nothing`
		last = db.NewID()
	}
	n, err := tx.Exec(ctx, statement, append(args, last)...)
	if err != nil {
		return fmt.Errorf("keep the pitches of %s: %w", activity, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "pitch.meanwhile")
	}
	return nil
}

// Named is a project with its title and, once a plan says so, when its turn comes.
type Named struct {
	ID, Title string
	From      order.Minute // 0 when no plan says
}

// projects lists those of a sequence in their order: that of the plan, then those that it
// does not name, by title.
func (s *Service) projects(ctx context.Context, r db.Reader, p floor.Speaker, a order.Activity, all floor.Programme) ([]Named, error) {
	list, err := db.List(ctx, r, func(sc db.Scanner) (n Named, err error) { return n, sc.Scan(&n.ID, &n.Title) },
		`select j.id, j.title from projects j where j.status = 'active' and j.id in (select s.project_id from participants s where s.gathering_id = $1 and s.role = 'team' and s.left_at is null) order by j.title, j.id`, string(p.ID))
	if err != nil {
		return nil, fmt.Errorf("list the projects of gathering %s: %w", p.ID, err)
	}
	const last = order.Minute(1 << 20)
	for i, one := range list {
		list[i].From = last
		for _, at := range all.Plan.Sittings {
			if at.Activity == a.ID && at.Project == one.ID {
				list[i].From = min(list[i].From, at.From)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Named) int { return int(a.From - b.From) })
	for i := range list {
		if list[i].From == last {
			list[i].From = 0
		}
	}
	return list, nil
}

func ids(list []Named) (out []string) {
	for _, one := range list {
		out = append(out, one.ID)
	}
	return out
}

// enter finds a sequence that somebody may do an action on. Error: NotFound.
func (s *Service) enter(ctx context.Context, r db.Reader, by account.User, at At, actions ...action) (p floor.Speaker, a order.Activity, all floor.Programme, err error) {
	if p, err = s.floor.Enter(ctx, r, by, at.Gathering, actions...); err != nil {
		return p, a, all, err
	}
	if a, all, err = s.floor.Activity(ctx, r, p, at.Activity); err == nil && a.Kind != order.Pitch {
		err = floor.NotFound()
	}
	return p, a, all, err
}

// At is a sequence: an activity of a gathering.
type At struct {
	Gathering gathering.ID
	Activity  string
}

// Run does an act on a sequence, over the version that was read, to who runs the
// gathering or leads the activity; project is whom Call calls. Errors: as Timer.Do;
// Conflict pitch.meanwhile; Forbidden; NotFound; as the policy, on stage.run.
func (s *Service) Run(ctx context.Context, by account.User, at At, act Act, project string, version int64) error {
	return s.conduct(ctx, by, at, version, func(tx *db.Tx, k *run, list []Named) (string, error) {
		was := k.timer
		var err error
		if k.timer, err = was.Do(act, project, ids(list), db.Instant(s.floor.Clock.Now())); act == End && k.vote == VoteOpen {
			k.vote = VoteClosed
		}
		return string(act), err
	})
}

// conduct changes a sequence.
func (s *Service) conduct(ctx context.Context, by account.User, at At, version int64, act func(*db.Tx, *run, []Named) (string, error)) error {
	return s.floor.DB.Write(ctx, func(tx *db.Tx) error {
		p, a, all, err := s.enter(ctx, tx, by, at, "stage.run")
		if err != nil {
			return err
		}
		if !p.Leads(a) {
			return errs.New(errs.Forbidden, "pitch.not_hers")
		}
		k, err := runOf(ctx, tx, at.Gathering, at.Activity)
		if err != nil {
			return err
		}
		if k.version != version {
			return errs.New(errs.Conflict, "pitch.meanwhile")
		}
		list, err := s.projects(ctx, tx, p, a, all)
		if err != nil {
			return err
		}
		did, err := act(tx, &k, list)
		if err != nil {
			return err
		}
		if err := k.save(ctx, tx, at.Gathering, at.Activity); err != nil {
			return err
		}
		return s.floor.Note(ctx, tx, p, "pitch."+did, map[string]any{"activity": at.Activity, "project": k.timer.Project()})
	})
}

// Ballot is what becomes of the comparison of projects. Whether its result informs a
// selection is said when it opens for the first time, since those who vote are told.
type Ballot struct {
	Open    bool
	Informs bool
	Version int64
}

// Vote opens the comparison of those whose turn came, or closes it. Errors: Conflict
// pitch.vote_few under three projects, pitch.not_now, pitch.meanwhile; as Run.
func (s *Service) Vote(ctx context.Context, by account.User, at At, to Ballot) error {
	open := to.Open
	return s.conduct(ctx, by, at, to.Version, func(_ *db.Tx, k *run, _ []Named) (string, error) {
		if open == (k.vote == VoteOpen) {
			return "", refused()
		}
		if !open {
			k.vote = VoteClosed
			return "vote_closed", nil
		}
		if k.vote == NoVote {
			if len(k.timer.Called) < 3 {
				return "", errs.New(errs.Conflict, "pitch.vote_few")
			}
			k.ballot, k.seed, k.informs = slices.Clone(k.timer.Called), db.NewID(), to.Informs
		}
		k.vote = VoteOpen
		return "vote_opened", nil
	})
}
