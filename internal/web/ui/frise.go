package ui

import (
	"context"
	"fmt"
	"time"

	"transformateur/internal/i18n"
)

// Frise is the timeline of an edition: its stages in order, and where today falls.
type Frise struct {
	Stages []FriseStage
	Now    time.Time
	Thin   bool // the bars and the stage under way only, for a card or a list
}

// FriseStage is one segment. Kind is a stage kind (call, selection, gathering, support,
// debrief, foresight, incubation, taster), which gives the colour and the pattern. Opens
// and Closes carry the zone they are shown in; a zero one is not fixed yet.
type FriseStage struct {
	Kind   string
	Name   string
	Opens  time.Time
	Closes time.Time
	State  StageState // computed from the dates when empty
	URL    string
	Note   string // one sentence shown while the stage is under way
}

// StageState is where a stage stands.
type StageState string

// The states of a stage.
const (
	StagePast StageState = "past"
	StageOpen StageState = "open"
	StageNext StageState = "next"
)

func (f Frise) state(i int) StageState {
	s := f.Stages[i]
	switch {
	case s.State != "":
		return s.State
	case !s.Closes.IsZero() && !f.Now.Before(s.Closes):
		return StagePast
	case !s.Opens.IsZero() && !f.Now.Before(s.Opens):
		return StageOpen
	}
	return StageNext
}

// mark is where today falls on a segment, in percent of its length, and whether it does.
// Between two stages it stands at the start of the next; after the last, at its end.
func (f Frise) mark(i int) (percent float64, here bool) {
	s := f.Stages[i]
	switch f.state(i) {
	case StageOpen:
		length := s.Closes.Sub(s.Opens)
		if s.Opens.IsZero() || s.Closes.IsZero() || length <= 0 {
			return 0, f.first(StageOpen) == i
		}
		done := 100 * float64(f.Now.Sub(s.Opens)) / float64(length)
		return min(max(done, 0), 100), f.first(StageOpen) == i
	case StageNext:
		return 0, f.first(StageOpen) < 0 && f.first(StageNext) == i
	}
	last := i == len(f.Stages)-1
	return 100, last && f.first(StageOpen) < 0 && f.first(StageNext) < 0
}

// first is the index of the first stage in a state, -1 when there is none.
func (f Frise) first(state StageState) int {
	for i := range f.Stages {
		if f.state(i) == state {
			return i
		}
	}
	return -1
}

func (f Frise) class() string {
	if f.Thin {
		return "frise thin"
	}
	return "frise"
}

func (f Frise) stageClass(i int) string {
	return fmt.Sprintf("stage kind-%s is-%s", f.Stages[i].Kind, f.state(i))
}

func (f Frise) span(ctx context.Context, i int) string {
	return Span(ctx, f.Stages[i].Opens, f.Stages[i].Closes)
}

// elapsed is the filled part of a segment, in percent.
func (f Frise) elapsed(i int) string {
	switch f.state(i) {
	case StagePast:
		return "100%"
	case StageOpen:
		at, _ := f.mark(i)
		return percent(at)
	}
	return "0%"
}

func percent(value float64) string { return fmt.Sprintf("%.1f%%", value) }

// anchor keeps the word beside the mark inside its segment.
func anchor(at float64) string {
	switch {
	case at < 25:
		return "start"
	case at > 75:
		return "end"
	}
	return "middle"
}

// KindName is a stage kind in words.
func KindName(ctx context.Context, kind string) string { return i18n.T(ctx, "ui.kind_"+kind) }
