package commitments

import (
	"context"
	"strings"

	"transformateur/internal/debrief/commitment"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/i18n"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

// chosen reads what a commitment is about: a project, or one of its lines.
func chosen(about string) (project.ID, string) {
	id, line, _ := strings.Cut(about, ":")
	return project.ID(id), line
}

// abouts are the projects that a commitment may be about, each with the needs that it may answer.
func (v desk) abouts(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.about}, Empty: i18n.T(ctx, "commitments.choose")}
	for _, p := range v.Projects {
		group := ui.OptionGroup{Label: p.Title, Options: []ui.Option{{Value: string(p.Project), Label: i18n.T(ctx, "commitments.about_project", p.Title)}}}
		for _, l := range p.Part(synthesis.Help) {
			group.Options = append(group.Options, ui.Option{Value: string(p.Project) + ":" + l.ID, Label: l.Body})
		}
		c.Groups = append(c.Groups, group)
	}
	return c
}

func (v desk) partners(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.in.Partner)}, Empty: i18n.T(ctx, "commitments.choose")}
	for _, p := range v.Partners {
		c.Options = append(c.Options, ui.Option{Value: string(p.ID), Label: p.Title()})
	}
	return c
}

func states(ctx context.Context, now commitment.State) ui.Choice {
	c := ui.Choice{Chosen: []string{string(now)}, Side: true}
	for _, s := range commitment.States {
		c.Options = append(c.Options, ui.Option{Value: string(s), Label: i18n.T(ctx, "commitments.state_"+string(s))})
	}
	return c
}

var tones = map[commitment.State]ui.Tone{commitment.Promised: ui.Info, commitment.Underway: ui.Info, commitment.Kept: ui.Success, commitment.Dropped: ui.Warning}

// at is the step that the form of a commitment shows: the one that was typed, or where it stands.
func (v desk) at(c commitment.Commitment) (commitment.Step, ui.Problems) {
	if v.moving == c.ID {
		return v.step, v.problems
	}
	return commitment.Step{To: c.State, Why: c.Why}, nil
}

// fresh are what is wrong with a new commitment.
func (v desk) fresh() ui.Problems {
	if v.moving != "" {
		return nil
	}
	return v.problems
}

// facts are what a commitment says besides its words.
func facts(ctx context.Context, c commitment.Commitment, zone string) (list []string) {
	if c.Due != "" {
		list = append(list, i18n.T(ctx, "commitments.by_day", ui.DayOf(ctx, zone, c.Due)))
	}
	if c.Contact != "" {
		list = append(list, i18n.T(ctx, "commitments.contact_is", c.Contact))
	}
	return list
}

// who says who answers a need.
func who(answers []commitment.Commitment) string {
	var names []string
	for _, c := range answers {
		names = append(names, c.By)
	}
	return strings.Join(names, ", ")
}
