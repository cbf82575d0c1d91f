package pitch

import (
	"slices"
	"time"

	"transformateur/internal/platform/errs"
)

// Phase is where a sequence stands.
type Phase string

// The phases: nobody speaks yet, somebody speaks, she is asked questions, it is over.
const (
	Ready Phase = "ready"
	Speak Phase = "speak"
	Ask   Phase = "ask"
	Over  Phase = "over"
)

// Act is what who runs a sequence does.
type Act string

// The acts. Start calls the first project, or goes on after a pause; Next goes from
// speaking to questions, then to the next project; Call gives its turn to a project that is
// named; Reopen takes an end back.
const (
	Start  Act = "start"
	Pause  Act = "pause"
	Next   Act = "next"
	More   Act = "more"
	Call   Act = "call"
	End    Act = "end"
	Reopen Act = "reopen"
)

// minute is what More adds.
const minute = time.Minute

// mostExtra is how much may be added to one phase.
const mostExtra = 30 * time.Minute

// Timer is how much of a turn is left. It is a value: the clock counts from RunningSince,
// wherever it is shown.
type Timer struct {
	Called       []string // projects, in the order of their turns; the last one has the floor
	Phase        Phase
	RunningSince time.Time // zero while it is paused
	Spent        time.Duration
	Extra        time.Duration
}

// Project is who has the floor; "" for nobody.
func (t Timer) Project() string {
	if len(t.Called) == 0 || t.Phase != Speak && t.Phase != Ask {
		return ""
	}
	return t.Called[len(t.Called)-1]
}

// Running says whether time goes by.
func (t Timer) Running() bool { return !t.RunningSince.IsZero() }

// Left is what is left of a phase that lasts so long, at an instant: below zero once it
// is overrun.
func (t Timer) Left(lasts time.Duration, now time.Time) time.Duration {
	return lasts + t.Extra - t.spent(now)
}

func (t Timer) spent(now time.Time) time.Duration {
	if !t.Running() || now.Before(t.RunningSince) {
		return t.Spent
	}
	return t.Spent + now.Sub(t.RunningSince)
}

// begin starts a phase from nothing.
func (t Timer) begin(p Phase, now time.Time) Timer {
	t.Phase, t.RunningSince, t.Spent, t.Extra = p, now, 0, 0
	return t
}

// rest is the projects whose turn has not come, in the order of the programme.
func (t Timer) rest(order []string) (list []string) {
	for _, p := range order {
		if !slices.Contains(t.Called, p) {
			list = append(list, p)
		}
	}
	return list
}

func (t Timer) call(project string, now time.Time) Timer {
	called := slices.DeleteFunc(slices.Clone(t.Called), func(p string) bool { return p == project })
	t.Called = append(called, project)
	return t.begin(Speak, now)
}

func refused() error { return errs.New(errs.Conflict, "pitch.not_now") }

// Do is what a timer becomes by an act at an instant, given the order of the projects;
// project is whom Call calls. Errors: Conflict pitch.not_now when the act has no meaning
// there, pitch.nobody when every project had its turn, pitch.extra_full; NotFound for a
// project that is not of the sequence.
func (t Timer) Do(act Act, project string, order []string, now time.Time) (Timer, error) {
	speaking := t.Phase == Speak || t.Phase == Ask
	switch {
	case t.Phase == Over:
		if act != Reopen {
			return t, refused()
		}
		t.Phase = Ask
		if len(t.Called) == 0 {
			t.Phase = Ready
		}
		return t, nil
	case act == Start && speaking && !t.Running():
		t.RunningSince = now
		return t, nil
	case act == Start && t.Phase == Ready, act == Next && t.Phase == Ask:
		rest := t.rest(order)
		if len(rest) == 0 {
			return t, errs.New(errs.Conflict, "pitch.nobody")
		}
		return t.call(rest[0], now), nil
	case act == Next && t.Phase == Speak:
		return t.begin(Ask, now), nil
	case act == Pause && speaking && t.Running():
		t.Spent, t.RunningSince = t.spent(now), time.Time{}
		return t, nil
	case act == More && speaking:
		if t.Extra += minute; t.Extra > mostExtra {
			return t, errs.New(errs.Conflict, "pitch.extra_full")
		}
		return t, nil
	case act == Call:
		if !slices.Contains(order, project) {
			return t, errs.New(errs.NotFound, "errs.not_found")
		}
		return t.call(project, now), nil
	case act == End:
		t.Spent, t.RunningSince, t.Phase = 0, time.Time{}, Over
		return t, nil
	}
	return t, refused()
}
