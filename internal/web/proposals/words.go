package proposals

import (
	"context"
	"strings"

	"transformateur/internal/debrief/proposal"
	"transformateur/internal/debrief/synthesis"
	"transformateur/internal/i18n"
	"transformateur/internal/project"
	"transformateur/internal/web/ui"
)

// chosen reads what an offer is about: a project, or one of its needs.
func chosen(about string) (project.ID, string) {
	id, line, _ := strings.Cut(about, ":")
	return project.ID(id), line
}

// abouts are the needs that an offer may answer, by project.
func (v desk) abouts(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{v.about}, Empty: i18n.T(ctx, "proposals.choose")}
	for _, p := range v.Projects {
		group := ui.OptionGroup{Label: p.Title}
		for _, l := range p.Part(synthesis.Help) {
			group.Options = append(group.Options, ui.Option{Value: string(p.Project) + ":" + l.ID, Label: l.Body})
		}
		group.Options = append(group.Options, ui.Option{Value: string(p.Project), Label: i18n.T(ctx, "proposals.about_project", p.Title)})
		c.Groups = append(c.Groups, group)
	}
	return c
}

func (v desk) partners(ctx context.Context) ui.Choice {
	c := ui.Choice{Chosen: []string{string(v.in.Partner)}, Empty: i18n.T(ctx, "proposals.choose")}
	for _, p := range v.Partners {
		c.Options = append(c.Options, ui.Option{Value: string(p.ID), Label: p.Title()})
	}
	return c
}

func kinds(ctx context.Context, now string) ui.Choice {
	c := ui.Choice{Chosen: []string{now}, Empty: i18n.T(ctx, "proposals.choose")}
	for _, k := range proposal.Kinds {
		c.Options = append(c.Options, ui.Option{Value: k, Label: kind(ctx, k)})
	}
	return c
}

func kind(ctx context.Context, k string) string { return i18n.T(ctx, "proposals.kind_"+k) }

func state(ctx context.Context, s proposal.State) string {
	return i18n.T(ctx, "proposals.state_"+string(s))
}

var tones = map[proposal.State]ui.Tone{proposal.Offered: ui.Info, proposal.Accepted: ui.Success, proposal.Promised: ui.Success, proposal.Declined: ui.Warning, proposal.Withdrawn: ui.Warning}

// facts are what an offer says besides its words.
func facts(ctx context.Context, o proposal.Offer, zone string) (list []string) {
	list = append(list, kind(ctx, o.Kind))
	if o.Quantity != "" {
		list = append(list, o.Quantity)
	}
	if o.Until != "" {
		list = append(list, i18n.T(ctx, "proposals.until_day", ui.DayOf(ctx, zone, o.Until)))
	}
	return list
}

// fresh are what is wrong with a new offer; of those of one that stands already.
func (v desk) fresh() ui.Problems {
	if v.moving != "" {
		return nil
	}
	return v.problems
}

func (v desk) of(o proposal.Offer) ui.Problems {
	if v.moving != o.ID {
		return nil
	}
	return v.problems
}

// promised is what the form of a commitment shows: what was typed, or the words of the offer.
func (v desk) promised(o proposal.Offer) proposal.Promise {
	if v.moving == o.ID && v.promise.What != "" {
		return v.promise
	}
	what := o.Body
	if o.Quantity != "" {
		what += " (" + o.Quantity + ")"
	}
	return proposal.Promise{What: what}
}

func (v desk) whyOf(o proposal.Offer) string {
	if v.moving != o.ID {
		return ""
	}
	return v.why
}

func (v received) of(o proposal.Offer) (ui.Problems, string) {
	if v.which != o.ID {
		return nil, ""
	}
	return v.problems, v.why
}

func need(ctx context.Context, r proposal.Row) string {
	if r.Need.ID == "" {
		return i18n.T(ctx, "proposals.need_none")
	}
	return r.Need.Body
}

// cell is one thing that is offered or promised, in short.
func cell(ctx context.Context, c proposal.Cell) string {
	if c.Commitment.ID != "" {
		return i18n.T(ctx, "proposals.cell_commitment", c.Commitment.What)
	}
	text := c.Offer.Body
	if c.Offer.Quantity != "" {
		text += " (" + c.Offer.Quantity + ")"
	}
	return i18n.T(ctx, "proposals.cell_offer", kind(ctx, c.Offer.Kind), text)
}

func inWords(ctx context.Context, cells []proposal.Cell) string {
	var list []string
	for _, c := range cells {
		list = append(list, cell(ctx, c))
	}
	return strings.Join(list, "\n")
}
