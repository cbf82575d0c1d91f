package assembly

import (
	"context"
	"fmt"
	"slices"
	"time"

	"transformateur/internal/account"
	"transformateur/internal/platform/db"
	"transformateur/internal/platform/errs"
	"transformateur/internal/programme"
	"transformateur/internal/project"
)

// Timer is which project has the floor, and since when. It is a value: the clock counts from
// RunningSince, wherever it is shown.
type Timer struct {
	Project      project.ID // "" for none
	RunningSince time.Time  // zero while it is paused
	Spent        time.Duration
	Extra        time.Duration
}

// Running says whether time goes by.
func (t Timer) Running() bool { return !t.RunningSince.IsZero() }

func (t Timer) spent(now time.Time) time.Duration {
	if !t.Running() || now.Before(t.RunningSince) {
		return t.Spent
	}
	return t.Spent + now.Sub(t.RunningSince)
}

// Left is what is left of a turn of so many minutes, at an instant: below zero once it is overrun.
func (t Timer) Left(minutes int, now time.Time) time.Duration {
	return time.Duration(minutes)*time.Minute + t.Extra - t.spent(now)
}

// Act is what who runs a meeting does.
type Act string

// The acts. Start opens the meeting, or goes on after a pause; Reopen takes an end back.
const (
	Start    Act = "start"
	Pause    Act = "pause"
	Next     Act = "next"
	Previous Act = "previous"
	More     Act = "more" // one minute
	End      Act = "end"
	Reopen   Act = "reopen"
)

// mostExtra is how much may be added to one turn.
const mostExtra = 30 * time.Minute

func refused() error { return errs.New(errs.Conflict, "assembly.not_now") }

// Do is what a meeting becomes by an act at an instant, given its projects. Errors: Conflict
// assembly.not_now when the act has no meaning there.
func (m Meeting) Do(act Act, turns []Turn, now time.Time) (Meeting, error) {
	at := slices.IndexFunc(turns, func(t Turn) bool { return t.Project == m.Timer.Project })
	call := func(i int) (Meeting, error) {
		if i < 0 || i >= len(turns) {
			return m, refused()
		}
		m.State, m.Timer = Running, Timer{Project: turns[i].Project, RunningSince: now}
		return m, nil
	}
	running := m.State == Running
	switch {
	case act == Start && (m.State == Planned || running && at < 0):
		return call(0)
	case act == Start && running && !m.Timer.Running():
		m.Timer.RunningSince = now
		return m, nil
	case act == Pause && running && m.Timer.Running():
		m.Timer.Spent, m.Timer.RunningSince = m.Timer.spent(now), time.Time{}
		return m, nil
	case act == Next && running:
		return call(at + 1)
	case act == Previous && running && at > 0:
		return call(at - 1)
	case act == More && running && at >= 0 && m.Timer.Extra < mostExtra:
		m.Timer.Extra += time.Minute
		return m, nil
	case act == End && running:
		m.State, m.Timer = Over, Timer{}
		return m, nil
	case act == Reopen && m.State == Over:
		return call(0)
	}
	return m, refused()
}

// Run does what who runs a meeting asks for. Errors: Conflict assembly.not_now,
// assembly.meanwhile when it moved since it was shown; NotFound; as the policy, on
// assembly.manage.
func (s *Service) Run(ctx context.Context, by account.User, id programme.EditionID, which ID, step Step) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := s.managing(ctx, tx, by, id); err != nil {
			return err
		}
		m, err := find(ctx, tx, id, which)
		if err != nil {
			return err
		}
		if m.Version != step.Version {
			return meanwhile()
		}
		turns, err := turnsOf(ctx, tx, which)
		if err != nil {
			return err
		}
		if m, err = m.Do(step.Act, turns, s.clock.Now()); err != nil {
			return err
		}
		var since any
		if m.Timer.Running() {
			since = m.Timer.RunningSince
		}
		n, err := tx.Exec(ctx, `update assemblies set state = $3, project_id = $4, running_since = $5, spent = $6, extra = $7, version = version + 1, beats = beats + 1 where id = $1 and version = $2`,
			string(which), step.Version, string(m.State), db.Null(string(m.Timer.Project)), since, m.Timer.Spent.Milliseconds(), m.Timer.Extra.Milliseconds())
		if err != nil {
			return fmt.Errorf("run meeting %s: %w", which, err)
		}
		if n == 0 {
			return meanwhile()
		}
		switch step.Act {
		case Start, End, Reopen:
			return s.note(ctx, tx, by, "assembly.run", m)
		}
		return nil
	})
}

// Step is an act on a meeting as it was shown.
type Step struct {
	Act     Act
	Version int64
}
