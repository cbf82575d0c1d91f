package pitch

import (
	"context"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/agenda/order"
	"transformateur/internal/agenda/pulse"
	"transformateur/internal/gathering"
)

// Turn is one project of a sequence.
type Turn struct {
	Named
	Called  bool
	Current bool
	Writes  bool // the reader may write to it now
	Wrote   Feedback
}

// View is a sequence as somebody sees it.
type View struct {
	gathering.Gathering
	Activity order.Activity
	Beats    int64
	Version  int64
	Timer    Timer
	Now      time.Time
	Lasts    time.Duration // of the phase, without what was added
	Runs     bool          // she may start and stop
	Manages  bool
	Turns    []Turn // those whose turn came first, in that order, then the others
	Team     string // the title of her project, when it is of the sequence
	Received []Feedback

	Voting  Voting
	Voter   bool
	Pair    [2]Named // the next one to answer
	Asked   bool     // there is one
	Done    int      // pairs that she answered
	Total   int
	Informs bool     // the vote's result is read by the committee of a selection too
	Outcome *Outcome // of a vote that is closed, for who runs the gathering
}

// Left is what is left of the phase.
func (v View) Left() time.Duration { return v.Timer.Left(v.Lasts, v.Now) }

// Current is the turn of who has the floor; ok is false when nobody has it.
func (v View) Current() (t Turn, ok bool) {
	i := slices.IndexFunc(v.Turns, func(t Turn) bool { return t.Current })
	if i < 0 {
		return t, false
	}
	return v.Turns[i], true
}

// Following is the project whose turn comes next; ok is false when none is left.
func (v View) Following() (t Turn, ok bool) {
	i := slices.IndexFunc(v.Turns, func(t Turn) bool { return !t.Called })
	if i < 0 {
		return t, false
	}
	return v.Turns[i], true
}

// Read gives a sequence as somebody sees it. Errors: NotFound; as the policy, on
// gathering.people: projects are named.
func (s *Service) Read(ctx context.Context, by account.User, at At) (v View, err error) {
	r := s.floor.DB.Reader()
	if v.Beats, err = pulse.Beats(ctx, r, at.Gathering); err != nil {
		return v, err
	}
	p, a, all, err := s.enter(ctx, r, by, at, "gathering.people", "stage.run", "pitch.feedback", "pitch.vote")
	if err != nil {
		return v, err
	}
	k, err := runOf(ctx, r, at.Gathering, at.Activity)
	if err != nil {
		return v, err
	}
	v.Gathering, v.Activity, v.Manages, v.Runs = p.Gathering, a, p.Manages, p.Leads(a) && p.May("stage.run")
	v.Version, v.Timer, v.Now, v.Voting = k.version, k.timer, s.floor.Clock.Now(), k.vote
	v.Informs = k.informs
	if v.Lasts = time.Duration(a.Speak) * time.Minute; k.timer.Phase == Ask {
		v.Lasts = time.Duration(a.Ask) * time.Minute
	}
	names, err := s.projects(ctx, r, p, a, all)
	if err != nil {
		return v, err
	}
	wrote := map[string]Feedback{}
	if p.Seated() {
		if wrote, err = mine(ctx, r, k, p.Seat.ID); err != nil {
			return v, err
		}
	}
	for _, one := range inTurn(k.timer.Called, names) {
		called := slices.Contains(k.timer.Called, one.ID)
		v.Turns = append(v.Turns, Turn{Named: one, Called: called, Current: one.ID == k.timer.Project(), Writes: called && k.timer.Phase != Over && writes(p, one.ID), Wrote: wrote[one.ID]})
		if reads(p, one.ID) {
			v.Team = one.Title
			if v.Received, err = received(ctx, r, k, one.ID); err != nil {
				return v, err
			}
		}
	}
	if v.Voting == VoteOpen && votes(p) {
		done, err := choices(ctx, r, k, p.Seat.ID)
		if err != nil {
			return v, err
		}
		var pair [2]string
		v.Voter, v.Done = true, len(done)
		pair, v.Total, v.Asked = next(k, p, done)
		for i, id := range pair {
			v.Pair[i] = named(names, id)
		}
	}
	if v.Voting == VoteClosed && v.Manages {
		out, err := s.outcome(ctx, r, k, names)
		v.Outcome = &out
		return v, err
	}
	return v, nil
}

func named(names []Named, id string) Named {
	if i := slices.IndexFunc(names, func(n Named) bool { return n.ID == id }); i >= 0 {
		return names[i]
	}
	return Named{ID: id}
}

// inTurn puts those who were called first.
func inTurn(called []string, names []Named) (list []Named) {
	for _, id := range called {
		if i := slices.IndexFunc(names, func(n Named) bool { return n.ID == id }); i >= 0 {
			list = append(list, names[i])
		}
	}
	for _, one := range names {
		if !slices.Contains(called, one.ID) {
			list = append(list, one)
		}
	}
	return list
}
