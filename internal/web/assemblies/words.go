package assemblies

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"transformateur/internal/debrief/assembly"
	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/i18n"
	"transformateur/internal/web/ui"
)

func kind(ctx context.Context, k string) string {
	if k == assembly.Commits {
		return i18n.T(ctx, "assemblies.kind_commitment")
	}
	return i18n.T(ctx, "proposals.kind_"+k)
}

func (v room) kinds(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.in.Kind}, Empty: i18n.T(ctx, "proposals.choose")}
	offers := ui.OptionGroup{Label: i18n.T(ctx, "proposals.list")}
	for _, k := range proposal.Kinds {
		offers.Options = append(offers.Options, ui.Option{Value: k, Label: kind(ctx, k)})
	}
	c.Groups = []ui.OptionGroup{{Label: i18n.T(ctx, "commitments.list"), Options: []ui.Option{{Value: assembly.Commits, Label: kind(ctx, assembly.Commits)}}}, offers}
	return c
}

func (v room) needs(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.in.Line}, Empty: i18n.T(ctx, "proposals.need_none")}
	for _, l := range v.Shown.Part(synthesis.Help) {
		c.Options = append(c.Options, ui.Option{Value: l.ID, Label: l.Body})
	}
	return c
}

func (v room) partners(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.in.Partner)}, Empty: i18n.T(ctx, "proposals.choose")}
	for _, p := range v.Seats {
		c.Options = append(c.Options, ui.Option{Value: string(p.ID), Label: p.Title()})
	}
	return c
}

func (v plan) partners() ui.Choice {
	c := ui.Choice{}
	for _, p := range v.in.Partners {
		c.Chosen = append(c.Chosen, string(p))
	}
	for _, p := range v.Partners {
		c.Options = append(c.Options, ui.Option{Value: string(p.ID), Label: p.Title()})
	}
	return c
}

var tones = map[assembly.State]ui.Tone{assembly.Planned: ui.Info, assembly.Running: ui.Success, assembly.Over: ui.Info}

// lines are what the page shows of the project on screen: on the wall, to whoever runs it and
// in the first place, what everybody who sits reads.
func (v room) lines() synthesis.Shared {
	if v.wall || v.Manages {
		return v.Wall
	}
	return v.Shown
}

// aside are the lines that some partner reads and not everybody: to who runs the meeting.
func (v room) aside() (list []synthesis.Line) {
	if v.wall || !v.Manages {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.Shown.Lines), func(l synthesis.Line) bool { return v.Common(l.ID) })
}

// on says whether the page names the project on screen: on the wall, when everybody reads
// something of it.
func (v room) on() bool {
	return v.Turn.Project != "" && (!v.wall || len(v.Wall.Lines) > 0)
}

// following is the next project, to who runs the meeting.
func (v room) following() (assembly.Turn, bool) {
	at := slices.IndexFunc(v.Turns, func(t assembly.Turn) bool { return t.Project == v.Turn.Project })
	if at < 0 || at+1 >= len(v.Turns) {
		return assembly.Turn{}, false
	}
	return v.Turns[at+1], true
}

func (v room) first() bool { return len(v.Turns) > 0 && v.Turns[0].Project == v.Turn.Project }

// words are what the page says of a saying besides its kind and its organisation.
func (v room) words(x assembly.Saying) (list []string) {
	if v.wall && !x.Open {
		return nil
	}
	for _, text := range []string{x.Words, x.Quantity} {
		if text != "" {
			list = append(list, text)
		}
	}
	return list
}

// told is what is read aloud when the page changes.
func (v room) told(ctx context.Context) string {
	switch {
	case v.on():
		return i18n.T(ctx, "assemblies.told", v.Turn.Title) + " " + i18n.N(ctx, "assemblies.told_said", len(v.Said))
	case v.State == assembly.Over:
		return i18n.T(ctx, "assemblies.over")
	}
	return i18n.T(ctx, "assemblies.nothing")
}

// digits are what a clock shows of a time that is left: "2:05", "−0:12" once it is overrun.
func digits(left time.Duration) string {
	sign, s := "", int((left+time.Second-1).Truncate(time.Second)/time.Second)
	if left < 0 {
		sign, s = "−", int(-left/time.Second)
	}
	return fmt.Sprintf("%s%d:%02d", sign, s/60, s%60)
}

// stand is how the clock looks.
func (v room) stand() string {
	switch {
	case v.Left <= 0:
		return "over"
	case !v.Timer.Running():
		return "paused"
	case v.Left <= 30*time.Second:
		return "soon"
	}
	return "run"
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

func number(n int64) string { return strconv.FormatInt(n, 10) }

func split(body string) []string { return strings.Split(body, "\n") }

func day(ctx context.Context, m assembly.Meeting, zone string) string {
	list := []string{ui.DayOf(ctx, zone, m.HeldOn)}
	if m.Place != "" {
		list = append(list, m.Place)
	}
	return strings.Join(list, " · ")
}

// grouped puts sayings under their projects.
func grouped(list []assembly.Saying) (groups [][]assembly.Saying) {
	for i, x := range list {
		if i == 0 || list[i-1].Project != x.Project {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], x)
	}
	return groups
}
